"""A folder or a zip of songs becomes a corpus, with a line of report for each file."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
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
from rockonet.common.shown_text import as_markdown
from rockonet.dataset.corpus import Corpus, FileReport, Song, TrackInfo, load_corpus, song_of_timing
from rockonet.dataset.events import EVENT, events_from_notes
from rockonet.explore.guitar_pro import GUITAR_PRO_SUFFIXES
from rockonet.explore.midi_file import MidiError, file_bytes, refuse_large
from rockonet.explore.parts import Guitars, guitar_parts, part_notes
from rockonet.explore.song_file import SONG_SUFFIXES, parse_song, song_files

FILES_PER_TASK = 250
GUITAR_PRO_WEIGHT = 25  # a Guitar Pro file takes as long as so many MIDI files, or longer
TASKS_IN_PROCESS = 8  # starting processes takes longer than reading so few of 250 files


def build_corpus(
    folder: str | os.PathLike[str],
    programs: Iterable[int] = range(26, 32),
    track_names: str = "",
    cache: str | os.PathLike[str] | None = None,
    n_jobs: int | None = -1,
) -> Corpus:
    """Read every song below a folder (or in a ``.zip``), MIDI or Guitar Pro; keep its guitars.

    programs, track_names: which tracks count as a guitar, as in `guitar_tracks`.
    cache: a file where the corpus is kept. Only files that are new or changed since it was written
        are read; if there are none, it is returned as it is.
    n_jobs: processes that read, through joblib. −1: all cores if there are more than 2,000 files,
        of which one of Guitar Pro counts as many.
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
    known = _rows_still_true(saved, stamps)
    if saved.songs and len(known) == len(stamps) == len(saved.report):
        return saved
    contents = _saved_contents(saved, known)
    new = {path: stamp for path, stamp in stamps.items() if path not in known}
    contents |= _read_all(folder, new, programs, track_names, n_jobs)
    corpus = merge_contents([contents[path] for path in stamps], filters)
    if not corpus.songs:
        raise ValueError(
            f"None of the {len(stamps)} MIDI and Guitar Pro files in {folder} has a guitar that "
            f"can be used (programs {', '.join(map(str, programs))}). Choose another folder, or "
            "other instruments with build_corpus(programs=..., track_names=...)."
            f"{_first_unreadable(corpus)}"
        )
    if cache:
        corpus.save(cache)
    return corpus


def _first_unreadable(corpus: Corpus) -> str:
    """A sentence on the first file that could not be read; nothing if all could."""
    for row in corpus.report:
        if row.status == "unreadable":
            return f" {row.path}: {row.reason}."
    return ""


@dataclass(frozen=True)
class FileContent:
    """What one file gave: its line of the report and, if there are any, its guitars."""

    row: FileReport
    song: Song | None = None
    tracks: Sequence[tuple[str, int]] = ()  # name and program of each
    events: Sequence[np.ndarray] = ()  # one array of dtype EVENT for each track


def file_stamps(folder: Path) -> dict[str, str]:
    """Name and stamp of every song in a folder or a zip, in one order on every machine.

    Raises: FileNotFoundError if it is neither.
    """
    if folder.is_dir():
        found = {}
        for path in song_files(folder):
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
                if PurePosixPath(info.filename).suffix.lower() in SONG_SUFFIXES
            }
    raise FileNotFoundError(f"{folder} is neither a folder nor a .zip file. Check its path.")


def _cached(cache: str | os.PathLike[str] | None, filters: str) -> Corpus:
    """The corpus in the cache if it was made with the same filters, else an empty one."""
    if cache and Path(cache).exists():
        with contextlib.suppress(ValueError):  # damaged or of another version: built anew
            saved = load_corpus(cache)
            if saved.filters == filters:
                return saved
    return Corpus(np.zeros(0, EVENT), np.zeros(1, int), (), ())


