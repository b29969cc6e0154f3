"""Filters: their curves, and that nobody hears where two blocks meet."""

import numpy as np
import pytest
import scipy.signal

from rockonet.explore import filters

RATE = 48_000


def gain_db(curve, *hz, **how):
    return 20 * np.log10(np.abs(curve(np.array(hz, float), **how)))


def through(samples, curve, new_rate=RATE):
    both = np.stack([samples, samples], axis=1)
    blocks = filters.filtered(filters.in_blocks(both), curve, RATE, new_rate)
    return filters.joined(blocks, len(samples) * new_rate // RATE)[:, 0]


def noise(seconds, seed=0):
    return np.random.default_rng(seed).normal(size=round(seconds * RATE)).astype(np.float32)


def test_curves_have_their_corners_and_slopes():
    assert gain_db(filters.high_pass, 100, 10, corner=100) == pytest.approx([-3.01, -20], abs=0.05)
    assert gain_db(filters.low_pass, 100, 1000, corner=100) == pytest.approx([-3.01, -20], abs=0.05)
    steep = gain_db(filters.steep_low_pass, 10, 1000, 10_000, corner=1000)
    assert steep == pytest.approx([0, -3.01, -80], abs=0.05)
    hill = gain_db(filters.peak, 10, 400, 20_000, hz=400, gain_db=-4, q=1)
    assert hill == pytest.approx([0, -4, 0], abs=0.05)
    shelf = gain_db(filters.shelf, 10, 100_000, hz=1000, gain_db=4, q=0.7)
    assert shelf == pytest.approx([0, 4], abs=0.05)
    limit = np.abs(filters.band_limit(np.array([0, 16_000, 20_000, 24_000.0]), RATE))
    assert limit == pytest.approx([1, 1, 0.5, 0], abs=1e-6)


def test_a_filter_is_that_of_scipy_and_joints_are_not_heard():
    samples = noise(3)  # ten blocks
    ours = through(samples, lambda f: filters.high_pass(f, 75) * filters.steep_low_pass(f, 2000))
    high = scipy.signal.butter(1, 75, "high", fs=RATE, output="sos")
    low = scipy.signal.butter(4, 2000, fs=RATE, output="sos")
    theirs = scipy.signal.sosfilt(np.concatenate([high, low]), samples)
    error = ours - theirs  # SciPy bends the curve a little where it nears half the rate
    assert np.abs(error).max() < 0.02 * np.abs(theirs).max()
    joint = np.arange(len(samples)) % filters.BLOCK < 100
    assert np.abs(error[joint]).max() < 1.5 * np.abs(error[~joint]).max()


def test_another_rate_keeps_the_tone():
    time = np.arange(RATE) / RATE
    tone = np.sin(2 * np.pi * 1000 * time).astype(np.float32)
    fast = through(tone, lambda f: filters.band_limit(f, RATE), 4 * RATE)
    late = np.arange(4 * RATE) / (4 * RATE) - filters.DELAY / RATE
    np.testing.assert_allclose(fast[9600:], np.sin(2 * np.pi * 1000 * late)[9600:], atol=1e-3)


def test_blocks_are_of_one_length_and_join_again():
    samples = np.stack([np.ones(30_000), np.zeros(30_000)], axis=1).astype(np.float32)
    blocks = list(filters.in_blocks(samples))
    assert [block.shape for block in blocks] == [(2, filters.BLOCK)] * 2
    assert (filters.joined(iter(blocks), 30_000) == samples).all()
    assert np.concatenate(blocks, axis=1)[:, 30_000:].max() == 0
    middle = (block.mean(axis=0) for block in blocks)
    assert (filters.joined(middle, 30_000) == 0.5).all()
    assert filters.joined(filters.in_blocks(samples[:0]), 0).shape == (0, 2)


def test_pieces_are_added_where_they_begin_however_long_they_are():
    rng = np.random.default_rng(2)
    starts = np.sort(rng.integers(0, 5 * filters.BLOCK, 12))
    pieces = [(int(start), noise(rng.uniform(0, 1.5), start)) for start in starts]
    whole = np.zeros(8 * filters.BLOCK + RATE, np.float32)
    for start, piece in pieces:
        whole[start : start + len(piece)] += piece
    n_samples = 3 * filters.BLOCK + 7  # the last ones begin later
    blocks = filters.overlapping(pieces, n_samples)
    np.testing.assert_allclose(
        filters.joined(blocks, n_samples)[:, 0], whole[:n_samples], atol=1e-5
    )


def test_one_side_becomes_two():
    samples = noise(1)
    blocks = (block[0] for block in filters.in_blocks(np.stack([samples, samples], axis=1)))
    sides = filters.filtered(blocks, lambda f: np.stack([1 + 0 * f, -2 + 0 * f])[:, None], RATE)
    left, right = filters.joined(sides, RATE).T
    np.testing.assert_allclose(left, samples, atol=1e-5)
    np.testing.assert_allclose(right, -2 * samples, atol=1e-5)
