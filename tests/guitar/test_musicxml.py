"""The score as MusicXML, read back by music21, and as a picture."""

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import music21
import numpy as np
import pytest
from helpers import a_riff, random_riff

import rockonet_utils as ru


def test_music21_reads_the_score_back():
    for seed, meter in enumerate([(4, 4), (6, 8), (7, 8), (3, 4)]):
        riff = dataclasses.replace(random_riff(seed, meter), prompt_events=6).revoiced()
        score = music21.converter.parseData(ru.musicxml(riff), format="musicxml")
        staff, tab = score.parts
        bar_quarters = Fraction(riff.ticks_per_bar, 12)
        onsets = np.cumsum(riff.events["step"])
        for part in (staff, tab):
            starts = [
                (Fraction(e.getOffsetInHierarchy(part)), sorted(p.midi for p in e.pitches))
                for e in part.recurse().notes
                if e.tie is None or e.tie.type == "start"
            ]
            wanted = [
                (Fraction(int(onset), 12), list(ru.event_pitches(event)))
                for onset, event in zip(onsets, riff.events, strict=True)
            ]
            assert starts == wanted
            for measure in part.getElementsByClass("Measure"):
                inside = measure.recurse().notesAndRests
                assert sum(Fraction(e.quarterLength) for e in inside) == bar_quarters
        assert staff.recurse().getElementsByClass(music21.meter.TimeSignature)[0].ratioString == (
            f"{meter[0]}/{meter[1]}"
        )
        # Strings and frets, note by note, as they stand in the file.
        notes = re.findall(r"<note id=\"t-.*?</note>", ru.musicxml(riff))
        found = [
            (int(s), int(f))
            for note in notes
            if 'type="stop"' not in note
            for s, f in re.findall(r"<string>(\d)</string><fret>(\d+)</fret>", note)
        ]
        wanted = [
            (6 - s, int(row[s])) for row in riff.fingering.frets for s in np.flatnonzero(row >= 0)
        ]
        assert found == wanted


def test_accidentals_follow_the_key_and_hold_until_the_bar_line():
    riff = a_riff([(54,), (54,), (53,), (55,)], [0, 12, 12, 24], title="in G")
    assert ru.key_fifths((55, 57, 59, 60, 62, 64, 66)) == 1  # G major
    xml = ru.musicxml(riff)
    staff = re.findall(r"<note id=\"n-.*?</note>", xml)
    signs = [re.findall(r"<accidental>(\w+)", note) for note in staff]
    spelled = music21.converter.parseData(xml, format="musicxml").parts[0]
    assert [n.pitch.midi for n in spelled.recurse().notes] == [54, 54, 53, 55]
    assert "<fifths>1<" in xml and signs[0] == signs[1] == [] and signs[2] == ["natural"]
    # A scale that was chosen decides, whatever is played.
    flat = ru.musicxml(dataclasses.replace(riff, scale="D minor"))
    assert "<fifths>-1<" in flat and "<step>G</step><alter>-1</alter>" in flat


def test_verovio_draws_the_score_with_both_colours():
    riff = dataclasses.replace(random_riff(3), prompt_events=8).revoiced()
    svg = riff.score().svg
    assert svg.startswith("<svg") and ru.SCORE_COLOUR in svg and "generated from here" in svg
    ids = set(re.findall(r'id="([nt]-\d+-\d+)"', svg))
    sounding = {f"{s}-{i}-0" for i, sym in enumerate(riff.symbols) if sym.event >= 0 for s in "nt"}
    assert sounding <= ids
    assert "http" not in svg.replace("http://www.w3.org", "")
    ru.engrave.cache_clear()
    with ThreadPoolExecutor() as elsewhere:  # the riff machine works in a thread
        assert len(elsewhere.submit(riff.score).result().svg) == len(svg)


@pytest.mark.parametrize(
    ("tuning", "said"),
    [
        ("standard", ">100 bpm<"),
        ("drop D", ">100 bpm, drop D<"),
        ("D2 A2 D3 G3 A3 D4", ">100 bpm, D A D G A d<"),
    ],
)
def test_the_score_says_tempo_and_tuning(tuning, said):
    assert said in ru.musicxml(dataclasses.replace(random_riff(1), tempo_bpm=100, tuning=tuning))
