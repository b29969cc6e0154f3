"""Any file of a song that can be read, MIDI or Guitar Pro."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from symusic.core import ScoreTick

from rockonet.common.errors import say_remarks
from rockonet.explore.file_kinds import is_guitar_pro, is_midi
from rockonet.explore.guitar_pro import GUITAR_PRO_SUFFIXES, parse_guitar_pro
from rockonet.explore.midi_file import MIDI_SUFFIXES, file_bytes, parse_midi
from rockonet.explore.tab_song import lost_harmonics, played_by_name

SONG_SUFFIXES = (*MIDI_SUFFIXES, *GUITAR_PRO_SUFFIXES)


def song_files(folder: str | os.PathLike[str]) -> list[Path]:
    """All MIDI and Guitar Pro files below a folder, sorted; upper-case suffixes count too."""
    found = (p for p in Path(folder).rglob("*") if p.suffix.lower() in SONG_SUFFIXES)
    return sorted(path for path in found if not path.is_dir())


class ParsedSong(NamedTuple):
    """What the bytes of a file say.

    remarks: what of it was changed or left out, in sentences. played: by the name of a track, its
    notes as they are played, if the file says more than the score; see `guitar_parts`.
    """

    score: ScoreTick
    remarks: tuple[str, ...]
    played: dict[str, dict[str, np.ndarray]]


def parse_song(data: bytes, name: str) -> ParsedSong:
    """The song in the bytes of a file.

    What the bytes are decides, not the suffix of the name.
    Raises: `MidiError`, which names the file, the reason and the remedy.
    """
    if not is_midi(data) and is_guitar_pro(data):
        song = parse_guitar_pro(data, name)
        remarks = (*song.remarks, *lost_harmonics(song.tracks))
        return ParsedSong(song.score, remarks, played_by_name(song))
    return ParsedSong(*parse_midi(data, name), {})


def read_song(path: str | os.PathLike[str]) -> ScoreTick:
    """Read one MIDI or Guitar Pro file; a warning says what of it was changed or left out.

    Raises: `MidiError`, which names the file and the reason.
    """
    path = Path(path)
    song = parse_song(file_bytes(path), path.name)
    say_remarks(path.name, song.remarks)
    return song.score
