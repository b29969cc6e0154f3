"""A riff as a hand plays it on an electric guitar: never twice quite alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rockonet.dataset.events import onsets
from rockonet.guitar.notes import MUTED_TICKS, held_notes, sounding_notes
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
    durations = iter(
        sounding_notes(riff.events, riff.fingering.frets, riff.open_strings)["duration"].tolist()
    )
    plucks = []
    for i, event in enumerate(riff.events):
        muted = bool(event["duration"] <= MUTED_TICKS < gaps[i])
        velocity = int(np.clip(event["velocity"] + strokes[i], 1, 127))
        onset = begin + float(starts[i]) * riff.tick_seconds + float(late[i])
        for place, (pitch, string, fret) in enumerate(_held(riff, i)):
            seconds = next(durations) * riff.tick_seconds
            if muted:
                seconds = min(float(gaps[i]) * riff.tick_seconds, CHUG_SECONDS)
            plucks.append(
                Pluck(
                    onset=max(0.0, onset + place * STRUM_SECONDS),
                    duration=seconds,
                    pitch=pitch + float(cents[string]) / 100,
                    velocity=velocity,
                    string=len(cents) - 1 - string,
                    fret=fret,
                    muted=muted,
                )
            )
    return plucks


def _held(riff: Riff, event: int) -> list[tuple[int, int, int]]:
    """Pitch, string and fret of each note of an event; where no hand can play it, the nearest
    string, and a fret as high as it takes."""
    places = []
    for pitch, string, fret in held_notes(
        riff.events[event], riff.fingering.frets[event], riff.open_strings
    ):
        if string < 0:
            string = max(0, sum(pitch >= low for low in riff.open_strings) - 1)
            fret = max(0, pitch - riff.open_strings[string])
        places.append((pitch, string, fret))
    return places
