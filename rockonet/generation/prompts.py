"""What a model goes on from: an excerpt of a song, a MIDI file, or what somebody typed."""

from __future__ import annotations

import dataclasses
import numbers
import os
import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from symusic.core import ScoreTick

from rockonet.common.arguments import check_count
from rockonet.common.errors import Remark, say_remarks
from rockonet.common.techniques import JOINED
from rockonet.common.theory import is_meter, is_tempo, meter_ticks
from rockonet.common.tunings import STANDARD_TUNING, tuning_name, tuning_pitches
from rockonet.dataset.corpus import Corpus, song_of_timing
from rockonet.dataset.events import events_from_notes, onsets
from rockonet.explore.meters import opening_timing
from rockonet.explore.midi_file import MidiError, file_bytes, parse_midi, refuse_large
from rockonet.explore.midi_techniques import with_techniques
from rockonet.explore.parts import GuitarPart, Guitars, guitar_parts, part_notes, part_remarks
from rockonet.explore.tracks import GUITAR_NAMES, only_tracks
from rockonet.explore.written_tunings import part_tuning
from rockonet.guitar.midi_writer import tuning_in_midi
from rockonet.guitar.notes import shortened_mutes
from rockonet.guitar.riff import SOUNDS, Riff
from rockonet.guitar.tab_lines import is_tab
from rockonet.guitar.tab_reader import read_tab
from rockonet.guitar.tiny_notation import read_tiny
from rockonet.guitar.typed_text import TypedMusic

MAX_TEXT = 20_000  # characters of a prompt
MAX_DOUBTS = 8  # that are said of one
TYPED_VELOCITY = 95  # of all notes that are typed


