"""Typed tab, as guitarists write it, becomes notes."""

from __future__ import annotations

import collections
import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rockonet.common.techniques import Technique
from rockonet.common.theory import meter_ticks
from rockonet.common.tunings import STANDARD_TUNING
from rockonet.guitar.notes import MUTED_TICKS
from rockonet.guitar.tab_frets import Bar, Sign, read_frets, tidy_rows
from rockonet.guitar.tab_lines import System, left_over, tab_systems
from rockonet.guitar.tab_moves import in_time
from rockonet.guitar.tab_signs import unknown_signs
from rockonet.guitar.tab_strings import BASS_TUNINGS, strings_of, tab_tuning
from rockonet.guitar.typed_text import TypedHead, TypedMusic, plain_lines, read_head

_SHORT = Technique.PALM_MUTE | Technique.DEAD


class BarGrid(NamedTuple):
    """How the columns of a bar tell time.

    begin, ticks: when the bar begins and how long it is. lead: columns before its first beat.
    places: into how many the others divide it. unit: notes are moved to multiples of so many ticks.
    """

    begin: int
    ticks: int
    lead: int
    places: int
    unit: int

    def times(self, columns: Sequence[int]) -> list[int]:
        """When notes in these columns, from left to right, begin: no two at once."""
        exact = [(column - self.lead) / self.places * self.ticks for column in columns]
        for unit in (self.unit, 1):
            ticks = [round(time / unit) * unit for time in exact]
            if all(a < b for a, b in itertools.pairwise([*ticks, self.ticks])):
                return [self.begin + tick for tick in ticks]
        ticks = list(itertools.accumulate(ticks, lambda before, tick: max(before + 1, tick)))
        latest = range(self.ticks - len(ticks), self.ticks)
        return [self.begin + min(pair) for pair in zip(ticks, latest, strict=True)]

    def moves(self, column: int) -> bool:
        """Whether a note in this column is not played exactly where it is written."""
        return (column - self.lead) * self.ticks % (self.places * self.unit) > 0


def read_tab(
    text: str, meter: tuple[int, int] = (4, 4), open_strings: tuple[int, ...] = STANDARD_TUNING
) -> TypedMusic:
    """The notes of ASCII tab, each as long as nothing else is struck, but a bar at the most.

    meter, open_strings: of the guitar, if the tab names no other.
    Raises: ValueError that says what cannot be read, if no note can.
    """
    lines = plain_lines(text)
    systems, doubts = tab_systems(lines)
    if not systems:
        no_tab = "There is no tab of six lines in this prompt: begin them with e| B| G| D| A| E|."
        raise ValueError(doubts[0] if doubts else no_tab)
    head, said = _said(lines, systems)
    tuning = tab_tuning(systems, open_strings, head.tuning, bass="bass" in said.lower())
    bar_ticks = meter_ticks(head.meter or meter)
    bars = _bars_of(systems, tuning)
    signs, wrong = read_frets(bars)
    struck = [sign for sign in signs if not sign.played.grace]
    grids = place_in_time(bars, struck, bar_ticks)
    columns: dict[int, set[int]] = collections.defaultdict(set)
    for sign in struck:
        columns[sign.bar].add(sign.column)
    times = {
        (bar, column): tick
        for bar, struck in columns.items()
        for column, tick in zip(sorted(struck), grids[bar].times(sorted(struck)), strict=True)
    }
    tuning = tuple(pitch + head.capo for pitch in tuning)
    played = in_time(signs, times)
    notes, frets = _notes(played, grids[-1].begin + grids[-1].ticks, bar_ticks, tuning)
    doubts = [*doubts, *head.remarks, *wrong, *_repeats(said, systems)]
    if head.tuning and len(head.tuning) != len(tuning):
        doubts.append(f"The tuning has {len(head.tuning)} strings, the tab {len(tuning)}.")
    if head.capo:
        doubts.append(f"The open strings sound {head.capo} semitones higher: capo {head.capo}.")
    n_lines = len(bars[-1].strings)
    like_bass = n_lines in BASS_TUNINGS and systems[-1].names[0].upper() in ("", "G")
    if like_bass and n_lines < len(tuning):
        doubts.append(
            f"{n_lines} lines were read as the lowest strings of a guitar. Write the word 'bass' "
            "over them if they are those of one."
        )
    doubts += _doubts(bars, struck, grids, bar_ticks)
    return TypedMusic(notes, tuple(doubts), head.meter, head.tempo_bpm, tuning, frets)