def _rows_still_true(saved: Corpus, stamps: dict[str, str]) -> dict[str, FileReport]:
    """The lines of a saved report that would come out the same again, by path."""
    unchanged = [row for row in saved.report if stamps.get(row.path) == row.stamp]
    kept = {row.mark for row in unchanged if row.status == "kept"}
    # A file that was left out because another one, now gone or changed, said the same is read anew.
    return {row.path: row for row in unchanged if not row.mark or row.mark in kept}


def _saved_contents(saved: Corpus, rows: dict[str, FileReport]) -> dict[str, FileContent]:
    """What the files of some rows gave when the corpus that was saved was built, by path."""
    numbers: dict[int, list[int]] = {}  # of the tracks of each song
    for number, track in enumerate(saved.tracks):
        numbers.setdefault(track.song, []).append(number)
    contents = {path: FileContent(row) for path, row in rows.items()}
    for place, song in enumerate(saved.song_info):
        if song.path in rows:
            mine = numbers.get(place, [])
            contents[song.path] = FileContent(
                rows[song.path],
                song,
                [(saved.tracks[number].name, saved.tracks[number].program) for number in mine],
                [saved.track_events(number) for number in mine],
            )
    return contents


def _read_all(
    folder: Path,
    stamps: dict[str, str],
    programs: tuple[int, ...],
    track_names: str,
    n_jobs: int | None,
) -> dict[str, FileContent]:
    """What the files of a folder or a zip give, by path, read in several processes if it pays."""
    paths = list(stamps)
    tasks = list(_tasks(paths))
    if n_jobs == -1 and len(tasks) <= TASKS_IN_PROCESS:
        n_jobs = 1
    read_some = joblib.delayed(_read_some)
    results = joblib.Parallel(n_jobs, return_as="generator")(
        read_some(folder, {path: stamps[path] for path in task}, programs, track_names)
        for task in tasks
    )
    contents: dict[str, FileContent] = {}
    small = len(tasks) < 2
    with tqdm(desc="reading", total=len(paths), unit="file", disable=small, leave=False) as bar:
        for some in results:
            contents |= {content.row.path: content for content in some}
            bar.update(len(some))
    return contents


def _tasks(paths: Sequence[str]) -> Iterator[list[str]]:
    """The paths, as many together as take the time of `FILES_PER_TASK` MIDI files."""
    weights = np.array(
        [
            GUITAR_PRO_WEIGHT if PurePosixPath(path).suffix.lower() in GUITAR_PRO_SUFFIXES else 1
            for path in paths
        ],
        np.int64,
    )
    begins = (np.cumsum(weights) - weights) // FILES_PER_TASK
    for _, task in itertools.groupby(zip(begins.tolist(), paths, strict=True), lambda one: one[0]):
        yield [path for _, path in task]


def _read_some(
    folder: Path, stamps: dict[str, str], programs: tuple[int, ...], track_names: str
) -> list[FileContent]:
    """Read some files; the notes of all their guitars are joined in one go, which is faster."""
    rows: list[FileReport] = []
    songs: dict[str, Guitars] = {}
    archive = None if folder.is_dir() else zipfile.ZipFile(folder)
    with archive or contextlib.nullcontext():
        for path, stamp in stamps.items():
            try:
                data = _zipped_bytes(archive, path) if archive else file_bytes(folder / path)
                score, remarks = parse_song(data, path)
            except MidiError as error:
                rows.append(FileReport(path, "unreadable", error.reason, 0, stamp))
                continue
            songs[path] = guitar_parts(score, programs, track_names)
            status, nothing = ("kept", ()) if songs[path].parts else ("skipped", ("no guitar",))
            reason = "; ".join((*nothing, *remarks, *songs[path].remarks))
            rows.append(FileReport(path, status, reason, 0, stamp))

    events, track_of_event = events_from_notes(part_notes(list(songs.values())))
    n_tracks = sum(len(song.parts) for song in songs.values())
    pieces = iter(np.split(events, np.searchsorted(track_of_event, np.arange(1, n_tracks))))
    contents = []
    for row in rows:
        song = songs.get(row.path)
        if song and song.parts:
            contents.append(_content(row, song, [next(pieces) for _ in song.parts]))
        else:
            contents.append(FileContent(row))
    return contents


