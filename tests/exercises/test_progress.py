"""What is solved is kept, and shown."""

import json
import re

import pytest

import rockonet_utils as ru
from rockonet.exercises.exercise_files import NOTEBOOKS, exercise_numbers, exercises_of


@pytest.fixture
def output(monkeypatch, tmp_path):
    monkeypatch.setenv("ROCKONET_OUTPUT", str(tmp_path / "output"))
    return tmp_path / "output"


def shown():
    marks = re.findall(r">([✔○]) (\d\.\d)<", ru.progress().data)
    return {number for mark, number in marks if mark == "✔"}


def test_what_is_right_is_kept_and_shown(output, capsys):
    assert shown() == set() and not output.exists()
    ru.self_check("1.1", 3)
    ru.self_check("1.1", None)
    assert not output.exists()
    ru.self_check("1.1", 5)
    ru.self_check("4.1", 2)
    assert shown() == {"1.1", "4.1"}
    assert "Notebook 1: 1 of 6" in ru.progress().data
    ru.self_check("1.1", 3)  # wrong again: it was solved
    assert shown() == {"1.1", "4.1"}
    assert json.loads((output / "progress.json").read_text()) == {"solved": ["1.1", "4.1"]}


def test_a_damaged_file_and_a_folder_that_cannot_be_written_are_no_obstacle(output, capsys):
    output.mkdir()
    (output / "progress.json").write_text("{")
    assert shown() == set()
    ru.self_check("1.1", 5)
    assert shown() == {"1.1"}
    (output / "progress.json").unlink()
    output.rmdir()
    output.write_text("in the way")
    ru.self_check("1.1", 5)
    assert capsys.readouterr().out.count("✔ Right") == 2 and shown() == set()


def test_the_numbers_are_those_of_the_exercises():
    for notebook in NOTEBOOKS:
        assert exercise_numbers(notebook) == [*exercises_of(notebook)]
