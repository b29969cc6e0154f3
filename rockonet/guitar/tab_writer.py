"""A riff as ASCII tab."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rockonet.common.theory import beat_ticks, pitch_name
from rockonet.common.tunings import string_names
from rockonet.guitar.notation import NotatedEvent
from rockonet.guitar.notes import PlayedNote

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

Struck = Sequence[tuple[NotatedEvent, tuple[PlayedNote, ...]]]  # what begins, and its notes


def tab_text(riff: Riff, width: int = 78) -> str:
    """A riff as ASCII tab: a line for each string, over each system the beats; ``>`` is written
    before the place where the model goes on.

    Each bar is divided evenly, so that the place of a fret tells its time; ``|`` are bar lines.
    `prompt_from_text` reads it back.
    """
    symbols = zip(riff.symbols, riff.notes, strict=True)
    struck = [(symbol, notes) for symbol, notes in symbols if notes and not symbol.tied]
    heads = string_names(riff.open_strings)
    heads = [head.ljust(max(map(len, heads))) for head in heads]
    room = width - len(heads[0]) - 1  # for bars, each with the bar line before it
    grid = _grid(riff, struck)  # one for all bars, if a bar then fits into a line
    alike = grid.characters(riff.ticks_per_bar) < room
    systems: list[list[list[str]]] = []  # bars, each as a line of beats and those of strings
    filled = room
    for bar in range(riff.symbols[-1].bar + 1):
        inside = [(symbol, notes) for symbol, notes in struck if symbol.bar == bar]
        lines = _bar_lines(riff, inside, grid if alike else _grid(riff, inside))
        if filled + len(lines[0]) > room:
            systems.append([])
            filled = 0
        systems[-1].append(lines)
        filled += len(lines[0])
    blocks = []
    for bars in systems:
        beats, *strings = ("".join(parts) for parts in zip(*bars, strict=True))
        rows = [f"{head}{string}|" for head, string in zip(heads, strings, strict=True)]
        above = (" " * len(heads[0]) + beats).rstrip()
        blocks.append("\n".join([above, *reversed(rows)]))
    return "\n\n".join([_title(riff), *blocks]) + "\n"


@dataclass(frozen=True)
class _Grid:
    """How a bar is divided: the ticks and the characters of one place."""

    ticks: int
    width: int

    def characters(self, ticks: int) -> int:
        """How many characters stand before a tick of the bar."""
        return ticks // self.ticks * self.width


def _grid(riff: Riff, struck: Struck) -> _Grid:
    """The widest places in which each onset has its own, with room for the frets."""
    ticks = math.gcd(beat_ticks(riff.meter), *(symbol.onset for symbol, _ in struck))
    two_digits = any(note.fret > 9 for _, notes in struck for note in notes)
    return _Grid(ticks, 3 if two_digits else 2)


def _bar_lines(riff: Riff, struck: Struck, grid: _Grid) -> list[str]:
    """A bar with the bar line before it: the beats, then the strings, the lowest first."""
    beat, size = beat_ticks(riff.meter), grid.characters(riff.ticks_per_bar)
    beats = [" "] * (size + 1)
    for number, tick in enumerate(range(0, riff.ticks_per_bar, beat), 1):
        beats[grid.characters(tick) + 1] = str(number)[-1]
    strings = [["|"] + ["-"] * size for _ in riff.open_strings]
    for symbol, notes in struck:
        place = grid.characters(symbol.onset) + 1
        if riff.goes_on_with(symbol):
            beats[place - 1] = ">"  # one character to the left, so that no beat is hidden
        for note in notes:
            if note.string >= 0:
                strings[note.string][place : place + len(str(note.fret))] = str(note.fret)
    return ["".join(line) for line in (beats, *strings)]


def _title(riff: Riff) -> str:
    """What is written over a tab: the name of the riff, and how to play it."""
    beats = f"{riff.meter[0]}/{riff.meter[1]}, {riff.tempo_bpm:.0f} bpm"
    tuning = " ".join(map(pitch_name, riff.open_strings))
    legend = "; > the model goes on from here" if riff.prompt_ticks else ""
    return f"{riff.title} ({beats}, tuning {tuning}{legend})"
