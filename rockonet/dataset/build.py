"""A folder or a zip of songs becomes a corpus, with a line of report for each file."""

from __future__ import annotations

import array
import contextlib
import dataclasses
import functools
import hashlib
import itertools
import json
import os
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import joblib
import numpy as np
from IPython.display import Markdown
from tqdm.auto import tqdm

from rockonet.common.errors import Remark, say_remarks
from rockonet.common.files import saved_if_possible
from rockonet.common.notebook import table, versions
from rockonet.common.saved import members_lost, reading, unpacked
from rockonet.common.settings import Settings
from rockonet.common.shown_text import as_markdown, visible
from rockonet.dataset.corpus import Corpus, FileReport, Song, TrackInfo, load_corpus, song_of_timing
from rockonet.dataset.events import EVENT, events_from_notes
from rockonet.explore.guitar_pro import GUITAR_PRO_SUFFIXES
from rockonet.explore.midi_file import MAX_MIDI_BYTES, MidiError, file_bytes, refuse_large
from rockonet.explore.midi_techniques import with_techniques
from rockonet.explore.parts import Guitars, guitar_parts, part_notes
from rockonet.explore.song_file import SONG_SUFFIXES, ParsedSong, parse_song, song_files
from rockonet.explore.tracks import name_pattern

FILES_PER_TASK = 50  # their notes are joined in one go: more do not fit a processor's cache
GUITAR_PRO_WEIGHT = 25  # a Guitar Pro file takes as long as so many MIDI files, or longer
NO_EVENTS = np.zeros(0, EVENT)
TASKS_IN_PROCESS = 40  # starting processes takes longer than reading so few
TASKS_IN_SILENCE = 5  # over before anybody looks at a bar of progress


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
        are read; if there are none, it is returned as it is. Stopped while it reads, it keeps what
        it has read so far. If the cache is damaged or cannot be written, a warning says so.
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
    name_pattern(track_names)  # refused before anything is read
    filters = json.dumps({"programs": programs, "track_names": track_names, "of": _source(folder)})
    stamps = file_stamps(folder)
    saved = _cached(cache, filters)
    known = _rows_still_true(saved, stamps)
    if saved.songs and len(known) == len(stamps) == len(saved.report):
        return saved
    contents = _saved_contents(saved, known)
    new = {path: stamp for path, stamp in stamps.items() if path not in known}
    fresh = _read_all(folder, new, programs, track_names, n_jobs)
    growing = GrowingTable()
    try:
        for path in stamps:
            growing.add(contents.pop(path) if path in contents else next(fresh))
        next(fresh, None)  # to its end
    except KeyboardInterrupt:
        if cache:
            with saved_if_possible("What was read so far is read again next time."):
                growing.corpus(filters).save(cache)
        raise
    corpus = growing.corpus(filters)
    if not corpus.songs:
        raise ValueError(
            f"None of the {len(stamps)} MIDI and Guitar Pro files in {visible(folder)} has a "
            f"guitar that can be used (programs {', '.join(map(str, programs))}). Choose another "
            "folder, or other instruments with build_corpus(programs=..., track_names=...)."
            f"{_first_unreadable(corpus)}"
        )
    if cache:
        with saved_if_possible("The songs are here all the same; next time they are read again."):
            corpus.save(cache)
    return corpus


def _source(folder: Path) -> str:
    """Names where songs come from and what reads them: another place or version reads them anew."""
    mark = hashlib.sha256(os.fsencode(folder.resolve()) + _readers().encode())
    return mark.hexdigest()[:16]


@functools.cache
def _readers() -> str:
    """Changes with the code that reads songs, our own and that of the libraries."""
    mark = hashlib.sha256(versions("symusic", "PyGuitarPro").encode())
    for path in sorted(Path(__file__).parents[1].glob("*/*.py")):
        if path.parent.name in ("common", "explore", "dataset"):
            mark.update(path.read_bytes())
    return mark.hexdigest()


