"""A riff is checked, and saved in every format."""

import errno
import itertools
import os

import guitarpro
import mido
import pytest
from helpers import a_riff, a_tune, melody, midi_bytes, random_riff

import rockonet_utils as ru


def test_all_formats_are_saved_and_begin_as_they_should(tmp_path):
    riff = random_riff(2).revoiced()
    paths = {path.suffix: path.read_bytes() for path in riff.save(tmp_path)}
    assert set(paths) == set(ru.FORMATS)
    begin = {
        ".mid": b"MThd",
        ".gp": b"PK",
        ".gp5": b"\x18FICHIER GUITAR PRO v5",
        ".wav": b"RIFF",
        ".svg": b"<svg",
    }
    for suffix, magic in begin.items():
        assert paths[suffix].startswith(magic)
    assert paths[".txt"].decode() == riff.tab() and b"score-partwise" in paths[".musicxml"][:200]


def test_what_no_music_has_is_refused_or_taken_as_missing():
    for wrong in (dict(tempo_bpm=0), dict(tempo_bpm=float("inf")), dict(meter=(4, 0))):
        with pytest.raises(ValueError, match="tempo|meter"):
            a_riff([(40,)], [0], **wrong)
    for wrong in (dict(tempo_bpm=6e7), dict(meter=(3, 32))):
        riff = ru.prompt_from_midi(midi_bytes([melody([40] * 8)], **wrong))
        assert (riff.tempo_bpm, riff.meter) in ((120, (4, 4)), (120.0, (4, 4)))
        assert riff.tab() and riff.encoded(".gp5")
    with pytest.raises(ValueError, match="one whole number, 1 or more"):
        ru.prompt_from_midi(midi_bytes([melody([40] * 8)]), bars=0)
    for scale in ("E concrete", "E octave repeating"):
        with pytest.raises(ValueError, match="There is no scale"):
            ru.scale_pitch_classes(scale)
    assert ru.tuning_pitches(["D2", "A2", "D3", "G3", "B3", "E4"]) == ru.TUNINGS["drop D"]


def test_a_title_in_any_script_is_saved(tmp_path):
    riff = a_riff([(40,), (43,)], [0, 12], title="рок ♭ 岩")
    paths = riff.save(tmp_path)
    assert len(paths) == len(ru.FORMATS)
    assert guitarpro.parse(tmp_path / f"{riff.file_name}.gp5").title == "rok b ?"


def test_what_cannot_be_fingered_is_saved_as_sound(tmp_path):
    fast = a_riff([(41,), (86,)] * 4, [0] + [1] * 7, tempo_bpm=300)
    assert "too fast" in fast.fingering.verdict and fast.formats == (".mid", ".mp3", ".wav")
    assert len(fast.save(tmp_path, fast.formats)) == 3
    with pytest.raises(ValueError, match="a slower tempo"):
        fast.save(tmp_path)


def test_saved_riff_is_read_back_the_same_by_mido(tmp_path):
    riff = a_tune((40, 43, 45, 40), prompt_events=2, tempo_bpm=96, meter=(3, 4), title="My riff!")
    paths = riff.save(tmp_path, [".mid", ".mp3"], band=False)
    assert [path.name for path in paths] == ["my_riff.mid", "my_riff.mp3"]
    file = mido.MidiFile(paths[0])
    messages = [message for track in file.tracks for message in track]
    (tempo,) = [m.tempo for m in messages if m.type == "set_tempo"]
    assert mido.tempo2bpm(tempo) == pytest.approx(96, abs=0.01)
    (meter,) = [m for m in messages if m.type == "time_signature"]
    assert (meter.numerator, meter.denominator) == (3, 4)
    assert [m.program for m in messages if m.type == "program_change"] == [30]
    now, onsets = 0, []
    (guitar,) = [t for t in file.tracks if any(m.type == "note_on" for m in t)]
    for message in guitar:
        now += message.time
        if message.type == "note_on" and message.velocity:
            onsets.append((now * 12 / file.ticks_per_beat, message.note, message.velocity))
    assert onsets == [(0, 40, 90), (6, 43, 90), (12, 45, 90), (18, 40, 90)]
    assert [m.text for m in messages if m.type == "marker"] == ["generated from here"]


def test_saving_in_an_unknown_format_writes_nothing(tmp_path):
    with pytest.raises(ValueError, match=".ogg"):
        a_tune().save(tmp_path / "new", [".mid", ".ogg"])
    assert not (tmp_path / "new").exists()
    paths = a_tune(title="../../etc/passwd").save(tmp_path, [".mid"])
    assert paths[0].parent == tmp_path  # a title never leads out of the folder


def test_a_riff_never_takes_the_place_of_another(tmp_path):
    one, two = a_tune((40, 43), title="My riff!"), a_tune((45, 47), title="my riff?")
    formats = [".mid", ".txt"]

    def names(paths):
        return [path.name for path in paths]

    assert names(one.save(tmp_path, formats)) == ["my_riff.mid", "my_riff.txt"]
    assert names(two.save(tmp_path, formats)) == ["my_riff_2.mid", "my_riff_2.txt"]
    assert names(one.save(tmp_path, formats)) == ["my_riff.mid", "my_riff.txt"]  # it is there
    assert names(two.save(tmp_path, formats)) == ["my_riff_2.mid", "my_riff_2.txt"]
    assert names(one.save(tmp_path, [".gp5"])) == ["my_riff.gp5"]
    (tmp_path / "my_riff_3.txt").mkdir()
    assert names(a_tune((50,), title="my riff").save(tmp_path, [".txt"])) == ["my_riff_4.txt"]
    assert len(list(tmp_path.iterdir())) == 7
    assert (tmp_path / "my_riff.txt").read_text() == one.tab()
    assert (tmp_path / "my_riff_2.txt").read_text() == two.tab()


def test_a_riff_is_the_same_bytes_each_time(tmp_path):
    assert a_tune().save(tmp_path) == a_tune().save(tmp_path)
    assert len(list(tmp_path.iterdir())) == len(ru.FORMATS)


@pytest.mark.parametrize("letter", ["岩", "𐌰", "é"])
def test_long_titles_in_any_script_are_names_of_files(tmp_path, letter):
    (path,) = a_tune(title=letter * 200).save(tmp_path, [".musicxml"])
    assert len(path.name.encode()) <= 143 and set(path.stem) == {letter}
    (other,) = a_tune((50,), title=letter * 200).save(tmp_path, [".musicxml"])
    assert other.stem == path.stem + "_2"


def test_all_files_of_a_riff_are_saved_or_none(tmp_path, monkeypatch):
    """The disk is full when the second file is put in its place."""
    replace, calls = os.replace, itertools.count()

    def full(*paths):
        if next(calls):
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(*paths)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="riff.txt could not be written .No space") as refused:
        a_tune().save(tmp_path / "new", [".mid", ".txt"])
    assert "ROCKONET_OUTPUT" in str(refused.value) and refused.value.errno == errno.ENOSPC
    assert list((tmp_path / "new").iterdir()) == []
    monkeypatch.undo()
    (tmp_path / "no folder").write_text("")
    with pytest.raises(OSError, match="riff.mid could not be written"):
        a_tune().save(tmp_path / "no folder", [".mid"])
