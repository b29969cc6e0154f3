"""How much of a riff stands in the songs that a model learned from, in whatever key."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.common.theory import meter_ticks
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import bars_of, onsets
from rockonet.guitar.riff import Riff
from rockonet.training.repeats import rolling_hash, run_hash

# Of 300 songs of the rock archive 119 share a run of 12 intervals or more with a song of somebody
# else, 49 one of 16, 16 one of 24, 8 one of 32 and none one of 48: so much is common property.
WARN_COPIED, FAIL_COPIED = 24, 48
DISTINCT_INTERVALS = 4  # a run with fewer is a figure that belongs to nobody


@dataclass(frozen=True)
class Originality:
    """The longest run of a riff's new events that stands in a corpus, in any key.

    longest: in events, 0 if there is none. event: place in the riff's events where it begins.
    song, bar: where it stands, the bar counted from 1.
    """

    longest: int
    event: int = 0
    song: str = ""
    bar: int = 0

    @property
    def verdict(self) -> str:
        """One sentence for a musician."""
        if self.longest < 2:
            return (
                "original: no run of four different intervals stands in the songs it learned from"
            )
        where = f"{self.longest} events in a row stand in {self.song!r}, bar {self.bar}"
        if self.longest < WARN_COPIED:
            return f"original: at most {where}; unrelated songs often share as much"
        if self.longest < FAIL_COPIED:
            return f"take care: {where}; few unrelated songs share as much"
        return f"copied: {where}"


class CopyIndex:
    """Where in a corpus each interval with its time stands, to find copied runs quickly.

    tokens: one for each event of the corpus, see `interval_tokens`; −1 for the first of a track,
        and a last −1 behind them all. places: of each token, in ascending order.
    For a million events they take 8 MB each.
    Notebook: 04.
    """

    def __init__(self, corpus: Corpus):
        self.corpus = corpus
        tokens = interval_tokens(corpus.events)
        tokens[corpus.offsets[:-1][np.diff(corpus.offsets) > 0]] = -1  # nothing stands before it
        self.tokens = np.append(tokens, -1)
        order = np.argsort(tokens, kind="stable")
        kinds, first = np.unique(tokens[order], return_index=True)
        self.places = dict(zip(kinds.tolist(), np.split(order, first)[1:], strict=True))
        self.places.pop(-1, None)
        # For `longer`: how long a run ends at each event. Made once (4 MB for a million events),
        # because a new one for every token would take most of the time; zeros between two calls.
        self._run_lengths = np.zeros(len(tokens) + 1, np.int32)
        # For `after`: for a length of runs the hashes of all runs, sorted, and where they begin.
        # 16 MB a length for a million events; `generate` asks for one length, `max_copied` less 1.
        self._runs: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def longer(
        self, ends: np.ndarray, lengths: np.ndarray, token: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where the runs that end at `ends` with `lengths` tokens go on with a token.

        Returns the new ends, all places of the token, and the lengths there.
        """
        places = self.places.get(token, np.zeros(0, np.int64))
        self._run_lengths[ends] = lengths
        longer = self._run_lengths[places - 1] + 1
        self._run_lengths[ends] = 0
        return places, longer

    def after(self, run: Sequence[int]) -> np.ndarray:
        """The places that follow a run of tokens, wherever it stands."""
        length = len(run)
        if length not in self._runs:
            hashes = np.zeros(max(0, len(self.tokens) - length), np.uint64)
            for i in range(length):
                hashes = rolling_hash(hashes, self.tokens[i : i + len(hashes)])
            order = np.argsort(hashes, kind="stable")
            self._runs[length] = hashes[order], order
        hashes, order = self._runs[length]
        wanted = np.uint64(run_hash(run))
        first, stop = (np.searchsorted(hashes, wanted, side=side) for side in ("left", "right"))
        return order[first:stop] + length

    def copying_tokens(self, tokens: Sequence[int], max_copied: int) -> set[int]:
        """With which next tokens a riff would copy more than `max_copied` events in a row.

        tokens: those of its new events. A run counts from its fourth distinct interval on
        (`originality`), which may lie further back than `max_copied` events: as long as it stands
        in the songs, it is followed back to there.
        """
        length = max_copied - 1  # in tokens, one less than the events between which they lie
        if len(tokens) < length:
            return set()
        run = tokens[len(tokens) - length :]
        places, intervals = self.after(run), {token_interval(token) for token in run}
        copying: set[int] = set()
        while len(places):
            following = set(self.tokens[places].tolist()) - {-1}
            copying |= {
                token
                for token in following
                if len(intervals | {token_interval(token)}) >= DISTINCT_INTERVALS
            }
            length += 1
            if len(intervals) >= DISTINCT_INTERVALS or length > len(tokens):
                break
            places = places[places >= length]
            places = places[self.tokens[places - length] == tokens[-length]]
            intervals.add(token_interval(tokens[-length]))
        return copying


