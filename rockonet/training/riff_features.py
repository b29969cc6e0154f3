"""What the riff network reads at each event: what was, and what the music itself suggests."""

from __future__ import annotations

import bisect
from typing import TypeVar

import numpy as np

from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import onsets_in_tracks
from rockonet.training.repeats import MATCH_LENGTHS, longest_matches
from rockonet.training.riff_vocabulary import PARTS, TIME_EDGES, RiffVocabulary, class_of
from rockonet.training.song_memory import RunningMemory

Ticks = TypeVar("Ticks", int, np.ndarray)
LAG_BARS = (1, 2, 4, 8)
POSITIONS = 48  # places in a bar that are told apart
# Columns of what the network reads at each event. Classes count from 1 here, 0 says "nothing".
# So many whole events, which have a column for each of their parts:
_EVENTS = {
    "target": 1,  # the event itself: only the parts before the one that is predicted are looked at
    "previous": 1,
    "lags": len(LAG_BARS),  # the events that started just so many bars before
    "match": 1,  # what followed the last time that the longest run of the last events was heard
    "recent": 1,  # the same for the last two events only
}
# And so many numbers beside them:
_NUMBERS = {
    "lag_steps": len(LAG_BARS),  # how long until the next event, so many bars before now
    "match_length": 1,  # place in MATCH_LENGTHS, counted from 1
    "now": 1,  # where in the bar the previous event started, counted from 1
    "then": 1,  # where this one starts
}
_WIDTHS = {name: n * len(PARTS) for name, n in _EVENTS.items()} | _NUMBERS
_ENDS = dict(zip(_WIDTHS, np.cumsum(list(_WIDTHS.values())).tolist(), strict=True))
RIFF_COLUMNS = {name: slice(end - _WIDTHS[name], end) for name, end in _ENDS.items()}
N_COLUMNS = sum(_WIDTHS.values())
# What has to be alike for an event to be heard again.
_SYMBOL = [PARTS.index(part) for part in ("step", "bass", "shape")]


def part_columns(name: str, part: str) -> slice:
    """The columns of one part of the events that `name` stands for in `RIFF_COLUMNS`."""
    columns = RIFF_COLUMNS[name]
    return slice(columns.start + PARTS.index(part), columns.stop, len(PARTS))


BASS_COLUMNS = np.r_[tuple(part_columns(name, "bass") for name in _EVENTS)]


def bar_position(ticks: Ticks, ticks_per_bar: Ticks) -> Ticks:
    """Where in its bar a time lies, or each of many: counted from 1, in POSITIONS to the bar."""
    return ticks % ticks_per_bar * POSITIONS // ticks_per_bar + 1


def riff_inputs(
    events: np.ndarray, offsets: np.ndarray, ticks_per_bar: np.ndarray, vocabulary: RiffVocabulary
) -> np.ndarray:
    """What the network reads at each event: ints (n_events, N_COLUMNS), see `RIFF_COLUMNS`.

    events, offsets: as in a `Corpus`. ticks_per_bar: (n_tracks,) ints.
    Nothing looks ahead: apart from the target itself, all columns are known when it is predicted;
    `lags` and `then` once its step is known.
    Source: looking back by bars is the idea of Magenta's Lookback RNN; the longest match is that
    of the PAQ family of data compressors.
    """
    n = len(events)
    codes = np.concatenate([vocabulary.encode(events) + 1, np.zeros((1, len(PARTS)), np.int64)])
    track = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    begin, place = offsets[:-1][track], np.arange(n)
    first, bar = place == begin, ticks_per_bar[track]
    onset = onsets_in_tracks(events, offsets)
    now = onset - events["step"]
    key = track.astype(np.int64) << 40  # one axis of time for all tracks
    lags, lag_steps = [], []
    for bars in LAG_BARS:
        then = onset - bars * bar
        at = np.minimum(np.searchsorted(key + onset, key + then), n - 1)
        lags.append(codes[np.where((then >= 0) & (onset[at] == then) & (at < place), at, n)])
        then = now - bars * bar
        at = np.minimum(np.searchsorted(key + onset, key + then, side="right"), n - 1)
        wait = class_of(TIME_EDGES, np.maximum(onset[at] - then, 0)) + 1
        lag_steps.append(np.where((then >= 0) & ~first, wait, 0))
    match, recent, length = longest_matches(codes[:n, _SYMBOL], track, begin)
    found = {
        "target": codes[:n],
        "previous": codes[np.where(first, n, place - 1)],
        "lags": np.concatenate(lags, axis=1),
        "match": codes[match],
        "recent": codes[recent],
        "lag_steps": np.stack(lag_steps, axis=1),
        "match_length": length[:, None],
        "now": np.where(first, 0, bar_position(now, bar))[:, None],
        "then": bar_position(onset, bar)[:, None],
    }
    return np.concatenate([found[name] for name in _WIDTHS], axis=1).astype(np.int16)


