"""Filters as curves over frequency, through which a sound goes in blocks.

A stage is a generator: it takes blocks from the stage before and remembers what it needs of the
last one, so that a long sound takes no more memory than a short one and no joint is heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Blocks = Iterator[np.ndarray]  # float32 (n,) or (2, n), left and right: all of one length
Curve = Callable[[np.ndarray], np.ndarray]  # complex gains at frequencies in Hz

# A block is transformed in segments, all in one call, for getting ready takes as long as one of
# them. At 48,000 samples a second a segment is 0.26 s. What a filter remembers is 43 ms, after
# which the slowest one here (38 Hz, twice) is 70 dB down. Together they are a product of small
# primes, as a fast transform wants it.
SEGMENT, MEMORY = 10 * 1024, 2 * 1024
BLOCK = 2 * SEGMENT
DELAY = 64  # samples that `late` waits: a millisecond
# An array of 16 MB, let go at once: it teaches glibc to keep the memory of one block for the next.
# Else it gives it back to the system and asks again, which takes a quarter of the time.
np.empty(1 << 24, np.uint8)


def in_blocks(samples: np.ndarray) -> Blocks:
    """Samples (n, 2) as blocks (2, `BLOCK`); silence fills the last."""
    for start in range(0, len(samples), BLOCK):
        block = samples[start : start + BLOCK].T
        yield np.pad(block, ((0, 0), (0, BLOCK - block.shape[1])))


def overlapping(pieces: Iterable[tuple[int, np.ndarray]], n_samples: int) -> Blocks:
    """Pieces of sound added up, as blocks for so many samples in all.

    pieces: at which sample each begins, one after the other, and its own, (n,) or (2, n).
    """
    coming = iter(pieces)
    first, piece = next(coming)
    heard = [(first, piece)]
    for start in range(0, n_samples, BLOCK):
        while first < start + BLOCK and (following := next(coming, None)):
            first, piece = following
            heard.append(following)
        block = np.zeros((*piece.shape[:-1], BLOCK), np.float32)
        for begin, samples in heard:
            part = samples[..., max(0, start - begin) : max(0, start + BLOCK - begin)]
            place = max(0, begin - start)
            block[..., place : place + part.shape[-1]] += part
        heard = [one for one in heard if one[0] + one[1].shape[-1] > start + BLOCK]
        yield block


def joined(blocks: Blocks, n_samples: int) -> np.ndarray:
    """The first samples of blocks, float32 (n_samples, 2); of one side alone, twice the same."""
    samples, start = np.empty((n_samples, 2), np.float32), 0
    for block in blocks:
        part = samples[start : start + block.shape[-1]]
        part[:] = np.atleast_2d(block).T[: len(part)]
        start += block.shape[-1]
    return samples


def filtered(
    blocks: Blocks,
    curve: Curve,
    rate: int,
    new_rate: int | None = None,
    segment: int = SEGMENT,
    memory: int = MEMORY,
) -> Blocks:
    """Through a filter and, if asked for, to another rate.

    Each segment goes with the end of the last one, to know what still rings; of the result only the
    new part is kept ('overlap-save').

    curve: let it vanish at half the lower rate; one that breaks off there rings before its time,
        which is heard where segments meet. Gains (2, 1, n) instead of (n,) make two sides of one.
    segment, memory: of how many samples, where a block has `BLOCK`; for so long something rings.
    """
    new_rate = new_rate or rate
    before: np.ndarray | None = None
    for block in blocks:
        if before is None:
            finer = block.shape[-1] // BLOCK
            before = np.zeros((*block.shape[:-1], finer * memory), np.float32)
            n, step = finer * (memory + segment), finer * segment
            new_n, kept = n * new_rate // rate, step * new_rate // rate
            f = np.fft.rfftfreq(min(n, new_n), 1 / min(rate, new_rate))
            gains = (curve(f) * (new_n / n)).astype(np.complex64)
        x = np.concatenate([before, block], axis=-1)
        spectra = np.fft.rfft(sliding_window_view(x, n, axis=-1)[..., ::step, :])
        y = np.fft.irfft(spectra[..., : len(f)] * gains, new_n)[..., -kept:]
        yield y.reshape(*y.shape[:-2], -1)
        before = x[..., -before.shape[-1] :]


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
    turns = 2 * np.pi * DELAY / rate * f
    return np.cos(turns) - 1j * np.sin(turns)


def band_limit(f: np.ndarray, rate: int) -> np.ndarray:
    """Nothing from half the rate on, all of it up to a third; `late`, for it is steep."""
    top = np.clip((f - rate / 3) / (rate / 6), 0, 1)
    return np.cos(np.pi / 2 * top) ** 2 * late(f, rate)
