"""A riff as a MIDI file, with its tuning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rockonet.common.theory import chord_name
from rockonet.common.tunings import tuning_pitches
from rockonet.guitar.band import band_score

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

# MIDI has no word for the tuning of a guitar. It stands at the very beginning, in an event for
# those who wrote it (7F, their number 7D being that of schools): a text event would be sung, as
# MuseScore takes it for a lyric.
_OURS = b"\x00\xff\x7f"
_TUNING = re.compile(re.escape(_OURS) + rb".\x7dTuning: ((?:[A-G]#?-?\d ?){4,8})", re.DOTALL)


def midi_file(riff: Riff, band: bool = True) -> bytes:
    """A riff as a MIDI file: notes, tempo, meter, key, sound and, for `tuning_in_midi`, the tuning.

    band: with bass and drums, see `Riff.midi`.
    """
    data = band_score(riff, band).dumps_midi()
    text = b"\x7d" + f"Tuning: {chord_name(riff.open_strings)}".encode()
    event = _OURS + bytes([len(text)]) + text
    begin = data.index(b"MTrk")
    length = int.from_bytes(data[begin + 4 : begin + 8], "big") + len(event)
    return data[: begin + 4] + length.to_bytes(4, "big") + event + data[begin + 8 :]


def tuning_in_midi(data: bytes) -> tuple[int, ...] | None:
    """The tuning that `midi_file` wrote down, lowest string first; None if there is none."""
    found = _TUNING.search(data)
    try:
        return tuning_pitches(found[1].decode()) if found else None
    except ValueError:  # no tuning of a guitar: somebody else's words
        return None
