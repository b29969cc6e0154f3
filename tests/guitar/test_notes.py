"""The notes of a riff with string, fret, tie and mute, from which every writer begins."""

import dataclasses

import numpy as np
import pytest
from helpers import a_riff, random_riff

import rockonet_utils as ru
from rockonet.guitar.notes import shortened_mutes


def test_each_symbol_has_its_notes_lowest_first_and_a_rest_has_none():
    riff = a_riff([(40, 47, 52), (43,)], [0, 24])
    riff.events["duration"] = [12, 30]
    assert [symbol.event for symbol in riff.symbols] == [0, -1, 1, 1, -1, -1]
    chord, rest, note, tied, *silence = riff.notes
    assert [(n.pitch, n.string, n.fret) for n in chord] == [(40, 0, 0), (47, 1, 2), (52, 2, 2)]
    assert rest == () == silence[0] == silence[1] and not any(n.tied or n.muted for n in chord)
    assert note == (ru.PlayedNote(pitch=43, string=0, fret=3, tied=False),)
    assert tied == (dataclasses.replace(note[0], tied=True),)


@pytest.mark.parametrize("seed", range(6))
def test_strings_and_frets_are_those_of_the_fingering_and_sound_as_the_pitch(seed):
    riff = dataclasses.replace(random_riff(seed), tuning="drop C").revoiced()
    for symbol, notes in zip(riff.symbols, riff.notes, strict=True):
        if symbol.event < 0:
            assert notes == ()
            continue
        assert tuple(n.pitch for n in notes) == ru.event_pitches(riff.events[symbol.event])
        assert all(riff.open_strings[n.string] + n.fret == n.pitch for n in notes)
        frets = np.full(6, -1)
        frets[[n.string for n in notes]] = [n.fret for n in notes]
        assert frets.tolist() == riff.fingering.frets[symbol.event].tolist()
        assert {n.tied for n in notes} == {symbol.tied}


def test_what_cannot_be_fingered_has_pitches_without_strings():
    riff = a_riff([(40, 41), (40,)], [0, 12])
    assert [(n.pitch, n.string, n.fret) for n in riff.notes[0]] == [(40, -1, -1), (41, -1, -1)]
    assert [n.string for n in riff.notes[1]] == [0]
    assert "<fret>" in ru.musicxml(riff) and len(ru.guitar_pro(riff)) > 1000


def test_what_is_far_shorter_than_written_is_muted():
    riff = a_riff([(40,), (40,), (43,)], [0, 6, 6])
    riff.events["duration"] = [1, 2, 6]
    assert [n.muted for notes in riff.notes for n in notes] == [True, False, False]


def test_the_palm_mutes_of_a_file_are_told_by_seconds():
    # 480 ticks to the quarter note at 120 bpm: a second has 960. Eighth notes 240 ticks apart:
    # one held, a chord of 80 ms, one of 60 ms, one of 90 ms, and a sixteenth of 85 ms that another
    # one follows after 83 ms.
    notes = {
        "time": np.array([0, 240, 240, 480, 720, 960, 1040]),
        "duration": np.array([230, 77, 77, 58, 87, 81, 100]),
        "pitch": np.array([40, 40, 47, 40, 40, 40, 40]),
    }
    short = shortened_mutes(notes, ticks_per_quarter=480, tempo_bpm=120)
    assert short["duration"].tolist() == [230, 40, 40, 40, 87, 81, 100]  # 40 ticks: one of the grid
    assert short["pitch"] is notes["pitch"] and notes["duration"][1] == 77
    # At half the tempo they sound twice as long.
    slow = shortened_mutes(notes, ticks_per_quarter=480, tempo_bpm=60)
    assert slow["duration"].tolist() == notes["duration"].tolist()