def copy_index(songs: Corpus | CopyIndex) -> CopyIndex:
    """The index of a corpus, or the one that was made already."""
    return CopyIndex(songs) if isinstance(songs, Corpus) else songs


def interval_tokens(events: np.ndarray) -> np.ndarray:
    """Each event as a number: how far its lowest note is from that before, and how many ticks.

    events: of one track (n_events,), or of riffs side by side (n_events, n).
    Transposing changes no token but the first.
    """
    interval: np.ndarray = np.diff(events["bass"].astype(np.int64), axis=0, prepend=0)
    return interval + 128 << 32 | events["step"].astype(np.int64)


def token_interval(token: int) -> int:
    """In semitones, from the lowest note before."""
    return (token >> 32) - 128


def token_step(token: int) -> int:
    """In ticks."""
    return token & 0xFFFFFFFF


def originality(riff: Riff, corpus: Corpus | CopyIndex) -> Originality:
    """The longest run of a riff that stands in a corpus; its prompt does not count.

    corpus: the songs a model learned from, or their `CopyIndex`, which saves a second for a
        million events if there are several riffs to compare.
    Compared are intervals between the lowest notes and times between onsets, so that transposing
    hides nothing. A run needs four distinct intervals.
    Notebook: 04.
    """
    index = copy_index(corpus)
    first = riff.prompt_events + 1 if riff.prompt_events else 1  # both ends of an interval are new
    tokens = interval_tokens(riff.events)[first:].tolist()
    shortest = _shortest_runs([token_interval(token) for token in tokens])
    ends, lengths = np.zeros(0, np.int64), np.zeros(0, np.int32)
    best, last, last_there = 0, 0, 0  # the longest run; the place of its last token, here and there
    for i, token in enumerate(tokens):
        ends, lengths = index.longer(ends, lengths, token)
        longest = int(lengths.max(initial=0))
        if longest >= shortest[i] and longest > best:
            best, last, last_there = longest, i, int(ends[lengths.argmax()])
    if not best:
        return Originality(0)
    there = last_there - best
    corpus = index.corpus
    track = int(np.searchsorted(corpus.offsets, there, side="right")) - 1
    song = corpus.song_info[corpus.tracks[track].song]
    ticks = int(corpus.events["step"][corpus.offsets[track] : there + 1].sum())
    bar = ticks // meter_ticks(song.meter) + 1
    return Originality(best + 1, last + first - best, song.title, bar)


def _shortest_runs(intervals: Sequence[int]) -> list[float]:
    """The length of the shortest run to each interval that has `DISTINCT_INTERVALS`.

    Infinite if there is none.
    """
    shortest, last_seen = [], {}
    for i, interval in enumerate(intervals):
        last_seen[interval] = i
        recent = sorted(last_seen.values(), reverse=True)[:DISTINCT_INTERVALS]
        shortest.append(i - recent[-1] + 1 if len(recent) == DISTINCT_INTERVALS else math.inf)
    return shortest


def bars_of_prompt(riff: Riff) -> tuple[int, int]:
    """How many of the bars after the prompt repeat a bar of it, and how many such bars there are.

    Alike are bars with the same chords at the same times; how long they sound may differ.
    A bar that holds events of both counts for neither.
    """
    bars = bars_of(riff.events, riff.ticks_per_bar)
    bar = onsets(riff.events) // riff.ticks_per_bar  # of each event
    last_given = int(bar[: riff.prompt_events].max(initial=-1))
    first_new = int(bar[riff.prompt_events :].min(initial=last_given + 1))
    given, new = bars[: min(first_new, last_given + 1)], bars[last_given + 1 :]
    return sum(bar in given for bar in new), len(new)
