"""MIDI files that are long, odd or half a lie: read with a remark, or refused, and soon."""

import random
import struct
import time

import pytest
from helpers import STARTER_SONGS, melody, midi_bytes

import rockonet_utils as ru
from rockonet.explore import midi_file
from rockonet.explore.midi_file import parse_midi, track_end


def one_track(events, end=b"\0\xff\x2f\0"):
    """A file with one track of these bytes, whole."""
    head = b"MThd\0\0\0\6\0\0\0\1\1\xe0MTrk"
    return head + struct.pack(">I", len(events + end)) + events + end


NOTES = b"".join(bytes((0, 0x90, 40 + i, 90, 0x60, 0x80, 40 + i, 0)) for i in range(10))
PROGRAM = b"\0\xc0\x1e"


def test_what_stands_behind_an_end_of_track_is_told(tmp_path):
    end = b"\0\xff\x2f\0"
    score, remarks = parse_midi(one_track(PROGRAM + NOTES + end + NOTES), "odd.mid")
    assert score.note_num() == 10
    assert remarks == (f"{len(NOTES) + 4} bytes behind the end of track 1 were left out",)
    score, remarks = parse_midi(one_track(PROGRAM + NOTES, end + bytes(40)), "padded.mid")
    assert score.note_num() == 10 and remarks == ()
    # The same bytes in a text are no end.
    text = b"\0\xff\x01\x04" + end
    score, remarks = parse_midi(one_track(PROGRAM + text + NOTES), "text.mid")
    assert score.note_num() == 10 and remarks == ()


def test_a_tempo_of_nothing_is_left_out():
    tempos = b"\0\xff\x51\3\0\0\0" + b"\0\xff\x51\3\x07\xa1\x20"
    for written, qpm in ((tempos, 120), (tempos[:7], None)):
        score, remarks = parse_midi(one_track(PROGRAM + written + NOTES), "still.mid")
        assert remarks == ("tempos that cannot be: 1, left out",)
        assert [tempo.qpm for tempo in score.tempos] == [qpm] * (qpm is not None)
        assert ru.render(score).seconds > 1


def test_names_that_are_no_expression_are_refused(folder):
    score, _ = parse_midi(midi_bytes([melody([40])]), "a.mid")
    for ask in (
        lambda: ru.guitar_tracks(score, track_names="(gtr"),
        lambda: ru.build_corpus(folder, track_names="(gtr"),
    ):
        with pytest.raises(ValueError, match=r"track_names='\(gtr' is no regular expression"):
            ask()


@pytest.mark.parametrize(
    "events",
    [
        pytest.param(b"\x06\x90\x28\x5a\x06\x80\x28\0", id="notes"),
        pytest.param(b"\x01\xe0\x10\x20", id="wheel"),
    ],
)
def test_eight_megabytes_that_are_cut_off_are_answered_soon(events):
    data = one_track(PROGRAM + NOTES + events * (7_900_000 // len(events)))
    begin = time.process_time()
    try:
        _, remarks = parse_midi(data[:-1000], "long.mid")
        assert "cut off in track 1 of 1, read as far as it goes" in remarks
    except ru.MidiError as error:
        assert "is the limit" in error.reason
    assert time.process_time() - begin < 4  # twice of what is promised: others are working too


def test_usual_events_are_skipped_as_if_they_were_read_one_by_one(monkeypatch):
    """Of damaged songs the events end where they do if each is looked at byte by byte."""
    rng, bodies = random.Random(0), []
    songs = [path.read_bytes() for path in STARTER_SONGS[:8]]
    for _ in range(300):
        song = bytearray(rng.choice(songs))
        begin = song.rfind(b"MTrk", 0, rng.randrange(100, len(song))) + 8
        body = song[begin : begin + rng.randrange(4000)]
        for _ in range(rng.choice((0, 1, 3))):
            if body:
                body[rng.randrange(len(body))] = rng.randrange(256)
        bodies.append(bytes(body))
    fast = [track_end(body) for body in bodies]
    monkeypatch.setattr(midi_file, "_USUAL", type("Never", (), {"match": lambda *_: None}))
    assert fast == [track_end(body) for body in bodies]
    assert len({end.why for end in fast}) == 3
