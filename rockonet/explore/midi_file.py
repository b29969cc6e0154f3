"""From the bytes of a MIDI file to a score, or to the reason why it is refused."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from symusic.core import ScoreTick

from rockonet.common.errors import say_remarks
from rockonet.common.shown_text import visible
from rockonet.explore.loose_notes import end_loose_notes, loose_pitches
from rockonet.explore.players import name_players, set_programs
from rockonet.explore.track_marks import Origin, marked, take_marks

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi")
# What is beyond these is refused. The largest of 1,546 real rock songs has 0.4 MB, 58 tracks and
# 42,000 notes; one has a stray note at quarter note 410,270, so the last limit is generous.
MAX_MIDI_BYTES, MAX_TRACKS, MAX_NOTES, MAX_QUARTERS = 8_000_000, 500, 500_000, 500_000


class MidiError(ValueError):
    """A MIDI file that cannot be used; the message names the file and the reason."""

    def __init__(self, name: str | os.PathLike[str], reason: str):
        self.name, self.reason = visible(name), visible(reason)
        super().__init__(f"{self.name}: {self.reason}")


def read_midi(path: str | os.PathLike[str]) -> ScoreTick:
    """Read one MIDI file.

    path: a ``.mid``, ``.midi``, ``.kar`` or RIFF-wrapped ``.rmi`` file; stray data bytes over 127
        are clamped. Of a file that is cut off in a track the notes before the cut are read, and a
        warning says so.
    Returns a score of symusic, in the file's own ticks (``score.ticks_per_quarter``).
    Raises: `MidiError`, which names the file and the reason.
    Notebook: 04.
    """
    path = Path(path)
    score, remarks = parse_midi(file_bytes(path), path.name)
    say_remarks(path.name, remarks)
    return score


def file_bytes(path: Path) -> bytes:
    try:
        refuse_large(path.name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise MidiError(path.name, f"cannot be opened ({error.strerror})") from error


def refuse_large(name: str, size: int) -> None:
    if size > MAX_MIDI_BYTES:
        raise MidiError(name, f"larger than {MAX_MIDI_BYTES // 10**6} MB, so not a song")


def parse_midi(data: bytes, name: str) -> tuple[ScoreTick, tuple[str, ...]]:
    """The score in the bytes of a file, and what was changed or guessed, in sentences.

    Tracks that one player plays have the same name, no others have; see `name_players`.
    Raises: `MidiError`, which names the file and the reason.
    """
    start = data.find(b"MThd", 0, 64)  # a RIFF wrapper puts 20 bytes before the header
    if start < 0 or len(data) < start + 14:
        if b"GUITAR PRO" in data[:40] or data[:4] in (b"BCFZ", b"BCFS"):
            raise MidiError(name, "a Guitar Pro file: export it there as MIDI (File → Export)")
        raise MidiError(name, "not a MIDI file")
    division = int.from_bytes(data[start + 12 : start + 14], "big")
    if division == 0 or division >= 0x8000:
        raise MidiError(name, "counts time in video frames or not at all, not in quarter notes")
    bodies, remark = repaired_tracks(data[start:], name)
    score, origins = read_marked(data[start:], bodies, name)
    if pitches := loose_pitches(score, origins):  # one is known of each, there may be more
        score, origins = read_marked(data[start:], bodies, name, pitches)
    loose = end_loose_notes(score)
    for what, count, limit in (
        ("notes", score.note_num(), MAX_NOTES),
        ("quarter notes of time", score.end() // score.ticks_per_quarter, MAX_QUARTERS),
    ):
        if count > limit:
            raise MidiError(name, f"not a song: {count:,} {what}, and {limit:,} is the limit")
    if score.start() < 0:
        raise MidiError(name, "damaged (its times run over)")
    remarks = [remark, *set_programs(score, origins, bodies)]
    if loose:
        remarks.append(f"notes without an end: {loose}, ended by the next strike or after a bar")
    name_players(score, origins)
    return score, tuple(filter(None, remarks))


def read_marked(
    data: bytes, bodies: Sequence[bytes], name: str, loose: Sequence[tuple[Origin, int]] = ()
) -> tuple[ScoreTick, list[Origin]]:
    """The score in these tracks, and where in the file each of its tracks stands."""
    try:
        score = ScoreTick.from_midi(marked_file(data, bodies, loose), sanitize_data=True)
        for track in score.tracks:
            track.name.encode()  # raises on a name that is no text in any encoding known here
    except (RuntimeError, UnicodeError) as error:
        raise MidiError(name, f"damaged ({str(error).removeprefix('MiniMidi: ')[:60]})") from error
    return score, take_marks(score, bodies)


def repaired_tracks(data: bytes, name: str) -> tuple[list[bytes], str]:
    """The events of each track of a MIDI file, safe to be read, and what has to be said of them.

    The reader trusts the number of tracks and their lengths, and would read on past the end of the
    file: tracks are counted here, and a track that is cut off is reduced to its whole events.
    """
    claimed, place = int.from_bytes(data[10:12], "big"), 8 + int.from_bytes(data[4:8], "big")
    found: list[bytes] = []
    remark = ""
    while len(found) < min(claimed, MAX_TRACKS + 1) and place + 8 <= len(data):
        kind, length = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "big")
        body = data[place + 8 : place + 8 + length]
        if len(body) < length:
            whole = whole_events_length(body)
            # An alien chunk, or an end of track before the end of the file: bytes were lost in the
            # track before or in this one, and from there on no time can be trusted.
            if kind != b"MTrk" or whole is None:
                where = max(1, len(found) + (kind == b"MTrk"))
                raise MidiError(name, f"damaged (bytes are missing in track {where})")
            body = body[:whole] + b"\x00\xff\x2f\x00"  # the end of a track
            remark = f"cut off in track {len(found) + 1} of {claimed}, read as far as it goes"
        if kind == b"MTrk":
            found.append(body)
        place += 8 + length
    if len(found) > MAX_TRACKS:
        raise MidiError(name, f"not a song: it has more than {MAX_TRACKS} tracks")
    if len(found) < claimed and not remark:
        remark = f"cut off after track {len(found)} of {claimed}, read as far as it goes"
    return found, remark


def marked_file(
    data: bytes, bodies: Sequence[bytes], loose: Sequence[tuple[Origin, int]] = ()
) -> bytes:
    """A file with the header of `data` and these tracks, which bear the marks of `track_marks`."""
    parts = [b"MThd\x00\x00\x00\x06", data[8:10], len(bodies).to_bytes(2, "big"), data[12:14]]
    for number, body in enumerate(bodies):
        body = marked(body, number, loose)
        parts += [b"MTrk", len(body).to_bytes(4, "big"), body]
    # A damaged last event may make the reader look a few bytes ahead.
    return b"".join((*parts, bytes(16)))


def whole_events_length(body: bytes) -> int | None:
    """How many bytes of a track that just stops are whole events; None if it does not just stop."""
    place = whole = status = 0

    def number() -> int:  # of variable length: seven bits a byte, the top bit says that more follow
        nonlocal place
        value = 0
        for _ in range(4):
            byte = body[place]
            place, value = place + 1, value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise ValueError

    try:
        while True:
            number()  # the time since the event before
            if body[place] >= 0x80:
                status, place = body[place], place + 1
            if status == 0xFF:  # meta event: a kind, a length, and so many bytes
                if body[place : place + 2] == b"\x2f\x00":
                    return None  # the end of the track
                place += 1
                length = number()
                place += length
            elif status in (0xF0, 0xF7):  # system exclusive: a length, and so many bytes
                length = number()
                place += length
            elif 0x80 <= status < 0xF0:
                place += 1 if 0xC0 <= status < 0xE0 else 2
            else:
                return None
            if place > len(body):
                return whole
            whole = place
    except IndexError:
        return whole
    except ValueError:
        return None


def midi_files(folder: str | os.PathLike[str]) -> list[Path]:
    """All MIDI files below a folder, sorted; upper-case suffixes count too."""
    found = (p for p in Path(folder).rglob("*") if p.suffix.lower() in MIDI_SUFFIXES)
    return sorted(path for path in found if not path.is_dir())


def read_folder(folder: str | os.PathLike[str]) -> dict[Path, ScoreTick]:
    """Read every MIDI file below a folder; a line is printed for each that is not whole.

    Notebook: 01.
    """
    scores = {}
    for path in midi_files(folder):
        try:
            scores[path], remarks = parse_midi(file_bytes(path), path.name)
        except MidiError as error:
            print(f"left out {error}")
        else:
            for remark in remarks:
                print(f"{path.name}: {remark}")
    return scores
