"""Runs that come back: equal stretches of events, found by hashes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MATCH_LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
_FACTOR = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio: its bits are well mixed


def rolling_hash(run: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Runs of codes (from −2 on) as 64-bit numbers, made longer by one code.

    Two different runs share a number less than once in a billion songs.
    """
    run = run * np.uint64(_FACTOR) + (codes + 2).astype(np.uint64)
    return run ^ run >> np.uint64(29)


def run_hash(run: Sequence[int]) -> int:
    """The number that `rolling_hash` gives a whole run: of one run it is quicker without arrays."""
    number = 0
    for code in run:
        number = (number * _FACTOR + code + 2) % (1 << 64)
        number ^= number >> 29
    return number


def longest_matches(
    symbols: np.ndarray, track: np.ndarray, begin: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where in its track the events before each event were heard before, and how many of them.

    Returns for each event the place of the event that followed the longest run heard before, the
    same for a run of two, and the run's place in MATCH_LENGTHS counted from 1; n_events and 0
    where there is none.
    """
    n = len(symbols)
    token = np.unique(symbols, axis=0, return_inverse=True)[1].ravel()
    place, run = np.arange(n), np.zeros(n, np.uint64)
    match, recent, length = np.full(n, n), np.full(n, n), np.zeros(n, np.int64)
    for back in range(1, MATCH_LENGTHS[-1] + 1):
        inside = place - back >= begin
        run = rolling_hash(run, token[np.maximum(place - back, 0)])
        if back not in MATCH_LENGTHS:
            continue
        here = place[inside]
        order = here[np.lexsort((here, run[here], track[here]))]
        same = (run[order[1:]] == run[order[:-1]]) & (track[order[1:]] == track[order[:-1]])
        match[order[1:][same]] = order[:-1][same]
        length[order[1:][same]] = MATCH_LENGTHS.index(back) + 1
        if back == 2:
            recent = match.copy()
    return match, recent, length


def context_hashes(codes: np.ndarray, offsets: np.ndarray, length: int) -> np.ndarray:
    """For each event a number for the `length` codes before it in its track."""
    place = np.arange(len(codes))
    begin = np.repeat(offsets[:-1], np.diff(offsets))
    run = np.zeros(len(codes), np.uint64)
    for back in range(length, 0, -1):
        inside = place - back >= begin
        run = rolling_hash(run, np.where(inside, codes[np.maximum(place - back, 0)], -2))
    return run
