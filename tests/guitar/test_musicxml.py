"""The score as MusicXML, read back by music21, and as a picture."""

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from xml.etree import ElementTree

import music21
import numpy as np
import pytest
from helpers import a_riff, a_tune, random_riff

import rockonet_utils as ru


def test_music21_reads_the_score_back():
    for seed, meter in enumerate([(4, 4), (6, 8), (7, 8), (3, 4)]):
        riff = dataclasses.replace(random_riff(seed, meter), prompt_events=6).revoiced()
        (staff, _), (_, tab) = (  # of silent notes music21 passes over the ties
            music21.converter.parseData(xml, format="musicxml").parts
            for xml in (ru.musicxml(riff), ru.musicxml(riff, picture=True))
        )
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
            if '<tied type="stop"' not in note
            for s, f in re.findall(r"<string>(\d)</string><fret>(\d+)</fret>", note)
        ]
        wanted = [
            (6 - s, int(row[s])) for row in riff.fingering.frets for s in np.flatnonzero(row >= 0)
        ]
        assert found == wanted


def test_accidentals_follow_the_key_and_hold_until_the_bar_line():
    riff = a_riff([(54,), (54,), (53,), (55,)], [0, 12, 12, 24], title="in G")
    assert ru.key_fifths((55, 57, 59, 60, 62, 64, 66)) == 1  # G major
    assert ru.key_fifths(ru.scale_pitch_classes("A minor pentatonic")) == 0
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
def test_the_picture_says_tempo_and_tuning(tuning, said):
    riff = dataclasses.replace(random_riff(1), tempo_bpm=100, tuning=tuning)
    assert said in ru.musicxml(riff, picture=True)


def test_the_file_has_a_metronome_mark_and_the_picture_no_music_font():
    riff = dataclasses.replace(random_riff(1), tempo_bpm=96.5, tuning="drop D").revoiced()
    xml = ElementTree.fromstring(riff.encoded(".musicxml"))
    tempo = xml.find("part/measure/direction")
    assert tempo.findtext("direction-type/metronome/beat-unit") == "quarter"
    assert tempo.findtext("direction-type/metronome/per-minute") == "96.5"
    assert tempo.findtext("direction-type/words") == "drop D"
    score = music21.converter.parseData(riff.encoded(".musicxml").decode(), format="musicxml")
    (mark, *_) = score.recurse().getElementsByClass(music21.tempo.MetronomeMark)
    assert mark.number == 96.5
    assert "@font-face" in ru.engrave(ru.musicxml(riff)).svg
    assert "@font-face" not in riff.score().svg


@pytest.mark.parametrize(
    ("program", "name"),
    [(30, "Lead guitar"), (27, "Lead guitar"), (25, "Acoustic Guitar")],
)
def test_the_file_names_the_instrument_who_wrote_it_and_the_title(program, name):
    riff = a_riff([(40,)], [0], program=program, title="Grüße ♭ 岩 & <b>")
    xml = riff.encoded(".musicxml").decode("utf-8")
    part = ElementTree.fromstring(xml).find("part-list/score-part")
    assert part.findtext("midi-instrument/midi-program") == str(program + 1)  # from 1
    assert part.findtext("score-instrument/instrument-name") == name
    assert part.find("midi-instrument").get("id") == part.find("score-instrument").get("id")
    score = music21.converter.parseData(xml, format="musicxml")
    assert score.metadata.title == "Grüße ♭ 岩 & <b>"
    assert "Rock-o-net" in score.metadata.software
    for staff in score.parts:
        assert staff.getInstrument().midiProgram == program


def test_a_palm_mute_is_said_and_not_only_dotted():
    riff = a_riff([(40, 47), (43,)], [0, 6], [1, 6])
    notes = ElementTree.fromstring(ru.musicxml(riff)).findall("part/measure/note[pitch]")
    muted = [note.findtext("play/mute") for note in notes]
    assert muted == ["palm", "palm", None] * 2  # in notation, in TAB
    for note in notes:  # the order of the schema
        tags = [element.tag for element in note]
        assert tags[-1] == ("play" if note.find("play") is not None else "notations")
    assert riff.score().svg.startswith("<svg")


def test_the_tab_is_silent_so_that_the_riff_is_played_once():
    # A quarter note, a note held over the bar line, and a rest.
    riff = a_riff([(40, 47), (43,)], [0, 36], [36, 24])

    def staves(xml):
        notes = ElementTree.fromstring(xml).findall("part/measure/note")
        return [[note for note in notes if note.findtext("staff") == n] for n in "12"]

    staff, tab = staves(riff.encoded(".musicxml"))
    assert len(staff) == len(tab) == 5
    assert all(note[0].tag == "cue" for note in tab) and not any(n.findall("cue") for n in staff)
    assert not any(note.findall("tie") for note in tab)  # the schema: what is silent is tied to see
    for notes in (staff, tab):
        tied = [[tie.get("type") for tie in note.findall("notations/tied")] for note in notes]
        assert tied == [[], [], ["start"], ["stop"], []]
    assert not ElementTree.fromstring(ru.musicxml(riff, picture=True)).findall(".//cue")


def test_only_the_notation_has_brackets_over_triplets():
    riff = a_riff([(40,), (43,), (45,), (40,)], [0, 4, 4, 4], [4, 4, 4, 36])
    notes = ElementTree.fromstring(ru.musicxml(riff)).findall("part/measure/note")
    found = [
        tuple(n.find("notations/tuplet").attrib.values())
        for n in notes
        if n.find(".//tuplet") is not None
    ]
    assert found == [
        ("start", "yes"),
        ("stop", "yes"),
        ("start", "no", "none"),
        ("stop", "no", "none"),
    ]


def test_a_title_with_signs_that_xml_does_not_take_is_shown_by_their_pictures():
    riff = a_tune(title="one\x0btwo\x00\ufffe\ud800\n")
    root = ElementTree.fromstring(ru.musicxml(riff))
    assert root.findtext("work/work-title") == riff.title == "one␋two␀��␊"
    for suffix in (".gp", ".gp5", ".mid", ".txt"):
        assert riff.encoded(suffix)
