"""Events become classes, and classes events."""

import numpy as np

import rockonet_utils as ru


def test_classes_and_back(small):
    vocabulary = ru.riff_vocabulary(small[0])
    events = small[0].events
    codes = vocabulary.encode(events)
    assert all((codes >= 0).all(axis=0)) and all(
        codes.max(axis=0) < list(vocabulary.sizes.values())
    )
    back = vocabulary.decode(codes)
    short = events["step"] <= 96
    for name in ("bass", "shape"):
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
    loud = np.exp(-vocabulary.extra_nats(events[:127])[:, 4])
    np.testing.assert_allclose(np.bincount(vocabulary.encode(events[:127])[:, 4], loud), 1)
    # Of the shapes without a class: 9 in 10 for those that were heard, 1 in 10 for all shapes.
    heard = np.array([mask for mask, _ in vocabulary.rare], np.uint64)
    events["shape"][: len(heard)] = heard
    assert 0.9 < np.exp(-vocabulary.extra_nats(events[: len(heard)])[:, 2]).sum() < 1
