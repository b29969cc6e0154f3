"""From a score to notes: which tracks are guitars, and what they play on the grid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from symusic.core import ScoreTick, TrackTick, TrackTickList

from rockonet.common.theory import TICKS_PER_QUARTER, meter_ticks
from rockonet.explore.meters import score_timing

GUITAR_NAMES = {
    24: "nylon guitar",
    25: "steel guitar",
    26: "jazz guitar",
    27: "clean guitar",
    28: "muted guitar",
    29: "overdriven guitar",
    30: "distortion guitar",
    31: "guitar harmonics",
}
# Columns of notes, where it is known how they are played: flags of `Technique`, quarter tones. The
# pitch is then the one that a finger holds.
TECHNIQUE_COLUMNS = ("technique", "bend")
PROGRAM_FAMILIES = (
    "piano|chromatic percussion|organ|guitar|bass|strings|ensemble|brass|reed|pipe|synth lead|"
    "synth pad|synth effects|ethnic|percussive|sound effects"
).split("|")  # General MIDI: family i holds the programs 8 * i to 8 * i + 7

_GUITAR_WORD = re.compile(r"g(?:ui|it|tr)", re.IGNORECASE)
_NO_GUITARS = {*range(1, 24), *range(32, 40)}  # keyboards and basses; many files leave program 0
_NO_GUITAR_NAME = re.compile(r"bass|piano|key|organ|synth", re.IGNORECASE)


def guitar_tracks(
    score: ScoreTick, programs: Iterable[int] = range(26, 32), track_names: str = ""
) -> list[TrackTick]:
    """The tracks with notes whose program is a guitar.

    programs: General MIDI programs counted from 0; 26–31 are the electric guitars.
    track_names: a regular expression; tracks with a name in which it is found count too, whatever
        their program, as in ``"guitar|gtr"``. Case does not matter. But a bass or a keyboard is no
        guitar because its name has the word.
    Raises: ValueError if that is no regular expression.
    Notebook: 01.
    """
    programs, wanted = set(programs), name_pattern(track_names)
    return [
        track
        for track in score.tracks
        if (track.program in programs or _is_named(track, wanted))
        and not track.is_drum
        and len(track.notes)
    ]


def name_pattern(track_names: str) -> re.Pattern[str]:
    """The names that `guitar_tracks` looks for; of no text it finds nothing.

    Raises: ValueError if the text is no regular expression.
    """
    try:
        return re.compile(track_names or r"(?!)", re.IGNORECASE)
    except re.error as error:
        raise ValueError(
            f"track_names={track_names!r} is no regular expression ({error}): write words with | "
            'between them, as in "guitar|gtr", and a backslash before a bracket that is meant.'
        ) from None


def _is_named(track: TrackTick, wanted: re.Pattern[str]) -> bool:
    found = wanted.search(track.name)
    if found and _GUITAR_WORD.search(found[0]):
        return not (track.program in _NO_GUITARS or _NO_GUITAR_NAME.search(track.name))
    return bool(found)


def score_notes(
    tracks: Sequence[TrackTick], ticks_per_quarter: int | Sequence[int]
) -> dict[str, np.ndarray]:
    """All notes of some tracks on the grid of 12 ticks to the quarter note.

    ticks_per_quarter: of the file, or one for each track if they are from several files.
    Returns int arrays ``track`` (place in `tracks`), ``onset`` and ``duration`` (ticks; at least
    1), ``pitch`` (MIDI number) and ``velocity`` (1–127), all (n_notes,), sorted by track, onset
    and pitch.
    Notebook: 01.
    """
    columns = [track.notes.numpy() for track in tracks]
    number, notes = joined_columns(columns)
    quarter = np.broadcast_to(np.asarray(ticks_per_quarter, np.int64), len(columns))[number]
    onset, duration = grid_ticks(notes["time"], quarter), grid_ticks(notes["duration"], quarter)
    return sorted_notes(number, onset, duration, notes["pitch"], notes["velocity"])


def joined_columns(
    columns: Sequence[dict[str, np.ndarray]],
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The notes of several tracks as one table, and of which track each note is.

    Where a track says how its notes are played, the table has those columns too.
    """
    number = np.repeat(np.arange(len(columns)), [len(c["time"]) for c in columns])
    names = ["time", "duration", "pitch", "velocity"]
    names += [name for name in TECHNIQUE_COLUMNS if any(name in c for c in columns)]
    return number, {
        name: np.concatenate(
            [np.zeros(0, np.int64), *(c.get(name, np.zeros(len(c["time"]), int)) for c in columns)]
        )
        for name in names
    }


def grid_ticks(ticks: np.ndarray, quarter: np.ndarray | int) -> np.ndarray:
    """Ticks of files with so many to the quarter note, on the grid: rounded, halves up."""
    return (2 * TICKS_PER_QUARTER * ticks + quarter) // (2 * quarter)


def sorted_notes(
    track: np.ndarray,
    onset: np.ndarray,
    duration: np.ndarray,
    pitch: np.ndarray,
    velocity: np.ndarray,
    **more: np.ndarray,
) -> dict[str, np.ndarray]:
    """What `score_notes` returns, of notes on the grid in any order; more: columns besides."""
    by_track_onset_pitch = (track << 48) + (onset << 8) + pitch
    order = np.argsort(by_track_onset_pitch, kind="stable")
    return {
        "track": track[order],
        "onset": onset[order],
        "duration": np.maximum(duration, 1)[order],
        "pitch": pitch[order],
        "velocity": velocity[order],
        **{name: column[order] for name, column in more.items()},
    }


def bar_ticks(score: ScoreTick) -> int:
    """The length of a bar in ticks of 12 to the quarter, in the meter of most of it: 48 in 4/4.

    Notebook: 01.
    """
    return meter_ticks(score_timing(score).meter)


def songs_with_guitar(scores: dict[Path, ScoreTick]) -> list[Path]:
    """The files among those of `read_folder` that have an electric guitar.

    Raises: ValueError if there is none.
    Notebook: 01.
    """
    found = [path for path, score in scores.items() if guitar_tracks(score)]
    if not found:
        raise ValueError(
            f"None of the {len(scores)} MIDI files that could be read has an electric guitar. "
            "Choose another folder with settings(data=...) or ROCKONET_DATA."
        )
    return found


def track_label(track: TrackTick) -> str:
    """A track's own name, its instrument and its number of notes, for lists and titles.

    Notebook: 01.
    """
    instrument = GUITAR_NAMES.get(track.program, PROGRAM_FAMILIES[track.program // 8])
    if track.is_drum:
        instrument = "drums"
    return f"{track.name.strip() or 'unnamed'} ({instrument}, {len(track.notes)} notes)"


def only_tracks(score: ScoreTick, tracks: Iterable[TrackTick]) -> ScoreTick:
    """A copy of a score's tempos and meters with only the given tracks. Notebook: 01."""
    part = ScoreTick(score.ticks_per_quarter)
    part.tempos, part.time_signatures = score.tempos, score.time_signatures
    part.tracks.extend(TrackTickList(tracks))
    return part
