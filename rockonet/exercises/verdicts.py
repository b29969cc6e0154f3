"""What an exercise is: a row in the table at the end of its notebook's file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Verdict = tuple[bool, str]  # whether an answer is right, and what is said of it, in a sentence


class Exercise(NamedTuple):
    """An exercise as `self_check` knows it.

    wanted: what the answer is to be, in words. verdict: the verdict of an answer; its further
    arguments are what the notebook has made and the exercise is about.
    """

    wanted: str
    verdict: Callable[..., Verdict]


def is_share(answer: float, share: float, of: str) -> Verdict:
    """A share from 0 to 1, as exact as a person writes it down."""
    if abs(answer - share) <= 0.005:
        return True, f"{share:.1%} {of}."
    if abs(answer - 100 * share) <= 0.5:
        return False, f"that is in percent. As a share from 0 to 1 it is right: {answer / 100:.3f}."
    return False, f"{answer:.3f} is too {'low' if answer < share else 'high'}."
