"""Our files in other programs, and what these write in ours. docs/formats.md says what is lost."""

import dataclasses
import importlib.util
import os
from pathlib import Path

import numpy as np
import other_programs as programs
import pytest
from helpers import a_riff
from technique_riffs import random_played_riff

import rockonet_utils as ru
from rockonet.common.techniques import Technique
from rockonet.common.transcription import ascii_text

pytestmark = pytest.mark.interop

# All 32 riffs in every program, or 12 of them, and fewer where a file takes seconds.
ALL = os.environ.get("ROCKONET_INTEROP") == "all"
KINDS = [
    dict(meter=(4, 4), tuning="standard", tempo_bpm=97.3, scale="E minor"),
    dict(meter=(3, 4), tuning="drop D", tempo_bpm=96.5, scale="D minor", program=29),
    dict(meter=(6, 8), tuning="drop C", tempo_bpm=210, scale="Eb major", program=27),
    dict(meter=(7, 8), tuning="D2 A2 D3 G3 A3 D4", tempo_bpm=72, scale="A major", program=25),
    dict(meter=(12, 8), tuning="E♭", tempo_bpm=180, scale="Bb minor"),
    dict(meter=(5, 4), tuning="standard", tempo_bpm=132, scale="B major"),
]
CHUG = "\n".join(
    f"{name}|{frets}|" for name, frets in zip("eBGDAE", [16 * "-"] * 3 + ["2" + 15 * "-"] * 2
                                              + ["0-0-0-0-0-0-3-2-"], strict=True)
)  # fmt: skip


def typed(text, title, muted=(), **more):
    riff = ru.prompt_from_text(text, **more)
    riff.events["duration"][list(muted)] = ru.MUTED_TICKS
    return dataclasses.replace(riff, title=title)


def some_riffs():
    """Keys, tunings, meters, tempos, programs and titles of all kinds; palm mutes; one bar."""
    riffs = [
        typed(CHUG, "chug at 140", range(1, 6), tempo_bpm=140),
        typed(CHUG, "Ächzen, 210", range(1, 6), tempo_bpm=210),
        typed("trip{EE8 GG AA} trip{EE8 GG AA} EE4 BB4", "triplets", tempo_bpm=97.3),
        typed("4/4 EE1 EE2. r4 r2 GG8 r8 r4", "rests and ties", tempo_bpm=60),
        typed("7/8 EE8 EE GG AA GG EE D", "seven", range(3), tempo_bpm=160),
        typed("6/8 EE8 GG AA BB AA GG EE4. EE4.", "six eight", tempo_bpm=144),
    ]
    for seed, kind in enumerate((KINDS * 5)[:26] if ALL else KINDS):
        rng = np.random.default_rng(seed)
        roots, steps = rng.integers(40, 60, 24).tolist(), rng.choice([3, 3, 6, 6, 9, 12, 18], 24)
        chords = [(root, root + 7) if root % 2 else (root,) for root in roots]
        title = f"Grüße & <{seed}> ♭ рок"
        riff = a_riff(
            chords, steps.tolist(), title=title, prompt_events=3 * seed, **kind
        ).revoiced()
        riffs.append(
            riff if riff.formats == ru.FORMATS else dataclasses.replace(riff, tempo_bpm=40)
        )
    return riffs


def without_places(notes):
    return [
        (onset, duration, pitch, None, None, muted) for onset, duration, pitch, *_, muted in notes
    ]


def readable(riff, program, suffix):
    """What a program can read of a riff in a format."""
    read = programs.written(riff)
    if suffix == ".gp5":
        read.title = ascii_text(riff.title)
    if suffix == ".gp5" or (suffix == ".gp" and program in ("tuxguitar", "musescore_4")):
        read.tempo = round(riff.tempo_bpm)
    if (program, suffix) == ("musescore_4", ".gp"):  # it counts from the pitches that are written
        read.tuning = tuple(pitch + 12 for pitch in riff.open_strings)
    if (program, suffix) == ("alphatab", ".musicxml"):  # it leaves out the TAB, as it is silent
        read.tuning = ()
    return read


