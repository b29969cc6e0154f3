"""The guitars of a score, each as one part that is ready for the grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from symusic.core import ScoreTick, TrackTick

from rockonet.explore.channel_settings import semitones_of_channel
from rockonet.explore.meters import Timing, timing_of
from rockonet.explore.strums import STRUM_SECONDS, join_strums, part_graces
from rockonet.explore.tracks import (
    GUITAR_NAMES,
    TECHNIQUE_COLUMNS,
    grid_ticks,
    guitar_tracks,
    joined_columns,
    sorted_notes,
)

STRUM_QUARTERS = 0.2  # strings of a strum are never further apart, however fast the song is


@dataclass(frozen=True)
class GuitarPart:
    """What one guitarist plays.

    name: of its tracks. program: the General MIDI program of most of its notes, from 0. tracks: of
    the score, more than one where channels or programs change in mid-part; each has a pitch wheel
    of its own. notes: columns ``time duration pitch velocity``, in ticks of the file, the pitches
    as they sound; with ``technique`` and ``bend``, as a finger holds them. semitones: by which its
    channel is tuned higher than they are written.
    """

    name: str
    program: int
    tracks: tuple[TrackTick, ...]
    notes: dict[str, np.ndarray]
    semitones: int = 0


@dataclass(frozen=True)
class Guitars:
    """The guitars of a score, how their time is counted, and what was changed, in sentences."""

    parts: tuple[GuitarPart, ...]
    timing: Timing
    remarks: tuple[str, ...] = ()


def guitar_parts(
    score: ScoreTick,
    programs: Iterable[int] = range(26, 32),
    track_names: str = "",
    played: Mapping[str, dict[str, np.ndarray]] = MappingProxyType({}),
) -> Guitars:
    """The guitars of a score; tracks with the same name are one guitar's.

    programs, track_names: which tracks count, as in `guitar_tracks`. Of a guitarist with such a
        track, those with another guitar's program belong to it too.
    played: by the name of a track, its notes as they are played, if the file says so; see
        `GuitarPart`.
    Tempo and meter are those that govern most of what all of them play.
    """
    programs = set(programs)
    by_name: dict[str, list[TrackTick]] = {}
    others = []
    for track in guitar_tracks(score, programs, track_names):
        if track.program in GUITAR_NAMES:
            by_name[track.name] = []
        else:
            others.append([track])
    if by_name:
        for track in guitar_tracks(score, GUITAR_NAMES):
            by_name.get(track.name, []).append(track)
    parts = tuple(_part(tracks, played) for tracks in (*by_name.values(), *others))
    onsets = np.concatenate([np.zeros(0, np.int32), *(part.notes["time"] for part in parts)])
    return Guitars(parts, timing_of(score, onsets), part_remarks(parts))


def _part(tracks: Sequence[TrackTick], played: Mapping[str, dict[str, np.ndarray]]) -> GuitarPart:
    columns = [dict(played.get(track.name) or track.notes.numpy()) for track in tracks]
    moves = [semitones_of_channel(track) for track in tracks]
    for notes, semitones in zip(columns, moves, strict=True):
        if semitones:
            notes["pitch"] = np.clip(notes["pitch"] + semitones, 0, 127)
    _, notes = joined_columns(columns) if len(tracks) > 1 else (None, columns[0])
    sizes: dict[int, int] = {}
    for track in tracks:
        sizes[track.program] = sizes.get(track.program, 0) + len(track.notes)
    return GuitarPart(
        tracks[0].name.strip(), max(sizes, key=sizes.__getitem__), tuple(tracks), notes, moves[0]
    )


def part_remarks(parts: Sequence[GuitarPart]) -> tuple[str, ...]:
    """What was changed, in sentences that `report_table` counts by their beginning."""
    torn = [part for part in parts if len(part.tracks) > 1]
    tuned = [f"{part.semitones:+}" for part in parts if part.semitones]
    return tuple(
        f"{what}: {count}"
        for what, count in (
            ("guitars on several channels or programs, joined", len(torn)),
            ("tuning of the channel in semitones, as it sounds", " ".join(tuned)),
        )
        if count
    )


def part_notes(songs: Sequence[Guitars]) -> dict[str, np.ndarray]:
    """The notes of all parts of some songs on the grid, as `score_notes` gives those of tracks.

    A strummed chord is struck at one time, a grace note before its note; bars of the song's meter
    begin at multiples of a bar.
    """
    parts = [part for song in songs for part in song.parts]
    number, notes = joined_columns([part.notes for part in parts])
    timings = [song.timing for song in songs for _ in song.parts]
    key = (number << 48) + (notes["time"].astype(np.int64) << 8) + notes["pitch"]
    order = np.argsort(key, kind="stable")
    number, time, pitch = number[order], key[order] >> 8 & (1 << 40) - 1, notes["pitch"][order]
    duration = notes["duration"][order].astype(np.int64)
    quarter, shift, window = (
        np.array(values, np.int64)[number]
        for values in (
            [timing.ticks_per_quarter for timing in timings],
            [timing.shift for timing in timings],
            [_strum_ticks(timing) for timing in timings],
        )
    )
    pitch = pitch.astype(np.int64)
    end = time + duration
    struck = join_strums(number, time, end, pitch, window)
    onset = part_graces(number, struck, end, pitch, grid_ticks(struck, quarter))
    return sorted_notes(
        number,
        onset + shift,
        grid_ticks(end - struck, quarter),
        pitch,
        notes["velocity"][order],
        **{name: notes[name][order] for name in TECHNIQUE_COLUMNS if name in notes},
    )


def _strum_ticks(timing: Timing) -> int:
    quarters = min(STRUM_SECONDS * timing.tempo_bpm / 60, STRUM_QUARTERS)
    return int(quarters * timing.ticks_per_quarter)


def player_tracks(score: ScoreTick) -> list[TrackTick]:
    """The tracks of a score that have notes; those of one guitarist as one track."""
    played: list[TrackTick] = []
    guitars: dict[str, TrackTick] = {}
    for track in score.tracks:
        if not len(track.notes):
            continue
        if track.is_drum or track.program not in GUITAR_NAMES:
            played.append(track)
        elif track.name not in guitars:
            guitars[track.name] = track.copy()
            played.append(guitars[track.name])
        else:
            whole = guitars[track.name]
            for name in ("notes", "controls", "pitch_bends", "pedals"):
                getattr(whole, name).extend(getattr(track, name))
            whole.sort()
    return played
