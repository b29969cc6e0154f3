"""Note names, chords, meters and scales as numbers: what is true of any instrument."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

TICKS_PER_QUARTER = 12
MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)  # semitones above the tonic; its modes are minor scales too

# Scales that guitarists name and music21 does not know; what they write for the words of others.
_INTERVALS = {
    "minor pentatonic": (0, 3, 5, 7, 10),
    "major pentatonic": (0, 2, 4, 7, 9),
    "blues": (0, 3, 5, 6, 7, 10),
}
_KIND_OF_SCALE = {"m": "minor", "min": "minor", "maj": "major", "penta": "pentatonic"}


def pitch_name(pitch: int) -> str:
    """Scientific name of a MIDI pitch: 40 is 'E2', 61 is 'C#4'. Notebook: 01."""
    return f"{'C C# D D# E F F# G G# A A# B'.split()[pitch % 12]}{pitch // 12 - 1}"


def chord_name(pitches: Iterable[int]) -> str:
    """Name of the notes that start together, lowest first: (40, 47, 52) is 'E2 B2 E3'.

    Notebook: 01, 02 and 04.
    """
    return " ".join(pitch_name(pitch) for pitch in sorted(set(pitches)))


def pitch_number(name: str) -> int | None:
    """The MIDI number of a note with its octave, 'Eb2' or 'F#3'; None if it is no such name."""
    found = re.fullmatch(r"([A-Ga-g])([#♯b♭]*)(-?\d)", name)
    if not found:
        return None
    letter, signs, octave = found.groups()
    natural = dict(C=0, D=2, E=4, F=5, G=7, A=9, B=11)[letter.upper()]
    return natural + sum(1 if sign in "#♯" else -1 for sign in signs) + 12 * (int(octave) + 1)


def meter_ticks(meter: tuple[int, int]) -> int:
    """Ticks of a bar, of a meter as (beats, note value): 48 in 4/4, 36 in 6/8."""
    return max(1, 4 * TICKS_PER_QUARTER * meter[0] // meter[1])


def beat_ticks(meter: tuple[int, int]) -> int:
    """Ticks of what a foot taps: 12 in 4/4, 18 in 6/8."""
    if meter[1] <= 4:
        return TICKS_PER_QUARTER
    if meter[1] == 8:
        return 18 if meter[0] % 3 == 0 else 6
    return 3


def is_tempo(quarters_a_minute: Any) -> Any:
    """Whether music is played so slow or fast, a number or an array; files may say anything."""
    return (quarters_a_minute >= 10) & (quarters_a_minute <= 1000)


def is_meter(beats: int, value: int) -> bool:
    """Whether music is written in such a meter; files may say anything."""
    return 1 <= beats <= 32 and value in (1, 2, 4, 8, 16)


def scale_pitch_classes(scale: str) -> tuple[int, ...]:
    """The pitch classes (0 is C) of a scale named by its tonic and its kind, tonic first.

    scale: as in ``"E minor"``, ``"A minor pentatonic"``, ``"E blues"``, ``"D dorian"``, ``"F#
        harmonic minor"``; the kinds are those of music21, and ``minor pentatonic``, ``major
        pentatonic`` and ``blues``. ``Em``, ``E min`` and ``E penta`` are understood.
    Raises: ValueError if the tonic or the kind does not exist.
    """
    import music21  # takes almost two seconds, for what only this function needs

    words = scale.replace("♯", "#").replace("♭", "b").split()
    tonic = re.fullmatch(r"([A-Ga-g])([#b]?)(m?)", words[0]) if words else None
    if tonic:
        kind = " ".join(_KIND_OF_SCALE.get(word.lower(), word.lower()) for word in words[1:])
        if tonic[3]:
            kind = f"minor {kind}".strip()
        if kind == "pentatonic":
            kind = "minor pentatonic"
        name = tonic[1].upper() + tonic[2].replace("b", "-")  # a flat as music21 writes it
        if kind in _INTERVALS:
            first = music21.pitch.Pitch(name).pitchClass
            return tuple((first + interval) % 12 for interval in _INTERVALS[kind])
        known = getattr(music21.scale, kind.title().replace(" ", "") + "Scale", None)
        if kind and isinstance(known, type) and issubclass(known, music21.scale.ConcreteScale):
            pitches = known(name).getPitches(f"{name}4", f"{name}5")
            classes = tuple(dict.fromkeys(pitch.pitchClass for pitch in pitches))
            # music21 also calls things scales that have no notes of their own.
            if len(classes) >= 5:
                return classes
    raise ValueError(
        f"There is no scale {scale!r}: write a note and a kind, as in 'E minor', 'A minor "
        "pentatonic', 'E blues', 'D dorian' or 'F# harmonic minor'."
    )


def key_fifths(pitches: Iterable[int]) -> int:
    """The key signature with the fewest accidentals: sharps count up, flats down (−6 to 6)."""
    weight = np.bincount([pitch % 12 for pitch in pitches], minlength=12)
    scale = np.array(MAJOR_SCALE)
    inside = {fifths: weight[(scale + 7 * fifths) % 12].sum() for fifths in range(-6, 7)}
    return max(inside, key=lambda fifths: (inside[fifths], -abs(fifths), fifths))
