"""A riff as a hand plays it on an electric guitar: never twice quite alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rockonet.dataset.events import event_pitches, onsets
from rockonet.guitar.notes import MUTED_TICKS, sounding_notes
from rockonet.guitar.plucked import Pluck

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

SPREAD_SECONDS, SPREAD_CENTS, SPREAD_VELOCITY = 0.003, 3.0, 4.0  # of takes: standard deviations
STRUM_SECONDS = 0.004  # from string to string
CHUG_SECONDS = 0.2  # how long a string under the palm is heard at most


def take(riff: Riff, number: int = 0, begin: float = 0.0) -> list[Pluck]:
    """The plucks of a riff, lowest string first within a chord, as one take has them.

    number: of the take; another one is early and late elsewhere, and a little differently tuned.
    begin: when the first bar begins, in seconds.
    """
    rng = np.random.default_rng(number)
    cents = rng.normal(0, SPREAD_CENTS, len(riff.open_strings))
    starts = onsets(riff.events)
    gaps = np.append(np.diff(starts), riff.ticks_per_bar)  # to the next event
    late = np.clip(rng.normal(0, SPREAD_SECONDS, len(starts)), -0.008, 0.008)
    strokes = np.rint(rng.normal(0, SPREAD_VELOCITY, len(starts))).astype(int)
    durations = iter(sounding_notes(riff.events, riff.fingering.frets)["duration"].tolist())
    plucks = []
    for i, event in enumerate(riff.events):
        muted = bool(event["duration"] <= MUTED_TICKS < gaps[i])
        velocity = int(np.clip(event["velocity"] + strokes[i], 1, 127))
        onset = begin + float(starts[i]) * riff.tick_seconds + float(late[i])
        for place, (pitch, string) in enumerate(_strings(riff, i)):
            seconds = next(durations) * riff.tick_seconds
            if muted:
                seconds = min(float(gaps[i]) * riff.tick_seconds, CHUG_SECONDS)
            plucks.append(
                Pluck(
                    onset=max(0.0, onset + place * STRUM_SECONDS),
                    duration=seconds,
                    pitch=pitch + float(cents[string]) / 100,
                    velocity=velocity,
                    string=string,
                    fret=max(0, pitch - riff.open_strings[string]),
                    muted=muted,
                )
            )
    return plucks


def _strings(riff: Riff, event: int) -> list[tuple[int, int]]:
    """Pitch and string of each note of an event; where no hand can play it, the nearest string."""
    pitches = event_pitches(riff.events[event])
    strings = np.flatnonzero(riff.fingering.frets[event] >= 0).tolist()
    if not strings:
        below = [sum(pitch >= low for low in riff.open_strings) for pitch in pitches]
        strings = [max(0, count - 1) for count in below]
    return list(zip(pitches, strings, strict=True))
