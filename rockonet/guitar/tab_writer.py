"""A riff as ASCII tab."""

from __future__ import annotations

import functools
import itertools
import math
import operator
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rockonet.common.techniques import BENDS, Technique
from rockonet.common.theory import beat_ticks, pitch_name
from rockonet.common.tunings import string_names
from rockonet.guitar.notation import NotatedEvent
from rockonet.guitar.notes import PlayedNote

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

Struck = Sequence[tuple[NotatedEvent, tuple[PlayedNote, ...]]]  # what begins, and its notes


# What is written over the strings, as long as it holds: for each the flag and its meaning.
OVER = {
    "PM": (Technique.PALM_MUTE, "palm mute"),
    "LR": (Technique.LET_RING, "let ring"),
    "TP": (Technique.TREMOLO, "tremolo picking"),
}
_MEANINGS = {  # of what stands on the strings
    "h": "hammer-on",
    "p": "pull-off",
    "t": "tapped",
    "/": "slide up",
    "\\": "slide down",
    "b": "bend to that fret",
    "pb": "bend before the stroke",
    "r": "release",
    "~": "vibrato",
    "x": "dead note",
    "<>": "harmonic",
}


def tab_text(riff: Riff, width: int = 78) -> str:
    """A riff as ASCII tab: a line for each string, over each system the beats; ``>`` is written
    before the place where the model goes on.

    Each bar is divided evenly, so that the place of a fret tells its time; ``|`` are bar lines.
    What the signs of techniques mean is said at the head. A bend goes to the fret that it sounds
    like, or by quarters of a whole tone: ``7b9``, ``7b1/4``.
    `prompt_from_text` reads it back.
    """
    symbols = zip(riff.symbols, riff.notes, strict=True)
    struck = [(symbol, notes) for symbol, notes in symbols if notes and not symbol.tied]
    heads = string_names(riff.open_strings)
    heads = [head.ljust(max(map(len, heads))) for head in heads]
    room = width - len(heads[0]) - 1  # for bars, each with the bar line before it
    bars = [
        [(symbol, notes) for symbol, notes in struck if symbol.bar == bar]
        for bar in range(riff.symbols[-1].bar + 1)
    ]
    grid = _grid(riff, bars)  # one for all bars, if a bar then fits into a line
    size = grid.characters(riff.ticks_per_bar) + 1
    alike = size <= room and (grid.width <= 3 or 2 * size <= room)  # but few need room for bends
    systems: list[list[list[str]]] = []  # bars, each as a line of each kind
    filled = room
    for inside, after in itertools.pairwise([*bars, []]):
        lines = _bar_lines(riff, inside, after, grid if alike else _grid(riff, [inside]))
        if filled + len(lines[0]) > room:
            systems.append([])
            filled = 0
        systems[-1].append(lines)
        filled += len(lines[0])
    blocks = []
    for written in systems:
        rows = ["".join(parts) for parts in zip(*written, strict=True)]
        *over, beats = [(" " * len(heads[0]) + row).rstrip() for row in rows[: len(OVER) + 1]]
        strings = [f"{head}{row}|" for head, row in zip(heads, rows[len(OVER) + 1 :], strict=True)]
        blocks.append("\n".join([*filter(None, over), beats, *reversed(strings)]))
    return "\n\n".join([_title(riff, struck, width), *blocks]) + "\n"


@dataclass(frozen=True)
class _Grid:
    """How a bar is divided: the ticks and the characters of one place."""

    ticks: int
    width: int

    def characters(self, ticks: int) -> int:
        """How many characters stand before a tick of the bar."""
        return ticks // self.ticks * self.width