def _content(row: FileReport, song: Guitars, events: Sequence[np.ndarray]) -> FileContent:
    """What a file with guitars gives; of parts that play the same, the first.

    row: its line of the report, still without notes and mark. events: of each part of `song`.
    """
    distinct: dict[bytes, int] = {}
    for place, played in enumerate(events):
        mark = hashlib.blake2b(digest_size=16)
        for column in ("bass", "shape", "step"):
            mark.update(played[column].tobytes())
        distinct.setdefault(mark.digest(), place)
    places = list(distinct.values())
    parts = [song.parts[place] for place in places]
    return FileContent(
        dataclasses.replace(
            row,
            notes=sum(len(part.notes["time"]) for part in parts),
            mark=hashlib.blake2b(b"".join(sorted(distinct)), digest_size=16).hexdigest(),
        ),
        song_of_timing(row.path, song.timing),
        [(part.name, part.program) for part in parts],
        [events[place] for place in places],
    )


def _zipped_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        refuse_large(name, archive.getinfo(name).file_size)
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        # Damaged, behind a password, or packed in a way that Python does not know.
        raise MidiError(name, f"cannot be unpacked ({error})") from error


def merge_contents(contents: Iterable[FileContent], filters: str) -> Corpus:
    """The corpus of what files gave, in their order; of files with the same guitars, the first."""
    events: list[np.ndarray] = []
    tracks: list[TrackInfo] = []
    songs: list[Song] = []
    report: list[FileReport] = []
    first: dict[str, str] = {}  # by the mark of its guitars, the first file that has them
    for content in contents:
        row = content.row
        other = first.setdefault(row.mark, row.path) if row.mark else row.path
        if other != row.path:
            reason = f"same guitars as {other}"
            row = dataclasses.replace(row, status="skipped", reason=reason, notes=0)
        elif content.song:
            tracks += [TrackInfo(len(songs), name, program) for name, program in content.tracks]
            events += content.events
            songs.append(content.song)
        report.append(row)
    return Corpus(
        events=np.concatenate([np.zeros(0, EVENT), *events]),
        offsets=np.cumsum([0, *map(len, events)]),
        tracks=tuple(tracks),
        song_info=tuple(songs),
        report=tuple(report),
        filters=filters,
    )


def report_table(corpus: Corpus) -> Markdown:
    """The report of a corpus as a table: how many files were kept, skipped, unreadable, and why.

    Of the kept ones it counts further what was changed in them, in lines that begin 'of these'.
    Notebook: 02.
    """
    groups: dict[tuple[str, str], list[FileReport]] = {}
    for row in corpus.report:
        reason, *_ = remarks = [
            re.sub(r" \(.*?\)$| (in|after) track .*|: .*", "", remark)
            for remark in row.reason.split("; ")
        ]
        reason = re.sub(r"(same guitars as ).*", r"\1another file", reason)
        if row.status == "kept" and reason:
            for remark in remarks:
                groups.setdefault(("of these", remark), []).append(row)
            reason = ""
        groups.setdefault((row.status, reason), []).append(row)
    lines = []
    for (status, reason), rows in sorted(
        groups.items(), key=lambda group: (group[0][0], -len(group[1]))
    ):
        example = Markdown(f"<code>{as_markdown(PurePosixPath(rows[0].path).name)}</code>")
        notes = sum(row.notes for row in rows)
        lines.append((len(rows), status, reason or "–", example, notes))
    return table(("files", "status", "reason", "for example", "guitar notes"), lines)


def corpus_for(settings: Settings) -> Corpus:
    """The corpus of these settings; only files that are new since notebook 02 are read.

    Notebook: 03 and 04.
    """
    return build_corpus(settings.folder, settings.programs, cache=settings.output / "corpus.npz")
