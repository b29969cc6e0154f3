"""Files of Guitar Pro 3, 4 and 5, through PyGuitarPro, and the door to those of later versions."""

from __future__ import annotations

import collections
import io
import os
import re
import struct
from pathlib import Path
from typing import Any

from guitarpro import models as gp
from guitarpro.gp3 import GP3File
from guitarpro.gp4 import GP4File
from guitarpro.gp5 import GP5File
from symusic.core import ScoreTick

from rockonet.common.errors import say_remarks
from rockonet.common.techniques import Technique, harmonic_semitones
from rockonet.explore.file_kinds import GPX_MAGICS
from rockonet.explore.gpif_reader import archived_score, read_gpif
from rockonet.explore.gpx_container import contained_score
from rockonet.explore.midi_file import MAX_TRACKS, MidiError, file_bytes
from rockonet.explore.tab_song import TabSong, play_out
from rockonet.explore.written_song import (
    MAX_WRITTEN_BARS,
    MAX_WRITTEN_NOTES,
    WrittenBar,
    WrittenBeat,
    WrittenNote,
    WrittenSong,
    WrittenTrack,
    bend_technique,
    counted,
    longest_held,
    plain_text,
)

GUITAR_PRO_SUFFIXES = (".gp", ".gp3", ".gp4", ".gp5", ".gpx")
MAX_VOICE_BEATS, MAX_MENDS = 1_000, 50  # of a bar, of a file

# Plain numbers: joining flags takes ten times as long, and there are thousands of notes.
_DEAD, _PALM_MUTE, _VIBRATO, _LET_RING, _TREMOLO, _HARMONIC, _LEGATO, _SLIDE = map(
    int,
    (
        *(Technique.DEAD, Technique.PALM_MUTE, Technique.VIBRATO, Technique.LET_RING),
        *(Technique.TREMOLO, Technique.HARMONIC, Technique.LEGATO, Technique.SLIDE),
    ),
)


def read_guitar_pro(path: str | os.PathLike[str]) -> ScoreTick:
    """Read one Guitar Pro file, with its repeats played out.

    path: a ``.gp3``, ``.gp4``, ``.gp5``, ``.gpx`` or ``.gp`` file. What of it was changed or left
        out, a warning says.
    Returns a score of symusic, 960 ticks to the quarter note: the pitches as they sound, with capo.
    Strings, frets and techniques are in what `parse_guitar_pro` returns.
    Raises: `MidiError`, which names the file and the reason.
    """
    path = Path(path)
    song = parse_guitar_pro(file_bytes(path), path.name)
    say_remarks(path.name, song.remarks)
    return song.score


def parse_guitar_pro(data: bytes, name: str) -> TabSong:
    """The song in the bytes of a Guitar Pro file, whatever its suffix is.

    Raises: `MidiError`, which names the file, the reason and the way out.
    Notebook: 01.
    """
    try:
        if data[:4] in GPX_MAGICS:
            written = read_gpif(contained_score(data))
        elif data[:2] == b"PK":
            written = read_gpif(archived_score(data))
        else:
            written = _written_song(*_parsed(data))
        song = play_out(written)
    except ValueError as error:
        reason = str(error) or type(error).__name__
        raise MidiError(
            name,
            f"a Guitar Pro file that cannot be read: {reason[:120].rstrip('.')}. Save it anew as "
            ".gp5, or export it as MIDI (File → Export)",
        ) from error
    return song


