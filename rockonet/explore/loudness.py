"""How loud a sound is to the ear, and sounds made equally loud so that they compare fairly."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rockonet.explore.filters import BLOCK, Blocks, filtered, high_pass, in_blocks, late, shelf
from rockonet.explore.sound import Sound

LOUDNESS_LUFS = -16.0  # what streaming services ask of music, or nearly
CEILING_DBFS = -1.0  # of the true peak: room for what MP3 coding adds
HOP = 256  # samples: 5 ms at 48,000 a second; a block has a whole number of them
LOOK_HOPS = 8  # how long before and after a peak the limiter gives way: 43 ms
LEAST_LUFS = -70.0  # what is quieter counts as silence
MARGIN_DB = 0.5  # what a peak between samples may be higher than it is seen
ROUNDS = 7  # until what the limiter takes is given back, to a tenth of a decibel at worst


def loudness_lufs(sound: Sound) -> float:
    """How loud a sound is, in LUFS: loudness units below full scale; −inf if nothing is heard."""
    n_hops = -(-len(sound.samples) // HOP)
    return loudness_of(hop_powers(in_blocks(sound.samples), sound.rate)[:n_hops], sound.rate)


def true_peak_dbfs(sound: Sound) -> float:
    """The highest peak of a sound, also between samples, in decibels below full scale."""
    with np.errstate(divide="ignore"):
        _, peaks = powers_and_peaks(in_blocks(sound.samples), sound.rate)
        return float(20 * np.log10(peaks.max(initial=0.0)))


def levelled(sound: Sound, target_lufs: float = LOUDNESS_LUFS) -> Sound:
    """A sound as loud as asked for, its true peak at `CEILING_DBFS` at most.

    A limiter turns it down for a moment where a peak is too high, and all of it comes up for that.
    Silence stays silence.
    """
    level = Sound(sound.samples.copy(), sound.rate)
    turn(level, level_gains(level, target_lufs))
    return level


def turn(sound: Sound, gains: np.ndarray) -> None:
    """Change a sound in place by gains at the edges of its hops; between them they run straight."""
    for start in range(0, len(sound.samples), BLOCK):
        part = sound.samples[start : start + BLOCK]
        edges = np.arange(start, start + len(part)) / HOP
        part *= np.interp(edges, np.arange(len(gains)), gains)[:, None].astype(np.float32)


def level_gains(sound: Sound, target_lufs: float = LOUDNESS_LUFS) -> np.ndarray:
    """Gains at the edges of hops, (n_hops + 1,), with which a sound is as `levelled` gives it."""
    n_hops = -(-len(sound.samples) // HOP)
    powers, peaks = powers_and_peaks(in_blocks(sound.samples), sound.rate)
    powers, peaks = powers[:n_hops], peaks[:n_hops]
    edges, reached = np.ones(n_hops + 1), loudness_of(powers, sound.rate)
    if np.isinf(reached):
        return edges
    gain = 1.0
    for _ in range(ROUNDS):
        gain *= 10 ** ((target_lufs - reached) / 20)
        edges = gain * limiter_gains(gain * peaks)
        reached = loudness_of(powers * ((edges[1:] + edges[:-1]) / 2) ** 2, sound.rate)
    return edges


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


def hop_powers(blocks: Blocks, rate: int) -> np.ndarray:
    """How strong each hop of blocks (2, n) is to the ear, (n_hops,)."""
    powers = [_powers(ear, HOP) for ear in filtered(blocks, hearing, rate)]
    return np.concatenate([np.zeros(0), *powers])


def powers_and_peaks(blocks: Blocks, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """The same, and the true peak of each hop: twice (n_hops,)."""

    def as_heard_and_as_it_is(f: np.ndarray) -> np.ndarray:
        return (np.stack([hearing(f), np.ones(len(f))]) * late(f, rate))[:, None, None]

    powers, peaks = [np.zeros(0)], [np.zeros(0)]
    for ear, wave in filtered(blocks, as_heard_and_as_it_is, rate, 2 * rate):
        powers.append(_powers(ear, 2 * HOP))
        peaks.append(_peaks(wave, 2 * HOP))
    return np.concatenate(powers), np.concatenate(peaks)


def _powers(ear: np.ndarray, hop: int) -> np.ndarray:
    """The mean square of both sides (2, n) added up, for each hop."""
    return np.square(ear).reshape(2, -1, hop).mean(axis=2).sum(axis=0)


def _peaks(wave: np.ndarray, hop: int) -> np.ndarray:
    """For each hop the top of the parabola through the highest sample and its neighbours."""
    top = np.abs(wave).reshape(2, -1, hop).argmax(axis=2) + np.arange(0, wave.shape[1], hop)
    last = wave.shape[1] - 1
    before, at, after = (
        np.take_along_axis(wave, np.clip(top + step, 0, last), axis=1) for step in (-1, 0, 1)
    )
    curved = np.abs(2 * at - before - after)
    return (np.abs(at) + np.square(before - after) / (8 * curved + 1e-9)).max(axis=0)


def hearing(f: np.ndarray) -> np.ndarray:
    """How the ear weighs frequencies: the head lifts the high ones, the low ones are hardly heard.

    Source: the 'K-weighting' of ITU-R BS.1770-4, as the analogue filters that it was made from.
    """
    return high_pass(f, 38.13) ** 2 * shelf(f, 1681.97, 4.0, 0.7072)


def loudness_of(powers: np.ndarray, rate: int) -> float:
    """Loudness in LUFS of a sound whose hops are so strong, see `hop_powers`.

    It is the mean over windows of 0.4 s, without those below −70 LUFS or 10 below the others.

    Source: ITU-R BS.1770-4.
    """
    edges = np.arange(len(powers) + 1) * HOP / rate
    energy = np.concatenate([[0.0], np.cumsum(powers) * HOP / rate])
    starts = np.arange(0, max(edges[-1] - 0.4, 0) + 1e-6, 0.1)
    windows = (np.interp(starts + 0.4, edges, energy) - np.interp(starts, edges, energy)) / 0.4
    windows = windows[windows > 10 ** ((LEAST_LUFS + 0.691) / 10)]
    if not len(windows):
        return -np.inf
    return float(-0.691 + 10 * np.log10(windows[windows > windows.mean() / 10].mean()))
