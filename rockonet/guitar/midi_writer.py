"""A riff as a MIDI file, with its tuning, and bends, slides and vibrato as the pitch wheel."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rockonet.common.pitch_curve import pitch_curve
from rockonet.common.techniques import BENDS, Technique
from rockonet.common.theory import TICKS_PER_QUARTER, chord_name
from rockonet.common.tunings import tuning_pitches
from rockonet.guitar.band import BASS_CHANNEL, DRUM_CHANNEL, band_score
from rockonet.guitar.notes import sounding_notes

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

# MIDI has no word for the tuning of a guitar. It stands at the very beginning, in an event for
# those who wrote it (7F, their number 7D being that of schools): a text event would be sung, as
# MuseScore takes it for a lyric.
_OURS = b"\x00\xff\x7f"
_TUNING = re.compile(re.escape(_OURS) + rb".\x7dTuning: ((?:[A-G]#?-?\d ?){4,8})", re.DOTALL)

FILE_TICKS = 480  # to the quarter note: fine enough for the wheel
WHEEL_SECONDS = 0.01  # between two positions of the wheel while it moves
WHEEL_SEMITONES = 2  # its usual range, which programs take that are not told
REST_SECONDS = 0.1  # after a note, before the wheel goes back to rest
DEAD_TICKS, DEAD_VELOCITY = FILE_TICKS // 24, 40  # at most: a click
# Registered parameter 0, the range of the wheel: its number, semitones, cents, and no number again.
_RANGE = ((101, 0), (100, 0), (6, -1), (38, 0), (101, 127), (100, 127))
_LEGATO_PEDAL = 68
_MOVES = int(BENDS | Technique.VIBRATO)
_HARMONICS, _HARMONICS_CHANNEL = 31, 15  # a sound of General MIDI
_CHANNELS = [n for n in range(15) if n not in (BASS_CHANNEL, DRUM_CHANNEL)]
_OFF, _SET, _ON = 0, 1, 2  # in this order at one time: notes end, the wheel is set, notes begin


def midi_file(riff: Riff, band: bool = True) -> bytes:
    """A riff as a MIDI file: notes, tempo, meter, key, sound and, for `tuning_in_midi`, the tuning.

    The guitar has a chunk of its own, see `guitar_chunk`.
    band: with bass and drums, see `Riff.midi`.
    """
    score = band_score(riff, band).resample(FILE_TICKS, 1)
    _, *others = _chunks(score.dumps_midi())
    score.tracks.clear()
    (conductor,) = _chunks(score.dumps_midi())  # tempo, meter, key, marker
    text = b"\x7d" + f"Tuning: {chord_name(riff.open_strings)}".encode()
    tuning = _OURS + bytes([len(text)]) + text
    chunks = [tuning + conductor, guitar_chunk(riff), *others]
    head = b"".join(number.to_bytes(2, "big") for number in (1, len(chunks), FILE_TICKS))
    return b"MThd" + _with_length(head) + b"".join(b"MTrk" + _with_length(c) for c in chunks)


def _chunks(data: bytes) -> Iterator[bytes]:
    """The tracks of a MIDI file, without their heads."""
    place = 14
    while place < len(data):
        begin, size = place + 8, int.from_bytes(data[place + 4 : place + 8], "big")
        yield data[begin : begin + size]
        place = begin + size


def _with_length(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


class _Note(NamedTuple):
    """A note of the guitar, its times in ticks of the file; see `sounding_notes`."""

    begin: int
    end: int
    pitch: int
    velocity: int
    technique: int
    bend: int
    slide: int

    @property
    def moves(self) -> bool:
        """Whether the wheel moves while it sounds."""
        return bool(self.technique & _MOVES or self.slide)


def guitar_chunk(riff: Riff) -> bytes:
    """The events of the guitar in a MIDI file, without the head of their chunk.

    What moves the wheel is on the first channel on which nothing else sounds meanwhile, so that it
    bends no other note; a riff of single notes needs one channel. Harmonics have a sound and a
    channel of their own. Of the channels that use it, the
    range of the wheel is set at the beginning, and before each note and at the end it is at rest.
    `LEGATO` is the pedal of that name. A dead note is a click.
    """
    notes = _notes(riff)
    channels = _channels(notes)
    farthest = max((abs(v) for note in notes for v in _curve(riff, note)[1]), default=0.0)
    semitones = max(WHEEL_SEMITONES, math.ceil(farthest - 1e-6))
    messages: list[tuple[int, int, bytes]] = []
    for channel, mine in channels.items():
        program = _HARMONICS if channel == _HARMONICS_CHANNEL else riff.program
        messages.append((0, _OFF, bytes([0xC0 | channel, program])))
        if any(note.moves for note in mine):
            for number, value in _RANGE:
                value = semitones if value < 0 else value
                messages.append((0, _OFF, bytes([0xB0 | channel, number, value])))
        messages += _channel_messages(riff, channel, mine, semitones)
    name = riff.title.encode()
    body, now = b"\x00\xff\x03" + _length(len(name)) + name, 0
    for time, _, message in sorted(messages, key=lambda message: message[:2]):
        body, now = body + _length(time - now) + message, time
    return body + b"\x00\xff\x2f\x00"


def _notes(riff: Riff) -> list[_Note]:
    """The notes of the guitar, by time."""
    columns = sounding_notes(riff.events, riff.fingering.frets, riff.open_strings)
    scale = FILE_TICKS // TICKS_PER_QUARTER
    found = []
    for begin, length, pitch, velocity, technique, bend, slide in zip(
        *(columns[name].tolist() for name in ("onset", "duration", "pitch", "velocity")),
        *(columns[name].tolist() for name in ("technique", "bend", "slide")),
        strict=True,
    ):
        length *= scale
        if technique & Technique.DEAD:
            length, velocity = min(length, DEAD_TICKS), min(velocity, DEAD_VELOCITY)
        end = begin * scale + length
        found.append(_Note(begin * scale, end, pitch, velocity, technique, bend, slide))
    return found


def _channels(notes: list[_Note]) -> dict[int, list[_Note]]:
    """The notes of each channel: what moves the wheel sounds on one where nothing else does."""
    harmonics = [note for note in notes if note.technique & Technique.HARMONIC]
    still = [note for note in notes if not (note.moves or note.technique & Technique.HARMONIC)]
    channels = {_CHANNELS[0]: still, _HARMONICS_CHANNEL: harmonics}
    gestures: dict[tuple[int, ...], list[_Note]] = defaultdict(list)
    for note in notes:
        if (
            note.moves and not note.technique & Technique.HARMONIC
        ):  # strings that move alike share a channel
            way = (note.technique & _MOVES, note.bend, note.slide)
            gestures[(note.begin, note.end, *way)].append(note)
    for together in gestures.values():
        begin, end = together[0].begin, together[0].end
        for channel in _CHANNELS:
            mine = channels.setdefault(channel, [])
            if all(note.end <= begin or end <= note.begin for note in mine):
                mine += together
                break
    first = _CHANNELS[0]  # it has the sound of the riff, also where every note is a harmonic
    return {n: sorted(mine) for n, mine in channels.items() if mine or n == first}


def _curve(riff: Riff, note: _Note) -> tuple[np.ndarray, np.ndarray]:
    """Where the wheel is while a note sounds: ticks since its stroke, and semitones."""
    if not note.moves:
        return np.zeros(0, int), np.zeros(0)
    tick = riff.tick_seconds * TICKS_PER_QUARTER / FILE_TICKS
    length = note.end - note.begin
    ticks = np.arange(0, length, max(1, round(WHEEL_SECONDS / tick)))
    way = (note.technique, note.bend, length * tick, note.slide)
    return ticks, pitch_curve(ticks * tick, *way)


def _channel_messages(
    riff: Riff, channel: int, notes: list[_Note], semitones: int
) -> list[tuple[int, int, bytes]]:
    """The messages of one channel: time, order at that time, bytes."""
    messages = []
    wheel, pedal = 0, False

    def turn(time: int, height: float) -> None:
        nonlocal wheel
        value = min(max(round(height / semitones * 8192), -8192), 8191)
        if value != wheel:
            low_and_high = bytes([(value + 8192) & 127, (value + 8192) >> 7])
            messages.append((time, _SET, bytes([0xE0 | channel]) + low_and_high))
            wheel = value

    tail = round(REST_SECONDS / riff.tick_seconds * FILE_TICKS / TICKS_PER_QUARTER)
    for place, note in enumerate(notes):
        alike = place > 0 and notes[place - 1][:2] == note[:2] and note.moves
        if not alike:
            for tick, height in zip(*_curve(riff, note), strict=True):
                turn(note.begin + int(tick), height)
            following = next((n.begin for n in notes[place:] if n.begin >= note.end), 1 << 40)
            turn(min(following, note.end + tail), 0.0)
        legato = bool(note.technique & Technique.LEGATO)
        if legato != pedal:
            pedal = legato
            messages.append(
                (note.begin, _SET, bytes([0xB0 | channel, _LEGATO_PEDAL, 127 * legato]))
            )
        messages.append((note.begin, _ON, bytes([0x90 | channel, note.pitch, note.velocity])))
        messages.append((note.end, _OFF, bytes([0x80 | channel, note.pitch, 0])))
    if pedal:
        messages.append((notes[-1].end, _SET, bytes([0xB0 | channel, _LEGATO_PEDAL, 0])))
    return messages


def _length(number: int) -> bytes:
    """A number as MIDI writes times and lengths: seven bits in a byte, the highest first."""
    found = bytes([number & 127])
    while number := number >> 7:
        found = bytes([number & 127 | 128]) + found
    return found


def tuning_in_midi(data: bytes) -> tuple[int, ...] | None:
    """The tuning that `midi_file` wrote down, lowest string first; None if there is none."""
    found = _TUNING.search(data)
    try:
        return tuning_pitches(found[1].decode()) if found else None
    except ValueError:  # no tuning of a guitar: somebody else's words
        return None