def random_excerpt(corpus: Corpus, n_events: int, seed: int = 0, bars: int = 0) -> Riff:
    """A random excerpt of `n_events` successive events of one track, to be used as a prompt.

    bars: let what follows it in the song stand for what a model would generate, for so many bars.
    It begins on a bar line and has no rest longer than half a bar where the corpus allows it.
    Raises: ValueError if no track has `n_events` events.
    Notebook: 03 and 04.
    """
    check_count("n_events", n_events)
    check_count("seed", seed, least=0)
    check_count("bars", bars, least=0)
    rng = np.random.default_rng(seed)
    places: list[tuple[int, int]] = []  # track and event where an excerpt may begin
    good: list[tuple[int, int]] = []  # those on a bar line, without a long rest
    for track in range(len(corpus.tracks)):
        events, bar = corpus.track_events(track), corpus.ticks_per_bar(track)
        starts = np.arange(len(events) - n_events + 1)
        on_bar = onsets(events)[starts] % bar == 0
        rests = np.concatenate([[0], np.cumsum(events["step"] > bar // 2)])
        flowing = rests[starts + n_events] == rests[starts + 1]
        places += [(track, start) for start in starts.tolist()]
        good += [(track, start) for start in starts[on_bar & flowing].tolist()]
    if not places:
        raise ValueError(
            f"No track of this corpus has {n_events} events. Ask for fewer, or add songs."
        )
    chosen = good or places
    track, start = chosen[rng.integers(len(chosen))]
    info = corpus.tracks[track]
    song = corpus.song_info[info.song]
    events = corpus.track_events(track)[start:].copy()
    events["step"][0] = 0
    events["technique"][0] &= ~np.uint16(JOINED)  # nothing is before it any more
    onset, bar = onsets(events), corpus.ticks_per_bar(track)
    end = (onset[n_events - 1] // bar + 1 + bars) * bar
    events = events[: max(n_events, (onset < end).sum()) if bars else n_events]
    return Riff(events, n_events, song.tempo_bpm, song.meter, info.program, song.title)


def prompt_from_midi(
    source: str | os.PathLike | bytes, bars: int = 4, name: str = "", track: int | None = None
) -> Riff:
    """The first bars of the guitar of a MIDI file, as a prompt.

    source: a path, or the bytes of a file (`name` is its name then). bars: how many, counted from
        the bar in which the guitar begins. track: its place in the file, whatever plays it;
        without one it is the guitar with the most notes.
    The tuning is the one that a riff was saved with, else what the track's name or its channel
    says, else the first of `TUNINGS` that has the notes. Warnings say what was changed or guessed.
    Raises: `MidiError` if the file cannot be used or has no guitar, ValueError for no bars.
    """
    check_count("bars", bars)
    name = name or (Path(source).name if not isinstance(source, bytes) else "the upload")
    data = source if isinstance(source, bytes) else file_bytes(Path(source))
    refuse_large(name, len(data))
    score, remarks = parse_midi(data, name)
    part, program = lead_guitar(score, name, track=track)
    timing = opening_timing(score, part.notes["time"], bars)
    [song] = with_techniques([Guitars((part,), timing, part_remarks([part]))])
    [part] = song.parts
    notes = shortened_mutes(part.notes, timing.ticks_per_quarter, timing.tempo_bpm)
    played = dataclasses.replace(song, parts=(dataclasses.replace(part, notes=notes),))
    events, _ = events_from_notes(part_notes([played]))
    pitch = part.notes["pitch"]
    told = tuning_in_midi(data)
    tuning, doubt = part_tuning(part.name, int(pitch.min()), int(pitch.max()), told, part.semitones)
    say_remarks(name, filter(None, (*remarks, *song.remarks, doubt)))
    about = song_of_timing(name, timing)
    riff = Riff(events, 0, about.tempo_bpm, about.meter, program, about.title, tuning)
    return first_bars(riff, bars)


def first_bars(riff: Riff, bars: int) -> Riff:
    """The first bars of a riff as a prompt, from the bar in which it begins."""
    onset = onsets(riff.events)
    bar = riff.ticks_per_bar
    begin = int(onset[0]) // bar * bar
    events = riff.events[onset < begin + bars * bar].copy()
    events["step"][0] -= begin
    events["technique"][0] &= ~np.uint16(JOINED)
    given = riff.given_frets[: len(events)]
    return dataclasses.replace(riff, events=events, prompt_events=len(events), given_frets=given)


def lead_guitar(
    score: ScoreTick,
    name: str,
    played: Mapping[str, dict[str, np.ndarray]] = MappingProxyType({}),
    track: int | None = None,
) -> tuple[GuitarPart, int]:
    """The guitar with the most notes, or what a track plays, and its program.

    name: of the file. played: as in `guitar_parts`; of guitars with as many notes one whose strings
        are known goes first.
    A track that is a guitar by its name alone is taken where no track has a guitar's program. Or
    where it has the notes of one that has, with lengths: of a score in two staves MuseScore 4
    writes each note twice, in a track of the right sound but without lengths, and in one of the
    right lengths but without a sound.
    Raises: `MidiError` if there is none.
    """
    if track is not None:
        (part,) = guitar_parts(only_tracks(score, [score.tracks[track]]), range(128)).parts
        return part, part.program if part.program in GUITAR_NAMES else SOUNDS["distortion"]
    parts = guitar_parts(score, GUITAR_NAMES, "guitar|gtr|git", played).parts
    if not parts:
        raise MidiError(name, "has no guitar track (General MIDI programs 24 to 31)")
    sounding = [part for part in parts if part.program in GUITAR_NAMES]
    part = max(sounding or parts, key=_size)
    twins = [twin for twin in parts if _size(twin)[0] == _size(part)[0]]
    programs = (it.program for it in (part, *sounding) if it.program in GUITAR_NAMES)
    return max(twins, key=_size), next(programs, part.program)


def _size(part: GuitarPart) -> tuple[int, int]:
    return len(part.notes["time"]), int(part.notes["duration"].sum())


def prompt_from_text(
    text: str,
    tempo_bpm: float = 120.0,
    meter: tuple[int, int] = (4, 4),
    tuning: str | Sequence[int] = "standard",
) -> Riff:
    """A prompt that was typed: ASCII tab, or music21's tinyNotation.

    text: tab of a line for each string, the highest first (or the lowest, if the names say so),
        with ``|`` at each bar line; before the first one ``e|``, ``e:`` or nothing. Each bar is
        divided evenly: 16 places make sixteenths. A dash after every bar line does not count,
        nor do two unless the bars have 8, 16 or 24 places; a line of beats over the system, as
        `tab_text` writes it, says exactly where a bar begins. Names of strings tell the tuning,
        and which strings are written if there are fewer than six; lines like ``Tuning: D A D G B
        E``, ``Capo: 2``, ``Tempo: 96`` and ``3/4`` are used. Strings and frets stay as they are.
        Or tinyNotation as in ``"4/4 EE8 EE GG4 AA r"``, see `read_tiny`: ``EE`` is the lowest
        string, ``E`` and ``e`` one and two octaves up, a number the length, ``r`` a rest.
        How notes are played is read as guitarists write it: ``7h9 9p7 7/9 9\\7 7b9 7b9r7 7pb9 7~
        x <12> g7h9``, and over the strings ``PM---``, ``let ring---`` or ``LR---``, ``TP---``;
        `unread_signs` are left out.
    tempo_bpm, meter, tuning: what the text does not say.
    Raises: ValueError that says what cannot be read, if no note can; a warning for each thing that
        was left out or may have been meant otherwise.
    Source: tinyNotation is described in music21's documentation.
    Notebook: 01 and 04.
    """
    _refuse_typed(text, tempo_bpm, meter)
    if is_tab(text) or not re.search(r"[^\s|]", text):
        typed = read_tab(text, meter, tuning_pitches(tuning))
    else:
        typed = read_tiny(text)
    doubts = [*_overruled(typed, tempo_bpm, meter, tuning_pitches(tuning)), *typed.doubts]
    if len(doubts) > MAX_DOUBTS:
        doubts[MAX_DOUBTS:] = [f"And {len(doubts) - MAX_DOUBTS} more remarks of this kind."]
    for doubt in doubts:
        warnings.warn(doubt, Remark, stacklevel=2)
    meter = typed.meter or meter
    notes = typed.notes
    order = np.lexsort((notes[:, 2], notes[:, 0]))
    onset, duration, pitch, technique, bend = notes[order].T
    begin = onset[0] // meter_ticks(meter) * meter_ticks(meter)  # the bar line before all notes
    columns = dict(track=np.zeros_like(onset), onset=onset - begin, duration=duration, pitch=pitch)
    columns |= dict(velocity=np.full_like(onset, TYPED_VELOCITY), technique=technique, bend=bend)
    events, _ = events_from_notes(columns)
    return Riff(
        events,
        len(events),
        typed.tempo_bpm or tempo_bpm,
        meter,
        title="typed prompt",
        tuning=typed.open_strings or tuning,
        given_frets=tuple(typed.frets.get(tick, ()) for tick in (onsets(events) + begin).tolist()),
    )


def _refuse_typed(text: Any, tempo_bpm: Any, meter: Any) -> None:
    """Raises: ValueError if this is no text that can be read, or no tempo and meter."""
    if not isinstance(text, str):
        raise ValueError(f"A typed prompt is a text, in quotes; this is {text!r:.40}.")
    told = (tempo_bpm, *meter) if np.shape(meter) == (2,) else ()
    known = len(told) == 3 and all(isinstance(one, numbers.Real) for one in told)
    if not (known and is_tempo(tempo_bpm) and is_meter(*meter)):
        raise ValueError(
            f"tempo_bpm={tempo_bpm!r} and meter={meter!r}: a tempo is 10 to 1,000 quarter notes a "
            "minute, a meter is written like (4, 4)."
        )
    if len(text) > MAX_TEXT:
        raise ValueError(f"A prompt has at most {MAX_TEXT:,} characters.")
    if not text.strip():
        raise ValueError("There is nothing in this prompt: type a tab, or notes like 'EE8 EE GG4'.")


def _overruled(
    typed: TypedMusic, tempo_bpm: float, meter: tuple[int, int], strings: tuple[int, ...]
) -> list[str]:
    """What was asked for, though the text says otherwise, in sentences."""
    beats = typed.meter and f"{typed.meter[0]}/{typed.meter[1]}"
    tempo = typed.tempo_bpm and f"{typed.tempo_bpm:.10g} bpm"
    tuning = typed.open_strings and tuning_name(typed.open_strings)
    rows = (
        ("tempo", "120 bpm", f"{tempo_bpm:.10g} bpm", tempo),
        ("meter", "4/4", f"{meter[0]}/{meter[1]}", beats),
        ("tuning", tuning_name(STANDARD_TUNING), tuning_name(strings), tuning),
    )
    return [
        f"The {what} is that of the text, {said}, and not {asked}."
        for what, usual, asked, said in rows
        if said and asked not in (usual, said)
    ]
