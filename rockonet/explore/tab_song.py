"""A song with strings and frets as it is played: repeats, ties and grace notes played out."""

from __future__ import annotations

import collections
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from symusic.core import NoteTickList, ScoreTick, TempoTick, TimeSignatureTick, TrackTick

from rockonet.common.techniques import Technique, harmonic_semitones, settled
from rockonet.common.theory import TICKS_PER_QUARTER, is_tempo
from rockonet.explore.bar_order import playing_order
from rockonet.explore.midi_file import MAX_NOTES, MAX_QUARTERS
from rockonet.explore.written_song import (
    WrittenBar,
    WrittenBeat,
    WrittenNote,
    WrittenSong,
    WrittenTrack,
    counted,
)

SONG_TICKS = 960  # a quarter note; of a score that is played out
# One row a note. time, duration: in ticks, SONG_TICKS to the quarter note. string: from the
# lowest, which is 0. fret: counted from the capo; −1 of a drum. pitch: MIDI number of string, capo
# and fret, or of the drum. technique: flags of `Technique`. bend: quarter tones at its height.
# harmonic: how many semitones over its pitch a harmonic sounds.
TAB_NOTE = np.dtype(
    [
        ("time", np.int64),
        ("duration", np.int64),
        ("pitch", np.int16),
        ("velocity", np.uint8),
        ("string", np.int8),
        ("fret", np.int8),
        ("technique", np.uint16),
        ("bend", np.int8),
        ("harmonic", np.int8),
    ]
)
MUTED = SONG_TICKS // TICKS_PER_QUARTER  # as long as a palm mute or a dead note is in a score
SHORTEST_GRACE = 1 / TICKS_PER_QUARTER  # so that it is an event of its own
CLOSE = 1e-6  # quarter notes that are no time
_HARMONIC, _SLIDE, _LEGATO = map(int, (Technique.HARMONIC, Technique.SLIDE, Technique.LEGATO))


@dataclass(frozen=True)
class TabTrack:
    """An instrument as it is played.

    program: General MIDI program counted from 0. tuning: MIDI pitches of the open strings without
    the capo, lowest first; empty for drums. notes: (n_notes,) of dtype `TAB_NOTE`, by time.
    """

    name: str
    program: int
    is_drum: bool
    tuning: tuple[int, ...]
    capo: int
    notes: np.ndarray


@dataclass(frozen=True)
class TabSong:
    """A song with strings and frets, as it is played.

    score: all tracks, in the order of `tracks`, as they sound: dead notes are silent there, and
    palm mutes as short as in MIDI files. remarks: what was changed or left out, in sentences.
    """

    title: str
    score: ScoreTick
    tracks: tuple[TabTrack, ...]
    remarks: tuple[str, ...]


def play_out(song: WrittenSong) -> TabSong:
    """A written song as it is played, from its first bar to its last.

    Raises: ValueError with the reason if that is no song.
    """
    order, remarks = playing_order(song.bars)
    sizes = [0] * len(song.bars)
    for track in song.tracks:
        for number, voices in enumerate(track.bars):
            sizes[number] += sum(1 + len(beat.notes) for voice in voices for beat in voice)
    if sum(sizes[number] for number in order) > MAX_NOTES:
        order = list(range(len(song.bars)))
        remarks = [f"its repeats make more than {MAX_NOTES:,} notes: each bar was read once"]
    if sum(sizes[number] for number in order) > MAX_NOTES:
        raise ValueError("it has too many notes for a song")
    begins = [0.0, *itertools.accumulate(song.bars[number].length for number in order)]
    if begins[-1] > MAX_QUARTERS:
        raise ValueError(f"its bars last {begins[-1]:,.0f} quarter notes, which is no song")
    lost: collections.Counter[str] = collections.Counter()
    tracks = []
    for track in song.tracks:
        notes = np.array(_played(track, song.bars, order, begins, lost), TAB_NOTE)
        notes = notes[np.lexsort((notes["pitch"], notes["time"]))]
        tuning = () if track.is_drum else track.open_strings
        tracks.append(TabTrack(track.name, track.program, track.is_drum, tuning, track.capo, notes))
    return TabSong(
        song.title,
        _score(song.bars, order, begins, tracks),
        tuple(tracks),
        (*song.remarks, *remarks, *counted(lost)),
    )


