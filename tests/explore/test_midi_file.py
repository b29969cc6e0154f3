"""MIDI files that are read, mended or refused."""

import pytest
from helpers import melody, midi_bytes, notes_by_symusic

import rockonet_utils as ru
from rockonet.explore import midi_file


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
        # A note whose end is cut off is kept, as long as there is no telling how long it was.
        assert {(n[0], n[2]) for n in notes} <= {(n[0], n[2]) for n in complete}
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
