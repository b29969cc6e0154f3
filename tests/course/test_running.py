"""The notebooks run from start to end, alone and in order."""

import re

import nbformat
import numpy as np
import pytest
import run_notebooks
import soundfile
from notebook_helpers import NOTEBOOKS, executed, exercises, read, texts

import rockonet_utils as ru

TRAINING = next(path for path in NOTEBOOKS if path.stem == "03_train_model")
ALONE = [path for path in NOTEBOOKS if path != TRAINING]
# Fewer riffs to compare, and a training that takes a moment, for what does not depend on them.
MANY, FEW = "range(12)", "range(3)"
SHORT = (
    "\nsettings = settings.replace(epochs=1, epoch_windows=300, units=(8, 8, 8), riff_units=(8,), "
    "riff_epochs=1, riff_epoch_windows=64, learning_rates=(0.01,))"
)


def with_solutions_and_twice(notebook):
    """The notebook with every exercise solved and every cell two times, and how many it has."""
    found = exercises(notebook)
    for _, solution, cell in found:
        cell.source = re.sub(
            r"^answer = None.*$", lambda _, s=solution: s, cell.source, flags=re.MULTILINE
        )
    sources = texts(notebook, "code")
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources for _ in range(2)]
    return notebook, len(found)


def check_twice(after, n_exercises):
    # With every player twice a notebook may be larger than a committed one.
    assert [p for p in run_notebooks.problems(after) if "bytes" not in p] == []
    verdicts = [printed(cell) for cell in after.cells if "ru.self_check" in cell.source]
    assert len(verdicts) == 2 * n_exercises
    assert all("✔ Right" in text for text in verdicts), verdicts
    for one, other in zip(after.cells[::2], after.cells[1::2], strict=True):
        if "versions" not in one.source:
            assert ("✘" in printed(one)) == ("✘" in printed(other)), one.source


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


# It takes longest of all tests, so it comes first. Notebook 03 makes and trains a dozen networks;
# so that this is done once, its cells run twice and its exercises are solved here, not below.
@pytest.mark.notebooks
@pytest.mark.timeout(900)
def test_all_four_run_in_order(tmp_path):
    for path in NOTEBOOKS:
        if path == TRAINING:
            notebook, n_exercises = with_solutions_and_twice(read(path))
            check_twice(executed(notebook, tmp_path, path.name), n_exercises)
        else:
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
    assert samples.shape[1] == 2  # in stereo
    loud = np.abs(samples).max(axis=1) > 0.003
    gaps = np.diff(np.flatnonzero(np.concatenate([[True], loud, [True]])))
    assert gaps.max() < 2 * rate  # never silent for two seconds
    score = ru.read_midi(riff)
    assert len({note.pitch for track in score.tracks for note in track.notes}) > 4


@pytest.mark.notebooks
@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", ALONE, ids=lambda path: path.stem)
def test_each_runs_alone_with_its_solutions_and_every_cell_may_run_twice(path, tmp_path):
    notebook = read(path)
    for cell in notebook.cells:
        cell.source = cell.source.replace(MANY, FEW)
    notebook, n_exercises = with_solutions_and_twice(notebook)
    check_twice(executed(notebook, tmp_path), n_exercises)


@pytest.mark.notebooks
@pytest.mark.timeout(600)
def test_notebook_03_makes_what_notebook_02_did_not(tmp_path):
    """It runs alone: what it reads is there, and the first epoch of either recipe ends."""
    notebook = read(TRAINING)
    kept = [cell for cell in notebook.cells if cell.cell_type == "code"]
    reading = ("import ", "settings = ", "(X, Y)", "corpus = ", "history = ", "riff_recipe = ")
    notebook.cells = [cell for cell in kept if cell.source.startswith(reading)]
    assert len(notebook.cells) == len(reading)
    notebook.cells[1].source += SHORT
    after = executed(notebook, tmp_path)
    assert run_notebooks.problems(after) == []
    assert "Notebook 02 has not saved its windows yet" in printed(after.cells[2])
    assert {path.name for path in (tmp_path / "output").rglob("*.zip")} == {
        "classic.zip",
        "riff.zip",
    }