def _grid(riff: Riff, bars: Sequence[Struck]) -> _Grid:
    """The widest places in which each onset has its own, with room for what stands there."""
    struck = list(itertools.chain(*bars))
    ticks = math.gcd(beat_ticks(riff.meter), *(symbol.onset for symbol, _ in struck))
    two_digits = any(note.fret > 9 for _, notes in struck for note in notes)
    width = 3 if two_digits else 2
    for inside in bars:
        ends: dict[
            int, tuple[int, int]
        ] = {}  # of each string, where its last text begins, how long
        closing = [(riff.ticks_per_bar, string, 0) for string in range(len(riff.open_strings))]
        texts = [
            (symbol.onset, note.string, len(note_text(note)))
            for symbol, notes in inside
            for note in notes
        ]
        for onset, string, length in [*texts, *closing]:
            begin, before = ends.get(string, (0, 0))
            places = (onset - begin) // ticks
            if before:  # a character is left for the sign of what follows
                width = max(width, -(-(before + 1) // places))
            ends[string] = (onset, length)
    return _Grid(ticks, width)


def note_text(note: PlayedNote) -> str:
    """What stands at the place of a note: its fret, a bend, vibrato."""
    flags, fret = note.technique, str(note.fret)
    if flags & Technique.DEAD:
        return "x"
    if flags & Technique.HARMONIC:
        fret = f"<{fret}>"
    if flags & BENDS:
        height = f"{note.bend}/4" if note.bend % 2 else str(note.fret + note.bend // 2)
        fret += ("pb" if flags & Technique.PREBEND else "b") + height
        fret += f"r{note.fret}" if flags & Technique.RELEASE else ""
    return fret + "~" * bool(flags & Technique.VIBRATO)


def sign_before(note: PlayedNote) -> str:
    """What stands before the place of a note: how its string comes from another one."""
    up = note.fret > note.origin
    if note.technique & Technique.SLIDE:
        return "/" if up else "\\"
    if note.technique & Technique.LEGATO:
        return "t" if note.origin < 0 else "h" if up else "p"
    return ""


def _bar_lines(riff: Riff, struck: Struck, after: Struck, grid: _Grid) -> list[str]:
    """A bar with the bar line before it: what is written over it, the beats, then the strings, the
    lowest first. after: what is struck in the next bar, whose first signs stand before its line."""
    beat, size = beat_ticks(riff.meter), grid.characters(riff.ticks_per_bar)
    beats = [" "] * (size + 1)
    for number, tick in enumerate(range(0, riff.ticks_per_bar, beat), 1):
        beats[grid.characters(tick) + 1] = str(number)[-1]
    strings = [["|"] + ["-"] * size for _ in riff.open_strings]
    over = [_over(flag, struck, grid, size) for flag, _ in OVER.values()]
    for symbol, notes in struck:
        place = grid.characters(symbol.onset) + 1
        if riff.goes_on_with(symbol):
            beats[place - 1] = ">"  # one character to the left, so that no beat is hidden
        for note in notes:
            if note.string >= 0:
                row, text, sign = strings[note.string], note_text(note), sign_before(note)
                row[place : place + len(text)] = text
                if sign and symbol.onset:
                    row[place - 1] = sign
    for symbol, notes in after:
        for note in notes:
            if note.string >= 0 and not symbol.onset and sign_before(note):
                strings[note.string][-1] = sign_before(note)
    return [*over, *("".join(line) for line in (beats, *strings))]


def _over(flag: Technique, struck: Struck, grid: _Grid, size: int) -> str:
    """The line that says over a bar where a technique holds: its letters, and dashes as far."""
    line = [" "] * (size + 1)
    name = next(name for name, (other, _) in OVER.items() if other == flag)
    for has, group in itertools.groupby(
        struck, lambda one: any(n.technique & flag for n in one[1])
    ):
        if has:
            places = [grid.characters(symbol.onset) + 1 for symbol, _ in group]
            text = name.ljust(places[-1] - places[0] + 1, "-")
            line[places[0] : places[0] + len(text)] = text
    return "".join(line)


def _title(riff: Riff, struck: Struck, width: int) -> str:
    """What is written over a tab: the name of the riff, and how to play it."""
    beats = f"{riff.meter[0]}/{riff.meter[1]}, {riff.tempo_bpm:.0f} bpm"
    tuning = " ".join(map(pitch_name, riff.open_strings))
    legend = "; > the model goes on from here" if riff.prompt_ticks else ""
    title = f"{riff.title} ({beats}, tuning {tuning}{legend})"
    signs = "; ".join(sign.replace(" ", "\u00a0") for sign in _signs(struck))  # not to be parted
    return "\n".join(
        [title, *(line.replace("\u00a0", " ") for line in textwrap.wrap(signs, width))]
    )


def _signs(struck: Struck) -> list[str]:
    """The signs of a tab that need to be told, with their meanings."""
    played = [note for _, notes in struck for note in notes]
    text = " ".join(note_text(note) for note in played)
    before = {sign_before(note) for note in played}
    used = {
        **{sign: sign in before for sign in "hpt/\\"},
        **{"b": re.search(r"\db", text), "pb": "pb" in text, "<>": "<" in text},
        **{sign: sign in text for sign in "r~x"},
    }
    flags = functools.reduce(operator.or_, (note.technique for note in played), Technique(0))
    return [
        *(f"{sign} {meaning}" for sign, meaning in _MEANINGS.items() if used[sign]),
        *(f"{name} {meaning}" for name, (flag, meaning) in OVER.items() if flags & flag),
    ]
