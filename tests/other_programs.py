"""What other programs read from our files: each opens a file in one and says what it holds.

A program that is not there skips the test that asks for it. Where they come from: docs/formats.md.
"""

import collections
import dataclasses
import json
import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import guitarpro
import mido
import pytest

DRIVERS = Path(__file__).with_name("guitar")
TUXGUITAR = Path("/usr/share/tuxguitar")  # where Debian has it
QUARTERS = {"whole": 4, "half": 2, "quarter": 1, "eighth": Fraction(1, 2), "16th": Fraction(1, 4),
            "32nd": Fraction(1, 8)}  # fmt: skip


@dataclasses.dataclass
class Read:
    """What a program read: a riff without the riff.

    notes: (onset, duration, pitch, string, fret, muted) each, in ticks of which a quarter note has
    12, a tied note once; string 0 is the lowest, string and fret are None where it knows none.
    """

    title: str
    program: int
    tempo: float
    key: int
    meter: tuple
    tuning: tuple
    notes: list


def written(riff):
    """What there is to read in a riff."""
    notes = []
    for symbol, played in zip(riff.symbols, riff.notes, strict=True):
        begin = symbol.bar * riff.ticks_per_bar + symbol.onset
        notes += [
            (begin, symbol.duration, n.pitch, n.string, n.fret, n.muted, n.tied) for n in played
        ]
    return Read(
        riff.title, riff.program, riff.tempo_bpm, riff.fifths, riff.meter, riff.open_strings,
        joined(notes),
    )  # fmt: skip


def joined(notes):
    """Notes (…, muted, tied) with those that are tied to the one before as one note."""
    found, last = [], {}
    for onset, duration, pitch, string, fret, muted, tied in sorted(notes, key=lambda n: n[:3]):
        if tied and pitch in last:
            place = last[pitch]
            found[place][1] = onset + duration - found[place][0]
        else:
            last[pitch] = len(found)
            found.append([onset, duration, pitch, string, fret, muted])
    return sorted(map(tuple, found))


def saved(riffs, folder, suffix):
    """The riffs as files with numbers for names."""
    paths = [folder / f"{number:02}{suffix}" for number in range(len(riffs))]
    for riff, path in zip(riffs, paths, strict=True):
        path.write_bytes(riff.encoded(suffix, band=False))
    return paths


