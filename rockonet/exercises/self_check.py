"""A notebook asks, the learner answers, and this says what is right or wrong."""

from __future__ import annotations

import importlib
import inspect
import reprlib
from typing import Any

from rockonet.exercises.verdicts import Exercise


def self_check(exercise: str, answer: Any, **made: Any) -> None:
    """Print in plain words whether the answer to an exercise is right and, if not, what is wrong.

    exercise: notebook and number, as "1.2". answer: None while it is open. made: what the notebook
        has made and the exercise is about.
    Raises: ValueError if there is no such exercise.
    Notebook: 01 to 04.
    """
    wanted, verdict = find_exercise(exercise)
    inspect.signature(verdict).bind(answer, **made)  # what is missing is no fault of the answer
    if answer is None:
        print(f"○ Exercise {exercise} is open. In place of None it wants {wanted}.")
        return
    try:
        right, words = verdict(answer, **made)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        what = reprlib.repr(answer)
        what = type(answer).__name__ if what.startswith("<") else what
        right, words = False, f"the answer is to be {wanted}; this is {what}."
    print(f"✔ Right: {words}" if right else f"✘ Not yet: {words}")


def find_exercise(number: str) -> Exercise:
    """The exercise of a number, as "1.2", in the file of its notebook.

    Raises: ValueError if there is none.
    """
    notebook = number.partition(".")[0]
    if notebook not in ("1", "2", "3", "4"):
        raise ValueError(f"There is no exercise {number!r}: give notebook and number, as in '1.2'.")
    # Opened when it is asked for: else the first check of notebook 01 would wait for Keras, which
    # the exercises of notebook 03 use.
    exercises = importlib.import_module(f"rockonet.exercises.notebook_0{notebook}").EXERCISES
    if number not in exercises:
        raise ValueError(
            f"There is no exercise {number!r}: notebook 0{notebook} has {', '.join(exercises)}."
        )
    return exercises[number]
