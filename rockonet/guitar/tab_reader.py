"""Typed tab, as guitarists write it, becomes notes."""

from __future__ import annotations

import collections
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rockonet.common.tunings import FRETS, STANDARD_TUNING, named_strings, tuning_pitches


@dataclass(frozen=True)
class TypedTab:
    """What a tab says.

    notes: ints (n_notes, 3), onset and duration in ticks, and pitch. open_strings: their MIDI
    pitches, lowest first. frets: of each onset, as in `Fingering`. doubts: what may have been meant
    otherwise, in sentences.
    """

    notes: np.ndarray
    open_strings: tuple[int, ...]
    frets: dict[int, tuple[int, ...]]
    doubts: tuple[str, ...]


class System(NamedTuple):
    """Six lines that are played together, the lowest string first.

    ruled: whether a line of beats stands over them, which says where each bar begins.
    """

    lines: list[str]
    ruled: bool


class Sign(NamedTuple):
    """What stands on a string: a fret, or −1 for a dead note; bar and string counted from 0."""

    bar: int
    column: int
    string: int
    fret: int


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

    def tick(self, column: int) -> int:
        """When a note in this column begins."""
        exact = (column - self.lead) / self.places * self.ticks
        return self.begin + round(exact / self.unit) * self.unit

    def moves(self, column: int) -> bool:
        """Whether a note in this column is not played exactly where it is written."""
        return (column - self.lead) * self.ticks % (self.places * self.unit) > 0


def read_tab(
    text: str, bar_ticks: int, open_strings: tuple[int, ...] = STANDARD_TUNING
) -> TypedTab:
    """The notes of ASCII tab, each as long as nothing else is struck, but a bar at the most.

    bar_ticks: of a bar. open_strings: of the guitar, if the tab names no other.
    Raises: ValueError that says what cannot be read.
    """
    systems = split_systems(text)
    open_strings = _named_tuning(systems[-1], open_strings)
    bars = _bars_of(systems)
    ruled = any(system.ruled for system in systems)
    signs = read_frets(bars)
    grids = place_in_time(bars, signs, bar_ticks, ruled)
    ticks = [grids[sign.bar].tick(sign.column) for sign in signs]
    begins = sorted(set(ticks))
    ends = dict(zip(begins, [*begins[1:], len(bars) * bar_ticks], strict=True))
    notes = set()
    frets: dict[int, list[int]] = collections.defaultdict(lambda: [-1] * 6)
    for tick, sign in zip(ticks, signs, strict=True):
        if sign.fret >= 0:  # a dead note is silence, which ends what sounds before it
            duration = max(1, min(ends[tick] - tick, bar_ticks))
            notes.add((tick, duration, open_strings[sign.string] + sign.fret))
            frets[tick][sign.string] = sign.fret
    return TypedTab(
        np.array(sorted(notes)),
        open_strings,
        {tick: tuple(row) for tick, row in frets.items()},
        () if ruled else _doubts(bars, signs, grids),
    )


def split_systems(text: str) -> list[System]:
    """The systems of a tab, whichever string is written first.

    Raises: ValueError if there is none, or one that has not six lines.
    """
    lines = [_tidy_line(line.rstrip()) for line in text.expandtabs().splitlines()]
    systems, place = [], 0
    for is_system, group in itertools.groupby(lines, _is_string):
        rows = list(group)
        if is_system and len(rows) != 6:
            raise ValueError(
                f"A tab has six lines, one for each string; {len(rows)} stand together from line "
                f"{place + 1} on. Write the strings that are not played as dashes."
            )
        if is_system:
            heads = [_head(row)[:1].upper() for row in rows]
            if not (heads[1] == "A" and heads[4] == "B"):  # else the lowest string is the first
                rows.reverse()
            above = lines[place - 1] if place else ""
            systems.append(System(rows, bool(re.fullmatch(r"[\s\d>]*\d[\s\d>]*", above))))
        place += len(rows)
    if not systems:
        raise ValueError(
            "There is no tab of six lines in this prompt: begin them with e| B| G| D| A| E|."
        )
    return systems


def _is_string(line: str) -> bool:
    return bool(re.match(r"\s*\S{0,3}\s*\|[^|]*[-\d]", line))


def _head(line: str) -> str:
    """What is written before a string: its name, or nothing."""
    return line.split("|")[0].strip()


def _named_tuning(system: System, asked: tuple[int, ...]) -> tuple[int, ...]:
    """The open strings as a system names them, or else those that were asked for."""
    heads = [_head(line) for line in system.lines]
    named = named_strings(heads)
    if not named:
        return asked
    rising = all(low < high for low, high in itertools.pairwise(named))
    octaves = heads[-1][-1:].isdigit()
    # Letters alone count for less than a tuning that was asked for.
    return tuning_pitches(named) if octaves or rising and asked == STANDARD_TUNING else asked


def _bars_of(systems: Sequence[System]) -> list[tuple[str, ...]]:
    """What stands between the bar lines: for each bar six rows, the lowest string first."""
    rows = [[line.split("|")[1:] for line in system.lines] for system in systems]
    bars = itertools.chain.from_iterable(zip(*system, strict=False) for system in rows)
    return [bar for bar in bars if any("-" in row for row in bar)]