def corpus_inputs(corpus: Corpus, vocabulary: RiffVocabulary) -> np.ndarray:
    """`riff_inputs` of all tracks of a corpus."""
    bars = [corpus.ticks_per_bar(track) for track in range(len(corpus.tracks))]
    return riff_inputs(corpus.events, corpus.offsets, np.array(bars), vocabulary)


class RunningFeatures:
    """The rows of `riff_inputs` for riffs that grow event by event, without looking back twice."""

    def __init__(self, n: int, ticks_per_bar: int, vocabulary: RiffVocabulary):
        self.bar, self.vocabulary = ticks_per_bar, vocabulary
        self.codes = np.zeros((0, n, len(PARTS)), np.int64)  # from 1 on, as the network reads them
        self.memory = RunningMemory(n, ticks_per_bar)
        self.onsets: list[list[int]] = [[] for _ in range(n)]
        self.symbols: list[list[tuple[int, ...]]] = [[] for _ in range(n)]
        self.at: list[dict[int, int]] = [{} for _ in range(n)]  # which event started when
        self.heard: list[dict[tuple, int]] = [{} for _ in range(n)]  # which event followed a run

    def row(self) -> np.ndarray:
        """What is known before the next event: ints (n, N_COLUMNS)."""
        k, n = len(self.codes), len(self.onsets)
        row = np.zeros((n, N_COLUMNS), np.int32)
        if k == 0:
            return row
        column = {name: row[:, place] for name, place in RIFF_COLUMNS.items()}
        column["previous"][:] = self.codes[-1]
        for i, (symbols, heard, onsets) in enumerate(
            zip(self.symbols, self.heard, self.onsets, strict=True)
        ):
            for number, length in enumerate(MATCH_LENGTHS, 1):
                if length > k:
                    break
                found = heard.get(tuple(symbols[-length:]))
                if found is not None:
                    column["match"][i] = self.codes[found, i]
                    column["match_length"][i] = number
                    if length <= 2:
                        column["recent"][i] = self.codes[found, i]
            now = onsets[-1]
            column["now"][i] = bar_position(now, self.bar)
            for lag, bars in enumerate(LAG_BARS):
                then = now - bars * self.bar
                if then >= 0:
                    wait = onsets[bisect.bisect_right(onsets, then)] - then
                    column["lag_steps"][i, lag] = class_of(TIME_EDGES, wait) + 1
        return row

    def complete_row(self, row: np.ndarray, steps: np.ndarray) -> None:
        """Fill in what is known once the next step is, in ticks (n,)."""
        for i, step in enumerate(steps.tolist()):
            onset = (self.onsets[i][-1] if self.onsets[i] else 0) + step
            row[i, RIFF_COLUMNS["then"]] = bar_position(onset, self.bar)
            for lag, bars in enumerate(LAG_BARS):
                found = self.at[i].get(onset - bars * self.bar)
                if found is not None:
                    place = RIFF_COLUMNS["lags"].start + lag * len(PARTS)
                    row[i, place : place + len(PARTS)] = self.codes[found, i]

    def append(self, events: np.ndarray) -> None:
        """Take note of the next event of each riff."""
        k, codes = len(self.codes), self.vocabulary.encode(events) + 1
        for symbols, heard in zip(self.symbols, self.heard, strict=True):
            for length in MATCH_LENGTHS:
                if length <= k:
                    heard[tuple(symbols[-length:])] = k  # this event follows that run
        for i, (step, symbol) in enumerate(
            zip(events["step"].tolist(), codes[:, _SYMBOL].tolist(), strict=True)
        ):
            onset = (self.onsets[i][-1] if self.onsets[i] else 0) + step
            self.at[i].setdefault(onset, k)
            self.onsets[i].append(onset)
            self.symbols[i].append(tuple(symbol))
        self.codes = np.concatenate([self.codes, codes[None]])
        self.memory.append(events)