def played_columns(track: TabTrack) -> dict[str, np.ndarray]:
    """The notes of a track as a hand plays them: ``time duration pitch velocity technique bend``.

    The pitches are those that the fingers hold; dead notes are among them, as short as palm mutes.
    Of harmonics only natural ones are called so; and a note is slid or hammered to if what was
    struck last has a note on its string, at another fret.
    """
    notes = track.notes
    flags = notes["technique"].astype(np.int64)
    flags[_artificial(notes)] &= ~_HARMONIC
    flags = flags & ~(_SLIDE | _LEGATO) | _joined(notes)
    technique, bend = settled(flags, notes["bend"])
    short = technique & (Technique.PALM_MUTE | Technique.DEAD) > 0
    columns = {name: notes[name].astype(np.int64) for name in ("time", "pitch", "velocity")}
    duration = np.where(short, np.minimum(notes["duration"], MUTED), notes["duration"])
    return {**columns, "duration": duration, "technique": technique, "bend": bend}


def lost_harmonics(tracks: Iterable[TabTrack]) -> tuple[str, ...]:
    """That harmonics of some tracks are plain notes in `played_columns`, if there are any."""
    counts = [np.count_nonzero(_artificial(track.notes)) for track in tracks if not track.is_drum]
    return (f"artificial harmonics, read as plain notes: {sum(counts)}",) if any(counts) else ()


def _artificial(notes: np.ndarray) -> np.ndarray:
    """Which notes are harmonics, but not where an open string has them."""
    natural = np.array([harmonic_semitones(fret) - fret for fret in range(128)])
    held = notes["fret"].astype(np.int64)
    found = (held > 0) & (natural[np.maximum(held, 0)] == notes["harmonic"])
    return (notes["technique"] & _HARMONIC > 0) & ~found


def _joined(notes: np.ndarray) -> np.ndarray:
    """The flags of notes that are slid or hammered to from what was struck just before: ints.

    Of a chord, a string that is held meanwhile is joined as the others are.
    """
    flags = (notes["technique"] & (_SLIDE | _LEGATO)).astype(np.int64)
    dead = notes["technique"] & Technique.DEAD > 0
    frets = np.where(dead, -1, notes["fret"]).tolist()
    strings = notes["string"].tolist()
    ends = [*(np.flatnonzero(np.diff(notes["time"])) + 1).tolist(), len(notes)]
    before: dict[int, int] = {}  # string: fret
    begin = 0
    for end in ends:
        now = range(begin, end)
        for i in now:
            fret = before.get(strings[i], -1)
            slides = flags[i] & _SLIDE and 0 in (fret, frets[i])
            if strings[i] >= 0 and (not -1 < fret != frets[i] or slides):
                flags[i] = 0
        held = [i for i in now if not flags[i]]
        if all(-1 < before.get(strings[i], -1) == frets[i] for i in held):
            flags[begin:end] = max(flags[begin:end], default=0)
        before = {strings[i]: frets[i] for i in now}
        begin = end
    return flags


class _Sounding:
    """A note that can still be changed by what follows in its voice."""

    __slots__ = ("begin", "end", "note", "share", "technique", "bend", "velocity")

    def __init__(self, begin: float, end: float, note: WrittenNote, technique: int):
        self.begin, self.end, self.note, self.technique = begin, end, note, technique
        self.share, self.bend, self.velocity = note.share, note.bend, note.velocity