class _Guarded:
    """What PyGuitarPro's readers need to be safe with any bytes, whatever the version.

    Counts are checked before they are believed, what stops them though no note depends on it is
    passed over, and of a file that is cut off the whole bars are kept.
    """

    cut = ""  # where the file is cut off
    jumps = False  # whether it has signs such as Da Capo
    beats = 0  # of all tracks so far

    def readMeasureHeaders(self: Any, song: Any, count: int, *directions: Any) -> None:
        if not 0 < count <= MAX_WRITTEN_BARS:
            raise ValueError(f"{count:,} bars")
        if directions:  # bars of jumps, which may be beyond the last one
            self.jumps = any(bar > 0 for bar in directions[0][1].values())
            directions = (({}, {}),)
        super().readMeasureHeaders(song, count, *directions)  # type: ignore[misc]

    def readTracks(self: Any, song: Any, count: int, channels: Any) -> None:
        measures = count * len(song.measureHeaders)
        if not 0 < count <= MAX_TRACKS or measures > MAX_WRITTEN_BARS:
            raise ValueError(f"{count:,} tracks, {measures:,} bars in all")
        super().readTracks(song, count, channels)  # type: ignore[misc]

    def readMeasures(self: Any, song: Any) -> None:
        try:
            super().readMeasures(song)  # type: ignore[misc]
        except struct.error:  # its bytes end
            whole = self._currentMeasureNumber - 1
            if not whole:
                raise
            self.cut = (
                f"cut off: in bar {whole + 1} of {len(song.measureHeaders)}, read up to there"
            )
            del song.measureHeaders[whole:]
            for track in song.tracks:
                del track.measures[whole:]

    def readVoice(self: Any, start: Any, voice: Any) -> None:
        place = self.data.tell()
        count = self.readI32()
        self.beats += count
        if not 0 <= count <= MAX_VOICE_BEATS or self.beats > MAX_WRITTEN_NOTES:
            raise ValueError(f"{count:,} beats in a bar, {self.beats:,} in all")
        self.data.seek(place)
        super().readVoice(start, voice)  # type: ignore[misc]

    def readChannel(self: Any, channels: Any) -> Any:
        return super().readChannel(channels) or gp.MidiChannel()  # type: ignore[misc]

    def readNewChord(self: Any, chord: Any) -> None:
        self.skip(124 if isinstance(self, GP3File) and not isinstance(self, GP4File) else 106)

    def readBeatStroke(self: Any) -> Any:
        try:
            return super().readBeatStroke()  # type: ignore[misc]
        except AttributeError:  # one without a direction
            return gp.BeatStroke()

    def readHarmonic(self: Any, note: Any) -> Any:
        try:
            return super().readHarmonic(note)  # type: ignore[misc]
        except UnboundLocalError:  # one of a kind that it does not know
            return gp.SemiHarmonic()

    def readWahEffect(self: Any, flags: int) -> None:
        self.skip(1)

    def getTiedNoteValue(self, note: Any) -> int:
        return 0  # what a tie holds is found when the song is played out


class _Reader3(_Guarded, GP3File):
    pass


class _Reader4(_Guarded, GP4File):
    pass


class _Reader5(_Guarded, GP5File):
    pass


_READERS: dict[str, tuple[Any, tuple[int, int, int]]] = {  # by how a version begins
    "3": (_Reader3, (3, 0, 0)),
    "4": (_Reader4, (4, 0, 6)),
    "5.0": (_Reader5, (5, 0, 0)),
    "5.1": (_Reader5, (5, 1, 0)),
    "5.2": (_Reader5, (5, 2, 0)),
}
# Enumerations of PyGuitarPro on which no note depends: an unknown value in them is set to 0.
_DECORATION = (
    "KeySignature|TripletFeel|LineBreak|Accentuation|SlapEffect|BeatStrokeDirection|Octave|"
    "SlideType|GraceEffectTransition"
)


def _parsed(data: bytes) -> tuple[Any, list[str]]:
    """The song of PyGuitarPro, and what has to be said about it.

    Raises: ValueError with the reason.
    """
    version = data[1 : 1 + min(data[0], 30)].decode("latin-1")
    found = re.search(r"G(?:UITAR )?P(?:RO)? [vL]?(\d\.\d)", version)
    known = [start for start in _READERS if found and found[1].startswith(start)]
    if not known:
        raise ValueError(f"its version is not known: {version!r}")
    reader, number = _READERS[known[0]]
    mended = 0
    while True:
        stream = io.BytesIO(data)
        file = reader(stream, "latin-1", version, number)
        stream.seek(31)
        try:
            song = file.readSong()
            break
        except MemoryError:
            raise
        except Exception as error:  # PyGuitarPro raises what its parts raise, without a class
            better = _mended(data, stream.tell(), str(error))
            if better is None or mended == MAX_MENDS:
                if isinstance(error.__cause__ or error, struct.error):
                    raise ValueError("it is cut off") from error
                raise ValueError(f"it is damaged: {error}") from error
            data, mended = better, mended + 1
    remarks = [file.cut] if file.cut else []
    if file.jumps:
        remarks.append("jumps such as Da Capo and Da Segno, not followed: 1")
    if mended:
        remarks.append(f"unknown signs passed over: {mended}")
    return song, remarks


