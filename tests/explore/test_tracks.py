"""From a score to guitars and notes."""

import pytest
from helpers import melody, midi_bytes

import rockonet_utils as ru


def test_notes_come_out_in_grid_ticks(tmp_path):
    path = tmp_path / "song.mid"
    # 480 ticks a quarter note: 160 is a triplet eighth (4 grid ticks), 5 is nothing at all.
    notes = [(0, 480, 40, 100), (5, 160, 47, 90), (160, 10, 52, 80), (960, 240, 40, 70)]
    path.write_bytes(midi_bytes([("Guitar", 29, notes)]))
    score = ru.read_midi(path)
    got = ru.score_notes(ru.guitar_tracks(score), score.ticks_per_quarter)
    assert got["onset"].tolist() == [0, 0, 4, 24]
    assert got["duration"].tolist() == [12, 4, 1, 6]
    assert got["pitch"].tolist() == [40, 47, 52, 40]
    assert got["velocity"].tolist() == [100, 90, 80, 70]


def test_guitar_tracks_looks_at_program_and_channel(tmp_path):
    path = tmp_path / "song.mid"
    programs = [24, 26, 31, 32, 0, None]
    path.write_bytes(midi_bytes([melody([50, 52], p, name=str(p)) for p in programs]))
    score = ru.read_midi(path)
    assert [t.program for t in ru.guitar_tracks(score)] == [26, 31]
    assert [t.program for t in ru.guitar_tracks(score, [24])] == [24]


def test_track_names_can_make_a_guitar(tmp_path):
    path = tmp_path / "song.mid"
    tracks = [melody([50], 0, name="Lead GTR"), melody([60], 30), melody([30], None, name="gtr")]
    path.write_bytes(midi_bytes(tracks))
    score = ru.read_midi(path)
    assert [t.program for t in ru.guitar_tracks(score, track_names="guitar|gtr")] == [0, 30]
    assert [t.program for t in ru.guitar_tracks(score, (), "guitar|gtr")] == [0]


def test_read_folder_goes_on_after_a_bad_file(folder, capsys):
    (folder / "bad.mid").write_bytes(b"no")
    assert len(ru.read_folder(folder)) == 4
    assert "left out bad.mid" in capsys.readouterr().out


def test_songs_with_guitar(folder, tmp_path):
    found = ru.songs_with_guitar(ru.read_folder(folder))
    assert [path.name for path in found] == ["Two.MID", "one copy.mid", "one.mid"]
    with pytest.raises(ValueError, match="None of the 0 MIDI files.*ROCKONET_DATA"):
        ru.songs_with_guitar({})


def test_drums_are_labelled_as_drums(folder):
    score = ru.read_midi(folder / "Two.MID")
    assert [ru.track_label(t) for t in score.tracks if t.is_drum] == ["Drums (drums, 8 notes)"]
    assert melody([40])[1] == 30
