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
STILL: Curve = ((0.0, 0.0),)
STRUCK = Technique.PALM_MUTE | Technique.DEAD | Technique.HARMONIC  # what the stroke decides


class _Note(NamedTuple):
    """A row of `sounding_notes`, its times in ticks; `room` is how long until the string is struck
    again, `gap` until anything is."""

    onset: int
    duration: int
    pitch: int
    velocity: int
    string: int
    fret: int
    technique: int
    bend: int
    slide: int
    room: int
    gap: int


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
            start = begin + note.onset * riff.tick_seconds
            seconds = _seconds(note, riff.tick_seconds)
            before = sounding.get(note.string, -1) if joined[note.string] else -1
            if before >= 0 and _reaches(plucks[before], note, start, riff.tick_seconds):
                plucks[before] = _gone_on(plucks[before], note, start, seconds)
                continue
            hardness = LEFT_HAND if note.technique & Technique.LEGATO else 1.0
            pluck = Pluck(
                onset=max(0.0, start + float(late[i]) + place * STRUM_SECONDS),
                duration=seconds,
                pitch=note.pitch + float(cents[note.string]) / 100,
                velocity=int(np.clip(hardness * note.velocity + strokes[i], 1, 127)),
                string=len(cents) - 1 - note.string,
                fret=note.fret,
                technique=Technique(note.technique) & STRUCK,
                curve=_curve(note, seconds),
            )
            plucks += _tremolo(pluck) if note.technique & Technique.TREMOLO else [pluck]
            sounding[note.string] = len(plucks) - 1
    return plucks


def _chords(riff: Riff) -> Iterator[list[_Note]]:
    """The notes of each event, lowest first."""
    columns = sounding_notes(riff.events, riff.fingering.frets, riff.open_strings)
    rows = zip(
        *(columns[name].tolist() for name in _Note._fields[:-2]),
        _room(columns["onset"].tolist(), columns["string"].tolist()),
        strict=True,
    )
    gaps = np.append(np.diff(onsets(riff.events)), riff.ticks_per_bar).tolist()
    for event, frets, gap in zip(riff.events, riff.fingering.frets, gaps, strict=True):
        size = len(held_notes(event, frets, riff.open_strings))
        yield [_placed(_Note._make((*row, gap)), riff) for row in itertools.islice(rows, size)]


def _room(onset: list[int], string: list[int]) -> list[int]:
    """For each note the ticks until its string is struck again."""
    struck: dict[int, int] = {}
    room: list[int] = []
    for begin, one in zip(reversed(onset), reversed(string), strict=True):
        room.append(struck.get(one, 1 << 40) - begin)
        struck[one] = begin
    return room[::-1]


def _placed(note: _Note, riff: Riff) -> _Note:
    """The note on a string that there is, with the fret that is heard."""
    string, fret, technique = note.string, note.fret, note.technique
    if string < 0:  # no hand can play it: the nearest string, and a fret as high as it takes
        string = max(0, sum(note.pitch >= low for low in riff.open_strings) - 1)
    if note.string < 0 or technique & Technique.HARMONIC:  # which sounds as if it ended there
        fret = max(0, note.pitch - riff.open_strings[string])
    if note.duration <= MUTED_TICKS < note.gap and not technique & Technique.DEAD:
        technique |= Technique.PALM_MUTE  # nothing else is so short
    note = note._replace(string=string, fret=fret, technique=technique)
    if technique & Technique.DEAD:  # where it is touched is not heard
        note = note._replace(pitch=riff.open_strings[string], fret=0)
    return note


def _seconds(note: _Note, tick: float) -> float:
    """How long a note is heard."""
    if note.technique & Technique.DEAD:
        return CLICK_SECONDS
    if note.technique & Technique.PALM_MUTE:
        return min(note.gap * tick, CHUG_SECONDS)
    if note.technique & Technique.LET_RING:
        return max(note.duration * tick, min(note.room * tick, RING_SECONDS))
    return note.duration * tick


def _curve(note: _Note, seconds: float) -> Curve:
    """How its pitch moves; no corners if it does not."""
    if not (note.technique & (BENDS | Technique.VIBRATO) or note.slide):
        return ()
    times = np.append(np.arange(0, seconds, CURVE_SECONDS), seconds)
    height = pitch_curve(times, note.technique, note.bend, seconds, note.slide)
    return tuple(zip(times.tolist(), height.tolist(), strict=True))


def _reaches(pluck: Pluck, note: _Note, start: float, tick: float) -> bool:
    """Whether a string still sounds, and in the same way, when the next note comes on it."""
    alike = pluck.technique == Technique(note.technique) & STRUCK != Technique.DEAD
    return alike and start - pluck.onset - pluck.duration < JOINED_TICKS * tick


def _gone_on(pluck: Pluck, note: _Note, start: float, seconds: float) -> Pluck:
    """A string that sounds and goes on as another note."""
    begin, up = start - pluck.onset, note.pitch - round(pluck.pitch)
    old, new = pluck.curve or STILL, _curve(note, seconds) or STILL
    last = begin - CURVE_SECONDS  # the finger comes down
    until = [corner for corner in old if corner[0] < last]
    until.append((last, float(np.interp(last, *np.transpose(old)))))
    return dataclasses.replace(
        pluck,
        duration=begin + seconds,
        curve=(*until, *((begin + time, up + height) for time, height in new)),
    )


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
