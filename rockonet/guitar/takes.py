"""A riff as a hand plays it on an electric guitar: never twice quite alike."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rockonet.common.pitch_curve import pitch_curve
from rockonet.common.techniques import BENDS, Technique
from rockonet.dataset.events import onsets
from rockonet.guitar.notes import JOINED_TICKS, MUTED_TICKS, held_notes, joins, sounding_notes
from rockonet.guitar.plucked import Curve, Pluck

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

SPREAD_SECONDS, SPREAD_CENTS, SPREAD_VELOCITY = 0.003, 3.0, 4.0  # of takes: standard deviations
STRUM_SECONDS = 0.004  # from string to string
CHUG_SECONDS = 0.2  # how long a string under the palm is heard at most
CLICK_SECONDS = 0.05  # how long a dead note is heard
RING_SECONDS = 4.0  # how long a string is let ring at most
STROKES = 12  # of a tremolo, in a second
LEFT_HAND = 0.5  # how hard a finger strikes a silent string, beside a pick
CURVE_SECONDS = 0.005  # between corners of a curve; as fast a finger comes down
_STRUCK = Technique.PALM_MUTE | Technique.DEAD | Technique.HARMONIC  # what a stroke decides


class _Note(NamedTuple):
    """A note of `sounding_notes`, its times in seconds, its string and fret such as there are."""

    begin: float
    seconds: float
    pitch: int
    velocity: int
    string: int
    fret: int
    technique: Technique
    curve: Curve


def take(riff: Riff, number: int = 0, begin: float = 0.0) -> list[Pluck]:
    """The plucks of a riff, lowest string first within a chord, as one take has them.

    What `LEGATO` or `SLIDE` lead to is no pluck: the string that sounds goes on at another pitch.

    number: of the take; another one is early and late elsewhere, and a little differently tuned.
    begin: when the first bar begins, in seconds.
    """
    rng = np.random.default_rng(number)
    cents = rng.normal(0, SPREAD_CENTS, len(riff.open_strings))
    late = np.clip(rng.normal(0, SPREAD_SECONDS, len(riff.events)), -0.008, 0.008)
    strokes = np.rint(rng.normal(0, SPREAD_VELOCITY, len(riff.events))).astype(int)
    plucks: list[Pluck] = []
    sounding: dict[int, int] = {}  # with which of the plucks a string sounds
    for i, chord in enumerate(_chords(riff)):
        joined = joins(riff.events, riff.fingering.frets, i)
        for place, note in enumerate(chord):
            start = begin + note.begin
            before = sounding.get(note.string, -1)
            if before >= 0 and joined[note.string]:
                gap = start - plucks[before].onset - plucks[before].duration
                alike = plucks[before].technique == note.technique & _STRUCK != Technique.DEAD
                if alike and gap < JOINED_TICKS * riff.tick_seconds:
                    plucks[before] = _gone_on(plucks[before], note, start - plucks[before].onset)
                    continue
            hardness = LEFT_HAND if note.technique & Technique.LEGATO else 1.0
            pluck = Pluck(
                onset=max(0.0, start + float(late[i]) + place * STRUM_SECONDS),
                duration=note.seconds,
                pitch=note.pitch + float(cents[note.string]) / 100,
                velocity=int(np.clip(hardness * note.velocity + strokes[i], 1, 127)),
                string=len(cents) - 1 - note.string,
                fret=note.fret,
                technique=note.technique & _STRUCK,
                curve=note.curve,
            )
            plucks += _tremolo(pluck) if note.technique & Technique.TREMOLO else [pluck]
            sounding[note.string] = len(plucks) - 1
    return plucks


def _chords(riff: Riff) -> Iterator[list[_Note]]:
    """The notes of each event, lowest first."""
    columns = sounding_notes(riff.events, riff.fingering.frets, riff.open_strings)
    names = ("onset", "duration", "pitch", "velocity", "string", "fret", "technique", "bend")
    rows = zip(
        *(columns[name].tolist() for name in (*names, "slide")),
        _room(columns["onset"].tolist(), columns["string"].tolist()),
        strict=True,
    )
    gaps = np.append(np.diff(onsets(riff.events)), riff.ticks_per_bar).tolist()  # to the next event
    for event, frets, gap in zip(riff.events, riff.fingering.frets, gaps, strict=True):
        size = len(held_notes(event, frets, riff.open_strings))
        yield [_note(riff, gap, *row) for row in itertools.islice(rows, size)]


def _room(onset: list[int], string: list[int]) -> list[int]:
    """For each note the ticks until its string is struck again."""
    struck: dict[int, int] = {}
    room: list[int] = []
    for begin, one in zip(reversed(onset), reversed(string), strict=True):
        room.append(struck.get(one, 1 << 40) - begin)
        struck[one] = begin
    return room[::-1]


def _note(
    riff: Riff,
    gap: int,
    onset: int,
    duration: int,
    pitch: int,
    velocity: int,
    string: int,
    fret: int,
    flags: int,
    bend: int,
    slide: int,
    room: int,
) -> _Note:
    technique, tick = Technique(flags), riff.tick_seconds
    if string < 0:  # no hand can play it: the nearest string, and a fret as high as it takes
        string = max(0, sum(pitch >= low for low in riff.open_strings) - 1)
        fret = max(0, pitch - riff.open_strings[string])
    if technique & Technique.HARMONIC:  # it sounds as if the string were as short
        fret = pitch - riff.open_strings[string]
    if technique & Technique.DEAD:  # where it is touched is not heard
        pitch, fret = riff.open_strings[string], 0
    if duration <= MUTED_TICKS < gap and not technique & Technique.DEAD:
        technique |= Technique.PALM_MUTE  # so short is nothing else
    seconds = duration * tick
    if technique & Technique.DEAD:
        seconds = CLICK_SECONDS
    elif technique & Technique.PALM_MUTE:
        seconds = min(gap * tick, CHUG_SECONDS)
    elif technique & Technique.LET_RING:
        seconds = max(seconds, min(room * tick, RING_SECONDS))
    curve: Curve = ()
    if technique & (BENDS | Technique.VIBRATO) or slide:
        times = np.append(np.arange(0, seconds, CURVE_SECONDS), seconds)
        height = pitch_curve(times, flags, bend, seconds, slide)
        curve = tuple(zip(times.tolist(), height.tolist(), strict=True))
    return _Note(onset * tick, seconds, pitch, velocity, string, fret, technique, curve)


def _gone_on(pluck: Pluck, note: _Note, start: float) -> Pluck:
    """A string that sounds and, some seconds after its stroke, goes on as another note."""
    up = float(note.pitch - round(pluck.pitch))
    times, heights = np.transpose(pluck.curve or ((0.0, 0.0),))
    left = start - CURVE_SECONDS
    until = [corner for corner in pluck.curve or ((0.0, 0.0),) if corner[0] < left]
    until.append((left, float(np.interp(left, times, heights))))
    new = [(start + time, up + height) for time, height in note.curve or ((0.0, 0.0),)]
    return dataclasses.replace(pluck, duration=start + note.seconds, curve=(*until, *new))


def _tremolo(pluck: Pluck) -> list[Pluck]:
    """A note that is picked again and again."""
    n_strokes = max(2, round(pluck.duration * STROKES))
    step = pluck.duration / n_strokes
    return [
        dataclasses.replace(
            pluck,
            onset=pluck.onset + n * step,
            duration=step,
            curve=tuple((time - n * step, height) for time, height in pluck.curve),
        )
        for n in range(n_strokes)
    ]