def _first_unreadable(corpus: Corpus) -> str:
    """A sentence on the first file that could not be read; nothing if all could."""
    for row in corpus.report:
        if row.status == "unreadable":
            return f" {visible(row.path)}: {row.reason}."
    return ""


@dataclass(frozen=True)
class FileContent:
    """What one file gave: its line of the report and, if there are any, its guitars.

    tracks: name, program and number of events of each. events: of all of them, one after the other.
    """

    row: FileReport
    song: Song | None = None
    tracks: Sequence[tuple[str, int, int]] = ()
    events: np.ndarray = dataclasses.field(default_factory=lambda: NO_EVENTS)


def file_stamps(folder: Path) -> dict[str, str]:
    """Name and stamp of every song in a folder or a zip, in one order on every machine.

    Raises: FileNotFoundError if it is neither, ValueError if it is a damaged zip.
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
    if folder.is_file():
        remedy = "Copy or download it again."
        with reading(folder, "a .zip of songs", remedy) as file, zipfile.ZipFile(file) as archive:
            lost, songs = members_lost(archive), zipped_songs(archive)
        stamps = {info.filename: f"{info.file_size} {info.CRC:08x}" for info in songs}
        twice = len(songs) - len(stamps)
        remarks = [
            f"{lost} of its files cannot be found, its list is damaged. {remedy}" if lost else "",
            f"{twice} of its songs have the name of another, and are left out." if twice else "",
        ]
        say_remarks(folder.name, filter(None, remarks), stacklevel=4)
        return stamps
    raise FileNotFoundError(
        f"{visible(folder)} is neither a folder nor a .zip file. Check its path."
    )


def zipped_songs(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The songs of a zip, in one order on every machine."""
    return [
        info
        for info in sorted(archive.infolist(), key=lambda info: info.filename)
        if PurePosixPath(info.filename).suffix.lower() in SONG_SUFFIXES and not info.is_dir()
    ]


def _cached(cache: str | os.PathLike[str] | None, filters: str) -> Corpus:
    """The corpus in the cache if it was made with the same filters, else an empty one."""
    if cache and Path(cache).exists():
        try:
            saved = load_corpus(cache, "All songs are read again.")
        except ValueError as error:
            warnings.warn(str(error), Remark, stacklevel=3)
        else:
            if saved.filters == filters:
                return saved
    return Corpus(NO_EVENTS, np.zeros(1, int), (), ())


def _rows_still_true(saved: Corpus, stamps: dict[str, str]) -> dict[str, FileReport]:
    """The lines of a saved report that would come out the same again, by path."""
    unchanged = [row for row in saved.report if stamps.get(row.path) == row.stamp]
    kept = {row.mark for row in unchanged if row.status == "kept"}
    # A file that was left out because another one, now gone or changed, said the same is read anew.
    return {row.path: row for row in unchanged if not row.mark or row.mark in kept}


def _saved_contents(saved: Corpus, rows: dict[str, FileReport]) -> dict[str, FileContent]:
    """What the files of some rows gave when the corpus that was saved was built, by path."""
    contents = {path: FileContent(row) for path, row in rows.items()}
    sizes = np.diff(saved.offsets).tolist()
    for place, numbers in itertools.groupby(range(len(sizes)), lambda i: saved.tracks[i].song):
        song, mine = saved.song_info[place], list(numbers)
        if song.path in rows:
            contents[song.path] = FileContent(
                rows[song.path],
                song,
                [(saved.tracks[i].name, saved.tracks[i].program, sizes[i]) for i in mine],
                saved.events[saved.offsets[mine[0]] : saved.offsets[mine[-1] + 1]],
            )
    return contents


