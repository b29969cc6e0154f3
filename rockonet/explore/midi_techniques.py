"""How the notes of MIDI guitars are played, by wheel, program, legato switch and length."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from symusic.core import TrackTick

from rockonet.common.techniques import Technique, harmonic_semitones
from rockonet.common.theory import TICKS_PER_QUARTER
from rockonet.common.tunings import STANDARD_TUNING
from rockonet.explore.channel_settings import ChannelSettings
from rockonet.explore.parts import GuitarPart, Guitars
from rockonet.explore.pitch_wheel import WheelReading, read_wheels
from rockonet.explore.tracks import joined_columns

MUTED_PROGRAM, HARMONIC_PROGRAM = 28, 31  # of General MIDI: guitars that always play so
# How long programs play a palm mute, however fast the music is: alphaTab 0.08, TuxGuitar 0.06.
MUTED_SECONDS = 0.085
DEAD_QUARTERS, DEAD_VELOCITY = 1 / 24, 40  # a click: shorter than a palm mute, and softer
HARMONIC_FRETS = (12, 7, 5)  # where a string is touched, the most usual place first
NATURAL_SHARE = 0.75  # of the notes of a track: else it is a melody that only sounds so
_PALM_MUTE, _LEGATO, _DEAD, _HARMONIC = map(
    int, (Technique.PALM_MUTE, Technique.LEGATO, Technique.DEAD, Technique.HARMONIC)
)


def with_techniques(songs: Sequence[Guitars]) -> list[Guitars]:
    """Songs whose parts say how their notes are played, which is read from their MIDI tracks.

    Their notes get the columns ``technique`` and ``bend``, and the pitches that fingers hold; what
    a finger slides on to is a note of its own. Parts that have them, from tablature, stay as they
    are. Remarks say what is moved as a whole, and count what no finger does.
    """
    parts = [part for song in songs for part in song.parts if "technique" not in part.notes]
    if not parts:
        return list(songs)
    tracks = [track for part in parts for track in part.tracks]
    of_track = np.repeat(np.arange(len(parts)), [len(part.tracks) for part in parts])  # its part
    sizes = [
        len(track.notes) if len(part.tracks) > 1 else len(part.notes["time"])
        for part in parts
        for track in part.tracks
    ]
    timings = [
        song.timing for song in songs for part in song.parts if "technique" not in part.notes
    ]
    quarter = np.array([timing.ticks_per_quarter for timing in timings])
    second = quarter * np.array([timing.tempo_bpm / 60 for timing in timings])
    _, notes = joined_columns([part.notes for part in parts])
    notes["track"] = np.repeat(np.arange(len(tracks)), sizes)
    notes["technique"], notes["bend"] = np.zeros((2, len(notes["time"])), np.int64)
    settings = [channel for part in parts for channel in part.settings]
    reading = _with_wheels(notes, tracks, settings, second[of_track])
    notes = reading.notes
    _add_from_tracks(notes, tracks, settings)
    part = of_track[notes["track"]]
    _add_mutes(notes, part, quarter, second)
    ends = np.cumsum(np.bincount(part, minlength=len(parts))).tolist()
    bounds = iter(zip([0, *ends], ends, strict=False))
    first = np.searchsorted(of_track, np.arange(len(parts)))
    moves = iter(reading.semitones[first].tolist())
    lost = iter(np.bincount(of_track, reading.left_out, len(parts)).astype(int).tolist())
    del notes["track"]
    return [_song(song, notes, bounds, moves, lost) for song in songs]


def _song(
    song: Guitars,
    notes: dict[str, np.ndarray],
    bounds: Iterator[tuple[int, int]],
    moves: Iterator[int],
    lost: Iterator[int],
) -> Guitars:
    """A song with the next of these notes; what there is of each part, by parts."""
    parts: list[GuitarPart] = []
    moved, left_out = [], 0
    for part in song.parts:
        if "technique" not in part.notes:
            begin, end = next(bounds)
            mine = {name: column[begin:end] for name, column in notes.items()}
            semitones = next(moves)
            if semitones:
                moved.append(f"{semitones:+}")
            semitones += part.semitones
            part = dataclasses.replace(part, notes=mine, semitones=semitones)
            left_out += next(lost)
        parts.append(part)
    remarks = [
        f"{what}: {count}"
        for what, count in (
            ("tuning by the pitch wheel in semitones, as it sounds", " ".join(moved)),
            ("notes that the pitch wheel moves as no finger does, read without it", left_out),
        )
        if count
    ]
    return dataclasses.replace(song, parts=tuple(parts), remarks=(*song.remarks, *remarks))


def _with_wheels(
    notes: dict[str, np.ndarray],
    tracks: Sequence[TrackTick],
    settings: Sequence[ChannelSettings],
    second: np.ndarray,
) -> WheelReading:
    """The notes as the wheels say, if there are any."""
    wheels = [track.pitch_bends.numpy() if len(track.pitch_bends) else {} for track in tracks]
    wheels = [wheel if wheel and wheel["value"].any() else {} for wheel in wheels]
    return read_wheels(notes, wheels, [channel.reach for channel in settings], second)


def _add_from_tracks(
    notes: dict[str, np.ndarray], tracks: Sequence[TrackTick], settings: Sequence[ChannelSettings]
) -> None:
    """Add what programs and switches say of all notes of a track, or of some."""
    bounds = np.searchsorted(notes["track"], np.arange(len(tracks) + 1)).tolist()
    for number, (track, channel) in enumerate(zip(tracks, settings, strict=True)):
        mine = slice(bounds[number], bounds[number + 1])
        if track.program == MUTED_PROGRAM:
            notes["technique"][mine] |= _PALM_MUTE
        elif track.program == HARMONIC_PROGRAM:
            touched = _TOUCHED[np.clip(notes["pitch"][mine], 0, 127)]
            natural = (touched >= 0) & (np.mean(touched >= 0) >= NATURAL_SHARE)
            notes["technique"][mine] |= np.where(natural, _HARMONIC, 0)
            notes["pitch"][mine] = np.where(natural, touched, notes["pitch"][mine])
        if channel.legato:
            on = np.searchsorted(channel.legato, notes["time"][mine], "right") % 2 == 1
            notes["technique"][mine] |= np.where(on, _LEGATO, 0)


def _touched_pitches() -> np.ndarray:
    """By how a harmonic sounds: the pitch of the fret over which an open string is touched; −1 if
    no open string sounds so."""
    touched = np.full(128, -1)
    for fret in reversed(HARMONIC_FRETS):
        for string in STANDARD_TUNING:
            touched[string + harmonic_semitones(fret)] = string + fret
    return touched


_TOUCHED = _touched_pitches()


def _add_mutes(
    notes: dict[str, np.ndarray], part: np.ndarray, quarter: np.ndarray, second: np.ndarray
) -> None:
    """Add palm mutes and dead notes, which are short; quarter, second: in ticks, of each part."""
    muted = are_muted(notes, part, quarter, second)
    dead = muted & (notes["velocity"] <= DEAD_VELOCITY)
    dead &= notes["duration"] <= DEAD_QUARTERS * quarter[part]
    notes["technique"] |= np.where(dead, _DEAD, np.where(muted, _PALM_MUTE, 0))


def are_muted(
    notes: dict[str, np.ndarray], part: np.ndarray, quarter: np.ndarray, second: np.ndarray
) -> np.ndarray:
    """Which notes are palm mutes by their length: bools (n_notes,).

    notes: columns ``time duration …`` in ticks. part: of each note, ascending. quarter, second: how
    many ticks they have, of each part. A palm mute sounds for `MUTED_SECONDS` or less, and for no
    more than two thirds of the time until the next note.
    """
    muted = notes["duration"] <= (MUTED_SECONDS * second)[part]
    short = np.flatnonzero(muted)
    grid = (quarter / TICKS_PER_QUARTER)[part]  # on which a chord is together
    struck = (part << 40) + np.rint(notes["time"] / grid).astype(np.int64)
    after = np.append(np.sort(struck, kind="stable"), (part[-1:] + 1) << 40)
    after = after[np.searchsorted(after, struck[short], "right")]
    room = (after - (part[short] << 40)) * grid[short] - notes["time"][short]
    last = after >> 40 != part[short]
    muted[short] = last | (3 * notes["duration"][short] <= 2 * room)
    return muted
