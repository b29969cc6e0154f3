"""The open strings of a guitar: tunings by name, by notes, by numbers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import numpy as np

from rockonet.common.theory import pitch_name, pitch_number

STANDARD_TUNING = (40, 45, 50, 55, 59, 64)  # E2 A2 D3 G3 B3 E4, MIDI pitches of the open strings
_EIGHT_STRINGS = (30, 35, *STANDARD_TUNING)  # F#1 and B1 below them; all others are among these
# In this order a guitar is taken to be in the first one that has its lowest note: see `tuning_for`.
TUNINGS: dict[str, tuple[int, ...]] = {
    "standard": STANDARD_TUNING,
    "E♭": (39, 44, 49, 54, 58, 63),
    "drop D": (38, 45, 50, 55, 59, 64),
    "D standard": (38, 43, 48, 53, 57, 62),
    "drop C♯": (37, 44, 49, 54, 58, 63),
    "drop C": (36, 43, 48, 53, 57, 62),
    "drop B": (35, 42, 47, 52, 56, 61),
    "baritone": (35, 40, 45, 50, 54, 59),
    "drop A": (33, 40, 45, 50, 54, 59),
    "7-string": _EIGHT_STRINGS[1:],
    "7-string drop A": (33, *STANDARD_TUNING),
    "8-string": _EIGHT_STRINGS,
    "8-string drop E": (28, *_EIGHT_STRINGS[1:]),
}
FEWEST_STRINGS, MOST_STRINGS = 4, 8
FRETS = 22


def tuning_pitches(tuning: str | Sequence[int | str]) -> tuple[int, ...]:
    """The MIDI pitches of the open strings, four to eight, lowest string first.

    tuning: a name in `TUNINGS` (``Eb`` works for ``E♭``), note names as in ``"D2 A2 D3 G3 B3 E4"``,
        their letters alone as in ``"DADGBE"``, or a list of MIDI numbers or names.
    Raises: ValueError with the names to choose from.
    """
    notes: Sequence[int | str] = tuning
    if isinstance(tuning, str):
        short = _plain(tuning)
        for name, named in TUNINGS.items():
            if short.lower() == _plain(name).lower():
                return named
        notes = tuning.split()
        letters = re.findall("[A-Ga-g][#b]?", short)
        if "".join(letters) == short:
            notes = named_strings(letters) or notes
    pitches = tuple(
        pitch_number(note) or -1 if isinstance(note, str) else int(note) for note in notes
    )
    fits = FEWEST_STRINGS <= len(pitches) <= MOST_STRINGS and _rising(pitches)
    if not fits or not 20 <= pitches[0] <= pitches[-1] <= 90:
        raise ValueError(
            f"There is no tuning {' '.join(map(str, notes))!r}: choose one of "
            f"{', '.join(TUNINGS)}, or give {FEWEST_STRINGS} to {MOST_STRINGS} notes from the "
            "lowest string to the highest, as in 'D2 A2 D3 G3 B3 E4'."
        )
    return pitches


def tuning_for(lowest_pitch: int, highest_pitch: int = 0) -> str:
    """The name of the first of `TUNINGS` with these MIDI pitches on its neck, and all between.

    If there is none, it is the one that goes down furthest.
    """
    for name, strings in TUNINGS.items():
        if strings[0] <= lowest_pitch and highest_pitch <= strings[-1] + FRETS:
            return name
    return min(TUNINGS, key=lambda name: TUNINGS[name][0])


def string_names(strings: Sequence[int]) -> list[str]:
    """What guitarists call the strings, lowest first: E A D G B e; with octaves if that is not
    enough to tell the tuning."""
    names = [pitch_name(pitch) for pitch in strings]
    letters = [name.rstrip("-0123456789") for name in names]
    letters[-1] = letters[-1].lower()
    return letters if named_strings(letters) == tuple(strings) else names


def tuning_name(strings: tuple[int, ...]) -> str:
    """What guitarists call a tuning: its name in `TUNINGS`, or else its strings."""
    named = [name for name, pitches in TUNINGS.items() if pitches == strings]
    return named[0] if named else " ".join(string_names(strings))


def named_strings(names: Sequence[str]) -> tuple[int, ...] | None:
    """The pitches of strings that are named, lowest first; None if a name says no pitch.

    Without an octave each is the one nearest to its string in the usual tuning of a guitar with so
    many strings, the lowest string below the next one. Fewer than six are strings side by side,
    where the names fit best: D G B E are the upper four.
    """
    n, named = len(names), (pitch_number(name) or pitch_number(name + "4") for name in names)
    if not 0 < n <= MOST_STRINGS or not all(named):
        return None
    guitar = _EIGHT_STRINGS if n < len(STANDARD_TUNING) else _EIGHT_STRINGS[-n:]
    places = [guitar[first : first + n] for first in range(len(guitar) - n, -1, -1)]
    found = [tuple(map(_nearest_pitch, names, usual)) for usual in places]
    moves = [np.abs(np.subtract(*pair)).sum() for pair in zip(found, places, strict=True)]
    lowest, *others = found[int(np.argmin(moves))]
    if pitch_number(names[0]) is None and others and lowest >= others[0]:
        lowest -= 12
    return (lowest, *others)


def _nearest_pitch(name: str, usual: int) -> int:
    """The pitch of a name with its octave; of a letter alone the one nearest to a usual pitch."""
    pitch = pitch_number(name)
    if pitch is None:
        pitch = usual + ((pitch_number(name + "4") or 0) - usual + 6) % 12 - 6
    return pitch


def _rising(pitches: Sequence[int]) -> bool:
    return all(low < high for low, high in itertools.pairwise(pitches))


def _plain(name: str) -> str:
    """A name without spaces, its signs as they are typed."""
    return "".join(name.replace("♭", "b").replace("♯", "#").split())
