"""The sounds of a player: a compact file for each stem, as loud together as the mix is."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from rockonet.explore.loudness import level_gains, turn
from rockonet.explore.sound import Sound
from rockonet.guitar.mix import quieten_prompt, stems

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


def stem_files(riff: Riff, band: bool = True, count_in: bool = True) -> dict[str, bytes]:
    """What a band plays of a riff as a file of Ogg Opus for each stem, by the names of `stems`.

    All are of one length; played together they are the mix, with the prompt half as loud.
    Raises: as `stems`.
    """
    made = stems(riff, band, count_in)
    parts = {name: made[name] for name in CODING if name in made}
    mix = Sound(np.sum([part.samples for part in parts.values()], axis=0), parts["guitar"].rate)
    gains = level_gains(mix)
    sides, levels = zip(*(CODING[name] for name in parts), strict=True)

    def coded(part: Sound, n_sides: int, level: float) -> bytes:
        turn(part, gains)
        quieten_prompt(part, riff, count_in)
        samples = part.samples if n_sides == 2 else part.samples.mean(axis=1)
        buffer = io.BytesIO()
        soundfile.write(
            buffer, samples, part.rate, format="OGG", subtype="OPUS", compression_level=level
        )
        return buffer.getvalue()

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(parts, pool.map(coded, parts.values(), sides, levels), strict=True))
