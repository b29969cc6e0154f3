"""MusicXML, through music21: notes, and the strings and frets that stand with them."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, ParseError, tostring

import defusedxml
import defusedxml.ElementTree
import numpy as np
from symusic.core import NoteTickList, ScoreTick, TempoTick, TimeSignatureTick, TrackTick

from rockonet.common.errors import say_remarks
from rockonet.common.techniques import Technique, harmonic_semitones
from rockonet.common.theory import is_meter, is_tempo, pitch_number
from rockonet.explore.file_kinds import is_zip
from rockonet.explore.midi_file import MAX_QUARTERS, MidiError
from rockonet.explore.musicxml_signs import Signs, signs_of_notes
from rockonet.explore.tab_song import SONG_TICKS, TAB_NOTE, TabSong, TabTrack, distinct_names
from rockonet.explore.written_song import plain_text
from rockonet.explore.zipped_score import zipped_file

MAX_CONTAINER_BYTES, MAX_SCORE_BYTES = 100_000, 64_000_000  # unpacked
# What music21 reads takes it 2 milliseconds a note and half of one a bar; every beat of a meter and
# every degree of a chord symbol is worked out, however many a file says there are.
MAX_SCORE_NOTES, MAX_SCORE_BARS, MAX_BEATS = 50_000, 10_000, 99
SECONDS_A_NOTE, LONG = 0.002, 2.0  # whoever waits longer than that is told for how long
NOT_READ = ("harmony", "figured-bass")


@functools.lru_cache(maxsize=1)  # who has seen its tracks asks for one of them, then for more bars
def parse_musicxml(data: bytes, name: str) -> TabSong:
    """The song in the bytes of a MusicXML file; each staff is a track, but for a TAB below it.

    It may be compressed (``.mxl``). How long it takes is said before, if it is long.
    Raises: `MidiError`, which names the file and the reason.
    """
    import music21  # two seconds, which only MusicXML has to wait for

    try:
        data = _unzipped(data) if is_zip(data) else data
        root = defusedxml.ElementTree.fromstring(data)  # no entities, nothing from elsewhere
        seconds = _bound(root) * SECONDS_A_NOTE
        if seconds > LONG:
            remark = f"about {seconds:.0f} seconds, MusicXML takes long to read."
            say_remarks(name, [remark], stacklevel=5)
        score = music21.converter.parseData(tostring(root, "unicode"), format="musicxml")
        if not isinstance(score, music21.stream.Score):
            raise ValueError("it holds no score")
        tunings, signs = _tunings(root), signs_of_notes(root, SONG_TICKS)
        staves: dict[str, list[TabTrack]] = {}
        for part in score.parts:
            staves.setdefault(str(part.id).partition("-Staff")[0], []).append(
                _track(part, tunings, signs)
            )
        tracks = tuple(track for some in staves.values() for track in _with_tab(some))
        written = _score(score, tracks)
    except Exception as error:  # music21 raises what its parts raise, without a common class
        known = isinstance(error, (ParseError, defusedxml.DefusedXmlException, ValueError))
        reason = str(error) if known else f"{type(error).__name__}: {error}"
        raise MidiError(
            name,
            f"MusicXML that cannot be read: {reason[:120].rstrip('.')}. Save it anew, or as MIDI",
        ) from error
    title = plain_text((score.metadata and score.metadata.title) or "")
    return TabSong(title, written, tracks, ())


def _bound(root: Element) -> int:
    """Take out of a score what is not read, before it costs time; how many notes are left.

    Raises: ValueError if there is more of it than a song has.
    """
    for measure in root.iter("measure"):
        for unread in [element for element in measure if element.tag in NOT_READ]:
            measure.remove(unread)
    notes = sum(1 for _ in root.iter("note"))
    if notes > MAX_SCORE_NOTES:
        raise ValueError("it has too many notes for a song")
    if sum(1 for _ in root.iter("measure")) > MAX_SCORE_BARS:
        raise ValueError("it has too many bars for a song")
    for time in root.iter("time"):
        written = " + ".join(beats.text or "" for beats in time.iterfind("beats"))
        if sum(map(int, re.findall(r"\d+", written))) > MAX_BEATS:
            raise ValueError(f"a bar of {written} beats")
    return notes


def _unzipped(data: bytes) -> bytes:
    """The score in compressed MusicXML, which is where its container says.

    Source: https://www.w3.org/2021/06/musicxml40/tutorial/compressed-mxl-files/
    """
    container = zipped_file(data, "META-INF/container.xml", MAX_CONTAINER_BYTES)
    for element in defusedxml.ElementTree.fromstring(container, forbid_dtd=True).iter():
        path = element.get("full-path")
        if element.tag.rpartition("}")[2] == "rootfile" and path:
            return zipped_file(data, path, MAX_SCORE_BYTES)
    raise ValueError("its container.xml names no score")


def _tunings(root: Element) -> dict[str, tuple[int, ...]]:
    """The open strings of each staff, by the name that music21 gives it, lowest first."""
    found = {}
    for part in root.iter("part"):
        for details in part.iter("staff-details"):
            lines = {}
            for line in details.iterfind("staff-tuning"):
                step, octave = line.findtext("tuning-step"), line.findtext("tuning-octave")
                pitch = pitch_number(f"{step}{octave}")
                if pitch is not None:
                    alter = round(float(line.findtext("tuning-alter") or 0))
                    lines[int(line.get("line", "0"))] = pitch + alter
            if lines:
                strings = tuple(lines[number] for number in sorted(lines))
                for staff in f"-Staff{details.get('number', '1')}", "":
                    found[f"{part.get('id')}{staff}"] = strings
    return found


def _track(part: Any, tunings: dict[str, tuple[int, ...]], signs: Signs) -> TabTrack:
    name, _, staff = str(part.id).partition("-Staff")
    tuning = tunings.get(str(part.id), ())
    part = part.toSoundingPitch().stripTies()
    rows = []
    for note in part.recurse().notes:
        begin = float(note.getOffsetInHierarchy(part))
        length = float(note.quarterLength)
        if note.duration.isGrace:  # an event of its own before the note that it belongs to
            length = 1 / 8
            begin = max(0.0, begin - length)
        told: dict[str, list[int]] = {"StringIndication": [], "FretIndication": []}
        for sign in note.articulations:
            told.setdefault(type(sign).__name__, []).append(getattr(sign, "number", 0))
        pairs = zip(told["StringIndication"], told["FretIndication"], strict=False)
        places = {
            tuning[-string] + fret: (len(tuning) - string, fret)
            for string, fret in pairs
            if 0 < string <= len(tuning)
        }
        loud = note.volume.getRealized() * 127 if note.volume else 90
        for pitch in getattr(note, "pitches", ()):
            time, end = round(begin * SONG_TICKS), round((begin + length) * SONG_TICKS)
            string, fret = places.get(pitch.midi, (-1, -1))
            velocity = min(max(round(loud), 1), 127)
            technique, bend = signs.get((f"{name}-Staff{staff or 1}", time, pitch.midi), (0, 0))
            touched = technique & Technique.HARMONIC and fret >= 0
            higher = harmonic_semitones(fret) - fret if touched else 0
            place = (string, fret, technique, bend, higher)
            rows.append((time, max(1, end - time), pitch.midi, velocity, *place))
    if any(time + duration > MAX_QUARTERS * SONG_TICKS for time, duration, *_ in rows):
        raise ValueError(f"its notes lie beyond {MAX_QUARTERS:,} quarter notes, which is no song")
    instrument = part.getInstrument()
    program = instrument.midiProgram if instrument else None
    notes = np.array(rows, TAB_NOTE)
    return TabTrack(
        plain_text(part.partName),
        program if program is not None and 0 <= program < 128 else 0,
        bool(instrument and instrument.midiChannel == 9),
        tuning,
        0,
        notes[np.lexsort((notes["pitch"], notes["time"]))],
    )


def _with_tab(staves: list[TabTrack]) -> list[TabTrack]:
    """The staves of a part; of notation and its TAB, the notation with the frets of the TAB.

    A TAB may be silent, without ties: how long notes are, notation says.
    """
    if len(staves) != 2 or bool(staves[0].tuning) == bool(staves[1].tuning):
        return staves
    notation, tab = sorted(staves, key=lambda staff: bool(staff.tuning))
    places = {(note["time"], note["pitch"]): note for note in tab.notes}
    notes = notation.notes.copy()
    if any((note["time"], note["pitch"]) not in places for note in notes):
        return staves
    for note in notes:
        written = places[note["time"], note["pitch"]]
        for field in "string", "fret":
            note[field] = written[field]
        note["technique"] |= written["technique"]
        for field in "bend", "harmonic":
            note[field] = max(note[field], written[field])
    return [dataclasses.replace(notation, notes=notes, tuning=tab.tuning)]


def _score(written: Any, tracks: Sequence[TabTrack]) -> ScoreTick:
    score = ScoreTick(SONG_TICKS)
    flat = written.flatten()
    for mark in flat.getElementsByClass("MetronomeMark"):
        tempo = mark.getQuarterBPM() if mark.number != 0 else None
        if tempo and is_tempo(tempo):
            score.tempos.append(TempoTick(round(float(mark.offset) * SONG_TICKS), qpm=tempo))
    for sign in flat.getElementsByClass("TimeSignature"):
        if is_meter(sign.numerator, sign.denominator):
            time = round(float(sign.offset) * SONG_TICKS)
            score.time_signatures.append(TimeSignatureTick(time, sign.numerator, sign.denominator))
    for name, track in zip(distinct_names(tracks), tracks, strict=True):
        played = TrackTick(name, track.program, track.is_drum)
        played.notes = NoteTickList.from_numpy(
            *(track.notes[field].astype(np.int32) for field in ("time", "duration")),
            *(track.notes[field].astype(np.int8) for field in ("pitch", "velocity")),
        )
        score.tracks.append(played)
    return score
