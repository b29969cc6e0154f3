"""Typed tab, as guitarists write it, becomes notes."""

from __future__ import annotations

import collections
import itertools
import re
import warnings

import numpy as np

from rockonet.common.tunings import FRETS, TUNINGS, named_strings, tuning_pitches


def unread_signs(text: str) -> list[str]:
    """What `prompt_from_text` leaves out of a tab: signs for hammer-ons, bends, palm mutes."""
    rows = [line.split("|", 1)[1] for line in text.splitlines() if re.search(r"\|.*-", line)]
    signs = sorted(set(re.sub(r"[-\d|\sxX]", "", "".join(rows))))
    return signs + ["PM"] * bool(rows and re.search(r"^\s*P\.?M\b", text, re.MULTILINE))


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


def notes_from_tab(
    text: str, bar_ticks: int, strings: tuple[int, ...]
) -> tuple[np.ndarray, tuple[int, ...], dict[int, tuple[int, ...]]]:
    """Onsets, durations and pitches (n_notes, 3) of ASCII tab; the open strings; the frets of each
    onset, lowest string first."""
    lines = [_tidy_line(line.rstrip()) for line in text.expandtabs().splitlines()]
    is_string = [bool(re.match(r"\s*\S{0,3}\s*\|[^|]*[-\d]", line)) for line in lines]
    systems, ruled = [], False
    place = 0
    while place < len(lines):
        height = next((k for k in range(len(lines) - place) if not is_string[place + k]), None)
        height = len(lines) - place if height is None else height
        if height == 0:
            place += 1
            continue
        if height != 6:
            raise ValueError(
                f"A tab has six lines, one for each string; {height} stand together from line "
                f"{place + 1} on. Write the strings that are not played as dashes."
            )
        ruled |= place > 0 and bool(re.fullmatch(r"[\s\d>]*\d[\s\d>]*", lines[place - 1]))
        systems.append([line.split("|")[1:] for line in lines[place : place + 6]])
        heads = [line.split("|")[0].strip() for line in lines[place : place + 6]]
        if heads[1][:1].upper() == "A" and heads[4][:1].upper() == "B":  # lowest string first
            systems[-1].reverse()
            heads.reverse()
        place += height
    if not systems:
        raise ValueError(
            "There is no tab of six lines in this prompt: begin them with e| B| G| D| A| E|."
        )
    if named := named_strings(heads[::-1]):
        rising = all(low < high for low, high in itertools.pairwise(named))
        # Letters alone count for less than a tuning that was asked for.
        if heads[0][-1:].isdigit() or rising and strings == TUNINGS["standard"]:
            strings = tuning_pitches(named)
    bars = []
    for system in systems:
        for columns in zip(*system, strict=False):
            if max(map(len, columns)) and any("-" in column for column in columns):
                bars.append(columns)
    frets = [
        (number, found.start(), string, int(found[0]))
        for number, columns in enumerate(bars)
        for string, column in enumerate(columns)
        # Of more than two digits without a dash each is a note, as in a gallop of open strings.
        for found in re.finditer(r"(?<!\d)[12]\d(?!\d)|\d", column)
    ]
    if not frets:
        raise ValueError("There is no fret in this tab: write numbers on its six lines.")
    dead = [
        (number, found.start())
        for number, columns in enumerate(bars)
        for column in columns
        for found in re.finditer("[xX]", column)
    ]
    notes = []
    held = collections.defaultdict(lambda: [-1] * 6)
    # Most people write a dash or two after a bar line, which is no time.
    struck = sorted({(number, column) for number, column, *_ in frets + dead}, reverse=True)
    usual = min(column for _, column in struck)
    even = all(max(map(len, columns)) % 8 == 0 for columns in bars)
    if ruled or usual > 2 or usual == 2 and even:
        usual = 0
    first = dict(struck)  # the last one wins, the lowest column of a bar
    moved = {}  # bars in which a note is not where it was typed, with their places

    def tick_of(number: int, column: int) -> int:
        lead = first[number] if usual and first[number] <= 2 else usual
        places = max(1, max(map(len, bars[number])) - lead)
        if places in (17, 33) and all(row.endswith("-") for row in bars[number]):
            places -= 1  # a dash before the bar line too
        unit = 1 if ruled or bar_ticks % places == 0 else 3  # else rounded to sixteenths
        exact = (column - lead) / places * bar_ticks
        tick = round(exact / unit) * unit
        if not ruled and abs(tick - exact) > 1e-6:
            moved[number + 1] = places
        return tick + number * bar_ticks

    for number, column, string, fret in frets:
        if fret > FRETS:
            raise ValueError(f"There is no fret {fret}: a guitar has {FRETS}.")
        tick = tick_of(number, column)
        notes.append((tick, strings[5 - string] + fret))
        held[tick][5 - string] = fret
    long = [n for n, columns in enumerate(bars, 1) if max(map(len, columns)) > 30]
    at = np.array([column for n, column in sorted(struck) if n + 1 in long[:1]])
    if not ruled and len(at) > 1 and np.gcd.reduce(np.diff(at)) < 3:
        warnings.warn(
            f"Bar {long[0]} of the tab has room for 32 notes and was read as one bar. If it is two "
            "bars, write | between them.",
            stacklevel=3,
        )
    for number, places in sorted(moved.items())[: not long]:
        warnings.warn(
            f"Bar {number} of the tab has {places} places, which do not divide it evenly: notes "
            "were moved to the nearest sixteenth. Give it 8 or 16 places, or 12 for triplets; a "
            "fret of two digits takes two.",
            stacklevel=3,
        )
    onsets = sorted({tick for tick, _ in notes} | {tick_of(*place) for place in dead})
    ends = dict(zip(onsets, [*onsets[1:], len(bars) * bar_ticks], strict=True))
    rows = [(t, max(1, min(ends[t] - t, bar_ticks)), pitch) for t, pitch in sorted(set(notes))]
    return np.array(rows), strings, {tick: tuple(row) for tick, row in held.items()}
