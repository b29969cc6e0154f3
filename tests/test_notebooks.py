"""The committed notebooks are complete and clean, and they run from start to end."""

import contextlib
import dataclasses
import io
import itertools
import re
import statistics
import sys
from pathlib import Path

import IPython
import keras
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
GRADES = ("Look", "Change", "Write")
SOLUTION = re.compile(r"<details><summary>Solution</summary>\n\n```python\n(.*?)```", re.DOTALL)
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


def test_the_timetable_names_headings_that_are_there():
    timetable = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
    named = 0
    for row in re.findall(r"^(?:\| \d:\d\d )?(\| \d+ \|.*)$", timetable, re.M):
        if found := re.search(r"notebook 0(\d)", row):
            text = "\n".join(texts(read(NOTEBOOKS[int(found[1]) - 1]), "markdown"))
            headings = re.findall(r"^#+ (.+)$", text, re.M)
            for part in re.findall(r"\*([^*]+)\*", row.split("|")[3]):
                assert any(heading.startswith(part) for heading in headings), (row, part)
                named += 1
    assert named >= 4
    for block in timetable.split("## ")[1:]:
        rows = re.findall(r"^\|(?: (\d):(\d\d) \|)? (\d+) \|", block, re.M)
        minutes = [int(m) for _, _, m in rows]
        clock = [60 * int(h) + int(m) for h, m, _ in rows if h]
        assert clock in ([], [sum(minutes[:i]) for i in range(len(minutes))])
        if block.startswith("90 minutes"):
            assert sum(minutes) == 90
        if block.startswith("Half a day"):
            assert 180 <= sum(minutes) <= 220  # three hours and a break


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


def exercises(notebook):
    """Grade, solution and cell of each exercise, the final project's grade being None."""
    begin = next(i for i, c in enumerate(notebook.cells) if c.source.startswith("## Exercises"))
    found = []
    for task, cell in itertools.pairwise(notebook.cells[begin + 1 :]):
        if "<details>" in task.source:
            grade = re.match(rf"\*\*{len(found) + 1}\.\*\* \*(\w+)\.\*", task.source)
            (solution,) = SOLUTION.findall(task.source)
            found.append((grade and grade[1], solution, cell))
    return found


@each_notebook
def test_exercises_have_three_grades_a_folded_solution_and_a_self_check(path):
    found = exercises(read(path))
    last = path.stem == NAMES[-1]
    grades = [grade for grade, _, _ in found]
    assert 4 <= len(grades) <= 6 and set(GRADES) == set(grades) - {None}
    assert grades.count(None) == last and (grades[-1] is None) == last
    for number, (_, solution, cell) in enumerate(found, 1):
        assert "answer" in solution and re.search(r"^answer = None  # exercise", cell.source, re.M)
        assert f'ru.self_check("{path.stem[1]}.{number}", answer' in cell.source
        assert f"Exercise {path.stem[1]}.{number} is open" in cell.outputs[-1].text


@pytest.mark.parametrize(
    ("exercise", "answer", "made", "said"),
    [
        ("1.1", 5, {}, "✔ Right"),
        ("1.1", 3, {}, "✘ .*standard tuning"),
        ("1.1", 1, {}, "✘ .*has to go up"),
        ("1.1", "fifth", {}, "✘ .*is to be the number of a fret; this is 'fifth'"),
        ("1.3", 0.5, "notes", "✔ Right: 50.0% of the times"),
        ("1.3", 2 / 3, "notes", "✘ .*share of notes within chords"),
        ("1.3", 50, "notes", "✘ .*in percent.*0.500"),
        ("1.3", 0.2, "notes", "✘ .*0.200 is too low"),
        ("2.1", 8, {}, "✔ Right.*1 to 8"),
        ("2.1", 9, {}, "✘ .*as its answer"),
        ("2.1", 1, {}, "✘ .*overlap"),
        ("2.1", 5, {}, "✘ .*by hand"),
        ("2.2", ["ABCD"], dict(melody="ABCDA", length=3), "✘ .*1 windows; 2 of 2"),
        ("2.2", ["ABC"], dict(melody=list("ABCDA"), length=3), "✘ .*4 symbols: 3 and"),
        ("2.2", ["ABCD"], dict(melody=list("ABCDC"), length=3), "✔ Right: 1 of 2"),
        ("3.1", 0.0498, {}, "✔ Right"),
        ("3.1", 5, {}, "✘ .*percent"),
        ("3.1", 20, {}, "✘ .*equally likely"),
        ("3.1", 1.0986, {}, "✘ .*way back"),
        ("4.1", 2, {}, "✔ Right"),
        ("4.1", 1, {}, "✘ .*less than 0.5"),
        ("4.1", 3, {}, "✘ "),
        ("4.1", "two", {}, "✘ .*a whole number in digits.*this is 'two'"),
        ("4.4", (8, 5), {}, "✘ .*two lists of riffs"),
    ],
)
def test_self_check_says_what_is_wrong(exercise, answer, made, said, capsys):
    if made == "notes":  # a chord of two notes, and a note: half of the onsets, two in three notes
        made = dict(notes=dict(onset=np.array([0, 0, 12])))
    ru.self_check(exercise, answer, **made)
    assert re.match(said, capsys.readouterr().out)


