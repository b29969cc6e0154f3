"""A riff as a Guitar Pro 5 file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import guitarpro
from guitarpro import models as gp

from rockonet.common.theory import TICKS_PER_QUARTER
from rockonet.guitar.notation import NOTE_VALUES

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff


def guitar_pro(riff: Riff) -> bytes:
    """A riff as a Guitar Pro 5 file: tuning, strings, frets, durations, ties, palm mutes, key and
    tempo.

    Notebook: 04.
    """
    title = riff.title.encode("cp1252", "replace").decode("cp1252")  # all that the format takes
    song = gp.Song(title=title, tempo=round(riff.tempo_bpm), measureHeaders=[], tracks=[])
    song.key = gp.KeySignature((riff.fifths, 0))
    for bar in range(riff.symbols[-1].bar + 1 if riff.symbols else 1):
        begin = gp.Duration.quarterTime
        begin += bar * riff.ticks_per_bar * gp.Duration.quarterTime // TICKS_PER_QUARTER
        header = gp.MeasureHeader(number=bar + 1, start=begin, keySignature=song.key)
        header.timeSignature = gp.TimeSignature(riff.meter[0], gp.Duration(riff.meter[1]))
        song.measureHeaders.append(header)
    strings = [gp.GuitarString(i, p) for i, p in enumerate(reversed(riff.open_strings), 1)]
    channel = gp.MidiChannel(channel=0, effectChannel=1, instrument=riff.program)
    track = gp.Track(song, name="Guitar", strings=strings, channel=channel)
    song.tracks.append(track)
    values = {"whole": 1, "half": 2, "quarter": 4, "eighth": 8, "16th": 16, "32nd": 32}
    for symbol in riff.symbols:
        voice = track.measures[symbol.bar].voices[0]
        name, dots, triplet = NOTE_VALUES[symbol.duration]
        tuplet = gp.Tuplet(3, 2) if triplet else gp.Tuplet()
        beat = gp.Beat(voice, duration=gp.Duration(values[name], bool(dots), tuplet))
        beat.status = gp.BeatStatus.rest if symbol.event < 0 else gp.BeatStatus.normal
        voice.beats.append(beat)
        if symbol.event < 0:
            continue
        if symbol.event == riff.prompt_events > 0 and not symbol.tied:
            beat.text = "generated from here"
        for string, fret in enumerate(riff.fingering.frets[symbol.event]):
            if fret >= 0:
                kind = gp.NoteType.tie if symbol.tied else gp.NoteType.normal
                velocity = int(riff.events["velocity"][symbol.event])
                number = len(strings) - string
                muted = gp.NoteEffect(palmMute=riff.is_muted(symbol))
                note = gp.Note(beat, int(fret), velocity, number, effect=muted, type=kind)
                beat.notes.append(note)
    buffer = io.BytesIO()
    guitarpro.write(song, buffer, version=(5, 1, 0))
    return buffer.getvalue()
