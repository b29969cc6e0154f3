"""How a hand can play an event: on which strings it can be bent, slid to, muted and so on."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from rockonet.common.techniques import JOINED, Technique, settled
from rockonet.common.tunings import STANDARD_TUNING
from rockonet.guitar.playability import NECK, voicings

PLAIN_STRINGS = 3  # the highest ones, of plain wire; the others are wound and stiffer
# How far a string can be bent: from a fret on, by so many quarter tones. Near the nut it is stiff,
# and an open string cannot be bent at all.
PLAIN_BENDS = ((1, 2), (3, 4), (5, 6), (10, 8))
WOUND_BENDS = ((1, 2), (3, 4))
# Over them a string has its 2nd to 5th partial. Of two strings that have a pitch there, that one is
# touched whose fret stands first here: so a pitch tells what sounds.
HARMONIC_FRETS = (12, 7, 5, 19, 24, 9, 4, 16)
THIN_STRINGS = 2  # the highest ones, on which hardly anybody lays the palm for a mute
TAPPED = 12  # frets: no finger of either hand is hammered down further away than that

_OPEN_BEND = "a bend of an open string"
_CONTRADICTION = "techniques that contradict each other"

Way = tuple[int, ...]  # a fret for each string, −1 for a silent one, as in `voicings`


# Asked for each class of technique that a model might draw: 0.5 kB a row, 30 MB if it is full.
@functools.lru_cache(maxsize=1 << 16)
def technique_ways(
    pitches: tuple[int, ...],
    technique: int = 0,
    bend: int = 0,
    bent: int = 0,
    before: tuple[Way, ...] = (),
    tuning: tuple[int, ...] = STANDARD_TUNING,
    frets: tuple[int, int] = NECK,
) -> tuple[Way, ...]:
    """The ways to hold an event, of those of `voicings`, in which it can be played as it says.

    pitches: those that the fingers hold, lowest first. technique, bend, bent: see `EVENT`. before:
    what this function gave for the event before, at which only `LEGATO` and `SLIDE` look; empty at
    the beginning, where nothing can be slid or hammered to. After a dead note nothing can either:
    its one way is that of no string.
    """
    ways = possible_ways(voicings(pitches, tuning, frets), tuning, technique, bend, bent)
    if technique & JOINED and ways and before:
        joined = joins(np.array(before), np.array(ways), technique)
        return tuple(way for way, possible in zip(ways, joined, strict=True) if possible.any())
    if technique & Technique.DEAD and ways:
        return ((-1,) * len(tuning),)
    return () if technique & JOINED else ways


def possible_ways(
    ways: Sequence[Way], tuning: Sequence[int], technique: int, bend: int, bent: int
) -> tuple[Way, ...]:
    """Those ways to hold an event in which it can be played so, whatever is before it."""
    found = [way for way in ways if not objection(way, tuning, technique, bend, bent)]
    if technique & Technique.HARMONIC and found:
        touched = [[HARMONIC_FRETS.index(fret) for fret in way if fret >= 0] for way in found]
        first = min(map(sum, touched))
        found = [way for way, places in zip(found, touched, strict=True) if sum(places) == first]
    return tuple(found)


def objection(way: Way, tuning: Sequence[int], technique: int, bend: int, bent: int) -> str:
    """Why an event cannot be played so if it is held in this way; empty if it can.

    What it has to do with the event before, `joins` says.
    """
    sounding = [s for s, fret in enumerate(way) if fret >= 0]
    if not is_settled(technique, bend) or bool(bent) != bool(bend):
        return _CONTRADICTION
    if bent:
        held = sorted({tuning[s] + way[s] for s in sounding})
        if bent >> len(held):
            return _CONTRADICTION
        for s in sounding:
            bends = bent >> held.index(tuning[s] + way[s]) & 1
            if bends and bend > highest_bend(s, way[s], tuning):
                return f"a bend by {bend / 4:g} tones on fret {way[s]}" if way[s] else _OPEN_BEND
    if technique & Technique.HARMONIC:
        for s in sounding:
            if way[s] not in HARMONIC_FRETS:
                return f"a harmonic on fret {way[s]}"
    if technique & Technique.VIBRATO and not any(way[s] for s in sounding):
        return "a vibrato of an open string"
    if technique & Technique.PALM_MUTE and sounding[0] >= len(tuning) - THIN_STRINGS:
        return "a palm mute on a thin string"
    return ""


@functools.lru_cache(maxsize=1 << 12)
def is_settled(technique: int, bend: int) -> bool:
    """Whether flags and height say one thing in one way, see `settled`."""
    flags, height = settled(np.array([technique]), np.array([bend]))
    return (int(flags[0]), int(height[0])) == (technique, bend)


def highest_bend(string: int, fret: int, tuning: Sequence[int] = STANDARD_TUNING) -> int:
    """How far a string, the lowest being 0, can be bent at a fret, in quarter tones."""
    plain = string >= len(tuning) - PLAIN_STRINGS
    heights = [height for first, height in (PLAIN_BENDS if plain else WOUND_BENDS) if fret >= first]
    return max(heights, default=0)


def joins(before: np.ndarray, after: np.ndarray, technique: int) -> np.ndarray:
    """Whether a hand can go on to an event by a slide or legato from the one before.

    before, after: frets of ways to hold each, (n_before, n_strings) and (n_after, n_strings).
    Every string sounded before, and at least one did at another fret. What slides begins and ends
    at a fret, and two strings do so as far as each other, give or take a fret; nothing is hammered
    or pulled over more than `TAPPED` frets.
    Returns bools (n_after, n_before).
    """
    old, new = before[None], after[:, None]
    moved = (new >= 0) & (new != old)
    possible = ((new < 0) | (old >= 0)).all(axis=2) & moved.any(axis=2)
    between_frets = (new > 0) & (old > 0)
    if technique & Technique.SLIDE:
        furthest = np.where(moved, new - old, -99).max(axis=2)
        nearest = np.where(moved, new - old, 99).min(axis=2)
        return possible & (between_frets | ~moved).all(axis=2) & (furthest - nearest <= 1)
    far = between_frets & (np.abs(new - old) > TAPPED)
    return possible & ~far.any(axis=2)
