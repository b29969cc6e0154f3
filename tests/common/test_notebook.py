"""What a notebook shows: checks, tables, sources."""

import builtins
import dis
import re
from importlib.metadata import PackageNotFoundError

import numpy as np
import pytest
from notebook_helpers import NOTEBOOKS, read

import rockonet_utils as ru
from rockonet.common.notebook import show_source, table


def copied(shown):
    """The names that code defines which is copied from a notebook to an empty one."""
    (code,) = re.findall(r"```python\n(.*)```", shown.data, flags=re.DOTALL)
    names = {"__name__": "__main__"}
    exec(code, names)
    return names


def test_check_tells_success_from_failure(capsys):
    ru.check("it works", True, "Do this.")
    ru.check("it works", False, "Do this.")
    good, bad = capsys.readouterr().out.splitlines()
    assert "Do this." not in good and bad.endswith("Do this.")


def test_table_sets_numbers_to_the_right():
    text = ru.table(["name", "n"], [("a", 1234), ("b", 5)]).data
    assert text.splitlines() == ["| name | n |", "| --- | --: |", "| a | 1,234 |", "| b | 5 |"]


def test_tables_set_numbers_to_the_right():
    shown = table(["song", "notes"], [["Angie", 1200], ["Layla", 7]]).data
    assert shown == "| song | notes |\n| --- | --: |\n| Angie | 1,200 |\n| Layla | 7 |"


def test_a_copied_source_computes_the_same():
    sample = copied(show_source(ru.sample))["sample"]
    asked = np.array([[0.1, 0.6, 0.3]]), 0.8, 0.9, 0, np.array([0.4])
    assert sample is not ru.sample
    assert sample(*asked).tolist() == ru.sample(*asked).tolist() == [1]


@pytest.mark.parametrize("shown", [[ru.riff_model], [ru.loss_chart, ru.piano_roll]])
def test_a_copied_source_finds_all_that_it_uses(shown):
    names = copied(show_source(*shown, folded=True))
    for function in shown:
        for step in dis.get_instructions(names[function.__name__]):
            if step.opname == "LOAD_GLOBAL":
                assert step.argval in names or hasattr(builtins, step.argval)


def test_functions_shown_together_need_no_import_of_each_other():
    shown = show_source(ru.check, ru.table)
    assert "def check" in shown.data and "def table" in shown.data
    assert "import check" not in shown.data and "import table" not in shown.data
    assert "from rockonet.common.notebook import _cell_text" in shown.data
    names = copied(shown)
    assert names["table"](["n"], [[5]]).data == ru.table(["n"], [[5]]).data


def test_only_what_is_used_is_imported():
    assert "import" not in show_source(ru.pitch_name).data
    assert show_source(ru.chord_name).data.startswith(
        "```python\nfrom collections.abc import Iterable\n"
        "from rockonet.common.theory import pitch_name\n\n\ndef chord_name("
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_source_that_a_notebook_shows_can_be_copied(path):
    for cell in read(path).cells:
        for shown in re.findall(r"^ru\.show_source\([^()]*\)", cell.source, flags=re.MULTILINE):
            names = copied(eval(shown, {"ru": ru}))
            assert set(re.findall(r"ru\.(?!show_source)(\w+)", shown)) <= names.keys()


def test_versions_of_a_module_whose_package_has_another_name(tmp_path, monkeypatch):
    (tmp_path / "anvil.py").touch()
    for name, top in (("anvil_ce", "anvil"), ("hammer", "hammer")):
        info = tmp_path / f"{name}-2.5.dist-info"
        info.mkdir()
        name = name.replace("_", "-")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.5\n")
        (info / "top_level.txt").write_text(top + "\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert ru.versions("anvil", "hammer").endswith(" · anvil-ce 2.5 · hammer 2.5")
    with pytest.raises(PackageNotFoundError, match="tongs"):
        ru.versions("tongs")
