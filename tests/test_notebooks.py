"""The committed notebooks are complete and clean, and they run from start to end."""

import re
import statistics
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
import soundfile

import rockonet_utils as ru

ROOT = Path(ru.__file__).parent
sys.path.insert(0, str(ROOT / "tools"))
import run_notebooks  # noqa: E402

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = ["01_explore_midi", "02_build_dataset", "03_train_model", "04_generate_music"]
SOLUTION = re.compile(r"<details><summary>Solution</summary>.*?```python\n(.*?)```", re.DOTALL)
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def texts(notebook, kind):
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


def test_there_are_four_in_order():
    assert [path.stem for path in NOTEBOOKS] == NAMES


@each_notebook
def test_committed_outputs_are_complete_and_clean(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert run_notebooks.problems(notebook) == []
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata
    printed = [o.text for c in notebook.cells for o in c.get("outputs", []) if "text" in o]
    checks = [line for text in printed for line in text.splitlines() if line[:1] in "✔✘"]
    assert len(checks) >= 3
    assert [line for line in checks if line.startswith("✘")] == []


@each_notebook
def test_skeleton(path):
    notebook = read(path)
    text = texts(notebook, "markdown")
    number = NAMES.index(path.stem)
    assert re.match(rf"# {number + 1}\. \w", text[0])
    assert "**You will learn** (about " in text[0]
    assert 3 <= len(re.findall(r"^- ", text[0], re.M)) <= 5
    headings = re.findall(r"^## (.+)$", "\n".join(text), re.M)
    assert headings[0] == "Setup" and headings[-2:] == ["Summary", "Exercises"]
    for heading in headings:  # sentence case: no capital inside, but for names
        words = re.sub(r"X|Y|MIDI|LSTM", "", heading).split()[1:]
        assert all(word[0].islower() or not word[0].isalpha() for word in words), heading
    neighbours = [NAMES[i] + ".ipynb" for i in (number - 1, number + 1) if 0 <= i < 4]
    for cell in (text[0], text[-1]):
        links = re.findall(r"\]\(([^)]+)\)", cell)
        assert links.count("../README.md") == 1
        assert [link for link in links if link.endswith(".ipynb")] == neighbours
    assert "**Next:**" in text[-1] or number == 3


@each_notebook
def test_links_lead_somewhere(path):
    for text in texts(read(path), "markdown"):
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert (path.parent / link).exists(), link


@each_notebook
def test_cells_are_short_and_paragraphs_readable(path):
    notebook = read(path)
    lines = [len(source.splitlines()) for source in texts(notebook, "code")]
    assert max(lines) <= 25 and statistics.median(lines) <= 6
    assert not any(re.match(r"\s*[!%]", source) for source in texts(notebook, "code"))
    for text in texts(notebook, "markdown"):
        prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        for paragraph in re.split(r"\n\s*\n|\n(?=- |\|)", prose):
            assert len(paragraph.split()) <= 80, paragraph
    for source in texts(notebook, "code")[:1]:
        assert "ru.versions(" in source


def paragraphs():
    """Number of the notebook and text of each paragraph, in the order in which they are read."""
    for path in NOTEBOOKS:
        for text in texts(read(path), "markdown")[1:]:  # the first says what will be learned
            prose = re.sub(r"<details>.*?</details>|```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
            for paragraph in re.split(r"\n\s*\n|\n(?=- |\||\d\. )", prose):
                if not paragraph.startswith("#"):
                    yield path.stem[:2], paragraph


def test_every_term_is_explained_where_it_is_first_used():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) \| [^|]+ \| (\d\d) \|$", glossary, re.M)
    assert len(rows) >= 40
    for terms, number in rows:
        for term in filter(None, re.split(r", | songs", terms)):
            word = re.compile(rf"(?<![\w-]){re.escape(term)}e?s?(?![\w-])", re.IGNORECASE)
            where, first = next(found for found in paragraphs() if word.search(found[1]))
            stressed = " ".join(re.findall(r"\*+([^*]+)\*+", first))
            assert where == number and term.lower() in stressed.lower(), (term, where, first)


@each_notebook
def test_pictures_have_captions_or_an_explanation_and_players_are_there(path):
    notebook = read(path)
    kinds = [
        kind for c in notebook.cells for o in c.get("outputs", []) for kind in o.get("data", {})
    ]
    assert "image/png" in kinds
    if path.stem in (NAMES[0], NAMES[3]):
        html = [o.data["text/html"] for c in notebook.cells for o in c.get("outputs", [])
                if "text/html" in o.get("data", {})]  # fmt: skip
        assert any("<audio" in text for text in html)


@each_notebook
def test_exercises_have_folded_solutions(path):
    (exercises,) = [t for t in texts(read(path), "markdown") if t.startswith("## Exercises")]
    assert 3 <= len(re.findall(r"^\*\*\d\.\*\*", exercises, re.M)) <= 5
    assert len(SOLUTION.findall(exercises)) == exercises.count("<details>")


@pytest.mark.notebooks
@pytest.mark.timeout(900)
def test_all_four_run_and_their_solutions_too(tmp_path):
    env = {
        "ROCKONET_PROFILE": "quick",
        "ROCKONET_DATA": "",
        "ROCKONET_OUTPUT": str(tmp_path / "output"),
        "ROCKONET_FIGURES": str(tmp_path / "figures"),
    }
    for path in NOTEBOOKS:
        notebook = read(path)
        (exercises,) = [t for t in texts(notebook, "markdown") if t.startswith("## Exercises")]
        # Solutions that train do so for a moment only.
        short = "settings = settings.replace(epochs=1, epoch_windows=300, units=(8, 8, 8))"
        for source in [short, *SOLUTION.findall(exercises)]:
            notebook.cells.append(nbformat.v4.new_code_cell(source))
        longer = tmp_path / path.name
        nbformat.write(notebook, longer)
        executed = run_notebooks.execute(longer, env=env)
        # With the players of its solutions a notebook may be larger than a committed one.
        assert [p for p in run_notebooks.problems(executed) if "bytes" not in p] == []

    history = ru.load_history(tmp_path / "figures" / "loss_history.csv")
    assert history.learning_rates == [0.01, 0.001, 0.0001]
    assert history.recipes == ["classic", "riff"]
    for recipe, unigram in history.unigram_nats.items():
        rows = [row for rate in history.learning_rates for row in history.series(recipe, rate)]
        assert min(row.loss for row in rows) < unigram - 0.1
    last = [history.of(rate)[-1].loss for rate in history.learning_rates]
    assert min(abs(a - b) for a, b in ((last[0], last[1]), (last[1], last[2]))) > 0.05
    assert (tmp_path / "figures" / "loss_chart.png").stat().st_size > 10_000
    (riff,) = (tmp_path / "output").rglob("*.mid")
    samples, rate = soundfile.read(riff.with_suffix(".mp3"))
    peak = 20 * np.log10(np.abs(samples).max())
    assert len(samples) / rate > 5 and -12 < peak < -0.1
    loud = np.abs(samples) > 0.003
    gaps = np.diff(np.flatnonzero(np.concatenate([[True], loud, [True]])))
    assert gaps.max() < 2 * rate  # never silent for two seconds
    score = ru.read_midi(riff)
    assert len({note.pitch for track in score.tracks for note in track.notes}) > 4
