"""Loudness, judged by pyloudnorm, and true peaks, judged by SciPy."""

import numpy as np
import pytest
from pyloudnorm import Meter
from scipy.signal import resample_poly

import rockonet_utils as ru

RATE = 48_000


def plucks(seconds, seed=0):
    """Noise that dies twice a second, with a pause: full of peaks."""
    time = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).normal(size=(len(time), 2))
    shape = 0.2 * np.exp(-12 * (time % 0.5)) * (time % 7 < 5) + 1e-4
    return ru.Sound((noise * shape[:, None]).astype(np.float32), RATE)


def judged(sound):
    """Loudness and true peak by others."""
    samples = sound.samples.astype(float)
    peak = np.abs(resample_poly(samples, 8, 1)).max()
    return Meter(sound.rate).integrated_loudness(samples), 20 * np.log10(peak)


def test_the_tone_of_the_standard_is_as_loud_as_it_says():
    tone = np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE)
    left = ru.Sound(np.stack([tone, 0 * tone], axis=1).astype(np.float32), RATE)
    assert ru.loudness_lufs(left) == pytest.approx(-3.01, abs=0.1)  # as the standard asks
    both = ru.Sound(np.repeat(left.samples[:, :1], 2, axis=1), RATE)
    assert ru.loudness_lufs(both) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("seconds", [0.7, 3, 20])
def test_loudness_and_peaks_are_those_of_others(seconds):
    sound = plucks(seconds)
    loudness, peak = judged(sound)
    assert ru.loudness_lufs(sound) == pytest.approx(loudness, abs=0.1)
    assert ru.true_peak_dbfs(sound) == pytest.approx(peak, abs=0.5)


def test_a_peak_between_samples_is_seen():
    time = np.arange(RATE)  # samples at 45° and 135° of a wave: none at its height, which is 1
    wave = np.sin(np.pi / 2 * time + np.pi / 4) * np.hanning(RATE)
    sound = ru.Sound(np.stack([wave, wave], axis=1).astype(np.float32), RATE)
    assert sound.peak_dbfs == pytest.approx(-3.01, abs=0.01)
    assert ru.true_peak_dbfs(sound) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("gain", [0.01, 1, 20])
def test_levelled_sounds_are_equally_loud_and_never_too_high(gain):
    sound = plucks(8)
    levelled = ru.levelled(ru.Sound(sound.samples * np.float32(gain), RATE))
    loudness, peak = judged(levelled)
    assert loudness == pytest.approx(ru.LOUDNESS_LUFS, abs=0.2)
    assert peak <= ru.CEILING_DBFS
    assert len(levelled.samples) == len(sound.samples)
    assert judged(sound)[1] - judged(sound)[0] > 16  # so there was something to limit


def test_silence_and_the_very_short_are_left_in_peace():
    silent = ru.Sound(np.zeros((RATE, 2), np.float32), RATE)
    assert ru.loudness_lufs(silent) == -np.inf and ru.true_peak_dbfs(silent) == -np.inf
    assert not ru.levelled(silent).samples.any()
    empty = ru.Sound(np.zeros((0, 2), np.float32), RATE)
    assert len(ru.levelled(empty).samples) == 0
    short = ru.levelled(plucks(0.1))
    assert np.isfinite(short.samples).all() and ru.true_peak_dbfs(short) <= ru.CEILING_DBFS
