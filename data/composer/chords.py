"""Chords: their names, and how a guitar holds them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tablature import STRINGS, read_notes

PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

# Movable chord shapes, frets above the barre on the low E string and on the A string.
SHAPES = {
    "5": ("022xxx", "x022xx"),
    "": ("022100", "x02220"),
    "m": ("022000", "x02210"),
    "7": ("020100", "x02020"),
    "9": ("020100", "x02020"),
    "m7": ("020000", "x02010"),
    "maj7": ("0x110x", "x02120"),
}


@dataclass(frozen=True)
class Chord:
    """A chord by its root (pitch class, 0 is C) and quality ('', 'm', '7', '5', ...)."""

    root: int
    quality: str

    @property
    def minor(self) -> bool:
        return self.quality in ("m", "m7")


def read_chord(name: str) -> Chord:
    """'F#m7' as a chord."""
    letter, sharp, quality = re.fullmatch(r"([A-G])([#b]?)(.*)", name).groups()
    return Chord((PITCH_CLASSES[letter] + {"#": 1, "b": -1, "": 0}[sharp]) % 12, quality)


def voicing(chord: Chord) -> tuple[int, ...]:
    """A barre chord in the lowest position: on the low E string or on the A string."""
    shapes = SHAPES[chord.quality]
    frets = [(chord.root - open_string) % 12 for open_string in (STRINGS["E"], STRINGS["A"])]
    string = int(frets[1] < frets[0])
    return tuple(p + frets[string] for p in read_notes(shapes[string]))
