"""A corpus: the guitars of many songs as one table with a row for each event."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from symusic.core import ScoreTick

from rockonet.common.files import atomic_write, fingerprint, open_arrays, reading
from rockonet.common.theory import chord_name, meter_ticks
from rockonet.dataset.events import EVENT, event_pitches
from rockonet.explore.meters import Timing, score_timing

# 2: bars counted from the start of the file, one guitar on several tracks. 4: events say how they
# are played.
CORPUS_FORMAT = 4


@dataclass(frozen=True)
class Song:
    """What a corpus knows about one file.

    tempo_bpm, meter: quarter notes a minute and (beats, note value), those in force where the
    guitars play most.
    """

    title: str
    path: str
    tempo_bpm: float
    meter: tuple[int, int]


@dataclass(frozen=True)
class TrackInfo:
    """What a corpus knows about one track: the place of its song in the corpus, name, program."""

    song: int
    name: str
    program: int


@dataclass(frozen=True)
class FileReport:
    """One line of a corpus report: `status` is 'kept', 'skipped' or 'unreadable'.

    notes: guitar notes kept. stamp: size and time (in a zip: size and checksum), to see whether
    the file has changed. mark: fingerprint of its guitars, to see whether another file repeats it.
    """

    path: str
    status: str
    reason: str
    notes: int
    stamp: str
    mark: str = ""


@dataclass(frozen=True)
class Corpus:
    """All guitar events of a folder of songs.

    events: (n_events,) of dtype `EVENT`; track i owns ``events[offsets[i]:offsets[i + 1]]``. Bars
        begin at multiples of `ticks_per_bar`: a song with a pickup begins so much later.
    offsets: (n_tracks + 1,) ints. tracks: a `TrackInfo` each. song_info: a `Song` each.
    report: a `FileReport` for each file that was looked at. filters: what counted as a guitar.
    """

    events: np.ndarray
    offsets: np.ndarray
    tracks: tuple[TrackInfo, ...]
    song_info: tuple[Song, ...]
    report: tuple[FileReport, ...] = ()
    filters: str = ""

    def __repr__(self) -> str:
        sizes = f"{len(self.song_info):,} songs, {len(self.tracks):,} tracks"
        return f"<Corpus: {sizes}, {self.n_events:,} events>"

    @property
    def songs(self) -> list[str]:
        """The titles."""
        return [song.title for song in self.song_info]

    @property
    def n_events(self) -> int:
        return len(self.events)

    def track_events(self, track: int) -> np.ndarray:
        """The events of one track, a view."""
        return self.events[self.offsets[track] : self.offsets[track + 1]]

    def ticks_per_bar(self, track: int) -> int:
        """The length of a bar of one track's song."""
        return meter_ticks(self.song_info[self.tracks[track].song].meter)

    def chords(self) -> tuple[list[str], np.ndarray]:
        """The distinct chord names, sorted, and for each event the place of its name among them."""
        # A chord as one number: the place of its shape, and its bass, which is below 128.
        shapes, shape = np.unique(self.events["shape"], return_inverse=True)
        chord, place = np.unique(shape * 128 + self.events["bass"], return_inverse=True)
        rows = np.zeros(len(chord), EVENT)
        rows["bass"], rows["shape"] = chord % 128, shapes[chord // 128]
        names = [chord_name(event_pitches(row)) for row in rows]
        order = np.argsort(names)
        return [names[i] for i in order], np.argsort(order)[place]

    def shape_table(self) -> tuple[np.ndarray, np.ndarray]:
        """The distinct shapes as bit masks (n_shapes,), and how many events have each.

        The most frequent shape comes first; see `EVENT` for the bits.
        """
        shapes, counts = np.unique(self.events["shape"], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return shapes[order], counts[order]

    def select(self, songs: Iterable[int]) -> Corpus:
        """The corpus of some songs only, given by their places; the report is left behind."""
        songs = sorted(set(songs))
        place = {song: i for i, song in enumerate(songs)}
        kept = [i for i, track in enumerate(self.tracks) if track.song in place]
        pieces = [self.track_events(i) for i in kept]
        return Corpus(
            events=np.concatenate([np.zeros(0, EVENT), *pieces]),
            offsets=np.cumsum([0, *map(len, pieces)]),
            tracks=tuple(
                dataclasses.replace(self.tracks[i], song=place[self.tracks[i].song]) for i in kept
            ),
            song_info=tuple(self.song_info[i] for i in songs),
            filters=self.filters,
        )

    def fingerprint(self) -> str:
        """A short text that changes with any event or track."""
        return fingerprint(self.events, self.offsets.astype(np.int64))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the corpus as one ``.npz`` file, whole or not at all; no pickle is used."""
        about = {
            "format": CORPUS_FORMAT,
            "tracks": [dataclasses.astuple(track) for track in self.tracks],
            "songs": [dataclasses.astuple(song) for song in self.song_info],
            "report": [dataclasses.astuple(row) for row in self.report],
            "filters": self.filters,
        }
        with atomic_write(path) as temporary:
            np.savez_compressed(
                temporary,
                events=self.events,
                offsets=self.offsets,
                about=np.array(json.dumps(about)),
            )


def load_corpus(path: str | os.PathLike[str]) -> Corpus:
    """Read what `Corpus.save` wrote.

    Raises: FileNotFoundError; ValueError if the file is damaged, foreign or of another format.
    """
    remedy = "Build it again with ru.build_corpus(folder).save(path)."
    with reading(path, "a corpus", remedy), open_arrays(path) as stored:
        about, events = json.loads(str(stored["about"])), stored["events"]
        if about["format"] != CORPUS_FORMAT or events.dtype != EVENT:
            raise ValueError(f"it is not of format {CORPUS_FORMAT}")
        corpus = Corpus(
            events=events,
            offsets=stored["offsets"],
            tracks=tuple(TrackInfo(*row) for row in about["tracks"]),
            song_info=tuple(Song(t, p, bpm, tuple(meter)) for t, p, bpm, meter in about["songs"]),
            report=tuple(FileReport(*row) for row in about["report"]),
            filters=about["filters"],
        )
        if not (
            corpus.offsets[0] == 0
            and corpus.offsets[-1] == corpus.n_events
            and (np.diff(corpus.offsets) >= 0).all()
            and len(corpus.offsets) == len(corpus.tracks) + 1
            and all(0 <= track.song < len(corpus.song_info) for track in corpus.tracks)
        ):
            raise ValueError("its tracks do not fit its events")
    return corpus


def song_of_score(name: str, score: ScoreTick) -> Song:
    """What a corpus knows about a file, with what governs most of its notes, guitars or not."""
    return song_of_timing(name, score_timing(score))


def song_of_timing(name: str, timing: Timing) -> Song:
    """What a corpus knows about a file: `name` is its path within the folder."""
    title = re.sub(r"[_\s]+", " ", PurePosixPath(name).stem).strip()
    return Song(title, name, round(timing.tempo_bpm, 2), timing.meter)
