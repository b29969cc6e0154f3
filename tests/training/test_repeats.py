"""Runs that come back."""

import numpy as np

import rockonet_utils as ru
from rockonet.training.repeats import longest_matches


def test_longest_match_agrees_with_a_plain_search(small):
    corpus = small[1].select([0])
    symbols = ru.riff_vocabulary(corpus).encode(corpus.events)[:, :3]
    track = np.repeat(np.arange(len(corpus.tracks)), np.diff(corpus.offsets))
    match, recent, length = longest_matches(symbols, track, corpus.offsets[:-1][track])
    for place in np.random.default_rng(0).choice(len(symbols), 150, replace=False):
        begin = corpus.offsets[track[place]]
        run = list(map(tuple, symbols[begin:place]))
        best, best_length, two = len(symbols), 0, len(symbols)
        for i, n in enumerate(ru.MATCH_LENGTHS, start=1):
            ends = [k for k in range(n, len(run)) if n <= len(run) and run[k - n : k] == run[-n:]]
            if ends:
                best, best_length = begin + ends[-1], i
                two = best if n <= 2 else two
        assert (match[place], length[place], recent[place]) == (best, best_length, two)