def test_self_check_of_histories(capsys):
    def sweep(rates, base=4.0, decay=0.01):
        rows = [ru.Epoch("classic", r, e, base - e * r - decay, base - 10 * r / e, 1.0)
                for r in rates for e in (1, 2)]  # fmt: skip
        return ru.History(tuple(rows), {"classic": 4.2})

    three = sweep((0.01, 0.001, 0.0001))
    close = sweep((0.0004, 0.0002))  # 3.996, 3.998 and 3.998, 3.999
    ru.self_check("3.2", (0.0002, 1), history=close)
    assert re.match("✔ .*0.0004 after epoch 1", capsys.readouterr().out)
    for exercise, answer, said in (
        ("3.2", (0.01, 1), "✔ .*3.900"),
        ("3.2", (0.01, 2), "✘ .*dashed"),
        ("3.2", (0.5, 1), "✘ .*3.900"),
        ("3.2", 0.01, "✘ .*a rate and an epoch"),
        ("3.3", sweep((0.03, 0.01, 0.001, 0.0001)), "✔ .*bolder still wins"),
        ("3.3", three, "✘ .*0.01, 0.001, 0.0001"),
        ("3.3", sweep((0.03, 0.01, 0.001, 0.0001), 3), "✘ .*trained anew"),
        ("3.4", three, "✘ .*with decay"),
        ("3.4", sweep((0.01,)), "✘ .*the same rates"),
        ("3.4", sweep((0.01, 0.001, 0.0001), 3.5), "✔ .*0.50 nats"),
    ):
        ru.self_check(exercise, answer, history=three)
        assert re.match(said, capsys.readouterr().out), (exercise, said)


def test_self_check_of_networks(capsys):
    def too_many(length, n_symbols, units, dense, dropout):
        return keras.layers.LSTM(units)  # wants one number

    ru.self_check("3.5", too_many, settings=ru.settings("quick", "starter"))
    assert re.match(
        "✘ Not yet: your function stops with (Type|Value)Error", capsys.readouterr().out
    )

    sizes = {part: 4 for part in ru.PARTS}
    whole, no_candidates = (
        ru.Trained("riff", ru.riff_model(sizes, (4,), 4, **how), None, 64, ru.History((), {}))
        for how in ({}, dict(candidates=False))
    )
    for answer, said in ((no_candidates, "the candidates are gone"), (whole, "skip=False")):
        ru.self_check("3.6", answer, riff_recipe=whole, validation=None)
        assert said in capsys.readouterr().out


def test_self_check_of_names_with_or_without_brackets(corpus, capsys):
    def said(answer):
        ru.self_check("2.6", answer, corpus=corpus, song=0)
        return capsys.readouterr().out

    # Eighths on E, G, A and B, each as often: never one twice, and four pitch classes are 2 bits.
    right = ["repeat_share", "pitch_class_entropy"]
    assert said(right).startswith("✔ Right") and "5 of 7" in said(right)
    assert said("repeat_share").startswith("✘ Not yet: look at pitch_class_entropy again: 2.000, ")
    assert "no number 'steps'" in said([*right, "steps"]) and "no number 'foo'" in said("foo")


