"""Bass and drums to go with a guitar, and all three as one score."""

from __future__ import annotations

import collections
import functools
from typing import TYPE_CHECKING

import numpy as np
from symusic.core import (
    KeySignatureTick,
    NoteTickList,
    ScoreTick,
    TempoTick,
    TextMetaTick,
    TimeSignatureTick,
    TrackTick,
)

from rockonet.common.settings import project_folder
from rockonet.common.theory import TICKS_PER_QUARTER, beat_ticks, meter_ticks
from rockonet.dataset.corpus import song_of_score
from rockonet.dataset.events import onsets
from rockonet.explore.midi_file import midi_files, read_midi
from rockonet.explore.tracks import score_notes
from rockonet.guitar.notes import sounding_notes

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

BASS_PROGRAM, BASS_LOWEST = 33, 28  # fingered bass; its open E string
BASS_VELOCITY = 95
BASS_CHANNEL, DRUM_CHANNEL = 1, 9  # as the tracks of a score are written, the guitar being first
STICK, STICK_VELOCITY = 37, 110  # side stick, for counting in
HIT_TICKS = 3  # how long a drum is written; it sounds as long as it does


@functools.cache  # a bar for each starter song: a few kB
def _grooves() -> dict[tuple[int, int], list[tuple[float, np.ndarray]]]:
    """For each meter of the starter songs: tempo and the bar that the drums play most often."""
    found: dict[tuple[int, int], list[tuple[float, np.ndarray]]] = {}
    for path in midi_files(project_folder() / "data" / "starter"):
        score = read_midi(path)
        song = song_of_score(path.name, score)
        drums = [track for track in score.tracks if track.is_drum and len(track.notes)]
        if not drums:
            continue
        notes = score_notes(drums[:1], score.ticks_per_quarter)
        ticks = meter_ticks(song.meter)
        hits = np.stack([notes["onset"] % ticks, notes["pitch"], notes["velocity"]], axis=1)
        bars = [hits[notes["onset"] // ticks == bar] for bar in np.unique(notes["onset"] // ticks)]
        beats = collections.Counter(
            bar.tobytes()
            for bar in bars
            if {36, 38} <= set(bar[:, 1])  # a kick and a snare
        )
        if not beats:
            continue
        often = np.frombuffer(beats.most_common(1)[0][0], hits.dtype).reshape(-1, 3)
        found.setdefault(song.meter, []).append((song.tempo_bpm, often))
    return found


def groove(meter: tuple[int, int], tempo_bpm: float, triplets: bool = False) -> np.ndarray:
    """A bar of drums, ints (n_hits, 3): tick in the bar, drum of General MIDI, velocity.

    It is the bar that the drums play most often in the starter song of this meter with the nearest
    tempo, of those with triplets or of those without; for a meter without songs, a closed hi-hat
    on each beat after a kick.
    """
    songs = _grooves().get(meter)
    if songs:
        return min(
            songs,
            key=lambda song: ((song[1][:, 0] % 3).any() != triplets, abs(song[0] - tempo_bpm)),
        )[1]
    beats = np.arange(0, meter_ticks(meter), beat_ticks(meter))
    return np.array([(tick, 42 if tick else 36, 90) for tick in beats])


def bass_line(events: np.ndarray, ticks_per_bar: int) -> np.ndarray:
    """Roots for a bass guitar, ints (n_notes, 3): onset and duration in ticks, pitch.

    It plays where the guitar does on an eighth note, and at the start of each bar: the root of a
    chord, and below single notes the lowest note that weighs most in the bar.
    """
    if len(events) == 0:
        return np.zeros((0, 3), int)
    onset = onsets(events)
    low = events["bass"] % 12
    stop = int((onset + events["duration"]).max())
    notes: list[tuple[int, int]] = []  # start and pitch
    for bar in range(stop // ticks_per_bar + (stop % ticks_per_bar > 0)):
        inside = np.flatnonzero(onset // ticks_per_bar == bar)
        if len(inside):
            weight = np.bincount(low[inside], events["duration"][inside], minlength=12)
            weight[low[inside[0]]] += TICKS_PER_QUARTER
            root = int(weight.argmax())
        elif not notes:
            continue
        else:
            root = notes[-1][1] % 12
        starts = {bar * ticks_per_bar: root}
        for i in inside:
            if onset[i] % (TICKS_PER_QUARTER // 2) == 0:
                chord = int(events["shape"][i]) != 1
                starts[int(onset[i])] = int(low[i]) if chord else root
        notes += [(start, BASS_LOWEST + (pc - BASS_LOWEST) % 12) for start, pc in starts.items()]
    ends = [*(start for start, _ in notes[1:]), stop]
    return np.array(
        [(start, end - start, pitch) for (start, pitch), end in zip(notes, ends, strict=True)]
    )


def band_score(riff: Riff, band: bool = False, count_in: bool = False) -> ScoreTick:
    """A riff as a score with 12 ticks to the quarter note.

    band: with a bass (`bass_line`) and drums (`groove`). count_in: after a bar of sticks.
    """
    shift = riff.ticks_per_bar * count_in
    score = ScoreTick(TICKS_PER_QUARTER)
    score.tempos.append(TempoTick(0, riff.tempo_bpm))
    score.time_signatures.append(TimeSignatureTick(0, *riff.meter))
    score.key_signatures.append(KeySignatureTick(0, riff.fifths, 0))

    def add(name: str, program: int, is_drum: bool, *columns: np.ndarray | int) -> None:
        onset, duration, pitch, velocity = np.broadcast_arrays(*columns)
        track = TrackTick(name, program, is_drum)
        track.notes = NoteTickList.from_numpy(
            (onset + shift).astype(np.int32),
            duration.astype(np.int32),
            pitch.astype(np.int8),
            velocity.astype(np.int8),
        )
        score.tracks.append(track)

    notes = sounding_notes(riff.events, riff.fingering.frets, riff.open_strings)
    columns = (notes[name] for name in ("onset", "duration", "pitch", "velocity"))
    add(riff.title, riff.program, False, *columns)
    hits = np.zeros((0, 3), int)
    if band and len(riff.events):
        roots = bass_line(riff.events, riff.ticks_per_bar)
        add("bass", BASS_PROGRAM, False, *roots.T, BASS_VELOCITY)
        hits = _drums(riff, int(roots[:, :2].sum(axis=1).max()))
    if count_in:
        beats = np.arange(-shift, 0, beat_ticks(riff.meter))
        sticks = np.broadcast_arrays(beats, STICK, STICK_VELOCITY)
        hits = np.concatenate([np.stack(sticks, axis=1), hits])
    if len(hits):
        onset, drum, velocity = hits.T
        add("drums", 0, True, onset, HIT_TICKS, drum, velocity)
    if riff.prompt_ticks:
        score.markers.append(TextMetaTick(riff.prompt_ticks + shift, "generated from here"))
    return score


def _drums(riff: Riff, stop: int) -> np.ndarray:
    """The groove from bar to bar until tick `stop`, ints (n_hits, 3): tick, drum, velocity."""
    triplets = bool((onsets(riff.events) % 3 > 0).mean() > 0.15)
    bar = groove(riff.meter, riff.tempo_bpm, triplets)
    starts = np.arange(0, stop, riff.ticks_per_bar)
    hits = np.tile(bar, (len(starts), 1))
    hits[:, 0] += np.repeat(starts, len(bar))
    return hits
