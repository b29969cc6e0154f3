"""What is struck at almost one time: the strings of a strummed chord, and grace notes.

Told apart as by ear: the strings of a chord ring on together, a grace note ends when its note
begins.
"""

from __future__ import annotations

import numpy as np

STRUM_SECONDS = (
    0.06  # from one string to the next; 16th notes are as short at 250 quarters a minute
)
MOST_STRINGS = 8


def join_strums(
    part: np.ndarray, time: np.ndarray, end: np.ndarray, pitch: np.ndarray, window: np.ndarray
) -> np.ndarray:
    """The times of notes, those of a strummed chord all that of its first note.

    part, time, end, pitch: of each note, ints (n_notes,), sorted by part, time and pitch; times in
        ticks of a file. window: for each note the ticks that strings of a strum are apart at most.
    A strum has notes of different pitches; each rings on beyond the next strike, for half of the
    shorter one of the two, and all of them ring when the last one is struck.
    """
    if len(time) < 2:
        return time
    gap = np.diff(time)
    length = end - time
    rings = 2 * (end[:-1] - time[1:]) >= np.minimum(length[:-1], length[1:])
    joined = (np.diff(part) == 0) & (gap <= window[1:]) & ((gap == 0) | rings)
    if not (gap[joined] > 0).any():
        return time
    chain = np.concatenate([[0], np.cumsum(~joined)])
    first = np.flatnonzero(np.concatenate([[True], ~joined]))
    last = np.append(first[1:], len(time)) - 1
    strum = (time[last] > time[first]) & (last - first < MOST_STRINGS)
    strum &= np.minimum.reduceat(end, first) > time[last]
    struck = np.sort(((chain << 8) + pitch)[strum[chain]])
    strum[struck[1:][np.diff(struck) == 0] >> 8] = False  # a pitch twice
    return np.where(strum[chain], time[first][chain], time)


def part_graces(
    part: np.ndarray, time: np.ndarray, end: np.ndarray, pitch: np.ndarray, onset: np.ndarray
) -> np.ndarray:
    """Onsets on the grid, a tick earlier for grace notes that would fall together with their note.

    part, time, end, pitch: as in `join_strums`. onset: time on the grid, ints (n_notes,).
    """
    same = (np.diff(part) == 0) & (np.diff(onset) == 0)
    graces = np.flatnonzero(same & (end[:-1] <= time[1:]) & (np.diff(pitch) != 0))
    if len(graces) == 0:
        return onset
    onset = onset.copy()
    for last in graces[::-1].tolist():
        first = last  # of the notes that are struck with the grace note
        while first and part[first - 1] == part[last] and onset[first - 1] == onset[last]:
            first -= 1
        free = first == 0 or part[first - 1] != part[last] or onset[first - 1] < onset[last] - 1
        if free and onset[last] and (end[first : last + 1] <= time[last + 1]).all():
            onset[first : last + 1] -= 1
    return onset