def _read_all(
    folder: Path,
    stamps: dict[str, str],
    programs: tuple[int, ...],
    track_names: str,
    n_jobs: int | None,
) -> Iterator[FileContent]:
    """What the files of a folder or a zip give, in order, read in several processes if it pays."""
    paths = list(stamps)
    tasks = list(_tasks(paths))
    if n_jobs == -1 and len(tasks) <= TASKS_IN_PROCESS:
        n_jobs = 1
    read_some = joblib.delayed(_read_some)
    results = joblib.Parallel(n_jobs, return_as="generator")(
        read_some(folder, {path: stamps[path] for path in task}, programs, track_names)
        for task in tasks
    )
    small = len(tasks) <= TASKS_IN_SILENCE
    with tqdm(desc="reading", total=len(paths), unit="file", disable=small, leave=False) as bar:
        try:
            for task, some in zip(tasks, results, strict=True):
                found = {content.row.path: content for content in some}
                yield from (found[path] for path in task)
                bar.update(len(task))
        finally:
            _opened.cache_clear()


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
    """Read some files, a step for all of them at a time, which is faster."""
    contents: list[FileContent] = []
    read: dict[str, ParsedSong] = {}
    archive = None if folder.is_dir() else _opened(folder, os.path.getmtime(folder))
    for path, stamp in stamps.items():
        try:
            data = _zipped_bytes(archive, path) if archive else file_bytes(folder / path)
            read[path] = parse_song(data, path)
        except MidiError as error:
            row = FileReport(path, "unreadable", error.reason, 0, stamp)
            contents.append(FileContent(row))
    guitars = with_techniques(
        [guitar_parts(song.score, programs, track_names, song.played) for song in read.values()]
    )
    songs = dict(zip(read, guitars, strict=True))
    events, track_of_event = events_from_notes(part_notes(guitars))
    n_tracks = sum(len(song.parts) for song in guitars)
    pieces = iter(np.split(events, np.searchsorted(track_of_event, np.arange(1, n_tracks))))
    for path, song in songs.items():
        status, nothing = ("kept", ()) if song.parts else ("skipped", ("no guitar",))
        reason = "; ".join((*nothing, *read[path].remarks, *song.remarks))
        row = FileReport(path, status, reason, 0, stamps[path])
        played = [next(pieces) for _ in song.parts]
        contents.append(_content(row, song, played) if played else FileContent(row))
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
        [(parts[i].name, parts[i].program, len(events[place])) for i, place in enumerate(places)],
        np.concatenate([events[place] for place in places]),
    )


@functools.lru_cache(maxsize=1)
def _opened(path: Path, _: float) -> zipfile.ZipFile:
    """A zip whose list of files is read once for all tasks of a process, or once it has changed."""
    return zipfile.ZipFile(path)


def _zipped_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        refuse_large(name, archive.getinfo(name).file_size)
        return unpacked(archive, name, MAX_MIDI_BYTES)
    except ValueError as error:
        # Damaged, behind a password, or packed in a way that Python does not know.
        raise MidiError(name, str(error)) from error


class GrowingTable:
    """A corpus to be, to which files are added one by one; of those with the same guitars, the
    first is kept. Its events are copied once, as they come."""

    def __init__(self) -> None:
        self.events = bytearray()
        self.offsets = array.array("q", [0])
        self.tracks: list[TrackInfo] = []
        self.songs: list[Song] = []
        self.report: list[FileReport] = []
        self.first: dict[str, str] = {}  # by the mark of its guitars, the first file that has them

    def add(self, content: FileContent) -> None:
        """Add what a file gave."""
        row = content.row
        other = self.first.setdefault(row.mark, row.path) if row.mark else row.path
        if other != row.path:
            reason = f"same guitars as {other}"
            row = dataclasses.replace(row, status="skipped", reason=reason, notes=0)
        elif content.song:
            for name, program, size in content.tracks:
                self.tracks.append(TrackInfo(len(self.songs), name, program))
                self.offsets.append(self.offsets[-1] + size)
            self.events += content.events.tobytes()
            self.songs.append(content.song)
        self.report.append(row)

    def corpus(self, filters: str) -> Corpus:
        """The corpus of what was added; nothing can be added after that."""
        return Corpus(
            events=np.frombuffer(self.events, EVENT),
            offsets=np.frombuffer(self.offsets, np.int64),
            tracks=tuple(self.tracks),
            song_info=tuple(self.songs),
            report=tuple(self.report),
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
