"""A prompt from any file that can be read: MIDI, Guitar Pro, MusicXML or typed tab."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from rockonet.common.errors import say_remarks
from rockonet.common.shown_text import visible
from rockonet.common.techniques import Technique, technique_name
from rockonet.common.theory import chord_name, meter_ticks
from rockonet.common.tunings import TUNINGS, tuning_for, tuning_pitches
from rockonet.dataset.events import events_from_notes, onsets
from rockonet.explore.guitar_pro import GUITAR_PRO_SUFFIXES, is_guitar_pro, parse_guitar_pro
from rockonet.explore.meters import timing_of
from rockonet.explore.midi_file import (
    MIDI_SUFFIXES,
    MidiError,
    file_bytes,
    parse_midi,
    refuse_large,
)
from rockonet.explore.musicxml_reader import parse_musicxml
from rockonet.explore.tab_song import MUTED, SONG_TICKS, TabSong, TabTrack
from rockonet.explore.tracks import grid_ticks, track_label
from rockonet.generation.prompts import midi_guitar, prompt_from_midi, prompt_from_text
from rockonet.guitar.riff import Riff

PROMPT_SUFFIXES = (*MIDI_SUFFIXES, *GUITAR_PRO_SUFFIXES, ".musicxml", ".xml", ".txt", ".tab")


def prompt_tracks(data: bytes, name: str) -> dict[str, int | None]:
    """The tracks of a file that a prompt can be made of, by their labels: what `prompt_from_file`
    takes by itself comes first, as None; no drums. Of a text there is nothing to choose.

    data: the bytes of a file of this name.
    Raises: `MidiError` if the file cannot be used.
    """
    refuse_large(name, len(data))
    song = _tab_song(data, name)
    if not song and not _is_midi(data, name):
        return {}
    score = song.score if song else parse_midi(data, name)[0]
    tracks: dict[str, int | None] = {
        f"{place + 1}. {visible(track_label(track))}": place
        for place, track in enumerate(score.tracks)
        if len(track.notes) and not track.is_drum
    }
    try:
        part = _guitar(song, name) if song else midi_guitar(score, name)[0]
    except MidiError:  # no guitar: what else there is may be chosen
        if not tracks:
            raise
        return tracks
    called = visible(part.name).strip() or "unnamed"
    return {f"{called} (the guitar with the most notes)": None, **tracks}


def prompt_from_file(
    source: str | os.PathLike | bytes, bars: int = 4, name: str = "", track: int | None = None
) -> Riff:
    """The first bars of the guitar of any file that can be read, as a prompt.

    source: a path, or the bytes of a file (`name` is its name then): MIDI, Guitar Pro (``.gp3
        .gp4 .gp5 .gp .gpx``), MusicXML, or a text as `prompt_from_text` takes it. What it is, its
        bytes say. bars: how many, counted from the bar in which the guitar begins. track: one of
        `prompt_tracks`, whatever plays it; without one the guitar with the most notes.
    Strings and frets that stand in the file are kept as `Riff.given_frets`. A warning says what
    was changed or left out.
    Raises: `MidiError` if the file cannot be used or has no guitar, ValueError for no bars or a
        text that cannot be read.
    Notebook: 04.
    """
    if bars < 1:
        raise ValueError("A prompt has one bar or more.")
    name = name or (Path(source).name if not isinstance(source, bytes) else "the upload")
    data = source if isinstance(source, bytes) else file_bytes(Path(source))
    refuse_large(name, len(data))
    if song := _tab_song(data, name):
        return _first_bars(song, bars, name, track)
    if _is_midi(data, name):
        return prompt_from_midi(data, bars, name, track)  # which says what is wrong with it
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    riff = prompt_from_text(text)
    return _cut(riff, bars, Path(name).stem)


def _tab_song(data: bytes, name: str) -> TabSong | None:
    """The song in the bytes of a Guitar Pro or MusicXML file; None for any other."""
    if b"MThd" in data[:64]:
        return None
    if is_guitar_pro(data):
        return parse_guitar_pro(data, name)
    if b"<score-" in data[:100_000] or b"<\0s\0c\0o\0r\0e\0-" in data[:100_000]:
        return parse_musicxml(data, name)
    return None


def _is_midi(data: bytes, name: str) -> bool:
    known = b"MThd" in data[:64] or Path(name).suffix.lower() in MIDI_SUFFIXES
    return known or b"\0" in data


def _cut(riff: Riff, bars: int, title: str) -> Riff:
    """The first bars of a typed riff, from the bar in which it begins."""
    onset = onsets(riff.events)
    bar = riff.ticks_per_bar
    begin = int(onset[0]) // bar * bar
    events = riff.events[onset < begin + bars * bar].copy()
    events["step"][0] -= begin
    return Riff(
        events,
        len(events),
        riff.tempo_bpm,
        riff.meter,
        riff.program,
        title,
        riff.tuning,
        riff.given_frets[: len(events)],
    )


def _first_bars(song: TabSong, bars: int, name: str, chosen: int | None) -> Riff:
    """The beginning of the guitar of a song in tablature, or of the track that was chosen."""
    track = _guitar(song, name) if chosen is None else song.tracks[chosen]
    notes = track.notes[track.notes["technique"] & Technique.DEAD == 0]
    if not len(notes):
        raise MidiError(name, f"has only dead notes in {track.name or 'its guitar'}")
    timing = timing_of(song.score, notes["time"])
    onset = grid_ticks(notes["time"], SONG_TICKS) + timing.shift
    bar = meter_ticks(timing.meter)
    begin = int(onset[0]) // bar * bar
    first = onset < begin + bars * bar
    notes, onset = notes[first], onset[first] - begin
    _warn(song, track, notes, name)
    tuning, fretted = _tuning(track, notes, name)
    muted = notes["technique"] & Technique.PALM_MUTE > 0
    length = np.where(muted, np.minimum(notes["duration"], MUTED), notes["duration"])
    order = np.lexsort((notes["pitch"], onset))
    events, _ = events_from_notes(
        {
            "track": np.zeros(len(notes), np.int64),
            "onset": onset[order],
            "duration": np.maximum(grid_ticks(length, SONG_TICKS), 1)[order],
            "pitch": notes["pitch"][order].astype(np.int64),
            "velocity": notes["velocity"][order].astype(np.int64),
        }
    )
    given: dict[int, list[int]] = {}
    for tick, note in zip(onset.tolist(), notes, strict=True):
        if fretted and note["string"] >= 0:
            row = given.setdefault(tick, [-1] * len(track.tuning))
            row[note["string"]] = int(note["fret"])
    frets = tuple(tuple(given.get(tick, ())) for tick in onsets(events).tolist())
    title = song.title or Path(name).stem
    program = track.program if track.program in range(24, 32) else 30
    tempo_bpm = round(timing.tempo_bpm, 2)
    return Riff(events, len(events), tempo_bpm, timing.meter, program, title, tuning, frets)


def _guitar(song: TabSong, name: str) -> TabTrack:
    """The guitar with the most notes; of tracks with the same notes, one that has their frets."""
    guitars = [
        track
        for track in song.tracks
        if len(track.notes) and not track.is_drum and track.program in range(24, 32)
    ]
    if not guitars:
        raise MidiError(name, "has no guitar track (General MIDI programs 24 to 31)")
    return max(guitars, key=lambda t: (len(t.notes), int((t.notes["string"] >= 0).sum())))


def _tuning(track: TabTrack, notes: np.ndarray, name: str) -> tuple[tuple[int, ...] | str, bool]:
    """The open strings of a prompt, with the capo, and whether its frets count from them."""
    strings = tuple(pitch + track.capo for pitch in track.tuning)
    try:
        pitches = tuning_pitches(strings)
        named = (name for name, usual in TUNINGS.items() if usual == pitches)
        return next(named, pitches), True
    except ValueError:
        usual = tuning_for(int(notes["pitch"].min()), int(notes["pitch"].max()))
        if strings:
            remark = (
                f"its strings, {chord_name(strings)}, are none of a guitar here: the notes are "
                f"kept and fingered anew, in {usual}."
            )
            say_remarks(name, [remark], stacklevel=5)
        return usual, False


def _warn(song: TabSong, track: TabTrack, notes: np.ndarray, name: str) -> None:
    """Say what of the file is not in the prompt."""
    remarks = list(song.remarks)
    flags = int(np.bitwise_or.reduce(notes["technique"], initial=0)) & ~int(Technique.PALM_MUTE)
    if told := [technique_name(flag) for flag in Technique if flag & flags]:
        remarks.append(f"its notes are kept, not how they are played ({', '.join(told)}).")
    say_remarks(name, remarks, stacklevel=5)