def _mended(data: bytes, place: int, message: str) -> bytes | None:
    """The file with a 0 instead of an unknown value that was read just before a place; None if that
    is not what the message says, or notes depend on it."""
    found = re.search(rf"(\(?-?\d+(?:, -?\d+\))?) is not a valid (?:{_DECORATION})$", message)
    if not found:
        return None
    values = [int(value) for value in re.findall(r"-?\d+", found[1])]
    whole = values[0].to_bytes(4, "little", signed=True)
    for written in (whole, bytes(value & 255 for value in values), bytes([values[0] & 255])):
        if data[:place].endswith(written):
            return data[: place - len(written)] + bytes(len(written)) + data[place:]
    return None


def _written_song(song: Any, remarks: list[str]) -> WrittenSong:
    bars = [_bar(header) for header in song.measureHeaders]
    tempos: dict[int, list[tuple[float, float]]] = {0: [(0.0, float(song.tempo))]}
    lost: collections.Counter[str] = collections.Counter()
    tracks = [_track(track, tempos, lost) for track in song.tracks]
    for number, changes in tempos.items():
        bars[number] = bars[number]._replace(tempos=tuple(sorted(dict(changes).items())))
    return WrittenSong(_text(song.title), bars, tracks, (*remarks, *counted(lost)))


