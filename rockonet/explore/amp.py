"""A guitar amplifier: it distorts the sum of all strings, and so a power chord growls."""

from __future__ import annotations

from typing import Any

import numpy as np

from rockonet.explore.filters import (
    Blocks,
    band_limit,
    filtered,
    high_pass,
    in_blocks,
    joined,
    low_pass,
    peak,
    steep_low_pass,
)
from rockonet.explore.sound import Sound, at_peak

# Distortion makes partials without end; those over half the rate would come back as wrong notes.
# At three times the rate, with `saturated`, they lie 65 dB under a tone of 3 kHz, at twice the rate
# 57 dB; eight times the rate and the curve alone cost three times as much for 61 dB (measured with
# 36 dB of gain).
OVERSAMPLING = 3
GATE_SECONDS = 0.02  # over which the gate listens
VALVE_HZ = 10_000  # what a valve lets through upwards, between the two stages
# Each sound of a guitar as the knobs of `amplify` have it.
AMPS: dict[str, dict[str, Any]] = {
    "distortion": dict(gain_db=36.0, bias=1.0, low_cut_hz=100.0, cabinet=True, gate_dbfs=-55.0),
    "overdrive": dict(gain_db=22.0, bias=1.0, low_cut_hz=100.0, cabinet=True, gate_dbfs=-55.0),
    "clean": dict(gain_db=-12.0, bias=0.0, low_cut_hz=70.0, cabinet=True, gate_dbfs=-55.0),
    "acoustic": dict(gain_db=-30.0, bias=0.0, low_cut_hz=50.0, cabinet=False, gate_dbfs=-55.0),
}


def amplify(
    sound: Sound,
    gain_db: float = 36.0,
    bias: float = 1.0,
    low_cut_hz: float = 100.0,
    cabinet: bool = True,
    gate_dbfs: float = -55.0,
) -> Sound:
    """A clean guitar through an amplifier of two stages and a loudspeaker, its peak at −3 dBFS.

    An amplifier has one input, so both sides are added up before; what comes out is in the middle,
    3 ms later, as if the loudspeaker stood a metre away.

    gain_db: how far the first stage is driven, −60 to 60; the second gets a third of it. Up to −10
        it stays clean, from 20 on it is distorted. bias: where on its curve the first stage rests,
        0 to 4; the farther from the middle, the more even partials. low_cut_hz: what lies below
        is left out before each stage, for the bass would drown the rest. cabinet: whether it is
        heard through a guitar loudspeaker. gate_dbfs: what comes in quieter is silenced, so that
        rests are silent.
    Raises: ValueError for a gain outside of its range, or a low cut of 0.
    Notebook: 04.
    """
    if not -60 <= gain_db <= 60:
        raise ValueError(f"gain_db is {gain_db}: choose −60 to 60.")
    if not low_cut_hz > 0:
        raise ValueError(f"low_cut_hz is {low_cut_hz}: choose more than 0, such as 50.")
    middle = (sides.mean(axis=0) for sides in in_blocks(sound.samples))
    blocks = amplified(middle, sound.rate, gain_db, bias, low_cut_hz, cabinet, gate_dbfs)
    return at_peak(Sound(joined(blocks, len(sound.samples)), sound.rate))


def amplified(
    blocks: Blocks,
    rate: int,
    gain_db: float,
    bias: float,
    low_cut_hz: float,
    cabinet: bool,
    gate_dbfs: float,
) -> Blocks:
    """Blocks of one side through the stages of `amplify`, as loud as they come out."""
    fast = OVERSAMPLING * rate
    volume = 10 ** (-min(gain_db, 0) * 4 / 3 / 20)  # what both stages take when they are clean

    def input_filter(f: np.ndarray) -> np.ndarray:
        return high_pass(f, low_cut_hz) * band_limit(f, rate)

    def between(f: np.ndarray) -> np.ndarray:
        return high_pass(f, 1.25 * low_cut_hz) * low_pass(f, VALVE_HZ) * band_limit(f, fast)

    def loudspeaker(f: np.ndarray) -> np.ndarray:
        return volume * band_limit(f, rate) * (cabinet_curve(f) if cabinet else 1)

    blocks = gated(blocks, gate_dbfs, rate)
    blocks = filtered(blocks, input_filter, rate, fast)
    blocks = saturated(blocks, gain_db, bias)
    blocks = filtered(blocks, between, fast)
    blocks = saturated(blocks, gain_db / 3)
    return filtered(blocks, loudspeaker, fast, rate)


def gated(blocks: Blocks, gate_dbfs: float, rate: int) -> Blocks:
    """Silence where the sound is quieter than the gate: 10 dB below it 40 dB are taken away."""
    window = int(GATE_SECONDS * rate)
    threshold = np.float32(window * 10 ** (gate_dbfs / 10))  # what a window adds up to
    before: np.ndarray | None = None
    for block in blocks:
        if before is None:
            before = np.zeros((*block.shape[:-1], window), np.float32)
        squares = np.concatenate([before, block * block], axis=-1)
        total = np.cumsum(squares, axis=-1, dtype=float)
        louder = (total[..., window:] - total[..., :-window]).astype(np.float32) / threshold
        louder *= louder
        yield block * (louder / (louder + 1))
        before = squares[..., -window:]


def saturated(blocks: Blocks, gain_db: float, bias: float = 0.0) -> Blocks:
    """Through a valve, which can give no more than 1: x / √(1 + x²).

    For each sample it gives the mean of the curve between the last input and this one, which is the
    difference of √(1 + x²), its integral, over the difference of the inputs. Without that the
    corners would make tones that nobody played. (Of (a² − b²) / (a − b) only a + b is left over, so
    nothing is divided by 0.)

    Source: Parker, Zavalishin, Le Bivic, 'Reducing the aliasing of nonlinear waveshaping using
        continuous-time convolution', DAFx 2016.
    """
    gain, bias32 = np.float32(10 ** (gain_db / 20)), np.float32(bias)
    at_rest = bias32 / np.sqrt(1 + bias32**2)
    last: np.ndarray | None = None
    for block in blocks:
        if last is None:
            last = np.full((*block.shape[:-1], 1), bias32)
        x = np.concatenate([last, block * gain + bias32], axis=-1)
        root = np.sqrt(1 + x * x)
        last = x[..., -1:]
        yield (x[..., 1:] + x[..., :-1]) / (root[..., 1:] + root[..., :-1]) - at_rest


def cabinet_curve(f: np.ndarray) -> np.ndarray:
    """What a guitar loudspeaker in its cabinet makes of each frequency: it plays 75 Hz to 4.8 kHz.

    It is full at 110 Hz, hollow at 450 Hz and biting at 2.5 kHz. Distortion without it is a wasp.
    """
    bumps = peak(f, 110, 4, 1.0) * peak(f, 450, -4, 0.8) * peak(f, 2500, 5, 1.0)
    return high_pass(f, 75) ** 2 * bumps * steep_low_pass(f, 4800)
