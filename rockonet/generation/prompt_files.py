"""A prompt from any file that can be read: MIDI, Guitar Pro, MusicXML or typed tab."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import numpy as np

from rockonet.common.arguments import check_count
from rockonet.common.errors import say_remarks
from rockonet.common.shown_text import visible
from rockonet.common.techniques import Technique
from rockonet.common.theory import chord_name
from rockonet.common.tunings import TUNINGS, tuning_for, tuning_pitches
from rockonet.dataset.events import events_from_notes, onsets
from rockonet.explore.file_kinds import is_guitar_pro, is_midi, is_musicxml
from rockonet.explore.guitar_pro import GUITAR_PRO_SUFFIXES, parse_guitar_pro
from rockonet.explore.meters import opening_timing
from rockonet.explore.midi_file import (
    MIDI_SUFFIXES,
    MidiError,
    file_bytes,
    parse_midi,
    refuse_large,
)
from rockonet.explore.musicxml_reader import parse_musicxml
from rockonet.explore.parts import GuitarPart
from rockonet.explore.tab_song import (
    SONG_TICKS,
    TabSong,
    TabTrack,
    lost_harmonics,
    played_by_name,
    played_columns,
)
from rockonet.explore.tracks import GUITAR_NAMES, grid_ticks, track_label
from rockonet.generation.prompts import (
    first_bars,
    lead_guitar,
    prompt_from_midi,
    prompt_from_text,
)
from rockonet.guitar.riff import Riff

MUSICXML_SUFFIXES = (".musicxml", ".xml", ".mxl")
PROMPT_SUFFIXES = (*MIDI_SUFFIXES, *GUITAR_PRO_SUFFIXES, *MUSICXML_SUFFIXES, ".txt", ".tab")
DISTORTION = 30  # General MIDI program of a guitar whose sound the file does not tell


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
        part, _ = lead_guitar(score, name, played_by_name(song) if song else {})
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
        .gp4 .gp5 .gp .gpx``), MusicXML (``.mxl`` too), or a text as `prompt_from_text` takes it.
        What it is, its bytes say. bars: how many, counted from the bar in which the guitar begins.
        track: one of `prompt_tracks`, whatever plays it; without one the guitar with most notes.
    Strings and frets that stand in the file are kept as `Riff.given_frets`. A warning says what
    was changed or left out.
    Raises: `MidiError` if the file cannot be used or has no guitar, ValueError for no bars or a
        text that cannot be read.
    Notebook: 04.
    """
    check_count("bars", bars)
    name = name or (Path(source).name if not isinstance(source, bytes) else "the upload")
    data = source if isinstance(source, bytes) else file_bytes(Path(source))
    refuse_large(name, len(data))
    if song := _tab_song(data, name):
        return _prompt_from_tab(song, bars, name, track)
    if _is_midi(data, name):
        return prompt_from_midi(data, bars, name, track)  # which says what is wrong with it
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return first_bars(dataclasses.replace(prompt_from_text(text), title=Path(name).stem), bars)


def _tab_song(data: bytes, name: str) -> TabSong | None:
    """The song in the bytes of a Guitar Pro or MusicXML file; None for any other."""
    if is_guitar_pro(data):
        return parse_guitar_pro(data, name)
    return parse_musicxml(data, name) if is_musicxml(data) else None


def _is_midi(data: bytes, name: str) -> bool:
    return is_midi(data) or Path(name).suffix.lower() in MIDI_SUFFIXES or b"\0" in data


def _prompt_from_tab(song: TabSong, bars: int, name: str, chosen: int | None) -> Riff:
    """The beginning of the guitar of a song in tablature, or of the track that was chosen."""
    if chosen is None:
        _refuse_dead(song, name)
        part, program = lead_guitar(song.score, name, played_by_name(song))
        track = _tab_of_part(song, part)
    else:
        track = song.tracks[chosen]
        program = track.program
    notes, columns = track.notes, played_columns(track)
    dead = columns["technique"] & Technique.DEAD > 0
    timing = opening_timing(song.score, notes["time"], bars)
    onset = grid_ticks(notes["time"], SONG_TICKS) + timing.shift
    say_remarks(name, (*song.remarks, *lost_harmonics([track])), stacklevel=4)
    tuning, fretted = _tuning(track, notes, name)
    duration = np.maximum(grid_ticks(columns["duration"], SONG_TICKS), 1)
    columns |= {"track": np.zeros_like(onset), "onset": onset, "duration": duration}
    order = np.lexsort((columns["pitch"], onset))
    events, _ = events_from_notes({key: values[order] for key, values in columns.items()})
    given: dict[int, list[int]] = {}
    sounding = set(onset[~dead].tolist())
    for tick, note, silent in zip(onset.tolist(), notes, dead, strict=True):
        if fretted and note["string"] >= 0 and not (silent and tick in sounding):
            row = given.setdefault(tick, [-1] * len(track.tuning))
            row[note["string"]] = int(note["fret"])
    frets = tuple(tuple(given.get(tick, ())) for tick in onsets(events).tolist())
    title = song.title or Path(name).stem
    program = program if program in GUITAR_NAMES else DISTORTION
    tempo_bpm = round(timing.tempo_bpm, 2)
    riff = Riff(events, 0, tempo_bpm, timing.meter, program, title, tuning, frets)
    return first_bars(riff, bars)


def _refuse_dead(song: TabSong, name: str) -> None:
    guitars = [
        track
        for track in song.tracks
        if len(track.notes) and not track.is_drum and track.program in GUITAR_NAMES
    ]
    if guitars and all((tab.notes["technique"] & Technique.DEAD > 0).all() for tab in guitars):
        raise MidiError(name, f"has only dead notes in {guitars[0].name or 'its guitar'}")


def _tab_of_part(song: TabSong, part: GuitarPart) -> TabTrack:
    """The track of a part, or one with the same notes that has more of their frets."""
    names = [track.name for track in song.score.tracks]
    own = song.tracks[names.index(part.tracks[0].name)]
    struck = own.notes[["time", "pitch"]]
    alike = [tab for tab in song.tracks if np.array_equal(tab.notes[["time", "pitch"]], struck)]
    return max((own, *alike), key=lambda tab: np.count_nonzero(tab.notes["string"] >= 0))


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
