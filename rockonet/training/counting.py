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
    riff_vocabulary,
    shape_nats,
)


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
class ChordData:
    """Chords as numbers: those of the training songs count from 0, all others are −1.

    escape: the chance that a chord is new (Good and Turing: as many as were heard once), which is
    taken from all known ones. new_nats: what telling each new chord of the test costs beyond that.
    """

    train: np.ndarray
    test: np.ndarray
    names: list[str]
    escape: float
    new_nats: np.ndarray

    def nats(self, chance: np.ndarray) -> float:
        """Mean nats per test event, given the chance of each if it is a known chord."""
        known = self.test >= 0
        right = -np.log(chance[known]).sum() - known.sum() * np.log1p(-self.escape)
        new = self.new_nats.sum() - (~known).sum() * np.log(self.escape)
        return float((right + new) / len(self.test))


def chord_data(train: Corpus, test: Corpus) -> ChordData:
    """The chords of both, numbered as the training songs have them."""
    names, codes = train.chords()
    test_names, test_codes = test.chords()
    place = {name: i for i, name in enumerate(names)}
    test_codes = np.array([place.get(name, -1) for name in test_names])[test_codes]
    once = (np.bincount(codes) == 1).sum()
    new = test.events[test_codes < 0]
    spelled = shape_nats(new["shape"], interval_chances(train.events["shape"]))
    return ChordData(codes, test_codes, names, (once + 1) / (len(codes) + 2), spelled + np.log(128))


def ngram_nats(train: Corpus, test: Corpus, order: int) -> float:
    """Nats per event of guessing the next chord from how often it followed the last ones.

    order: 1 counts chords alone (unigram), 2 pairs (bigram), and so on; 0 is blind guessing among
        the chords of the training songs. Shorter contexts are mixed in as Witten and Bell do.
    Source: Witten and Bell, 'The zero-frequency problem', 1991.
    Notebook: 03.
    """
    chords = chord_data(train, test)
    n_chords = len(chords.names)
    chance = np.full(len(chords.test), 1 / n_chords)
    for length in range(order):
        context = context_hashes(chords.train, train.offsets, length)
        asked = context_hashes(chords.test, test.offsets, length)
        pair = rolling_hash(context, chords.train)
        kinds, first, counts = np.unique(pair, return_index=True, return_counts=True)
        contexts, place = np.unique(context, return_inverse=True)
        heard = np.bincount(place)
        followers = np.bincount(place[first])
        at = np.minimum(np.searchsorted(contexts, asked), len(contexts) - 1)
        found = contexts[at] == asked
        wanted = rolling_hash(asked, chords.test)
        at_pair = np.minimum(np.searchsorted(kinds, wanted), len(kinds) - 1)
        count = np.where(kinds[at_pair] == wanted, counts[at_pair], 0)
        n, t = heard[at], followers[at]
        chance = np.where(found, (count + t * chance) / (n + t), chance)
    return chords.nats(chance)


def copy_nats(train: Corpus, test: Corpus, what: str = "bar") -> float:
    """Nats per event of copying: the chord of one bar ago, or what followed the longest match.

    what: "bar" or "match". How far a copy is trusted is counted on the training songs, for each
    length of the match; what trust is left goes to the frequencies of the chords.
    Notebook: 03.
    """
    chords, vocabulary = chord_data(train, test), riff_vocabulary(train, 100_000)
    frequency = (np.bincount(chords.train, minlength=len(chords.names)) + 1) / (
        len(chords.train) + len(chords.names)
    )
    right, kind = copies(train, vocabulary, what)
    trust: dict[int, float] = {}
    for one in np.unique(kind[kind >= 0]):
        hits = right[kind == one]
        trust[int(one)] = (hits.sum() + 1) / (len(hits) + 2)
    right, kind = copies(test, vocabulary, what)
    believed = np.array([trust.get(int(one), 0.0) for one in kind])
    chance = (1 - believed) * frequency[chords.test] + believed * right
    return chords.nats(chance)


def copies(corpus: Corpus, vocabulary: RiffVocabulary, what: str) -> tuple[np.ndarray, np.ndarray]:
    """What copying gives at each event: whether its chord is right, and what kind of copy it is.

    The kind is the length of the match as a place in `MATCH_LENGTHS`, counted from 1; 0 for what
    stood a bar ago; −1 where there is nothing to copy.
    """
    inputs = corpus_inputs(corpus, vocabulary)

    def chord(name: str) -> np.ndarray:
        event = inputs[:, RIFF_COLUMNS[name]]
        return event[:, [PARTS.index(part) for part in CHORD]]

    if what == "match":
        copied, kind = chord("match"), inputs[:, RIFF_COLUMNS["match_length"]][:, 0]
    else:
        copied, kind = chord("lags"), np.zeros(len(inputs), int)
    right = (copied == chord("target")).all(axis=1)
    return right, np.where(copied[:, 0] > 0, kind, -1)
