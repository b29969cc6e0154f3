"""A riff as a Guitar Pro 5 file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import guitarpro
from guitarpro import models as gp

from rockonet.common.techniques import BENDS, Technique
from rockonet.common.theory import TICKS_PER_QUARTER
from rockonet.common.transcription import ascii_text
from rockonet.guitar.notation import NOTE_VALUES, NotatedEvent
from rockonet.guitar.notes import PlayedNote, tremolo_value

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

GP5_STRINGS = 7  # at most
VALUES = {"whole": 1, "half": 2, "quarter": 4, "eighth": 8, "16th": 16, "32nd": 32}


def guitar_pro(riff: Riff) -> bytes:
    """A riff as a Guitar Pro 5 file: tuning, strings, frets, durations, ties, techniques, key and
    tempo.

    The format has whole tempos only, titles in ASCII (`ascii_text`), and room for the tuning of
    seven strings.
    Raises: ValueError for a guitar with eight.
    """
    if len(riff.open_strings) > GP5_STRINGS:
        raise ValueError(
            f"In Guitar Pro 5 a guitar has at most {GP5_STRINGS} strings, and this one has "
            f"{len(riff.open_strings)}: take .gp, or all that can hold it with "
            "riff.save(folder, riff.formats)."
        )
    song = _song(riff)
    strings = [gp.GuitarString(i, p) for i, p in enumerate(reversed(riff.open_strings), 1)]
    channel = gp.MidiChannel(channel=0, effectChannel=1, instrument=riff.program)
    track = gp.Track(song, name="Guitar", strings=strings, channel=channel)
    song.tracks.append(track)
    for symbol, notes in zip(riff.symbols, riff.notes, strict=True):
        _add_beat(track.measures[symbol.bar].voices[0], riff, symbol, notes)
    if len(track.measures) == 1:  # of a single bar MuseScore 3 reads a tempo only where it changes
        change = gp.MixTableChange(tempo=gp.MixTableItem(value=song.tempo))
        track.measures[0].voices[0].beats[0].effect.mixTableChange = change
    buffer = io.BytesIO()
    guitarpro.write(song, buffer, version=(5, 1, 0))
    return buffer.getvalue()


def _song(riff: Riff) -> gp.Song:
    """A song with its bars, and no track yet."""
    # The format says no encoding: of 'ü' most programs make something else.
    song = gp.Song(
        title=ascii_text(riff.title), tempo=round(riff.tempo_bpm), measureHeaders=[], tracks=[]
    )
    song.key = gp.KeySignature((riff.fifths, 0))
    for bar in range(riff.symbols[-1].bar + 1):
        begin = gp.Duration.quarterTime
        begin += bar * riff.ticks_per_bar * gp.Duration.quarterTime // TICKS_PER_QUARTER
        header = gp.MeasureHeader(number=bar + 1, start=begin, keySignature=song.key)
        header.timeSignature = gp.TimeSignature(riff.meter[0], gp.Duration(riff.meter[1]))
        song.measureHeaders.append(header)
    return song


def _add_beat(
    voice: gp.Voice, riff: Riff, symbol: NotatedEvent, notes: Sequence[PlayedNote]
) -> None:
    """Add a symbol: the format counts strings from the highest, which is 1."""
    name, dots, triplet = NOTE_VALUES[symbol.duration]
    tuplet = gp.Tuplet(3, 2) if triplet else gp.Tuplet()
    beat = gp.Beat(voice, duration=gp.Duration(VALUES[name], bool(dots), tuplet))
    beat.status = gp.BeatStatus.normal if notes else gp.BeatStatus.rest
    voice.beats.append(beat)
    if riff.goes_on_with(symbol):
        beat.text = "generated from here"
    for note in notes:
        if note.string >= 0:
            velocity = int(riff.events["velocity"][symbol.event])
            number = len(riff.open_strings) - note.string
            effect, kind = _effect(note, riff.tempo_bpm), gp.NoteType.normal
            if note.technique & Technique.DEAD:
                kind = gp.NoteType.dead
            if note.tied:
                kind = gp.NoteType.tie
            beat.notes.append(gp.Note(beat, note.fret, velocity, number, effect=effect, type=kind))
    # With no note on its string to come from, it is a finger of the other hand.
    if any(note.technique & Technique.LEGATO and note.origin < 0 for note in notes):
        beat.effect.slapEffect = gp.SlapEffect.tapping


# Points of a bend: where, in twelfths of the note, and whether it is up.
_BENDS = {
    Technique.BEND: (gp.BendType.bend, ((0, 0), (6, 1), (12, 1))),
    Technique.BEND | Technique.RELEASE: (
        gp.BendType.bendRelease,
        ((0, 0), (4, 1), (8, 1), (12, 0)),
    ),
    Technique.PREBEND: (gp.BendType.prebend, ((0, 1), (12, 1))),
    Technique.PREBEND | Technique.RELEASE: (
        gp.BendType.prebendRelease,
        ((0, 1), (12, 0)),
    ),
}


def _effect(note: PlayedNote, tempo_bpm: float) -> gp.NoteEffect:
    """How a note is played, in the words of the format."""
    flags = note.technique
    effect = gp.NoteEffect(
        palmMute=note.muted,
        hammer=bool(note.leads & Technique.LEGATO),
        vibrato=bool(flags & Technique.VIBRATO),
        letRing=bool(flags & Technique.LET_RING),
    )
    if note.leads & Technique.SLIDE:
        effect.slides.append(gp.SlideType.legatoSlideTo)
    if flags & Technique.SLIDE and note.origin < 0:
        effect.slides.append(gp.SlideType.intoFromBelow)
    if flags & BENDS:
        kind, points = _BENDS[flags & BENDS]
        effect.bend = gp.BendEffect(kind, note.bend)
        effect.bend.points = [gp.BendPoint(place, up * note.bend) for place, up in points]
    if flags & Technique.HARMONIC:
        effect.harmonic = gp.NaturalHarmonic()
    if flags & Technique.TREMOLO:
        effect.tremoloPicking = gp.TremoloPickingEffect(gp.Duration(tremolo_value(tempo_bpm)))
    return effect
