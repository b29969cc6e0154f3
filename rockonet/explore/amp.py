"""A guitar amplifier: it distorts the sum of all strings, which is what makes a power chord growl.

A sound goes through it in blocks, from stage to stage. Each stage is a generator that takes the
blocks of the stage before and remembers what it needs of the last one, so that a long sound takes
no more memory than a short one and no joint between two blocks is heard.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.signal import butter, firwin, lfilter, sosfilt, upfirdn

from rockonet.explore.sound import PEAK_DBFS, Sound

Blocks = Iterator[np.ndarray]  # float32 (n,): one after the other, at one rate

BLOCK = 1 << 14  # samples that go through at once: a third of a second
# Distortion makes partials without end; those over half the rate would come back as wrong notes.
# At four times the rate, with `saturated`, they lie 70 dB under a tone of 3 kHz; eight times the
# rate and the curve alone cost twice as much for 61 dB (measured with 36 dB of gain).
OVERSAMPLING = 4
GATE_SECONDS = 0.01  # how fast the gate follows
VALVE_HZ = 10_000  # what a valve lets through upwards, between the two stages
# Each sound of a guitar as the knobs of `amplify` have it.
AMPS: dict[str, dict[str, Any]] = {
    "distortion": dict(gain_db=36.0),
    "overdrive": dict(gain_db=22.0),
    "clean": dict(gain_db=-12.0, bias=0.0, low_cut_hz=70.0),
    "acoustic": dict(gain_db=-30.0, bias=0.0, low_cut_hz=50.0, cabinet=False),
}


def amplify(
    sound: Sound,
    gain_db: float = 36.0,
    bias: float = 0.2,
    low_cut_hz: float = 120.0,
    cabinet: bool = True,
    gate_dbfs: float = -55.0,
) -> Sound:
    """A clean guitar through an amplifier of two stages and a loudspeaker, its peak at −3 dBFS.

    An amplifier has one input, so both sides are added up before; what comes out is in the middle.

    gain_db: how far the first stage is driven, −60 to 60; the second gets a third of it. Up to −10
        it stays clean, from 20 on it is distorted. bias: asymmetry of the first stage, 0 to 1;
        more of it gives more even partials. low_cut_hz: what lies below is left out before each
        stage, for the bass would drown the rest. cabinet: whether it is heard through a guitar
        loudspeaker. gate_dbfs: what comes in quieter than that is silenced, so that rests are.
    Raises: ValueError for a gain outside of its range.
    Notebook: 04.
    Source: oversampling and `saturated` in Parker, Zavalishin, Le Bivic: 'Reducing the aliasing of
        nonlinear waveshaping using continuous-time convolution', DAFx 2016.
    """
    if not -60 <= gain_db <= 60:
        raise ValueError(f"gain_db is {gain_db}; an amplifier has −60 to 60.")
    rate, fast = sound.rate, OVERSAMPLING * sound.rate
    blocks = in_blocks(sound.samples)
    blocks = gated(blocks, gate_dbfs, rate)
    blocks = filtered(blocks, butter(1, low_cut_hz, "high", fs=rate, output="sos"))
    blocks = upsampled(blocks)
    blocks = saturated(blocks, gain_db, bias)
    between = butter(1, (1.25 * low_cut_hz, VALVE_HZ), "band", fs=fast, output="sos")
    blocks = filtered(blocks, between)
    blocks = saturated(blocks, gain_db / 3)
    blocks = downsampled(blocks)
    if cabinet:
        blocks = filtered(blocks, cabinet_filter(rate))
    return in_the_middle(blocks, len(sound.samples), rate)


def in_blocks(samples: np.ndarray) -> Blocks:
    """Both sides of a sound (n, 2) as one, `BLOCK` samples at a time."""
    for start in range(0, len(samples), BLOCK):
        yield samples[start : start + BLOCK].mean(axis=1, dtype=np.float32)


def gated(blocks: Blocks, gate_dbfs: float, rate: int) -> Blocks:
    """Silence where the sound is quieter than the gate: 10 dB below it 40 dB are taken away."""
    keep = np.exp(-1 / (GATE_SECONDS * rate))
    threshold, state = 10 ** (gate_dbfs / 10), np.zeros(1)
    for block in blocks:
        power, state = lfilter([1 - keep], [1, -keep], np.square(block, dtype=float), zi=state)
        yield block * (power**2 / (power**2 + threshold**2)).astype(np.float32)


def filtered(blocks: Blocks, sections: np.ndarray) -> Blocks:
    """Through a filter, given as second-order sections (n, 6)."""
    state = np.zeros((len(sections), 2))
    for block in blocks:
        block, state = sosfilt(sections, block, zi=state)
        yield block.astype(np.float32)


def saturated(blocks: Blocks, gain_db: float, bias: float = 0.0) -> Blocks:
    """Through a valve, which can give no more than 1: x / √(1 + x²).

    For each sample it gives the mean of the curve between the last input and this one, which is the
    difference of √(1 + x²), its integral, over the difference of the inputs. Without that the
    corners would make tones that nobody played. (Of a² − b² and a − b only a + b is left over, so
    nothing is divided by 0.)
    """
    gain, last = np.float32(10 ** (gain_db / 20)), np.full(1, bias, np.float32)
    rest = np.float32(bias / np.sqrt(1 + bias**2))
    for block in blocks:
        x = np.concatenate([last, block * gain + np.float32(bias)])
        root = np.sqrt(1 + x * x)
        yield (x[1:] + x[:-1]) / (root[1:] + root[:-1]) - rest
        last = x[-1:]


@functools.cache
def _half_band() -> np.ndarray:
    """What is above half the lower rate is cut, by 80 dB from two thirds of that rate on."""
    return firwin(16 * OVERSAMPLING + 1, 1 / OVERSAMPLING, window=("kaiser", 8.0)).astype("f4")


def upsampled(blocks: Blocks) -> Blocks:
    """At `OVERSAMPLING` times the rate."""
    taps = _half_band() * OVERSAMPLING
    before = np.zeros(len(taps) // OVERSAMPLING, np.float32)
    for block in blocks:
        x = np.concatenate([before, block])
        first = len(before) * OVERSAMPLING
        yield upfirdn(taps, x, up=OVERSAMPLING)[first:][: len(block) * OVERSAMPLING]
        before = x[-len(before) :]


def downsampled(blocks: Blocks) -> Blocks:
    """Back at the rate from before `upsampled`."""
    taps = _half_band()
    before = np.zeros(len(taps) - 1, np.float32)
    for block in blocks:
        x = np.concatenate([before, block])
        first = len(before) // OVERSAMPLING
        yield upfirdn(taps, x, down=OVERSAMPLING)[first:][: len(block) // OVERSAMPLING]
        before = x[-len(before) :]


@functools.cache
def cabinet_filter(rate: int) -> np.ndarray:
    """A loudspeaker of a guitar as second-order sections: it plays 75 Hz to 4.8 kHz.

    It is full at 110 Hz, hollow at 450 Hz and biting at 2.5 kHz; distortion without it is a wasp.
    """
    return np.concatenate(
        [
            butter(2, 75, "high", fs=rate, output="sos"),
            peak_filter(110, 4, 1.0, rate),
            peak_filter(450, -4, 0.8, rate),
            peak_filter(2500, 5, 1.0, rate),
            butter(4, 4800, "low", fs=rate, output="sos"),
        ]
    )


def peak_filter(hz: float, gain_db: float, q: float, rate: int) -> np.ndarray:
    """A hill of so many dB round a frequency, as one second-order section; larger q is narrower.

    Source: Bristow-Johnson, 'Cookbook formulae for audio equalizer biquad filter coefficients'.
    """
    angle = 2 * np.pi * hz / rate
    width, height = np.sin(angle) / (2 * q), 10 ** (gain_db / 40)
    over = np.array([1 + width * height, -2 * np.cos(angle), 1 - width * height])
    under = np.array([1 + width / height, -2 * np.cos(angle), 1 - width / height])
    return np.concatenate([over, under])[None] / under[0]


def in_the_middle(blocks: Blocks, n_samples: int, rate: int) -> Sound:
    """Blocks as a sound, alike on both sides."""
    samples = np.zeros((n_samples, 2), np.float32)
    start = 0
    for block in blocks:
        samples[start : start + len(block)] = block[:, None]
        start += len(block)
    peak = max(-samples.min(initial=0.0), samples.max(initial=0.0), 1e-9)
    samples *= np.float32(10 ** (PEAK_DBFS / 20) / peak)
    return Sound(samples, rate)
