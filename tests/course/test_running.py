"""The notebooks run from start to end, alone and in order."""

import re

import nbformat
import numpy as np
import pytest
import run_notebooks
import soundfile
from notebook_helpers import (
    BRIEF,
    NOTEBOOKS,
    SHORT,
    each_notebook,
    executed,
    exercises,
    read,
    texts,
    trained_less,
    with_fewer_riffs,
)

import rockonet_utils as ru

TRAINS = "03_train_model"


def solved(notebook):
    """The code of a notebook, cell by cell, with all exercises solved, and how many it has."""
    found = exercises(notebook)
    for _, solution, cell in found:
        cell.source = re.sub(
            r"^answer = None.*$", lambda _, s=solution: s, cell.source, flags=re.MULTILINE
        )
    return texts(notebook, "code"), len(found)


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


# It takes longest of all tests, so it comes first.
@pytest.mark.notebooks
@pytest.mark.timeout(900)
def test_all_four_run_in_order(tmp_path):
    for path in NOTEBOOKS:
        notebook = with_fewer_riffs(read(path))
        if path.stem == TRAINS:
            trained_less(notebook, BRIEF)
        assert run_notebooks.problems(executed(notebook, tmp_path, path.name)) == []

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
@pytest.mark.timeout(900)
@each_notebook
def test_each_runs_alone_with_its_solutions_and_every_cell_may_run_twice(path, tmp_path):
    notebook, trains = with_fewer_riffs(read(path)), path.stem == TRAINS
    if trains:
        trained_less(notebook, SHORT)
    sources, n_exercises = solved(notebook)
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources for _ in range(2)]
    after = executed(notebook, tmp_path)
    # With every player twice a notebook may be larger than a committed one.
    assert [p for p in run_notebooks.problems(after) if "bytes" not in p] == []
    for one, other in zip(after.cells[::2], after.cells[1::2], strict=True):
        if "versions" not in one.source:
            assert ("✘" in printed(one)) == ("✘" in printed(other)), one.source
    verdicts = [printed(cell) for cell in after.cells if "ru.self_check" in cell.source]
    assert len(verdicts) == 2 * n_exercises
    assert all("✔ Right" in text for text in verdicts), verdicts
    if trains:
        assert any("Notebook 02 has not saved its windows yet" in printed(c) for c in after.cells)
        saved = {path.name for path in (tmp_path / "output").rglob("*.zip")}
        assert saved == {"classic.zip", "riff.zip"}
