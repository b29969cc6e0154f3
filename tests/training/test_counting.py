"""Predictors that only count."""

import dataclasses

import numpy as np
import pytest
from helpers import chords_in_a_row

import rockonet_utils as ru
from rockonet.training.counting import symbol_data


def test_bigram_worked_out_by_hand():
    train = chords_in_a_row([40, 41, 40, 41, 40, 42])
    # Unigram (Witten-Bell): 6 heard, 3 kinds: p(40) = (3 + 3/3) / 9, p(41) = (2 + 1) / 9.
    # After 40 (heard 3 times, 2 kinds): p(41 | 40) = (2 + 2 * 3/9) / 5.
    # At the start of a track: once 40, 1 kind: (1 + 1 * 4/9) / 2. New: (1 + 1) / (6 + 2).
    nats = ru.ngram_nats(train, chords_in_a_row([40, 41]), 2)
    known = 1 - 2 / 8
    by_hand = -np.log((1 + 4 / 9) / 2 * known) - np.log((2 + 2 * 3 / 9) / 5 * known)
    assert nats == pytest.approx(by_hand / 2)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
def test_ngram_chances_of_all_next_chords_sum_to_one(order):
    rng = np.random.default_rng(order)
    train = chords_in_a_row(*rng.integers(40, 48, (5, 40)))
    context = [41, 45, 41]
    base = ru.ngram_nats(train, chords_in_a_row(context), order) * 3
    nats = [
        ru.ngram_nats(train, chords_in_a_row([*context, pitch]), order) * 4 - base
        for pitch in range(128)
    ]
    known = np.exp(-np.array(nats)[40:48]).sum()
    escape = symbol_data(train, train).escape
    assert known == pytest.approx(1 - escape)
    # All single notes that are new together have less than the rest: chords are new as well.
    assert 0 < np.exp(-np.array(nats)).sum() - known < escape


@pytest.mark.parametrize("what", ["bar", "match"])
def test_copying_sums_to_one_and_beats_frequency(starter, small, what):
    train, _, test = starter
    assert ru.copy_nats(train, test, what) < ru.ngram_nats(train, test, 1)
    train = small[0].select([0])
    song = test.select([0])
    short = dataclasses.replace(song, events=song.events[:60].copy(), offsets=np.array([0, 60]))
    short = dataclasses.replace(short, tracks=song.tracks[:1])
    names, codes = train.chords()
    rows = [np.flatnonzero(codes == code)[0] for code in range(len(names))]
    total = 0.0
    ends = []
    for row in rows:
        short.events["bass"][-1], short.events["shape"][-1] = train.events[row][["bass", "shape"]]
        ends.append(ru.copy_nats(train, short, what) * 60)
    without = dataclasses.replace(short, events=short.events[:59], offsets=np.array([0, 59]))
    base = ru.copy_nats(train, without, what) * 59
    total = np.exp(-(np.array(ends) - base)).sum()
    assert total == pytest.approx(1 - symbol_data(train, train).escape, rel=1e-3)


def test_entropy_worked_out_by_hand():
    assert ru.entropy_nats(ru.OneHot(np.array([0, 1, 2, 3]), 9)) == pytest.approx(np.log(4))
    assert ru.entropy_nats(ru.OneHot(np.array([5, 5]), 9)) == 0


def played(*rows):
    """A corpus of one chord, each event played with techniques: one track for each row."""
    corpus = chords_in_a_row(*([40] * len(row) for row in rows))
    corpus.events["technique"] = np.concatenate(rows)
    return corpus


def test_techniques_are_counted_as_chords_are():
    # As in the bigram above: 1 stands for 40, 2 for 41, 4 for 42.
    train, test = played([1, 2, 1, 2, 1, 4]), played([1, 2])
    chords = chords_in_a_row([40, 41, 40, 41, 40, 42]), chords_in_a_row([40, 41])
    for order in (0, 1, 2, 3):
        assert ru.ngram_nats(train, test, order, "technique") == pytest.approx(
            ru.ngram_nats(*chords, order)
        )
    # A new one: 2 in 8 are new; then bit by bit, each half a time more than it was set.
    new, chances = played([2 | 4]), np.full(63, 0.5 / 7)
    chances[[0, 1, 2]] = 3.5 / 7, 2.5 / 7, 1.5 / 7
    is_set = np.isin(np.arange(63), (1, 2))
    spelled = -np.log(np.where(is_set, chances, 1 - chances)).sum()
    nats = ru.ngram_nats(train, new, 1, "technique")
    assert nats == pytest.approx(spelled - np.log(2 / 8))


def test_as_the_event_before_worked_out_by_hand():
    # After the first of four events, 2 of 3 are as the one before: trust (2 + 1) / (3 + 2).
    train, test = played([0, 0, 0, 8]), played([0, 0, 8])
    often, known = np.array([4, 2]) / 6, 1 - 2 / 6  # plain and bent; one kind was heard once
    chances = [often[0], 0.4 * often[0] + 0.6, 0.4 * often[1]]
    nats = ru.copy_nats(train, test, "before", "technique")
    assert nats == pytest.approx(-np.log(np.array(chances) * known).mean())
