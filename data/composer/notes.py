"""Strokes and hits as MIDI notes: how long each one sounds, and how hard it is played."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from .drums import Hit
from .midi import TICKS_PER_QUARTER, Note
from .strokes import QUARTER, Stroke

GRID = TICKS_PER_QUARTER // QUARTER  # MIDI ticks to a tick of the song
GAP = 10  # MIDI ticks between a note's end and the grid, so that repeated notes speak


def velocity(stroke: Stroke, rng: Random) -> int:
    """How hard a stroke is played: accents and the beat louder, muted softer, none quite alike."""
    on_beat = stroke.start % QUARTER == 0
    level = 84 + 16 * stroke.accent - 18 * stroke.muted + 5 * on_beat - 12 * ("h" in stroke.how)
    return (34 if "d" in stroke.how else level) + rng.randrange(-5, 6)


def notes_of(strokes: Iterable[Stroke], rng: Random) -> list[Note]:
    """The notes of a bass or a keyboard."""
    notes: list[Note] = []
    for s in sorted(strokes, key=lambda s: (s.start, s.pitches)):
        loud = velocity(s, rng)
        length = max(1, s.length // 2) if s.muted else s.length
        end = (s.start + length) * GRID - GAP
        notes += [(s.start * GRID, end, pitch, loud) for pitch in s.pitches]
    return struck_again(notes)


def struck_again(notes: list[Note]) -> list[Note]:
    """The notes of a channel. A string that is struck again stops what it played before."""
    later: dict[int, int] = {}
    cut: list[Note] = []
    for start, end, pitch, loud in sorted(notes, reverse=True):
        if later.get(pitch) != start:
            cut.append((start, min(end, later.get(pitch, end + GAP) - GAP), pitch, loud))
            later[pitch] = start
    return cut[::-1]


def drum_notes(hits: Iterable[Hit], rng: Random) -> list[Note]:
    """Hits as short notes, with a drummer's small differences."""
    loudest: dict[tuple[int, int], int] = {}
    for tick, drum, loud in hits:
        loudest[tick, drum] = max(loud, loudest.get((tick, drum), 0))
    return [
        (tick * GRID, (tick + 1) * GRID - GAP, drum, loud + rng.randrange(-6, 7))
        for (tick, drum), loud in sorted(loudest.items())
    ]
