"""The notes of a riff as a hand plays them: what everything that writes a riff down begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.common.theory import TICKS_PER_QUARTER
from rockonet.dataset.events import event_pitches, notes_from_events, onsets
from rockonet.guitar.notation import NotatedEvent

MUTED_TICKS = 1  # what sounds no longer, a twelfth of a quarter note, is a palm mute
# How long programs play a palm mute, however fast the music is: alphaTab 0.08, TuxGuitar 0.06.
MUTED_SECONDS = 0.085


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


def played_notes(
    symbols: Sequence[NotatedEvent], events: np.ndarray, frets: np.ndarray
) -> list[tuple[PlayedNote, ...]]:
    """The notes of each symbol, lowest pitch first; none for a rest.

    events: of dtype `EVENT`, those of the symbols. frets: ints (n_events, n_strings), as in
    `Fingering`.
    """
    return [
        _notes_of(symbol, events[symbol.event], frets[symbol.event]) if symbol.event >= 0 else ()
        for symbol in symbols
    ]


def _notes_of(symbol: NotatedEvent, event: np.void, frets: np.ndarray) -> tuple[PlayedNote, ...]:
    # MIDI has no palm mutes: a file plays them far shorter than anybody would write them.
    muted = bool(event["duration"] <= MUTED_TICKS < symbol.duration)
    pitches = event_pitches(event)
    places = [(string, int(frets[string])) for string in np.flatnonzero(frets >= 0).tolist()]
    return tuple(
        PlayedNote(pitch, string, fret, symbol.tied, muted)
        for pitch, (string, fret) in zip(pitches, places or [(-1, -1)] * len(pitches), strict=True)
    )


def sounding_notes(events: np.ndarray, frets: np.ndarray) -> dict[str, np.ndarray]:
    """The notes of events as they sound: none goes on after its string is struck again.

    events: of dtype `EVENT`. frets: ints (n_events, n_strings), as in `Fingering`; a chord that
    cannot be fingered sounds as long as it is written.
    Returns arrays as `notes_from_events` does.
    """
    notes = notes_from_events(events)
    struck_again: dict[int, int] = {}  # of each string, when
    number = len(notes["pitch"])
    for event, onset in reversed(list(enumerate(onsets(events).tolist()))):
        strings = np.flatnonzero(frets[event] >= 0).tolist()
        number -= len(event_pitches(events[event]))
        for note, string in enumerate(strings, number):
            room = struck_again.get(string, 1 << 40) - onset
            notes["duration"][note] = min(notes["duration"][note], room)
            struck_again[string] = onset
    return notes


def shortened_mutes(
    notes: dict[str, np.ndarray], ticks_per_quarter: int, tempo_bpm: float
) -> dict[str, np.ndarray]:
    """The notes of a MIDI file with their palm mutes as short as they are on the grid.

    notes: columns ``time duration …`` in ticks of the file, of which a quarter note has
    `ticks_per_quarter`. A palm mute sounds for `MUTED_SECONDS` or less, and for no more than two
    thirds of the time until the next note.
    """
    tick = ticks_per_quarter / TICKS_PER_QUARTER  # of the grid, on which a chord is together
    struck = np.rint(notes["time"] / tick)
    onset = np.unique(struck)
    room = np.append(onset, np.inf)[np.searchsorted(onset, struck) + 1] * tick - notes["time"]
    seconds = notes["duration"] * (60 / tempo_bpm / ticks_per_quarter)
    muted = (seconds <= MUTED_SECONDS) & (3 * notes["duration"] <= 2 * room)
    longest = np.where(muted, round(MUTED_TICKS * tick), notes["duration"])
    duration = np.minimum(notes["duration"], longest).astype(notes["duration"].dtype)
    return {**notes, "duration": duration}
