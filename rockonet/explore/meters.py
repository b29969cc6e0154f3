"""The meter and the tempo that govern a part, and where its bars begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from symusic.core import ScoreTick

from rockonet.common.theory import TICKS_PER_QUARTER, is_meter, is_tempo, meter_ticks

SAME_TEMPO = 0.03  # tempos that differ by so little are one, played by a human


@dataclass(frozen=True)
class Timing:
    """How the time of a song is counted.

    meter: (beats, note value), tempo_bpm: quarter notes a minute, both those that are in force
    where most is played. shift: ticks of 12 to the quarter by which notes have to be later, so that
    bars of that meter begin at multiples of a bar; less than a bar. ticks_per_quarter: of the file.
    """

    meter: tuple[int, int]
    tempo_bpm: float
    shift: int
    ticks_per_quarter: int


def timing_of(score: ScoreTick, onsets: np.ndarray) -> Timing:
    """What governs notes that begin at these ticks of the file: each quarter note with one counts.

    Where a meter's bars begin at several places of a bar, because of an odd bar between them, those
    of most of the music are kept.
    """
    quarter = score.ticks_per_quarter
    meters = _meters(score)
    if len(meters) > 1 or len(score.tempos) > 1:
        few = _one_a_quarter(onsets, quarter)  # of each part, which saves sorting all
        onsets = _one_a_quarter(np.sort(few), quarter) if len(onsets) else np.zeros(1, np.int64)
    else:
        onsets = np.zeros(1, np.int64)  # where there is no choice, nothing has to be counted
    weights = _quarters(list(meters), onsets)
    meter = _heaviest(zip(meters.values(), weights, strict=True))
    bar = meter_ticks(meter)
    place = _heaviest(
        (round(TICKS_PER_QUARTER * begin / quarter) % bar, weight)
        for begin, weight in zip(meters, weights, strict=True)
        if meters[begin] == meter
    )
    return Timing(meter, _tempo(score, onsets), -place % bar, quarter)


def opening_timing(score: ScoreTick, onsets: np.ndarray, bars: int) -> Timing:
    """What governs all of these notes, with the bars as they are at their beginning.

    bars: how many of them count, from the first note on.
    """
    whole = timing_of(score, onsets)
    length = bars * meter_ticks(whole.meter) * score.ticks_per_quarter // TICKS_PER_QUARTER
    opening = timing_of(score, onsets[onsets < onsets.min() + length])
    return replace(whole, shift=opening.shift) if opening.meter == whole.meter else whole


def score_timing(score: ScoreTick) -> Timing:
    """What governs all notes of a score."""
    onsets = [track.notes.numpy()["time"] for track in score.tracks]
    return timing_of(score, np.concatenate([np.zeros(0, np.int64), *onsets]))


def _meters(score: ScoreTick) -> dict[int, tuple[int, int]]:
    """The meters of a score by where they begin; each is another one than the one before."""
    written = {
        s.time: (s.numerator, s.denominator)
        for s in score.time_signatures
        if is_meter(s.numerator, s.denominator)
    }
    first, meter = min(written.items(), default=(0, (4, 4)))
    if first >= score.ticks_per_quarter * meter_ticks(meter) // TICKS_PER_QUARTER:
        written[0] = (4, 4)  # as MIDI has it; what is shorter is a pickup, and has no meter
    kept: dict[int, tuple[int, int]] = {}
    for begin in sorted(written) or [0]:
        if not kept or written[begin] != meter:
            meter = kept[begin] = written.get(begin, meter)
    return kept


def _tempo(score: ScoreTick, onsets: np.ndarray) -> float:
    if not len(score.tempos):
        return 120.0
    columns = score.tempos.numpy()
    tempos = 60e6 / np.maximum(columns["mspq"], 1)
    music = is_tempo(tempos)
    if not music.any():
        return 120.0
    if len(tempos) == 1:
        return float(tempos[0])
    values, place = np.unique(tempos[music], return_inverse=True)
    weights = np.bincount(place, _quarters(columns["time"][music], onsets)).astype(int)
    sums = np.concatenate([[0], np.cumsum(weights)])
    low = np.searchsorted(values, values * (1 - SAME_TEMPO), "left")
    high = np.searchsorted(values, values * (1 + SAME_TEMPO), "right")
    near = sums[high] - sums[low]
    return float(values[np.lexsort((weights, near))[-1]])


def _one_a_quarter(onsets: np.ndarray, quarter: int) -> np.ndarray:
    """The onsets without those that follow an earlier one in the same quarter note."""
    number = onsets // quarter
    new = np.ones(len(onsets), bool)
    new[1:] = (number[1:] != number[:-1]) | (onsets[1:] < onsets[:-1])
    return onsets[new]


def _quarters(begins: Sequence[int] | np.ndarray, onsets: np.ndarray) -> np.ndarray:
    """How many of these onsets fall to each of the stretches that begin at these ticks."""
    places = np.searchsorted(np.array(begins), onsets, "right") - 1
    return np.bincount(np.maximum(places, 0), minlength=len(begins))


def _heaviest(weighted: Iterable[tuple[Any, int]]) -> Any:
    """The value with the largest sum of weights; the first of equals."""
    total: dict[Any, int] = {}
    for value, weight in weighted:
        total[value] = total.get(value, 0) + weight
    return max(total, key=total.__getitem__)
