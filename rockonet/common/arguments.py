"""Numbers that are asked for, checked where they enter: of the right kind, and in their range."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any

# The highest fret that can be asked for: that of no guitar, but of notes that MIDI still has.
MOST_FRETS = 36


def check_count(name: str, value: Any, least: int = 1) -> None:
    """Raises: ValueError, naming the argument, if this is no whole number of at least so many."""
    if not (isinstance(value, numbers.Integral) and int(value) >= least):
        raise ValueError(f"{name} is {value!r}; it wants one whole number, {least} or more.")


def check_number(name: str, value: Any, most: float = math.inf) -> None:
    """Raises: ValueError, naming the argument, if this is no finite number from 0 to `most`."""
    if not (isinstance(value, numbers.Real) and math.isfinite(value) and 0 <= float(value) <= most):
        limit = "0 or more" if most == math.inf else f"from 0 to {most:g}"
        raise ValueError(f"{name} is {value!r}; it wants one number, {limit}.")


def check_frets(frets: Any) -> None:
    """Raises: ValueError if these are not the lowest and the highest fret of a neck."""
    two = isinstance(frets, Sequence) and len(frets) == 2
    if two and all(isinstance(fret, numbers.Integral) for fret in frets):
        if 0 <= frets[0] <= frets[1] <= MOST_FRETS:
            return
    raise ValueError(
        f"frets is {frets!r}; it wants the lowest and the highest one, two whole numbers from 0 to "
        f"{MOST_FRETS}, as in (0, 12)."
    )
