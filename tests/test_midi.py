"""Section 1 and 2: settings, files, reading MIDI."""

import os
import subprocess
import sys

import mido
import numpy as np
import pytest
from conftest import melody, midi_bytes, notes_by_mido, notes_by_symusic

import rockonet_utils as ru
from rockonet.common.files import atomic_write
from rockonet.common.theory import pitch_number
from rockonet.explore import midi_file

STARTER = sorted(ru.settings(data="starter").folder.rglob("*.mid"))


def test_settings_come_from_profile_environment_and_folder(monkeypatch, tmp_path):
    assert ru.settings().profile == "quick" and ru.settings().data == "starter"
    published = ru.settings("published")
    assert (published.units, published.epochs, published.batch_size) == ((512, 512, 256), 200, 64)
    assert published.programs == (26,) and published.sequence_length == 100
    monkeypatch.setenv("ROCKONET_PROFILE", "workshop")
    monkeypatch.setenv("ROCKONET_DATA", str(tmp_path))
    chosen = ru.settings()
    assert chosen.profile == "workshop" and chosen.folder == tmp_path
    assert chosen.replace(epochs=3).epochs == 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (dict(epoch=3), "no setting named 'epoch': do you mean 'epochs'?"),
        (dict(epochs=0), "epochs is 0; it wants one whole number, 1 or more"),
        (dict(epochs=2.5), "epochs is 2.5; it wants one whole number"),
        (dict(epochs=(2, 3)), "one whole number"),
        (dict(learning_rates=0.01), "numbers in brackets, 0 or more, as learning_rates=(0.01,"),
        (dict(learning_rates=()), "numbers in brackets"),
        (dict(learning_rates=(0.01, "0.1")), "numbers in brackets"),
        (dict(dropout=-0.1), "dropout is -0.1"),
        (dict(riff_dropout=1.5), "riff_dropout is 1.5; it wants one number, 0 or more and below 1"),
        (dict(riff_units=32), "whole numbers in brackets"),
    ],
)
def test_settings_that_cannot_be_are_named(wrong, said):
    with pytest.raises(ValueError) as refused:
        ru.settings().replace(**wrong)
    assert said in str(refused.value)


def test_settings_may_be_numpy_numbers():
    chosen = ru.settings().replace(learning_rates=np.geomspace(0.01, 0.001, 3), epochs=np.int64(2))
    assert len(chosen.learning_rates) == 3 and chosen.epochs == 2


def test_folders_of_one_name_do_not_share_their_output(tmp_path):
    for name in ("a/songs", "b/songs"):
        (tmp_path / name).mkdir(parents=True)
    outputs = {ru.settings(data=tmp_path / name).output for name in ("a/songs", "b/songs")}
    assert len(outputs) == 2


def test_wrong_settings_say_what_to_do(tmp_path):
    with pytest.raises(ValueError, match="quick, workshop, published"):
        ru.settings("slow")
    with pytest.raises(FileNotFoundError, match="starter"):
        ru.settings(data=tmp_path / "nothing here")


