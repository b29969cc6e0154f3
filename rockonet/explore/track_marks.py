"""Where each track of a MIDI file comes from: marks put into its bytes and read off the score.

The reader makes a track of every channel and program in a chunk of the file, and keeps neither
chunk nor channel; of a note that never ends it keeps nothing. So every chunk gets a tail, far
behind its end: it ends all notes, and on each channel a control says which chunk and channel it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from symusic.core import ScoreTick

FAR = (1 << 28) - 1  # ticks behind the end of a chunk, the longest time that MIDI can write
_END = b"\xff\x2f\x00"
_NOTHING = b"\xff\x7f\x00"  # an event without content, at the time when the chunk ended
_HEAD = 400  # bytes of a chunk, in which a registered parameter may be set (control 101)
_NOTE_OFFS = tuple(
    bytes([0x80 | channel]) + b"\x00".join(bytes([pitch, 0]) for pitch in range(128))
    for channel in range(16)
)


class Origin(NamedTuple):
    """Where a track was in its file: the place of its chunk, and its channel, both from 0."""

    chunk: int
    channel: int


def marked(body: bytes, chunk: int) -> bytes:
    """The bytes of a chunk's events with the tail; as they are if they do not end as they should."""
    channels = [channel for channel in range(16) if bytes([0x90 | channel]) in body]
    if not channels or not body.endswith(_END):
        return body
    head, tail = b"", [_NOTHING, b"\xff\xff\xff\x7f"]
    if b"\x65\x00" in body[:_HEAD]:
        # What is set on a channel before its program would go to a track that has no notes.
        changes = program_changes(body)
        once = [(c, p) for c, p in changes if sum(c == other for other, _ in changes) == 1]
        head = b"".join(bytes([0, 0xC0 | channel, program]) for channel, program in once)
    for channel in channels:
        mark = bytes([0, 0xB0 | channel, channel | chunk >> 7 << 4, chunk & 0x7F, 0])
        tail += [_NOTE_OFFS[channel], mark]
    return b"".join((head, body[:-3], *tail, _END))


def take_marks(score: ScoreTick, bodies: Sequence[bytes]) -> list[Origin]:
    """Take the marks off a score and say where each of its tracks comes from.

    bodies: the events of each chunk, without tails. Where a channel changes its program, only its
    last track is marked; tracks stand in the order of chunk, channel and program.
    """
    found: list[Origin | None] = []
    for track in score.tracks:
        controls = track.controls
        mark = controls.pop() if len(controls) and controls[-1].time >= FAR else None
        number = mark and Origin(mark.number >> 4 << 7 | mark.value, mark.number & 15)
        found.append(number or None)
    if None not in found:
        return found  # type: ignore[return-value]
    sounds = sorted(
        (chunk, channel, program)
        for chunk, body in enumerate(bodies)
        for channel, program in {*program_changes(body), *((c, 0) for c in range(16))}
    )
    origins, place = [], 0
    for track, origin in zip(score.tracks, found, strict=True):
        rest = range(place, len(sounds))
        fits = (
            i
            for i in rest
            if sounds[i][2] == track.program and (origin is None or sounds[i][:2] == origin)
        )
        place = next(fits, place - 1) + 1
        origins.append(origin or Origin(*sounds[max(place - 1, 0)][:2]))
    return origins


_TIME = rb"[\x80-\xff]{0,3}[\x00-\x7f]"
# Notes, controls and the pitch wheel, as many as follow each other; a status may be left out.
_LONG_EVENTS = re.compile(
    rb"(?:%b[\x80-\xbf\xe0-\xef][\x00-\x7f]{2}(?:%b[\x00-\x7f]{2})*+)*+" % (_TIME, _TIME)
)
_EVENT = re.compile(rb"%b([\xc0-\xdf]?)([\x00-\x7f])" % _TIME)
_META = re.compile(rb"%b(?:\xff[\x00-\x7f]|[\xf0\xf7])((?:[\x80-\xff]{0,3}[\x00-\x7f]))" % _TIME)


def program_changes(body: bytes) -> list[tuple[int, int]]:
    """Channel and program of the changes in a chunk, in their order, as far as it can be read."""
    if not re.search(rb"[\xc0-\xcf][\x00-\x7f]", body):
        return []
    changes, place, status = [], 0, 0
    while place < len(body):
        end = _LONG_EVENTS.match(body, place).end()  # type: ignore[union-attr]
        if end > place:
            place, status = end, 0
        if event := _META.match(body, place):
            length = 0
            for byte in event[1]:
                length = length << 7 | byte & 0x7F
            place = event.end() + length
        elif (event := _EVENT.match(body, place)) and (event[1] or status):
            status = event[1][0] if event[1] else status
            if status < 0xD0:
                changes.append((status & 15, event[2][0]))
            place = event.end()
        else:
            break
    return changes
