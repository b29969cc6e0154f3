"""Events as signs that can be read: note values, ties, beams, brackets, spelling."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.common.drawing import BLUE
from rockonet.common.techniques import JOINED
from rockonet.common.theory import beat_ticks, meter_ticks
from rockonet.dataset.events import onsets

SCORE_COLOUR = BLUE  # of what was generated, in score and tab


@dataclass(frozen=True)
class NotatedEvent:
    """One sign of written music: a note, a chord or a rest.

    bar: counted from 0. onset: ticks since its bar line. duration: ticks, a value that has a sign
    of its own (`NOTE_VALUES`). event: place of what sounds in the events, −1 for a rest. tied:
    whether it goes on from the symbol before.
    """

    bar: int
    onset: int
    duration: int
    event: int
    tied: bool = False


# Ticks of each written value: its MusicXML name, dots, and whether it is one of a triplet.
NOTE_VALUES = {
    48: ("whole", 0, False),
    36: ("half", 1, False),
    24: ("half", 0, False),
    18: ("quarter", 1, False),
    12: ("quarter", 0, False),
    9: ("eighth", 1, False),
    8: ("quarter", 0, True),
    6: ("eighth", 0, False),
    4: ("eighth", 0, True),
    3: ("16th", 0, False),
    2: ("16th", 0, True),
    1: ("32nd", 0, True),
}


def cell_ticks(meter: tuple[int, int]) -> int:
    """Ticks of the part of a bar that is written plainly or in triplets as a whole."""
    return 6 if beat_ticks(meter) == 18 else beat_ticks(meter)


def notation_symbols(events: np.ndarray, meter: tuple[int, int] = (4, 4)) -> list[NotatedEvent]:
    """Events as signs that can be read, bar by bar, without gaps.

    Onsets stay as they are. A note is written as long as it sounds, but never over the next one,
    and a short silence after it is written as sound: that is easier to read. So is one of up to a
    bar before a note that it leads to, by a slide or a hammer-on. What crosses a beat or a bar line
    is tied where a reader would lose the beat.
    """
    bar, beat = meter_ticks(meter), beat_ticks(meter)
    cell = cell_ticks(meter)
    onset = onsets(events).tolist()
    last = onset[-1] + int(events["duration"][-1]) if onset else 1
    stop = -(-max(last, onset[-1] + 1 if onset else 1) // bar) * bar
    triplets = {place // cell for place in onset if place % 3}
    leads = [*(events["technique"][1:] & JOINED > 0).tolist(), False]  # to the next note
    spans, now = [], 0  # begin, end, event
    for i, (begin, length) in enumerate(zip(onset, events["duration"].tolist(), strict=True)):
        following = onset[i + 1] if i + 1 < len(onset) else stop
        unit = 2 if (begin + length) // cell in triplets else 3
        end = max(round((begin + length) / unit) * unit, begin // unit * unit + unit)
        end = min(end, following)
        short = following - end < max(6, (following - begin) // 3)
        if short or leads[i] and following <= begin + bar:
            end = following
        if now < begin:
            spans.append((now, begin, -1))
        spans.append((begin, end, i))
        now = end
    if now < stop:
        spans.append((now, stop, -1))
    triplets |= {edge // cell for begin, end, _ in spans for edge in (begin, end) if edge % 3}
    symbols = []
    for begin, end, event in spans:
        place = begin
        while place < end:
            room = min(end, (place // bar + 1) * bar) - place
            length = _longest_value(place % bar, room, place - place % bar, cell, beat, triplets)
            symbols.append(
                NotatedEvent(place // bar, place % bar, length, event, event >= 0 and place > begin)
            )
            place += length
    return symbols


def _longest_value(
    onset: int, room: int, bar_begin: int, cell: int, beat: int, triplets: set[int]
) -> int:
    """The longest value that may be written here, with `room` ticks left of sound and bar."""

    def plain(place: int) -> bool:
        return place % cell == 0 or (bar_begin + place) // cell not in triplets

    for value, (_, _, triplet) in NOTE_VALUES.items():
        end = onset + value
        if value > room:
            continue
        if triplet:
            inside = onset % cell + value <= cell and onset % min(value, 4) == 0
            if inside and (bar_begin + onset) // cell in triplets:
                return value
        elif plain(onset) and plain(end) and onset % 3 == 0:
            if onset % beat + value <= beat and (
                (bar_begin + onset) // cell not in triplets or value % cell == 0
            ):
                return value
            if onset % beat == 0 and (value % beat == 0 or value == 18 == room):
                return value
            if onset % beat == 6 and beat == 12 and value in (12, 18):
                return value
    return 1


def spell_pitch(pitch: int, fifths: int) -> tuple[str, int, int]:
    """Letter, alteration and octave of a pitch: with flats where the key has flats."""
    names = "C Db D Eb E F Gb G Ab A Bb B" if fifths < 0 else "C C# D D# E F F# G G# A A# B"
    name = names.split()[pitch % 12]
    return name[0], {"": 0, "#": 1, "b": -1}[name[1:]], pitch // 12 - 1


def key_alteration(letter: str, fifths: int) -> int:
    """Whether a key signature raises (1) or lowers (−1) a letter."""
    order = "FCGDAEB"
    raised = fifths > 0 and letter in order[:fifths]
    return int(raised) - int(fifths < 0 and letter in order[fifths:])


def beam_values(symbols: Sequence[NotatedEvent], beat: int) -> list[list[str]]:
    """For each symbol of a bar how each of its beams goes on, outermost first; none for a flag."""
    level = {"eighth": 1, "16th": 2, "32nd": 3}
    beams: list[list[str]] = [[] for _ in symbols]
    groups = itertools.groupby(
        range(len(symbols)),
        key=lambda i: (
            (symbols[i].onset // beat, True)
            if symbols[i].event >= 0 and NOTE_VALUES[symbols[i].duration][0] in level
            else (i, False)  # a rest or a long note stands alone
        ),
    )
    for _, places in groups:
        group = list(places)
        levels = [level.get(NOTE_VALUES[symbols[i].duration][0], 0) for i in group]
        for k, i in enumerate(group if len(group) > 1 else ()):
            for n in range(1, levels[k] + 1):
                before = k > 0 and levels[k - 1] >= n
                after = k + 1 < len(group) and levels[k + 1] >= n
                hook = "backward hook" if k else "forward hook"
                kind = ("continue" if after else "end") if before else "begin" if after else hook
                beams[i].append(kind)
    return beams


def tuplet_brackets(symbols: Sequence[NotatedEvent], cell: int) -> list[list[str]]:
    """Where the bracket over a triplet begins and ends, for each symbol of a bar."""
    brackets: list[list[str]] = [[] for _ in symbols]
    places = [i for i, symbol in enumerate(symbols) if NOTE_VALUES[symbol.duration][2]]
    for _, group in itertools.groupby(places, key=lambda i: symbols[i].onset // cell):
        inside = list(group)
        brackets[inside[0]].append("start")
        brackets[inside[-1]].append("stop")
    return brackets


# Names of version 0.1, until the next release.
Symbol, SIGNS, written = NotatedEvent, NOTE_VALUES, notation_symbols
