"""Where each track of a MIDI file comes from: marks put into its bytes and read off the score.

The reader makes a track of every channel and program in a chunk of the file, and keeps neither
chunk nor channel; of a note that never ends it keeps nothing. So every chunk gets a tail, far
behind its end: it ends all notes, and on each channel a control says which chunk and channel it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from symusic.core import ScoreTick

from rockonet.explore.tracks import GUITAR_NAMES

FAR = (1 << 28) - 1  # ticks behind the end of a chunk, the longest time that MIDI can write
_END = b"\xff\x2f\x00"
_NOTHING = b"\xff\x7f\x00"  # an event without content, at the time when the chunk ended
_HEAD = 400  # bytes of a chunk, in which a registered parameter may be set (control 101)
_SET_EARLY = re.compile(
    rb"(?:\x65\x00[\x00-\x7f][\xb0-\xbf]?\x64|\x64[\x00-\x02][\x00-\x7f][\xb0-\xbf]?\x65\x00).*"
    rb"[\xc0-\xcf][\x00-\x7f]",
    re.DOTALL,
)
_NOTE_ONS = [bytes([0x90 | channel]) for channel in range(16)]
_NOTE_OFFS = tuple(
    bytes([0x80 | channel]) + b"\x00".join(bytes([pitch, 0]) for pitch in range(128))
    for channel in range(16)
)


class Origin(NamedTuple):
    """Where a track was in its file: the place of its chunk, and its channel, both from 0."""

    chunk: int
    channel: int


def marked(body: bytes, chunk: int, loose: Iterable[tuple[Origin, int]] = ()) -> bytes:
    """The bytes of a chunk's events with the tail; as they are if they do not end as they should.

    loose: origins and pitches that have a note without an end, and may have more than one.
    """
    channels = [channel for channel, status in enumerate(_NOTE_ONS) if status in body]
    if not channels or not body.endswith(_END):
        return body
    head, tail = b"", []
    if b"\x65\x00" in body[:_HEAD] and _SET_EARLY.search(body[:_HEAD]):
        # What is set on a channel before its program would go to a track that has no notes.
        first = dict(reversed(program_changes(body[:_HEAD])))
        head = b"".join(bytes([0, 0xC0 | channel, first[channel]]) for channel in first)
    for channel in channels:
        mark = bytes([0, 0xB0 | channel, channel | chunk >> 7 << 4, chunk & 0x7F, 0])
        tail.append(_NOTE_OFFS[channel])
        if loose:
            more = [p for (number, c), p in loose if (number, c) == (chunk, channel)]
            tail += [bytes([0, p, 0]) * body.count(p) for p in more]
        tail.append(mark)
    return b"".join((head, body[:-3], _NOTHING, b"\xff\xff\xff\x7f", *tail, _END))


def take_marks(score: ScoreTick, bodies: Sequence[bytes]) -> list[Origin]:
    """Take the marks off a score and say where each of its tracks comes from.

    bodies: the events of each chunk, without tails. Where a channel changes its program, only its
    last track is marked, and of the others only guitars are looked for; tracks stand in the order
    of chunk, channel and program. Of tracks without notes nothing may be known, which is (-1, -1).
    """
    found: list[Origin | None] = []
    for track in score.tracks:
        controls = track.controls
        last = controls.pop() if len(controls) else None
        if last is None or last.time < FAR:
            found.append(None)
            if last is not None:
                controls.append(last)
        else:
            found.append(Origin(last.number >> 4 << 7 | last.value, last.number & 15))
    before, origins = Origin(0, 0), list[Origin]()
    for place, (track, origin) in enumerate(zip(score.tracks, found, strict=True)):
        if origin is None and track.program in GUITAR_NAMES and len(track.notes):
            behind = filter(None, found[place + 1 :])
            origin = _origin(
                track.program, before, next(behind, Origin(len(bodies) - 1, 15)), bodies
            )
        before = origin or before
        origins.append(origin or Origin(-1, -1))
    return origins


def _origin(program: int, low: Origin, high: Origin, bodies: Sequence[bytes]) -> Origin:
    """The first channel between two that sets this program."""
    chunks = range(low.chunk, high.chunk + 1)
    looks_so = re.compile(_SET_PROGRAM % bytes([program]))
    alike = {
        Origin(chunk, found[0][0] & 15)
        for chunk in chunks
        for found in looks_so.finditer(bodies[chunk])
    }
    alike = {origin for origin in alike if low <= origin <= high}
    if len(alike) == 1:
        return alike.pop()  # without a look at every event
    for chunk in chunks:
        for channel, set_program in sorted(program_changes(bodies[chunk])):
            if set_program == program and low <= (chunk, channel) <= high:
                return Origin(chunk, channel)
    return high


_TIME = rb"[\x80-\xff]{0,3}[\x00-\x7f]"
# Notes, controls and the pitch wheel. Those that follow may leave the status out; a thousand at a
# time, for every one costs memory while it is matched.
_LONG_EVENT = re.compile(rb"%b[\x80-\xbf\xe0-\xef][\x00-\x7f]{2}" % _TIME)
_MORE = re.compile(rb"(?:%b[\x80-\xbf\xe0-\xef]?[\x00-\x7f]{2}){1,1000}" % _TIME)
_EVENT = re.compile(rb"%b([\xc0-\xdf]?)([\x00-\x7f])" % _TIME)
# What sets a program looks like this, and other things may: the status can stand before others.
_SET_PROGRAM = rb"[\xc0-\xcf](?:[\x00-\x7f]%b){0,8}?%%b" % _TIME
_META = re.compile(rb"%b(?:\xff[\x00-\x7f]|[\xf0\xf7])((?:[\x80-\xff]{0,3}[\x00-\x7f]))" % _TIME)


def program_changes(body: bytes) -> list[tuple[int, int]]:
    """Channel and program of the changes in a chunk, in their order, as far as it can be read."""
    if not re.search(rb"[\xc0-\xcf][\x00-\x7f]", body):
        return []
    changes, place, status = [], 0, 0
    follows = _LONG_EVENT  # what a note, a control or the wheel may look like here
    while place < len(body):
        if event := follows.match(body, place):
            place, status, follows = event.end(), 0, _MORE
            continue
        follows = _LONG_EVENT
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
