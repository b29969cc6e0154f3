"""`Notebook:` lines of docstrings say where a public name is really used."""

import ast
import re

from helpers import ROOT
from notebook_helpers import NOTEBOOKS, SOLUTION, read, texts

import rockonet_utils as ru


def uses():
    """For each name the numbers of the notebooks that use it, in a cell or in a solution."""
    found = {}
    for path in NOTEBOOKS:
        notebook = read(path)
        code = texts(notebook, "code") + SOLUTION.findall("\n".join(texts(notebook, "markdown")))
        for name in set(re.findall(r"\bru\.(\w+)", "\n".join(code))):
            found.setdefault(name, []).append(path.stem[:2])
    return found


def in_words(numbers):
    if len(numbers) == len(NOTEBOOKS):
        return "01 to 04"
    return " and ".join(filter(None, (", ".join(numbers[:-1]), *numbers[-1:])))


def test_uses_in_words():
    assert in_words(["03"]) == "03" and in_words(["01", "04"]) == "01 and 04"
    assert in_words(["01", "03", "04"]) == "01, 03 and 04" and in_words([]) == ""
    assert in_words(uses()["settings"]) == "01 to 04"


def test_docstrings_name_the_notebooks_that_use_what_they_describe():
    used, wrong, named = uses(), [], 0
    for path in sorted((ROOT / "rockonet").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                continue
            said = re.findall(r"Notebook: (.*)\.$", ast.get_docstring(node) or "", re.MULTILINE)
            public = node in tree.body and node.name in ru.__all__
            true = in_words(used.get(node.name, [])) if public else ""
            if said != [true] * bool(true):
                wrong.append((path.name, getattr(node, "name", ""), said, true))
            named += bool(said)
    assert wrong == []
    assert named >= 60
