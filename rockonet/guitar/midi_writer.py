"""A riff as a MIDI file, with its tuning in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rockonet.common.theory import chord_name
from rockonet.common.tunings import tuning_pitches
from rockonet.guitar.band import band_score

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

# A text event at the very beginning: MIDI itself has no word for the tuning of a guitar.
_TUNING = re.compile(rb"\x00\xff\x01.Tuning: ((?:[A-G]#?-?\d ?){6})", re.DOTALL)


def midi_file(riff: Riff, band: bool = True) -> bytes:
    """A riff as a MIDI file: notes, tempo, meter, key, sound and, as a text event, the tuning.

    band: with bass and drums, see `Riff.midi`.
    Notebook: 04.
    """
    data = band_score(riff, band).dumps_midi()
    text = f"Tuning: {chord_name(riff.open_strings)}".encode()
    event = b"\x00\xff\x01" + bytes([len(text)]) + text
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
