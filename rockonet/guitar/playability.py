"""What a hand can play: all ways to finger a chord, and the nearest chord that has one."""

from __future__ import annotations

import functools
import itertools

import numpy as np

from rockonet.common.theory import chord_name, scale_pitch_classes
from rockonet.common.tunings import FRETS, STANDARD_TUNING, tuning_pitches

NECK = (0, FRETS)  # the frets that may be used; 0 are the open strings
REACH = 4  # the highest fret under the hand is at most so many above the lowest: five frets


# Asked for every chord that a model might play: 0.4 kB a row, 25 MB if it is full.
@functools.lru_cache(maxsize=1 << 16)
def voicings(
    pitches: tuple[int, ...],
    tuning: tuple[int, ...] = STANDARD_TUNING,
    frets: tuple[int, int] = NECK,
) -> tuple[tuple[int, ...], ...]:
    """All ways to finger pitches that sound together: a fret for each string, −1 for a silent one.

    pitches: lowest first. Each has a string of its own, the higher one a higher string. All but
    open strings lie within five frets, and four fingers are enough; the index finger may lie flat
    across the strings at the lowest fret, if no open string sounds among them.
    """
    found = []
    for strings in itertools.combinations(range(len(tuning)), len(pitches)):
        places = [pitch - tuning[s] for pitch, s in zip(pitches, strings, strict=True)]
        if not all(frets[0] <= fret <= frets[1] for fret in places):
            continue
        pressed = [fret for fret in places if fret]
        if pressed:
            lowest = min(pressed)
            flat = [s for s, fret in zip(strings, places, strict=True) if fret == lowest]
            opened = any(
                flat[0] < s < flat[-1] for s, fret in zip(strings, places, strict=True) if not fret
            )
            fingers = len(pressed) if opened else len(pressed) - len(flat) + 1
            if max(pressed) - lowest > REACH or fingers > 4:
                continue
        row = [-1] * len(tuning)
        for s, fret in zip(strings, places, strict=True):
            row[s] = fret
        found.append(tuple(row))
    return tuple(found)


# 0.3 kB a row, 1 MB if it is full.
@functools.lru_cache(maxsize=1 << 12)
def revoiced(
    pitches: tuple[int, ...], tuning: tuple[int, ...] = STANDARD_TUNING
) -> tuple[int, ...]:
    """The playable chord nearest to pitches: notes go up or down by octaves, or are left out.

    Best is to keep every pitch class, then the lowest one below, then to move as little as
    possible.
    Raises: ValueError if none of them is on the neck in any octave.
    """
    low, high = tuning[0], tuning[-1] + FRETS
    inside = []
    for pitch in pitches:
        while pitch < low:
            pitch += 12
        while pitch > high:
            pitch -= 12
        inside.append(pitch)
    kept = sorted(set(inside))
    if voicings(tuple(kept), tuning):
        return tuple(kept)
    kept, bass = kept[: max(7, len(tuning))], inside[0] % 12  # more never sound together
    options = []
    for moves in itertools.product((0, -12, 12, None), repeat=len(kept)):
        chord = {p + move for p, move in zip(kept, moves, strict=True) if move is not None}
        if chord and low <= min(chord) <= max(chord) <= high:
            price = (
                len({p % 12 for p in kept}) - len({p % 12 for p in chord}),
                min(chord) % 12 != bass,
                sum(12 if move is None else abs(move) for move in moves),
            )
            options.append((price, tuple(sorted(chord))))
    for _, nearest in sorted(options, key=lambda option: option[0]):
        if voicings(nearest, tuning):
            return nearest
    raise ValueError(f"In this tuning no note of {chord_name(pitches)} can be played.")


# 128 bytes for each shape, some 10 kB a row.
@functools.lru_cache(maxsize=16)
def playable_chords(
    shapes: tuple[int, ...],
    scale: str | None = None,
    tuning: str | tuple[int, ...] = "standard",
    frets: tuple[int, int] = NECK,
    polyphony: int = 6,
) -> np.ndarray:
    """Which chords may be played: bools (128, n_shapes) for each lowest pitch and shape.

    A chord needs a voicing in the tuning and within the frets, at most `polyphony` notes, and all
    of its notes in the scale.
    Raises: ValueError if nothing is left.
    """
    strings = tuning_pitches(tuning)
    classes = set(scale_pitch_classes(scale)) if scale else set(range(12))
    allowed = np.zeros((128, len(shapes)), bool)
    for i, shape in enumerate(shapes):
        intervals = [interval for interval in range(64) if shape >> interval & 1]
        if len(intervals) > polyphony:
            continue
        for bass in range(strings[0], strings[-1] + frets[1] + 1):
            pitches = tuple(bass + interval for interval in intervals)
            if all(pitch % 12 in classes for pitch in pitches):
                allowed[bass, i] = bool(voicings(pitches, strings, frets))
    if not allowed.any():
        raise ValueError(
            f"No chord that this model knows has at most {polyphony} notes of the scale "
            f"{scale or 'of all notes'} on frets {frets[0]} to {frets[1]}: allow more."
        )
    return allowed