def _text(text: str) -> str:
    """A name whose bytes were read as Latin-1: the format does not say in which encoding it is."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return plain_text(text.encode("latin-1").decode(encoding))
        except UnicodeDecodeError:
            continue
    return plain_text(text)


def _bar(header: Any) -> WrittenBar:
    beats, value = header.timeSignature.numerator, header.timeSignature.denominator.value
    if not 0 < beats < 100 or value not in (1, 2, 4, 8, 16, 32, 64):
        raise ValueError(f"it is damaged: a bar of {beats}/{value}")
    unit = {"eighth": 0.5, "sixteenth": 0.25}.get(header.tripletFeel.name, 0.0)
    return WrittenBar(
        (beats, value),
        4 * beats / value,
        header.isRepeatOpen,
        header.repeatClose + 1 if header.repeatClose > 0 else 1,
        max(header.repeatAlternative, 0),
        (unit, 2 / 3),
    )


def _track(
    track: Any, tempos: dict[int, list[tuple[float, float]]], lost: collections.Counter[str]
) -> WrittenTrack:
    """A track; the tempos that stand in it are added to those of the song."""
    programs: list[tuple[int, int]] = []
    bars = []
    for number, measure in enumerate(track.measures):
        voices = []
        for voice in measure.voices:
            beats: list[WrittenBeat] = []
            place = 0.0
            for beat in voice.beats:
                change = beat.effect.mixTableChange
                if change and change.tempo:
                    tempos.setdefault(number, []).append((place, float(change.tempo.value)))
                if change and change.instrument:
                    programs.append((number, change.instrument.value))
                if beat.status != gp.BeatStatus.empty:
                    beats += _beats(beat, track, lost)
                    place += beats[-1].length
            voices.append(beats)
        bars.append(voices)
    return WrittenTrack(
        _text(track.name),
        longest_held(track.channel.instrument, programs, len(bars)),
        track.isPercussionTrack,
        tuple(string.value for string in reversed(track.strings)),
        track.offset,
        bars,
    )


def _beats(beat: Any, track: Any, lost: collections.Counter[str]) -> list[WrittenBeat]:
    """A beat, after its grace notes if it has any."""
    duration = beat.duration
    length = 4 / duration.value * (1.5 if duration.isDotted else 1)
    length *= duration.tuplet.times / duration.tuplet.enters
    graces, notes = [], []
    for note in beat.notes:
        if note.type != gp.NoteType.rest:
            written = _note(note, beat, track, lost)
            if note.effect.grace:
                grace, leads = _grace(note.effect.grace, written)
                graces.append((note.effect.grace, grace))
                written = written._replace(technique=written.technique | leads)
            notes.append(written)
    found = [WrittenBeat(length, tuple(notes))]
    if graces:
        long = min(4 / max(effect.duration, 16) for effect, _ in graces)
        on_beat = any(effect.isOnBeat for effect, _ in graces)
        found.insert(0, WrittenBeat(long, tuple(grace for _, grace in graces), True, on_beat))
    if beat.effect.tremoloBar:
        lost["tremolo bars left out"] += 1
    return found


def _grace(effect: Any, note: WrittenNote) -> tuple[WrittenNote, int]:
    """A grace note, and how the note that it leads to is reached."""
    technique = Technique.DEAD if effect.isDead else Technique(0)
    bend = 0
    if effect.transition == gp.GraceEffectTransition.bend:
        technique, bend = technique | Technique.BEND, 2 * max(0, note.fret - effect.fret)
    leads = {
        gp.GraceEffectTransition.slide: Technique.SLIDE,
        gp.GraceEffectTransition.hammer: Technique.LEGATO,
    }.get(effect.transition, Technique(0))
    grace = note._replace(
        fret=max(effect.fret, 0),
        velocity=effect.velocity,
        technique=int(technique),
        tied=False,
        leads=0,
        bend=bend,
        harmonic=0,
        share=1.0,
        into=0,
    )
    return grace, int(leads)


def _note(note: Any, beat: Any, track: Any, lost: collections.Counter[str]) -> WrittenNote:
    effect = note.effect
    slides = {slide.name for slide in effect.slides}
    tied = note.type == gp.NoteType.tie
    technique = sum(
        flag
        for there, flag in (
            (note.type == gp.NoteType.dead, _DEAD),
            (effect.palmMute, _PALM_MUTE),
            (effect.vibrato or beat.effect.vibrato, _VIBRATO),
            (effect.letRing, _LET_RING),
            (effect.tremoloPicking, _TREMOLO),
            (effect.harmonic, _HARMONIC),
            (beat.effect.slapEffect == gp.SlapEffect.tapping, _LEGATO),
        )
        if there
    )
    heights = [point.value for point in effect.bend.points] if effect.bend else []
    leads = _LEGATO if effect.hammer else 0
    leads |= _SLIDE if slides & {"shiftSlideTo", "legatoSlideTo"} else 0
    if slides & {"outDownwards", "outUpwards"}:
        lost["slides into nothing left out"] += 1
    if effect.trill:
        lost["trills written as one note"] += 1
    loud = note.velocity + 16 * effect.accentuatedNote + 32 * effect.heavyAccentuatedNote
    loud -= 32 * effect.ghostNote
    return WrittenNote(
        len(track.strings) - note.string,
        -1 if tied else note.value,
        min(max(loud, 15), 127),
        technique | bend_technique(heights),
        tied,
        note.value if track.isPercussionTrack and not tied else -1,
        leads,
        max([0, *heights]),
        _harmonic_semitones(note),
        0.5 if effect.staccato else 1.0,
        ("intoFromAbove" in slides) - ("intoFromBelow" in slides),
    )


def _harmonic_semitones(note: Any) -> int:
    """How far over its fret a harmonic sounds."""
    harmonic = note.effect.harmonic
    if isinstance(harmonic, gp.NaturalHarmonic):
        node = harmonic_semitones(note.value)
        return node - note.value if node else 0
    if isinstance(harmonic, gp.TappedHarmonic):
        return harmonic_semitones((harmonic.fret or 0) - note.value)
    if isinstance(harmonic, gp.ArtificialHarmonic) and harmonic.pitch and harmonic.octave:
        octaves = {gp.Octave.ottava: 1, gp.Octave.quindicesima: 2}.get(harmonic.octave, 0)
        return 12 * octaves + (harmonic.pitch.value - note.realValue) % 12
    return 0
