"""A folder or a zip of songs becomes a corpus, with a line of report for each file."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import html
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import joblib
import numpy as np
from IPython.display import Markdown
from tqdm.auto import tqdm

from rockonet.common.notebook import table
from rockonet.common.settings import Settings
from rockonet.dataset.corpus import Corpus, FileReport, Song, TrackInfo, load_corpus, song_of_score
from rockonet.dataset.events import EVENT, events_from_notes
from rockonet.explore.midi_file import (
    MIDI_SUFFIXES,
    MidiError,
    file_bytes,
    midi_files,
    parse_midi,
    refuse_large,
)
from rockonet.explore.tracks import guitar_tracks, score_notes

FILES_PER_TASK = 250
TASKS_IN_PROCESS = 8  # starting processes takes longer than reading so few of 250 files


def build_corpus(
    folder: str | os.PathLike,
    programs: Iterable[int] = range(26, 32),
    track_names: str = "",
    cache: str | os.PathLike | None = None,
    n_jobs: int | None = -1,
) -> Corpus:
    """Read every MIDI file below a folder (or in a ``.zip``) and keep its guitar tracks.

    programs, track_names: which tracks count as a guitar, as in `guitar_tracks`.
    cache: a file where the corpus is kept. Only files that are new or changed since it was written
        are read; if there are none, it is returned as it is.
    n_jobs: processes that read, through joblib. −1: all cores if there are more than 2,000 files.
        None: as ``joblib.parallel_config`` says, which is how a Dask or Ray cluster is given.
    Tracks that repeat another track of their song, and songs that repeat another file, are kept
    once. Files that cannot be read are skipped and named in the report; they never stop a folder.
    Raises: FileNotFoundError if there is no such folder, ValueError if no file has a guitar or
        `programs` is a single number.
    Notebook: 02.
    """
    if isinstance(programs, int):
        raise ValueError(f"programs is a list of numbers: write [{programs}], not {programs}.")
    folder, programs = Path(folder), tuple(sorted(set(programs)))
    filters = json.dumps({"programs": programs, "track_names": track_names})
    stamps = file_stamps(folder)
    saved = _cached(cache, filters)
    unchanged = {row.path: row for row in saved.report if stamps.get(row.path) == row.stamp}
    kept = {row.mark for row in unchanged.values() if row.status == "kept"}
    # A file that was left out because another one, now gone or changed, said the same is read anew.
    known = {path: row for path, row in unchanged.items() if not row.mark or row.mark in kept}
    if saved.songs and len(known) == len(stamps) == len(saved.report):
        return saved
    reads = {read.row.path: read for read in _unchanged_contents(saved, known)}
    new = {path: stamp for path, stamp in stamps.items() if path not in known}
    reads |= _read_all(folder, new, programs, track_names, n_jobs)

    events, tracks, songs, report = [], [], [], []
    first: dict[str, str] = {}
    for path in stamps:
        read = reads[path]
        row = read.row
        if row.mark and (other := first.setdefault(row.mark, path)) != path:
            row = dataclasses.replace(
                row, status="skipped", reason=f"same guitars as {other}", notes=0
            )
        elif read.song:
            tracks += [TrackInfo(len(songs), name, program) for name, program in read.tracks]
            events += read.events
            songs.append(read.song)
        report.append(row)
    if not songs:
        raise ValueError(
            f"None of the {len(report)} MIDI files in {folder} has a guitar that can be used "
            f"(programs {', '.join(map(str, programs))}). Choose another folder, or other "
            "instruments with build_corpus(programs=..., track_names=...)."
        )
    corpus = Corpus(
        events=np.concatenate(events),
        offsets=np.cumsum([0, *map(len, events)]),
        tracks=tuple(tracks),
        song_info=tuple(songs),
        report=tuple(report),
        filters=filters,
    )
    if cache:
        corpus.save(cache)
    return corpus


@dataclass(frozen=True)
class FileContent:
    """What one file gave: its line of the report and, if there are any, its guitars."""

    row: FileReport
    song: Song | None = None
    tracks: Sequence[tuple[str, int]] = ()  # name and program of each
    events: Sequence[np.ndarray] = ()  # one array of dtype EVENT for each track


def file_stamps(folder: Path) -> dict[str, str]:
    """Name and stamp of every MIDI file in a folder or a zip, in one order on every machine."""
    if folder.is_dir():
        found = {}
        for path in midi_files(folder):
            stamp = ""  # of what cannot be opened; reading it will say why
            with contextlib.suppress(OSError):
                about = path.stat()
                stamp = f"{about.st_size} {about.st_mtime_ns}"
            found[path.relative_to(folder).as_posix()] = stamp
        return found
    if zipfile.is_zipfile(folder):
        with zipfile.ZipFile(folder) as archive:
            return {
                info.filename: f"{info.file_size} {info.CRC:08x}"
                for info in sorted(archive.infolist(), key=lambda info: info.filename)
                if PurePosixPath(info.filename).suffix.lower() in MIDI_SUFFIXES
            }
    raise FileNotFoundError(f"{folder} is neither a folder nor a .zip file. Check its path.")


def _cached(cache: str | os.PathLike | None, filters: str) -> Corpus:
    """The corpus in the cache if it was made with the same filters, else an empty one."""
    if cache and Path(cache).exists():
        with contextlib.suppress(ValueError):  # damaged or of another version: built anew
            saved = load_corpus(cache)
            if saved.filters == filters:
                return saved
    return Corpus(np.zeros(0, EVENT), np.zeros(1, int), (), ())


def _unchanged_contents(saved: Corpus, rows: dict[str, FileReport]) -> Iterator[FileContent]:
    """What the files of some rows gave when the corpus that was saved was built."""
    numbers: dict[int, list[int]] = {}
    for number, track in enumerate(saved.tracks):
        numbers.setdefault(track.song, []).append(number)
    songs = {song.path: (place, song) for place, song in enumerate(saved.song_info)}
    for path, row in rows.items():
        place, song = songs.get(path, (-1, None))
        tracks = [(n, saved.tracks[n]) for n in numbers.get(place, ())]
        yield FileContent(
            row,
            song,
            [(track.name, track.program) for _, track in tracks],
            [saved.track_events(number) for number, _ in tracks],
        )


def _read_all(
    folder: Path, stamps: dict[str, str], programs: tuple, track_names: str, n_jobs: int | None
) -> dict[str, FileContent]:
    """What the files of a folder or a zip gave, by name."""
    names = list(stamps)
    tasks = [names[i : i + FILES_PER_TASK] for i in range(0, len(names), FILES_PER_TASK)]
    if n_jobs == -1 and len(tasks) <= TASKS_IN_PROCESS:
        n_jobs = 1
    read_some = joblib.delayed(_read_some)
    results = joblib.Parallel(n_jobs, return_as="generator")(
        read_some(folder, {name: stamps[name] for name in task}, programs, track_names)
        for task in tasks
    )
    reads: dict[str, FileContent] = {}
    small = len(tasks) < 2
    with tqdm(desc="reading", total=len(names), unit="file", disable=small, leave=False) as bar:
        for some in results:
            reads |= {read.row.path: read for read in some}
            bar.update(len(some))
    return reads


def _read_some(
    folder: Path, stamps: dict[str, str], programs: tuple[int, ...], track_names: str
) -> list[FileContent]:
    """Read some files and join the notes of all their guitars in one go."""
    archive = None if folder.is_dir() else zipfile.ZipFile(folder)
    scores, guitars, rows = {}, {}, {}
    with archive or contextlib.nullcontext():
        for name, stamp in stamps.items():
            try:
                data = _zipped_bytes(archive, name) if archive else file_bytes(folder / name)
                scores[name], remark = parse_midi(data, name)
                guitars[name] = guitar_tracks(scores[name], programs, track_names)
                status = ("kept", "") if guitars[name] else ("skipped", "no guitar")
                status = (status[0], "; ".join(filter(None, (status[1], remark))))
            except MidiError as error:
                status = ("unreadable", error.reason)
            rows[name] = FileReport(name, *status, 0, stamp)

    every = [track for tracks in guitars.values() for track in tracks]
    quarters = [scores[name].ticks_per_quarter for name, some in guitars.items() for _ in some]
    events, number = events_from_notes(score_notes(every, quarters))
    bounds = np.searchsorted(number, np.arange(len(every) + 1))
    reads, first = [], 0
    for name, row in rows.items():
        tracks = guitars.get(name, [])
        distinct: dict[bytes, int] = {}
        for place in range(first, first + len(tracks)):
            one = events[bounds[place] : bounds[place + 1]]
            mark = hashlib.blake2b(digest_size=16)
            for column in ("bass", "shape", "step"):
                mark.update(one[column].tobytes())
            distinct.setdefault(mark.digest(), place)
        first += len(tracks)
        if not tracks:
            reads.append(FileContent(row))
            continue
        places = list(distinct.values())
        row = dataclasses.replace(
            row,
            notes=sum(len(every[place].notes) for place in places),
            mark=hashlib.blake2b(b"".join(sorted(distinct)), digest_size=16).hexdigest(),
        )
        reads.append(
            FileContent(
                row,
                song_of_score(name, scores[name]),
                [(every[place].name.strip(), every[place].program) for place in places],
                [events[bounds[place] : bounds[place + 1]] for place in places],
            )
        )
    return reads


def _zipped_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        refuse_large(name, archive.getinfo(name).file_size)
        return archive.read(name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
        raise MidiError(name, f"cannot be unpacked ({error})") from error


def report_table(corpus: Corpus) -> Markdown:
    """The report of a corpus as a table: how many files were kept, skipped, unreadable, and why.

    Notebook: 02.
    """
    groups: dict[tuple[str, str], list[FileReport]] = {}
    for row in corpus.report:
        reason = re.sub(r"(same guitars as ).*", r"\1another file", row.reason)
        reason = re.sub(r" \(.*?\)$| (in|after) track .*", "", reason)
        groups.setdefault((row.status, reason), []).append(row)
    groups = dict(sorted(groups.items(), key=lambda group: (group[0][0], -len(group[1]))))
    return table(
        ("files", "status", "reason", "for example", "guitar notes"),
        (
            (len(rows), status, reason or "–", f"`{example}`", sum(row.notes for row in rows))
            for (status, reason), rows in groups.items()
            for example in [html.escape(PurePosixPath(rows[0].path).name)]
        ),
    )


def corpus_for(settings: Settings) -> Corpus:
    """The corpus of these settings; only files that are new since notebook 02 are read.

    Notebook: 02, 03 and 04.
    """
    return build_corpus(settings.folder, settings.programs, cache=settings.output / "corpus.npz")
