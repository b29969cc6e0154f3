"""The rules of the house: short files, short functions, imports that lead down, an empty door."""

import ast
import subprocess
import sys
from pathlib import Path

from helpers import ROOT

MODULES = sorted(
    path for part in ("rockonet", "data", "tools") for path in (ROOT / part).rglob("*.py")
)
LONGEST_MODULE, LONGEST_FUNCTION = 450, 60
# A module with a line like this above its first import says why it is longer than that.
EXCUSE = "# Longer than others: "


def is_excused(text):
    above = text.split("import ", 1)[0].splitlines()
    return any(line.startswith(EXCUSE) and len(line) > len(EXCUSE) for line in above)


def functions(tree):
    kinds = ast.FunctionDef, ast.AsyncFunctionDef
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def test_modules_and_functions_are_short_or_say_why_not():
    assert len(MODULES) > 80
    too_long = []
    for path in MODULES:
        text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
        sizes = {name: len(text.splitlines()) - LONGEST_MODULE}
        for node in functions(ast.parse(text)):
            sizes[f"{name}: {node.name}"] = node.end_lineno - node.lineno + 1 - LONGEST_FUNCTION
        if not is_excused(text):
            too_long += [what for what, over in sizes.items() if over > 0]
    assert too_long == []


def test_every_module_says_first_what_it_is_for():
    silent = [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []


def test_the_door_defines_nothing_but_the_way_in():
    tree = ast.parse((ROOT / "rockonet_utils.py").read_text(encoding="utf-8"))
    assert [node.name for node in functions(tree)] == ["__getattr__"]
    assert not any(isinstance(node, ast.ClassDef) for node in ast.walk(tree))


def test_imports_lead_down_and_in_no_circle():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0 and "Contracts: 4 kept, 0 broken." in run.stdout, run.stdout
