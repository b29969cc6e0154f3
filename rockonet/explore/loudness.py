"""How loud a sound is to the ear, and sounds made equally loud so that they compare fairly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rockonet.explore.filters import BLOCK, Blocks, filtered, high_pass, in_blocks, late, shelf
from rockonet.explore.sound import Sound

LOUDNESS_LUFS = -16.0  # what streaming services ask of music, or nearly
CEILING_DBFS = -1.0  # of the true peak: room for what MP3 coding adds
HOP = 256  # samples: 5 ms at 48,000 a second; a block has a whole number of them
LOOK_HOPS = 8  # how long before and after a peak the limiter gives way: 43 ms
LEAST_LUFS = -70.0  # what is quieter counts as silence
PEAK_OVERSAMPLING, MARGIN_DB = 4, 0.5  # to see peaks between samples, and what it may miss
ROUNDS = 6  # until what the limiter takes is given back, to a tenth of a decibel at worst


def loudness_lufs(sound: Sound) -> float:
    """How loud a sound is, in LUFS: loudness units below full scale; −inf if nothing is heard."""
    return _loudness(hop_powers(sound), HOP / sound.rate)


def true_peak_dbfs(sound: Sound) -> float:
    """The highest peak of a sound, also between samples, in decibels below full scale."""
    with np.errstate(divide="ignore"):
        return float(20 * np.log10(hop_peaks(sound).max(initial=0.0)))


def levelled(sound: Sound, target_lufs: float = LOUDNESS_LUFS) -> Sound:
    """A sound as loud as asked for, its true peak at `CEILING_DBFS` at most.

    A limiter turns it down for a moment where a peak is too high, and all of it comes up for that.
    Silence stays silence.
    """
    return Sound(with_gains(sound.samples, levelling(sound, target_lufs)), sound.rate)


def levelling(sound: Sound, target_lufs: float = LOUDNESS_LUFS) -> np.ndarray:
    """The gains at the edges of a sound's hops that make it as loud as `levelled` does, (n + 1,).

    They can be given to parts of the sound, see `with_gains`.
    """
    powers, peaks, seconds = hop_powers(sound), hop_peaks(sound), HOP / sound.rate
    loudness = _loudness(powers, seconds)
    if np.isinf(loudness):
        return np.ones(len(powers) + 1)
    gain = 10 ** ((target_lufs - loudness) / 20)
    for _ in range(ROUNDS):
        edges = limiter_gains(gain * peaks)
        reached = powers * (gain * (edges[1:] + edges[:-1]) / 2) ** 2
        gain *= 10 ** ((target_lufs - _loudness(reached, seconds)) / 20)
    return gain * limiter_gains(gain * peaks)


def with_gains(samples: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Samples (n, sides) turned up and down by gains at the edges of their hops, straight between
    them."""
    turned = np.empty_like(samples)
    for start in range(0, len(samples), BLOCK):
        stop = min(start + BLOCK, len(samples))
        gains = np.interp(np.arange(start, stop) / HOP, np.arange(len(edges)), edges)
        turned[start:stop] = samples[start:stop] * gains[:, None]
    return turned


def limiter_gains(peaks: np.ndarray) -> np.ndarray:
    """Gains at the edges of hops with these peaks, (n + 1,), between which they run straight.

    Each is the mean of the least over some hops before and after, so the gain sinks before a peak
    comes and is low enough in all of its hop.
    """
    ceiling = 10 ** ((CEILING_DBFS - MARGIN_DB) / 20)
    enough = np.minimum(1, ceiling / np.maximum(peaks, 1e-9))
    around = np.pad(enough, 2 * LOOK_HOPS - 1, mode="edge")
    least = sliding_window_view(around, 2 * LOOK_HOPS).min(axis=1)
    return sliding_window_view(least, 2 * LOOK_HOPS - 1).mean(axis=1)


def hop_powers(sound: Sound) -> np.ndarray:
    """How strong each hop is to the ear: the mean square of both sides added up, (n_hops,)."""
    powers = np.zeros(-(-len(sound.samples) // HOP))
    for side in sound.samples.T:
        heard = filtered(in_blocks(side), hearing, sound.rate)
        powers += _of_hops(heard, HOP, len(powers), lambda x: np.square(x).mean(axis=1))
    return powers


def hop_peaks(sound: Sound) -> np.ndarray:
    """The true peak of each hop, of both sides, (n_hops,)."""
    peaks, rate = np.zeros(-(-len(sound.samples) // HOP)), sound.rate

    def wait(f: np.ndarray) -> np.ndarray:
        return late(f, rate)

    for side in sound.samples.T:
        fine = filtered(in_blocks(side), wait, rate, PEAK_OVERSAMPLING * rate)
        hop = PEAK_OVERSAMPLING * HOP
        one = _of_hops(fine, hop, len(peaks), lambda x: np.abs(x).max(axis=1))
        peaks = np.maximum(peaks, one)
    return peaks


def hearing(f: np.ndarray) -> np.ndarray:
    """How the ear weighs frequencies: the head lifts the high ones, the low ones are hardly heard.

    Source: the 'K-weighting' of ITU-R BS.1770-4, as the analogue filters that it was made from.
    """
    return high_pass(f, 38.13) ** 2 * shelf(f, 1681.97, 4.0, 0.7072)


def _of_hops(
    blocks: Blocks, hop: int, n_hops: int, number: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    found = [number(block.reshape(-1, hop)) for block in blocks]
    return np.concatenate([np.zeros(0), *found])[:n_hops]


def _loudness(powers: np.ndarray, hop_seconds: float) -> float:
    """The mean over windows of 0.4 s, without those below −70 LUFS or 10 below the others.

    Source: ITU-R BS.1770-4.
    """
    edges = np.arange(len(powers) + 1) * hop_seconds
    energy = np.concatenate([[0.0], np.cumsum(powers) * hop_seconds])
    starts = np.arange(0, max(edges[-1] - 0.4, 0) + 1e-6, 0.1)
    windows = (np.interp(starts + 0.4, edges, energy) - np.interp(starts, edges, energy)) / 0.4
    windows = windows[windows > 10 ** ((LEAST_LUFS + 0.691) / 10)]
    if not len(windows):
        return -np.inf
    return float(-0.691 + 10 * np.log10(windows[windows > windows.mean() / 10].mean()))
