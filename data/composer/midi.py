"""MIDI files as bytes: notes, messages, tracks."""

from __future__ import annotations

from collections.abc import Iterable

TICKS_PER_QUARTER = 480
Note = tuple[int, int, int, int]  # start and end in MIDI ticks, pitch, velocity
# Time in MIDI ticks; of what is at one time, which comes first; bytes that begin with a status.
Message = tuple[int, int, bytes]
ENDS, CONTROLS, BEGINS = range(3)  # what comes first
WHEEL_AT_REST = 8192


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


def note_messages(notes: Iterable[Note], channel: int) -> list[Message]:
    """Notes that begin, and that end by an 'on' with velocity 0."""
    status = 0x90 | channel
    found = [(start, BEGINS, bytes((status, pitch, loud))) for start, _, pitch, loud in notes]
    return found + [(end, ENDS, bytes((status, pitch, 0))) for _, end, pitch, _ in notes]


def control(channel: int, number: int, value: int) -> bytes:
    return bytes((0xB0 | channel, number, value))


def wheel(channel: int, value: int) -> bytes:
    """The pitch wheel; value: 0 to 16,383."""
    return bytes((0xE0 | channel, value & 127, value >> 7))


def wheel_range(channel: int, semitones: int) -> list[bytes]:
    """Registered parameter 0: how far the wheel reaches to either side."""
    numbers = ((101, 0), (100, 0), (6, semitones), (38, 0), (101, 127), (100, 127))
    return [control(channel, number, value) for number, value in numbers]


def track_chunk(head: list[bytes], messages: Iterable[Message] = ()) -> bytes:
    """A MIDI track: the messages of its head at time 0, then the others with running status."""
    data = b"".join(b"\0" + message for message in head)
    now, status = 0, -1
    for time, _, message in sorted(messages):
        data += variable_length(time - now) + (message[1:] if message[0] == status else message)
        now, status = time, message[0]
    return chunk(b"MTrk", data + b"\0" + meta(0x2F, b""))
