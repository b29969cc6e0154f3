"""Predictors that only count, measured in nats per event on songs they never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rockonet.dataset.classic_windows import OneHot
from rockonet.dataset.corpus import Corpus
from rockonet.training.repeats import context_hashes, rolling_hash
from rockonet.training.riff_features import RIFF_COLUMNS, corpus_inputs
from rockonet.training.riff_vocabulary import (
    CHORD,
    PARTS,
    RiffVocabulary,
    interval_chances,
    manners,
    riff_vocabulary,
    shape_nats,
)

# What can be guessed by counting, by the names of `held_out_nats`, and the parts that tell it.
GUESSED = {"pitch": CHORD, "technique": ("technique",)}
COPIED = {"bar": "lags", "match": "match", "before": "previous"}  # names of `RIFF_COLUMNS`


def entropy_nats(Y: OneHot) -> float:
    """Entropy of the answers: the loss of the best guess that looks at no context, in nats.

    Notebook: 03.
    """
    share = np.bincount(Y.codes) / len(Y)
    share = share[share > 0]
    return float(-(share * np.log(share)).sum())


def frequency_nats(Y: OneHot, asked: OneHot) -> float:
    """Nats per event of guessing the answers of `asked` by how frequent they are in `Y`.

    One is added to every count, so that no answer has the probability 0.
    Notebook: 03.
    """
    counts = np.bincount(Y.codes, minlength=Y.n_classes) + 1
    return float(-np.log(counts[asked.codes] / counts.sum()).mean())


@dataclass(frozen=True)
class SymbolData:
    """Chords, or ways to play them, as numbers: known ones count from 0, all others are −1.

    n_known: how many the training songs have. escape: the chance that one is new (Good and Turing:
    as many as were heard once), which is taken from all known ones. new_nats: what telling each
    new one of the test costs beyond that.
    """

    train: np.ndarray
    test: np.ndarray
    n_known: int
    escape: float
    new_nats: np.ndarray

    def nats(self, chance: np.ndarray) -> float:
        """Mean nats per test event, given the chance of each if it is known."""
        known = self.test >= 0
        right = -np.log(chance[known]).sum() - known.sum() * np.log1p(-self.escape)
        new = self.new_nats.sum() - (~known).sum() * np.log(self.escape)
        return float((right + new) / len(self.test))


def symbol_data(train: Corpus, test: Corpus, part: str = "pitch") -> SymbolData:
    """The chords of both, or how they are played, numbered as the training songs have them.

    part: "pitch" or "technique".
    """
    events, test_events = train.events, test.events
    if part == "pitch":
        names, codes = train.chords()
        test_names, test_codes = test.chords()
        spelled, besides = (events["shape"], test_events["shape"]), np.log(128)
    else:
        spelled, besides = (manners(events), manners(test_events)), 0.0
        (numbers, codes), (test_numbers, test_codes) = (
            np.unique(played, return_inverse=True) for played in spelled
        )
        names, test_names = numbers.tolist(), test_numbers.tolist()
    place = {name: i for i, name in enumerate(names)}
    test_codes = np.array([place.get(name, -1) for name in test_names])[test_codes]
    escape = ((np.bincount(codes) == 1).sum() + 1) / (len(codes) + 2)
    new_nats = shape_nats(spelled[1][test_codes < 0], interval_chances(spelled[0])) + besides
    return SymbolData(codes, test_codes, len(names), escape, new_nats)


def ngram_nats(train: Corpus, test: Corpus, order: int, part: str = "pitch") -> float:
    """Nats per event of guessing the next chord from how often it followed the last ones.

    order: 1 counts chords alone (unigram), 2 pairs (bigram), and so on; 0 is blind guessing among
        the chords of the training songs. Shorter contexts are mixed in as Witten and Bell do.
    part: "technique" guesses how the next event is played from how the last ones were.
    Source: Witten and Bell, 'The zero-frequency problem', 1991.
    Notebook: 03.
    """
    symbols = symbol_data(train, test, part)
    chance = np.full(len(symbols.test), 1 / symbols.n_known)
    for length in range(order):
        context = context_hashes(symbols.train, train.offsets, length)
        asked = context_hashes(symbols.test, test.offsets, length)
        pair = rolling_hash(context, symbols.train)
        kinds, first, counts = np.unique(pair, return_index=True, return_counts=True)
        contexts, place = np.unique(context, return_inverse=True)
        heard = np.bincount(place)
        followers = np.bincount(place[first])
        at = np.minimum(np.searchsorted(contexts, asked), len(contexts) - 1)
        found = contexts[at] == asked
        wanted = rolling_hash(asked, symbols.test)
        at_pair = np.minimum(np.searchsorted(kinds, wanted), len(kinds) - 1)
        count = np.where(kinds[at_pair] == wanted, counts[at_pair], 0)
        n, t = heard[at], followers[at]
        chance = np.where(found, (count + t * chance) / (n + t), chance)
    return symbols.nats(chance)


def copy_nats(train: Corpus, test: Corpus, what: str = "bar", part: str = "pitch") -> float:
    """Nats per event of copying: the chord of one bar ago, or what followed the longest match.

    what: "bar", "match" or "before", the event before. How far a copy is trusted is counted on the
    training songs, for each length of the match; what trust is left goes to the frequencies of the
    chords. part: "technique" copies how that event was played.
    Notebook: 03.
    """
    symbols, vocabulary = symbol_data(train, test, part), riff_vocabulary(train, 100_000, 100_000)
    frequency = (np.bincount(symbols.train, minlength=symbols.n_known) + 1) / (
        len(symbols.train) + symbols.n_known
    )
    right, kind = copies(train, vocabulary, what, part)
    trust: dict[int, float] = {}
    for one in np.unique(kind[kind >= 0]):
        hits = right[kind == one]
        trust[int(one)] = (hits.sum() + 1) / (len(hits) + 2)
    right, kind = copies(test, vocabulary, what, part)
    believed = np.array([trust.get(int(one), 0.0) for one in kind])
    chance = (1 - believed) * frequency[symbols.test] + believed * right
    return symbols.nats(chance)


def copies(
    corpus: Corpus, vocabulary: RiffVocabulary, what: str, part: str
) -> tuple[np.ndarray, np.ndarray]:
    """What copying gives at each event: whether it is right, and what kind of copy it is.

    The kind is the length of the match as a place in `MATCH_LENGTHS`, counted from 1; 0 for what
    stood a bar ago or came before; −1 where there is nothing to copy.
    """
    inputs = corpus_inputs(corpus, vocabulary)

    def told(name: str) -> np.ndarray:
        event = inputs[:, RIFF_COLUMNS[name]]
        return event[:, [PARTS.index(name) for name in GUESSED[part]]]

    copied, kind = told(COPIED[what]), np.zeros(len(inputs), int)
    if what == "match":
        kind = inputs[:, RIFF_COLUMNS["match_length"]][:, 0]
    right = (copied == told("target")).all(axis=1)
    return right, np.where(copied[:, 0] > 0, kind, -1)
