"""Strokes, which guitars and bass play: how one is moved, bent and varied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random

QUARTER = 12  # ticks
LOWEST, HIGHEST = 40, 88  # E2 to E6, what a guitar of 24 frets plays

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "blues": (0, 2, 4, 5, 7, 9, 10),
}


@dataclass(frozen=True)
class Stroke:
    """Notes struck together. `start` and `length` in places of a riff, or in ticks of a song."""

    start: int
    length: int
    pitches: tuple[int, ...]
    muted: bool = False
    accent: bool = False
    bend: int = 0  # semitones up


def moved(strokes: Iterable[Stroke], semitones: int = 0, ticks: int = 0) -> list[Stroke]:
    """The same strokes, higher by `semitones` and later by `ticks`."""
    return [
        replace(s, start=s.start + ticks, pitches=tuple(p + semitones for p in s.pitches))
        for s in strokes
    ]


def top(stroke: Stroke) -> int:
    return max(stroke.pitches)


def in_range(stroke: Stroke) -> Stroke:
    """The stroke, moved by octaves onto the fingerboard where it leaves it."""
    octaves = 0
    while min(stroke.pitches) + 12 * octaves < LOWEST:
        octaves += 1
    while top(stroke) + stroke.bend + 12 * octaves > HIGHEST:
        octaves -= 1
    return moved([stroke], 12 * octaves)[0]


def scaled(strokes: Iterable[Stroke], unit: int) -> list[Stroke]:
    """Places to ticks."""
    return [replace(s, start=s.start * unit, length=s.length * unit) for s in strokes]


def bent(strokes: Iterable[Stroke]) -> list[Stroke]:
    """Bends written out: a short note at the fretted pitch, then the pitch it is bent to."""
    notes = []
    for s in strokes:
        before = min(3, s.length // 3)  # ticks; a bend takes a sixteenth at most
        if s.bend and before:
            notes.append(replace(s, length=before, bend=0))
            after = replace(s, start=s.start + before, length=s.length - before, bend=0)
            notes += moved([after], s.bend)
        else:
            notes.append(replace(s, bend=0))
    return notes


def varied(strokes: list[Stroke], bar: int, rng: Random) -> list[Stroke]:
    """A bar of a riff with a new ending, as a player changes the last time round."""
    if len(strokes) < 3:
        return strokes
    *body, last = strokes
    how = rng.randrange(4)
    if how == 0 and len(last.pitches) == 1 and top(last) + 12 <= HIGHEST:
        return [*body, *moved([last], 12)]
    if how == 1 and last.length >= 6 and last.length % 2 == 0:
        half = last.length // 2
        return [*body, replace(last, length=half), replace(last, start=last.start + half)]
    if how == 2:  # let the last beat breathe
        kept = [s for s in strokes if s.start < bar - QUARTER] or strokes[:1]
        return [*kept[:-1], replace(kept[-1], length=bar - kept[-1].start, muted=False)]
    return [*body, replace(last, accent=True)]


def third_above(stroke: Stroke, root: int, mode: str) -> Stroke:
    """One note, a third of the scale above the lowest of a stroke, in the middle of the neck."""
    pitch = stroke.pitches[0]
    while pitch < 52:
        pitch += 12
    scale = SCALES["minor" if mode == "blues" else mode]
    above = [p for p in range(pitch + 1, pitch + 6) if (p - root) % 12 in scale]
    third = above[1] if (pitch - root) % 12 in scale else above[0]
    return replace(stroke, pitches=(third,), bend=0)
