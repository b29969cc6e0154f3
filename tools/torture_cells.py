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

NOTEBOOKS = sorted((Path(ru.__file__).parent / "notebooks").glob("0[12]*.ipynb"))


def cells(_: Path) -> list[list[str]]:
    """The code of each notebook that trains nothing."""
    os.environ["MPLBACKEND"] = "agg"
    notebooks = [nbformat.read(path, 4).cells for path in NOTEBOOKS]
    return [[cell.source for cell in some if cell.cell_type == "code"] for some in notebooks]


def shuffled(state: list[list[str]], rng: random.Random, folder: Path) -> None:
    """Once the first cell has run, the others run in any order, some of them twice."""
    os.environ["ROCKONET_OUTPUT"] = str(folder)
    first, *others = rng.choice(state)
    order = [first, *rng.sample(others + rng.sample(others, 5), len(others) + 5)]
    shell = InteractiveShell()
    for code in order:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            error = shell.run_cell(code).error_in_exec
        if error is not None and not isinstance(error, NameError) and not refused_well(error):
            raise AssertionError(f"{type(error).__name__}: {error}, in {code[:80]!r}")


CAMPAIGNS = (Campaign("notebook cells in any order", 50, cells, shuffled, seconds=120),)
