"""Which strings the lines of a tab are, and how those are tuned."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

from rockonet.common.theory import pitch_number
from rockonet.common.tunings import FEWEST_STRINGS, STANDARD_TUNING, TUNINGS, named_strings
from rockonet.guitar.tab_lines import System

BASS_TUNINGS = {4: (28, 33, 38, 43), 5: (23, 28, 33, 38, 43)}  # an octave below a guitar's
_USUAL = {6: STANDARD_TUNING, 7: TUNINGS["7-string"], 8: TUNINGS["8-string"]}


def tab_tuning(
    systems: Sequence[System],
    asked: tuple[int, ...],
    said: tuple[int, ...] | None = None,
    bass: bool = False,
) -> tuple[int, ...]:
    """The open strings of a tab, lowest first.

    asked: those of the guitar if the tab does not say. said: those that are named in words over
    it. bass: whether the words speak of one.
    """
    largest = max(len(system.names) for system in systems)
    system = [system for system in systems if len(system.names) == largest][-1]
    if said and len(said) >= largest:
        return said
    names = system.names if _low_first(system.names) else system.names[::-1]
    if bass and largest in BASS_TUNINGS and len(asked) != largest:
        return BASS_TUNINGS[largest]
    named = named_strings(names) if all(names) else None
    rising = named is not None and _rises(named)
    octaves = all(pitch_number(name) is not None for name in names)
    if largest < len(asked):
        if named and rising and len(named) >= FEWEST_STRINGS and _moves(names, asked):
            return named
        # Letters alone count for less than a tuning that was asked for.
        return _retuned(asked, names) if octaves or named and asked == STANDARD_TUNING else asked
    if named and (octaves or rising and (asked == STANDARD_TUNING or len(asked) != largest)):
        return tuple(sorted(named))
    return asked if len(asked) == largest else _USUAL.get(largest, asked)


@functools.lru_cache(maxsize=64)
def strings_of(names: tuple[str, ...], tuning: tuple[int, ...]) -> tuple[int, ...]:
    """Which string of the tuning each line is, from the top line on; the lowest is 0.

    names: what the lines begin with, from the top; empty if they have none.
    """
    low_first = _low_first(names)
    names = names if low_first else names[::-1]
    if len(names) < len(tuning):
        places = _places(names, tuning)
    else:
        places = tuple(range(len(names)))
    return places if low_first else places[::-1]


def _low_first(names: tuple[str, ...]) -> bool:
    """Whether the lowest string is written first: then the names rise by fourths.

    If one end has a small letter, it is the highest string.
    """

    def price(way: Sequence[str]) -> tuple[bool, int]:
        pitches = named_strings(way) or ()
        steps = [high - low for low, high in itertools.pairwise(pitches)]
        return not _rises(pitches), sum(abs(step - 5) for step in steps)

    if not all(names):
        return False
    first, last = names[0].islower(), names[-1].islower()
    return last if first != last else price(names) < price(names[::-1])


def _moves(names: Sequence[str], tuning: Sequence[int]) -> int:
    return min(_distance(names, [tuning[i] for i in way]) for way in _choices(names, tuning))


def _choices(names: Sequence[str], tuning: Sequence[int]) -> list[tuple[int, ...]]:
    return list(itertools.combinations(range(len(tuning)), len(names)))


def _places(names: Sequence[str], tuning: tuple[int, ...]) -> tuple[int, ...]:
    """The strings that fit names best, lowest first: best side by side, and a small e is the
    highest one; without names the lowest."""
    if not all(names):
        return tuple(range(len(names)))

    def price(way: tuple[int, ...]) -> tuple[float, int, bool]:
        gaps = way[-1] - way[0] + 1 - len(way)
        thin = names[-1] == "e" and way[-1] != len(tuning) - 1
        return _distance(names, [tuning[i] for i in way]), gaps, thin

    return min(_choices(names, tuning), key=price)


def _distance(names: Sequence[str], strings: Sequence[int]) -> int:
    """How many semitones names are from strings."""
    return sum(abs(_nearest(name, s) - s) for name, s in zip(names, strings, strict=True))


def _nearest(name: str, string: int) -> int:
    """The pitch of a name with its octave; of a letter alone the one nearest to a string."""
    pitch = pitch_number(name)
    if pitch is None:
        pitch = string + ((pitch_number(f"{name}4") or 0) - string + 6) % 12 - 6
    return pitch


def _retuned(asked: tuple[int, ...], names: Sequence[str]) -> tuple[int, ...]:
    """A tuning of which some strings are named otherwise, as in D A D for the lowest three."""
    tuning = list(asked)
    for place, name in zip(_places(names, asked), names, strict=True):
        tuning[place] = _nearest(name, asked[place])
    return tuple(tuning) if _rises(tuning) else asked


def _rises(pitches: Sequence[int]) -> bool:
    return all(low < high for low, high in itertools.pairwise(pitches))
