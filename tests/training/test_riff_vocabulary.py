"""Events become classes, and classes events."""

import numpy as np

import rockonet_utils as ru
from rockonet.training.riff_vocabulary import manners, set_manners


def test_classes_and_back(small):
    vocabulary = ru.riff_vocabulary(small[0])
    events = small[0].events
    codes = vocabulary.encode(events)
    assert all((codes >= 0).all(axis=0)) and all(
        codes.max(axis=0) < list(vocabulary.sizes.values())
    )
    back = vocabulary.decode(codes)
    short = events["step"] <= 96
    for name in ("bass", "shape", "technique", "bend", "bent"):
        np.testing.assert_array_equal(back[name], events[name])
    np.testing.assert_array_equal(back["step"][short], events["step"][short])
    np.testing.assert_array_equal(vocabulary.encode(back), codes)


def test_what_a_class_leaves_open_is_told_by_a_proper_probability(small):
    vocabulary = ru.riff_vocabulary(small[0], n_shapes=3)
    events = np.zeros(40_000, ru.EVENT)
    events["shape"], events["duration"], events["velocity"] = 1, 1, 1
    events["step"] = np.arange(len(events))
    chance = np.exp(-vocabulary.extra_nats(events)[:, 0])
    step_class = vocabulary.encode(events)[:, 0]
    sums = np.bincount(step_class, chance)
    np.testing.assert_allclose(sums[:-1], 1)
    assert 0.99 < sums[-1] < 1  # the last class goes on for ever
    events["velocity"] = 1 + np.arange(len(events)) % 127
    column = ru.PARTS.index("velocity")
    loud = np.exp(-vocabulary.extra_nats(events[:127])[:, column])
    np.testing.assert_allclose(np.bincount(vocabulary.encode(events[:127])[:, column], loud), 1)
    # Of the shapes without a class: 9 in 10 for those that were heard, 1 in 10 for all shapes.
    heard = np.array([mask for mask, _ in vocabulary.rare], np.uint64)
    events["shape"][: len(heard)] = heard
    assert 0.9 < np.exp(-vocabulary.extra_nats(events[: len(heard)])[:, 2]).sum() < 1


def test_how_an_event_is_played_is_one_number_and_back():
    event = np.zeros(1, ru.EVENT)
    assert manners(event).tolist() == [1]
    event["technique"], event["bend"], event["bent"] = ru.Technique.BEND, 4, 0b10
    assert manners(event).tolist() == [1 | 8 << 1 | 4 << 17 | 0b10 << 25]
    rng = np.random.default_rng(0)
    events = np.zeros(1000, ru.EVENT)
    events["technique"], events["bent"] = rng.integers(0, 1 << 16, 1000), rng.integers(0, 256, 1000)
    events["bend"] = rng.integers(-128, 128, 1000)
    back = np.zeros(1000, ru.EVENT)
    set_manners(back, manners(events))
    np.testing.assert_array_equal(back, events)


def test_every_way_to_play_an_event_has_its_price(small):
    # 100 ways to play: the plain one and the 62 most frequent have a class, the others share one.
    corpus = small[0].select([0])
    n = len(corpus.events)
    kind = np.minimum(np.random.default_rng(0).integers(0, 100, n), np.arange(n) % 100)
    corpus.events["technique"], corpus.events["bend"], corpus.events["bent"] = kind, 0, 0
    vocabulary, column = ru.riff_vocabulary(corpus), ru.PARTS.index("technique")
    assert vocabulary.sizes["technique"] == 64 and vocabulary.manners[0] == 1
    codes = vocabulary.encode(corpus.events)[:, column]
    rare = np.unique(kind[codes == 0])
    assert len(rare) == len(np.unique(kind)) - 63 and 0 not in rare
    events = np.zeros(1 << 16, ru.EVENT)
    events["technique"] = np.arange(1 << 16)
    chance = np.exp(-vocabulary.extra_nats(events)[:, column])
    shared = vocabulary.encode(events)[:, column] == 0
    assert (chance[~shared] == 1).all()
    # The class of all others is told by a proper probability: 9 in 10 for those that were heard,
    # 1 in 10 for all numbers, of which those without a bend have most.
    assert 0.9 < chance[rare].sum() < chance[shared].sum() < 1
    assert chance[shared].min() > 0
