"""Reading the riff book: the riffs and licks, and the plan of every song."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .chords import SHAPES, Chord, read_chord
from .strokes import SCALES, Stroke
from .tablature import PLACES_PER_BAR, bar_places, read_bar

FOLDER = Path(__file__).parents[1] / "riff_book"
RIFFS, SONGS = FOLDER / "riffs.txt", FOLDER / "songs.txt"


@dataclass(frozen=True)
class Riff:
    """One entry of RIFFS; the strokes of each bar, counted in places of that bar.

    frets: the lowest and the highest, also of those to which a string is bent.
    """

    name: str
    root: int
    mode: str
    feel: str
    chords: tuple[Chord, ...]
    bars: tuple[tuple[Stroke, ...], ...]
    frets: tuple[int, int]


Book = dict[str, dict[str, Riff]]  # a heading, such as "punk" or "punk licks", to name to riff


@dataclass(frozen=True)
class Plan:
    """One entry of SONGS: what a song is made of."""

    style: str
    title: str
    root: int
    mode: str
    bpm: int
    line_up: str
    verse: tuple[str, ...]
    chorus: str
    form: str


def entries(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Each entry of a file of the book: its ``== heading ==``, head line and indented lines."""
    # What stands above the first heading explains how to write an entry.
    for section in re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading, *lines = [line for line in section.splitlines() if line.strip()]
        heads = [i for i, line in enumerate(lines) if not line.startswith(" ")]
        for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
            yield heading.removesuffix(" =="), lines[start], lines[start + 1 : end]


def read_riff(head: str, music: list[str]) -> Riff:
    """One entry of RIFFS from its head line and its music. ValueError if a bar is off."""
    name, key, feel, chords = (field.strip() for field in head.split(" : "))
    root, mode = key.split()
    bars: list[tuple[Stroke, ...]] = []
    # A line break between two bars stands for a bar line.
    for text in "|".join(music).split("|"):
        if text.strip() == "%":
            bars.append(bars[-1])
            continue
        if bar_places(text) != PLACES_PER_BAR[feel]:
            raise ValueError(f"{name}: {bar_places(text)} places in the bar '{text.strip()}'")
        before = bars[-1][-1] if bars and bars[-1] else None
        bars.append(tuple(read_bar(text, before)))
        held = len(re.match(r"[.\s]*", text)[0].replace(" ", ""))
        if held and before and before.start + before.length == PLACES_PER_BAR[feel]:
            bars[-2] = (*bars[-2][:-1], replace(before, length=before.length + held))
    if mode not in SCALES:
        raise ValueError(f"{name}: unknown mode '{mode}'")
    spread = tuple(read_chord(chord) for chord in chords.split())
    if not {chord.quality for chord in spread} <= set(SHAPES):
        raise ValueError(f"{name}: unknown chord in '{chords}'")
    frets = [int(fret) for fret in re.findall(r"[EADGBe^=](\d+)", " ".join(music))] or [0]
    span = min(frets), max(frets)
    return Riff(name, read_chord(root).root, mode, feel, spread, tuple(bars), span)


def read_riffs() -> Book:
    """All riffs and licks of the book."""
    book: Book = {}
    for heading, head, music in entries(RIFFS):
        riff = read_riff(head, music)
        book.setdefault(heading, {})[riff.name] = riff
    return book


def read_songs() -> list[Plan]:
    """The plans of all songs, in the order of the book."""
    plans = []
    for style, head, (parts,) in entries(SONGS):
        title, key, bpm, line_up, form = head.split(" : ")
        verse, chorus = parts.strip().split(" / ")
        root, mode = key.split()
        tonic, verses = read_chord(root).root, tuple(verse.split(", "))
        plans.append(Plan(style, title, tonic, mode, int(bpm), line_up, verses, chorus, form))
    return plans
