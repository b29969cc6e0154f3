"""A notebook asks, the learner answers, and this says what is right or wrong."""

from __future__ import annotations

import inspect
import reprlib
from typing import Any

from rockonet.exercises.exercise_files import find_exercise
from rockonet.exercises.progress import note_solved


def self_check(exercise: str, answer: Any, **made: Any) -> None:
    """Print in plain words whether the answer to an exercise is right and, if not, what is wrong.

    exercise: notebook and number, as "1.2". answer: None while it is open. made: what the notebook
        has made and the exercise is about.
    What is right is kept for `progress`.
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
    if right:
        note_solved(exercise)