def ran(*command, **more):
    """What a command prints; what it complains of if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **more)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    return done.stdout


# alphaTab and MuseScore 4, by node


def node_folder(package):
    """Where npm installed a package, for node."""
    folder = os.environ.get("ROCKONET_ALPHATAB", "")
    if not shutil.which("node"):
        pytest.skip("needs node (Debian: nodejs)")
    if not folder or not Path(folder, "node_modules", package).exists():
        pytest.skip(f"needs {package} in the folder that ROCKONET_ALPHATAB names")
    return folder


def told_by_alphatab(paths):
    """What alphaTab says of files; beside each it writes what it plays, with .mid at the end."""
    folder = node_folder("@coderline/alphatab")
    return json.loads(ran("node", DRIVERS / "alphatab_reader.mjs", folder, *paths))


def by_alphatab(paths):
    """What alphaTab reads; what it plays as in `told_by_alphatab`."""
    told = told_by_alphatab(paths)
    return [
        Read(
            one["title"], one["program"], one["tempo"], *one["keys"], tuple(*one["meters"]),
            tuple(one["tuning"]), joined(one["notes"]),
        )
        for one in told
    ]  # fmt: skip


def by_musescore_4(paths):
    """What the engine of MuseScore 4 reads; what it plays as in `told_by_alphatab`."""
    played_by_musescore_4(paths)
    return [read_mscx(path.with_name(path.name + ".mscx")) for path in paths]


def played_by_musescore_4(paths):
    """Let the engine of MuseScore 4 write what it reads and plays; the paths of the latter."""
    folder = node_folder("webmscore")
    for path in paths:  # a process each: of two files in one it loses its memory
        ran("node", DRIVERS / "webmscore_converter.mjs", folder, path)
    return [path.with_name(path.name + ".mid") for path in paths]


# MuseScore 3


def by_musescore_3(paths):
    """What MuseScore 3 reads; what it plays as in `told_by_alphatab`."""
    played_by_musescore_3(paths)
    return [read_mscx(path.with_name(path.name + ".mscx")) for path in paths]


def played_by_musescore_3(paths):
    """Let MuseScore 3 write what it reads, and what it plays; the paths of the latter."""
    names = ("musescore3", "mscore3")
    program = next(filter(None, map(shutil.which, names)), None)
    if not program:
        pytest.skip("needs MuseScore 3 (Debian: musescore3)")
    outs = [path.with_name(path.name + suffix) for path in paths for suffix in (".mscx", ".mid")]
    jobs = [{"in": out.as_posix().rpartition(".")[0], "out": str(out)} for out in outs]
    job = paths[0].with_name("job.json")
    job.write_text(json.dumps(jobs))
    ran(program, "--job", job, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    return outs[1::2]


def read_mscx(path):
    """What stands in a file of MuseScore; of two staves the last, which is the TAB."""
    root = ElementTree.parse(path).getroot()
    score = root.find("Score")
    first, *_, staff = [*score.findall("Staff"), *score.findall("Staff")]
    notes, now, tuplet, muted = [], Fraction(0), Fraction(1), False
    for measure, heard in zip(staff.findall("Measure"), first.findall("Measure"), strict=True):
        (voice,) = measure.findall("voice")
        dots = ["Staccato" in (a.text or "") for a in dotted(heard)]
        for element in voice:
            if element.tag == "Tuplet":
                tuplet = Fraction(
                    int(element.findtext("normalNotes")), int(element.findtext("actualNotes"))
                )
            elif element.tag == "endTuplet":
                tuplet = Fraction(1)
            elif element.tag == "Spanner" and element.get("type") == "PalmMute":
                muted = element.find("next") is not None
            if element.tag not in ("Chord", "Rest"):
                continue
            kind, number = element.findtext("durationType"), int(element.findtext("dots") or 0)
            if kind == "measure":
                length = 48 * Fraction(element.findtext("duration"))
            else:
                length = 12 * QUARTERS[kind] * tuplet * (2 - Fraction(1, 2**number))
            dot = dots.pop(0) if element.tag == "Chord" else False
            for note in element.findall("Note"):
                string, fret = note.findtext("string"), note.findtext("fret")
                tied = any(s.find("prev") is not None for s in note.findall("Spanner[@type='Tie']"))
                place = (None, None) if fret is None else (int(string), int(fret))
                pitch = int(note.findtext("pitch"))
                notes.append((now, length, pitch, *place, muted or dot, tied))
            now += length
    tuning = tuple(int(s.text) for s in score.findall("Part/Instrument/StringData/string"))
    notes = [(*n[:3], None if n[3] is None else len(tuning) - 1 - n[3], *n[4:]) for n in notes]
    key = score.findtext(".//KeySig/accidental")
    meter = score.find(".//TimeSig")
    return Read(
        " ".join(score.findtext("Staff/VBox/Text/text").split()),
        int(score.find("Part/Instrument/Channel/program").get("value")),
        round(60 * float(score.findtext(".//Tempo/tempo")), 3),
        int(key or 0),
        (int(meter.findtext("sigN")), int(meter.findtext("sigD"))),
        tuning,
        joined(notes),
    )  # fmt: skip


def dotted(measure):
    """The articulation of each chord of a measure, or an empty element."""
    nothing = ElementTree.Element("subtype")
    for chord in measure.findall("voice/Chord"):
        found = chord.find("Articulation/subtype")
        yield nothing if found is None else found


# TuxGuitar


def by_tuxguitar(paths):
    """What TuxGuitar reads, as it saves it in Guitar Pro 5; it writes what it plays as alphaTab."""
    if not (TUXGUITAR / "lib").exists() or not shutil.which("javac"):
        pytest.skip("needs TuxGuitar and a Java compiler (Debian: tuxguitar, default-jdk-headless)")
    zips = Path("/usr/share/java/commons-compress.jar")
    if paths[0].suffix == ".gp" and not zips.exists():
        pytest.skip("TuxGuitar needs libcommons-compress-java to read .gp")
    jars = f"{TUXGUITAR}/lib/*:{TUXGUITAR}/plugins/*:{zips}"
    kinds = ".gp5", ".xml", ".mid"
    outs = [path.with_name(path.name + kind) for path in paths for kind in kinds]
    pairs = [(out.as_posix().rpartition(".")[0], out) for out in outs]
    ran("java", "-cp", jars, DRIVERS / "TuxGuitar.java", *(p for pair in pairs for p in pair))
    reads = []
    for gp5, xml in zip(outs[::3], outs[1::3], strict=True):
        root = ElementTree.parse(xml).getroot()  # in its .gp5 it forgets the key, and all but ASCII
        title, key = root.findtext("work/work-title"), int(root.findtext(".//fifths"))
        reads.append(dataclasses.replace(read_gp5(gp5), title=title, key=key))
    return reads


def read_gp5(path):
    """What PyGuitarPro reads of the first track with notes."""
    song = guitarpro.parse(path)
    track = next(
        t
        for t in song.tracks
        if any(b.notes for m in t.measures for v in m.voices for b in v.beats)
    )
    strings = tuple(string.value for string in reversed(track.strings))
    notes, begin = [], Fraction(0)
    for measure in track.measures:
        now = begin
        for beat in measure.voices[0].beats:
            length = Fraction(48, beat.duration.value) * (Fraction(3, 2) ** beat.duration.isDotted)
            length *= Fraction(beat.duration.tuplet.times, beat.duration.tuplet.enters)
            for note in beat.notes:
                string = len(strings) - note.string
                tied = note.type is guitarpro.NoteType.tie
                notes.append(
                    (now, length, strings[string] + note.value, string, note.value,
                     note.effect.palmMute, tied)
                )  # fmt: skip
            now += length
        begin += 48 * Fraction(
            measure.timeSignature.numerator, measure.timeSignature.denominator.value
        )
    # A tied note has the fret of the one before; TuxGuitar leaves it at 0.
    last, whole = {}, []
    for onset, length, _, string, fret, muted, tied in notes:
        fret = last[string] if tied else fret
        last[string] = fret
        whole.append((onset, length, strings[string] + fret, string, fret, muted, tied))
    first = track.measures[0]
    return Read(
        song.title, track.channel.instrument, song.tempo, first.keySignature.value[0],
        (first.timeSignature.numerator, first.timeSignature.denominator.value), strings,
        joined(whole),
    )  # fmt: skip


# LilyPond


def by_lilypond(paths):
    """What LilyPond plays of MusicXML: for each staff what `played` tells."""
    if not shutil.which("musicxml2ly") or not shutil.which("lilypond"):
        pytest.skip("needs LilyPond (Debian: lilypond)")
    found = []
    for path in paths:
        source = path.with_suffix(".ly")
        ran("musicxml2ly", "--midi", "--output", source, path)
        ran("lilypond", "--silent", "-dno-print-pages", "-o", source.with_suffix(""), source)
        found.append(played(source.with_suffix(".midi")))
    return found


def played(path):
    """The notes of each track of a MIDI file that has some: (onset, duration, pitch), exactly."""
    file = mido.MidiFile(path)
    tracks = []
    for track in file.tracks:
        now, notes, sounding = 0, [], collections.defaultdict(list)
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                sounding[message.note].append(now)
            elif message.type in ("note_on", "note_off") and sounding[message.note]:
                begin = sounding[message.note].pop(0)
                scale = Fraction(12, file.ticks_per_beat)
                notes.append((begin * scale, (now - begin) * scale, message.note))
        if notes:
            tracks.append(sorted(notes))
    return tracks
