"""A riff as a MIDI file, read back by mido and by the project's own reader."""

import io

import mido
import numpy as np
import pretty_midi
import pytest
from helpers import a_riff, melody, midi_bytes, notes_by_mido, random_riff

import rockonet_utils as ru


def messages(riff, band=False):
    file = mido.MidiFile(file=io.BytesIO(riff.encoded(".mid", band)))
    return [message for track in file.tracks for message in track]


def test_a_string_that_is_struck_again_ends_what_sounded_on_it():
    # E5 on the three low strings, then G2 on the lowest and B2 on the next one, while D5 rings on.
    riff = a_riff([(40, 47, 52), (43,), (48,)], [0, 6, 6], [48, 24, 36])
    assert riff.fingering.frets[:, :3].tolist() == [[0, 2, 2], [3, -1, -1], [-1, 3, -1]]
    file = mido.MidiFile(file=io.BytesIO(riff.encoded(".mid", band=False)))
    beat = file.ticks_per_beat
    found = [(on * 12 / beat, length * 12 / beat, p) for on, length, p, _ in notes_by_mido(file)]
    assert sorted(found) == [(0, 6, 40), (0, 12, 47), (0, 48, 52), (6, 24, 43), (12, 36, 48)]


def test_no_string_sounds_twice_at_a_time_and_no_note_is_lost():
    for seed in range(8):
        riff = random_riff(seed).revoiced()
        events, frets = riff.events, riff.fingering.frets
        notes = ru.sounding_notes(events, frets)
        plain = ru.notes_from_events(events)
        assert (notes["pitch"] == plain["pitch"]).all() and (notes["duration"] > 0).all()
        assert (notes["duration"] <= plain["duration"]).all()
        strings = [string for row in frets for string in (row >= 0).nonzero()[0]]
        for string in set(strings):
            places = [i for i, other in enumerate(strings) if other == string]
            ends = notes["onset"][places] + notes["duration"][places]
            assert (ends[:-1] <= notes["onset"][places][1:]).all()


def test_what_cannot_be_fingered_sounds_as_it_is_written():
    riff = a_riff([(40, 41), (42,), (43,)], [0, 6, 6], [24, 24, 24])
    assert ru.sounding_notes(riff.events, riff.fingering.frets)["duration"].tolist() == [
        24,
        24,
        6,
        24,
    ]


@pytest.mark.parametrize(("scale", "key"), [("D minor", "F"), ("E minor", "G"), ("Bb minor", "Db")])
def test_the_file_has_the_key_of_the_score(scale, key):
    riff = a_riff([(40,), (45,)], [0, 12], scale=scale)
    assert [m.key for m in messages(riff) if m.type == "key_signature"] == [key]


@pytest.mark.parametrize("tuning", ["standard", "drop C", "D2 A2 D3 G3 A3 D4"])
def test_the_tuning_comes_back(tuning):
    riff = a_riff([(50,), (53,)], [0, 12], tuning=tuning)
    data = riff.encoded(".mid")
    (event,) = [m for m in messages(riff, band=True) if m.type == "sequencer_specific"]
    assert bytes(event.data) == b"}Tuning: " + ru.chord_name(riff.open_strings).encode()
    assert not [m for m in messages(riff) if m.type in ("text", "lyrics")]  # nothing to be sung
    assert ru.tuning_in_midi(data) == riff.open_strings
    back = ru.prompt_from_midi(data)
    assert back.open_strings == riff.open_strings
    assert back.events["bass"].tolist() == [50, 53]


def test_words_of_others_are_no_tuning():
    assert ru.tuning_in_midi(midi_bytes([melody([40, 43])])) is None
    wrong = b"MTrk\x00\x00\x00\x00\x00\xff\x7f\x1a}Tuning: E2 A2 D3 G3 B3 E2"
    assert ru.tuning_in_midi(wrong) is None


def test_a_riff_comes_back_from_a_file_without_programs_and_names():
    # What MuseScore 3 makes of our file: no sound, no name, a bass, and drums on channel 10.
    riff = a_riff([(40, 47), (55,), (52,), (57, 64)], [0, 6, 6, 12], [6, 6, 12, 24])
    file = mido.MidiFile(file=io.BytesIO(riff.encoded(".mid", band=True)))
    unsaid = {"program_change", "track_name", "instrument_name", "sequencer_specific"}
    for track in file.tracks:
        for message in [m for m in track if m.type in unsaid]:
            assert message.time == 0
            track.remove(message)
    buffer = io.BytesIO()
    file.save(file=buffer)
    with pytest.warns(UserWarning, match="taken for a guitar"):
        back = ru.prompt_from_midi(buffer.getvalue())
    for field in "step", "bass", "shape", "duration":
        assert back.events[field].tolist() == riff.events[field].tolist()
    assert back.program in range(24, 32)


def test_pretty_midi_reads_the_same():
    riff = a_riff([(40, 47), (43,)], [0, 6], [6, 12], tempo_bpm=97.3, meter=(3, 4), scale="D minor")
    song = pretty_midi.PrettyMIDI(io.BytesIO(riff.encoded(".mid", band=False)))
    (guitar,) = song.instruments
    assert guitar.program == riff.program and guitar.name == riff.title
    assert song.get_tempo_changes()[1].tolist() == pytest.approx([97.3], abs=1e-3)
    (meter,), (key,) = song.time_signature_changes, song.key_signature_changes
    assert (meter.numerator, meter.denominator) == (3, 4) and key.key_number == 5  # F major
    tick = riff.tick_seconds
    found = sorted((n.start / tick, n.end / tick, n.pitch) for n in guitar.notes)
    assert np.allclose(found, [(0, 6, 40), (0, 6, 47), (6, 18, 43)], atol=0.01)
