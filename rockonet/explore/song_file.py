"""Any file of a song that can be read, MIDI or Guitar Pro."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from symusic.core import ScoreTick

from rockonet.explore.guitar_pro import GUITAR_PRO_SUFFIXES, is_guitar_pro, parse_guitar_pro
from rockonet.explore.midi_file import MIDI_SUFFIXES, file_bytes, parse_midi

SONG_SUFFIXES = (*MIDI_SUFFIXES, *GUITAR_PRO_SUFFIXES)


def song_files(folder: str | os.PathLike[str]) -> list[Path]:
    """All MIDI and Guitar Pro files below a folder, sorted; upper-case suffixes count too."""
    found = (p for p in Path(folder).rglob("*") if p.suffix.lower() in SONG_SUFFIXES)
    return sorted(path for path in found if not path.is_dir())


def parse_song(data: bytes, name: str) -> tuple[ScoreTick, tuple[str, ...]]:
    """The score in the bytes of a file, and what of it was changed or left out, in sentences.

    What the bytes are decides, not the suffix of the name.
    Raises: `MidiError`, which names the file, the reason and the remedy.
    """
    if b"MThd" not in data[:64] and is_guitar_pro(data):
        song = parse_guitar_pro(data, name)
        return song.score, song.remarks
    return parse_midi(data, name)


def read_song(path: str | os.PathLike[str]) -> ScoreTick:
    """Read one MIDI or Guitar Pro file; a warning says what of it was changed or left out.

    Raises: `MidiError`, which names the file and the reason.
    """
    path = Path(path)
    score, remarks = parse_song(file_bytes(path), path.name)
    for remark in remarks:
        warnings.warn(f"{path.name}: {remark}", stacklevel=2)
    return score
