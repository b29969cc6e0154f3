"""The four notebooks, and how a test reads and executes one."""

import itertools
import re

import nbformat
import pytest
import run_notebooks
from helpers import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = ["01_explore_midi", "02_build_dataset", "03_train_model", "04_generate_music"]
SOLUTION = re.compile(r"<details><summary>Solution</summary>\n\n```python\n(.*?)```", re.DOTALL)
# Fewer riffs to compare, and a training that takes a moment, for what does not depend on them; and
# one that is long enough for every rate to learn something. A graph that is used for so short is
# not worth being optimised.
MANY, FEW = "range(12)", "range(3)"
_QUICK_GRAPHS = (
    "\nimport tensorflow as tf"
    "\ntf.config.optimizer.set_experimental_options({'min_graph_nodes': 100_000})"
)
SHORT = (
    "settings = settings.replace(epochs=1, epoch_windows=300, units=(8, 8, 8), riff_units=(8,), "
    "riff_epochs=1, riff_epoch_windows=64)"
) + _QUICK_GRAPHS
FEW_RIFF_WINDOWS = "settings = settings.replace(riff_epochs=2, riff_epoch_windows=320)"
BRIEF = f"settings = settings.replace(epoch_windows=3_000)\n{FEW_RIFF_WINDOWS}{_QUICK_GRAPHS}"
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def texts(notebook, kind):
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


def trained_less(notebook, less):
    """The notebook, training with other numbers."""
    (cell,) = (c for c in notebook.cells if c.source.startswith("settings = ru.settings("))
    cell.source += f"\n{less}"
    return notebook


def with_fewer_riffs(notebook):
    """The notebook, comparing fewer of them."""
    for cell in notebook.cells:
        cell.source = cell.source.replace(MANY, FEW)
    return notebook


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
