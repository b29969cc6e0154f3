"""A score as the SoundFont plays it, in blocks, whose memory does not grow with its length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from symusic.core import (
    ControlChangeTick,
    ControlChangeTickList,
    NoteTickList,
    PitchBendTickList,
    ScoreTick,
    TrackTick,
)

from rockonet.explore.filters import Blocks, overlapping
from rockonet.explore.sound import synthesised
from rockonet.explore.tracks import only_tracks

PIECE_SECONDS = 10  # which the SoundFont plays at a time
_Changes = TypeVar("_Changes", ControlChangeTickList, PitchBendTickList)


def dry_blocks(
    score: ScoreTick,
    n_samples: int,
    first: int = 0,
    last: int | None = None,
    begin: float = 0.0,
) -> Blocks:
    """The notes of a score of one tempo that begin from tick to tick, as the SoundFont plays them.

    It does so piece by piece, and without the hall that its synthesiser adds. begin: how many
    seconds before the score.
    """
    tick_seconds = 60 / score.tempos[0].qpm / score.ticks_per_quarter
    step = round(PIECE_SECONDS / tick_seconds)
    last = score.end() if last is None else last

    def pieces() -> Iterator[tuple[int, np.ndarray]]:
        for start in range(first, last, step):
            piece = _piece(score, start, min(start + step, last))
            if piece.note_num():
                sound = synthesised(piece)
                yield round((begin + start * tick_seconds) * sound.rate), sound.samples.T

    return overlapping(pieces(), n_samples)


def _piece(score: ScoreTick, first: int, last: int) -> ScoreTick:
    """What of a score begins from tick to tick, as if that were all: notes, controls and wheel."""
    tracks = []
    for track in score.tracks:
        piece = TrackTick(track.name, track.program, track.is_drum)
        notes = track.notes.numpy()
        inside = (first <= notes["time"]) & (notes["time"] < last)
        columns = {name: column[inside] for name, column in notes.items()}
        columns["time"] -= first
        piece.notes = NoteTickList.from_numpy(*columns.values())
        end = (columns["time"] + columns["duration"]).max(initial=0)
        piece.controls = _changes(track.controls, first, end)
        piece.pitch_bends = _changes(track.pitch_bends, first, end)
        for reverb_or_chorus in (91, 93):
            piece.controls.append(ControlChangeTick(0, reverb_or_chorus, 0))
        tracks.append(piece)
    return only_tracks(score, tracks)


def _changes(changes: _Changes, first: int, length: int) -> _Changes:
    """What is set in a piece; what was set before it holds on."""
    columns = changes.numpy()
    inside = columns["time"] < first + length
    columns = {name: column[inside] for name, column in columns.items()}
    columns["time"] = np.maximum(columns["time"] - np.int32(first), np.int32(0))
    return type(changes).from_numpy(*columns.values())
