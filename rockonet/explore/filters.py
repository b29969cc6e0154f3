"""Filters as curves over frequency, through which a sound goes in blocks.

A stage is a generator: it takes blocks from the stage before and remembers what it needs of the
last one, so that a long sound takes no more memory than a short one and no joint is heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

Blocks = Iterator[np.ndarray]  # float32 (n,): one after the other, all of one length
Curve = Callable[[np.ndarray], np.ndarray]  # complex gains at frequencies in Hz

# At 48,000 samples a second a block is 0.6 s. What a filter remembers is 85 ms, after which the
# slowest one here (30 Hz) is 140 dB down. Together they are a power of two: a fast transform.
BLOCK, MEMORY = 14 * 1024, 2 * 1024
DELAY = 64  # samples that `late` waits: a millisecond


def in_blocks(samples: np.ndarray) -> Blocks:
    """Samples (n,) or the mean of both sides (n, 2), `BLOCK` at a time; silence fills the last."""
    for start in range(0, len(samples), BLOCK):
        block = samples[start : start + BLOCK]
        block = block.mean(axis=1, dtype=np.float32) if block.ndim == 2 else block
        yield block if len(block) == BLOCK else np.pad(block, (0, BLOCK - len(block)))


def joined(blocks: Blocks, n_samples: int) -> np.ndarray:
    """The first samples of blocks, float32 (n_samples,)."""
    samples = np.empty(n_samples, np.float32)
    for i, block in enumerate(blocks):
        part = samples[i * len(block) : (i + 1) * len(block)]
        part[:] = block[: len(part)]
    return samples


def filtered(
    blocks: Blocks, curve: Curve, rate: int, new_rate: int | None = None, memory: int = MEMORY
) -> Blocks:
    """Through a filter and, if asked for, to another rate.

    Each block goes with the end of the last one, to know what still rings; of the result only the
    new part is kept ('overlap-save').

    curve: let it vanish at half the lower rate; one that breaks off there rings before its time,
        which is heard where blocks meet. memory: for how many samples something rings at most, if
        a block has `BLOCK` of them.
    """
    new_rate = new_rate or rate
    before: np.ndarray | None = None
    for block in blocks:
        if before is None:
            before = np.zeros(len(block) * memory // BLOCK, np.float32)
            n, kept = len(before) + len(block), len(block) * new_rate // rate
            new_n = n * new_rate // rate
            f = np.fft.rfftfreq(min(n, new_n), 1 / min(rate, new_rate))
            gains = (curve(f) * (new_n / n)).astype(np.complex64)
        x = np.concatenate([before, block])
        yield np.fft.irfft(np.fft.rfft(x)[: len(gains)] * gains, new_n)[-kept:]
        before = x[-len(before) :]


def high_pass(f: np.ndarray, corner: float) -> np.ndarray:
    """What lies below the corner is cut, 6 dB for each octave."""
    s = 1j * f / corner
    return s / (1 + s)


def low_pass(f: np.ndarray, corner: float) -> np.ndarray:
    """What lies above the corner is cut, 6 dB for each octave."""
    return 1 / (1 + 1j * f / corner)


def steep_low_pass(f: np.ndarray, corner: float) -> np.ndarray:
    """The same, 24 dB for each octave (Butterworth)."""
    s = 1j * f / corner
    return 1 / ((1 + 0.765 * s + s**2) * (1 + 1.848 * s + s**2))


def peak(f: np.ndarray, hz: float, gain_db: float, q: float) -> np.ndarray:
    """A hill, or with less than 0 dB a valley, round a frequency; the larger q the narrower."""
    s, height = 1j * f / hz, 10 ** (gain_db / 40)
    return (1 + height / q * s + s**2) / (1 + s / (height * q) + s**2)


def shelf(f: np.ndarray, hz: float, gain_db: float, q: float) -> np.ndarray:
    """What lies above a frequency is raised by so many dB."""
    s, height = 1j * f / hz, 10 ** (gain_db / 20)
    return (1 + np.sqrt(height) / q * s + height * s**2) / (1 + s / q + s**2)


def late(f: np.ndarray, rate: int) -> np.ndarray:
    """Nothing but a delay of `DELAY` samples, for what needs to know what comes."""
    return np.exp(-2j * np.pi * f * DELAY / rate)


def band_limit(f: np.ndarray, rate: int) -> np.ndarray:
    """Nothing from half the rate on, all of it up to a third; `late`, for it is steep."""
    top = np.clip((f - rate / 3) / (rate / 6), 0, 1)
    return np.cos(np.pi / 2 * top) ** 2 * late(f, rate)
