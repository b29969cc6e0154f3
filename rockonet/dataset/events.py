"""An event is all notes of a track that start together: notes to events and back."""

from __future__ import annotations

import itertools

import numpy as np

from rockonet.common.techniques import BENDS, JOINED, Technique, settled
from rockonet.common.theory import pitch_number

# The pitches are those that the fingers hold: a bend, and one before the stroke too, goes up from
# there. `LEGATO` and `SLIDE` say how an event is reached from the one before.
EVENT = np.dtype(
    [
        ("bass", np.uint8),  # lowest pitch of the event, MIDI number
        ("shape", np.uint64),  # bit i is set if the pitch bass + i sounds too (bit 0 always is)
        ("step", np.int32),  # ticks since the event before; since the song's start for the first
        ("duration", np.int32),  # ticks, of the longest note
        ("velocity", np.uint8),  # 1–127, of the loudest note
        ("technique", np.uint16),  # flags of `Technique`: of all notes, bends of those in `bent`
        ("bend", np.int8),  # quarter tones at the bend's height, a whole tone is 4; 0 for none
        ("bent", np.uint8),  # bit i is set if note i is bent, the lowest first; 0 for none
    ]
)


def events_from_notes(notes: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Join the notes of each track that start together into events.

    notes: arrays as `score_notes` gives them; besides, if how they are played is known,
        ``technique`` and ``bend`` of each note.
    An event has a technique that at least half of its notes have, but is hammered or slid to only
    if all are; of bends it has the highest. A dead note among others is left out.
    Returns events (n_events,) of dtype `EVENT`, track by track, and their track numbers.
    """
    notes = _without_dead_in_chords(notes)
    track, onset, duration, pitch, velocity = (
        notes[name] for name in ("track", "onset", "duration", "pitch", "velocity")
    )
    starts = _starts(notes)
    first = np.flatnonzero(starts)
    events = np.zeros(len(first), EVENT)
    if len(first) == 0:
        return events, track
    events["bass"] = pitch[first]
    # Notes are sorted by pitch within an event, so the first one is the bass.
    of_event = np.cumsum(starts) - 1
    interval = np.minimum(pitch - pitch[first][of_event], 63).astype(np.uint64)
    events["shape"] = np.bitwise_or.reduceat(np.uint64(1) << interval, first)
    events["step"] = np.diff(onset[first], prepend=0)
    new_track = np.diff(track[first], prepend=-1) != 0
    events["step"][new_track] = onset[first][new_track]
    events["duration"] = np.maximum.reduceat(duration, first)
    events["velocity"] = np.maximum.reduceat(velocity, first)
    if "technique" in notes:
        _add_techniques(events, first, of_event, interval, notes)
    return events, track[first]


def _starts(notes: dict[str, np.ndarray]) -> np.ndarray:
    """Which notes are the first of an event: bools (n_notes,)."""
    starts = np.ones(len(notes["track"]), bool)
    starts[1:] = (np.diff(notes["track"]) != 0) | (np.diff(notes["onset"]) != 0)
    return starts


def _without_dead_in_chords(notes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The notes but for dead ones that are struck together with others."""
    dead = notes.get("technique", np.zeros(0, np.uint16)) & Technique.DEAD > 0
    if not dead.any():
        return notes
    of_event = np.cumsum(_starts(notes)) - 1
    sounding = np.bincount(of_event, ~dead) > 0
    kept = ~(dead & sounding[of_event])
    return {name: column[kept] for name, column in notes.items()}


def _add_techniques(
    events: np.ndarray,
    first: np.ndarray,
    of_event: np.ndarray,
    interval: np.ndarray,
    notes: dict[str, np.ndarray],
) -> None:
    """Fill `technique`, `bend` and `bent` of events.

    first: of each event the place of its first note. of_event: of each note the place of its event.
    interval: of each note above the bass.
    """
    played = np.flatnonzero(notes["technique"])  # of most notes there is nothing to say
    if len(played) == 0:
        return
    technique, bend = settled(notes["technique"][played], notes["bend"][played])
    event, of_those = np.unique(of_event[played], return_inverse=True)
    size = np.diff(first, append=len(of_event))[event]
    flags, bits = np.zeros((2, len(event)), np.uint16)
    for flag in Technique:
        if not flag & BENDS and (technique & flag).any():
            count = np.bincount(of_those, technique & flag > 0)
            enough = count >= size if flag & JOINED else 2 * count >= size
            flags[enough] |= np.uint16(flag)
    # Two strings of one pitch are one note of the shape.
    place = np.cumsum(np.diff(interval.astype(np.int64), prepend=-1) != 0)
    place = (place - place[first][of_event])[played]
    bent = (bend > 0) & (place < 8)
    highest = np.zeros(len(event), np.int8)
    np.maximum.at(highest, of_those[bent], bend[bent])
    np.bitwise_or.at(bits, of_those[bent], (1 << place[bent]).astype(np.uint16))
    bent &= bend == highest[of_those]
    np.bitwise_or.at(flags, of_those[bent], technique[bent] & np.uint16(BENDS))
    flags, highest = settled(flags, highest)
    events["technique"][event], events["bend"][event] = flags, highest
    events["bent"][event] = np.where(highest > 0, bits, 0)


def sounding_intervals(shapes: np.ndarray) -> np.ndarray:
    """Which intervals above the bass sound in shapes (n,): bools (n, 64); 0 always does."""
    return (shapes[:, None] >> np.arange(64, dtype=np.uint64) & np.uint64(1)).astype(bool)


def onsets(events: np.ndarray) -> np.ndarray:
    """When each of one track's events begins, in ticks since its start: ints (n_events,)."""
    return np.cumsum(events["step"])


def onsets_in_tracks(events: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The same for many tracks, one after the other: each counts from its own start.

    offsets: as in a `Corpus`.
    """
    onset = np.cumsum(events["step"], dtype=np.int64)
    begin = np.repeat(offsets[:-1], np.diff(offsets))
    return onset - (onset - events["step"])[begin]


def bars_of(events: np.ndarray, ticks_per_bar: int) -> list[list[tuple[int, int, int]]]:
    """One track's events bar by bar, from bar 0 on: tick in the bar, bass and shape of each."""
    bar, place = np.divmod(onsets(events), ticks_per_bar)
    bars: list[list[tuple[int, int, int]]] = [[] for _ in range(int(bar.max(initial=-1)) + 1)]
    for number, *event in zip(bar, place, events["bass"], events["shape"], strict=True):
        bars[number].append(tuple(map(int, event)))
    return bars


def event_pitches(event: np.void) -> tuple[int, ...]:
    """The MIDI pitches of one event, lowest first.

    Notebook: 02 and 04.
    """
    bits = int(event["shape"])
    return tuple(int(event["bass"]) + i for i in range(64) if bits >> i & 1)


def notes_from_events(events: np.ndarray) -> dict[str, np.ndarray]:
    """The notes of one track's events; the inverse of `events_from_notes` for one track.

    A note that would still sound when its pitch is struck again is cut off there, as on a string.
    Beside the arrays of `score_notes` it has ``technique`` and ``bend`` of each note.
    """
    onset = onsets(events)
    sets = [event_pitches(event) for event in events]
    sizes = [len(s) for s in sets]
    notes = {
        "track": np.zeros(sum(sizes), np.int64),
        "onset": np.repeat(onset, sizes),
        "duration": np.repeat(events["duration"].astype(np.int64), sizes),
        "pitch": np.array(list(itertools.chain(*sets)), np.int64),
        "velocity": np.repeat(events["velocity"].astype(np.int64), sizes),
        "technique": np.repeat(events["technique"], sizes),
        "bend": np.repeat(events["bend"], sizes),
    }
    place = np.arange(sum(sizes)) - np.repeat(np.cumsum([0, *sizes])[:-1], sizes)
    still = np.repeat(events["bent"], sizes).astype(np.int64) >> place & 1 == 0
    notes["technique"][still] &= ~np.uint16(BENDS)
    notes["bend"][still] = 0
    struck_again: dict[int, int] = {}
    for i in range(len(notes["pitch"]) - 1, -1, -1):
        pitch = int(notes["pitch"][i])
        room = struck_again.get(pitch, 1 << 40) - notes["onset"][i]
        notes["duration"][i] = min(notes["duration"][i], room)
        struck_again[pitch] = int(notes["onset"][i])
    return notes


def bass_and_shape(name: str) -> tuple[int, int]:
    """Back from a chord name: 'E2 B2' is bass 40 and the shape with bits 0 and 7."""
    pitches = [pitch for part in name.split() if (pitch := pitch_number(part)) is not None]
    if len(pitches) < len(name.split()):
        raise ValueError(f"{name!r} is no name of a chord: write its pitches, as in 'E2 B2'.")
    return pitches[0], sum(1 << (pitch - pitches[0]) for pitch in pitches)
