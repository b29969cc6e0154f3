"""A song as it is written in tablature, bar by bar: what readers of Guitar Pro files make."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rockonet.common.techniques import Technique

# Beyond these a file is refused. Long songs have 20,000 notes, and 5,000 bars in all their tracks.
MAX_WRITTEN_NOTES, MAX_WRITTEN_BARS = 300_000, 100_000  # rests count


class WrittenNote(NamedTuple):
    """What stands on a string.

    string: from the lowest, which is 0. fret: from the capo; −1 of a tied note: as before. pitch:
    of a drum. leads: flags for the next note of the string. harmonic: semitones that it sounds over
    its fret. share: of its written length for which it sounds. into: of a note that is slid to from
    nowhere, where that is: −1 below it, 1 above.
    """

    string: int
    fret: int
    velocity: int
    technique: int = 0
    tied: bool = False
    pitch: int = -1
    leads: int = 0
    bend: int = 0
    harmonic: int = 0
    share: float = 1.0
    into: int = 0


class WrittenBeat(NamedTuple):
    """What is struck together; no notes are a rest.

    length: in quarter notes. grace: whether it is a grace note; on_beat: one that begins where the
    note begins that it belongs to, not before.
    """

    length: float
    notes: tuple[WrittenNote, ...] = ()
    grace: bool = False
    on_beat: bool = False


class WrittenBar(NamedTuple):
    """What a bar is for all tracks.

    length: in quarter notes. plays: how often what ends here is played. endings: bit 0 says that it
    is played the first time. feel: the length of the notes of which two are played unevenly, and
    the share of the first. tempos: where in the bar, in quarter notes, and quarters a minute.
    """

    meter: tuple[int, int]
    length: float
    opens: bool = False
    plays: int = 1
    endings: int = 0
    feel: tuple[float, float] = (0.0, 0.5)
    tempos: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class WrittenTrack:
    """An instrument. open_strings: pitches without the capo, lowest first. bars: of each bar the
    voices, of each voice the beats."""

    name: str
    program: int
    is_drum: bool
    open_strings: tuple[int, ...]
    capo: int
    bars: list[list[list[WrittenBeat]]]


@dataclass(frozen=True)
class WrittenSong:
    """A file as it is written; remarks: what could not be read as it was meant."""

    title: str
    bars: list[WrittenBar]
    tracks: list[WrittenTrack]
    remarks: tuple[str, ...] = ()


def counted(what: collections.Counter[str]) -> tuple[str, ...]:
    """What was lost and how often, in sentences."""
    return tuple(f"{name}: {count}" for name, count in what.items())


def plain_text(text: str | None) -> str:
    """A name as one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text or "").split())


def longest_held(first: int, changes: Iterable[tuple[int, int]], n_bars: int) -> int:
    """Of the programs of a track the one that holds for most bars; changes: (bar, program)."""
    held: collections.Counter[int] = collections.Counter()
    since, now = 0, first
    for bar, program in (*sorted(changes), (n_bars, first)):
        held[now] += max(0, bar - since)
        since, now = bar, program
    program = held.most_common(1)[0][0] if held else first
    return program if 0 <= program < 128 else 0


def bend_technique(heights: Sequence[float]) -> int:
    """The flags of a bend from its heights, one after the other; 0 of a string that is not bent."""
    if not heights or max(heights) <= 0:
        return 0
    flags = Technique.PREBEND if heights[0] > 0 else Technique(0)
    flags |= Technique.BEND if max(heights) > heights[0] else 0
    flags |= Technique.RELEASE if heights[-1] < max(heights) else 0
    return int(flags)
