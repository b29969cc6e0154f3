"""Small things that every notebook shows: checks, tables, sources, versions."""

from __future__ import annotations

import ast
import inspect
import symtable
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from typing import Any

import IPython
from IPython.display import Markdown

from rockonet.common.shown_text import as_markdown


def check(what: str, passed: bool, remedy: str) -> None:
    """Print one line that says whether a step worked and, if not, what to do.

    Notebook: 01 to 04.
    """
    print(f"✔ {what}" if passed else f"✘ Not yet: {what}. {remedy}")


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Markdown:
    """A table to show in a notebook; numbers stand to the right, everything else to the left.

    A text is shown sign by sign as it is, wherever it comes from; a cell that is to have markup is
    a `Markdown`.
    Notebook: 01, 02 and 03.
    """
    rows = [list(row) for row in rows]
    numeric = [all(isinstance(row[i], (int, float)) for row in rows) for i in range(len(header))]
    lines = [header, ["--:" if right else "---" for right in numeric], *rows]
    return Markdown("\n".join(f"| {' | '.join(map(_cell_text, line))} |" for line in lines))


def _cell_text(value: Any) -> str:
    if isinstance(value, Markdown):
        return str(value.data)
    return f"{value:,}" if isinstance(value, int) else as_markdown(value)


def show_source(*functions: Callable[..., Any], folded: bool = False) -> Markdown:
    """The source of functions of this project, to read in a notebook or to copy and change.

    What they need of their modules is imported above them, so that a copy runs as it is.

    folded: behind a line that unfolds it with a click.
    Notebook: 03 and 04.
    """
    names = [function.__name__ for function in functions]
    sources = [textwrap.dedent(inspect.getsource(function)) for function in functions]
    needed: dict[str, set[str]] = {}
    for function, source in zip(functions, sources, strict=True):
        used = _outer_names(symtable.symtable(source, "", "exec")) - set(names)
        needed[function.__module__] = needed.get(function.__module__, set()) | used
    imports = "".join(line for module in needed for line in _imports_of(module, needed[module]))
    code = "\n\n".join([imports, *sources]).lstrip()
    shown = f"```python\n{code}```"
    summary = f"<summary>The source of {', '.join(names)}: click to unfold</summary>"
    return Markdown(f"<details>{summary}\n\n{shown}\n\n</details>" if folded else shown)


def _imports_of(name: str, needed: set[str]) -> Iterator[str]:
    """Lines that import names as a module of this project does, and what it defines from itself."""
    module = sys.modules[name]
    top = ast.parse(inspect.getsource(module)).body
    # What only a type checker imports stands one step deeper.
    top += [node for block in top if isinstance(block, ast.If) for node in block.body]
    own = needed & vars(module).keys()
    for node in top:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            known_as = {alias.asname or alias.name.split(".")[0]: alias for alias in node.names}
            node.names = [alias for known, alias in known_as.items() if known in needed]
            own -= known_as.keys()
            if node.names:
                yield f"{ast.unparse(node)}\n"
    if own:
        yield f"from {name} import {', '.join(sorted(own))}\n"


def _outer_names(scope: symtable.SymbolTable) -> set[str]:
    """The names that some code uses and does not make itself, with those of its inner functions."""
    names = {
        symbol.get_name()
        for symbol in scope.get_symbols()
        if symbol.is_referenced() and (symbol.is_global() or scope.get_type() == "module")
    }
    return names.union(*map(_outer_names, scope.get_children()))


def versions(*packages: str) -> str:
    """One line with the versions of Python and of some installed packages.

    packages: names of packages, or of modules that a package of another name brings.
    Raises: PackageNotFoundError if one is not installed.
    Notebook: 01 to 04.
    """
    return " · ".join(
        [f"Python {sys.version_info.major}.{sys.version_info.minor}"]
        + [_with_version(package) for package in packages]
    )


def _with_version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:  # pygame-ce is a package of the module pygame
        name = packages_distributions().get(package, [package])[0]
        return f"{name} {version(name)}"


def in_notebook() -> bool:
    return hasattr(IPython.get_ipython(), "kernel")
