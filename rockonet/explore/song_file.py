"""Any file of a song that can be read, MIDI or Guitar Pro."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from symusic.core import ScoreTick

from rockonet.common.errors import say_remarks
from rockonet.common.techniques import Technique, technique_name
from rockonet.explore.guitar_pro import GUITAR_PRO_SUFFIXES, is_guitar_pro, parse_guitar_pro
from rockonet.explore.midi_file import MIDI_SUFFIXES, file_bytes, parse_midi
from rockonet.explore.tab_song import TabSong

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
        return song.score, (*song.remarks, *_unheard(song))
    return parse_midi(data, name)


def _unheard(song: TabSong) -> tuple[str, ...]:
    """What of the playing of guitars and basses the score does not tell."""
    notes = [track.notes["technique"] for track in song.tracks if track.program in range(24, 40)]
    flags = np.concatenate([np.zeros(0, np.uint16), *notes])
    heard = Technique.PALM_MUTE | Technique.DEAD
    told = [
        f"{technique_name(flag)} {count}"
        for flag in Technique
        if not flag & heard and (count := np.count_nonzero(flags & flag))
    ]
    return (f"techniques, not among the notes: {', '.join(told)}",) if told else ()


def read_song(path: str | os.PathLike[str]) -> ScoreTick:
    """Read one MIDI or Guitar Pro file; a warning says what of it was changed or left out.

    Raises: `MidiError`, which names the file and the reason.
    """
    path = Path(path)
    score, remarks = parse_song(file_bytes(path), path.name)
    say_remarks(path.name, remarks)
    return score
