"""Plucked strings: what is known of real ones, measured."""

import dataclasses

import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.guitar import plucked
from rockonet.guitar.plucked import RATE, Pluck

LOW_E = Pluck(0.0, 3.0, 40, 100, string=5, fret=0)
HZ = 440 * 2 ** ((40 - 69) / 12)  # 82.4


def partial(sound, hz, start, seconds=0.5):
    """Level in decibels and frequency of the strongest tone within 2 % of a frequency."""
    piece = sound[round(start * RATE) :][: round(seconds * RATE)]
    size = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 8 * len(piece)))
    f = np.fft.rfftfreq(8 * len(piece), 1 / RATE)
    near = np.flatnonzero(np.abs(f / hz - 1) < 0.02)
    best = near[size[near].argmax()]
    return 20 * np.log10(size[best]), f[best]


def test_a_stiff_string_is_sharper_the_higher_the_partial():
    sound = plucked.pluck(LOW_E)
    assert partial(sound, HZ, 0.2)[1] == pytest.approx(HZ, rel=2e-3)
    # √(1 + 8.4e-5 · 20²) is 1.0167: a quarter of a semitone and more.
    assert partial(sound, 20 * HZ * 1.0167, 0.2)[1] == pytest.approx(20 * HZ * 1.0167, rel=5e-4)


def test_high_partials_die_first_and_the_palm_kills_them_all():
    sound = plucked.pluck(LOW_E)

    def falls(hz, seconds=1.0):  # in dB
        return partial(sound, hz, 0.2)[0] - partial(sound, hz, 0.2 + seconds)[0]

    # 8.686 dB to the neper: 1 + 1.3 · 0.0824 of them a second, and 1 + 1.3 · 0.8279.
    assert falls(HZ) == pytest.approx(9.6, abs=0.3)
    assert falls(10.04 * HZ) == pytest.approx(18.0, abs=0.5)
    muted = plucked.pluck(dataclasses.replace(LOW_E, technique=ru.Technique.PALM_MUTE))
    fifth = RATE // 5
    assert np.abs(muted[fifth:]).max() < 0.1 * np.abs(muted[:fifth]).max()
    assert np.abs(sound[fifth : 2 * fifth]).max() > 0.3 * np.abs(sound[:fifth]).max()


def test_products_of_matrices_are_the_sum_of_the_partials():
    f, height, decay = np.array([100, 333.3]), np.array([1, 0.5]), np.array([2, 5.0])
    time = np.arange(5000) / RATE
    waves = height[:, None] * np.exp(-np.outer(decay, time)) * np.sin(2 * np.pi * np.outer(f, time))
    ours = plucked.decaying_partials(f, height, decay, 5000)
    np.testing.assert_allclose(ours, waves.sum(axis=0), atol=1e-5)


def test_a_note_begins_and_ends_in_silence_and_harder_is_brighter():
    short = dataclasses.replace(LOW_E, duration=0.25)
    sound = plucked.pluck(short)
    assert len(sound) == round((0.25 + plucked.TAIL_SECONDS) * RATE)
    assert abs(sound[0]) < 1e-6 and np.abs(sound[-100:]).max() < 1e-3

    def bright(velocity):
        sound = plucked.pluck(dataclasses.replace(LOW_E, velocity=velocity))
        return partial(sound, 12 * HZ * 1.006, 0.1)[0] - partial(sound, HZ, 0.1)[0]

    assert bright(120) > bright(40) + 1.5


def test_notes_are_added_where_they_begin_and_cut_at_the_end():
    late = dataclasses.replace(LOW_E, onset=0.5)
    sound = np.concatenate(list(plucked.plucked([late, LOW_E], RATE)))[:RATE]
    one = plucked.pluck(LOW_E)
    np.testing.assert_array_equal(sound[: RATE // 2], one[: RATE // 2])
    np.testing.assert_allclose(
        sound[RATE // 2 :], one[RATE // 2 : RATE] + one[: RATE // 2], atol=1e-6
    )
    highest = Pluck(0, 0.1, 127, 90, 5, 40)  # above what the loudspeaker plays
    assert np.isfinite(plucked.pluck(highest)).all()
