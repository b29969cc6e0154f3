"""MIDI files as bytes: notes, messages, tracks."""

from __future__ import annotations

TICKS_PER_QUARTER = 480
Note = tuple[int, int, int, int]  # start and end in MIDI ticks, pitch, velocity


def variable_length(number: int) -> bytes:
    """A number in MIDI's seven bits to a byte."""
    digits = [number & 127]
    while number := number >> 7:
        digits.append(number & 127 | 128)
    return bytes(reversed(digits))


def meta(kind: int, data: bytes) -> bytes:
    return bytes((0xFF, kind)) + variable_length(len(data)) + data


def name_meta(name: str) -> bytes:
    return meta(3, name.encode("ascii"))


def chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "big") + data


def track_chunk(head: list[bytes], notes: list[Note] = (), channel: int = 0) -> bytes:
    """A MIDI track: the messages of its head at time 0, then its notes with running status."""
    # A note ends by an 'on' with velocity 0, and ends come first where one meets a start.
    events = [(start, 1, pitch, loud) for start, _, pitch, loud in notes]
    events += [(end, 0, pitch, 0) for _, end, pitch, _ in notes]
    data = b"".join(b"\0" + message for message in head)
    now, status = 0, bytes((0x90 | channel,))
    for time, _, pitch, loud in sorted(events):
        data += variable_length(time - now) + status + bytes((pitch, loud))
        now, status = time, b""
    return chunk(b"MTrk", data + b"\0" + meta(0x2F, b""))
