"""Read many damaged MIDI files; run by test_fuzz.py in a process of its own, which may die.

    python tests/explore/fuzz_midi.py FIRST COUNT GUARD

The number of the file that is being read is kept in the file PROGRESS; 2 seconds with one file
end the process. With GUARD 1 what is handed to the reader ends where the memory ends, so
that even a single byte read past it kills the process (Linux and CPython only). With GUARD 2 the
file is not mended before, to see that the guard is on duty.
"""

import ctypes
import json
import mmap
import os
import random
import re
import signal
import struct
import sys
from pathlib import Path

from symusic.core import ScoreTick

import rockonet_utils as ru
from rockonet.explore import midi_file
from rockonet.explore.midi_techniques import with_techniques
from rockonet.explore.parts import guitar_parts, part_notes

SONGS = sorted((Path(__file__).parents[2] / "data" / "starter").rglob("*.mid"))
ROOM = 1 << 21


def mutate(rng, songs):
    """The bytes of a song after bit flips, cuts, splices, insertions or crafted lengths."""
    data = bytearray(rng.choice(songs))
    kind = rng.choice(("flip", "status", "delete", "insert", "splice", "length", "cut", "header"))
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        near = len(data) if rng.random() < 0.7 else min(60, len(data))
        i = rng.randrange(near)
        if kind == "flip":
            data[i] ^= 1 << rng.randrange(8)
        elif kind == "status":
            data[i] = rng.choice((0, 0x7F, 0x80, 0x90, 0xC0, 0xE0, 0xF0, 0xF7, 0xFF))
        elif kind == "delete":
            del data[i : i + rng.choice((1, 2, 4, 100))]
        elif kind == "insert":
            data[i:i] = rng.randbytes(rng.choice((1, 2, 4, 30)))
        elif kind == "splice":
            other = rng.choice(songs)
            j = rng.randrange(len(other))
            data[i : i + 200] = other[j : j + 200]
        elif kind == "length":
            place = max(data.find(b"MTrk", i), 14)
            length = rng.choice((0, 1, 2**31 - 1, 2**32 - 1, rng.randrange(2**32), 3000))
            data[place + 4 : place + 8] = struct.pack(">I", length)
        elif kind == "cut":
            del data[max(i, 14) :]
        else:
            data[8:14] = rng.randbytes(6)
        if len(data) < 30:
            break
    return bytes(data)


class GuardedScore:
    """ScoreTick.from_midi on a copy of the bytes that ends where readable memory ends."""

    def __init__(self):
        libc = ctypes.CDLL(None)
        libc.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        self.memory = mmap.mmap(-1, ROOM + mmap.PAGESIZE)
        self.start = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        assert libc.mprotect(self.start + ROOM, mmap.PAGESIZE, 0) == 0
        self.read = ScoreTick.from_midi

    def from_midi(self, data, **options):
        # A bytes object is a reference count, a type, a size, a hash and the bytes.
        head = struct.pack("<qQqq", 1 << 30, id(bytes), len(data), -1)
        place = self.start + ROOM - len(data) - len(head)
        ctypes.memmove(place, head + data, len(head) + len(data))
        return self.read(ctypes.cast(place, ctypes.py_object).value, **options)


def main(first, count, guard):
    songs = sorted((path.read_bytes() for path in SONGS), key=len)[:50]
    if guard:
        midi_file.ScoreTick = GuardedScore()
    if guard == 2:
        midi_file.marked_file = lambda data, bodies, loose: data
    read = refused = 0
    progress = os.open("PROGRESS", os.O_CREAT | os.O_WRONLY)
    for number in range(first, first + count):
        os.pwrite(progress, f"{number:12}".encode(), 0)
        data = mutate(random.Random(number), songs)
        signal.alarm(2)
        try:
            score, _ = midi_file.parse_midi(data, str(number))
            [song] = with_techniques([guitar_parts(score, range(128))])
            events, track = ru.events_from_notes(part_notes([song]))
            assert len(events) == len(track) and (events["step"] >= 0).all()
            assert len(song.timing.meter) == 2
            read += 1
        except ru.MidiError as error:
            assert error.reason
            refused += 1
        signal.alarm(0)
    # Not getrusage: what it gives may be the peak of the process that started this one.
    status = Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1024
    print(json.dumps({"read": read, "refused": refused, "peak_mb": peak}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
