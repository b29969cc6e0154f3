"""MusicXML that says more than a song has is refused before it costs anything."""

import time
import warnings

import pytest
from helpers import a_tune

import rockonet_utils as ru
from rockonet.common.errors import Remark
from rockonet.explore import musicxml_reader
from rockonet.explore.musicxml_reader import parse_musicxml

MANY = "999999999"


def score(old="", new=""):
    text = a_tune((40, 43, 45, 40) * 4).encoded(".musicxml").decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def first_measure(element):
    return score("</attributes>", f"</attributes>{element}")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (score("<beats>4<", f"<beats>{MANY}<"), f"a bar of {MANY} beats"),
        (score("<beats>4<", f"<beats>3 + {MANY}<"), rf"a bar of 3 \+ {MANY} beats"),
        (
            score("<beats>4</beats>", "<beats>3</beats><beat-type>4</beat-type>" * 3_000),
            r"a bar of 3 \+ 3",
        ),
        (score("</measure>", "<note/>" * 60_000 + "</measure>"), "too many notes"),
        (score("</measure>", "</measure>" + "<measure/>" * 20_000), "too many bars"),
        (
            first_measure(f"<forward><duration>{MANY}</duration></forward>"),
            "beyond 500,000 quarter notes",
        ),
    ],
)
def test_more_than_a_song_has_is_refused_at_once(data, reason):
    parse_musicxml(score(), "whole.musicxml")  # music21 is there
    begin = time.process_time()
    with pytest.raises(ru.MidiError, match=reason):
        parse_musicxml(data, "odd.musicxml")
    assert time.process_time() - begin < 2


@pytest.mark.parametrize(
    "data",
    [
        score("<per-minute>120<", "<per-minute>0<"),
        first_measure(
            "<harmony><root><root-step>C</root-step></root><kind>major</kind><degree>"
            f"<degree-value>{MANY}</degree-value><degree-alter>{MANY}</degree-alter>"
            "<degree-type>add</degree-type></degree></harmony>"
        ),
        first_measure(
            f"<figured-bass><figure><figure-number>{MANY}</figure-number></figure></figured-bass>"
        ),
    ],
)
def test_what_no_note_depends_on_is_passed_over_at_once(data):
    whole = parse_musicxml(score(), "whole.musicxml")
    begin = time.process_time()
    song = parse_musicxml(data, "odd.musicxml")
    assert time.process_time() - begin < 2
    assert song.tracks[0].notes.tolist() == whole.tracks[0].notes.tolist()


def test_a_long_score_says_how_long_it_takes_and_is_read_once(monkeypatch):
    monkeypatch.setattr(musicxml_reader, "SECONDS_A_NOTE", 0.25)  # as if it had 4,000 notes, not 32
    data = a_tune((40, 43, 45, 40) * 4, title="long").encoded(".musicxml")
    with pytest.warns(Remark, match="long.musicxml: about 8 seconds, MusicXML takes") as said:
        tracks = ru.prompt_tracks(data, "long.musicxml")
    assert [remark.filename for remark in said] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing is said again
        chosen = [ru.prompt_from_file(data, 1, "long.musicxml", track) for track in tracks.values()]
    assert all(riff.events["bass"].tolist() == [40, 43, 45, 40, 40, 43, 45, 40] for riff in chosen)
    assert parse_musicxml(data, "long.musicxml") is parse_musicxml(data, "long.musicxml")
    assert parse_musicxml(data, "other.musicxml") is not parse_musicxml(data, "long.musicxml")