def _played(
    track: WrittenTrack,
    bars: Sequence[WrittenBar],
    order: Sequence[int],
    begins: Sequence[float],
    lost: collections.Counter[str],
) -> list[tuple[int, ...]]:
    """The rows of `TAB_NOTE` of a track; what is lost is counted."""
    rows: list[tuple[int, ...]] = []
    for voice in range(max(map(len, track.bars), default=0)):
        for sounding in _voice(track, voice, bars, order, begins, lost):
            note = sounding.note
            pitch = note.pitch
            if pitch < 0:
                pitch = track.open_strings[note.string] + track.capo + note.fret
            if not 0 <= pitch <= pitch + note.harmonic < 128:
                lost["notes beyond what MIDI can say, left out"] += 1
                continue
            time = round(sounding.begin * SONG_TICKS)
            length = (sounding.end - sounding.begin) * sounding.share
            rows.append(
                (
                    time,
                    max(1, round((sounding.begin + length) * SONG_TICKS) - time),
                    pitch,
                    min(max(sounding.velocity, 1), 127),
                    note.string,
                    note.fret,
                    sounding.technique,
                    min(sounding.bend, 127),
                    note.harmonic,
                )
            )
    return rows


def _voice(
    track: WrittenTrack,
    voice: int,
    bars: Sequence[WrittenBar],
    order: Sequence[int],
    begins: Sequence[float],
    lost: collections.Counter[str],
) -> list[_Sounding]:
    """What a voice plays, with its ties, its grace notes and the techniques that lead on."""
    found: list[_Sounding] = []
    latest: dict[int, _Sounding] = {}  # of each string, or drum
    before = 0.0  # how long the beat before was
    graces: list[WrittenBeat] = []
    for number, begin in zip(order, begins, strict=False):
        voices = track.bars[number]
        if voice >= len(voices):
            continue
        now = begin
        for beat in _uneven(voices[voice], bars[number].feel):
            if beat.grace:
                graces.append(beat)
                continue
            graces = graces or _slid_into(beat)
            first, end = now, now + beat.length
            if graces:
                first = _add_graces(graces, now, before, beat, found, latest, lost)
                graces = []
            for note in beat.notes:
                _add_note(note, first, end, found, latest, lost)
            now, before = end, beat.length
        if now > begin + bars[number].length + CLOSE:
            lost["bars that hold more than their meter and run into the next"] += 1
    return found


def _slid_into(beat: WrittenBeat) -> list[WrittenBeat]:
    """The grace notes that stand for where notes are slid to from nowhere: two frets away."""
    notes = tuple(
        note._replace(
            fret=max(note.fret + 2 * note.into, 1),
            technique=0,
            leads=_SLIDE,
            bend=0,
            harmonic=0,
            share=1.0,
        )
        for note in beat.notes
        if note.into and note.fret > 1 and not note.tied
    )
    return [WrittenBeat(SHORTEST_GRACE, notes, grace=True)] if notes else []


def _add_note(
    note: WrittenNote,
    begin: float,
    end: float,
    found: list[_Sounding],
    latest: dict[int, _Sounding],
    lost: collections.Counter[str],
) -> None:
    place = note.string if note.pitch < 0 else 128 + note.pitch
    prior = latest.get(place)
    touches = prior is not None and abs(prior.end - begin) < CLOSE
    if note.tied:
        if prior is not None and touches and note.fret in (-1, prior.note.fret):
            prior.end, prior.bend = end, max(prior.bend, note.bend)
            prior.technique |= note.technique & ~Technique.PREBEND
            prior.note = prior.note._replace(leads=note.leads)
            return
        if note.fret < 0 and note.pitch < 0:
            if prior is None:
                lost["ties from no note left out"] += 1
                return
            note = note._replace(fret=prior.note.fret, harmonic=prior.note.harmonic)
    leads = prior.note.leads if prior is not None and touches else 0
    latest[place] = _Sounding(begin, end, note, note.technique | leads)
    found.append(latest[place])


