"""A guitar as MIDI messages: its notes, and the pitch wheel and controls that say how it plays.

bend        the wheel rises within a quarter of a second, or half of the note, and rests after it
vibrato     the wheel swings by a quarter of a semitone, 5.5 times a second
slide       at the end of the note before, the wheel goes up or down by frets
hammer-on   control 68, the legato footswitch, is on while notes are hammered or pulled
palm mute   a twelfth of a quarter note, as most files write it
dead note   shorter still, and soft
harmonic    as it sounds, on a channel of its own with the program 'guitar harmonics'
tremolo     played out
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from .midi import (
    CONTROLS,
    TICKS_PER_QUARTER,
    WHEEL_AT_REST,
    Message,
    Note,
    control,
    note_messages,
    wheel,
    wheel_range,
)
from .notes import GAP, GRID, struck_again, velocity
from .strokes import HARMONICS, Stroke

MUTED, DEAD = 30, 15  # MIDI ticks that they sound
BENT_CHANNEL, HARMONIC_CHANNEL = 5, 10  # above the channel of the guitar
HARMONIC_PROGRAM = 31
LEGATO_SWITCH = 68
PICKED = 3  # ticks of a stroke of tremolo picking
SWING = (0, 71, 100, 71, 0, -71, -100, -71)  # a wave in eight steps, in hundredths of its height
VIBRATO_CENTS, VIBRATO_SECONDS = 25, 2 / 11

Curve = list[tuple[int, int]]  # MIDI ticks since a note began, cents by which it sounds higher


def guitar_messages(
    strokes: Sequence[Stroke], rng: Random, channel: int, program: int, seconds: float
) -> tuple[list[bytes], list[Message]]:
    """The head and the messages of a guitar.

    strokes: as `playable` gives them. seconds: that a quarter note lasts.
    """
    notes: dict[int, list[Note]] = {}
    curves: dict[int, Curve] = {}
    messages: list[Message] = []
    hammering = False
    per_second = TICKS_PER_QUARTER / seconds
    for s, after in zip(strokes, [*strokes[1:], None], strict=True):
        start, end = s.start * GRID, _end(s, after)
        loud = velocity(s, rng)
        hammered = "h" in s.how
        if hammered != hammering:
            value = 127 if hammered else 0
            messages.append((start, CONTROLS, control(channel, LEGATO_SWITCH, value)))
            hammering = hammered
        for number, pitch in enumerate(s.pitches):
            mine = channel
            if s.bend and len(s.pitches) > 1 and number == s.bent:
                mine = channel + BENT_CHANNEL
            if "n" in s.how:
                pitch, mine = HARMONICS[pitch], channel + HARMONIC_CHANNEL
            for first, last in _picked(s, start, end):
                notes.setdefault(mine, []).append((first, last, pitch, loud))
        slide: Curve = []
        if after is not None and "s" in after.how:
            slide = _slide(after.pitches[0] - s.pitches[0], end - start, per_second)
        curve = _curve(s, slide[0][0] if slide else end - start, per_second) + slide
        if curve:
            mine = channel + BENT_CHANNEL * (s.bend > 0 and len(s.pitches) > 1)
            points = curves.setdefault(mine, [])
            points += [(start + tick, cents) for tick, cents in curve] + [(end, 0)]
    programs = {channel: program, channel + BENT_CHANNEL: program}
    programs[channel + HARMONIC_CHANNEL] = HARMONIC_PROGRAM
    head = [bytes((0xC0 | mine, programs[mine])) for mine in sorted(notes)]
    for mine, points in sorted(curves.items()):
        reach = 2 if max(abs(cents) for _, cents in points) <= 200 else 12
        head += wheel_range(mine, reach)
        messages += _turned(points, mine, reach)
    for mine, some in sorted(notes.items()):
        messages += note_messages(struck_again(some), mine)
    return head, messages


def _end(s: Stroke, after: Stroke | None) -> int:
    """When a stroke ends, in MIDI ticks; what is slid or hammered from it follows without a gap."""
    start = s.start * GRID
    if "d" in s.how:
        return start + DEAD
    if s.muted:
        return start + MUTED
    gap = 0 if after is not None and after.how & {"s", "h"} else GAP
    return start + s.length * GRID - gap


def _picked(s: Stroke, start: int, end: int) -> Iterator[tuple[int, int]]:
    """When a note begins and ends, or each one of tremolo picking."""
    if "t" not in s.how:
        yield start, end
        return
    for first in range(start, end - GAP, PICKED * GRID):
        yield first, min(end, first + PICKED * GRID - GAP)


def _ramp(begin: int, length: int, low: int, high: int) -> Curve:
    """A smooth way up or down, of a step every 20 MIDI ticks."""
    steps = max(2, length // 20)
    way = [(k * k * (3 * steps - 2 * k), steps**3) for k in range(steps + 1)]
    return [
        (begin + length * k // steps, low + (high - low) * up // whole)
        for k, (up, whole) in enumerate(way)
    ]


def _curve(s: Stroke, length: int, per_second: float) -> Curve:
    """What bends and vibrato make of a note that lasts so many MIDI ticks."""
    quick = int(per_second / 4)
    height, kind = 50 * s.bend, s.bend_kind
    curve: Curve = []
    calm = min(length // 3, int(per_second / 10))  # before a vibrato
    if kind == "^":
        rise = min(quick, length // 2)
        curve, calm = _ramp(0, rise, 0, height), max(calm, rise)
    elif kind == "^r":
        curve = _ramp(0, min(quick, length // 4), 0, height)
        curve += _ramp(length // 2, min(quick, length // 4), height, 0)
        calm = length
    elif kind == "=":
        curve = [(0, height)]
    elif kind == "=r":
        curve = [(0, height), *_ramp(length // 3, min(quick, length // 3), height, 0)[1:]]
        calm = length
    if "v" in s.how:
        step = max(1, int(per_second * VIBRATO_SECONDS / len(SWING)))
        for number, tick in enumerate(range(calm, length, step)):
            swing = SWING[number % len(SWING)]
            curve.append((tick, height + VIBRATO_CENTS * swing // 100))
    return curve


def _slide(frets: int, length: int, per_second: float) -> Curve:
    """The end of a note from which a finger slides to the next, fret by fret."""
    window = min(int(per_second * 0.12), length // 2)
    sign = 1 if frets > 0 else -1
    return [
        (length - window + window * k // abs(frets), 100 * sign * (k + 1))
        for k in range(abs(frets))
    ]


def _turned(points: Curve, channel: int, reach: int) -> Iterator[Message]:
    """The wheel at its points; what comes later at one time holds."""
    value = WHEEL_AT_REST
    for tick, cents in sorted(dict(points).items()):
        new = min(WHEEL_AT_REST + cents * WHEEL_AT_REST // (100 * reach), 2 * WHEEL_AT_REST - 1)
        if new != value:
            yield tick, CONTROLS, wheel(channel, new)
        value = new