def read_frets(bars: Sequence[tuple[str, ...]]) -> list[Sign]:
    """The frets and dead notes of bars, bar by bar.

    Raises: ValueError if there is no fret, or one that no guitar has.
    """
    signs = [
        Sign(number, found.start(), string, int(found[0]) if found[0].isdigit() else -1)
        for number, rows in enumerate(bars)
        for string, row in enumerate(rows)
        # Of more than two digits without a dash each is a note, as in a gallop of open strings.
        for found in re.finditer(r"(?<!\d)[12]\d(?!\d)|\d|[xX]", row)
    ]
    highest = max((sign.fret for sign in signs), default=-1)
    if highest < 0:
        raise ValueError("There is no fret in this tab: write numbers on its six lines.")
    if highest > FRETS:
        raise ValueError(f"There is no fret {highest}: a guitar has {FRETS}.")
    return signs


def place_in_time(
    bars: Sequence[tuple[str, ...]], signs: Sequence[Sign], bar_ticks: int, ruled: bool
) -> list[BarGrid]:
    """How each bar is divided; ruled: whether a line of beats says where it begins.

    A dash or two after every bar line are no time: most people write them. But two are, if all
    bars have 8, 16 or 24 places with them.
    """
    columns: dict[int, list[int]] = collections.defaultdict(list)  # of each bar, what is struck
    for sign in sorted(signs):
        columns[sign.bar].append(sign.column)
    usual = min(inside[0] for inside in columns.values())
    even = all(_width(rows) % 8 == 0 for rows in bars)
    if ruled or usual > 2 or usual == 2 and even:
        usual = 0
    leads, widths = [], []  # of each bar: columns that are no time, and those that are
    struck: dict[int, set[int]] = collections.defaultdict(set)  # of all bars of a width, from 0 on
    for number, rows in enumerate(bars):
        lead = columns[number][0] if usual and number in columns else 0
        lead = lead if lead <= 2 else usual
        places = max(1, _width(rows) - lead)
        if places in (17, 33) and all(row.endswith("-") for row in rows):
            places -= 1  # a dash before the bar line too
        leads.append(lead)
        widths.append(places)
        struck[places].update(column - lead for column in columns[number])
    return [
        BarGrid(
            number * bar_ticks,
            bar_ticks,
            lead,
            places,
            1 if ruled or _divides(struck[places], places, bar_ticks) else 3,  # to sixteenths
        )
        for number, (lead, places) in enumerate(zip(leads, widths, strict=True))
    ]


def _divides(columns: set[int], places: int, bar_ticks: int) -> bool:
    """Whether the places of a bar are whole ticks; if they are several characters wide, what
    stands in at least three columns has to say so."""
    if bar_ticks % places == 0:
        return True
    return len(columns) >= 3 and all(column * bar_ticks % places == 0 for column in columns)


def _width(rows: Sequence[str]) -> int:
    return max(map(len, rows))


def _doubts(
    bars: Sequence[tuple[str, ...]],
    signs: Sequence[Sign],
    grids: Sequence[BarGrid],
) -> tuple[str, ...]:
    """What may have been meant otherwise."""
    long = [number for number, rows in enumerate(bars) if _width(rows) > 30]
    if long:
        columns = sorted({sign.column for sign in signs if sign.bar == long[0]})
        if len(columns) < 2 or np.gcd.reduce(np.diff(columns)) > 2:
            return ()
        return (
            f"Bar {long[0] + 1} of the tab has room for 32 notes and was read as one bar. If it is "
            "two bars, write | between them.",
        )
    for sign in sorted(signs):
        if sign.fret >= 0 and grids[sign.bar].moves(sign.column):
            return (
                f"Bar {sign.bar + 1} of the tab has {grids[sign.bar].places} places, which do not "
                "divide it evenly: notes were moved to the nearest sixteenth. Give it 8 or 16 "
                "places, or 12 for triplets; a fret of two digits takes two.",
            )
    return ()


def unread_signs(text: str) -> list[str]:
    """What `prompt_from_text` leaves out of a tab: signs for hammer-ons, bends, palm mutes."""
    rows = [line.split("|", 1)[1] for line in text.splitlines() if re.search(r"\|.*-", line)]
    signs = sorted(set(re.sub(r"[-\d|\sxX]", "", "".join(rows))))
    if rows and re.search(r"^\s*P\.?M\b", text, re.MULTILINE):
        signs.append("PM")
    return signs


def _tidy_line(line: str) -> str:
    """A line of tab as most people write it: ``e|`` in front, dashes in between.

    An ``o`` is an open string, and of a bend only the fret where it begins is a note.
    """
    bare = re.fullmatch(r"\s*([A-Ga-g][#b♯♭]?\d?)?[\s:]*(\d*-[^|]*-[^|]*-.*)", line)
    if bare:
        line = f"{bare[1] or ''}|{bare[2]}"
    head, bar, body = line.partition("|")
    if not re.search(r"[-\d]", body) and re.fullmatch(r"\s*[A-Ga-g][#b♯♭]?\d?\s*", head):
        body = body.replace(" ", "-")
    body = re.sub(r"(?<=[-|])[oO](?=[-|])", "0", "|" + body)[1:]
    body = re.sub(r"(?<=\d)b[()r\d]+", lambda bend: "-" * len(bend[0]), body)
    return head + bar + body
