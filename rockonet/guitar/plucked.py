"""An electric guitar before the amplifier: each note a plucked string, the sum of its partials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from rockonet.common.techniques import Technique
from rockonet.explore.filters import Blocks, overlapping

RATE = 48_000  # samples a second, as many as the SoundFont's synthesiser gives
HIGHEST_HZ = 6_000  # the loudspeaker of a guitar plays hardly higher
# How stiff each open string is, the thinnest first: π³Ed⁴ / 64Tl² for steel cores of 0.25 to
# 0.46 mm at 70 to 80 N on a scale of 648 mm. Partial k is sharper by half of it times k².
STIFFNESS = (1.3e-5, 4.0e-5, 10.8e-5, 4.8e-5, 6.0e-5, 8.4e-5, 10.1e-5, 13.2e-5)
PICK, PICKUP = 0.14, 0.09  # where it is struck and heard, as a share of the string from the bridge
# How fast a partial dies: so many nepers a second, and so many more for each kHz. A string that
# rings takes 6 s for 60 dB at 100 Hz and 1.4 s at 3 kHz; one under the palm 0.4 and 0.07 s; a dead
# one 0.03 and 0.015 s.
RINGING = 1.0, 1.3
DAMPED = {Technique.PALM_MUTE: (15.0, 30.0), Technique.DEAD: (200.0, 80.0)}
DEAD_STIFFNESS = 0.03  # so much that the partials are no multiples, and no pitch is heard
LIFTED, TAIL_SECONDS = 60.0, 0.12  # the same once the finger is lifted, and how long it is heard
HEARD_SECONDS = 12.0  # after which a string that rings is 104 dB down
SEGMENT = 128  # samples: near the root of what a note has, which takes the fewest powers of e
STACK = 8  # segments: products so small are left to one thread, for starting more takes longer


Curve = tuple[tuple[float, float], ...]  # corners, between which it runs straight


@dataclass(frozen=True)
class Pluck:
    """How a string is plucked, and what becomes of it until it is silent.

    onset, duration: in seconds. pitch: in semitones, with a fraction where it is out of tune.
    string: counted from the thinnest, 0. technique: those flags of `PALM_MUTE`, `DEAD` and
    `HARMONIC` that it has; the fret of a harmonic is where the string would have to end to sound as
    high. curve: how far over its pitch it sounds, seconds since the stroke and semitones.
    """

    onset: float
    duration: float
    pitch: float
    velocity: int
    string: int
    fret: int
    technique: Technique = Technique(0)
    curve: Curve = ()


def plucked(notes: Iterable[Pluck], n_samples: int) -> Blocks:
    """Notes as the pickup of an electric guitar gives them: blocks (n,) at `RATE`."""
    early_first = sorted(notes, key=lambda note: note.onset)
    sounds = ((round(note.onset * RATE), pluck(note)) for note in early_first)
    return overlapping(sounds, n_samples)


def pluck(note: Pluck) -> np.ndarray:
    """One note, float32 (n,): it ends soon after its duration.

    The partials of a string struck at one point and heard at another are as strong as
    sin(kπp) sin(kπq) / k, the high ones weaker the softer the stroke. A stiff string has them at
    kf √(1 + Bk²), and the high ones die first. Of a dead string they are no multiples at all.

    Source: Fletcher and Rossing, 'The Physics of Musical Instruments', chapters 2 and 9.
    """
    longer = 2 ** (note.fret / 12)  # is the whole string than what sounds of it
    hz = 440 * 2 ** ((note.pitch - 69) / 12)
    k = np.arange(1, max(1, int(HIGHEST_HZ / hz)) + 1)
    stiffness = STIFFNESS[note.string] * longer**2
    if note.technique & Technique.DEAD:
        stiffness = DEAD_STIFFNESS
    f = k * hz * np.sqrt(1 + stiffness * k**2)
    hard = note.velocity / 127
    height = np.sin(np.pi * k * PICK * longer) * np.sin(np.pi * k * PICKUP * longer) / k
    height *= 0.3 * hard * np.exp(-f / (600 + 5400 * hard))
    slow, fast = next((how for flag, how in DAMPED.items() if flag & note.technique), RINGING)
    duration = min(note.duration, HEARD_SECONDS)
    n_samples = round((duration + TAIL_SECONDS) * RATE)
    if note.curve:
        age = string_age(note.curve, n_samples)
        samples = decaying_partials(f, height, slow + fast * f / 1000, int(age[-1]) + 2)
        samples = np.interp(age, np.arange(len(samples)), samples).astype(np.float32)
    else:
        samples = decaying_partials(f, height, slow + fast * f / 1000, n_samples)
    tail = samples[round(duration * RATE) :]
    tail *= np.exp(-LIFTED / RATE * np.arange(len(tail), dtype=np.float32))
    return samples


def string_age(curve: Curve, n_samples: int) -> np.ndarray:
    """How many samples old the string would be at its own pitch, at each sample, floats (n,).

    A string that is bent swings faster: in the same time it gets as much farther.
    """
    seconds, semitones = np.transpose(curve)
    faster = 2 ** (np.interp(np.arange(n_samples) / RATE, seconds, semitones) / 12)
    return np.cumsum(faster) - faster[0]


def decaying_partials(
    f: np.ndarray, height: np.ndarray, decay: np.ndarray, n_samples: int
) -> np.ndarray:
    """The sum of height · e^(−decay·t) · sin(2πft) over the partials, float32 (n_samples,).

    As e^(a+b) is e^a·e^b, it is a product of two matrices: the partials at the beginning of each
    segment, and how they go on within one.
    """
    sample = np.exp((2j * np.pi * f - decay) / RATE)
    n_segments = -(-n_samples // (STACK * SEGMENT)) * STACK
    begin = height * np.vander(sample**SEGMENT, n_segments, increasing=True).T
    within = np.vander(sample, SEGMENT, increasing=True)
    rows = np.concatenate([begin.imag, begin.real], axis=1).astype(np.float32)
    columns = np.concatenate([within.real, within.imag]).astype(np.float32)
    return (rows.reshape(-1, STACK, len(columns)) @ columns).ravel()[:n_samples]