def _said(lines: Sequence[str], systems: Sequence[System]) -> tuple[TypedHead, str]:
    """What the text around a tab says, a meter on its strings too, and that text."""
    around = left_over(lines)
    written = [
        (system.lines[0], f"{beats}/{value}")
        for system in systems
        for beats, value in system.meters
    ]
    head = read_head(sorted(around + written), max(len(system.names) for system in systems))
    return head, "\n".join(text for _, text in around)


def _repeats(said: str, systems: Sequence[System]) -> list[str]:
    """That what is to be repeated was read once, if anything is."""
    times = re.findall(r"(?<!\w)(?:x ?\d{1,2}|\d{1,2} ?x)(?!\w)", said, re.IGNORECASE)
    signs = ["repeat signs"] * any(any(system.repeats) for system in systems)
    what = ", ".join(dict.fromkeys([*times, *signs]))
    return [f"What is to be repeated ({what}) was read once."] if what else []


def _notes(
    played: dict[int, dict[int, Sign]],
    end: int,
    bar_ticks: int,
    tuning: Sequence[int],
) -> tuple[np.ndarray, dict[int, tuple[int, ...]]]:
    """The notes of frets and dead notes, and how each onset is held.

    played: at each tick the sign of each string. end: of the last bar.
    """
    begins = sorted(played)
    ends = dict(zip(begins, [*begins[1:], end], strict=True))
    notes = set()
    frets: dict[int, tuple[int, ...]] = {}
    for tick in begins:
        row = [-1] * len(tuning)
        for string, sign in played[tick].items():
            row[string] = max(sign.fret, 0)
            duration = max(1, min(ends[tick] - tick, bar_ticks))
            if sign.played.technique & _SHORT:
                duration = MUTED_TICKS
            pitch = tuning[string] + row[string]
            notes.add((tick, duration, pitch, sign.played.technique, sign.played.bend))
        frets[tick] = tuple(row)
    return np.array(sorted(notes)), frets


_COUNTED = re.compile(r">? {0,2}1(?:[ +&ea.>-]+\d)*[ +&ea.>-]*")  # the beats of a bar


def _bars_of(systems: Sequence[System], tuning: tuple[int, ...]) -> list[Bar]:
    """What stands between the bar lines of all systems."""
    bars = []
    for system in systems:
        strings = strings_of(system.names, tuning)
        counted = all(map(_COUNTED.fullmatch, system.beats))
        columns = zip(system.bars, system.beats, system.repeats, system.over, strict=True)
        for rows, beats, dots, over in columns:
            rows = tuple(re.sub(r"(?<![^-])[oO](?![^-])", "0", row) for row in rows)  # open strings
            told = (system.lines, beats if counted else "", dots, rows, over)
            bars.append(Bar(tidy_rows(rows, counted), strings, *told))
    return bars


