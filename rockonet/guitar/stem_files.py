"""The sounds of a player: a compact file for each stem, as loud together as the mix is."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from rockonet.explore.loudness import levelling, with_gains
from rockonet.explore.sound import Sound
from rockonet.guitar.mix import stems

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

# Opus in Ogg: for the same kbit/s it keeps twice as much of the sound as MP3, and of a guitar all
# up to 16 kHz. Sides, and libsndfile's level of compression, which makes the kbit/s said.
CODING = {
    "guitar": (2, 0.945),  # 36
    "bass": (1, 0.96),  # 16; it stands in the middle
    "drums": (2, 0.96),  # 30
    "click": (1, 0.96),
}
PROMPT_LOUDNESS = 0.5  # of a prompt, so that one hears where the model begins: 6 dB less


def stem_files(riff: Riff, band: bool = True, count_in: bool = True) -> dict[str, bytes]:
    """What a band plays of a riff as a file of Ogg Opus for each stem, by the names of `stems`.

    All are of one length; played together they are the mix, with the prompt half as loud.
    Raises: as `stems`.
    """
    made = stems(riff, band, count_in)
    parts = {name: made[name] for name in CODING if name in made}
    mix = Sound(np.sum([part.samples for part in parts.values()], axis=0), parts["guitar"].rate)
    gains, prompt = levelling(mix), prompt_loudness(riff, len(mix.samples), mix.rate, count_in)
    sides, levels = zip(*(CODING[name] for name in parts), strict=True)

    def coded(part: Sound, n_sides: int, level: float) -> bytes:
        samples = with_gains(part.samples, gains) * prompt[:, None]
        samples = samples if n_sides == 2 else samples.mean(axis=1)
        buffer = io.BytesIO()
        soundfile.write(
            buffer, samples, part.rate, format="OGG", subtype="OPUS", compression_level=level
        )
        return buffer.getvalue()

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(parts, pool.map(coded, parts.values(), sides, levels), strict=True))


def prompt_loudness(riff: Riff, n_samples: int, rate: int, count_in: bool) -> np.ndarray:
    """How loud each sample of a riff is beside the mix, float32 (n_samples,)."""
    if not riff.prompt_ticks:
        return np.ones(n_samples, np.float32)
    start = (riff.prompt_ticks + count_in * riff.ticks_per_bar) * riff.tick_seconds
    seconds = np.arange(n_samples, dtype=np.float32) / rate
    loudness = np.interp(seconds, (start - 0.01, start), (PROMPT_LOUDNESS, 1))
    return loudness.astype(np.float32)
