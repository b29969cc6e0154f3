"""How the pitch of a note moves while it sounds: bends, slides and vibrato, in semitones."""

from __future__ import annotations

import numpy as np

from rockonet.common.techniques import Technique

BEND_SECONDS = 0.25  # how long a hand takes for a bend and for its release, if there is time
SLIDE_SECONDS = 0.12  # how long a finger slides, at the end of the note that it leaves
VIBRATO_HERTZ, VIBRATO_SEMITONES = 5.5, 0.25  # about how often a string goes up and down; how far
# The share of a note, after its bend, before its vibrato begins, if that leaves so many waves.
VIBRATO_WAITS, VIBRATO_WAVES = 0.3, 2


def bend_corners(technique: int, bend: int, seconds: float) -> tuple[tuple[float, float], ...]:
    """A bend as corners: seconds since the stroke, and semitones over the fret.

    technique: flags of `Technique`. bend: quarter tones at its height. seconds: of the whole note.
    A bend goes up and stays there; with a release it is let down again from the middle on. A
    pre-bend is up when the string is struck. Without any of these flags the string stays at rest.
    """
    flags, height = Technique(technique), bend / 2
    if flags & Technique.PREBEND:
        if not flags & Technique.RELEASE:
            return ((0.0, height), (seconds, height))
        begin, down = seconds / 3, min(BEND_SECONDS, seconds / 3)
        return ((0.0, height), (begin, height), (begin + down, 0.0), (seconds, 0.0))
    if flags & Technique.RELEASE:
        move, half = min(BEND_SECONDS, seconds / 4), seconds / 2
        return ((0.0, 0.0), (move, height), (half, height), (half + move, 0.0), (seconds, 0.0))
    if flags & Technique.BEND:
        return ((0.0, 0.0), (min(BEND_SECONDS, seconds / 2), height), (seconds, height))
    return ((0.0, 0.0), (seconds, 0.0))


def pitch_curve(
    times: np.ndarray, technique: int, bend: int, seconds: float, slide: int = 0
) -> np.ndarray:
    """How many semitones a note sounds over its fret at some times, floats like `times`.

    times: seconds since the stroke. technique, bend, seconds: as in `bend_corners`. slide: frets
        that the finger slides at the end of the note, to the note that follows; from fret to fret,
        so in whole semitones.
    Between its corners a bend moves as a hand does, slowly at both ends.
    """
    times = np.asarray(times, float)
    corners = np.array(bend_corners(technique, bend, seconds))
    place = np.clip(np.searchsorted(corners[:, 0], times, side="right") - 1, 0, len(corners) - 2)
    (begin, low), (end, high) = corners[place].T, corners[place + 1].T
    share = np.clip((times - begin) / np.maximum(end - begin, 1e-9), 0, 1)
    curve = low + (high - low) * (1 - np.cos(np.pi * share)) / 2
    leaves = seconds - min(SLIDE_SECONDS, seconds / 2) * bool(slide)
    if technique & Technique.VIBRATO:
        still = float(corners[-2, 0])  # from here on the bend does not move any more
        room = leaves - still
        wait = max(0.0, min(VIBRATO_WAITS * room, room - VIBRATO_WAVES / VIBRATO_HERTZ))
        waves = max(1, round(VIBRATO_HERTZ * (room - wait)))  # whole ones: it ends at rest
        share = (times - still - wait) / max(room - wait, 1e-9)
        wave = VIBRATO_SEMITONES * np.sin(2 * np.pi * waves * share)
        curve = curve + np.where((share > 0) & (share < 1), wave, 0)
    if slide:
        share = np.clip((times - leaves) / (seconds - leaves), 0, 1)
        frets = np.sign(slide) * np.floor(abs(slide) * share + 0.5)
        curve = np.where(share > 0, frets, curve)  # nobody slides a string that is bent
    return curve