def test_import_is_fast_and_leaves_tensorflow_alone():
    code = (
        "import time; t = time.perf_counter(); import rockonet_utils, sys; "
        "print(time.perf_counter() - t, 'tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    answers = [run.stdout.split() for run in runs]
    assert min(float(seconds) for seconds, *_ in answers) < 1.5
    assert all(rest == ["False", "False"] for _, *rest in answers)
    assert all(run.stderr == "" for run in runs)


def test_importing_keras_prints_nothing_and_what_comes_after_is_seen(tmp_path):
    """A package in its place, since not every processor makes TensorFlow talk."""
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").write_text("import os; os.write(2, b'hello')")
    code = "import rockonet_utils as ru, os; ru.History; import keras; os.write(2, b'after')"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == "after"


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "result.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_check_tells_success_from_failure(capsys):
    ru.check("it works", True, "Do this.")
    ru.check("it works", False, "Do this.")
    good, bad = capsys.readouterr().out.splitlines()
    assert "Do this." not in good and bad.endswith("Do this.")


def test_table_sets_numbers_to_the_right():
    text = ru.table(["name", "n"], [("a", 1234), ("b", 5)]).data
    assert text.splitlines() == ["| name | n |", "| --- | --: |", "| a | 1,234 |", "| b | 5 |"]


def test_pitch_and_chord_names_worked_out_by_hand():
    assert [ru.pitch_name(p) for p in (0, 40, 60, 61, 127)] == ["C-1", "E2", "C4", "C#4", "G9"]
    assert ru.chord_name([52, 40, 47, 40]) == "E2 B2 E3"
    assert all(pitch_number(ru.pitch_name(p)) == p for p in range(128))


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


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a MIDI file"),
        (b"MThd", "not a MIDI file"),
        (b"this is text, not music" * 10, "not a MIDI file"),
        (midi_bytes([melody([40])])[:12] + b"\0\0" + midi_bytes([melody([40])])[14:], "quarter"),
        (midi_bytes([melody([40])])[:12] + b"\xe8\x28" + midi_bytes([melody([40])])[14:], "frames"),
    ],
)
def test_bad_files_are_named_with_a_reason(tmp_path, content, reason):
    path = tmp_path / "broken song.mid"
    path.write_bytes(content)
    with pytest.raises(ru.MidiError, match=reason) as raised:
        ru.read_midi(path)
    assert str(raised.value).startswith("broken song.mid: ")


def test_a_file_that_is_cut_off_gives_the_notes_before_the_cut(tmp_path):
    whole = midi_bytes([melody([40, 41, 42, 43]), melody([50, 51], program=29)])
    path = tmp_path / "cut.mid"
    path.write_bytes(whole)
    complete = notes_by_symusic(ru.read_midi(path))
    second = whole.rindex(b"MTrk")
    for size in range(second - 40, len(whole)):
        path.write_bytes(whole[:size])
        with pytest.warns(
            UserWarning, match=r"cut\.mid: cut off (in|after) track [12] of 3|3 of 3"
        ):
            notes = notes_by_symusic(ru.read_midi(path))
        assert set(notes) <= set(complete)
    assert len(notes) == len(complete)  # only the end-of-track event is missing at last
    # After the event that ends the third note: 2 + 4 × (4 + 5) bytes, worked out by hand.
    first = whole.index(b"\x90\x28\x5a") - 1
    path.write_bytes(whole[: first + 4 + 5 + 4 + 5 + 4 + 5 + 2])
    with pytest.warns(UserWarning, match="track 2 of 3"):
        assert [n[2] for n in notes_by_symusic(ru.read_midi(path))] == [40, 41, 42]


def test_bytes_lost_in_the_middle_are_refused(tmp_path):
    whole = midi_bytes([melody([40, 41, 42, 43]), melody([50, 51], program=29)])
    (tmp_path / "hole.mid").write_bytes(whole[:60] + whole[63:])
    with pytest.raises(ru.MidiError, match=r"hole\.mid: damaged"):
        ru.read_midi(tmp_path / "hole.mid")


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ("MAX_TRACKS", 2, "more than 2 tracks"),
        ("MAX_NOTES", 5, "6 notes"),
        ("MAX_QUARTERS", 0, "1 quarter notes of time"),
    ],
)
def test_what_is_too_much_for_a_song_is_refused(tmp_path, monkeypatch, limit, value, reason):
    path = tmp_path / "much.mid"
    path.write_bytes(midi_bytes([melody([40, 41, 42]), melody([50, 51, 52])]))
    assert ru.read_midi(path).note_num() == 6
    monkeypatch.setattr(midi_file, limit, value)
    with pytest.raises(ru.MidiError, match=reason):
        ru.read_midi(path)


def test_times_past_any_sensible_length_are_refused(tmp_path):
    notes = [(0, 240, 40, 90), (200_000_000, 240, 41, 90)]
    for quarter, fits in ((32767, True), (96, False)):
        path = tmp_path / f"{quarter}.mid"
        path.write_bytes(midi_bytes([("Lead", 30, notes)], ticks_per_quarter=quarter))
        if fits:
            assert ru.read_midi(path).note_num() == 2
        else:
            with pytest.raises(ru.MidiError, match="quarter notes of time"):
                ru.read_midi(path)