def test_self_check_of_riffs(tmp_path, capsys):
    def said(exercise, answer, **made):
        ru.self_check(exercise, answer, **made)
        return capsys.readouterr().out

    typed = ru.prompt_from_text("4/4 EE8 GG AA EE " + "EE4 GG AA BB " * 5, tempo_bpm=120)
    riff = dataclasses.replace(typed, prompt_events=4, title="mine")
    score, piano = riff.midi(), riff.midi()
    piano.tracks[0].program = 0
    assert said("1.2", piano, first_bars=score).startswith("✔ Right: the same notes")
    assert "still 30" in said("1.2", score, first_bars=score)
    assert "under 'Hear it' again" in said("1.2", piano, first_bars=piano)

    others = [
        dataclasses.replace(riff, events=np.append(riff.events, riff.events[-n:]))
        for n in range(1, 6)
    ]
    prompt = dataclasses.replace(riff, events=riff.events[:4])
    assert said("4.2", others, prompt=prompt).startswith("✔ Right: one prompt, 5 different")
    assert said("4.2", others[:4], prompt=prompt).startswith("✘ Not yet: 4 riffs")
    assert said("4.2", [riff] * 5, prompt=prompt).startswith("✘ Not yet: one prompt, 1 ")
    assert "do not begin" in said("4.2", others, prompt=typed)

    slow = riff.sounding("distortion", tempo_bpm=60)
    assert said("4.3", riff.sounding("clean", tempo_bpm=60), riff=riff).startswith("✔ Right")
    assert "now the clean guitar" in said("4.3", slow, riff=riff)
    assert "its tempo is 120" in said("4.3", riff, riff=riff)
    assert "not those of" in said("4.3", others[0], riff=riff)

    # Two symbols among the new events of the cold riffs, four among those of the hot ones.
    cold = dataclasses.replace(riff, events=riff.events[[0, 1, 2, 3, 4, 5, 4, 5]])
    assert "2.0 and 4.0" in said("4.4", ([cold] * 8, [riff] * 8))
    assert said("4.4", ([cold] * 8, [riff] * 8)).startswith("✔ Right")
    assert "is to be the cold one" in said("4.4", ([riff] * 8, [cold] * 8))
    assert "eight of each" in said("4.4", ([cold], [riff]))

    scales = ["E minor pentatonic", "E blues"]
    assert said("4.5", [riff, riff], scales=scales).startswith("✔ Right")
    assert "B is no note of F major" in said("4.5", [riff], scales=["F major"])
    assert "1 riffs for 2" in said("4.5", [riff], scales=scales)

    made = dict(training=ru.CopyIndex(starter_songs()), prompts=[prompt], folder=tmp_path)
    assert "prompt of your own" in said("4.6", riff, **made)
    made["prompts"] = [others[0]]
    short = dataclasses.replace(riff, events=riff.events[:8])
    assert "at least four bars" in said("4.6", short, **made)
    high = dataclasses.replace(riff, events=riff.events.copy())
    high.events["bass"][-1] = 100
    assert "it is unplayable: bar 6" in said("4.6", high, **made)
    assert "Now save it" in said("4.6", riff, **made)
    dataclasses.replace(riff, tuning="drop D").save(tmp_path, [".gp5"])
    assert "of another riff" in said("4.6", riff, **made)
    riff.save(tmp_path, [".gp5"])
    assert said("4.6", riff, **made).startswith("✔ Right: 20 new events after 4 of yours")
    assert said("4.6", [typed, riff], **made).startswith("✔ Right: 20")  # of favourites the last
    song = ru.random_excerpt(starter_songs(), 4, seed=3, bars=16)
    assert "Try another seed" in said("4.6", song, **made)


def starter_songs():
    return ru.build_corpus(ru.settings("quick", "starter").folder)


# A training that takes a moment, for what does not depend on its result.
SHORT = (
    "\nsettings = settings.replace(epochs=1, epoch_windows=300, units=(8, 8, 8), riff_units=(8,), "
    "riff_epochs=1, riff_epoch_windows=64)"
)


def shortened(path):
    notebook = read(path)
    (cell,) = [c for c in notebook.cells if c.source.startswith("settings = ru.settings(")]
    cell.source += SHORT
    return notebook


