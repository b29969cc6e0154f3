"""The exercises by their numbers, each in the file of its notebook."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

from rockonet.exercises.verdicts import Exercise

NOTEBOOKS = ("1", "2", "3", "4")


def exercises_of(notebook: str) -> dict[str, Exercise]:
    """The exercises of a notebook, "1" to "4", by their numbers.

    Its file is opened when it is asked for: else the first check of notebook 01 would wait for
    Keras, which the exercises of notebook 03 use.
    """
    exercises: dict[str, Exercise] = importlib.import_module(
        f"rockonet.exercises.notebook_0{notebook}"
    ).EXERCISES
    return exercises


def exercise_numbers(notebook: str) -> list[str]:
    """Their numbers alone, as its file lists them; it is not opened for that."""
    path = Path(__file__).with_name(f"notebook_0{notebook}.py")
    table = ast.parse(path.read_text(encoding="utf-8")).body[-1]
    assert isinstance(table, ast.Assign) and isinstance(table.value, ast.Dict)
    return [str(ast.literal_eval(key)) for key in table.value.keys if key]


def find_exercise(number: str) -> Exercise:
    """The exercise of a number, as "1.2".

    Raises: ValueError if there is none.
    """
    notebook = number.partition(".")[0]
    if notebook not in NOTEBOOKS:
        raise ValueError(f"There is no exercise {number!r}: give notebook and number, as in '1.2'.")
    exercises = exercises_of(notebook)
    if number not in exercises:
        raise ValueError(
            f"There is no exercise {number!r}: notebook 0{notebook} has {', '.join(exercises)}."
        )
    return exercises[number]
