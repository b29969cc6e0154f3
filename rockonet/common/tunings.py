"""The open strings of a guitar: tunings by name, by notes, by numbers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from rockonet.common.theory import pitch_name, pitch_number

STANDARD_TUNING = (40, 45, 50, 55, 59, 64)  # E2 A2 D3 G3 B3 E4, MIDI pitches of the open strings
# In this order a file is taken to be in the first one that goes down to its lowest note.
TUNINGS: dict[str, tuple[int, ...]] = {
    "standard": STANDARD_TUNING,
    "E♭": (39, 44, 49, 54, 58, 63),
    "drop D": (38, 45, 50, 55, 59, 64),
    "drop C": (36, 43, 48, 53, 57, 62),
}
FRETS = 22


def tuning_pitches(tuning: str | Sequence[int | str]) -> tuple[int, ...]:
    """The MIDI pitches of the six open strings, lowest string first.

    tuning: a name in `TUNINGS` (``Eb`` works for ``E♭``), six note names as in ``"D2 A2 D3 G3 B3
        E4"``, their letters alone as in ``"DADGBE"``, or a list of six MIDI numbers or names.
    Raises: ValueError with the names to choose from.
    """
    notes: Sequence[int | str] = tuning
    if isinstance(tuning, str):
        short = "".join(tuning.replace("♭", "b").replace("♯", "#").split())
        for name, named in TUNINGS.items():
            if short.lower() == "".join(name.lower().replace("♭", "b").split()):
                return named
        notes = tuning.split()
        if letters := re.fullmatch(6 * "([A-Ga-g][#b]?)", short):
            notes = named_strings(letters.groups()) or notes
    pitches = tuple(
        pitch_number(note) or -1 if isinstance(note, str) else int(note) for note in notes
    )
    rising = all(low < high for low, high in itertools.pairwise(pitches))
    if len(pitches) != 6 or not rising or not 20 <= pitches[0] <= pitches[-1] <= 90:
        raise ValueError(
            f"There is no tuning {' '.join(map(str, notes))!r}: choose one of "
            f"{', '.join(TUNINGS)}, or give six notes from the lowest string to the "
            "highest, as in 'D2 A2 D3 G3 B3 E4'."
        )
    return pitches


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

    Without an octave it is the one nearest to the string's pitch in standard tuning.
    """
    pitches = []
    for name, usual in zip(names, STANDARD_TUNING, strict=True):
        pitch = pitch_number(name)
        if pitch is None:
            letter = pitch_number(name + "4")
            if letter is None:
                return None
            pitch = usual + (letter - usual + 6) % 12 - 6
        pitches.append(pitch)
    return tuple(pitches)
