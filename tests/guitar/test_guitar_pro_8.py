"""A riff as a .gp file, read back by a small reader of its own; test_interop.py asks others."""

import dataclasses
import io
import zipfile
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from helpers import a_riff, random_riff

import rockonet_utils as ru

VALUES = {"Whole": 48, "Half": 24, "Quarter": 12, "Eighth": 6, "16th": 3, "32nd": Fraction(3, 2)}
KINDS = [
    dict(meter=(4, 4), tuning="standard", tempo_bpm=120, scale="E minor"),
    dict(meter=(3, 4), tuning="drop D", tempo_bpm=96.5, scale="D minor"),
    dict(meter=(6, 8), tuning="drop C", tempo_bpm=210, scale="Eb major", program=27),
    dict(meter=(7, 8), tuning="D2 A2 D3 G3 A3 D4", tempo_bpm=72, scale="A major", program=25),
]


def some_riff(seed):
    riff = random_riff(seed, n=24 + 2 * seed)
    kind = KINDS[seed % len(KINDS)]
    riff = dataclasses.replace(
        riff, title=f"Grüße & <{seed}> ♭ рок", prompt_events=seed % 7, **kind
    )
    riff = riff.revoiced()
    return riff if riff.formats == ru.FORMATS else dataclasses.replace(riff, tempo_bpm=40)


def read_gp(data):
    """What stands in a .gp file, followed from number to number."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        root = ElementTree.fromstring(archive.read("Content/score.gpif"))
    lists = {kind: {e.get("id"): e for e in root.find(kind)} for kind in
             ("Bars", "Voices", "Beats", "Notes", "Rhythms")}  # fmt: skip

    def named(kind, element, tag=None):
        return [lists[kind][i] for i in (element.findtext(tag or kind) or "").split() if i != "-1"]

    def ticks(rhythm):
        value = Fraction(VALUES[rhythm.findtext("NoteValue")])
        if rhythm.find("AugmentationDot") is not None:
            value *= Fraction(3, 2)
        if rhythm.find("PrimaryTuplet") is not None:
            assert rhythm.find("PrimaryTuplet").attrib == {"num": "3", "den": "2"}
            value *= Fraction(2, 3)
        return value

    def note(element):
        told = {p.get("name"): p for p in element.find("Properties")}
        tie = element.find("Tie")
        return (
            int(told["String"].findtext("String")),
            int(told["Fret"].findtext("Fret")),
            int(told["Midi"].findtext("Number")),
            tie is not None and tie.get("destination") == "true",
            tie is not None and tie.get("origin") == "true",
            "PalmMuted" in told,
        )

    now, beats, texts, loudness = Fraction(0), [], [], []
    bars, keys, meters = [], [], []
    for master in root.find("MasterBars"):
        bars.append(now)
        keys.append(int(master.findtext("Key/AccidentalCount")))
        meters.append(master.findtext("Time"))
        (bar,) = named("Bars", master)
        (voice,) = named("Voices", bar)
        for beat in named("Beats", voice):
            length = ticks(lists["Rhythms"][beat.find("Rhythm").get("ref")])
            beats.append((now, length, [note(element) for element in named("Notes", beat)]))
            loudness.append(beat.findtext("Dynamic"))
            if beat.find("FreeText") is not None:
                texts.append((now, beat.findtext("FreeText")))
            now += length
    return dict(root=root, bars=bars, keys=keys, meters=meters, beats=beats, texts=texts,
                loudness=loudness)  # fmt: skip


def test_a_small_riff_says_what_was_worked_out_by_hand():
    # E5 muted, a rest, then G2 held over the bar line for a quarter note, in E minor and drop D.
    riff = a_riff([(40, 47, 52), (43,)], [0, 12], [1, 48], tuning="drop D", scale="E minor")
    read = read_gp(riff.encoded(".gp"))
    muted = [(0, 2, 40), (1, 2, 47), (2, 2, 52)]
    assert read["beats"] == [
        (0, 3, [(*note, False, False, True) for note in muted]),
        (3, 9, []),
        (12, 36, [(0, 5, 43, False, True, False)]),
        (48, 12, [(0, 5, 43, True, False, False)]),
        (60, 36, []),
    ]
    assert read["bars"] == [0, 48] and read["keys"] == [1, 1] and read["meters"] == ["4/4"] * 2
    assert read["loudness"] == ["F", None, "F", "F", None]  # velocity 90
    root = read["root"]
    pitches = root.find("Tracks/Track/Staves/Staff/Properties/Property[@name='Tuning']/Pitches")
    assert pitches.text == "38 45 50 55 59 64"
    written = root.find("Notes/Note[@id='3']/Properties/Property[@name='TransposedPitch']/Pitch")
    assert [part.text for part in written] == ["G", None, "4"]  # G2 is written an octave higher


@pytest.mark.parametrize("seed", range(8))
def test_everything_comes_back(seed):
    riff = some_riff(seed)
    read = read_gp(riff.encoded(".gp"))
    root = read["root"]
    assert root.findtext("Score/Title") == riff.title
    tempo, unit = root.findtext("MasterTrack/Automations/Automation/Value").split()
    assert float(tempo) == riff.tempo_bpm and unit == "2"  # a quarter note
    assert root.findtext("Tracks/Track/Sounds/Sound/MIDI/Program") == str(riff.program)
    assert set(read["keys"]) == {riff.fifths}
    assert set(read["meters"]) == {"{}/{}".format(*riff.meter)}
    assert read["bars"] == [bar * riff.ticks_per_bar for bar in range(len(read["bars"]))]
    # Back to events, without the symbols from which the file was made.
    struck = [(now, notes) for now, _, notes in read["beats"] if notes and not notes[0][3]]
    onsets = riff.events["step"].cumsum()
    assert [int(now) for now, _ in struck] == onsets.tolist()
    for (_, notes), row, event in zip(struck, riff.fingering.frets, riff.events, strict=True):
        assert [(s, f) for s, f, *_ in notes] == [(s, f) for s, f in enumerate(row) if f >= 0]
        assert [note[2] for note in notes] == list(ru.event_pitches(event))
    for (_, _, notes), (_, _, following) in zip(read["beats"], read["beats"][1:], strict=False):
        assert [n[4] for n in notes] == [bool(following and following[0][3])] * len(notes)
    prompt = [(riff.prompt_ticks, "generated from here")] if riff.prompt_ticks else []
    assert read["texts"] == prompt


def test_the_same_riff_gives_the_same_file():
    assert ru.guitar_pro_8(some_riff(3)) == ru.guitar_pro_8(some_riff(3))
    names = zipfile.ZipFile(io.BytesIO(ru.guitar_pro_8(some_riff(3)))).namelist()
    assert "Content/score.gpif" in names and "VERSION" in names


def test_it_says_its_volume_and_every_part_of_its_heading():
    root = read_gp(some_riff(1).encoded(".gp"))["root"]
    strip = root.findtext("Tracks/Track/RSE/ChannelStrip/Parameters").split()
    assert len(strip) == 16
    assert strip[11:13] == ["0.5", "0.8"]  # in the middle; without a volume MuseScore 4 is silent
    heading = [element.tag for element in root.find("Score")]
    assert heading[:4] == ["Title", "SubTitle", "Artist", "Album"] and "Instructions" in heading
