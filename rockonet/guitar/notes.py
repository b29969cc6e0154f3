"""The notes of a riff as a hand plays them: what everything that writes a riff down begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.common.techniques import BENDS, JOINED, Technique, harmonic_semitones
from rockonet.common.theory import TICKS_PER_QUARTER
from rockonet.common.tunings import STANDARD_TUNING
from rockonet.dataset.events import event_pitches, onsets
from rockonet.explore.midi_techniques import are_muted
from rockonet.guitar.notation import NotatedEvent

MUTED_TICKS = 1  # what sounds no longer, a twelfth of a quarter note, is a palm mute
TREMOLO_TEMPO = 100  # up to which thirty-seconds can be picked, 13 strokes a second
JOINED_TICKS = TICKS_PER_QUARTER // 2  # a shorter silence between two notes does not part them
_SILENT = Technique.PALM_MUTE | Technique.DEAD  # what is short, however it is written


@dataclass(frozen=True)
class PlayedNote:
    """One note of a symbol, and how it is played.

    pitch: MIDI number of the fret. string: counted from the lowest, which is 0. fret: 0 is the open
    string; both are −1 where the event cannot be fingered. tied: whether the note goes on from the
    symbol before; it says then only what goes on with it. technique: flags of `Technique`, those of
    a bend where this string is bent. bend: quarter tones at its height. origin: the fret of the
    note before it on its string from which `LEGATO` or `SLIDE` lead here, −1 for none. leads: these
    two, if they lead from here to `target`, the fret of the note that follows on its string; −1 for
    none.
    """

    pitch: int
    string: int
    fret: int
    tied: bool
    technique: Technique = Technique(0)
    bend: int = 0
    origin: int = -1
    leads: Technique = Technique(0)
    target: int = -1

    @property
    def muted(self) -> bool:
        """Whether the palm damps it."""
        return bool(self.technique & Technique.PALM_MUTE)


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


def bent_pitches(event: np.void) -> set[int]:
    """The pitches of an event whose strings are bent, as the fingers hold them."""
    bent = int(event["bent"])
    return {pitch for i, pitch in enumerate(event_pitches(event)) if bent >> i & 1}


def note_technique(event: np.void, pitch: int) -> Technique:
    """How one note of an event is played: bends only if its string is bent."""
    flags = Technique(int(event["technique"]))
    return flags if pitch in bent_pitches(event) else flags & ~BENDS


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
    for number, symbol in enumerate(symbols):
        i = symbol.event
        if i < 0:
            notes.append(())
            continue
        # What leads on joins notes between which there is no rest.
        touches = number > 0 and symbols[number - 1].event == i - 1 >= 0
        leads_on = number + 1 < len(symbols) and symbols[number + 1].event == i + 1
        joined = touches and joins(events, frets, i).any()
        found = []
        for pitch, string, fret in held_notes(events[i], frets[i], open_strings):
            flags = note_technique(events[i], pitch)
            # MIDI has no palm mutes: a file plays them far shorter than anybody would write them.
            if events["duration"][i] <= MUTED_TICKS < symbol.duration and not flags & _SILENT:
                flags |= Technique.PALM_MUTE
            origin, leads, target = -1, Technique(0), -1
            if joined and string >= 0 and joins(events, frets, i)[string]:
                origin = int(frets[i - 1][string])
            elif joined:
                flags &= ~JOINED  # of a chord, only the strings on which the hand comes from a note
            if leads_on and string >= 0 and joins(events, frets, i + 1)[string]:
                leads = Technique(int(events["technique"][i + 1])) & JOINED
                target = int(frets[i + 1][string])
            if symbol.tied:
                flags, origin = flags & ~(BENDS | JOINED), -1
            bend = int(events["bend"][i]) if flags & BENDS else 0
            place = (pitch, string, fret, symbol.tied)
            found.append(PlayedNote(*place, flags, bend, origin, leads, target))
        notes.append(tuple(found))
    return notes


def tremolo_value(tempo_bpm: float) -> int:
    """The note value of a tremolo: the shortest that a hand can pick at a tempo."""
    return 32 if tempo_bpm <= TREMOLO_TEMPO else 16


def joins(events: np.ndarray, frets: np.ndarray, i: int) -> np.ndarray:
    """On which strings `LEGATO` or `SLIDE` lead to event `i` from the one before: bools.

    On those that go on to another fret: nobody hammers a string to the fret where it is.
    """
    if i == 0 or not int(events["technique"][i]) & JOINED:
        return np.zeros(frets.shape[1], bool)
    return (frets[i] >= 0) & (frets[i - 1] >= 0) & (frets[i] != frets[i - 1])


def sounding_notes(
    events: np.ndarray, frets: np.ndarray, open_strings: Sequence[int] = STANDARD_TUNING
) -> dict[str, np.ndarray]:
    """The notes of events as they sound: until their string or their pitch is struck again.

    events: of dtype `EVENT`. frets: ints (n_events, n_strings), as in `Fingering`; a chord that
    cannot be fingered sounds as long as it is written. open_strings: their pitches, lowest first.
    Returns arrays as `notes_from_events` does; two strings of one pitch are two notes, and a
    harmonic is as high as it sounds. There are more columns: ``string`` and ``fret``, ``technique``
    and ``bend`` of each note, and ``slide``, the frets that its finger slides at the end, to the
    note that follows on its string.
    """
    rows = []
    struck_again: dict[tuple[str, int], int] = {}  # each pitch and each string, when
    onset = onsets(events)
    for i in range(len(events) - 1, -1, -1):
        event, begin = events[i], int(onset[i])
        again: dict[tuple[str, int], int] = {}
        follows = i + 1 < len(events) and int(events["technique"][i + 1]) & Technique.SLIDE
        slides = joins(events, frets, i + 1) if follows else np.zeros(frets.shape[1], bool)
        for pitch, string, fret in reversed(held_notes(event, frets[i], open_strings)):
            keys = [("pitch", pitch)] + [("string", string)] * (string >= 0)
            room = min(struck_again.get(key, 1 << 40) for key in keys) - begin
            flags = note_technique(event, pitch)
            bend = int(event["bend"]) if flags & BENDS else 0
            length = min(MUTED_TICKS if flags & _SILENT else int(event["duration"]), room)
            slide = 0
            if (
                string >= 0
                and slides[string]
                and not flags & _SILENT
                and onset[i + 1] - begin - length < JOINED_TICKS
            ):
                slide = int(frets[i + 1][string]) - fret
            sounds = pitch
            if flags & Technique.HARMONIC and string >= 0:
                sounds = open_strings[string] + (harmonic_semitones(fret) or fret + 12)
            loud = int(event["velocity"])
            rows.append((0, begin, length, sounds, loud, string, fret, int(flags), bend, slide))
            again.update(dict.fromkeys(keys, begin))
        struck_again |= again
    names = (
        *("track", "onset", "duration", "pitch", "velocity"),
        *("string", "fret", "technique", "bend", "slide"),
    )
    columns = np.array(rows[::-1], np.int64).reshape(-1, len(names)).T
    return dict(zip(names, columns, strict=True))


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
