"""Small things that every notebook shows: checks, tables, sources, versions."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from typing import Any

import IPython
from IPython.display import Markdown


def check(what: str, passed: bool, remedy: str) -> None:
    """Print one line that says whether a step worked and, if not, what to do.

    Notebook: after each main step.
    """
    print(f"✔ {what}" if passed else f"✘ Not yet: {what}. {remedy}")


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Markdown:
    """A table to show in a notebook; numbers stand to the right, everything else to the left.

    Notebook: 01 to 04.
    """
    rows = [list(row) for row in rows]
    numeric = [all(isinstance(row[i], (int, float)) for row in rows) for i in range(len(header))]
    lines = [header, ["--:" if right else "---" for right in numeric], *rows]
    shown = [[f"{x:,}" if isinstance(x, int) else str(x) for x in line] for line in lines]
    return Markdown("\n".join(f"| {' | '.join(line)} |" for line in shown))


def show_source(function: Callable, folded: bool = False) -> Markdown:
    """The source of a function of this module, to read in a notebook or to copy and change.

    folded: behind a line that unfolds it with a click.
    Notebook: 03, 04.
    """
    source = f"```python\n{inspect.getsource(function)}```"
    summary = f"<summary>The source of {function.__name__}: click to unfold</summary>"
    return Markdown(f"<details>{summary}\n\n{source}\n\n</details>" if folded else source)


def versions(*packages: str) -> str:
    """One line with the versions of Python and of some installed packages.

    Notebook: the setup cell of each.
    """
    return " · ".join(
        [f"Python {sys.version_info.major}.{sys.version_info.minor}"]
        + [f"{package} {version(package)}" for package in packages]
    )


def in_notebook() -> bool:
    return hasattr(IPython.get_ipython(), "kernel")