@pytest.mark.parametrize(
    ("program", "suffix"),
    [
        ("alphatab", ".gp"),
        ("alphatab", ".gp5"),
        ("alphatab", ".musicxml"),
        ("tuxguitar", ".gp"),
        ("tuxguitar", ".gp5"),
        ("musescore_3", ".gp5"),
        ("musescore_3", ".musicxml"),
        ("musescore_4", ".gp"),
        ("musescore_4", ".gp5"),
        ("musescore_4", ".musicxml"),
    ],
)
def test_a_program_reads_what_is_written_and_what_it_plays_comes_back(tmp_path, program, suffix):
    riffs = some_riffs()
    if program == "musescore_4" and not ALL:  # a second and more for each file
        riffs = riffs[1::4]
    paths = programs.saved(riffs, tmp_path, suffix)
    for riff, path, read in zip(
        riffs, paths, getattr(programs, f"by_{program}")(paths), strict=True
    ):
        wanted = readable(riff, program, suffix)
        if suffix == ".musicxml":  # alphaTab has no strings, the others choose them anew
            wanted.notes, read.notes = map(without_places, (wanted.notes, read.notes))
            read.tuning = wanted.tuning if program == "musescore_4" else read.tuning
        assert read == wanted
        mutes = program in ("alphatab", "tuxguitar")  # MuseScore plays them as any other note
        # MuseScore 4 plays any electric guitar of a .musicxml as a clean one, whatever it shows.
        sound = None if (program, suffix) == ("musescore_4", ".musicxml") else riff.program
        comes_back(riff, path.with_name(path.name + ".mid"), wanted.tempo, mutes, sound)


def comes_back(riff, path, tempo, mutes, program):
    """That a MIDI file has the events of a riff once; its palm mutes and its program if asked."""
    back = ru.prompt_from_midi(path, bars=1000)
    assert np.cumsum(back.events["step"]).tolist() == np.cumsum(riff.events["step"]).tolist()
    assert back.events["bass"].tolist() == riff.events["bass"].tolist()
    assert back.events["shape"].tolist() == riff.events["shape"].tolist()
    assert back.meter == riff.meter and back.tempo_bpm == pytest.approx(tempo, abs=0.01)
    assert program is None or back.program == program
    if mutes:
        assert muted_events(back) == muted_events(riff)
    sounding = [len(notes) for notes in programs.played(path)]
    assert sounding == [sum(len(ru.event_pitches(event)) for event in riff.events)]


def muted_events(riff):
    symbols = zip(riff.symbols, riff.notes, strict=True)
    return {symbol.event for symbol, notes in symbols if any(note.muted for note in notes)}


def test_musescore_3_writes_midi_without_programs_and_it_comes_back(tmp_path):
    riffs = some_riffs()
    paths = programs.saved(riffs, tmp_path, ".mid")
    for riff, path in zip(riffs, programs.played_by_musescore_3(paths), strict=True):
        with pytest.warns(UserWarning, match="instrument"):
            comes_back(riff, path, round(riff.tempo_bpm), mutes=False, program=27)


@pytest.mark.parametrize("suffix", [".gp", ".gp5"])
def test_alphatab_reads_how_notes_are_played(tmp_path, suffix):
    riffs = [random_played_riff(seed) for seed in range(12)]
    told = programs.told_by_alphatab(programs.saved(riffs, tmp_path, suffix))
    for riff, one in zip(riffs, told, strict=True):
        wanted = []
        for symbol, notes in zip(riff.symbols, riff.notes, strict=True):
            begin = symbol.bar * riff.ticks_per_bar + symbol.onset
            wanted += [(begin, n.string, n.technique, n.bend) for n in notes if not n.tied]
        found = [
            (onset, string, sum(Technique[name] for name in names), bend)
            for onset, string, names, bend in one["techniques"]
        ]
        assert sorted(found) == sorted(wanted)


def test_musescore_4_plays_midi_and_it_comes_back(tmp_path):
    riffs = some_riffs() if ALL else some_riffs()[1::4]
    paths = programs.saved(riffs, tmp_path, ".mid")
    for riff, path in zip(riffs, programs.played_by_musescore_4(paths), strict=True):
        comes_back(riff, path, round(riff.tempo_bpm), mutes=False, program=None)


def test_lilypond_reads_the_same_in_both_staves(tmp_path):
    riffs = [riff for riff in some_riffs() if riff.tempo_bpm % 1 == 0]  # it takes no 97.3
    riffs = riffs if ALL else riffs[::5]
    staves = programs.by_lilypond(programs.saved(riffs, tmp_path, ".musicxml"))
    for riff, found in zip(riffs, staves, strict=True):
        wanted = [(onset, pitch) for onset, _, pitch, *_ in programs.written(riff).notes]
        assert [[(onset, pitch) for onset, _, pitch in staff] for staff in found] == [wanted] * 2


def test_the_musicxml_is_valid_by_its_schema(tmp_path):
    schemas = pytest.importorskip("xmlschema")
    package = importlib.util.find_spec("musicxml")  # it brings the schema of MusicXML 4.0
    if not package:
        pytest.skip("needs the schema that `pip install musicxml` brings")
    (place,) = package.submodule_search_locations
    schema = schemas.XMLSchema(Path(place, "generate_classes", "musicxml_4_0.xsd"))
    for riff in [random_played_riff(seed) for seed in range(12)] + some_riffs():
        xml = riff.encoded(".musicxml").decode()
        assert [error.reason for error in schema.iter_errors(xml)] == []
    assert not schema.is_valid(xml.replace("<fret>", "<fret>x", 1))
