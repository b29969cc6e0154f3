"""The cells of a notebook in any order: what a cell lacks is said in a sentence."""

import contextlib
import io
import os
import random
from pathlib import Path

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from torture import Campaign, refused_well

import rockonet_utils as ru

NOTEBOOKS = sorted((Path(ru.__file__).parent / "notebooks").glob("0*.ipynb"))
# A training that takes a moment, and fewer riffs.
SHORT = (
    "\nsettings = settings.replace(epochs=1, epoch_windows=300, units=(8, 8, 8), riff_units=(8,), "
    "riff_epochs=1, riff_epoch_windows=64)"
)


def cells(_: Path) -> list[list[str]]:
    """The code of each notebook."""
    os.environ["MPLBACKEND"] = "agg"
    notebooks = [nbformat.read(path, 4).cells for path in NOTEBOOKS]
    return [[quick(cell.source) for cell in some if cell.cell_type == "code"] for some in notebooks]


def quick(source: str) -> str:
    chosen = SHORT if source.startswith("settings = ru.settings(") else ""
    return source.replace("range(12)", "range(3)") + chosen


def shuffled(state: list[list[str]], rng: random.Random, folder: Path) -> None:
    """Once the first cell has run, the others run in any order, or some of them out of order; some
    run twice."""
    os.environ["ROCKONET_OUTPUT"] = os.environ["ROCKONET_FIGURES"] = str(folder)
    first, *others = rng.choice(state)
    moved = rng.sample(range(len(others)), len(others) if rng.random() < 0.5 else 5)
    order = [code for place, code in enumerate(others) if place not in moved]
    for code in (*(others[place] for place in moved), *rng.sample(others, 5)):
        order.insert(rng.randrange(len(order) + 1), code)
    shell = InteractiveShell()
    for code in (first, *order):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            error = shell.run_cell(code).error_in_exec
        if error is not None and not isinstance(error, NameError) and not refused_well(error):
            raise AssertionError(f"{type(error).__name__}: {error}, in {code[:80]!r}")


CAMPAIGNS = (Campaign("notebook cells in any order", 50, cells, shuffled, seconds=300),)