def _add_graces(
    graces: Sequence[WrittenBeat],
    now: float,
    before: float,
    beat: WrittenBeat,
    found: list[_Sounding],
    latest: dict[int, _Sounding],
    lost: collections.Counter[str],
) -> float:
    """Add grace notes, which take their time from the beat before or from their own; where the
    beat itself begins then."""
    on_beat = graces[0].on_beat or now < CLOSE
    lengths = [max(grace.length, SHORTEST_GRACE) for grace in graces]
    room = beat.length / 2 if on_beat else before * 2 / 3 or beat.length / 2
    shrink = min(1.0, room / sum(lengths))
    first = now if on_beat else now - sum(lengths) * shrink
    for sounding in latest.values():  # what still sounds makes room
        if sounding.begin < first < sounding.end:
            sounding.end = first
    for grace, length in zip(graces, lengths, strict=True):
        for note in grace.notes:
            _add_note(note, first, first + length * shrink, found, latest, lost)
        first += length * shrink
    return first if on_beat else now


def _uneven(beats: list[WrittenBeat], feel: tuple[float, float]) -> Iterable[WrittenBeat]:
    """The beats, those played unevenly where two of one length fill a place of the pulse."""
    unit, share = feel
    return _swung(beats, unit, share) if unit else beats


def _swung(beats: list[WrittenBeat], unit: float, share: float) -> Iterator[WrittenBeat]:
    place, number = 0.0, 0
    while number < len(beats):
        beat, pair = beats[number], beats[number : number + 2]
        even = place / (2 * unit) % 1 < CLOSE
        if even and len(pair) == 2 and all(b.length == unit and not b.grace for b in pair):
            yield pair[0]._replace(length=2 * unit * share)
            yield pair[1]._replace(length=2 * unit * (1 - share))
            place, number = place + 2 * unit, number + 2
        else:
            yield beat
            place, number = place + beat.length * (not beat.grace), number + 1


def _score(
    bars: Sequence[WrittenBar],
    order: Sequence[int],
    begins: Sequence[float],
    tracks: Sequence[TabTrack],
) -> ScoreTick:
    """What is played as a score."""
    score = ScoreTick(SONG_TICKS)
    written = [120.0]  # the tempo in which each bar begins
    for bar in bars:
        written.append(bar.tempos[-1][1] if bar.tempos else written[-1])
    meter, tempo = (0, 0), 0.0
    for number, begin in zip(order, begins, strict=False):
        bar = bars[number]
        if bar.meter != meter:
            meter = bar.meter
            score.time_signatures.append(TimeSignatureTick(round(begin * SONG_TICKS), *meter))
        held = () if bar.tempos and bar.tempos[0][0] == 0 else ((0.0, written[number]),)
        for place, value in (*held, *bar.tempos):
            if value != tempo and is_tempo(value):
                tempo = value
                time = round((begin + place) * SONG_TICKS)
                score.tempos.append(TempoTick(time, qpm=value))
    for name, track in zip(distinct_names(tracks), tracks, strict=True):
        notes = track.notes[track.notes["technique"] & Technique.DEAD == 0]
        muted = notes["technique"] & Technique.PALM_MUTE > 0
        length = np.where(muted, np.minimum(notes["duration"], MUTED), notes["duration"])
        played = TrackTick(name, track.program, track.is_drum)
        played.notes = NoteTickList.from_numpy(
            notes["time"].astype(np.int32),
            length.astype(np.int32),
            (notes["pitch"] + notes["harmonic"]).astype(np.int8),
            notes["velocity"].astype(np.int8),
        )
        score.tracks.append(played)
    return score


def distinct_names(tracks: Iterable[TabTrack]) -> list[str]:
    """A name for each track in a score, where tracks of one name are one player's."""
    names: list[str] = []
    for track in tracks:
        name = track.name or "track"
        while name in names:
            found = re.fullmatch(r"(.*) (\d+)", name)
            name = f"{found[1]} {int(found[2]) + 1}" if found else f"{name} 2"
        names.append(name)
    return names


def played_by_name(song: TabSong) -> dict[str, dict[str, np.ndarray]]:
    """By the name of a track in the score, its notes as in `played_columns`; drums have none."""
    named = zip(song.score.tracks, song.tracks, strict=True)
    return {track.name: played_columns(tab) for track, tab in named if not tab.is_drum}