def test_a_header_that_counts_tracks_that_are_not_there(tmp_path):
    whole = midi_bytes([melody([40, 41])])
    path = tmp_path / "few.mid"
    path.write_bytes(whole[:10] + b"\x00\x09" + whole[12:])
    with pytest.warns(UserWarning, match="cut off after track 2 of 9"):
        assert ru.read_midi(path).note_num() == 2


def test_track_names_can_make_a_guitar(tmp_path):
    path = tmp_path / "song.mid"
    tracks = [melody([50], 0, name="Lead GTR"), melody([60], 30), melody([30], None, name="gtr")]
    path.write_bytes(midi_bytes(tracks))
    score = ru.read_midi(path)
    assert [t.program for t in ru.guitar_tracks(score, track_names="guitar|gtr")] == [0, 30]
    assert [t.program for t in ru.guitar_tracks(score, (), "guitar|gtr")] == [0]


def test_missing_and_huge_files_are_named(tmp_path, monkeypatch):
    with pytest.raises(ru.MidiError, match=r"none\.mid: cannot be opened"):
        ru.read_midi(tmp_path / "none.mid")
    path = tmp_path / "big.mid"
    path.write_bytes(midi_bytes([melody([40])]))
    monkeypatch.setattr(midi_file, "MAX_MIDI_BYTES", 10)
    with pytest.raises(ru.MidiError, match="larger than"):
        ru.read_midi(path)


def test_riff_wrapped_files_and_stray_data_bytes_are_read(tmp_path):
    plain = midi_bytes([melody([40, 43])])
    wrapped = b"RIFF" + (len(plain) + 12).to_bytes(4, "little") + b"RMIDdata"
    wrapped += len(plain).to_bytes(4, "little") + plain
    stray = plain.replace(bytes([43, 90]), bytes([43, 0xDA]))  # velocity 90 with its top bit set
    for name, content in (("a.rmi", wrapped), ("b.mid", stray)):
        (tmp_path / name).write_bytes(content)
        assert ru.read_midi(tmp_path / name).note_num() == 2


def test_read_folder_goes_on_after_a_bad_file(folder, capsys):
    (folder / "bad.mid").write_bytes(b"no")
    assert len(ru.read_folder(folder)) == 4
    assert "left out bad.mid" in capsys.readouterr().out


def test_songs_with_guitar(folder, tmp_path):
    found = ru.songs_with_guitar(ru.read_folder(folder))
    assert [path.name for path in found] == ["Two.MID", "one copy.mid", "one.mid"]
    with pytest.raises(ValueError, match="None of the 0 MIDI files.*ROCKONET_DATA"):
        ru.songs_with_guitar({})


@pytest.mark.parametrize("path", STARTER, ids=lambda path: path.stem)
def test_starter_songs_read_as_mido_reads_them(path):
    score = ru.read_midi(path)
    assert score.ticks_per_quarter == mido.MidiFile(path).ticks_per_beat
    assert notes_by_symusic(score) == notes_by_mido(mido.MidiFile(path))


@pytest.mark.parametrize("path", STARTER[::9], ids=lambda path: path.stem)
def test_starter_songs_read_as_music21_reads_them(path):
    import music21

    score = ru.read_midi(path)
    ours = sorted(
        (note.time / score.ticks_per_quarter, note.pitch)
        for track in score.tracks
        if not track.is_drum
        for note in track.notes
    )
    # quarterLengthDivisors: music21's own rounding must leave triplets and sixteenths alone.
    stream = music21.converter.parse(path, quarterLengthDivisors=(12,), forceSource=True)
    theirs = sorted(
        (float(part_note.getOffsetInHierarchy(part)), pitch.midi)
        for part in stream.parts
        if not isinstance(part.getInstrument(), music21.instrument.UnpitchedPercussion)
        for part_note in part.flatten().getElementsByClass((music21.note.Note, music21.chord.Chord))
        if part_note.tie is None or part_note.tie.type == "start"
        for pitch in part_note.pitches
    )
    assert len(ours) == len(theirs)
    np.testing.assert_allclose(np.array(ours), np.array(theirs), atol=1e-6)
