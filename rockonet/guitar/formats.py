"""The formats that a riff is saved in: a new one is a row of this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rockonet.common.tunings import MOST_STRINGS
from rockonet.guitar.gpif_writer import guitar_pro_8
from rockonet.guitar.guitar_pro_writer import GP5_STRINGS, guitar_pro
from rockonet.guitar.midi_writer import midi_file
from rockonet.guitar.musicxml_writer import musicxml
from rockonet.guitar.score_picture import score_picture
from rockonet.guitar.tab_writer import tab_text

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff


@dataclass(frozen=True)
class FileFormat:
    """A format that a riff is saved in.

    label: what people call it. needs_fingering: whether it says a string and a fret for every
    note. write: makes the bytes of a file from a riff, and whether a band is heard with it.
    most_strings: how many a guitar may have. whole_tempo: whether it has only whole tempos.
    """

    label: str
    needs_fingering: bool
    write: Callable[[Riff, bool], bytes]
    most_strings: int = MOST_STRINGS
    whole_tempo: bool = False


FILE_FORMATS = {
    ".mid": FileFormat("MIDI", False, midi_file),
    ".gp": FileFormat("Guitar Pro 7 and 8", True, lambda riff, _: guitar_pro_8(riff)),
    ".gp5": FileFormat(
        "Guitar Pro 5", True, lambda riff, _: guitar_pro(riff), GP5_STRINGS, whole_tempo=True
    ),
    ".musicxml": FileFormat("MusicXML", True, lambda riff, _: musicxml(riff).encode()),
    ".mp3": FileFormat(
        "MP3", False, lambda riff, band: riff.audio(band).encoded(".mp3", riff.title)
    ),
    ".wav": FileFormat("WAV", False, lambda riff, band: riff.audio(band).encoded(".wav")),
    ".txt": FileFormat("tab as text", True, lambda riff, _: tab_text(riff).encode()),
    ".svg": FileFormat(
        "score as picture",
        True,
        lambda riff, _: score_picture(riff).svg.encode(),
    ),
}
FORMATS = tuple(FILE_FORMATS)
WITHOUT_FINGERING = tuple(suffix for suffix, row in FILE_FORMATS.items() if not row.needs_fingering)
KINDS = {suffix: row.label for suffix, row in FILE_FORMATS.items()}  # a name of version 0.1


def encoded(riff: Riff, suffix: str, band: bool = True) -> bytes:
    """A riff as the bytes of a file in one of `FORMATS`; band: with bass and drums, if it is heard.

    Raises: ValueError for an unknown format, or a written one if the riff cannot be fingered or has
        too many strings for it.
    """
    if suffix not in FILE_FORMATS:
        raise ValueError(f"Unknown format {suffix!r}: choose from {', '.join(FORMATS)}.")
    row = FILE_FORMATS[suffix]
    if row.needs_fingering and riff.fingering.unplayable:
        *others, last = WITHOUT_FINGERING
        raise ValueError(
            f"This riff is {riff.fingering.verdict}. Chords can be changed with riff.revoiced(), "
            f"jumps need a slower tempo; {', '.join(others)} and {last} take it as it is."
        )
    return row.write(riff, band)
