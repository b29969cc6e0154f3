"""Strokes, which guitars and bass play: how one is moved, varied, and played by a keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random

QUARTER = 12  # ticks
LOWEST, HIGHEST = 40, 88  # E2 to E6, what a guitar of 24 frets plays
OPEN = (40, 45, 50, 55, 59, 64)  # the open strings
# Where an open string has a harmonic: the pitch at that fret, and the pitch that sounds.
HARMONICS = {
    string + fret: string + sounds
    for fret, sounds in ((5, 24), (7, 19), (12, 12))
    for string in OPEN
}
HIGH_CHORD = 57  # A3, on fret 12 of the A string
SHORTEST_VIBRATO = 6  # ticks; of what is shorter nobody hears a wave
HAMMERED = 7  # frets, further than a finger is hammered on

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
    """Notes struck together. `start` and `length` in places of a riff, or in ticks of a song.

    bend: quarter tones by which note number `bent` is bent up; bend_kind: '^' up, '^r' up and down
    again, '=' struck when it is up, '=r' and let down. how: letters of tablature.MARKS, but for m.
    """

    start: int
    length: int
    pitches: tuple[int, ...]
    muted: bool = False
    accent: bool = False
    bend: int = 0
    bent: int = 0
    bend_kind: str = ""
    how: frozenset[str] = frozenset()

    def plain(self) -> Stroke:
        """The same notes, struck as nothing but notes."""
        return replace(self, muted=False, bend=0, bend_kind="", how=frozenset())


def moved(strokes: Iterable[Stroke], semitones: int = 0, ticks: int = 0) -> list[Stroke]:
    """The same strokes, higher by `semitones` and later by `ticks`."""
    return [
        replace(s, start=s.start + ticks, pitches=tuple(p + semitones for p in s.pitches))
        for s in strokes
    ]


def top(stroke: Stroke) -> int:
    return max(stroke.pitches)


def highest(stroke: Stroke) -> int:
    """The highest pitch that sounds."""
    return max(top(stroke), stroke.pitches[stroke.bent] + (stroke.bend + 1) // 2)


def in_range(stroke: Stroke) -> Stroke:
    """The stroke, moved by octaves onto the fingerboard where it leaves it; full chords and power
    chords below the twelfth fret."""
    octaves = 0
    full = len(stroke.pitches) > 3 or stroke.pitches[1:2] == (stroke.pitches[0] + 7,)
    if full and min(stroke.pitches) >= HIGH_CHORD:
        octaves -= 1
    while min(stroke.pitches) + 12 * octaves < LOWEST:
        octaves += 1
    while highest(stroke) + 12 * octaves > HIGHEST:
        octaves -= 1
    return moved([stroke], 12 * octaves)[0]


def scaled(strokes: Iterable[Stroke], unit: int) -> list[Stroke]:
    """Places to ticks."""
    return [replace(s, start=s.start * unit, length=s.length * unit) for s in strokes]


def on_keys(strokes: Iterable[Stroke]) -> list[Stroke]:
    """What a keyboard makes of strokes: a bend is a grace note and the note it is bent to, what is
    slid or hammered is struck, and there is no dead note."""
    notes = []
    for s in strokes:
        before = min(3, s.length // 3)  # ticks; a bend takes a sixteenth at most
        if "d" in s.how:
            continue
        plain = replace(s.plain(), muted=s.muted)
        if s.bend > 1 and before and len(s.pitches) == 1:
            notes.append(replace(plain, length=before))
            after = replace(plain, start=s.start + before, length=s.length - before)
            notes += moved([after], s.bend // 2)
        else:
            notes.append(plain)
    return notes


def playable(strokes: Iterable[Stroke]) -> list[Stroke]:
    """The strokes of a guitar in their order, without marks that lost their sense when riffs were
    moved, varied or put together: a slide or hammer-on from nowhere, a harmonic at another fret, a
    short vibrato."""
    done: list[Stroke] = []
    for s in sorted(strokes, key=lambda s: (s.start, s.pitches)):
        how = set(s.how)
        if not set(s.pitches) <= set(HARMONICS):
            how.discard("n")
        if s.length < SHORTEST_VIBRATO:
            how.discard("v")
        if how & {"s", "h"} and not (done and _leads(done[-1], s)):
            how -= {"s", "h"}
        done.append(replace(s, how=frozenset(how)))
    return done


def _leads(before: Stroke, s: Stroke) -> bool:
    """Whether a hand that holds the stroke before gets to this one without striking."""
    moves = {new - old for old, new in zip(before.pitches, s.pitches, strict=False)}
    near = all(0 < abs(move) <= (12 if "s" in s.how else HAMMERED) for move in moves)
    fits = len(before.pitches) == len(s.pitches) and len(moves) == 1
    follows = before.start + before.length == s.start and "d" not in before.how
    return near and fits and follows


def varied(strokes: list[Stroke], bar: int, rng: Random) -> list[Stroke]:
    """A bar of a riff with a new ending, as a player changes the last time round."""
    if len(strokes) < 3:
        return strokes
    *body, last = strokes
    how = rng.randrange(4)
    if how == 0 and len(last.pitches) == 1 and top(last) + 12 <= HIGHEST:
        return [*body, *moved([last.plain()], 12)]
    if how == 1 and last.length >= 6 and last.length % 2 == 0:
        half = last.length // 2
        again = replace(last, start=last.start + half, how=last.how - {"s", "h"})
        return [*body, replace(last, length=half), again]
    if how == 2:  # let the last beat breathe
        kept = [s for s in strokes if s.start < bar - QUARTER] or strokes[:1]
        held = replace(kept[-1], length=bar - kept[-1].start, muted=False)
        return [*kept[:-1], replace(held, how=held.how - {"d"})]
    return [*body, replace(last, accent=True)]


def third_above(stroke: Stroke, root: int, mode: str) -> Stroke:
    """One note, a third of the scale above the lowest of a stroke, in the middle of the neck."""
    pitch = stroke.pitches[0]
    while pitch < 52:
        pitch += 12
    scale = SCALES["minor" if mode == "blues" else mode]
    above = [p for p in range(pitch + 1, pitch + 6) if (p - root) % 12 in scale]
    third = above[1] if (pitch - root) % 12 in scale else above[0]
    return replace(stroke.plain(), pitches=(third,))