def executed(notebook, folder, name="it.ipynb"):
    """The notebook after a run in a fresh kernel whose output goes below `folder`."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    env = {
        "ROCKONET_PROFILE": "quick",
        "ROCKONET_DATA": "",
        "ROCKONET_OUTPUT": str(folder / "output"),
        "ROCKONET_FIGURES": str(folder / "figures"),
    }
    return run_notebooks.execute(path, env=env)


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


@pytest.mark.notebooks
@pytest.mark.timeout(600)
@each_notebook
def test_each_runs_alone_and_so_do_the_solutions(path, tmp_path):
    notebook = shortened(path)
    found = exercises(notebook)
    for _, solution, cell in found:
        cell.source = re.sub(
            r"^answer = None.*$", lambda _, s=solution: s, cell.source, flags=re.MULTILINE
        )
    after = executed(notebook, tmp_path)
    # With the players of its solutions a notebook may be larger than a committed one.
    assert [p for p in run_notebooks.problems(after) if "bytes" not in p] == []
    verdicts = [printed(cell) for cell in after.cells if "ru.self_check" in cell.source]
    assert len(verdicts) == len(found) and all("✔ Right" in text for text in verdicts), verdicts


@pytest.mark.notebooks
@pytest.mark.timeout(600)
@each_notebook
def test_every_cell_may_run_twice(path, tmp_path):
    notebook = shortened(path)
    sources = texts(notebook, "code")
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources for _ in range(2)]
    after = executed(notebook, tmp_path)
    assert [p for p in run_notebooks.problems(after) if "bytes" not in p] == []
    for one, other in zip(after.cells[::2], after.cells[1::2], strict=True):
        if "versions" not in one.source:
            assert ("✘" in printed(one)) == ("✘" in printed(other)), one.source


@pytest.mark.notebooks
@each_notebook
def test_a_cell_that_runs_too_early_says_what_to_do(path, tmp_path):
    notebook = read(path)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    late = next(c for c in code if c.source.startswith("ru.check("))
    notebook.cells = [code[0], late]  # all that lies between was skipped
    with pytest.raises(run_notebooks.NotebookError, match="NameError"):
        executed(notebook, tmp_path)
    shell = IPython.core.interactiveshell.InteractiveShell.instance()
    ru.explain_errors(shell)
    try:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            shell.run_cell(late.source)
            shell.run_cell("answer = nine cent coffee")
        with contextlib.redirect_stdout(io.StringIO()) as refused:
            shell.run_cell("import rockonet_utils as ru\nru.settings(data='nowhere')")
            shell.run_cell("int('a number of my own')")
            shell.run_cell("ru.load_trained(ru.__file__)")
            shell.run_cell("chosen = ru.settings()\nchosen.epochs = 3")
        with contextlib.redirect_stdout(io.StringIO()) as stopped:
            shell.run_cell("def rows():\n    raise KeyboardInterrupt\n    yield")
            shell.run_cell("ru.table(['stopped'], rows())")
    finally:
        shell.set_custom_exc((), None)
        shell.clear_instance()
    assert "is not known here. If it is made in a cell that has not run yet" in said.getvalue()
    assert "Run All Above Selected Cell" in said.getvalue()
    assert "A text has to stand in quotes" in said.getvalue()
    # What the module refuses is one sentence below the cell; other errors are as usual.
    assert "There is no folder" in refused.getvalue() and "nowhere" in refused.getvalue()
    assert "rockonet_utils.py is not a trained model" in refused.getvalue()
    assert "zipfile" not in refused.getvalue() and "direct cause" not in refused.getvalue()
    assert not re.search(r"rockonet\S*\.py:", refused.getvalue())
    assert "settings = settings.replace(epochs=3)" in refused.getvalue()
    assert "This cell was stopped before its end" in stopped.getvalue()
    assert not re.search(r"rockonet\S*\.py:", stopped.getvalue())
    assert "invalid literal for int() with base 10: 'a number of my own'" in refused.getvalue()


@pytest.mark.notebooks
@pytest.mark.parametrize(
    ("number", "damaged", "remedy"),
    [(3, "classic_train.npz", "Run notebook 02 again"), (4, "riff.zip", "Run notebook 03")],
)
def test_what_an_earlier_notebook_left_half_done_is_named(tmp_path, number, damaged, remedy):
    notebook = read(NOTEBOOKS[number - 1])
    folder = tmp_path / "output" / "starter-quick"
    folder.mkdir(parents=True)
    for name in ("classic_train.npz", "classic_validation.npz", damaged):
        (folder / name).write_bytes(b"half of i")
    with pytest.raises(run_notebooks.NotebookError) as error:
        executed(notebook, tmp_path)
    last = str(error.value).splitlines()[-1]
    assert damaged in last and remedy in last


@pytest.mark.notebooks
@pytest.mark.timeout(900)
def test_all_four_run(tmp_path):
    for path in NOTEBOOKS:
        after = executed(read(path), tmp_path, path.name)
        assert run_notebooks.problems(after) == []

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
