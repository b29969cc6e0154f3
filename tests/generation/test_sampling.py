"""Drawing the next symbol."""

import numpy as np

import rockonet_utils as ru


def test_sampling_follows_temperature_and_top_p():
    p = np.array([0.5, 0.25, 0.15, 0.1])
    rng = np.random.default_rng(0)

    def shares(temperature, top_p, n=4000, top_k=0):
        rows = np.repeat(p[None], n, axis=0)
        drawn = ru.sample(rows, temperature, top_p, top_k, rng.random(n))
        return np.bincount(drawn, minlength=4) / n

    assert shares(0, 1, 20).tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(shares(1, 1), p, atol=0.04)
    squared = p**2 / (p**2).sum()
    np.testing.assert_allclose(shares(0.5, 1), squared, atol=0.04)
    np.testing.assert_allclose(shares(1, 0.7), [2 / 3, 1 / 3, 0, 0], atol=0.04)
    assert shares(1, 0.01, 50).tolist() == [1, 0, 0, 0]  # the likeliest is never cut off
    np.testing.assert_allclose(shares(1, 1, top_k=3), [5 / 9, 5 / 18, 1 / 6, 0], atol=0.04)
    some = ru.sample(np.array([[0.0, 0, 1, 0], [1, 0, 0, 0]]), 2.0, 1, 0, np.array([0.999, 0.0]))
    assert some.tolist() == [2, 0]  # what has no chance is never drawn


def test_odds_chart_shows_temperatures_apart():
    vocabulary = ru.Vocabulary(("A2", "B2", "C3"), 1.0, 1.0)
    ax = ru.odds_chart(np.array([0.6, 0.3, 0.1]), vocabulary, (0.5, 1.0)).axes[0]
    heights = [patch.get_height() for patch in ax.patches]
    squares = np.array([0.36, 0.09, 0.01])
    np.testing.assert_allclose(heights, [*squares / squares.sum(), 0.6, 0.3, 0.1])