def place_in_time(bars: Sequence[Bar], signs: Sequence[Sign], bar_ticks: int) -> list[BarGrid]:
    """How each bar is divided.

    A dash or two after every bar line are no time: most people write them. But two are, if all
    bars have 8, 16 or 24 places with them; and where the beats stand over a bar, they tell. A bar
    with more notes than a reader can tell apart is several whose bar lines were left out.
    """
    columns: dict[int, list[int]] = collections.defaultdict(list)  # of each bar, what is struck
    for sign in sorted(signs):
        columns[sign.bar].append(sign.column)
    usual = min(inside[0] for inside in columns.values())
    if usual > 2 or usual == 2 and all(bar.width % 8 == 0 for bar in bars):
        usual = 0
    leads, widths = [], []  # of each bar: columns that are no time, and those that are
    struck: dict[int, set[int]] = collections.defaultdict(set)  # of all bars of a width, from 0 on
    for number, bar in enumerate(bars):
        lead = columns[number][0] if usual and number in columns else 0
        lead = lead if lead <= 2 else usual
        if bar.beats:
            lead = min(bar.beats.index("1"), columns.get(number, [bar.width])[0])
        places = max(1, bar.width - lead)
        if not bar.beats and places in (17, 33) and all(row.endswith("-") for row in bar.rows):
            places -= 1  # a dash before the bar line too
        if bar.dots:  # nor are the dots of a repeat sign time, and what keeps them apart
            last = max(columns[number], default=lead) - lead
            cuts = [cut for cut in (0, 1, 2) if last < places - cut]
            places -= next((cut for cut in cuts if bar_ticks % (places - cut) == 0), 0)
        leads.append(lead)
        widths.append(places)
        struck[places].update(column - lead for column in columns[number])
    grids, begin = [], 0
    for number, (bar, lead, places) in enumerate(zip(bars, leads, widths, strict=True)):
        ticks = bar_ticks * -(-len(set(columns[number])) // max(1, bar_ticks // 2))
        ticks = max(ticks, bar_ticks)
        exact = bar.beats or _divides(struck[places], places, ticks)
        grids.append(BarGrid(begin, ticks, lead, places, 1 if exact else 3))  # to sixteenths
        begin += ticks
    return grids


def _divides(columns: set[int], places: int, bar_ticks: int) -> bool:
    """Whether the places of a bar are whole ticks; if they are several characters wide, what
    stands in at least three columns has to say so."""
    if bar_ticks % places == 0:
        return True
    return len(columns) >= 3 and all(column * bar_ticks % places == 0 for column in columns)


def _doubts(
    bars: Sequence[Bar], signs: Sequence[Sign], grids: Sequence[BarGrid], bar_ticks: int
) -> list[str]:
    """What may have been meant otherwise."""
    columns: dict[int, list[int]] = collections.defaultdict(list)
    for sign in sorted(signs):
        if sign.fret >= 0:
            columns[sign.bar].append(sign.column)
    for number, grid in enumerate(grids):
        if grid.ticks > bar_ticks:
            return [
                f"Bar {number + 1} of the tab has more notes than a bar can have and was read as "
                f"{grid.ticks // bar_ticks}. Write | between the bars."
            ]
    if any(bar.beats for bar in bars):
        return []
    long = [number for number, bar in enumerate(bars) if bar.width > 30]
    if long:
        struck = sorted(set(columns[long[0]]))
        if len(struck) < 2 or np.gcd.reduce(np.diff(struck)) > 2:
            return []
        return [
            f"Bar {long[0] + 1} of the tab has room for 32 notes and was read as one bar. If it is "
            "two bars, write | between them."
        ]
    for number, struck in sorted(columns.items()):
        if any(grids[number].moves(column) for column in struck):
            return [
                f"Bar {number + 1} of the tab has {grids[number].places} places, which do not "
                "divide it evenly: notes were moved to the nearest sixteenth. Give it 8 or 16 "
                "places, or 12 for triplets; a fret of two digits takes two."
            ]
    return []


def unread_signs(text: str) -> list[str]:
    """What `prompt_from_text` leaves out of a tab: signs on its strings that it does not know."""
    systems, _ = tab_systems(plain_lines(text))
    rows = (row for system in systems for bar in system.bars for row in bar)
    return sorted(set().union(*map(unknown_signs, rows)))
