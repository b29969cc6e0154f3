"""Guitars with four to eight strings: fingered, written, drawn, and read back by other programs."""

import io
import re
import zipfile
from xml.etree import ElementTree

import guitarpro
import music21
import numpy as np
import pytest
from helpers import a_riff

import rockonet_utils as ru

GUITARS = (
    "7-string",
    "7-string drop A",
    "8-string",
    "8-string drop E",
    "drop A",
    "baritone",
    "GDGBD",
    "DGBE",
    "A1 D2 G2 C3 F3 A#3 D4",
)


def playable_riff(tuning, seed, n=40):
    """Notes and chords of any size, each of which a hand can hold somewhere on the neck."""
    rng, strings, chords = np.random.default_rng(seed), ru.tuning_pitches(tuning), []
    while len(chords) < n:
        size = min(rng.choice([1, 1, 2, 2, 3, 4, 5, 6, 7, 8]), len(strings))
        used = np.sort(rng.choice(len(strings), size, replace=False))
        frets = rng.integers(0, 19) + rng.integers(0, 4, size)
        chord = tuple(np.unique(np.array(strings)[used] + frets).tolist())
        if ru.voicings(chord, strings):
            chords.append(chord)
    steps = [0, *rng.choice([6, 12, 18, 24], n - 1).tolist()]
    return a_riff(chords, steps, tuning=tuning, tempo_bpm=60, title="Strings")


def written(riff):
    """Strings, counted from the lowest, and frets of the notes of each sign, lowest first."""
    return [[(note.string, note.fret) for note in notes] for notes in riff.notes if notes]


@pytest.mark.parametrize("tuning", GUITARS)
@pytest.mark.parametrize("seed", range(3))
def test_what_can_be_played_is_fingered_and_read_back_from_every_format(tuning, seed):
    riff = playable_riff(tuning, seed)
    strings = riff.open_strings
    frets = riff.fingering.frets
    assert not riff.fingering.unplayable and frets.shape == (len(riff.events), len(strings))
    for row, event in zip(frets, riff.events, strict=True):
        sounding = np.array(strings)[row >= 0] + row[row >= 0]
        assert tuple(sounding.tolist()) == ru.event_pitches(event)

    score = music21.converter.parse(ru.musicxml(riff), format="musicxml")
    told = [[a.number for a in n.articulations] for n in score.parts[1].recurse().notes]
    pairs = [[(len(strings) - s, f) for s, f in zip(t[::2], t[1::2], strict=True)] for t in told]
    assert pairs == written(riff)
    (layout,) = score.parts[1].recurse().getElementsByClass(music21.layout.StaffLayout)
    assert layout.staffLines == len(strings)

    with zipfile.ZipFile(io.BytesIO(riff.encoded(".gp"))) as archive:
        root = ElementTree.fromstring(archive.read("Content/score.gpif"))
    notes = root.find("Notes")
    told = [
        tuple(int(n.findtext(f"Properties/Property/{what}")) for what in ("String", "Fret"))
        for n in notes
    ]
    beats = [beat.findtext("Notes").split() for beat in root.find("Beats") if len(beat) > 2]
    assert [[told[int(number)] for number in beat] for beat in beats] == written(riff)
    pitches = root.find(".//Property[@name='Tuning']/Pitches").text
    assert tuple(map(int, pitches.split())) == strings == ru.tuning_in_midi(riff.encoded(".mid"))

    if len(strings) <= 7:
        (track,) = guitarpro.parse(io.BytesIO(riff.encoded(".gp5"))).tracks
        assert tuple(string.value for string in reversed(track.strings)) == strings
        beats = [beat.notes for bar in track.measures for beat in bar.voices[0].beats]
        told = [sorted((len(strings) - n.string, n.value) for n in beat) for beat in beats if beat]
        assert told == written(riff)


def test_seven_and_eight_strings_by_hand():
    # B5 on the low B; its third fret; E5 on the next two strings; E2 alone, where it is open.
    riff = a_riff([(35, 42, 47), (38,), (40, 47), (40,)], [0, 12, 12, 12], tuning="7-string")
    assert riff.fingering.frets.tolist() == [
        [0, 2, 2, -1, -1, -1, -1],
        [3, -1, -1, -1, -1, -1, -1],
        [-1, 0, 2, -1, -1, -1, -1],
        [-1, 0, -1, -1, -1, -1, -1],
    ]
    assert [line for line in riff.tab().splitlines() if "|" in line] == [
        "e|--------|",
        "B|--------|",
        "G|--------|",
        "D|--------|",
        "A|2---2---|",
        "E|2---0-0-|",
        "B|0-3-----|",
    ]
    low = a_riff([(28, 35, 40)], [0], tuning="8-string drop E")  # one finger is not even needed
    assert low.fingering.frets.tolist() == [[0, 0, 0, -1, -1, -1, -1, -1]]
    assert low.tab().splitlines()[2:][-1].startswith("E|0")


def test_a_line_is_drawn_for_each_string():
    for tuning in ("DGBE", "standard", "7-string", "8-string"):
        riff = a_riff([(59,), (62,)], [0, 12], tuning=tuning)
        _, tab = re.findall(r'class="staff">(.*?)class="clef"', riff.score().svg, re.DOTALL)
        assert len(set(re.findall(r'd="M\d+ (\d+) L', tab))) == len(riff.open_strings)


def test_guitar_pro_5_has_seven_strings_at_most(tmp_path):
    riff = a_riff([(30, 37), (35,)], [0, 12], tuning="8-string")
    assert riff.formats == tuple(suffix for suffix in ru.FORMATS if suffix != ".gp5")
    with pytest.raises(ValueError, match=r"at most 7 strings, and this one has 8: take \.gp, or"):
        riff.save(tmp_path)
    assert not list(tmp_path.iterdir())
    assert len(riff.save(tmp_path, riff.formats)) == len(ru.FORMATS) - 1


def test_a_low_riff_comes_back_from_its_midi_file():
    for tuning in ("7-string", "8-string", "drop A", "GDGBD"):
        riff = playable_riff(tuning, 9)
        again = ru.prompt_from_midi(riff.encoded(".mid", band=False), bars=99)
        assert again.open_strings == riff.open_strings
        for column in ("bass", "shape", "step"):
            np.testing.assert_array_equal(again.events[column], riff.events[column])
        np.testing.assert_array_equal(again.fingering.frets, riff.fingering.frets)
