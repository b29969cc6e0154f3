"""The meter and the tempo that govern a part, and where its bars begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    onsets = np.sort(onsets) if len(onsets) else np.zeros(1, np.int64)
    onsets = onsets[np.unique(onsets // quarter, return_index=True)[1]]
    meters = _meters(score)
    weights = _quarters(list(meters), onsets)
    meter = _heaviest(zip(meters.values(), weights, strict=True))
    bar = meter_ticks(meter)
    place = _heaviest(
        (round(TICKS_PER_QUARTER * begin / quarter) % bar, weight)
        for begin, weight in zip(meters, weights, strict=True)
        if meters[begin] == meter
    )
    return Timing(meter, _tempo(score, onsets), -place % bar, quarter)


def score_timing(score: ScoreTick) -> Timing:
    """What governs all notes of a score."""
    onsets = [track.notes.numpy()["time"] for track in score.tracks]
    return timing_of(score, np.concatenate([np.zeros(0, np.int64), *onsets]))


def _meters(score: ScoreTick) -> dict[int, tuple[int, int]]:
    """The meters of a score, each but for the first one another than before, by where they begin."""
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
        meter = written.get(begin, meter)
        if not kept or meter != kept[max(kept)]:
            kept[begin] = meter
    return kept


def _tempo(score: ScoreTick, onsets: np.ndarray) -> float:
    tempos = {t.time: float(t.qpm) for t in score.tempos if is_tempo(t.qpm)} or {0: 120.0}
    weights = _quarters(list(tempos), onsets)
    played: dict[float, int] = {}
    for tempo, weight in zip(tempos.values(), weights.tolist(), strict=True):
        played[tempo] = played.get(tempo, 0) + weight
    values, weights = np.array(list(played)), np.array(list(played.values()))
    order = np.argsort(values)
    sums = np.concatenate([[0], np.cumsum(weights[order])])
    low, high = (
        np.searchsorted(values[order], values * factor, side)
        for factor, side in ((1 - SAME_TEMPO, "left"), (1 + SAME_TEMPO, "right"))
    )
    near = sums[high] - sums[low]
    return _heaviest(zip(played, near * (weights.sum() + 1) + weights, strict=True))


def _quarters(begins: Sequence[int], onsets: np.ndarray) -> np.ndarray:
    """How many of these onsets fall to each of the stretches that begin at these ticks."""
    places = np.searchsorted(np.array(begins), onsets, "right") - 1
    return np.bincount(np.maximum(places, 0), minlength=len(begins))


def _heaviest(weighted: Iterable[tuple[Any, int]]) -> Any:
    """The value with the largest sum of weights; the first of equals."""
    total: dict[Any, int] = {}
    for value, weight in weighted:
        total[value] = total.get(value, 0) + weight
    return max(total, key=total.__getitem__)
