"""Notes that never end: a file forgot to say so, a guitar would not."""

from __future__ import annotations

import numpy as np
from symusic.core import NoteTickList, ScoreTick

from rockonet.common.theory import is_meter
from rockonet.explore.track_marks import FAR


def end_loose_notes(score: ScoreTick) -> int:
    """End the notes of a score that end only in the tails of `track_marks`; how many there were.

    Such a note ends at the next strike of its pitch, after the length of a bar, or where its part
    ends, whatever comes first.
    """
    if score.end() < FAR:
        return 0
    loose = 0
    bars = [(0, 4 * score.ticks_per_quarter)]
    for s in score.time_signatures:
        if is_meter(s.numerator, s.denominator):
            bars.append((s.time, 4 * score.ticks_per_quarter * s.numerator // s.denominator))
    for track in score.tracks:
        if track.end() >= FAR:
            columns = track.notes.numpy()
            loose += _end_loose(columns, bars)
            track.notes = NoteTickList.from_numpy(
                *(columns[name] for name in ("time", "duration", "pitch", "velocity"))
            )
    return loose


def _end_loose(columns: dict[str, np.ndarray], bars: list[tuple[int, int]]) -> int:
    """Write new durations into the notes of one track; how many notes never ended."""
    time, duration, pitch = (columns[name] for name in ("time", "duration", "pitch"))
    count = 0
    for struck in np.unique(pitch[duration >= FAR]):
        mine = np.flatnonzero(pitch == struck)
        mine = mine[np.argsort(time[mine], kind="stable")]
        ends = np.sort(time[mine].astype(np.int64) + duration[mine])
        part_end = int(ends[-1]) - FAR
        # The reader gave each end to the first note that had none: here it goes to the last one.
        ends = ends[ends < FAR].tolist()[::-1]
        onsets = [*time[mine].tolist(), 1 << 60]
        for note, onset, following in zip(mine, onsets, onsets[1:], strict=False):
            while ends and ends[-1] <= onset:
                ends.pop()
            if ends and ends[-1] <= following:
                duration[note] = ends.pop() - onset
                continue
            count += 1
            bar = [length for begin, length in bars if begin <= onset][-1]
            rest = part_end - onset
            duration[note] = min(following - onset, bar, rest if rest > 0 else bar) or 1
    return count
