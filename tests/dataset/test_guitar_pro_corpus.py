"""Guitar Pro files are files of a corpus like any other."""

import zipfile

import numpy as np
import pytest
from helpers import a_riff, melody, midi_bytes
from tab_songs import a_song

import rockonet_utils as ru
from rockonet.explore.song_browser import SongBrowser

RIFF = a_riff([(40, 47), (43,), (45,), (40,)] * 6, [0, *[6] * 23], [6] * 24)


@pytest.fixture
def mixed(tmp_path):
    folder = tmp_path / "mixed"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.mid").write_bytes(midi_bytes([melody([40, 43, 45, 40] * 6)]))
    (folder / "b.GP5").write_bytes(RIFF.encoded(".gp5"))
    (folder / "deep" / "c.gp").write_bytes(RIFF.encoded(".gp"))
    bars = {0: dict(isRepeatOpen=True), 1: dict(repeatClose=1)}
    lead = dict(name="Lead", program=29, lines=["6.0/4 6.3/4 6.5/4,v 6.7/4", "5.5/1"])
    bass = dict(name="Bass", program=33, strings=(28, 33, 38, 43), lines=["4.0/1", "4.5/1"])
    (folder / "d.gp4").write_bytes(a_song(lead, bass, bars=bars, version=(4, 0, 6), tempo=90))
    (folder / "e.gp3").write_bytes(b"\x18FICHIER GUITAR PRO v3.00" + bytes(50))
    (folder / "f.gp5").write_bytes(midi_bytes([melody([52, 55, 57, 52] * 3)]))
    (folder / "g.gp5").write_bytes(a_song(bass))
    return folder


def report(corpus):
    return {row.path: (row.status, row.reason, row.notes) for row in corpus.report}


def test_a_folder_of_both(mixed):
    corpus = ru.build_corpus(mixed)
    rows = report(corpus)
    assert list(rows) == ["a.mid", "b.GP5", "d.gp4", "deep/c.gp", "e.gp3", "f.gp5", "g.gp5"]
    assert rows["a.mid"] == ("kept", "", 24) and rows["b.GP5"] == ("kept", "", 30)
    assert rows["deep/c.gp"][:2] == ("skipped", "same guitars as b.GP5")
    status, reason, notes = rows["d.gp4"]
    assert (status, notes) == ("kept", 10)
    assert reason == "repeats played out: 2 bars became 4"
    assert rows["e.gp3"][0] == "unreadable" and "a Guitar Pro file" in rows["e.gp3"][1]
    assert rows["f.gp5"][0] == "kept"  # a MIDI file with another name
    assert rows["g.gp5"][:2] == ("skipped", "no guitar")
    songs = {song.path: song for song in corpus.song_info}
    assert songs["d.gp4"].tempo_bpm == pytest.approx(90, abs=0.01)
    place = [corpus.song_info[track.song].path for track in corpus.tracks].index("b.GP5")
    for column in ("bass", "shape", "step", "duration"):
        np.testing.assert_array_equal(corpus.track_events(place)[column], RIFF.events[column])
    lead = [track for track in corpus.tracks if corpus.song_info[track.song].path == "d.gp4"]
    assert [(track.name, track.program) for track in lead] == [("Lead", 29)]
    played = corpus.track_events(corpus.tracks.index(lead[0]))["technique"]
    assert played.tolist() == [0, 0, ru.Technique.VIBRATO, 0, 0] * 2


def test_in_a_zip_with_a_cache_and_in_several_processes(mixed, tmp_path):
    with zipfile.ZipFile(tmp_path / "mixed.zip", "w") as archive:
        for path in sorted(mixed.rglob("*.*")):
            archive.write(path, path.relative_to(mixed).as_posix())
    whole, zipped = ru.build_corpus(mixed), ru.build_corpus(tmp_path / "mixed.zip")
    np.testing.assert_array_equal(whole.events, zipped.events)
    assert report(whole) == report(zipped)
    cached = [ru.build_corpus(mixed, cache=tmp_path / "corpus.npz") for _ in range(2)]
    np.testing.assert_array_equal(cached[1].events, whole.events)
    assert report(ru.build_corpus(mixed, n_jobs=2)) == report(whole)


def test_a_folder_of_files_that_cannot_be_read_says_what_they_are(tmp_path):
    (tmp_path / "solo.gpx").write_bytes(b"BCFZ" + bytes(60))
    (tmp_path / "verse.gp5").write_bytes(b"\x18FICHIER GUITAR PRO v5.10" + bytes(60))
    with pytest.raises(ValueError, match="None of the 2 .*solo.gpx: a Guitar Pro file.*as MIDI"):
        ru.build_corpus(tmp_path)


def test_the_song_browser_shows_guitar_pro_files(mixed):
    browser = SongBrowser(mixed)
    assert [name for name, _ in browser.song._options_full][1] == "b.GP5"
    with pytest.warns(UserWarning, match="repeats played out"):
        browser.song.index = 2
    assert [label for label, _ in browser.track.options] == [
        "Lead (overdriven guitar, 10 notes)",
        "Bass (bass, 4 notes)",
    ]
