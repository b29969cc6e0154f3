"""The notes of a riff as a hand plays them: what everything that writes a riff down begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.common.theory import TICKS_PER_QUARTER
from rockonet.common.tunings import STANDARD_TUNING
from rockonet.dataset.events import event_pitches, onsets
from rockonet.explore.midi_techniques import are_muted
from rockonet.guitar.notation import NotatedEvent

MUTED_TICKS = 1  # what sounds no longer, a twelfth of a quarter note, is a palm mute


@dataclass(frozen=True)
class PlayedNote:
    """One note of a symbol, and how it is played: a technique is one more field here.

    pitch: MIDI number. string: counted from the lowest, which is 0. fret: 0 is the open string;
    both are −1 where the event cannot be fingered. tied: whether the note goes on from the symbol
    before. muted: whether the palm damps it.
    """

    pitch: int
    string: int
    fret: int
    tied: bool
    muted: bool


def held_notes(
    event: np.void, frets: np.ndarray, open_strings: Sequence[int]
) -> list[tuple[int, int, int]]:
    """Pitch, string and fret of each note of an event, lowest pitch first; two strings may have
    one pitch. What cannot be fingered has its pitches, on string −1 and fret −1."""
    places = [
        (open_strings[s] + int(frets[s]), s, int(frets[s]))
        for s in np.flatnonzero(frets >= 0).tolist()
    ]
    return sorted(places) or [(pitch, -1, -1) for pitch in event_pitches(event)]


def played_notes(
    symbols: Sequence[NotatedEvent],
    events: np.ndarray,
    frets: np.ndarray,
    open_strings: Sequence[int] = STANDARD_TUNING,
) -> list[tuple[PlayedNote, ...]]:
    """The notes of each symbol, lowest pitch first; none for a rest.

    events: of dtype `EVENT`, those of the symbols. frets: ints (n_events, n_strings), as in
    `Fingering`. open_strings: their MIDI pitches, lowest first.
    """
    notes: list[tuple[PlayedNote, ...]] = []
    for symbol in symbols:
        if symbol.event < 0:
            notes.append(())
            continue
        event = events[symbol.event]
        # MIDI has no palm mutes: a file plays them far shorter than anybody would write them.
        muted = bool(event["duration"] <= MUTED_TICKS < symbol.duration)
        held = held_notes(event, frets[symbol.event], open_strings)
        notes.append(tuple(PlayedNote(*place, symbol.tied, muted) for place in held))
    return notes


def sounding_notes(
    events: np.ndarray, frets: np.ndarray, open_strings: Sequence[int] = STANDARD_TUNING
) -> dict[str, np.ndarray]:
    """The notes of events as they sound: until their string or their pitch is struck again.

    events: of dtype `EVENT`. frets: ints (n_events, n_strings), as in `Fingering`; a chord that
    cannot be fingered sounds as long as it is written. open_strings: their pitches, lowest first.
    Returns arrays as `notes_from_events` does; two strings of one pitch are two notes.
    """
    rows = []
    struck_again: dict[tuple[str, int], int] = {}  # each pitch and each string, when
    for event, onset, row in zip(
        events[::-1], onsets(events)[::-1].tolist(), frets[::-1], strict=True
    ):
        held = held_notes(event, row, open_strings)
        again: dict[tuple[str, int], int] = {}
        for pitch, string, _ in reversed(held):
            keys = [("pitch", pitch)] + [("string", string)] * (string >= 0)
            room = min(struck_again.get(key, 1 << 40) for key in keys) - onset
            rows.append((0, onset, min(int(event["duration"]), room), pitch, event["velocity"]))
            again.update(dict.fromkeys(keys, onset))
        struck_again |= again
    columns = np.array(rows[::-1], np.int64).reshape(-1, 5).T
    return dict(zip(("track", "onset", "duration", "pitch", "velocity"), columns, strict=True))


def shortened_mutes(
    notes: dict[str, np.ndarray], ticks_per_quarter: int, tempo_bpm: float
) -> dict[str, np.ndarray]:
    """The notes of a MIDI file with their palm mutes as short as they are on the grid.

    notes: columns ``time duration …`` in ticks of the file, of which a quarter note has
    `ticks_per_quarter`. What is a palm mute, `are_muted` says.
    """
    quarter = np.array([ticks_per_quarter])
    part = np.zeros(len(notes["time"]), np.int64)
    muted = are_muted(notes, part, quarter, quarter * tempo_bpm / 60)
    shortest = round(MUTED_TICKS * ticks_per_quarter / TICKS_PER_QUARTER)
    longest = np.where(muted, shortest, notes["duration"])
    duration = np.minimum(notes["duration"], longest).astype(notes["duration"].dtype)
    return {**notes, "duration": duration}
