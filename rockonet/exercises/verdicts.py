"""Each exercise is a function: from an answer, and what the notebook has made, to a verdict."""

from __future__ import annotations

from collections.abc import Callable

EXERCISES: dict[str, tuple[str, Callable[..., tuple[bool, str]]]] = {}


def exercise(number: str, wanted: str) -> Callable:
    def enter(verdict: Callable) -> Callable:
        EXERCISES[number] = wanted, verdict
        return verdict

    return enter


def is_share(answer: float, share: float, of: str) -> tuple[bool, str]:
    """A share from 0 to 1, as exact as a person writes it down."""
    if abs(answer - share) <= 0.005:
        return True, f"{share:.1%} {of}."
    if abs(answer - 100 * share) <= 0.5:
        return False, f"that is in percent. As a share from 0 to 1 it is right: {answer / 100:.3f}."
    return False, f"{answer:.3f} is too {'low' if answer < share else 'high'}."
