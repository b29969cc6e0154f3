"""Prompts from files of every kind: strings and frets as written, and what is said."""

import dataclasses
import io
import warnings
import zipfile
from pathlib import Path

import guitarpro
import numpy as np
import pytest
from guitarpro import models as gp
from helpers import ROOT, a_riff, low_riff, melody, midi_bytes, random_riff
from tab_songs import STANDARD, a_song

import rockonet_utils as ru

SONG = ROOT / "data" / "guitar_pro" / "rooftop_radio.gp5"


def in_silence(source, *more, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return ru.prompt_from_file(source, *more, **options)


def events(riff):
    onsets = riff.events["step"].cumsum().tolist()
    return [(t, ru.event_pitches(e)) for t, e in zip(onsets, riff.events, strict=True)]


@pytest.mark.parametrize("suffix", [".gp5", ".gp", ".musicxml", ".mid", ".txt"])
def test_a_saved_riff_comes_back_from_every_format(tmp_path, suffix):
    riff = dataclasses.replace(
        random_riff(3), tuning="drop D", tempo_bpm=60, title="Back again"
    ).revoiced()
    (path,) = riff.save(tmp_path, [suffix], band=False)
    back = in_silence(path, 100)
    assert events(back) == events(riff)
    assert back.open_strings == riff.open_strings and back.prompt_events == len(riff.events)
    assert back.meter == riff.meter
    assert suffix == ".txt" or back.tempo_bpm == riff.tempo_bpm
    np.testing.assert_array_equal(back.fingering.frets, riff.fingering.frets)
    assert back.title.lower().replace("_", " ") == "back again"


def test_strings_and_frets_are_those_of_the_file():
    """G3 on the low E string, where nobody would finger it, and a power chord high up."""
    data = a_song(dict(lines=["6.15/4 6.15+5.17/4 6.12/4 4.5/4"]), tempo=96)
    riff = in_silence(data, name="high.gp5")
    assert events(riff) == [(0, (55,)), (12, (55, 62)), (24, (52,)), (36, (55,))]
    rows = [(15, -1), (15, 17), (12, -1), (-1, -1)]
    assert [row[:2] for row in riff.given_frets] == rows and riff.given_frets[3][2] == 5
    assert [tuple(row[:2]) for row in riff.fingering.frets.tolist()] == rows
    assert riff.tempo_bpm == pytest.approx(96, abs=0.01) and riff.tuning == "standard"


def test_capo_and_seven_strings_move_the_open_strings():
    riff = in_silence(a_song(dict(lines=["6.0/2 6.3/2"], capo=2)), name="capo.gp5")
    assert riff.open_strings == tuple(pitch + 2 for pitch in STANDARD)
    assert [row[0] for row in riff.given_frets] == [0, 3]
    assert events(riff) == [(0, (42,)), (24, (45,))]
    seven = a_song(dict(lines=["7.0/2 7.2/2"], strings=(35, *STANDARD)))
    riff = in_silence(seven, name="seven.gp5")
    assert riff.open_strings == (35, *STANDARD) and events(riff) == [(0, (35,)), (24, (37,))]
    assert riff.fingering.frets[:, 0].tolist() == [0, 2]


def test_strings_that_are_no_guitar_here_are_said():
    data = a_song(dict(lines=["4.0/2 1.3/2"], strings=(67, 60, 64, 69), program=24))
    with pytest.warns(UserWarning, match="uke.gp5: its strings, C4 E4 G4 A4, are none of a guitar"):
        riff = ru.prompt_from_file(data, name="uke.gp5")
    assert events(riff) == [(0, (67,)), (24, (72,))] and riff.tuning == "standard"


def test_it_begins_with_the_bar_in_which_the_guitar_begins_and_has_so_many_bars():
    lines = ("r/1", "r/2 6.0/4 6.1/4", "6.2/1", "6.3/1", "6.4/1")
    riff = in_silence(a_song(dict(lines=lines)), 2, name="late.gp5")
    assert events(riff) == [(24, (40,)), (36, (41,)), (48, (42,))]
    with pytest.raises(ValueError, match="one bar or more"):
        ru.prompt_from_file(SONG, 0)


def test_meter_and_tempo_are_those_where_the_guitar_begins():
    lines = ("r/4 r/4", "r/4 6.0/4 6.1/4", "6.2/2.")
    tempo = "6.5/2.,tempo=150"
    data = a_song(
        dict(lines=lines), dict(name="Piano", program=0, lines=("6.0/2", tempo, "6.0/2.")),
        meters=[(2, 4), (3, 4), (3, 4)], tempo=60,
    )  # fmt: skip
    riff = in_silence(data, name="x.gp5")
    assert riff.meter == (3, 4) and round(riff.tempo_bpm, 2) == 150
    assert events(riff) == [(12, (40,)), (24, (41,)), (36, (42,))]


def test_techniques_are_as_written():
    line = "6.0/8,pm 6.0/8,pm 6.3/4,dead 5.5/8,v,h 5.7/8 4.7/8,bend=0:4:0 3.7/8,ring"
    graces = "4.5/4 4.7/4,grace=5:hammer:before 3.9/4,harmonic=1 4.9/4,slide=-1"
    riff = in_silence(a_song(dict(lines=[line, graces])), name="x.gp5")
    plain, made = ru.Technique(0), ru.Technique
    wanted = [
        (0, (40,), 1, made.PALM_MUTE, 0, 0),
        (6, (40,), 1, made.PALM_MUTE, 0, 0),
        (12, (43,), 1, made.DEAD, 0, 0),
        (24, (50,), 6, made.VIBRATO, 0, 0),
        (30, (52,), 6, made.LEGATO, 0, 0),
        (36, (57,), 6, made.BEND | made.RELEASE, 4, 1),
        (42, (62,), 6, made.LET_RING, 0, 0),
        (48, (55,), 11, plain, 0, 0),
        (59, (55,), 2, plain, 0, 0),  # the grace note
        (60, (57,), 12, made.LEGATO, 0, 0),
        (72, (64,), 11, made.HARMONIC, 0, 0),
        (83, (57,), 1, plain, 0, 0),  # from where it is slid
        (84, (59,), 12, made.SLIDE, 0, 0),
    ]
    columns = ("duration", "technique", "bend", "bent")
    got = zip(events(riff), riff.events[list(columns)].tolist(), strict=True)
    assert [(*place, *how) for place, how in got] == wanted


def test_dead_notes_are_silent_beside_others_and_only_natural_harmonics_are_called_so():
    data = a_song(dict(lines=["6.3+5.5/4 3.8/4,harmonic=1 6.0/2"]))
    song = guitarpro.parse(io.BytesIO(data))
    beats = song.tracks[0].measures[0].voices[0].beats
    beats[0].notes[1].type = gp.NoteType.dead
    beats[1].notes[0].effect.harmonic = gp.PinchHarmonic()
    written = io.BytesIO()
    guitarpro.write(song, written, version=(5, 1, 0))
    with pytest.warns(UserWarning, match=r"x\.gp5: artificial harmonics, read as plain notes: 1"):
        riff = ru.prompt_from_file(written.getvalue(), name="x.gp5")
    assert events(riff) == [(0, (50,)), (12, (63,)), (24, (40,))]
    assert not riff.events["technique"].any()
    assert riff.fingering.frets[0].tolist() == [-1, 5, -1, -1, -1, -1]


def test_the_guitar_is_taken_not_the_bass_or_the_drums():
    data = a_song(
        dict(name="Bass guitar", program=33, strings=(28, 33, 38, 43), lines=["4.0/8 " * 8]),
        dict(name="Lead", program=29, lines=["1.12/2 1.15/2"]),
        dict(name="Kit", program=None, lines=["1.42/8 " * 8]),
    )
    riff = in_silence(data, name="band.gp5")
    assert events(riff) == [(0, (76,)), (24, (79,))] and riff.program == 29
    bass = a_song(dict(name="Guitar", program=33, strings=(28, 33, 38, 43), lines=["4.0/1"]))
    with pytest.raises(ru.MidiError, match="bass.gp5: has no guitar track"):
        ru.prompt_from_file(bass, name="bass.gp5")
    dead = a_song(dict(lines=["6.3/1,dead"]))
    with pytest.raises(ru.MidiError, match="dead.gp5: has only dead notes"):
        ru.prompt_from_file(dead, name="dead.gp5")


def test_what_a_file_is_its_bytes_say(tmp_path):
    riff = a_riff([(40,), (43,)], [0, 12], [12, 12])
    path = tmp_path / "riff.mid"
    path.write_bytes(riff.encoded(".gp5"))
    assert events(in_silence(path)) == events(riff)
    (tmp_path / "song.gp5").write_bytes(midi_bytes([melody([40, 43, 45, 40])]))
    assert len(in_silence(tmp_path / "song.gp5").events) == 4
    with pytest.raises(ru.MidiError, match="notes.mid: not a MIDI file"):
        ru.prompt_from_file(b"these are no notes", name="notes.mid")
    with pytest.raises(ru.MidiError, match="huge.gp: larger than"):
        ru.prompt_from_file(bytes(ru.MAX_MIDI_BYTES + 1), name="huge.gp")


def test_typed_tab_and_notes_in_a_file(tmp_path):
    path = tmp_path / "my riff.txt"
    path.write_text("\ufeff" + low_riff(), encoding="utf-8")
    riff = in_silence(path, 1)
    whole = ru.prompt_from_text(low_riff())
    assert events(riff) == [event for event in events(whole) if event[0] < 48]
    assert riff.given_frets == whole.given_frets[: len(riff.events)] and riff.title == "my riff"
    assert events(in_silence(b"EE4 GG4 AA2", name="a.txt")) == [
        (0, (40,)),
        (12, (43,)),
        (24, (45,)),
    ]


def test_musicxml_of_others():
    """A part in one staff without strings, written an octave higher than it sounds; two voices."""
    xml = """<?xml version="1.0"?><!DOCTYPE score-partwise PUBLIC
        "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
    <score-partwise version="4.0"><work><work-title>Fremd</work-title></work><part-list>
    <score-part id="P1"><part-name>E-Gitarre</part-name>
    <midi-instrument id="P1-I1"><midi-program>30</midi-program></midi-instrument></score-part>
    </part-list><part id="P1"><measure number="1"><attributes><divisions>2</divisions>
    <time><beats>3</beats><beat-type>4</beat-type></time><transpose><diatonic>-7</diatonic>
    <chromatic>-12</chromatic></transpose></attributes><direction><sound tempo="90"/></direction>
    <note><pitch><step>E</step><octave>3</octave></pitch><duration>2</duration></note>
    <note><pitch><step>G</step><octave>3</octave></pitch><duration>1</duration></note>
    <note><chord/><pitch><step>D</step><octave>4</octave></pitch><duration>1</duration></note>
    <note><rest/><duration>1</duration></note>
    <note><pitch><step>A</step><octave>3</octave></pitch><duration>2</duration>
    <tie type="start"/></note></measure><measure number="2">
    <note><pitch><step>A</step><octave>3</octave></pitch><duration>4</duration>
    <tie type="stop"/></note></measure></part></score-partwise>"""
    riff = in_silence(xml.encode(), name="fremd.musicxml")
    assert events(riff) == [(0, (40,)), (12, (43, 50)), (24, (45,))]
    assert riff.events["duration"].tolist() == [12, 6, 36]
    assert riff.meter == (3, 4) and round(riff.tempo_bpm) == 90 and riff.title == "Fremd"
    assert riff.program == 29 and riff.tuning == "standard"


def test_musicxml_with_entities_is_refused():
    xml = b"<!DOCTYPE a [<!ENTITY x 'y'>]><score-partwise><work><work-title>&x;</work-title></work></score-partwise>"  # noqa: E501
    with pytest.raises(ru.MidiError, match="x.musicxml: MusicXML that cannot be read"):
        ru.prompt_from_file(xml, name="x.musicxml")
    with pytest.raises(ru.MidiError, match="x.xml: MusicXML that cannot be read"):
        ru.prompt_from_file(b"<score-partwise><part>", name="x.xml")


def test_our_own_song_is_a_prompt():
    with pytest.warns(UserWarning) as said:
        riff = ru.prompt_from_file(SONG, 2)
    texts = [str(warning.message) for warning in said]
    assert any("repeats played out: 12 bars became 15" in text for text in texts)
    assert riff.title == "Rooftop Radio" and riff.program == 30 and riff.tempo_bpm == 116
    assert len(riff.events) == 17 and riff.fingering.unplayable == ()
    used = np.bitwise_or.reduce(riff.events["technique"])
    assert used == ru.Technique.PALM_MUTE | ru.Technique.DEAD


def test_warnings_point_at_the_caller():
    with pytest.warns(UserWarning) as said:
        ru.prompt_from_file(SONG, 2)
    assert {Path(warning.filename).name for warning in said} == {Path(__file__).name}


def test_a_file_of_guitar_pro_with_nothing_played_is_refused():
    song = guitarpro.parse(io.BytesIO(a_song(dict(lines=["r/1"]))))
    assert isinstance(song, gp.Song)
    with pytest.raises(ru.MidiError, match="has no guitar track"):
        ru.prompt_from_file(a_song(dict(lines=["r/1"])), name="rest.gp5")


def test_of_two_parts_the_one_with_more_notes_is_taken():
    part = (
        "<part id='{}'><measure number='1'><attributes><divisions>1</divisions></attributes>{}"
        "</measure></part>"
    )
    note = "<note><pitch><step>{}</step><octave>3</octave></pitch><duration>1</duration></note>"
    names = "".join(
        f"<score-part id='{name}'><part-name>{name}</part-name><midi-instrument id='{name}-I1'>"
        "<midi-program>31</midi-program></midi-instrument></score-part>"
        for name in ("P1", "P2")
    )
    parts = part.format("P1", note.format("E")) + part.format("P2", note.format("G") * 3)
    xml = f"<score-partwise><part-list>{names}</part-list>{parts}</score-partwise>"
    riff = in_silence(xml.encode(), name="two.musicxml")
    assert events(riff) == [(0, (55,)), (12, (55,)), (24, (55,))]


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def compressed(xml, path="score.musicxml", head=""):
    """The bytes of an .mxl with this score, as its container says."""
    container = (
        f'<?xml version="1.0"?>{head}<container><rootfiles>'
        f'<rootfile full-path="{path}" media-type="application/vnd.recordare.musicxml+xml"/>'
        "</rootfiles></container>"
    )
    return zipped(**{"META-INF__container_dot_xml": container, "score_dot_musicxml": xml})


def test_compressed_musicxml_is_read_as_musicxml():
    riff = ru.prompt_from_text(low_riff())
    xml = ru.musicxml(riff)
    plain = ru.prompt_from_file(xml.encode(), name="x.musicxml")
    packed = ru.prompt_from_file(compressed(xml), name="x.mxl")
    np.testing.assert_array_equal(packed.events, plain.events)
    assert packed.given_frets == plain.given_frets


def test_what_is_wrong_with_a_zip_is_said():
    entity = '<!DOCTYPE c [<!ENTITY a "score.musicxml">]>'
    for data, why in (
        (compressed("<score-partwise/>", "other.xml"), "there is no other.xml in it"),
        (compressed("no xml"), "MusicXML that cannot be read"),
        (compressed("<score-partwise/>", head=entity), "MusicXML that cannot be read"),
        (zipped(**{"META-INF__container_dot_xml": "<container/>"}), "names no score"),
        (zipped(holiday="a picture"), "not a MIDI file"),
    ):
        with pytest.raises(ru.MidiError, match=why):
            ru.prompt_from_file(data, name="x.mxl")
    with pytest.raises(ru.MidiError, match=r"MusicXML, not MIDI: ru\.prompt_from_file reads it"):
        ru.prompt_from_midi(compressed("<score-partwise/>"), name="x.mid")


def test_who_gives_a_guitar_pro_file_for_midi_is_told_what_reads_it(tmp_path):
    path = tmp_path / "song.mid"
    path.write_bytes(ru.guitar_pro(ru.prompt_from_text(low_riff())))
    with pytest.raises(ru.MidiError, match=r"a Guitar Pro file.*ru\.read_guitar_pro reads it"):
        ru.read_midi(path)
    assert ru.read_guitar_pro(path).note_num() == 12
