"""Rock-o-net: everything the four notebooks share, in the order in which they need it.

    import rockonet_utils as ru

    1. Settings and files       every number a notebook needs; files written whole or not at all
    2. MIDI                     notebook 01: read a file, find its guitars, name its chords
    3. Sound                    notebooks 01 and 04: from notes to a player in the page
    4. Pictures                 notebook 01: piano roll, programs, fretboard, a song browser
    5. Corpus                   notebook 02: all guitars of a folder as one table of events
    6. Classic recipe           notebooks 02 and 03: symbols, windows, the published network
    7. Riff recipe              notebook 03: events in five parts, and what the music suggests
    8. Counting                 notebook 03: predictors without a network
    9. Training                 notebook 03: the sweep, its charts, what is kept of it
    10. Measuring               notebook 03: every predictor in one currency
    11. The neck                notebook 04: tunings, scales, a string and a fret for every note
    12. Riffs                   notebook 04: sound, score, tab, band, player, files
    13. Prompts                 notebook 04: an excerpt, a MIDI file, or typed tab
    14. Originality             notebook 04: what stands in the songs that a model learned from
    15. Generation              notebook 04: sampling within the rules
    16. Quality                 notebook 04: riffs beside real songs, in numbers
    17. Riff machine            notebook 04: all of it in one panel
    18. Exercises               notebooks 01 to 04: what is right or wrong with an answer

Times are counted in *ticks*, 12 to a quarter note (``TICKS_PER_QUARTER``), so that sixteenths
(3 ticks) and triplets (4 ticks) both fall on whole numbers. Pitches are MIDI numbers (40 is E2,
the lowest string of a guitar). An *event* is all notes of one track that start together.
"""

from __future__ import annotations

import base64
import bisect
import collections
import contextlib
import csv
import dataclasses
import difflib
import functools
import hashlib
import html
import importlib.machinery
import importlib.util
import inspect
import io
import itertools
import json
import logging
import math
import numbers
import os
import re
import reprlib
import shutil
import sys
import tempfile
import threading
import time
import types
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

# TensorFlow and pygame greet on standard error unless told not to before they are imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import numpy as np
import symusic
from IPython.display import Markdown, display

# TensorFlow warns of every sixth network that is run for the first time.
logging.getLogger("tensorflow").addFilter(lambda record: "retracing" not in str(record.msg))


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep what a C library prints, such as ALSA without a sound card, out of the notebook."""
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class _QuietTensorFlow(importlib.machinery.PathFinder):
    """On newer processors TensorFlow greets while it is imported, whatever it was told."""

    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: Any = None) -> Any:
        spec = super().find_spec(fullname, path, target) if fullname == "tensorflow" else None
        if spec:
            spec.loader.exec_module = _quiet_stderr()(spec.loader.exec_module)
        return spec


sys.meta_path.insert(0, _QuietTensorFlow)

# Keras, Matplotlib, music21, ipywidgets and pygame are imported where they are first used: they
# take from half a second to eight seconds each, and most cells need none of them.

# ==================================================================================================
# 1. Settings and files
# Every number a notebook needs stands in one frozen record, chosen by a profile name.
# Files are written under a temporary name and renamed, so a crash never leaves half a file.
# ==================================================================================================

TICKS_PER_QUARTER = 12


def _project_folder() -> Path:
    """The folder that holds ``data/starter``: beside this module, or at or above the cwd."""
    here = Path.cwd()
    for folder in (Path(__file__).resolve().parent, here, *here.parents):
        if (folder / "data" / "starter").is_dir():
            return folder
    raise FileNotFoundError(
        "The folder data/starter was not found beside rockonet_utils.py or above the current "
        "folder. Start from a clone of the project, installed with 'make' or 'pip install -e .'."
    )


@dataclass(frozen=True)
class Settings:
    """Every number a notebook needs; make one with `settings`, vary it with ``replace``.

    Notebook: 01 to 04, in the settings cell.
    """

    profile: str
    data: str
    folder: Path  # the MIDI files
    output: Path  # everything that is made from this data with this profile
    figures: Path  # where the loss chart goes
    programs: tuple[int, ...] = tuple(range(26, 32))  # General MIDI, counted from 0
    sequence_length: int = 100  # events the classic model sees before it guesses the next
    unique_factor: int = 10  # distinct symbols a window needs to be kept
    units: tuple[int, int, int] = (512, 512, 256)  # cells of the three LSTM layers
    dense: int = 256  # width of the layer before the softmax
    dropout: float = 0.3  # share of values hidden at random while training
    learning_rates: tuple[float, ...] = (0.01, 0.001, 0.0001)
    decay: float = 0.01  # the rate is divided by (1 + decay * step)
    batch_size: int = 64
    epochs: int = 200
    epoch_windows: int = 0  # windows drawn for each epoch; 0 takes all of them, as published
    riff_units: tuple[int, ...] = (192,)  # the same for the riff recipe
    riff_dropout: float = 0.1
    riff_rate: float = 0.004
    riff_window: int = 64
    riff_batch: int = 32
    riff_epoch_windows: int = 0
    riff_epochs: int = 30
    seed: int = 0

    def __post_init__(self) -> None:
        zero_too = ("programs", "seed", "unique_factor", "epoch_windows", "riff_epoch_windows")
        for name in self.__dataclass_fields__:
            if not hasattr(Settings, name):
                continue  # the first four have no default and are no numbers
            value, example = getattr(self, name), getattr(Settings, name)
            values = list(value) if np.ndim(value) else [value]
            first = example[0] if isinstance(example, tuple) else example
            kind = numbers.Integral if isinstance(first, int) else numbers.Real
            least = 0 if name in zero_too or isinstance(first, float) else 1
            fits = [isinstance(number, kind) and number >= least for number in values]
            fits += [x < 1 for x in values if "dropout" in name]
            if np.ndim(value) != np.ndim(example) or not fits or not all(fits):
                wanted = f"{'whole ' * (kind is numbers.Integral)}number"
                wanted = f"{wanted}s in brackets" if np.ndim(example) else f"one {wanted}"
                raise ValueError(
                    f"{name} is {value!r}; it wants {wanted}, {least} or more"
                    f"{' and below 1' * ('dropout' in name)}, as {name}={example}."
                )

    def replace(self, **changes: Any) -> Settings:
        """A copy with some numbers changed, as in ``settings.replace(epochs=3)``.

        Errors: ValueError for a name that is none of the settings, or a number that cannot be.
        """
        for name in changes.keys() - {field.name for field in dataclasses.fields(self)}:
            near = difflib.get_close_matches(name, Settings.__dataclass_fields__, 1, 0)
            raise ValueError(f"There is no setting named {name!r}: do you mean {near[0]!r}?")
        return dataclasses.replace(self, **changes)


# The published profile holds the original's numbers (its saved model, README and chart); its
# value for unique_factor was not published, so 10 is ours (DeepRock, whose network is the same,
# wants more than 13). The others shrink until they fit.
PROFILES: dict[str, dict[str, Any]] = {
    "quick": dict(
        sequence_length=12,
        unique_factor=4,
        units=(64, 64, 48),
        dense=48,
        dropout=0.1,
        batch_size=128,
        epochs=8,
        epoch_windows=4_000,
        riff_units=(96,),
        riff_rate=0.01,
        riff_batch=16,
        riff_epochs=4,
        riff_epoch_windows=2_000,
    ),
    "workshop": dict(
        sequence_length=32,
        unique_factor=6,
        units=(128, 128, 96),
        dense=96,
        dropout=0.2,
        batch_size=128,
        epochs=15,
        epoch_windows=8_000,
        riff_units=(128,),
        riff_rate=0.01,
        riff_batch=16,
        riff_epochs=15,
        riff_epoch_windows=8_000,
    ),
    "published": dict(programs=(26,)),
}


def settings(profile: str | None = None, data: str | os.PathLike | None = None) -> Settings:
    """Choose every number at once.

    profile: ``quick`` (default; the whole series in under 5 minutes on 2 cores), ``workshop``
        (under 30) or ``published`` (the original's numbers); else ``ROCKONET_PROFILE``.
    data: ``starter`` (default; the songs that ship with the project), ``rock`` (``data/rock``) or
        a folder of your own; else ``ROCKONET_DATA``.
    Returns a `Settings`. What is made goes below ``output/`` (or ``ROCKONET_OUTPUT``), the loss
    chart into ``figures/`` (or ``ROCKONET_FIGURES``).
    Errors: ValueError for an unknown profile, FileNotFoundError for a folder that is not there.
    Notebook: 01 to 04.
    """
    profile = profile or os.environ.get("ROCKONET_PROFILE") or "quick"
    data = os.fspath(data or os.environ.get("ROCKONET_DATA") or "starter")
    if profile not in PROFILES:
        raise ValueError(f"Unknown profile {profile!r}: choose one of {', '.join(PROFILES)}.")
    project = _project_folder()
    known = {"starter": project / "data" / "starter", "rock": project / "data" / "rock"}
    folder = known.get(data, Path(data).expanduser())
    if data == "rock" and not folder.exists():
        raise FileNotFoundError(
            "The rock archive is not there yet: run ru.download_rock_archive() once, with a "
            "network, or choose settings(data='starter')."
        )
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no folder {str(folder)!r} with MIDI files. Let settings(data=...) or "
            "ROCKONET_DATA name a folder that exists (unpack a .zip first), or 'starter' for the "
            "songs that ship with the project."
        )
    # Two folders of the same name must not share what is made from them.
    mark = (
        ""
        if data in known
        else "-" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:6]
    )
    output = Path(os.environ.get("ROCKONET_OUTPUT") or project / "output")
    return Settings(
        profile=profile,
        data=data,
        folder=folder,
        output=output / f"{folder.name}{mark}-{profile}",
        figures=Path(os.environ.get("ROCKONET_FIGURES") or project / "figures"),
        **PROFILES[profile],
    )


@contextlib.contextmanager
def _written_whole(path: str | os.PathLike) -> Iterator[Path]:
    """Hand out a temporary name beside `path`; rename it to `path` only if all went well."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays last, because some writers choose the format by it.
    temporary = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def check(what: str, passed: bool, remedy: str) -> None:
    """Print one line that says whether a step worked and, if not, what to do.

    Notebook: after each main step.
    """
    print(f"✔ {what}" if passed else f"✘ Not yet: {what}. {remedy}")


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Markdown:
    """A table to show in a notebook; numbers stand to the right, everything else to the left.

    Notebook: 01 to 04.
    """
    rows = [list(row) for row in rows]
    numeric = [all(isinstance(row[i], (int, float)) for row in rows) for i in range(len(header))]
    lines = [header, ["--:" if right else "---" for right in numeric], *rows]
    shown = [[f"{x:,}" if isinstance(x, int) else str(x) for x in line] for line in lines]
    return Markdown("\n".join(f"| {' | '.join(line)} |" for line in shown))


def show_source(function: Callable, folded: bool = False) -> Markdown:
    """The source of a function of this module, to read in a notebook or to copy and change.

    folded: behind a line that unfolds it with a click.
    Notebook: 03, 04.
    """
    source = f"```python\n{inspect.getsource(function)}```"
    summary = f"<summary>The source of {function.__name__}: click to unfold</summary>"
    return Markdown(f"<details>{summary}\n\n{source}\n\n</details>" if folded else source)


def explain_errors(shell: Any = None) -> None:
    """Have notebooks say what to do when a cell uses a name that a cell above it makes, cannot be
    read or was stopped; and keep to the cell and the sentence when this module refuses something.

    shell: the notebook's interpreter; without one, that of the notebook which imports this module.
    """
    import IPython

    def show(shell: Any, kind: type, error: Exception, trace: Any, tb_offset: Any = None) -> list:
        if issubclass(kind, SyntaxError):
            lines = shell.SyntaxTB.structured_traceback(kind, error, [])
            lines.append(
                "The computer cannot read this cell. A text has to stand in quotes, as in "
                'answer = "candle smoke", and what opens with a bracket has to close.'
            )
        else:
            short = trace
            if kind is not AttributeError:  # that one this module never raises on purpose
                short = _before_this_module(trace, stopped=kind is KeyboardInterrupt)
            if short is not trace:  # the sentence holds the cause
                error.__cause__, error.__suppress_context__ = None, True
            lines = shell.InteractiveTB.structured_traceback(kind, error, short, tb_offset)
        if kind is NameError:
            lines.append(
                f"'{error.name}' is not known here. If it is made in a cell that has not run yet, "
                "click the cell that you want and choose Run → Run All Above Selected Cell in the "
                "menu; then run it again. Otherwise it is misspelt, or a text that needs quotes."
            )
        if kind is AttributeError:
            near = difflib.get_close_matches(str(error.name), dir(error.obj), 1)
            lines += [f"There is no '{error.name}' here. Do you mean '{name}'?" for name in near]
        if kind is KeyboardInterrupt:
            lines.append("This cell was stopped before its end. Run it again when you want to.")
        if kind is dataclasses.FrozenInstanceError:
            lines.append(
                "It is never changed in place, so that cells may run in any order. Make a copy "
                "that differs, as in settings = settings.replace(epochs=3)."
            )
        shell._showtraceback(kind, error, lines)
        return lines

    if shell := shell or IPython.get_ipython():
        ours = (ValueError, OSError, RuntimeError)
        ours += (KeyboardInterrupt, AttributeError, dataclasses.FrozenInstanceError)
        shell.set_custom_exc((NameError, SyntaxError, *ours), show)


def _before_this_module(trace: Any, stopped: bool = False) -> Any:
    """A traceback up to the first call of this module, if the error was raised in it.

    stopped: or if it was stopped there, in whichever library that it called.
    """
    chain = [trace]
    while chain[-1].tb_next:
        chain.append(chain[-1].tb_next)
    files = [link.tb_frame.f_code.co_filename for link in chain]
    if __file__ not in (files if stopped else files[-1:]):
        return trace
    kept = None
    for link in reversed(chain[: files.index(__file__)]):
        kept = types.TracebackType(kept, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return kept


explain_errors()


def versions(*packages: str) -> str:
    """One line with the versions of Python and of some installed packages.

    Notebook: the setup cell of each.
    """
    from importlib.metadata import version

    return " · ".join(
        [f"Python {sys.version_info.major}.{sys.version_info.minor}"]
        + [f"{package} {version(package)}" for package in packages]
    )


# ==================================================================================================
# 2. MIDI
# A MIDI file is a list of tracks, each with a program (an instrument) and notes.
# `read_midi` opens any file or says why it cannot; the rest names pitches and chords.
# ==================================================================================================

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi")
# What is beyond these is refused. The largest of 1,546 real rock songs has 0.4 MB, 58 tracks and
# 42,000 notes; one has a stray note at quarter note 410,270, so the last limit is generous.
MAX_MIDI_BYTES, MAX_TRACKS, MAX_NOTES, MAX_QUARTERS = 8_000_000, 500, 500_000, 500_000

GUITAR_NAMES = {
    24: "nylon guitar",
    25: "steel guitar",
    26: "jazz guitar",
    27: "clean guitar",
    28: "muted guitar",
    29: "overdriven guitar",
    30: "distortion guitar",
    31: "guitar harmonics",
}
PROGRAM_FAMILIES = (
    "piano|chromatic percussion|organ|guitar|bass|strings|ensemble|brass|reed|pipe|synth lead|"
    "synth pad|synth effects|ethnic|percussive|sound effects"
).split("|")  # General MIDI: family i holds the programs 8 * i to 8 * i + 7


class MidiError(ValueError):
    """A MIDI file that cannot be used; the message names the file and the reason."""

    def __init__(self, name: str | os.PathLike, reason: str):
        self.name, self.reason = str(name), reason
        super().__init__(f"{self.name}: {reason}")


def read_midi(path: str | os.PathLike) -> symusic.Score:
    """Read one MIDI file.

    path: a ``.mid``, ``.midi``, ``.kar`` or RIFF-wrapped ``.rmi`` file; stray data bytes over 127
        are clamped. Of a file that is cut off in a track the notes before the cut are read, and a
        warning says so.
    Returns a `symusic.Score` in the file's own ticks (``score.ticks_per_quarter``).
    Errors: `MidiError`, which names the file and the reason.
    Notebook: 01.
    """
    path = Path(path)
    score, remark = _parse_midi(_file_bytes(path), path.name)
    if remark:
        warnings.warn(f"{path.name}: {remark}", stacklevel=2)
    return score


def _file_bytes(path: Path) -> bytes:
    try:
        _refuse_large(path.name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise MidiError(path.name, f"cannot be opened ({error.strerror})") from error


def _refuse_large(name: str, size: int) -> None:
    if size > MAX_MIDI_BYTES:
        raise MidiError(name, f"larger than {MAX_MIDI_BYTES // 10**6} MB, so not a song")


def _parse_midi(data: bytes, name: str) -> tuple[symusic.Score, str]:
    """The score in the bytes of a file, and what has to be said about it, if anything."""
    start = data.find(b"MThd", 0, 64)  # a RIFF wrapper puts 20 bytes before the header
    if start < 0 or len(data) < start + 14:
        if b"GUITAR PRO" in data[:40]:
            raise MidiError(name, "a Guitar Pro file: export it there as MIDI (File → Export)")
        raise MidiError(name, "not a MIDI file")
    division = int.from_bytes(data[start + 12 : start + 14], "big")
    if division == 0 or division >= 0x8000:
        raise MidiError(name, "counts time in video frames or not at all, not in quarter notes")
    data, remark = _mended(data[start:], name)
    try:
        score = symusic.Score.from_midi(data, sanitize_data=True)
        for track in score.tracks:
            track.name.encode()  # raises on a name that is no text in any encoding known here
    except (RuntimeError, UnicodeError) as error:
        raise MidiError(name, f"damaged ({str(error).removeprefix('MiniMidi: ')[:60]})") from error
    for what, count, limit in (
        ("notes", score.note_num(), MAX_NOTES),
        ("quarter notes of time", score.end() // score.ticks_per_quarter, MAX_QUARTERS),
    ):
        if count > limit:
            raise MidiError(name, f"not a song: {count:,} {what}, and {limit:,} is the limit")
    if score.start() < 0:
        raise MidiError(name, "damaged (its times run over)")
    return score, remark


def _mended(data: bytes, name: str) -> tuple[bytes, str]:
    """The tracks of a MIDI file, safe to be read, and what has to be said about them.

    The reader trusts the number of tracks and their lengths, and would read on past the end of the
    file: tracks are counted here, and a track that is cut off is reduced to its whole events.
    """
    claimed, place = int.from_bytes(data[10:12], "big"), 8 + int.from_bytes(data[4:8], "big")
    found, remark = [], ""
    while len(found) < min(claimed, MAX_TRACKS + 1) and place + 8 <= len(data):
        kind, length = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "big")
        body = data[place + 8 : place + 8 + length]
        if len(body) < length:
            whole = _whole_events(body)
            # An alien chunk, or an end of track before the end of the file: bytes were lost
            # further up, and from there on no time can be trusted.
            if kind != b"MTrk" or whole is None:
                raise MidiError(name, f"damaged (bytes are missing in track {len(found) or 1})")
            body = body[:whole] + b"\x00\xff\x2f\x00"  # the end of a track
            remark = f"cut off in track {len(found) + 1} of {claimed}, read as far as it goes"
        if kind == b"MTrk":
            found.append(kind + len(body).to_bytes(4, "big") + body)
        place += 8 + length
    if len(found) > MAX_TRACKS:
        raise MidiError(name, f"not a song: it has more than {MAX_TRACKS} tracks")
    if len(found) < claimed and not remark:
        remark = f"cut off after track {len(found)} of {claimed}, read as far as it goes"
    header = b"MThd\x00\x00\x00\x06" + data[8:10] + len(found).to_bytes(2, "big") + data[12:14]
    # A damaged last event may make the reader look a few bytes ahead.
    return b"".join((header, *found, bytes(16))), remark


def _whole_events(body: bytes) -> int | None:
    """How many bytes of a track that just stops are whole events; None if it does not just stop."""
    place = whole = status = 0

    def number() -> int:  # of variable length: seven bits a byte, the top bit says that more follow
        nonlocal place
        value = 0
        for _ in range(4):
            byte = body[place]
            place, value = place + 1, value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise ValueError

    try:
        while True:
            number()  # the time since the event before
            if body[place] >= 0x80:
                status, place = body[place], place + 1
            if status == 0xFF:  # meta event: a kind, a length, and so many bytes
                if body[place : place + 2] == b"\x2f\x00":
                    return None  # the end of the track
                place += 1
                length = number()
                place += length
            elif status in (0xF0, 0xF7):  # system exclusive: a length, and so many bytes
                length = number()
                place += length
            elif 0x80 <= status < 0xF0:
                place += 1 if 0xC0 <= status < 0xE0 else 2
            else:
                return None
            if place > len(body):
                return whole
            whole = place
    except IndexError:
        return whole
    except ValueError:
        return None


def guitar_tracks(
    score: symusic.Score, programs: Iterable[int] = range(26, 32), track_names: str = ""
) -> list[symusic.Track]:
    """The tracks with notes whose program is a guitar.

    programs: General MIDI programs counted from 0; 26–31 are the electric guitars.
    track_names: a regular expression; tracks with a name in which it is found count too, whatever
        their program, as in ``"guitar|gtr"``. Case does not matter.
    Notebook: 01.
    """
    programs, named = set(programs), re.compile(track_names or r"(?!)", re.IGNORECASE)
    return [
        track
        for track in score.tracks
        if (track.program in programs or named.search(track.name))
        and not track.is_drum
        and len(track.notes)
    ]


def pitch_name(pitch: int) -> str:
    """Scientific name of a MIDI pitch: 40 is 'E2', 61 is 'C#4'. Notebook: 01."""
    return f"{'C C# D D# E F F# G G# A A# B'.split()[pitch % 12]}{pitch // 12 - 1}"


def chord_name(pitches: Iterable[int]) -> str:
    """Name of the notes that start together, lowest first: (40, 47, 52) is 'E2 B2 E3'.

    Notebook: 02.
    """
    return " ".join(pitch_name(pitch) for pitch in sorted(set(pitches)))


def score_notes(
    tracks: Sequence[symusic.Track], ticks_per_quarter: int | Sequence[int]
) -> dict[str, np.ndarray]:
    """All notes of some tracks on the grid of 12 ticks to the quarter note.

    ticks_per_quarter: of the file, or one for each track if they are from several files.
    Returns int arrays ``track`` (place in `tracks`), ``onset`` and ``duration`` (ticks; at least
    1), ``pitch`` (MIDI number) and ``velocity`` (1–127), all (n_notes,), sorted by track, onset
    and pitch.
    Notebook: 01.
    """
    columns = [track.notes.numpy() for track in tracks]
    number = np.repeat(np.arange(len(columns)), [len(c["time"]) for c in columns])
    time, duration, pitch, velocity = (
        np.concatenate([np.zeros(0, np.int64), *(c[name] for c in columns)])
        for name in ("time", "duration", "pitch", "velocity")
    )
    quarter = np.broadcast_to(np.asarray(ticks_per_quarter, np.int64), len(columns))[number]
    onset, duration = (
        (2 * TICKS_PER_QUARTER * ticks + quarter) // (2 * quarter)  # rounded, halves up
        for ticks in (time, duration)
    )
    order = np.argsort((number << 48) + (onset << 8) + pitch, kind="stable")
    return {
        "track": number[order],
        "onset": onset[order],
        "duration": np.maximum(duration, 1)[order],
        "pitch": pitch[order],
        "velocity": velocity[order],
    }


# ==================================================================================================
# 3. Sound
# Notes become audio through a SoundFont, and audio becomes a player inside the notebook page.
# The player is plain HTML, so it works offline and on a remote kernel.
# ==================================================================================================

PEAK_DBFS = -3.0  # leaves room for what MP3 coding adds
MAX_SECONDS = 1800  # of one rendering, which takes 0.35 MB of memory a second


@dataclass(frozen=True)
class Sound:
    """Audio that shows itself as a player in a notebook.

    samples: float32 (n_samples, 2) between −1 and 1. rate: in samples a second.
    Notebook: 01 and 04.
    """

    samples: np.ndarray
    rate: int

    def __repr__(self) -> str:
        return f"<Sound: {self.seconds:.1f} s, {self.rate:,} samples a second>"

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @property
    def peak_dbfs(self) -> float:
        """Loudest sample in decibels below full scale (0 is full scale, −inf is silence)."""
        with np.errstate(divide="ignore"):
            return float(20 * np.log10(np.abs(self.samples).max(initial=0.0)))

    def encoded(self, suffix: str = ".mp3") -> bytes:
        """The sound as the bytes of an ``.mp3`` or ``.wav`` file."""
        import soundfile

        buffer = io.BytesIO()
        if suffix == ".mp3":
            # 0.9 is about 64 kbit/s: a notebook with several players stays under 1 MB.
            soundfile.write(
                buffer, self.samples.mean(1), self.rate, format="MP3", compression_level=0.9
            )
        elif suffix == ".wav":
            soundfile.write(buffer, self.samples, self.rate, format="WAV", subtype="PCM_16")
        else:
            raise ValueError(f"Sound is written as .mp3 or .wav, not {suffix!r}.")
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.encoded()).decode()
        return (
            f'<audio controls preload="metadata" src="data:audio/mpeg;base64,{data}" '
            f'aria-label="Player, {self.seconds:.0f} seconds">'
            "This browser plays no audio; open the saved .mp3 instead.</audio>"
        )

    def play_on_speakers(self) -> str:
        """Play through this machine's speakers with pygame; returns a sentence that says so.

        The kernel's machine plays, which on a remote server is not the one in front of you.
        """
        import pygame

        try:
            pygame.mixer.quit()
            with _quiet_stderr():
                pygame.mixer.init(frequency=self.rate, size=-16, channels=2)
            pcm = (np.clip(self.samples, -1, 1) * 32767).astype("<i2")
            pygame.mixer.Sound(buffer=pcm.tobytes()).play()
        except pygame.error as error:
            return (
                f"This machine has no sound device ({error}): "
                "use the player in the page, it needs none."
            )
        return f"Playing {self.seconds:.0f} s on the speakers; ru.stop_speakers() stops it."


def stop_speakers() -> None:
    """Stop what `Sound.play_on_speakers` began."""
    import pygame

    if pygame.mixer.get_init():
        pygame.mixer.stop()


def soundfont() -> Path:
    """The SoundFont that gives the notes their sound: ``ROCKONET_SOUNDFONT``, else TimGM6mb.

    TimGM6mb comes with the package pretty_midi, so nothing has to be downloaded.
    Errors: FileNotFoundError if the file named is not there.
    """
    named = os.environ.get("ROCKONET_SOUNDFONT")
    path = (
        Path(named)
        if named
        else Path(importlib.util.find_spec("pretty_midi").origin).with_name("TimGM6mb.sf2")
    )
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no SoundFont {str(path)!r}. Let ROCKONET_SOUNDFONT name an .sf2 file, or "
            "unset it to use the one that comes with pretty_midi."
        )
    return path


def render(score: symusic.Score) -> Sound:
    """Turn a score into sound, its peak at −3 dBFS.

    symusic has a synthesiser of its own, but it plays many notes of TimGM6mb at a wrong pitch
    (an A3 on the piano sounds as a B3): midirenderer plays them right.
    Errors: ValueError if the score has no note to play; RuntimeError where there is no synthesiser.
    Notebook: 01 and 04.
    """
    import soundfile

    try:
        import midirenderer
    except ModuleNotFoundError as error:
        raise RuntimeError(
            "There is no synthesiser for this machine: midirenderer exists for Linux and Windows "
            "on x86-64 and for macOS. Save the riff as .mid and play that."
        ) from error
    if score.note_num() == 0:
        raise ValueError("There is no note to play in this score.")
    if score.to("second").end() > MAX_SECONDS:
        raise ValueError(
            f"This score lasts longer than {MAX_SECONDS // 60} minutes: choose a part."
        )
    ringing = score.copy()  # a marker a second after the end lets the last note ring out
    quarters = ringing.tempos[-1].qpm / 60 if len(ringing.tempos) else 2
    end = score.end() + round(quarters * score.ticks_per_quarter)
    ringing.markers.append(symusic.TextMeta(end, "silence"))
    wav = midirenderer.render_wave_from(_soundfont_bytes(soundfont()), ringing.dumps_midi())
    samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)
    peak = np.abs(samples).max(initial=0.0)
    return Sound(samples * np.float32(10 ** (PEAK_DBFS / 20) / max(peak, 1e-9)), rate)


@functools.lru_cache(maxsize=2)
def _soundfont_bytes(path: Path) -> bytes:
    return path.read_bytes()


# ==================================================================================================
# 4. Pictures
# Each function draws on `ax` if one is given, else on a figure of its own, and returns the figure.
# Colours are from the Okabe–Ito set; a marker, hatch or text always says the same as a colour.
# ==================================================================================================

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#8C8C8C"
STANDARD_TUNING = (40, 45, 50, 55, 59, 64)  # E2 A2 D3 G3 B3 E4, MIDI pitches of the open strings


def _axes(ax: Any = None, size: tuple[float, float] = (9, 3)) -> Any:
    """The axes to draw on; a figure made here is closed at once, so that it shows only once."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=size, layout="constrained")
    plt.close(figure)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def piano_roll(
    notes: dict[str, np.ndarray],
    title: str = "",
    bars: tuple[int, int] | None = None,
    ticks_per_bar: int = 4 * TICKS_PER_QUARTER,
    prompt_ticks: int = 0,
    ax: Any = None,
) -> Any:
    """Draw notes as bars: time to the right, pitch upwards, the darker the louder.

    The dotted lines are the open strings of a guitar.

    notes: arrays as `score_notes` gives them (ticks, MIDI pitches).
    bars: first and last bar to show, counted from 1; all by default.
    prompt_ticks: what starts before this tick is shaded and hatched as the prompt.
    Errors: ValueError for bars that cannot be.
    Notebook: 01 and 04.
    """
    if bars is not None and np.shape(bars) != (2,):
        raise ValueError(f"bars = {bars!r}: give the first and the last one, as in (1, 8).")
    first, last = bars or (
        1,
        max(1, -(-int((notes["onset"] + notes["duration"]).max(initial=1)) // ticks_per_bar)),
    )
    if not 1 <= first <= last:
        raise ValueError(f"bars = {bars}: the first is to be 1 or more, and not after the last.")
    ax = _axes(ax)
    in_view = (notes["onset"] + notes["duration"] > (first - 1) * ticks_per_bar) & (
        notes["onset"] < last * ticks_per_bar
    )
    onset, duration, pitch, velocity = (
        notes[name][in_view] for name in ("onset", "duration", "pitch", "velocity")
    )
    import matplotlib

    cmap = matplotlib.colormaps["viridis_r"]
    low, high = (velocity.min(), velocity.max()) if len(velocity) else (1, 127)
    spread = max(10, high - low) / 4  # no colour so pale that a note is lost
    shade = matplotlib.cm.ScalarMappable(
        matplotlib.colors.Normalize(max(1, low - spread), min(127, high + spread)), cmap
    )
    ax.barh(
        pitch,
        np.maximum(duration, 2) / ticks_per_bar,  # a muted note of one tick would be a hairline
        left=onset / ticks_per_bar + 1,
        height=0.9,
        color=shade.to_rgba(velocity),
        edgecolor="white",
        linewidth=0.3,
    )
    if prompt_ticks:
        end = prompt_ticks / ticks_per_bar + 1
        ax.axvspan(first, end, facecolor="#DDDDDD", edgecolor=GREY, hatch="//", alpha=0.4, zorder=0)
        ax.axvline(end, color=ORANGE, linewidth=1.5)
        ax.set_title("◄ prompt | generated ►", loc="right", fontsize=9, color=ORANGE)
    ax.set(xlim=(first, last + 1), xlabel="bar", ylabel="pitch")
    ax.set_title(title, loc="left")
    if not len(onset):
        ax.text(0.5, 0.5, "no notes in these bars", transform=ax.transAxes, ha="center")
    numbers = np.arange(first, last + 1, 1 if last - first < 24 else 4)
    ax.set_xticks([*numbers, last + 1], [])  # lines between bars, numbers within
    ax.set_xticks(numbers + 0.5, numbers, minor=True)
    ax.tick_params(axis="x", which="minor", length=0)
    low, high = int(pitch.min(initial=60)), int(pitch.max(initial=64))
    strings = [p for p in STANDARD_TUNING if low - 2 <= p <= high + 2] or [low, high]
    ax.set_yticks(strings, [pitch_name(p) for p in strings])
    ax.set_ylim(low - 1.5, high + 1.5)
    ax.grid(axis="y", alpha=0.4, linestyle=":")
    ax.grid(axis="x", alpha=0.3)
    ax.figure.colorbar(shade, ax=ax, label="velocity", pad=0.01, aspect=12)
    return ax.figure


def program_chart(scores: Iterable[symusic.Score], ax: Any = None) -> Any:
    """Bar chart: in how many songs each family of General MIDI programs plays.

    Notebook: 01.
    """
    songs = np.zeros(len(PROGRAM_FAMILIES) + 1, int)
    for score in scores:
        for family in {
            len(PROGRAM_FAMILIES) if track.is_drum else track.program // 8
            for track in score.tracks
            if len(track.notes)
        }:
            songs[family] += 1
    names = (*PROGRAM_FAMILIES, "drums")
    order = [i for i in np.argsort(songs, kind="stable") if songs[i]]
    ax = _axes(ax, (7, 0.5 + 0.3 * len(order)))
    bars = ax.barh(
        [names[i] for i in order],
        songs[order],
        color=[ORANGE if names[i] == "guitar" else BLUE for i in order],
        hatch=["//" if names[i] == "guitar" else "" for i in order],
        edgecolor="white",
    )
    ax.bar_label(bars, padding=3)
    ax.set(title="Songs in which each family of instruments plays", xlabel="songs")
    return ax.figure


def fretboard_chart(
    pitch: np.ndarray, tuning: Sequence[int] = STANDARD_TUNING, frets: int = 22, ax: Any = None
) -> Any:
    """Histogram of pitches drawn where they lie on the neck of a guitar.

    pitch: MIDI pitches (n_notes,). A pitch that can be played on several strings is shown on each.
    tuning: pitches of the open strings, lowest first.
    Notebook: 01.
    """
    counts = np.bincount(np.asarray(pitch, int), minlength=128)[:128]
    place = np.asarray(tuning)[:, None] + np.arange(frets + 1)
    ax = _axes(ax, (10, 2.6))
    image = ax.imshow(counts[place], aspect="auto", origin="lower", cmap="YlGnBu")
    for (string, fret), p in np.ndenumerate(place):
        dark = counts[p] > counts[place].max() / 2
        ax.text(fret, string, pitch_name(p), ha="center", va="center", fontsize=7,
                color="white" if dark else "black")  # fmt: skip
    ax.set_yticks(range(len(tuning)), [pitch_name(p) for p in tuning])
    dots = {fret: "•" for fret in (3, 5, 7, 9, 15, 17, 19, 21)} | {12: "••"}  # as on the neck
    ax.set_xticks(range(frets + 1), [f"{fret}\n{dots.get(fret, '')}" for fret in range(frets + 1)])
    ax.axvline(0.5, color="black", lw=3)  # the nut
    ax.set(
        title="Where the notes could be played, and how often they are heard",
        xlabel="fret (0 is the open string)",
    )
    ax.set_ylabel("string")
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(image, ax=ax, label="notes", pad=0.01)
    return ax.figure


def bar_ticks(score: symusic.Score) -> int:
    """The length of a bar by the first time signature, in ticks of 12 to the quarter: 48 in 4/4.

    Notebook: 01.
    """
    return _ticks_per_bar(_song_info("", score).meter)


def midi_files(folder: str | os.PathLike) -> list[Path]:
    """All MIDI files below a folder, sorted; upper-case suffixes count too. Notebook: 01."""
    found = (p for p in Path(folder).rglob("*") if p.suffix.lower() in MIDI_SUFFIXES)
    return sorted(path for path in found if not path.is_dir())


def read_folder(folder: str | os.PathLike) -> dict[Path, symusic.Score]:
    """Read every MIDI file below a folder; a line is printed for each that is not whole.

    Notebook: 01.
    """
    scores = {}
    for path in midi_files(folder):
        try:
            scores[path], remark = _parse_midi(_file_bytes(path), path.name)
        except MidiError as error:
            print(f"left out {error}")
        else:
            if remark:
                print(f"{path.name}: {remark}")
    return scores


def songs_with_guitar(scores: dict[Path, symusic.Score]) -> list[Path]:
    """The files among those of `read_folder` that have an electric guitar.

    Errors: ValueError if there is none.
    Notebook: 01.
    """
    found = [path for path, score in scores.items() if guitar_tracks(score)]
    if not found:
        raise ValueError(
            f"None of the {len(scores)} MIDI files that could be read has an electric guitar. "
            "Choose another folder with settings(data=...) or ROCKONET_DATA."
        )
    return found


def track_label(track: symusic.Track) -> str:
    """A track's own name, its instrument and its number of notes, for lists and titles."""
    family = "drums" if track.is_drum else PROGRAM_FAMILIES[track.program // 8]
    instrument = family if track.is_drum else GUITAR_NAMES.get(track.program, family)
    return f"{track.name.strip() or 'unnamed'} ({instrument}, {len(track.notes)} notes)"


def only_tracks(score: symusic.Score, tracks: Iterable[symusic.Track]) -> symusic.Score:
    """A copy of a score's tempos and meters with only the given tracks. Notebook: 01."""
    part = symusic.Score(score.ticks_per_quarter)
    part.tempos, part.time_signatures = score.tempos, score.time_signatures
    part.tracks.extend(tracks)
    return part


def song_browser(folder: str | os.PathLike) -> Any:
    """An ipywidgets panel: pick a song and a track, see its piano roll, press to hear it.

    Notebook: 01.
    """
    import ipywidgets as widgets

    files = {str(p.relative_to(folder)): p for p in midi_files(folder)}
    wide = {"width": "24em"}
    song = widgets.Dropdown(options=files, description="Song", layout=wide)
    track = widgets.Dropdown(description="Track", layout=wide)
    hear = widgets.Button(description="Hear this track", icon="play")
    hear_all = widgets.Button(description="Hear the song", icon="play")
    picture, player = widgets.Output(), widgets.Output()

    def show(output: widgets.Output, *things: Any) -> None:
        output.clear_output(wait=True)
        with output:
            for thing in things:
                display(thing)

    def choose_song(_: Any = None) -> None:
        try:
            tracks = [t for t in read_midi(song.value).tracks if len(t.notes)]
        except MidiError as error:
            track.options = []
            show(picture, str(error))
            return
        # With the song in it the value is new for every song, so that the picture follows.
        track.options = [(track_label(t), (song.value, i)) for i, t in enumerate(tracks)]
        # Guitars are what this is about: start with the first one if there is any.
        guitars = [i for i, t in enumerate(tracks) if not t.is_drum and t.program in GUITAR_NAMES]
        track.index = (guitars or [0])[0] if tracks else None

    def chosen() -> tuple[symusic.Score, symusic.Track]:
        path, number = track.value
        score = read_midi(path)
        return score, [t for t in score.tracks if len(t.notes)][number]

    def choose_track(_: Any = None) -> None:
        if track.value is None:
            return
        score, one = chosen()
        notes, bar = score_notes([one], score.ticks_per_quarter), bar_ticks(score)
        first = int(notes["onset"][0]) // bar + 1
        title = f"{song.label} – {one.name}"
        show(picture, piano_roll(notes, title, (first, first + 7), ticks_per_bar=bar))
        show(player)

    def press(button: widgets.Button) -> None:
        if track.value is not None:
            score, one = chosen()
            show(player, Markdown("One moment, the sound is being made…"))
            try:
                show(player, render(score if button is hear_all else only_tracks(score, [one])))
            except ValueError as error:
                show(player, str(error))

    song.observe(choose_song, "value")
    track.observe(choose_track, "value")
    hear.on_click(press)
    hear_all.on_click(press)
    choose_song()
    choose_track()
    choice, buttons = widgets.HBox([song, track]), widgets.HBox([hear, hear_all])
    return widgets.VBox([choice, buttons, picture, player])


# ==================================================================================================
# 5. Corpus
# All guitar tracks of a folder become one table with a row for each event (a note or a chord).
# Every file gets a line in the report, and songs are split so that no title is on two sides.
# ==================================================================================================

EVENT = np.dtype(
    [
        ("bass", np.uint8),  # lowest pitch of the event, MIDI number
        ("shape", np.uint64),  # bit i is set if the pitch bass + i sounds too (bit 0 always is)
        ("step", np.int32),  # ticks since the event before; since the song's start for the first
        ("duration", np.int32),  # ticks, of the longest note
        ("velocity", np.uint8),  # 1–127, of the loudest note
    ]
)
CORPUS_FORMAT = 2
FILES_PER_TASK = 250
TASKS_IN_PROCESS = 8  # starting processes takes longer than reading so few of 250 files


@dataclass(frozen=True)
class Song:
    """What a corpus knows about one file. `meter` is (beats, note value), the first in the file."""

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


def events_from_notes(notes: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Join the notes of each track that start together into events.

    notes: arrays as `score_notes` gives them.
    Returns events (n_events,) of dtype `EVENT`, track by track, and their track numbers.
    Notebook: 02.
    """
    track, onset, duration, pitch, velocity = (
        notes[name] for name in ("track", "onset", "duration", "pitch", "velocity")
    )
    starts = np.ones(len(track), bool)
    starts[1:] = (np.diff(track) != 0) | (np.diff(onset) != 0)
    first = np.flatnonzero(starts)
    events = np.zeros(len(first), EVENT)
    if len(first) == 0:
        return events, track
    events["bass"] = pitch[first]
    # Notes are sorted by pitch within an event, so the first one is the bass.
    interval = np.minimum(pitch - pitch[first][np.cumsum(starts) - 1], 63).astype(np.uint64)
    events["shape"] = np.bitwise_or.reduceat(np.uint64(1) << interval, first)
    events["step"] = np.diff(onset[first], prepend=0)
    new_track = np.diff(track[first], prepend=-1) != 0
    events["step"][new_track] = onset[first][new_track]
    events["duration"] = np.maximum.reduceat(duration, first)
    events["velocity"] = np.maximum.reduceat(velocity, first)
    return events, track[first]


def sounding_intervals(shapes: np.ndarray) -> np.ndarray:
    """Which intervals above the bass sound in shapes (n,): bools (n, 64); 0 always does."""
    return (shapes[:, None] >> np.arange(64, dtype=np.uint64) & np.uint64(1)).astype(bool)


def event_pitches(event: np.void) -> tuple[int, ...]:
    """The MIDI pitches of one event, lowest first. Notebook: 02."""
    bits = int(event["shape"])
    return tuple(int(event["bass"]) + i for i in range(64) if bits >> i & 1)


def notes_from_events(events: np.ndarray) -> dict[str, np.ndarray]:
    """The notes of one track's events; the inverse of `events_from_notes` for one track.

    A note that would still sound when its pitch is struck again is cut off there, as on a string.
    """
    onset = np.cumsum(events["step"])
    sets = [event_pitches(event) for event in events]
    sizes = [len(s) for s in sets]
    notes = {
        "track": np.zeros(sum(sizes), np.int64),
        "onset": np.repeat(onset, sizes),
        "duration": np.repeat(events["duration"].astype(np.int64), sizes),
        "pitch": np.array(list(itertools.chain(*sets)), np.int64),
        "velocity": np.repeat(events["velocity"].astype(np.int64), sizes),
    }
    struck_again: dict[int, int] = {}
    for i in range(len(notes["pitch"]) - 1, -1, -1):
        pitch = int(notes["pitch"][i])
        room = struck_again.get(pitch, 1 << 40) - notes["onset"][i]
        notes["duration"][i] = min(notes["duration"][i], room)
        struck_again[pitch] = int(notes["onset"][i])
    return notes


def _fingerprint(*arrays: np.ndarray) -> str:
    mark = hashlib.sha256()
    for array in arrays:
        mark.update(array.tobytes())
    return mark.hexdigest()[:16]


@dataclass(frozen=True)
class Corpus:
    """All guitar events of a folder of songs.

    events: (n_events,) of dtype `EVENT`; track i owns ``events[offsets[i]:offsets[i + 1]]``.
    offsets: (n_tracks + 1,) ints. tracks: a `TrackInfo` each. song_info: a `Song` each.
    report: a `FileReport` for each file that was looked at. filters: what counted as a guitar.
    Notebook: 02.
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

    def chords(self) -> tuple[list[str], np.ndarray]:
        """The distinct chord names, sorted, and for each event the place of its name among them."""
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
        return _fingerprint(self.events, self.offsets.astype(np.int64))

    def save(self, path: str | os.PathLike) -> None:
        """Write the corpus as one ``.npz`` file, whole or not at all; no pickle is used."""
        about = {
            "format": CORPUS_FORMAT,
            "tracks": [dataclasses.astuple(track) for track in self.tracks],
            "songs": [dataclasses.astuple(song) for song in self.song_info],
            "report": [dataclasses.astuple(row) for row in self.report],
            "filters": self.filters,
        }
        with _written_whole(path) as temporary:
            np.savez_compressed(
                temporary,
                events=self.events,
                offsets=self.offsets,
                about=np.array(json.dumps(about)),
            )


def load_corpus(path: str | os.PathLike) -> Corpus:
    """Read what `Corpus.save` wrote.

    Errors: FileNotFoundError; ValueError if the file is damaged, foreign or of another format.
    Notebook: 02 and 03.
    """
    remedy = "Build it again with ru.build_corpus(folder).save(path)."
    try:
        with np.load(path, allow_pickle=False) as stored:
            events, offsets, about = (
                stored["events"],
                stored["offsets"],
                json.loads(str(stored["about"])),
            )
        known = about["format"] == CORPUS_FORMAT and events.dtype == EVENT
        corpus = Corpus(
            events=events,
            offsets=offsets,
            tracks=tuple(TrackInfo(*row) for row in about["tracks"]),
            song_info=tuple(Song(t, p, bpm, tuple(meter)) for t, p, bpm, meter in about["songs"]),
            report=tuple(FileReport(*row) for row in about["report"]),
            filters=about["filters"],
        )
        whole = (
            offsets[0] == 0
            and offsets[-1] == len(events)
            and (np.diff(offsets) >= 0).all()
            and len(offsets) == len(corpus.tracks) + 1
            and all(0 <= track.song < len(corpus.song_info) for track in corpus.tracks)
        )
    except FileNotFoundError:
        raise
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        EOFError,
        zipfile.BadZipFile,
    ) as error:
        raise ValueError(f"{path} is not a corpus, or it is damaged. {remedy}") from error
    if not (known and whole):
        raise ValueError(f"{path} is a corpus of another version, or it is damaged. {remedy}")
    return corpus


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
    Errors: FileNotFoundError if there is no such folder, ValueError if no file has a guitar or
        `programs` is a single number.
    Notebook: 02.
    """
    if isinstance(programs, int):
        raise ValueError(f"programs is a list of numbers: write [{programs}], not {programs}.")
    folder, programs = Path(folder), tuple(sorted(set(programs)))
    filters = json.dumps({"programs": programs, "track_names": track_names})
    stamps = _stamps(folder)
    saved = _cached(cache, filters)
    unchanged = {row.path: row for row in saved.report if stamps.get(row.path) == row.stamp}
    kept = {row.mark for row in unchanged.values() if row.status == "kept"}
    # A file that was left out because another one, now gone or changed, said the same is read anew.
    known = {path: row for path, row in unchanged.items() if not row.mark or row.mark in kept}
    if saved.songs and len(known) == len(stamps) == len(saved.report):
        return saved
    reads = {read.row.path: read for read in _known_reads(saved, known)}
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
class _Read:
    """What one file gave: its line of the report and, if there are any, its guitars."""

    row: FileReport
    song: Song | None = None
    tracks: Sequence[tuple[str, int]] = ()  # name and program of each
    events: Sequence[np.ndarray] = ()  # one array of dtype EVENT for each track


def _stamps(folder: Path) -> dict[str, str]:
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


def _known_reads(saved: Corpus, rows: dict[str, FileReport]) -> Iterator[_Read]:
    """What the files of some rows gave when the corpus that was saved was built."""
    numbers: dict[int, list[int]] = {}
    for number, track in enumerate(saved.tracks):
        numbers.setdefault(track.song, []).append(number)
    songs = {song.path: (place, song) for place, song in enumerate(saved.song_info)}
    for path, row in rows.items():
        place, song = songs.get(path, (-1, None))
        tracks = [(n, saved.tracks[n]) for n in numbers.get(place, ())]
        yield _Read(
            row,
            song,
            [(track.name, track.program) for _, track in tracks],
            [saved.track_events(number) for number, _ in tracks],
        )


def _read_all(
    folder: Path, stamps: dict[str, str], programs: tuple, track_names: str, n_jobs: int | None
) -> dict[str, _Read]:
    """What the files of a folder or a zip gave, by name."""
    import joblib
    from tqdm.auto import tqdm

    names = list(stamps)
    tasks = [names[i : i + FILES_PER_TASK] for i in range(0, len(names), FILES_PER_TASK)]
    if n_jobs == -1 and len(tasks) <= TASKS_IN_PROCESS:
        n_jobs = 1
    read_some = joblib.delayed(_read_some)
    results = joblib.Parallel(n_jobs, return_as="generator")(
        read_some(folder, {name: stamps[name] for name in task}, programs, track_names)
        for task in tasks
    )
    reads: dict[str, _Read] = {}
    small = len(tasks) < 2
    with tqdm(desc="reading", total=len(names), unit="file", disable=small, leave=False) as bar:
        for some in results:
            reads |= {read.row.path: read for read in some}
            bar.update(len(some))
    return reads


def _read_some(
    folder: Path, stamps: dict[str, str], programs: tuple[int, ...], track_names: str
) -> list[_Read]:
    """Read some files and join the notes of all their guitars in one go."""
    archive = None if folder.is_dir() else zipfile.ZipFile(folder)
    scores, guitars, rows = {}, {}, {}
    with archive or contextlib.nullcontext():
        for name, stamp in stamps.items():
            try:
                data = _zipped_bytes(archive, name) if archive else _file_bytes(folder / name)
                scores[name], remark = _parse_midi(data, name)
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
            reads.append(_Read(row))
            continue
        places = list(distinct.values())
        row = dataclasses.replace(
            row,
            notes=sum(len(every[place].notes) for place in places),
            mark=hashlib.blake2b(b"".join(sorted(distinct)), digest_size=16).hexdigest(),
        )
        reads.append(
            _Read(
                row,
                _song_info(name, scores[name]),
                [(every[place].name.strip(), every[place].program) for place in places],
                [events[bounds[place] : bounds[place + 1]] for place in places],
            )
        )
    return reads


def _zipped_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        _refuse_large(name, archive.getinfo(name).file_size)
        return archive.read(name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
        raise MidiError(name, f"cannot be unpacked ({error})") from error


def _song_info(name: str, score: symusic.Score) -> Song:
    title = re.sub(r"[_\s]+", " ", PurePosixPath(name).stem).strip()
    # What no music has is taken as missing.
    tempos = (float(tempo.qpm) for tempo in score.tempos)
    tempo = next(filter(_is_tempo, tempos), 120.0)
    meters = ((s.numerator, s.denominator) for s in score.time_signatures)
    meter = next((meter for meter in meters if _is_meter(*meter)), (4, 4))
    return Song(title, name, round(tempo, 2), meter)


def _is_tempo(quarters_a_minute: float) -> bool:
    return 10 <= quarters_a_minute <= 1000


def _is_meter(beats: int, value: int) -> bool:
    return 1 <= beats <= 32 and value in (1, 2, 4, 8, 16)


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


MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)  # semitones above the tonic; its modes are minor scales too


def style_metrics(
    tracks: Sequence[np.ndarray], ticks_per_bar: int = 4 * TICKS_PER_QUARTER
) -> dict[str, float]:
    """Seven numbers that say how the guitars of a song play.

    tracks: events of dtype `EVENT`, one array a track, as from `Corpus.track_events`.
    Returns, over all events (NaN where there is nothing to measure):
        ``chord_share`` of events with two or more pitches; ``power_chord_share`` of events with
        just a root and its fifth; ``repeat_share`` of events with the pitches of the one before;
        ``pitch_class_entropy`` of all notes, in bits; ``events_per_bar`` in which the track plays;
        ``mean_step`` in quarter notes, over steps of at most four; ``scale_consistency``, the
        largest share of notes that one major or minor scale holds.
    Source: pitch-class entropy and scale consistency as MusPy defines them.
    Notebook: 02.
    """
    tracks = [track for track in tracks if len(track)]
    names = (
        "chord_share power_chord_share repeat_share pitch_class_entropy events_per_bar mean_step "
        "scale_consistency"
    ).split()
    if not tracks:
        return dict.fromkeys(names, float("nan"))
    events = np.concatenate(tracks)
    first = np.cumsum([0, *map(len, tracks[:-1])])  # has no event before it in its track
    sounds = sounding_intervals(events["shape"])
    # Pitch classes above the bass: the column i holds the intervals i, i + 12, i + 24 …
    above = np.stack([sounds[:, i::12].any(axis=1) for i in range(12)], axis=1)
    event, semitones = np.nonzero(sounds)
    histogram = np.bincount((events["bass"][event] + semitones) % 12, minlength=12) / len(event)
    used = histogram[histogram > 0]
    repeats = (np.diff(events["bass"].astype(int)) == 0) & (
        events["shape"][1:] == events["shape"][:-1]
    )
    steps = np.delete(events["step"], first)
    steps = steps[steps <= 4 * TICKS_PER_QUARTER]
    bars = sum(len(np.unique(np.cumsum(track["step"]) // ticks_per_bar)) for track in tracks)
    tonics = np.arange(12)[:, None]
    values = (
        (sounds.sum(axis=1) > 1).mean(),
        ((above.sum(axis=1) == 2) & above[:, 7]).mean(),
        np.delete(repeats, first[1:] - 1).mean() if len(events) > len(tracks) else np.nan,
        -(used * np.log2(used)).sum(),
        len(events) / bars,
        steps.mean() / TICKS_PER_QUARTER if len(steps) else np.nan,
        histogram[(tonics + MAJOR_SCALE) % 12].sum(axis=1).max(),
    )
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def usual_in_rock() -> dict[str, tuple[float, float]]:
    """Between which values nine in ten rock songs lie (p5 and p95), for each of `style_metrics`.

    Source: the archive that Rock-o-net as published learned from, see data/README.md.
    Notebook: 02.
    """
    with open(_project_folder() / "data" / "rock_percentiles.csv", newline="") as file:
        return {r["metric"]: (float(r["p5"]), float(r["p95"])) for r in csv.DictReader(file)}


def song_key(title: str) -> str:
    """What all variants of a title share: 'Angie', 'angie_2' and 'Angie (live)' are one song.

    Notebook: 02.
    """
    key = re.sub(r"\(.*?\)|\[.*?\]", " ", title.lower())
    key = " ".join(re.findall(r"\w+", key.replace("_", " ")))
    return re.sub(r"(?<=\w) (\d+|v\d+|live|acoustic|unplugged|remix|version)$", "", key) or title


def split_by_song(
    corpus: Corpus, validation: float = 0.1, test: float = 0.1, seed: int = 0
) -> tuple[Corpus, Corpus, Corpus]:
    """Split a corpus into training, validation and test songs.

    validation, test: shares of the titles, 0 to 1. A title's side comes from a hash of the title
        alone: all its variants fall on one side, and adding songs moves no other song. In a small
        folder the shares are only roughly met, but no side is empty.
    Returns three corpora.
    Errors: ValueError for fewer than three titles.
    Notebook: 02.
    """
    place = {}
    for key in {song_key(title) for title in corpus.songs}:
        digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
        place[key] = int.from_bytes(digest[:8], "big") / 2**64
    if len(place) < 3:
        raise ValueError(
            f"There are only {len(place)} titles with a guitar. Training, validation and test need "
            "one each, and a good model a hundred: add songs to the folder."
        )
    side = {key: 2 if x < test else 1 if x < test + validation else 0 for key, x in place.items()}
    ranked = sorted(place, key=place.get)
    # Too few songs for chance: the lowest hashes fill what stayed empty.
    for number, share, key in ((2, test, ranked[0]), (1, validation, ranked[1])):
        if share and number not in side.values():
            side[key] = number
    if 0 not in side.values():
        side[ranked[-1]] = 0
    sides = [side[song_key(title)] for title in corpus.songs]
    return tuple(corpus.select(i for i, s in enumerate(sides) if s == n) for n in (0, 1, 2))


def corpus_for(choice: Settings) -> Corpus:
    """The corpus of these settings; only files that are new since notebook 02 are read.

    Notebook: 02, 03 and 04.
    """
    return build_corpus(choice.folder, choice.programs, cache=choice.output / "corpus.npz")


ROCK_COMMIT = "589b26f2e5211e6875a575e4445e9594392d370b"
ROCK_URL = f"https://github.com/dunnus/Rock-o-net/archive/{ROCK_COMMIT}.zip"


def download_rock_archive(url: str = ROCK_URL) -> Path:
    """Fetch the 1,546 rock songs that the published Rock-o-net learned from into ``data/rock``.

    Each file is checked against ``data/rock_manifest.csv``, and the folder appears only when all
    of them are right. If the zip stands at ``data/rock.zip`` already, nothing is downloaded.
    The songs are their composers' and the arrangements their makers': use them to study at home,
    and do not pass them on.
    Returns the folder; a second call finds it there.
    Errors: ConnectionError without a network, ValueError for a wrong or broken zip, OSError for a
    full disk, FileExistsError if ``data/rock`` holds something else; nothing is left half done.
    Notebook: 02.
    """
    data = _project_folder() / "data"
    target, archive = data / "rock", data / "rock.zip"
    by_hand = f"Or fetch {url} with a browser, save it as {archive}, and run this again."
    with open(data / "rock_manifest.csv", newline="", encoding="utf-8") as lines:
        wanted = {row["path"]: (int(row["bytes"]), row["sha256"]) for row in csv.DictReader(lines)}
    if target.exists():
        wrong = [
            path
            for path, (_, digest) in wanted.items()
            if not (target / path).is_file()
            or hashlib.sha256((target / path).read_bytes()).hexdigest() != digest
        ]
        if wrong:
            raise FileExistsError(
                f"{target} is there, but {len(wrong):,} of its {len(wanted):,} songs are missing "
                f"or changed, {wrong[0]} for one. Move the folder away and run this again."
            )
        print(f"All {len(wanted):,} songs are in {target} already.")
        return target
    brought = archive.exists()
    if not brought:
        _download(url, archive, by_hand)
    try:
        with tempfile.TemporaryDirectory(prefix=".rock-", dir=data) as staging:
            _unpack_checked(archive, wanted, Path(staging) / "rock")
            os.replace(Path(staging) / "rock", target)
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        what = f"{archive} is not the archive, or it is damaged: {error}."
        if brought:
            raise ValueError(f"{what} Delete it and run this again to download it.") from error
        raise ValueError(f"{what} It was deleted; run this again. {by_hand}") from error
    except OSError as error:
        size = sum(size for size, _ in wanted.values()) // 10**6
        raise OSError(
            error.errno, f"The songs need {size} MB in {data} ({error.strerror}). Nothing was kept"
        ) from error
    finally:
        if not brought:
            archive.unlink(missing_ok=True)
    print(
        f"{len(wanted):,} songs are in {target}. They are other people's music: for your own "
        "study, not to be passed on."
    )
    return target


def _download(url: str, path: Path, by_hand: str) -> None:
    """Fetch `url` to `path`, whole or not at all, with a progress bar."""
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    fetch = pooch.HTTPDownloader(progressbar=True, timeout=30)
    try:
        pooch.retrieve(url, None, path.name, path.parent, downloader=fetch)
    except requests.RequestException as error:
        reason = getattr(error.response, "reason", None) or type(error).__name__
        raise ConnectionError(
            f"The archive could not be downloaded ({reason}). Check the network and run this "
            f"again. {by_hand}"
        ) from error
    except OSError as error:
        raise OSError(
            error.errno, f"The download could not be written to {path.parent} ({error.strerror})"
        ) from error


def _unpack_checked(archive: Path, wanted: dict[str, tuple[int, str]], target: Path) -> None:
    """Unpack the wanted files below `target`; ValueError if one is missing or not as listed.

    The paths written are those of the list. What the archive calls its files is only compared.
    """
    with zipfile.ZipFile(archive) as source:
        inside = {info.filename.partition("/")[2]: info for info in source.infolist()}
        for path, (size, digest) in wanted.items():
            info = inside.get(path)
            if info is None:
                raise ValueError(f"{path} is not in it")
            if info.file_size != size:
                raise ValueError(f"{path} has {info.file_size:,} bytes instead of {size:,}")
            content = source.read(info)
            if hashlib.sha256(content).hexdigest() != digest:
                raise ValueError(f"{path} has another content than the published file")
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(content)


# ==================================================================================================
# 6. Classic recipe
# As published: chord symbols become codes, codes become windows, and a network of three LSTM
# layers reads a window and guesses the symbol that follows.
# ==================================================================================================


@dataclass(frozen=True)
class Vocabulary:
    """The chord symbols a classic model knows; a symbol's code is its place in the sorted list.

    mean, deviation: of the codes in the training data, to standardise what the model reads.
    Notebook: 02.
    """

    symbols: tuple[str, ...]
    mean: float
    deviation: float

    def __repr__(self) -> str:
        return f"<Vocabulary: {len(self.symbols):,} symbols>"

    def standardise(self, codes: np.ndarray) -> np.ndarray:
        """Codes as float32 with mean 0 and deviation 1 over the training data."""
        return ((codes - self.mean) / self.deviation).astype(np.float32)

    def codes(self, values: np.ndarray) -> np.ndarray:
        """The codes of standardised values: takes back what `standardise` does."""
        return np.rint(values * self.deviation + self.mean).astype(int)

    def encode(self, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Codes of chord names, and which of them are known.

        An unknown name gets the code of its alphabetical neighbour, which is good enough to be
        read as input, but it must never be counted as an answer.
        """
        symbols = np.array(self.symbols)
        codes = np.minimum(np.searchsorted(symbols, names), len(symbols) - 1)
        return codes, symbols[codes] == np.asarray(names)


@dataclass(frozen=True)
class Windows:
    """Windows of one long array, shape (n_windows, length), cut only when they are looked at.

    values: (n_events,) float32. starts: (n_windows,) places where a window begins.
    Notebook: 02.
    """

    values: np.ndarray
    starts: np.ndarray
    length: int

    def __repr__(self) -> str:
        return f"<Windows: {len(self):,} of {self.length} events>"

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.starts), self.length

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: Any) -> np.ndarray:
        return self.values[np.asarray(self.starts[index])[..., None] + np.arange(self.length)]


@dataclass(frozen=True)
class OneHot:
    """One-hot rows, shape (n_windows, n_classes), made only when they are looked at.

    codes: (n_windows,) ints. Notebook: 02.
    """

    codes: np.ndarray
    n_classes: int

    def __repr__(self) -> str:
        return f"<OneHot: {len(self):,} rows of {self.n_classes:,} classes>"

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.codes), self.n_classes

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, index: Any) -> np.ndarray:
        codes = np.asarray(self.codes[index])
        return (codes[..., None] == np.arange(self.n_classes)).astype(np.float32)


def distinct_in_windows(codes: np.ndarray, offsets: np.ndarray, width: int) -> np.ndarray:
    """For every place, how many distinct codes stand in the window of `width` that begins there.

    offsets: where tracks begin and end; 0 is given where the window would run over the end of its
    track. The time does not depend on `width`: an event is counted by exactly those windows that
    hold it but not the last event before it with the same code.
    Notebook: 02.
    """
    n = len(codes)
    track = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    order = np.lexsort((np.arange(n), codes, track))
    same = (np.diff(codes[order]) == 0) & (np.diff(track[order]) == 0)
    previous = np.full(n, -1)
    previous[order[1:][same]] = order[:-1][same]
    here = np.arange(n)
    lowest = np.maximum.reduce([previous + 1, here - width + 1, offsets[:-1][track]])
    change = np.bincount(lowest, minlength=n + 1) - np.bincount(here + 1, minlength=n + 1)
    distinct = np.cumsum(change)[:n]
    distinct[here + width > offsets[1:][track]] = 0
    return distinct


def window_picture(symbols: Sequence[str], length: int, ax: Any = None) -> Any:
    """How a window moves over a track: a row for each, its question blue, its answer hatched.

    symbols: of the events of one track. length: of the question.
    Notebook: 02.
    """
    rows = len(symbols) - length
    ax = _axes(ax, (0.9 * len(symbols) + 1.5, 0.55 * rows + 0.6))
    for row in range(rows):
        for place, symbol in enumerate(symbols):
            within, answer = row <= place < row + length, place == row + length
            look = dict(facecolor=ORANGE, hatch="//") if answer else dict(facecolor=BLUE)
            look = look if within or answer else dict(facecolor="none", linestyle=":")
            ax.add_patch(_box((place, row), 0.9, 0.8, **look))
            shown = dict(color="white", weight="bold") if within or answer else dict(color=GREY)
            ax.text(place, row, symbol, ha="center", va="center", **shown)
    ax.set(xlim=(-0.6, len(symbols) - 0.4), ylim=(rows - 0.4, -0.6), xticks=[])
    ax.set_yticks(range(rows), [f"window {row + 1}" for row in range(rows)])
    ax.set_title("The question is blue, the answer hatched", loc="left")
    ax.spines[:].set_visible(False)
    return ax.figure


def _box(middle: tuple[float, float], width: float, height: float, **look: Any) -> Any:
    from matplotlib.patches import Rectangle

    x, y = middle
    return Rectangle((x - width / 2, y - height / 2), width, height, edgecolor=GREY, **look)


def classic_windows(
    corpus: Corpus, sequence_length: int, unique_factor: int, vocabulary: Vocabulary | None = None
) -> tuple[Windows, OneHot, Vocabulary]:
    """The published data set: windows of chord codes, and the symbol that follows each.

    sequence_length: events in a window, 1 or more. unique_factor: a window and its answer must
        hold at least so many distinct symbols. vocabulary: that of the training corpus, when this
        is another one; windows whose answer is not in it are left out.
    Returns X of shape (n_windows, sequence_length), standardised; Y of shape (n_windows,
        n_symbols), one-hot; and the vocabulary. No window crosses from one track to the next.
    Errors: ValueError if no window is left, with what to change.
    Source: Rock-o-net as published (steps 3 to 6 of its README).
    Notebook: 02.
    """
    names, place = corpus.chords()
    distinct = distinct_in_windows(place, corpus.offsets, sequence_length + 1)
    starts = np.flatnonzero(distinct >= max(unique_factor, 1))
    if vocabulary is None and len(starts):
        counts = np.bincount(place)
        codes = np.arange(len(names))
        mean = float(np.average(codes, weights=counts))
        deviation = float(np.sqrt(np.average((codes - mean) ** 2, weights=counts)))
        vocabulary = Vocabulary(tuple(names), mean, deviation or 1.0)
    if len(starts):
        code_of_name, known = vocabulary.encode(names)
        starts = starts[known[place[starts + sequence_length]]]
    if len(starts) == 0:
        raise ValueError(
            f"No window of {sequence_length} + 1 events with {unique_factor} distinct symbols in "
            f"{len(corpus.songs)} songs. Choose a smaller sequence_length or unique_factor, or "
            "add songs."
        )
    codes = code_of_name[place]
    X = Windows(vocabulary.standardise(codes), starts, sequence_length)
    Y = OneHot(codes[starts + sequence_length].astype(np.int32), len(vocabulary.symbols))
    return X, Y, vocabulary


def save_windows(path: str | os.PathLike, X: Windows, Y: OneHot, vocabulary: Vocabulary) -> None:
    """Write a classic data set with its vocabulary, mean and deviation as one ``.npz`` file.

    Notebook: 02.
    """
    with _written_whole(path) as temporary:
        np.savez_compressed(
            temporary,
            values=X.values,
            starts=X.starts,
            length=X.length,
            answers=Y.codes,
            symbols=np.array(vocabulary.symbols),
            scale=np.array([vocabulary.mean, vocabulary.deviation]),
        )


def load_windows(path: str | os.PathLike) -> tuple[Windows, OneHot, Vocabulary]:
    """Read what `save_windows` wrote.

    Errors: FileNotFoundError; ValueError if the file is damaged or foreign.
    Notebook: 03.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            vocabulary = Vocabulary(tuple(stored["symbols"].tolist()), *stored["scale"].tolist())
            X = Windows(stored["values"], stored["starts"], int(stored["length"]))
            Y = OneHot(stored["answers"], len(vocabulary.symbols))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} is not a data set of notebook 02. Run notebook 02 again."
        ) from error
    return X, Y, vocabulary


def classic_data(
    choice: Settings,
) -> tuple[tuple[Windows, OneHot], tuple[Windows, OneHot], Vocabulary]:
    """Training and validation windows as notebook 02 saved them; cut and saved now if it did not.

    Returns (X, Y) for training, (X, Y) for validation, and the vocabulary.
    Notebook: 03.
    """
    paths = [choice.output / f"classic_{side}.npz" for side in ("train", "validation")]
    if not all(path.exists() for path in paths):
        train, validation, _ = split_by_song(corpus_for(choice))
        numbers = (choice.sequence_length, choice.unique_factor)
        X, Y, vocabulary = classic_windows(train, *numbers)
        save_windows(paths[0], X, Y, vocabulary)
        save_windows(paths[1], *classic_windows(validation, *numbers, vocabulary))
        print(f"Notebook 02 has not saved its windows yet: cut {len(X):,} of them now.")
    (X, Y, vocabulary), (X_held, Y_held, _) = map(load_windows, paths)
    return (X, Y), (X_held, Y_held), vocabulary


def entropy_nats(Y: OneHot) -> float:
    """Entropy of the answers: the loss of the best guess that looks at no context, in nats.

    Notebook: 03.
    """
    share = np.bincount(Y.codes) / len(Y)
    share = share[share > 0]
    return float(-(share * np.log(share)).sum())


def classic_model(
    sequence_length: int,
    n_symbols: int,
    units: Sequence[int] = (512, 512, 256),
    dense: int = 256,
    dropout: float = 0.3,
) -> Any:
    """The published network, not yet compiled.

    Reads (batch, sequence_length, 1) standardised codes; gives (batch, n_symbols) probabilities.
    Source: the saved model of Rock-o-net as published.
    Notebook: 03.
    """
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((sequence_length, 1)),
            layers.LSTM(units[0], return_sequences=True),
            layers.Dropout(dropout),
            layers.LSTM(units[1], return_sequences=True),
            layers.Dropout(dropout),
            layers.LSTM(units[2]),
            layers.Dense(dense),
            layers.Dropout(dropout),
            layers.Dense(n_symbols, activation="softmax"),
        ],
        name="classic",
    )


def lstm_picture(symbols: Sequence[str], ax: Any = None) -> Any:
    """How an LSTM reads: one event after the other, handing its state on.

    symbols: what it reads; it guesses what comes after each.
    Notebook: 03.
    """
    ax = _axes(ax, (1.4 * len(symbols) + 0.6, 2.3))
    arrow = dict(arrowstyle="-|>", color=GREY, lw=1.5)
    for place, symbol in enumerate(symbols):
        ax.add_patch(_box((place, 1), 0.5, 0.5, facecolor=BLUE))
        ax.text(place, 1, "LSTM", ha="center", va="center", color="white", weight="bold")
        ax.text(place, 0.1, symbol, ha="center", va="center", weight="bold")
        ax.text(place, 1.9, "next?", ha="center", va="center", color=ORANGE)
        ax.annotate("", (place, 0.73), (place, 0.25), arrowprops=arrow)
        ax.annotate("", (place, 1.78), (place, 1.27), arrowprops=arrow)
        ax.annotate("", (place + 0.73, 1), (place + 0.27, 1), arrowprops=arrow)
        ax.text(place + 0.5, 1.08, "state", ha="center", va="bottom", fontsize=9)
    ax.text(len(symbols) - 0.22, 1, "…", va="center", fontsize=16)
    ax.set(xlim=(-0.5, len(symbols)), ylim=(-0.1, 2.1), xticks=[])
    ax.set_yticks([0.1, 1, 1.9], ["read", "sum up", "guess"])
    ax.set_title("The same LSTM at every event; only its state changes", loc="left")
    ax.spines[:].set_visible(False)
    return ax.figure


def classic_optimizer(learning_rate: float, decay: float = 0.01) -> Any:
    """Adam whose rate shrinks with every step, as published: rate / (1 + decay × step).

    Notebook: 03.
    """
    from keras import optimizers

    return optimizers.Adam(
        optimizers.schedules.InverseTimeDecay(learning_rate, decay_steps=1, decay_rate=decay)
    )


# With one thread Keras leaves the feeding to tf.data, which then takes up to five seconds at the
# end of every epoch to stop tuning itself.
FEEDERS = 2


def _classic_batches(X: Windows, Y: OneHot, choice: Settings, epoch: int) -> Any:
    """One epoch of windows in random order, as a Keras PyDataset."""
    import keras

    order = np.random.default_rng([choice.seed, epoch]).permutation(len(X))
    order = order[: choice.epoch_windows or None]
    size = choice.batch_size

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return -(-len(order) // size)

        def __getitem__(self, i: int) -> tuple[np.ndarray, np.ndarray]:
            chosen = order[i * size : (i + 1) * size]
            return X[chosen][..., None], Y[chosen]

    return Batches(workers=FEEDERS)


def mean_loss(model: Any, X: Windows, Y: OneHot, batch_size: int = 512) -> float:
    """Mean of −ln p(answer) over all windows, in nats per event, with dropout off.

    Notebook: 03.
    """
    total = 0.0
    for begin in range(0, len(X), batch_size):
        # The last batch is filled up with windows from the start: another shape costs a second.
        chosen = np.arange(begin, begin + batch_size) % len(X)
        probabilities = np.asarray(model.predict_on_batch(X[chosen][..., None]))
        answers = probabilities[np.arange(batch_size), Y.codes[chosen]][: len(X) - begin]
        total -= np.log(np.maximum(answers, 1e-12)).sum()
    return float(total / len(X))


# ==================================================================================================
# 7. Riff recipe
# An event is predicted in five parts, each knowing the ones before it, at every position.
# The network sees what the music itself suggests: what stood some bars ago, and what followed when
# the last events were heard before. It learns when to believe which of these candidates.
# ==================================================================================================


PARTS = ("step", "bass", "shape", "duration", "velocity")  # in the order of prediction

# Classes of times in ticks: each of 0 to 96 is one of its own, longer ones share.
TIME_EDGES = np.array(
    [*range(97), 108, 120, 144, 168, 192, 240, 288, 384, 480, 576, 768, 1152, 1536, 3072, 6144]
)
VELOCITY_EDGES = np.array([1, 16, 32, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128])
LAG_BARS = (1, 2, 4, 8)
MATCH_LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)


@dataclass(frozen=True)
class RiffVocabulary:
    """How the riff recipe writes events as classes, and what a class costs beyond its own.

    shapes: bit masks with a class of their own, ascending; all others share one class. rare: other
    masks of the training songs with their counts. bits: how often interval i (0 to 63) sounds, for
    shapes that were never seen. steps, durations, velocities: the value that stands for a class.
    Notebook: 03.
    """

    shapes: tuple[int, ...]
    rare: tuple[tuple[int, int], ...]
    bits: tuple[float, ...]
    steps: tuple[int, ...]
    durations: tuple[int, ...]
    velocities: tuple[int, ...]

    def __repr__(self) -> str:
        return f"<RiffVocabulary: classes of each part {self.sizes}>"

    @property
    def sizes(self) -> dict[str, int]:
        """Number of classes of each part."""
        times = len(TIME_EDGES)
        return dict(
            step=times,
            bass=128,
            shape=len(self.shapes) + 1,
            duration=times,
            velocity=len(VELOCITY_EDGES) - 1,
        )

    def encode(self, events: np.ndarray) -> np.ndarray:
        """Classes of events: ints (n_events, 5), the columns as in `PARTS`."""
        shapes = np.array(self.shapes, np.uint64)
        place = np.minimum(np.searchsorted(shapes, events["shape"]), len(shapes) - 1)
        known = shapes[place] == events["shape"]
        return np.stack(
            [
                np.searchsorted(TIME_EDGES, events["step"], side="right") - 1,
                events["bass"].astype(np.int64),
                np.where(known, place + 1, 0),
                np.searchsorted(TIME_EDGES, events["duration"], side="right") - 1,
                np.searchsorted(VELOCITY_EDGES, events["velocity"], side="right") - 1,
            ],
            axis=1,
        )

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Events (n_events,) of dtype `EVENT` for classes (n_events, 5); no shape may be rare."""
        events = np.zeros(len(codes), EVENT)
        events["step"] = np.array(self.steps)[codes[:, 0]]
        events["bass"] = codes[:, 1]
        events["shape"] = np.array(self.shapes, np.uint64)[codes[:, 2] - 1]
        events["duration"] = np.array(self.durations)[codes[:, 3]]
        events["velocity"] = np.array(self.velocities)[codes[:, 4]]
        return events

    def extra_nats(self, events: np.ndarray) -> np.ndarray:
        """What telling an event costs beyond its classes, in nats: floats (n_events, 5).

        All values of a class are taken as equally likely; beyond the last time they grow less
        likely evenly. A rare shape is told by its count among the rare ones, with one part in ten
        kept for shapes that were never seen, told interval by interval.
        """
        extra = np.zeros((len(events), 5))
        for column, name in ((0, "step"), (3, "duration")):
            ticks = events[name].astype(np.int64)
            place = np.searchsorted(TIME_EDGES, ticks, side="right") - 1
            last = place == len(TIME_EDGES) - 1
            width = np.append(np.diff(TIME_EDGES), 1)[place]
            stop = 1 / TIME_EDGES[-1]
            beyond = -np.log(stop) - (ticks - TIME_EDGES[-1]) * np.log1p(-stop)
            extra[:, column] = np.where(last, beyond, np.log(width))
        velocity = np.searchsorted(VELOCITY_EDGES, events["velocity"], side="right") - 1
        extra[:, 4] = np.log(np.diff(VELOCITY_EDGES)[velocity])
        rare = self.encode(events)[:, 2] == 0
        shapes, total = events["shape"][rare], sum(count for _, count in self.rare)
        share, counts = (0.9 if total else 0.0), dict(self.rare)
        heard = np.array([counts.get(int(shape), 0) for shape in shapes]) / max(total, 1)
        spelled = np.exp(-_spelled_nats(shapes, np.array(self.bits)))
        extra[rare, 2] = -np.log(share * heard + (1 - share) * spelled)
        return extra


def _interval_chances(shapes: np.ndarray) -> np.ndarray:
    """How often each interval sounds in shapes, (64,), counted half a time more than it does."""
    return (sounding_intervals(shapes).sum(axis=0) + 0.5) / (len(shapes) + 1)


def _spelled_nats(shapes: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """What it costs to tell shapes (n,) interval by interval, given the chance of each, (64,)."""
    told = np.where(sounding_intervals(shapes), np.log(chances), np.log1p(-chances))
    return -told[:, 1:].sum(axis=1)


def shape_picture(names: Sequence[str], ax: Any = None) -> Any:
    """Chords as a bass and a shape: what stays the same when a chord moves over the neck.

    names: of chords, as 'E2 B2 E3'.
    Notebook: 03.
    """
    ax = _axes(ax, (1.1 * len(names) + 1.9, 2.5))
    for place, name in enumerate(names):
        bass, shape = _bass_and_shape(name)
        above = [interval for interval in range(64) if shape >> interval & 1]
        ax.plot([place] * len(above), [bass + i for i in above], "-", color=GREY, lw=6, zorder=1)
        ax.plot(place, bass, "s", color=ORANGE, ms=13, label="" if place else "bass")
        rest = [bass + i for i in above[1:]]
        ax.plot([place] * len(rest), rest, "o", color=BLUE, ms=11, label="" if place else "shape")
        for interval in above[1:]:
            ax.text(place + 0.13, bass + interval, f"+{interval}", va="center")
        ax.text(place + 0.13, bass, pitch_name(bass), va="center", weight="bold")
    held = [voicings(tuple(map(_pitch_number, name.split())))[0] for name in names]
    frets = ["-".join(str(fret) for fret in way if fret >= 0) for way in held]
    labels = [f"{name}\nfrets {played}" for name, played in zip(names, frets, strict=True)]
    ax.set_xticks(range(len(names)), labels)
    ax.set(xlim=(-0.5, len(names) - 0.2), ylabel="pitch", xlabel="symbol")
    ax.set_title("One shape, moved along the neck", loc="left")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax.figure


def riff_vocabulary(corpus: Corpus, n_shapes: int = 300) -> RiffVocabulary:
    """The vocabulary of a training corpus: its most frequent shapes, and typical values.

    Notebook: 03.
    """
    shapes, counts = corpus.shape_table()

    def typical(name: str, edges: np.ndarray) -> tuple[int, ...]:
        values, heard = np.unique(corpus.events[name], return_counts=True)
        place = np.searchsorted(edges, values, side="right") - 1
        best = edges.copy()
        for i in np.argsort(heard, kind="stable"):  # the most frequent value is written last
            best[place[i]] = values[i]
        return tuple(best.tolist())

    return RiffVocabulary(
        shapes=tuple(np.sort(shapes[:n_shapes]).tolist()),
        rare=tuple(zip(shapes[n_shapes:].tolist(), counts[n_shapes:].tolist(), strict=True)),
        bits=tuple(_interval_chances(corpus.events["shape"]).tolist()),
        steps=typical("step", TIME_EDGES),
        durations=typical("duration", TIME_EDGES),
        velocities=typical("velocity", VELOCITY_EDGES[:-1]),
    )


# Columns of what the network reads at each event. Classes count from 1 here, 0 says "nothing".
_WIDTHS = {
    "target": 5,  # the event itself: only the parts before the one that is predicted are looked at
    "previous": 5,
    "lags": 5 * len(LAG_BARS),  # the events that started just so many bars before
    "match": 5,  # what followed the last time that the longest run of the last events was heard
    "recent": 5,  # the same for the last two events only
    "lag_steps": len(LAG_BARS),  # how long until the next event, so many bars before now
    "match_length": 1,  # place in MATCH_LENGTHS, counted from 1
    "now": 1,  # where in the bar the previous event started, in 48ths, counted from 1
    "then": 1,  # where this one starts
}
_ENDS = np.cumsum([0, *_WIDTHS.values()]).tolist()
RIFF_COLUMNS = {name: slice(a, a + w) for (name, w), a in zip(_WIDTHS.items(), _ENDS, strict=False)}
N_COLUMNS = _ENDS[-1]
_BASS_COLUMNS = np.concatenate(
    [np.arange(s.start + 1, s.stop, 5) for n, s in RIFF_COLUMNS.items() if _WIDTHS[n] % 5 == 0]
)


def riff_inputs(
    events: np.ndarray, offsets: np.ndarray, ticks_per_bar: np.ndarray, vocabulary: RiffVocabulary
) -> np.ndarray:
    """What the network reads at each event: ints (n_events, N_COLUMNS), see `RIFF_COLUMNS`.

    events, offsets: as in a `Corpus`. ticks_per_bar: (n_tracks,) ints.
    Nothing looks ahead: apart from the target itself, all columns are known when it is predicted;
    `lags` and `then` once its step is known.
    Source: looking back by bars is the idea of Magenta's Lookback RNN; the longest match is that
    of the PAQ family of data compressors.
    Notebook: 03.
    """
    n = len(events)
    codes = np.concatenate([vocabulary.encode(events) + 1, np.zeros((1, 5), np.int64)])
    track = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    begin, place = offsets[:-1][track], np.arange(n)
    first, bar = place == begin, ticks_per_bar[track]
    step = events["step"].astype(np.int64)
    onset = np.cumsum(step)
    onset -= (onset - step)[begin] if n else 0
    now = onset - step
    key = track.astype(np.int64) << 40  # one axis of time for all tracks
    lags, lag_steps = [], []
    for bars in LAG_BARS:
        then = onset - bars * bar
        at = np.minimum(np.searchsorted(key + onset, key + then), n - 1)
        lags.append(codes[np.where((then >= 0) & (onset[at] == then) & (at < place), at, n)])
        then = now - bars * bar
        at = np.minimum(np.searchsorted(key + onset, key + then, side="right"), n - 1)
        wait = np.searchsorted(TIME_EDGES, np.maximum(onset[at] - then, 0), side="right")
        lag_steps.append(np.where((then >= 0) & ~first, wait, 0))
    match, recent, length = _longest_matches(codes[:n, :3], track, begin)
    found = {
        "target": codes[:n],
        "previous": codes[np.where(first, n, place - 1)],
        "lags": np.concatenate(lags, axis=1),
        "match": codes[match],
        "recent": codes[recent],
        "lag_steps": np.stack(lag_steps, axis=1),
        "match_length": length[:, None],
        "now": np.where(first, 0, now % bar * 48 // bar + 1)[:, None],
        "then": (onset % bar * 48 // bar + 1)[:, None],
    }
    return np.concatenate([found[name] for name in _WIDTHS], axis=1).astype(np.int16)


def likeness_chart(corpus: Corpus, track: int, ax: Any = None) -> Any:
    """How alike any two bars of a track are: the share of their events that stand in both.

    An event is the same if its pitches and its place in the bar are.
    Source: the self-similarity matrix of Foote, 'Visualizing music and audio using
    self-similarity' (1999), here on notes.
    Notebook: 03.
    """
    events = corpus.track_events(track)
    ticks_per_bar = _ticks_per_bar(corpus.song_info[corpus.tracks[track].song].meter)
    bar, place = np.divmod(np.cumsum(events["step"]), ticks_per_bar)
    bars: list[set] = [set() for _ in range(int(bar[-1]) + 1)]
    for number, *event in zip(bar, place, events["bass"], events["shape"], strict=True):
        bars[number].add(tuple(map(int, event)))
    alike = [[len(a & b) / max(1, len(a | b)) for b in bars] for a in bars]
    ax = _axes(ax, (4.4, 3.6))
    picture = ax.imshow(alike, cmap="Blues", origin="lower", extent=2 * (0.5, len(bars) + 0.5))
    title = corpus.songs[corpus.tracks[track].song]
    ax.set(title=f"Which bars of '{title}' are alike", xlabel="bar", ylabel="bar")
    ax.figure.colorbar(picture, ax=ax, label="share of events in common")
    return ax.figure


def _hash(run: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Runs of codes (from −2 on) as 64-bit numbers, made longer by one code.

    Two different runs share a number less than once in a billion songs.
    """
    run = run * np.uint64(0x9E3779B97F4A7C15) + (codes + 2).astype(np.uint64)
    return run ^ run >> np.uint64(29)


def _longest_matches(
    symbols: np.ndarray, track: np.ndarray, begin: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where in its track the events before each event were heard before, and how many of them.

    Returns for each event the place of the event that followed the longest run heard before, the
    same for a run of two, and the run's place in MATCH_LENGTHS counted from 1; n_events and 0
    where there is none.
    """
    n = len(symbols)
    token = np.unique(symbols, axis=0, return_inverse=True)[1].ravel()
    place, run = np.arange(n), np.zeros(n, np.uint64)
    match, recent, length = np.full(n, n), np.full(n, n), np.zeros(n, np.int64)
    for back in range(1, MATCH_LENGTHS[-1] + 1):
        inside = place - back >= begin
        run = _hash(run, token[np.maximum(place - back, 0)])
        if back not in MATCH_LENGTHS:
            continue
        here = place[inside]
        order = here[np.lexsort((here, run[here], track[here]))]
        same = (run[order[1:]] == run[order[:-1]]) & (track[order[1:]] == track[order[:-1]])
        match[order[1:][same]] = order[:-1][same]
        length[order[1:][same]] = MATCH_LENGTHS.index(back) + 1
        if back == 2:
            recent = match.copy()
    return match, recent, length


def corpus_inputs(corpus: Corpus, vocabulary: RiffVocabulary) -> np.ndarray:
    """`riff_inputs` of all tracks of a corpus. Notebook: 03."""
    bars = [_ticks_per_bar(corpus.song_info[track.song].meter) for track in corpus.tracks]
    return riff_inputs(corpus.events, corpus.offsets, np.array(bars), vocabulary)


def _ticks_per_bar(meter: tuple[int, int]) -> int:
    return max(1, 4 * TICKS_PER_QUARTER * meter[0] // meter[1])


def riff_model(
    sizes: dict[str, int],
    units: Sequence[int] = (192,),
    hidden: int = 128,
    dropout: float = 0.1,
    candidates: bool = True,
    skip: bool = True,
    carry: bool = False,
) -> Any:
    """The network of the riff recipe, not yet compiled.

    sizes: classes of each part, as `RiffVocabulary.sizes`. units: cells of the LSTM layers.
    hidden: width of the layer in each head. candidates: whether it sees what the music suggests;
        skip: whether the heads see the input besides the LSTM (both for experiments).
    carry: give it in pieces, to go on event by event: a network from the inputs and the states of
        the LSTM layers to what it knows and the new states; and for each part a network from the
        inputs and what is known to its logits.
    Reads ints (batch, events, N_COLUMNS) of `riff_inputs`; gives a dict of logits (batch, events,
        classes), one for each of `PARTS`. Each part sees the target's parts before it, and no more.
    Notebook: 03.
    """
    import keras
    from keras import layers, ops

    inputs = keras.Input((None, N_COLUMNS), dtype="int32")
    width = {"step": 24, "bass": 48, "shape": 24, "duration": 16, "velocity": 4}
    embed = {p: layers.Embedding(sizes[p] + 1, width[p], name=f"embed_{p}") for p in PARTS}
    small = {
        p: layers.Embedding(sizes[p] + 1, max(3, width[p] // 4), name=f"candidate_{p}")
        for p in PARTS
    }
    position = layers.Embedding(49, 12, name="embed_position")
    run = layers.Embedding(len(MATCH_LENGTHS) + 1, 8, name="embed_match_length")

    def columns(name: str, first: int = 0, every: int = 1) -> Any:
        return inputs[:, :, RIFF_COLUMNS[name].start + first : RIFF_COLUMNS[name].stop : every]

    def join(*things: Any) -> Any:
        return layers.Concatenate()(things) if len(things) > 1 else things[0]

    def embedded(table: Any, codes: Any) -> Any:
        """(batch, events, n) codes to (batch, events, n × width)."""
        return layers.Reshape((-1, codes.shape[-1] * table.output_dim))(table(codes))

    def guesses(part: int) -> Any:
        """Codes of one part: what the music suggests, and last what the previous event had."""
        previous = columns("previous", part, 5)
        if not candidates:
            return previous
        lags = columns("lags", part, 5) if part else columns("lag_steps")
        return join(lags, columns("match", part, 5), columns("recent", part, 5), previous)

    known = [embed[part](columns("previous", i, 5)[:, :, 0]) for i, part in enumerate(PARTS)]
    known.append(position(columns("now")[:, :, 0]))
    if candidates:
        known.append(embedded(small["step"], guesses(0)))
        known += [embedded(small[p], columns("match", i, 5)) for i, p in enumerate(PARTS) if i]
        known.append(run(columns("match_length")[:, :, 0]))
    known = join(*known)
    heard, states_in, states_out = known, [], []
    for number, cells in enumerate(units):
        lstm = layers.LSTM(cells, return_sequences=True, return_state=carry, name=f"lstm_{number}")
        if carry:
            states_in += [keras.Input((cells,)), keras.Input((cells,))]
            heard, *states = lstm(heard, initial_state=states_in[-2:])
            states_out += states
        else:
            heard = lstm(heard)
        heard = layers.Dropout(dropout, name=f"dropout_{number}")(heard)

    told = [join(heard, known) if skip else heard]  # what the next head knows; grows part by part
    if carry:
        listen = keras.Model([inputs, *states_in], [*told, *states_out], name="listen")
        told = [keras.Input((None, told[0].shape[-1]))]
    heard_and_known, logits = told[0], {}
    for i, part in enumerate(PARTS):
        guessed = guesses(i)
        told_here = list(told)
        if part == "bass":
            told_here.append(position(columns("then")[:, :, 0]))
        if candidates:
            if i:
                told_here.append(embedded(small[part], guessed))
                # Do the matches suggest the step that was taken?
                steps = join(columns("match", 0, 5), columns("recent", 0, 5))
                told_here.append(ops.cast(ops.equal(steps, columns("target")[:, :, :1]), "float32"))
            one, other = guessed[:, :, :, None], guessed[:, :, None, :]
            agree = ops.cast(ops.logical_and(ops.equal(one, other), one > 0), "float32")
            told_here.append(layers.Reshape((-1, guessed.shape[-1] ** 2))(agree))
        thought = layers.Dense(hidden, activation="relu", name=f"hidden_{part}")(join(*told_here))
        thought = layers.Dropout(dropout, name=f"dropout_{part}")(thought)
        score = layers.Dense(sizes[part], name=f"score_{part}")(thought)
        if candidates:  # a vote for each guess, as strong as the network trusts it just now
            if part == "duration":  # until the next note is a frequent length
                guessed = join(guessed, columns("target")[:, :, :1])
            trust = layers.Dense(guessed.shape[-1], name=f"trust_{part}")(thought)
            votes = ops.one_hot(guessed - 1, sizes[part])  # of what is not there: no vote
            score = score + ops.einsum("btg,btgc->btc", trust, votes)
        logits[part] = score
        told.append(embed[part](columns("target")[:, :, i]))
    if carry:
        return listen, {p: keras.Model([inputs, heard_and_known], logits[p]) for p in PARTS}
    return keras.Model(inputs, logits, name="riff")


def riff_picture(ax: Any = None) -> Any:
    """How `riff_model` guesses an event: a chain of heads, and the votes of the candidates.

    Notebook: 03.
    """
    ax = _axes(ax, (7.6, 3.2))
    arrow = dict(arrowstyle="-|>", color=GREY, lw=1.3)
    votes = dict(arrow, color=ORANGE, linestyle="--")
    for place, part in enumerate(PARTS):
        ax.add_patch(_box((place, 1.35), 0.56, 0.3, facecolor=BLUE))
        ax.text(place, 1.35, "head", ha="center", va="center", color="white", weight="bold")
        ax.text(place, 2.1, part, ha="center", va="center", weight="bold")
        ax.annotate("", (place, 1.97), (place, 1.52), arrowprops=arrow)
        ax.annotate("", (place, 1.18), (place, 0.82), arrowprops=arrow)
        ax.annotate("", (place + 0.36, 2), (place + 0.36, 0.32), arrowprops=votes)
        ax.text(place + 0.39, 1.1, "vote", color=ORANGE, rotation=90, va="center", fontsize=9)
        if place:
            ax.annotate("", (place - 0.22, 1.52), (place - 0.82, 1.98), arrowprops=arrow)
    middle, width = (len(PARTS) - 1) / 2 + 0.06, len(PARTS) - 0.2
    for height, colour, name in (
        (0.65, GREY, "what it knows: the LSTM's state, the last event, the candidates"),
        (0.15, ORANGE, "candidates: what stood here 1, 2, 4, 8 bars ago; what followed the match"),
    ):
        ax.add_patch(_box((middle, height), width, 0.3, facecolor=colour))
        ax.text(middle, height, name, ha="center", va="center", color="white", weight="bold")
    ax.set(xlim=(-0.4, len(PARTS) - 0.45), ylim=(-0.05, 2.3), xticks=[])
    ax.set_yticks([0.65, 1.35, 2.1], ["know", "think", "guess"])
    ax.set_title("Each part is guessed when those before it are known", loc="left")
    ax.spines[:].set_visible(False)
    return ax.figure


def _surprise_model(model: Any) -> Any:
    """A model round `model` that gives −ln p of the target's parts, (batch, events, 5)."""
    import keras
    from keras import ops

    inputs = keras.Input((None, N_COLUMNS), dtype="int32")
    logits = model(inputs)
    targets = inputs[:, :, RIFF_COLUMNS["target"]] - 1
    nats = [
        keras.losses.sparse_categorical_crossentropy(
            targets[:, :, i], logits[part], from_logits=True
        )
        for i, part in enumerate(PARTS)
    ]
    return keras.Model(inputs, ops.stack(nats, axis=-1), name="surprise")


def _riff_loss(mask: Any, nats: Any) -> Any:
    """Mean of the summed parts over the events that count; velocity counts a third."""
    from keras import ops

    weights = ops.convert_to_tensor([1.0, 1.0, 1.0, 1.0, 0.3], nats.dtype)
    return ops.sum(nats * weights * mask) / ops.sum(mask)


def _part_metrics(extra: np.ndarray) -> list[Any]:
    """The mean nats of each part; `extra` (5,): what telling events costs beyond their classes."""
    import keras
    from keras import ops

    def mean_of(i: int, mask: Any, nats: Any) -> Any:
        return ops.sum(nats[..., i] * mask[..., 0]) / ops.sum(mask) + float(extra[i])

    # Metrics rather than functions: those would have TensorFlow trace the first step twice.
    means = (functools.partial(mean_of, i) for i in range(len(PARTS)))
    return [keras.metrics.MeanMetricWrapper(f, part) for f, part in zip(means, PARTS, strict=True)]


def _riff_windows(offsets: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
    """Begin and number of events of windows that cover each track once, in random order."""
    windows = []
    for begin, end in itertools.pairwise(offsets.tolist()):
        if begin == end:
            continue
        phase = begin + int(rng.integers(length)) if end - begin > length else begin
        edges = sorted({begin, *range(phase, end, length), end})
        windows += [(a, b - a) for a, b in itertools.pairwise(edges)]
    return rng.permutation(np.array(windows))


def _window_batches(offsets: np.ndarray, choice: Settings, epoch: int, batch: Callable) -> Any:
    """One epoch of windows in random order, as a Keras PyDataset.

    batch: from places (riff_batch, riff_window) in the events, a mask of those that belong to the
    window, and a generator of random numbers, to what Keras is given.
    """
    import keras

    length, size = choice.riff_window, choice.riff_batch
    windows = _riff_windows(offsets, length, np.random.default_rng([choice.seed, epoch]))
    windows = windows[: choice.riff_epoch_windows or None]

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return max(1, len(windows) // size)

        def __getitem__(self, i: int) -> tuple[np.ndarray, ...]:
            # Taken round the corner, so that the only batch is full: a new shape costs a second.
            chosen = windows[np.arange(i * size, (i + 1) * size) % len(windows)]
            place = np.minimum(chosen[:, :1] + np.arange(length), offsets[-1] - 1)
            mask = np.arange(length) < chosen[:, 1:]
            return batch(place, mask, np.random.default_rng([choice.seed, epoch, i]))

    return Batches(workers=FEEDERS)


def _riff_batches(inputs: np.ndarray, offsets: np.ndarray, choice: Settings, epoch: int) -> Any:
    """One epoch of windows, each moved up or down by up to half an octave."""
    target = RIFF_COLUMNS["target"].start + 1

    def batch(
        place: np.ndarray, mask: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        X = inputs[place].astype(np.int32) * mask[..., None]
        X[..., RIFF_COLUMNS["target"]] += 1 - mask[..., None]  # any class: it does not count
        lowest = np.where(mask, X[..., target], 999).min(axis=1) - 1
        highest = np.where(mask, X[..., target], 0).max(axis=1) - 1
        shift = rng.integers(-5, 7, len(X))
        shift = np.clip(shift, np.minimum(0, 40 - lowest), np.maximum(0, 88 - highest))
        bass = X[..., _BASS_COLUMNS]
        moved = np.clip(bass + shift[:, None, None], 1, 128)
        X[..., _BASS_COLUMNS] = np.where(bass > 0, moved, 0)
        return X, mask[..., None].astype(np.float32)

    return _window_batches(offsets, choice, epoch, batch)


def _overlapping_windows(
    offsets: np.ndarray, length: int = 256, size: int = 16
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """All events of all tracks, in batches of windows that overlap by half; each counts once.

    In all but the first window of a track only the second half counts, so that each event has at
    least `length` / 2 events of its track before it. Yields places in the events, a mask of those
    that belong to the window, and a mask of those that count, all (size, length).
    """
    half, windows = length // 2, []  # begin, first that counts, end
    for begin, end in itertools.pairwise(offsets.tolist()):
        if begin < end:
            windows.append((begin, begin, min(begin + length, end)))
            windows += [(a - half, a, min(a + half, end)) for a in range(begin + length, end, half)]
    windows.sort(key=lambda window: window[2] - window[0])
    for i in range(0, len(windows), size):
        some = np.array(windows[i : i + size])
        filled = some[np.arange(size) % len(some)]  # another shape would cost a second
        place = filled[:, :1] + np.arange(length)
        inside = place < filled[:, 2:]
        counts = inside & (place >= filled[:, 1:2])
        counts[len(some) :] = False
        yield np.minimum(place, offsets[-1] - 1), inside, counts


def _mean_surprise(
    surprise: Any, inputs: np.ndarray, offsets: np.ndarray, length: int = 256, size: int = 16
) -> np.ndarray:
    """Mean nats of each part over all events, (5,)."""
    total = np.zeros(len(PARTS))
    for place, inside, counts in _overlapping_windows(offsets, length, size):
        X = inputs[place].astype(np.int32) * inside[..., None]
        X[..., RIFF_COLUMNS["target"]] = np.maximum(X[..., RIFF_COLUMNS["target"]], 1)
        # Under a strategy each device answers for the whole batch: the first answer will do.
        nats = np.asarray(surprise.predict_on_batch(X), np.float64)[:size]
        total += nats[counts].sum(axis=0)
    return total / max(1, offsets[-1])


# ==================================================================================================
# 8. Counting
# Predictors that only count, measured in nats per event on songs that they never saw. Every event
# counts once, and a chord that a predictor cannot name has its honest price.
# ==================================================================================================


@dataclass(frozen=True)
class _Chords:
    """Chords as numbers: those of the training songs count from 0, all others are −1.

    escape: the chance that a chord is new (Good and Turing: as many as were heard once), which is
    taken from all known ones. new_nats: what telling each new chord of the test costs beyond that.
    """

    train: np.ndarray
    test: np.ndarray
    names: list[str]
    escape: float
    new_nats: np.ndarray

    def nats(self, chance: np.ndarray) -> float:
        """Mean nats per test event, given the chance of each if it is a known chord."""
        known = self.test >= 0
        right = -np.log(chance[known]).sum() - known.sum() * np.log1p(-self.escape)
        new = self.new_nats.sum() - (~known).sum() * np.log(self.escape)
        return float((right + new) / len(self.test))


def _chords(train: Corpus, test: Corpus) -> _Chords:
    names, codes = train.chords()
    test_names, test_codes = test.chords()
    place = {name: i for i, name in enumerate(names)}
    test_codes = np.array([place.get(name, -1) for name in test_names])[test_codes]
    once = (np.bincount(codes) == 1).sum()
    new = test.events[test_codes < 0]
    spelled = _spelled_nats(new["shape"], _interval_chances(train.events["shape"]))
    return _Chords(codes, test_codes, names, (once + 1) / (len(codes) + 2), spelled + np.log(128))


def ngram_nats(train: Corpus, test: Corpus, order: int) -> float:
    """Nats per event of guessing the next chord from how often it followed the last ones.

    order: 1 counts chords alone (unigram), 2 pairs (bigram), and so on; 0 is blind guessing among
        the chords of the training songs. Shorter contexts are mixed in as Witten and Bell do.
    Source: Witten and Bell, 'The zero-frequency problem', 1991.
    Notebook: 03.
    """
    chords = _chords(train, test)
    n_chords = len(chords.names)
    chance = np.full(len(chords.test), 1 / n_chords)
    for length in range(order):
        context = _contexts(chords.train, train.offsets, length)
        asked = _contexts(chords.test, test.offsets, length)
        pair = _hash(context, chords.train)
        kinds, first, counts = np.unique(pair, return_index=True, return_counts=True)
        contexts, place = np.unique(context, return_inverse=True)
        heard = np.bincount(place)
        followers = np.bincount(place[first])
        at = np.minimum(np.searchsorted(contexts, asked), len(contexts) - 1)
        found = contexts[at] == asked
        wanted = _hash(asked, chords.test)
        at_pair = np.minimum(np.searchsorted(kinds, wanted), len(kinds) - 1)
        count = np.where(kinds[at_pair] == wanted, counts[at_pair], 0)
        n, t = heard[at], followers[at]
        chance = np.where(found, (count + t * chance) / (n + t), chance)
    return chords.nats(chance)


def _contexts(codes: np.ndarray, offsets: np.ndarray, length: int) -> np.ndarray:
    """For each event a number for the `length` codes before it in its track."""
    place = np.arange(len(codes))
    begin = np.repeat(offsets[:-1], np.diff(offsets))
    run = np.zeros(len(codes), np.uint64)
    for back in range(length, 0, -1):
        inside = place - back >= begin
        run = _hash(run, np.where(inside, codes[np.maximum(place - back, 0)], -2))
    return run


def copy_nats(train: Corpus, test: Corpus, what: str = "bar") -> float:
    """Nats per event of copying: the chord of one bar ago, or what followed the longest match.

    what: "bar" or "match". How far a copy is trusted is counted on the training songs, for each
    length of the match; what trust is left goes to the frequencies of the chords.
    Notebook: 03.
    """
    chords, vocabulary = _chords(train, test), riff_vocabulary(train, 100_000)
    frequency = (np.bincount(chords.train, minlength=len(chords.names)) + 1) / (
        len(chords.train) + len(chords.names)
    )
    trust: dict[int, float] = {}
    for corpus in (train, test):
        inputs = corpus_inputs(corpus, vocabulary)
        copied = inputs[:, RIFF_COLUMNS["match" if what == "match" else "lags"]][:, 1:3]
        target = inputs[:, RIFF_COLUMNS["target"]][:, 1:3]
        right = (copied == target).all(axis=1)
        length = inputs[:, RIFF_COLUMNS["match_length"]][:, 0] * (what == "match")
        length = np.where(copied[:, 0] > 0, length, -1)
        if corpus is train:
            for kind in np.unique(length):
                hits = right[length == kind]
                trust[int(kind)] = (hits.sum() + 1) / (len(hits) + 2) if kind >= 0 else 0.0
    believed = np.array([trust.get(int(kind), 0.0) for kind in length])
    chance = (1 - believed) * frequency[chords.test] + believed * right
    return chords.nats(chance)


# ==================================================================================================
# 9. Training
# Any recipe, once for each learning rate, with a chart that grows. Every epoch is on disk before
# the next begins, so training can be interrupted and goes on later, with the same result.
# ==================================================================================================


@dataclass(frozen=True)
class Epoch:
    """One pass over the training data. Losses are in nats per event.

    recipe: "classic", "riff" (the sum of its parts, without velocity), or one part: "riff bass".
    """

    recipe: str
    learning_rate: float
    epoch: int
    loss: float
    validation_loss: float
    seconds: float


@dataclass(frozen=True)
class History:
    """What training measured: an `Epoch` each, and what guessing by frequency costs each recipe.

    ``history + other`` holds both.
    Notebook: 03.
    """

    epochs: tuple[Epoch, ...]
    unigram_nats: dict[str, float]

    def __repr__(self) -> str:
        rates = ", ".join(f"{rate:g}" for rate in self.learning_rates)
        return f"<History of {', '.join(self.recipes)}: {len(self.epochs)} rows, rates {rates}>"

    def __add__(self, other: History) -> History:
        return History(self.epochs + other.epochs, self.unigram_nats | other.unigram_nats)

    @property
    def recipes(self) -> list[str]:
        return list(self.unigram_nats)

    def series(self, name: str, learning_rate: float) -> list[Epoch]:
        """The epochs of a recipe, or of a part of it, at one learning rate, in order."""
        rows = (row for row in self.epochs if row.recipe == name)
        return [row for row in rows if row.learning_rate == learning_rate]

    def of(self, learning_rate: float) -> list[Epoch]:
        """The epochs of the first recipe at one learning rate, in order."""
        return self.series(self.recipes[0], learning_rate)

    @property
    def learning_rates(self) -> list[float]:
        return list(dict.fromkeys(row.learning_rate for row in self.epochs))

    @property
    def best(self) -> Epoch:
        """The epoch of the first recipe, at any rate, with the lowest validation loss."""
        whole = [row for row in self.epochs if row.recipe == self.recipes[0]]
        return min(whole, key=lambda row: row.validation_loss)

    def save(self, path: str | os.PathLike) -> None:
        """Write a CSV file with a row for each epoch."""
        names = [f.name for f in dataclasses.fields(Epoch)]
        with _written_whole(path) as temporary, open(temporary, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*names, "unigram_nats"])
            for row in self.epochs:
                unigram = self.unigram_nats[row.recipe.split()[0]]
                writer.writerow([*dataclasses.astuple(row), unigram])


def load_history(path: str | os.PathLike) -> History:
    """Read what `History.save` wrote.

    Errors: FileNotFoundError; ValueError if a column is missing or a number is not one.
    Notebook: 03.
    """
    kinds = (str, float, int, float, float, float)
    try:
        with open(path, newline="") as file:
            rows = list(csv.DictReader(file))
        names = [f.name for f in dataclasses.fields(Epoch)]
        epochs = tuple(
            Epoch(*(kind(row[name]) for kind, name in zip(kinds, names, strict=True)))
            for row in rows
        )
        unigram = {row["recipe"].split()[0]: float(row["unigram_nats"]) for row in rows}
        if not rows:
            raise ValueError("it is empty")
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise ValueError(
            f"{path} is not a loss history ({error!r}). Run notebook 03 to write it again."
        ) from error
    return History(epochs, unigram)


RATE_STYLES = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), ("#CC79A7", "D"), (GREY, "v"))


def loss_chart(history: History, ax: Any = None) -> Any:
    """What the next chord costs against epochs: a panel for each recipe, a colour for each rate.

    Training is solid, validation dashed, and the dotted line is the loss of guessing by frequency
    alone, which a model beats only by looking at the context.
    ax: as many axes as the history has recipes.
    Notebook: 03.
    """
    recipes = history.recipes
    if ax is None:
        import matplotlib.pyplot as plt

        size = (8, 4.5) if len(recipes) == 1 else (11, 4.5)
        figure, ax = plt.subplots(
            1, len(recipes), figsize=size, sharey=True, squeeze=False, layout="constrained"
        )
        plt.close(figure)
    axes = np.ravel(ax)
    for recipe, panel in zip(recipes, axes, strict=True):
        for rate, (colour, marker) in zip(
            history.learning_rates, itertools.cycle(RATE_STYLES), strict=False
        ):
            # A chord of the riff recipe is told in two parts.
            names = ("riff bass", "riff shape") if recipe == "riff" else (recipe,)
            rows = [history.series(name, rate) for name in names]
            epochs = [row.epoch for row in rows[0]]
            style = dict(
                color=colour, marker=marker, markevery=max(1, len(epochs) // 20), markersize=5
            )
            losses = np.sum([[row.loss for row in part] for part in rows], axis=0)
            held = np.sum([[row.validation_loss for row in part] for part in rows], axis=0)
            panel.plot(epochs, losses, label=f"rate {rate:g}, training", **style)
            panel.plot(
                epochs,
                held,
                label=f"rate {rate:g}, validation",
                linestyle="--",
                alpha=0.7,
                fillstyle="none",
                **style,
            )
        unigram = history.unigram_nats[recipe]
        panel.axhline(unigram, color="black", linestyle=":", label="guess by frequency")
        panel.set_xlabel("epoch")
        panel.set_title(f"Loss of the next chord: the {recipe} recipe", loc="left")
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.grid(alpha=0.3)
    axes[0].set_ylabel("loss (nats per event)")
    axes[-1].legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return axes[0].figure


def parts_chart(history: History, ax: Any = None) -> Any:
    """Loss of each part of the riff recipe against epochs; solid training, dashed validation.

    Of a sweep it shows the first rate.
    Notebook: 03.
    """
    ax = _axes(ax, (8, 3.5))
    styles = (("black", "o"), *RATE_STYLES)
    for (colour, marker), name in zip(styles, ("riff", *(f"riff {p}" for p in PARTS)), strict=True):
        rows = history.series(name, history.learning_rates[0])
        epochs = [row.epoch for row in rows]
        style = dict(color=colour, marker=marker, markersize=4, markevery=max(1, len(rows) // 15))
        label = name.removeprefix("riff ") if name != "riff" else "total without velocity"
        ax.plot(epochs, [row.loss for row in rows], label=label, **style)
        held = [row.validation_loss for row in rows]
        ax.plot(epochs, held, linestyle="--", alpha=0.7, fillstyle="none", **style)
    ax.set(xlabel="epoch", ylabel="loss (nats per event)", ylim=(0, None))
    ax.set_title("The five parts of an event: training solid, validation dashed", loc="left")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return ax.figure


def save_loss_chart(history: History, folder: str | os.PathLike) -> list[Path]:
    """Write ``loss_history.csv`` and, drawn from it, ``loss_chart.png`` and ``.svg``.

    The same history always gives the same bytes, so that a changed figure means changed numbers.
    Notebook: 03.
    """
    import matplotlib

    folder = Path(folder)
    paths = [folder / name for name in ("loss_history.csv", "loss_chart.png", "loss_chart.svg")]
    history.save(paths[0])
    figure = loss_chart(load_history(paths[0]))
    with matplotlib.rc_context({"svg.hashsalt": "rockonet"}):
        for path, metadata in ((paths[1], {"Software": None}), (paths[2], {"Date": None})):
            with _written_whole(path) as temporary:
                figure.savefig(temporary, dpi=150, metadata=metadata)
    return paths


def redraw_loss_chart() -> None:
    """Draw the loss chart again from ``figures/loss_history.csv``: what `make figure` does."""
    folder = settings().figures
    for path in save_loss_chart(load_history(folder / "loss_history.csv"), folder):
        print(f"wrote {path}")


class _LiveChart:
    """A status line and, if there is something to draw, a chart that change in place, through
    display handles.

    Nothing is cleared, so the page does not jump and other output stays. Outside a notebook a line
    is printed now and then.
    """

    def __init__(self, total_steps: int, draw: Callable[[], Any] | None = None):
        self.total_steps, self.step, self.started = total_steps, 0, time.perf_counter()
        self.draw, self.status, self.chart = None, None, None
        if _in_notebook():
            self.draw, self.status = draw, display(Markdown("…"), display_id=True)
        self.say("Preparing the model…")

    def on_batch(self, what: str) -> None:
        self.step += 1
        now = time.perf_counter()
        if self.step == 1:  # to make ready takes as long as many steps, and is over now
            self.start = self.last_shown = now
        elif now - self.last_shown > (1 if self.status else 10):
            self.last_shown = now
            left = (now - self.start) / (self.step - 1) * (self.total_steps - self.step)
            self.say(f"{what} · about {_minutes(left)} left")

    def on_epoch(self) -> None:
        if not self.draw:
            return
        figure = self.draw()
        if self.chart is None:
            self.chart = display(figure, display_id=True)
        else:
            self.chart.update(figure)

    def say(self, text: str) -> None:
        """Show a text; in it, {} stands for the time since the chart was made."""
        text = text.format(_minutes(time.perf_counter() - self.started))
        if self.status:
            self.status.update(Markdown(text))
        else:
            print(text, flush=True)


def _in_notebook() -> bool:
    import IPython

    return hasattr(IPython.get_ipython(), "kernel")


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


@dataclass(frozen=True)
class _Lesson:
    """What training needs to know of a recipe and its songs.

    key: names the experiment, apart from the rate. corpus: fingerprint of the training data.
    epochs: how many at most. patience: epochs without a lower validation loss before it stops.
    parts: what is measured, in the order in which `measure` gives it and by the names of the
    metrics that training reports; the total is the sum of the first four. start: from a rate to
    the network and the compiled model that trains it. batches: from an epoch, counted from 1, to
    its Keras PyDataset. measure: from the compiled model to the mean nats of the validation songs.
    """

    recipe: str
    vocabulary: Vocabulary | RiffVocabulary
    length: int
    key: str
    corpus: str
    unigram_nats: float
    epochs: int
    patience: float
    parts: tuple[str, ...]
    start: Callable[[float], tuple[Any, Any]]
    batches: Callable[[int], Any]
    measure: Callable[[Any], np.ndarray]


def _classic_lesson(
    train: tuple[Windows, OneHot],
    validation: tuple[Windows, OneHot],
    vocabulary: Vocabulary,
    choice: Settings,
    build_model: Callable[..., Any],
) -> _Lesson:
    for pair in (train, validation):
        if not (isinstance(pair, tuple) and isinstance(pair[0], Windows) and len(pair) == 2):
            raise ValueError(
                "The classic recipe learns from two pairs (X, Y) as notebook 02 makes them. For "
                "fewer windows give the whole pairs and settings.replace(epoch_windows=300)."
            )
    X, Y = train
    shape = X.length, len(vocabulary.symbols)
    size = dict(units=choice.units, dense=choice.dense, dropout=choice.dropout)
    numbers = [choice.batch_size, choice.epoch_windows, choice.decay, choice.seed]
    data = _fingerprint(X.values, X.starts, Y.codes)

    def start(rate: float) -> tuple[Any, Any]:
        _start_afresh(choice.seed)
        model = build_model(*shape, **size)
        _compile(model, classic_optimizer(rate, choice.decay), "categorical_crossentropy")
        return model, model

    return _Lesson(
        "classic",
        vocabulary,
        X.length,
        _experiment_key(build_model(*shape, **size), [vocabulary.symbols, numbers, data]),
        data,
        entropy_nats(Y),
        choice.epochs,
        np.inf,
        ("loss",),
        start,
        batches=lambda epoch: _classic_batches(X, Y, choice, epoch),
        measure=lambda model: np.array([mean_loss(model, *validation)]),
    )


PATIENCE = 6  # epochs without a lower validation loss after which the riff recipe stops


def _riff_lesson(
    train: Corpus,
    validation: Corpus,
    vocabulary: RiffVocabulary,
    choice: Settings,
    build_model: Callable[..., Any],
) -> _Lesson:
    inputs, held = corpus_inputs(train, vocabulary), corpus_inputs(validation, vocabulary)
    extra, held_extra = (
        vocabulary.extra_nats(corpus.events).mean(axis=0) for corpus in (train, validation)
    )
    steps = len(_riff_batches(inputs, train.offsets, choice, 1))
    build = functools.partial(
        build_model, vocabulary.sizes, choice.riff_units, dropout=choice.riff_dropout
    )

    @functools.cache
    def first() -> tuple[Any, Any, Any, list[np.ndarray]]:
        """Network, compiled model, its rate, and the state in which every rate starts."""
        import keras

        _start_afresh(choice.seed)
        network = build()
        model = _surprise_model(network)
        plan = keras.optimizers.schedules.CosineDecay(
            1 / 20,
            decay_steps=max(1, choice.riff_epochs * steps),
            alpha=0.2,
            warmup_target=1.0,
            warmup_steps=min(100, steps),
        )

        class Plan(keras.optimizers.schedules.LearningRateSchedule):
            rate: Any  # a variable: to compile a network for each rate takes 20 seconds

            def __call__(self, step: Any) -> Any:
                return self.rate * plan(step)

        scaled = Plan()
        optimizer = keras.optimizers.AdamW(scaled, weight_decay=1e-3, clipnorm=1.0)
        scaled.rate = optimizer.add_variable((), name="rate")
        _compile(model, optimizer, _riff_loss, _part_metrics(extra))
        return network, model, scaled.rate, _state(model)

    def start(rate: float) -> tuple[Any, Any]:
        network, model, variable, begin = first()
        _set_state(model, begin)
        variable.assign(rate)
        return network, model

    numbers = [getattr(choice, f.name) for f in dataclasses.fields(choice) if "riff" in f.name]
    numbers.remove(choice.riff_rate)
    songs = [train.fingerprint(), validation.fingerprint()]
    return _Lesson(
        "riff",
        vocabulary,
        choice.riff_window,
        _experiment_key(build(), [numbers, choice.seed, songs]),
        train.fingerprint(),
        ngram_nats(train, validation, 1),
        choice.riff_epochs,
        PATIENCE,
        PARTS,
        start,
        batches=lambda epoch: _riff_batches(inputs, train.offsets, choice, epoch),
        measure=lambda model: _mean_surprise(model, held, validation.offsets) + held_extra,
    )


def learning_rate_sweep(
    train: Any,
    validation: Any,
    vocabulary: Vocabulary | RiffVocabulary,
    choice: Settings,
    build_model: Callable[..., Any] | None = None,
    live: bool = True,
    keep: bool = True,
) -> History:
    """Train a fresh model of either recipe at each learning rate of `choice` and compare.

    train, validation, vocabulary: for the classic recipe (X, Y) of `classic_windows` and their
        vocabulary, as from `classic_data`; for the riff recipe two corpora of `split_by_song` and
        the `riff_vocabulary` of the first.
    build_model: called with the arguments of `classic_model` or `riff_model`, which are used
        without it; returns an uncompiled Keras model. live: draw a status line and a chart that
        grow while it trains. keep: save the model with the lowest validation loss, of any rate
        after any epoch, for notebook 04.
    After every epoch the model and the history are on disk. Interrupt at any time (the stop button
    of the notebook); the same call goes on after the last whole epoch, and when all is trained
    it returns at once. An interrupt before the first whole epoch is a KeyboardInterrupt.
    Returns the `History`: loss and validation loss in nats per event for each rate and epoch.
    Source: Rock-o-net as published (Adam, categorical cross-entropy, 200 epochs a rate).
    Notebook: 03.
    """
    if isinstance(vocabulary, Vocabulary):
        lesson = _classic_lesson(
            train, validation, vocabulary, choice, build_model or classic_model
        )
    else:
        lesson = _riff_lesson(train, validation, vocabulary, choice, build_model or riff_model)
    folder = choice.output / "training" / lesson.key
    history = _train(lesson, choice.learning_rates, folder, choice.seed, live, loss_chart)
    if keep:
        _best_model(lesson, history, folder).save(choice.output / f"{lesson.recipe}.zip")
    return history


def train_riff_model(
    train: Corpus,
    validation: Corpus,
    choice: Settings,
    live: bool = True,
    build_model: Callable[..., Any] | None = None,
) -> Trained:
    """Train the riff recipe at its own rate: every event of every window is a target.

    train, validation: corpora of `split_by_song`. choice: the numbers that begin with ``riff_``.
    live: draw a status line and a chart of every part that grow while it trains. build_model: as
    for `learning_rate_sweep`.
    It can be interrupted and goes on as `learning_rate_sweep` does. It stops early when the
    validation loss does not fall for 6 epochs. The weights of the epoch with the lowest one are
    kept, and ``riff.zip`` is saved for notebook 04 if the network is `riff_model`.
    Returns the bundle; ``trained.history`` holds a series for the total and for each part.
    Notebook: 03.
    """
    vocabulary = riff_vocabulary(train)
    lesson = _riff_lesson(train, validation, vocabulary, choice, build_model or riff_model)
    folder = choice.output / "training" / lesson.key
    history = _train(lesson, (choice.riff_rate,), folder, choice.seed, live, parts_chart)
    trained = _best_model(lesson, history, folder)
    if not build_model:
        trained.save(choice.output / "riff.zip")
    return trained


def _train(
    lesson: _Lesson,
    rates: Sequence[float],
    folder: Path,
    seed: int,
    live: bool,
    draw: Callable[[History], Any],
) -> History:
    """Train at each rate for what is left of its epochs; what was trained is taken from disk."""
    rows = {rate: _finished_epochs(folder / f"rate-{rate:g}") for rate in rates}

    def history() -> History:
        return History(tuple(itertools.chain(*rows.values())), {lesson.recipe: lesson.unigram_nats})

    to_do = sum(
        not _is_finished(lesson, totals) and lesson.epochs - len(totals)
        for totals in (history().of(rate) for rate in rates)
    )
    chart = _LiveChart(to_do * len(lesson.batches(1)), lambda: draw(history())) if live else None
    verdict = "Trained in {}." if to_do else "All was trained before, see below."
    longest = max(len(history().of(rate)) for rate in rates)
    if longest > lesson.epochs:
        print(
            f"Here are rates that were trained for {longest} epochs before, more than the "
            f"{lesson.epochs} of the settings. To begin again, delete the folder {folder}."
        )
    try:
        for rate in rates:
            model = None
            while not _is_finished(lesson, totals := history().of(rate)):
                begin = time.perf_counter()
                epoch = len(totals) + 1
                state = folder / f"rate-{rate:g}" / f"epoch-{epoch}.npz"
                if model is None:
                    network, model = lesson.start(rate)
                    if epoch > 1:
                        _load_state(state.with_stem(f"epoch-{epoch - 1}"), model)
                _seed_dropout(network, seed, epoch)
                where = f"rate {rate:g} · epoch {epoch} of {lesson.epochs}"
                losses = np.array(_fit(model, lesson.batches(epoch), lesson.parts, chart, where))
                held = lesson.measure(model)
                names, pairs = [lesson.recipe], [(losses[:4].sum(), held[:4].sum())]
                if len(lesson.parts) > 1:
                    names += [f"{lesson.recipe} {part}" for part in lesson.parts]
                    pairs += zip(losses, held, strict=True)
                seconds = time.perf_counter() - begin
                new = [
                    Epoch(name, rate, epoch, float(loss), float(nats), seconds)
                    for name, (loss, nats) in zip(names, pairs, strict=True)
                ]
                _save_state(state, model)
                if held[:4].sum() < min((row.validation_loss for row in totals), default=np.inf):
                    shutil.copyfile(state, state.with_stem("best"))
                kept = History((*rows[rate], *new), history().unigram_nats)
                kept.save(state.with_name("history.csv"))  # from here on the epoch counts
                state.with_stem(f"epoch-{epoch - 1}").unlink(missing_ok=True)
                rows[rate] += new
                if chart:
                    chart.on_epoch()
    except KeyboardInterrupt:
        if not history().epochs:
            raise KeyboardInterrupt("Not one epoch is trained yet.") from None
        verdict = "Stopped after {}; every whole epoch is kept. Run this cell again to go on."
    if chart:
        chart.say(verdict)
        chart.on_epoch()
    return history()


def _is_finished(lesson: _Lesson, totals: Sequence[Epoch]) -> bool:
    """Whether all epochs are trained, or the last ones brought no lower validation loss."""
    held = [row.validation_loss for row in totals]
    return len(held) >= lesson.epochs or (
        len(held) > lesson.patience and min(held) < min(held[-int(lesson.patience) :])
    )


def _best_model(lesson: _Lesson, history: History, folder: Path) -> Trained:
    """The bundle of the epoch with the lowest validation loss."""
    rate = history.best.learning_rate
    network, model = lesson.start(rate)
    _load_state(folder / f"rate-{rate:g}" / "best.npz", model)
    return Trained(lesson.recipe, network, lesson.vocabulary, lesson.length, history, lesson.corpus)


def _finished_epochs(folder: Path) -> list[Epoch]:
    """The epochs that were saved; none, and a sentence, if something of them cannot be read."""
    path = folder / "history.csv"
    if not path.exists():
        return []
    try:
        epochs = list(load_history(path).epochs)
        for name in ("best", f"epoch-{max(row.epoch for row in epochs)}"):
            _read_state(folder / f"{name}.npz")
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error):
        print(f"What was saved of {folder.name} cannot be read; it is trained anew.")
        return []
    return epochs


def _experiment_key(model: Any, rest: Any) -> str:
    """Names the experiment: the same network on the same data with the same numbers."""
    layers = [layer.get_config() for layer in model.layers]
    for number, config in enumerate(layers):
        config["name"] = number  # Keras counts names up over a session
    return hashlib.sha256(json.dumps([layers, rest], default=str).encode()).hexdigest()[:12]


def _start_afresh(seed: int) -> None:
    """Seed everything, and have sums added in one order, so that a run repeats to the last digit.

    Keras counts up the names of layers over a session, and the order of sums follows the names.
    """
    import keras

    within_strategy = False
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
        within_strategy = tf.distribute.has_strategy()
    if not within_strategy and keras.distribution.distribution() is None:
        keras.utils.clear_session()  # it would forget how devices share the work
    keras.utils.set_random_seed(seed)


def _compile(model: Any, optimizer: Any, loss: Any, metrics: Sequence[Any] = ()) -> None:
    # XLA, which "auto" would choose, makes an LSTM step on a CPU 1.5 to 2.9 times slower.
    model.compile(optimizer, loss, metrics=list(metrics), jit_compile=False)
    optimizer.build(model.trainable_variables)


def _seed_dropout(model: Any, seed: int, epoch: int) -> None:
    """Start an epoch's random numbers afresh, so that a resumed epoch draws the same ones."""
    for number, layer in enumerate(model.layers):
        if getattr(layer, "seed_generator", None) is not None:
            layer.seed_generator.state.assign([1000 * seed + number, epoch])


def _fit(
    model: Any, batches: Any, wanted: Sequence[str], chart: _LiveChart | None, where: str
) -> list[float]:
    """Train once on all batches; returns the means of the wanted metrics."""
    import keras

    tick = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: chart and chart.on_batch(where)
    )
    fitted = model.fit(batches, shuffle=False, verbose=0, callbacks=[tick])
    return [float(fitted.history[name][0]) for name in wanted]


def _state(model: Any) -> list[np.ndarray]:
    """The weights and the state of the optimiser."""
    return [np.asarray(v).copy() for v in (*model.weights, *model.optimizer.variables)]


def _set_state(model: Any, state: Iterable[np.ndarray]) -> None:
    for variable, value in zip((*model.weights, *model.optimizer.variables), state, strict=True):
        variable.assign(value)


def _save_state(path: Path, model: Any) -> None:
    with _written_whole(path) as temporary:
        np.savez(temporary, *_state(model))


def _read_state(path: Path) -> list[np.ndarray]:
    with np.load(path, allow_pickle=False) as stored:
        return [stored[f"arr_{i}"] for i in range(len(stored.files))]


def _load_state(path: Path, model: Any) -> None:
    _set_state(model, _read_state(path))


TRAINED_FORMAT = 3


@dataclass(frozen=True)
class Trained:
    """A model with the vocabulary it was trained on: one bundle, which cannot be mismatched.

    recipe: "classic" or "riff". vocabulary: a `Vocabulary` or a `RiffVocabulary`. sequence_length:
    events that it was trained to read. history: how the training went. corpus: the fingerprint of
    the training songs.
    Notebook: 03 and 04.
    """

    recipe: str
    model: Any
    vocabulary: Any
    sequence_length: int
    history: History
    corpus: str = ""

    def __repr__(self) -> str:
        best = f"{self.history.best.validation_loss:.2f}" if self.history.epochs else "untrained"
        return f"<Trained: {self.recipe} recipe, validation loss {best}>"

    def save(self, path: str | os.PathLike) -> None:
        """Write one ``.zip`` with ``model.keras`` (no optimiser) and ``about.json``."""
        import keras

        model = self.model
        if getattr(model, "optimizer", None) is not None:
            model = keras.models.clone_model(model)
            model.set_weights(self.model.get_weights())
        about = {
            "format": TRAINED_FORMAT,
            "recipe": self.recipe,
            "sequence_length": self.sequence_length,
            "vocabulary": dataclasses.asdict(self.vocabulary),
            "history": dataclasses.asdict(self.history),
            "corpus": self.corpus,
        }
        with tempfile.TemporaryDirectory() as folder, _written_whole(path) as temporary:
            weights = Path(folder, "model.keras")
            model.save(weights)
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as bundle:
                bundle.writestr("about.json", json.dumps(about))
                bundle.write(weights, "model.keras")


def load_trained(path: str | os.PathLike) -> Trained:
    """Read what `Trained.save` wrote. Nothing in the file is executed.

    Errors: FileNotFoundError; ValueError if the file is damaged, foreign or does not fit together.
    Notebook: 04.
    """
    import keras

    remedy = "Run notebook 03 to train and save a model again."
    try:
        with zipfile.ZipFile(path) as bundle, tempfile.TemporaryDirectory() as folder:
            about = json.loads(bundle.read("about.json"))
            weights = Path(folder, "model.keras")
            weights.write_bytes(bundle.read("model.keras"))
            if about["format"] != TRAINED_FORMAT:
                raise ValueError(f"it has format {about['format']}, not {TRAINED_FORMAT}")
            kinds = {"classic": Vocabulary, "riff": RiffVocabulary}
            vocabulary = kinds[about["recipe"]](**_tuples(about["vocabulary"]))
            model = keras.saving.load_model(weights, compile=False, safe_mode=True)
        rows = tuple(Epoch(**row) for row in about["history"]["epochs"])
        trained = Trained(
            about["recipe"],
            model,
            vocabulary,
            int(about["sequence_length"]),
            History(rows, about["history"]["unigram_nats"]),
            str(about["corpus"]),
        )
        if trained.recipe == "classic":
            fits = (model.input_shape[1], model.output_shape[-1]) == (
                trained.sequence_length,
                len(vocabulary.symbols),
            )
        else:
            sizes = {part: logits.shape[-1] for part, logits in model.output.items()}
            fits = sizes == vocabulary.sizes and model.input_shape[-1] == N_COLUMNS
        if not fits:
            raise ValueError("its model and its vocabulary do not fit together")
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no trained model {path}. {remedy}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is not a trained model ({error}). {remedy}") from error
    return trained


def _tuples(value: Any) -> Any:
    """What came from JSON, with tuples for its lists."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


# ==================================================================================================
# 10. Measuring
# What a trained network pays for new songs, in the currency of section 8.
# ==================================================================================================


def held_out_nats(trained: Trained, corpus: Corpus) -> dict[str, float]:
    """Mean −ln p per event of songs: `pitch` (the whole chord), `step`, `duration` and `total`.

    Every event counts once, with all events of its track before it at hand. The classic recipe
    predicts pitch alone, so its dict holds nothing else. Velocity is not part of the total.
    Notebook: 03.
    """
    if trained.recipe == "classic":
        return {"pitch": _classic_nats(trained, corpus)}
    inputs = corpus_inputs(corpus, trained.vocabulary)
    parts = _mean_surprise(_surprise_model(trained.model), inputs, corpus.offsets)
    parts = parts + trained.vocabulary.extra_nats(corpus.events).mean(axis=0)
    step, bass, shape, duration, velocity = map(float, parts)
    return {
        "pitch": bass + shape,
        "step": step,
        "duration": duration,
        "total": bass + shape + step + duration,
        "velocity": velocity,
    }


def _classic_nats(trained: Trained, corpus: Corpus) -> float:
    """The recipe as published has no price for a chord it does not know: one in a hundred is new.

    Such a chord is spelled out: its lowest pitch, then 63 intervals, of which one in twenty sounds.
    """
    escape = 0.01
    names, place = corpus.chords()
    codes, known = trained.vocabulary.encode(names)
    values, length = trained.vocabulary.standardise(codes)[place], trained.sequence_length
    spelled = _spelled_nats(corpus.events["shape"], np.full(64, 0.05))
    new = np.log(128) + spelled - np.log(escape)
    total = 0.0
    for begin, end in itertools.pairwise(corpus.offsets.tolist()):
        padded = np.concatenate([np.zeros(length, np.float32), values[begin:end]])
        windows = np.lib.stride_tricks.sliding_window_view(padded, length)[: end - begin]
        for i in range(0, end - begin, 512):
            some = np.zeros((512, length), np.float32)
            some[: len(windows[i : i + 512])] = windows[i : i + 512]
            answers = place[begin + i : min(end, begin + i + 512)]
            p = np.asarray(trained.model.predict_on_batch(some[..., None]), np.float64)
            p = p[np.arange(len(answers)), codes[answers]]
            nats = -np.log(np.maximum(p, 1e-12)) - np.log1p(-escape)
            total += np.where(known[answers], nats, new[begin + i :][: len(answers)]).sum()
    return float(total / corpus.n_events)


def chord_model(
    n_chords: int, units: Sequence[int] = (96,), skip: bool = True, embed: bool = True
) -> Any:
    """A step on the way from the classic to the riff recipe, not yet compiled.

    Reads (batch, events) ints, the chord before each event counted from 1; gives the logits
    (batch, events, n_chords) of its own chord. skip: whether the output sees the chord besides the
    LSTM. embed: whether it sees a row of learned numbers; else the number alone, as a float.
    Notebook: 03.
    """
    import keras
    from keras import layers, ops

    before = keras.Input((None,), dtype="int32")
    if embed:
        known = layers.Embedding(n_chords + 1, 32)(before)
    else:
        known = ops.cast(before, "float32")[:, :, None] * (2 / n_chords) - 1
    heard = known
    for cells in units:
        heard = layers.LSTM(cells, return_sequences=True)(heard)
    if skip:
        heard = layers.Concatenate()([heard, known])
    return keras.Model(before, layers.Dense(n_chords)(heard), name="chords")


def chord_nats(
    train: Corpus,
    test: Corpus,
    choice: Settings,
    every_position: bool = True,
    build_model: Callable[..., Any] = chord_model,
    live: bool = True,
) -> float:
    """Nats per event of a network that is trained here to name the next chord.

    choice: the numbers that begin with ``riff_``. every_position: whether each event of a window is
        a question, or the last one only, as in the classic recipe. build_model: called with the
        number of chords and the sizes of the LSTM layers. live: show a status line.
    Notebook: 03.
    """
    import keras

    chords = _chords(train, test)
    _start_afresh(choice.seed)
    model = build_model(len(chords.names), choice.riff_units)

    def before(codes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
        """The chord before each event, counted from 1; 0 where there is none or a new one."""
        return np.where(np.isin(np.arange(len(codes)), offsets[:-1]), 0, np.roll(codes + 1, 1))

    X = before(chords.train, train.offsets)

    def batch(place: np.ndarray, mask: np.ndarray, _: Any) -> tuple[np.ndarray, ...]:
        if not every_position:
            mask = mask & (np.cumsum(mask, axis=1) == mask.sum(axis=1, keepdims=True))
        return X[place], chords.train[place], mask.astype(np.float32)

    def batches(epoch: int) -> Any:
        return _window_batches(train.offsets, choice, epoch, batch)

    steps = choice.riff_epochs * len(batches(1))
    rate = keras.optimizers.schedules.CosineDecay(choice.riff_rate, steps, alpha=0.1)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    _compile(model, keras.optimizers.Adam(rate, clipnorm=1.0), loss)
    line = _LiveChart(steps) if live else None
    for epoch in range(1, choice.riff_epochs + 1):
        _fit(model, batches(epoch), ["loss"], line, f"epoch {epoch} of {choice.riff_epochs}")
    if line:
        line.say("Trained in {}.")

    asked, chance = before(chords.test, test.offsets), np.zeros(len(chords.test))
    for place, _, counts in _overlapping_windows(test.offsets):
        logits = np.asarray(model.predict_on_batch(asked[place]), np.float64)[counts]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        answers = np.maximum(chords.test[place[counts]], 0)
        chance[place[counts]] = odds[np.arange(len(odds)), answers] / odds.sum(axis=1)
    return chords.nats(np.maximum(chance, 1e-12))


def shipped_model(recipe: str = "riff") -> Path:
    """A small model that comes with the project, trained on the starter songs. Notebook: 04."""
    return _project_folder() / "models" / f"starter.{recipe}.zip"


def train_shipped_models() -> None:
    """Train the shipped models anew, on the starter songs alone: what `make model` does.

    Both recipes in the workshop profile, the classic one at the rate 0.01; about 6 minutes on 2
    cores.
    """
    choice = settings("workshop", "starter").replace(learning_rates=(0.01,))
    train, validation, _ = split_by_song(corpus_for(choice))
    train_riff_model(train, validation, choice, live=False)
    learning_rate_sweep(*classic_data(choice), choice, live=False)
    for recipe in ("riff", "classic"):
        trained = load_trained(choice.output / f"{recipe}.zip")
        trained.save(shipped_model(recipe))
        held = held_out_nats(trained, validation)
        print(recipe, {name: round(nats, 3) for name, nats in held.items()})


def nats_chart(counted: dict[str, float], learned: dict[str, float], ax: Any = None) -> Any:
    """A bar for each predictor: its loss at the whole chord of an event, in nats, on new songs.

    counted: predictors that count, plain bars. learned: networks, hatched bars.
    Notebook: 03.
    """
    ax = _axes(ax, (7, 0.9 + 0.3 * (len(counted) + len(learned))))
    for nats, style in ((counted, dict(color=BLUE)), (learned, dict(color=ORANGE, hatch="//"))):
        label = "counting" if nats is counted else "networks"
        bars = ax.barh(list(nats), list(nats.values()), edgecolor="white", label=label, **style)
        ax.bar_label(bars, fmt="%.2f", padding=3)
    if learned:  # the newest has a frame
        bars[-1].set(edgecolor="black", linewidth=2)
    ax.invert_yaxis()
    ax.set(xlabel="nats per event, lower is better", xlim=(0, 1.1 * max(counted.values())))
    ax.set_title("The next chord of a new song: the loss of each predictor", loc="left")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return ax.figure


def save_nats(
    path: str | os.PathLike, counted: dict[str, float], learned: dict[str, float]
) -> None:
    """Write a CSV file with a row for each predictor."""
    with _written_whole(path) as temporary, open(temporary, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kind", "predictor", "nats"])
        for kind, nats in (("counted", counted), ("learned", learned)):
            writer.writerows([kind, *item] for item in nats.items())


def load_nats(path: str | os.PathLike | None = None) -> tuple[dict[str, float], dict[str, float]]:
    """What `save_nats` wrote, as for `nats_chart`; without a path, what the archive gave.

    Notebook: 03.
    """
    with open(path or _project_folder() / "figures" / "rock_nats.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    counted, learned = (
        {row["predictor"]: float(row["nats"]) for row in rows if row["kind"] == kind}
        for kind in ("counted", "learned")
    )
    return counted, learned


# ==================================================================================================
# 11. The neck
# What a guitar can play: tunings and scales by name, a string and a fret for every note.
# ==================================================================================================

TUNINGS = {
    "standard": STANDARD_TUNING,
    "E♭": (39, 44, 49, 54, 58, 63),
    "drop D": (38, 45, 50, 55, 59, 64),
    "drop C": (36, 43, 48, 53, 57, 62),
}
FRETS = 22
NECK = (0, FRETS)  # the frets that may be used; 0 are the open strings
REACH = 4  # the highest fret under the hand is at most so many above the lowest: five frets


def tuning_pitches(tuning: str | Sequence[int]) -> tuple[int, ...]:
    """The MIDI pitches of the six open strings, lowest string first.

    tuning: a name in `TUNINGS` (``Eb`` works for ``E♭``), six note names as in ``"D2 A2 D3 G3 B3
        E4"``, their letters alone as in ``"DADGBE"``, or six MIDI numbers.
    Errors: ValueError with the names to choose from.
    Notebook: 04.
    """
    if isinstance(tuning, str):
        short = "".join(tuning.replace("♭", "b").replace("♯", "#").split())
        for name, pitches in TUNINGS.items():
            if short.lower() == "".join(name.lower().replace("♭", "b").split()):
                return pitches
        letters = re.fullmatch(6 * "([A-Ga-g][#b]?)", short)
        tuning = letters and _open_strings(letters.groups()) or tuning.split()
    pitches = tuple(
        _pitch_number(note) or -1 if isinstance(note, str) else int(note) for note in tuning
    )
    rising = all(low < high for low, high in itertools.pairwise(pitches))
    if len(pitches) != 6 or not rising or not 20 <= pitches[0] <= pitches[-1] <= 90:
        raise ValueError(
            f"There is no tuning {' '.join(map(str, tuning))!r}: choose one of "
            f"{', '.join(TUNINGS)}, or give six notes from the lowest string to the "
            "highest, as in 'D2 A2 D3 G3 B3 E4'."
        )
    return pitches


def _pitch_number(name: str) -> int | None:
    """The MIDI number of a note with its octave, 'Eb2' or 'F#3'; None if it is no such name."""
    found = re.fullmatch(r"([A-Ga-g])([#♯b♭]*)(-?\d)", name)
    if not found:
        return None
    letter, signs, octave = found.groups()
    natural = dict(C=0, D=2, E=4, F=5, G=7, A=9, B=11)[letter.upper()]
    return natural + sum(1 if sign in "#♯" else -1 for sign in signs) + 12 * (int(octave) + 1)


def scale_pitch_classes(scale: str) -> tuple[int, ...]:
    """The pitch classes (0 is C) of a scale named by its tonic and its kind, tonic first.

    scale: as in ``"E minor"``, ``"A minor pentatonic"``, ``"E blues"``, ``"D dorian"``, ``"F#
        harmonic minor"``; the kinds are those of music21, and ``minor pentatonic``, ``major
        pentatonic`` and ``blues``. ``Em``, ``E min`` and ``E penta`` are understood.
    Errors: ValueError if the tonic or the kind does not exist.
    Notebook: 04.
    """
    import music21

    words = scale.replace("♯", "#").replace("♭", "b").split()
    tonic = re.fullmatch(r"([A-Ga-g])([#b]?)(m?)", words[0]) if words else None
    whole = {"m": "minor", "min": "minor", "maj": "major", "penta": "pentatonic"}
    kind = " ".join(whole.get(word.lower(), word.lower()) for word in words[1:])
    if tonic and tonic[3]:
        kind = f"minor {kind}".strip()
    if kind == "pentatonic":
        kind = "minor pentatonic"
    if tonic:
        name = tonic[1].upper() + tonic[2].replace("b", "-")
        first = music21.pitch.Pitch(name).pitchClass
        own = {"minor pentatonic": (0, 3, 5, 7, 10), "blues": (0, 3, 5, 6, 7, 10)}
        own["major pentatonic"] = (0, 2, 4, 7, 9)
        if kind in own:
            return tuple((first + interval) % 12 for interval in own[kind])
        known = getattr(music21.scale, kind.title().replace(" ", "") + "Scale", None)
        if isinstance(known, type) and issubclass(known, music21.scale.ConcreteScale) and kind:
            pitches = known(name).getPitches(f"{name}4", f"{name}5")
            classes = tuple(dict.fromkeys(pitch.pitchClass for pitch in pitches))
            if (
                len(classes) >= 5
            ):  # music21 also calls things scales that have no notes of their own
                return classes
    raise ValueError(
        f"There is no scale {scale!r}: write a note and a kind, as in 'E minor', 'A minor "
        "pentatonic', 'E blues', 'D dorian' or 'F# harmonic minor'."
    )


@functools.lru_cache(maxsize=1 << 16)
def voicings(
    pitches: tuple[int, ...],
    tuning: tuple[int, ...] = STANDARD_TUNING,
    frets: tuple[int, int] = NECK,
) -> tuple[tuple[int, ...], ...]:
    """All ways to finger pitches that sound together: six frets each, −1 for a silent string.

    pitches: lowest first. Each has a string of its own, the higher one a higher string. All but
    open strings lie within five frets, and four fingers are enough; the index finger may lie flat
    across the strings at the lowest fret, if no open string sounds among them.
    Notebook: 04.
    """
    found = []
    for strings in itertools.combinations(range(len(tuning)), len(pitches)):
        places = [pitch - tuning[s] for pitch, s in zip(pitches, strings, strict=True)]
        if not all(frets[0] <= fret <= frets[1] for fret in places):
            continue
        pressed = [fret for fret in places if fret]
        if pressed:
            lowest = min(pressed)
            flat = [s for s, fret in zip(strings, places, strict=True) if fret == lowest]
            opened = any(
                flat[0] < s < flat[-1] for s, fret in zip(strings, places, strict=True) if not fret
            )
            fingers = len(pressed) if opened else len(pressed) - len(flat) + 1
            if max(pressed) - lowest > REACH or fingers > 4:
                continue
        row = [-1] * len(tuning)
        for s, fret in zip(strings, places, strict=True):
            row[s] = fret
        found.append(tuple(row))
    return tuple(found)


@functools.lru_cache(maxsize=1 << 12)
def revoiced(
    pitches: tuple[int, ...], tuning: tuple[int, ...] = STANDARD_TUNING
) -> tuple[int, ...]:
    """The playable chord nearest to pitches: notes go up or down by octaves, or are left out.

    Best is to keep every pitch class, then the lowest one below, then to move as little as
    possible.
    Notebook: 04.
    """
    low, high = tuning[0], tuning[-1] + FRETS
    inside = []
    for pitch in pitches:
        while pitch < low:
            pitch += 12
        while pitch > high:
            pitch -= 12
        inside.append(pitch)
    bass = inside[0] % 12
    if voicings(tuple(sorted(set(inside))), tuning):
        return tuple(sorted(set(inside)))
    best: tuple[Any, tuple[int, ...]] | None = None
    kept = sorted(set(inside))[:7]  # more are never fingered together
    options = [(0, -12, 12, None)] * len(kept)
    for moves in itertools.product(*options):
        chord = {p + move for p, move in zip(kept, moves, strict=True) if move is not None}
        if not chord or not low <= min(chord) <= max(chord) <= high:
            continue
        price = (
            len({p % 12 for p in kept}) - len({p % 12 for p in chord}),
            min(chord) % 12 != bass,
            sum(12 if move is None else abs(move) for move in moves),
        )
        if best is None or price < best[0]:
            chord = tuple(sorted(chord))
            if voicings(chord, tuning):
                best = price, chord
    return best[1]


@dataclass(frozen=True)
class Fingering:
    """A string and a fret for every note of some events.

    frets: ints (n_events, 6), lowest string first, −1 where a string is silent. hand: (n_events,),
    the fret under the index finger. playability: share of the events (0 to 1) for which the hand
    can stay where it is. unplayable: what stands in the way, a sentence for each
    place, with its bar counted from 1.
    """

    frets: np.ndarray
    hand: np.ndarray
    playability: float
    unplayable: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """One sentence for a guitarist."""
        if self.unplayable:
            return f"unplayable: {self.unplayable[0]}"
        return f"playable; the hand stays where it is for {self.playability:.0%} of the notes"


# Costs of a fingering, in frets that the hand moves. They were chosen on every other riff of
# data/riff_book.py, whose strings were written by hand; a test compares with all of them.
SHIFT_COST, STRING_COST = 1.0, 0.1  # for a move and each of its frets, for a string crossed
HIGH_COST, STRETCH_COST = 0.2, 1.8  # for each fret up the neck, for a fifth fret under the hand
OPEN_COST = -1.0  # for an open string; but a melody avoids the open strings and the first frets of
OPEN_TREBLE_COST, LOW_TREBLE_COST = 0.6, 0.3  # the three thin ones, where no note can be bent
HOME = 5  # the fret from which on a melody is at home there
THIN_COST = 4.0  # for a power chord, for each string that its root lies above the A string
GAP_COST = 6.0  # for a string between those of a chord that must not sound
AGAIN_COST = 8.0  # for a chord that is struck again, if it is held in another way than before
TOO_FAST = 60.0  # frets a second: beyond that nobody gets there in time


@dataclass(frozen=True)
class _Hands:
    """Ways to hold a chord: its frets, the fret under the index finger, a string, a cost."""

    frets: np.ndarray
    hand: np.ndarray
    string: np.ndarray
    cost: np.ndarray


@functools.lru_cache(maxsize=1 << 14)
def _hands(ways: tuple[tuple[int, ...], ...], tuning: tuple[int, ...]) -> _Hands:
    rows = []
    for way in ways:
        pressed = [fret for fret in way if fret > 0]
        lowest, highest = min(pressed, default=FRETS), max(pressed, default=1)
        used = [s for s, fret in enumerate(way) if fret >= 0] or [0]
        string, gaps = used[0], used[-1] - used[0] + 1 - len(used)
        treble = len(used) == 1 and string > 2  # a melody on the thin strings
        pitches = [tuning[s] + way[s] for s in used]
        power = len(used) in (2, 3) and pitches[1] - pitches[0] == 7
        fixed = (OPEN_TREBLE_COST if treble else OPEN_COST) * way.count(0) + GAP_COST * gaps
        fixed += THIN_COST * max(0, string - 1) * power
        for hand in range(max(1, highest - REACH), lowest + 1):
            cost = fixed + HIGH_COST * hand
            cost += STRETCH_COST * (bool(pressed) and highest - hand == REACH)
            cost += LOW_TREBLE_COST * max(0, HOME - hand) * (treble and bool(pressed))
            rows.append((way, hand, string, cost))
    kinds = list(zip(*rows, strict=True))
    return _Hands(*map(np.array, kinds))


def finger(
    events: np.ndarray,
    tempo_bpm: float = 120.0,
    ticks_per_bar: int = 48,
    tuning: str | Sequence[int] = "standard",
    held: Sequence[tuple[int, ...]] = (),
    frets: tuple[int, int] = NECK,
) -> Fingering:
    """The easiest way to play events: a string and a fret for each note, by dynamic programming.

    events: of dtype `EVENT`. tempo_bpm, ticks_per_bar: to know how fast the hand has to move.
    held: the frets of the first events, as in `Fingering`, where somebody has chosen them.
    frets: the first and last fret to be used; what cannot be played there is played elsewhere.
    A state is a voicing (`voicings`) and the place of the hand, whose index finger reaches four
    frets up. It costs to move the hand, the more the less time there is; to stretch; to play high
    up; to change strings; to leave one out within a chord; to hold what is struck again in another
    way than before; and to do what guitarists do not:
    power chords on thin strings, melodies on thin open ones. Open strings are easy else. An event
    without a voicing gets silent strings and makes the riff unplayable, as does a hand that has to
    move faster than 60 frets a second.
    Source: the idea of the cheapest path is that of Sayegh, 'Fingering for string instruments with
    the optimum path paradigm', 1989.
    Notebook: 04.
    """
    tuning = tuning_pitches(tuning)
    onset = np.cumsum(events["step"])
    seconds = np.diff(onset, prepend=onset[:1]) * 60 / tempo_bpm / TICKS_PER_QUARTER
    silent = (-1,) * len(tuning)
    problems, rows, back = [], [], []
    cost = np.zeros(1)
    where = np.zeros((1, 2))  # hand and string of each state of the event before
    before: tuple[int, ...] | None = None  # its pitches
    for event, wait in zip(events, seconds, strict=True):
        bar = int(onset[len(rows)]) // ticks_per_bar + 1
        pitches = event_pitches(event)
        ways = voicings(pitches, tuning, frets) or voicings(pitches, tuning)
        if len(rows) < len(held) and held[len(rows)] in ways:
            ways = (held[len(rows)],)
        if not ways:
            problems.append(f"bar {bar}: {chord_name(pitches)} cannot be fingered")
        states = _hands(ways or (silent,), tuning)
        rows.append(states)
        own = states.cost
        moved = np.abs(states.hand[:, None] - where[None, :, 0])
        if len(back) == 0:
            moved[:] = 0
        jumped = np.abs(states.string[:, None] - where[None, :, 1])
        hurry = np.clip(0.25 / max(wait, 0.02), 0.5, 4)
        price = cost[None] + SHIFT_COST * hurry * (moved + (moved > 0)) + STRING_COST * jumped
        if pitches == before:
            held_else = (states.frets[:, None] != rows[-2].frets[None]).any(axis=2)
            price = price + AGAIN_COST * held_else
        before = pitches
        back.append(price.argmin(axis=1))
        cost = price.min(axis=1) + own
        where = np.stack([states.hand, states.string], axis=1)
    if not rows:
        return Fingering(np.zeros((0, 6), int), np.zeros(0, int), 1.0)
    chosen = [int(cost.argmin())]
    for choice in reversed(back[1:]):
        chosen.append(int(choice[chosen[-1]]))
    chosen.reverse()
    hand = np.array([states.hand[i] for states, i in zip(rows, chosen, strict=True)])
    speed = np.abs(np.diff(hand)) / np.maximum(seconds[1:], 1e-3)
    for i in np.flatnonzero(speed > TOO_FAST):
        bar = int(onset[i + 1]) // ticks_per_bar + 1
        problems.append(f"bar {bar}: the hand jumps {abs(hand[i + 1] - hand[i])} frets too fast")
    return Fingering(
        np.array([states.frets[i] for states, i in zip(rows, chosen, strict=True)]),
        hand,
        float((len(events) - (speed > 0).sum()) / len(events)),
        tuple(problems),
    )


# ==================================================================================================
# 12. Riffs
# A `Riff` always knows which of its events were the prompt and which are new.
# It shows itself as sound, piano roll, score and tab, and is saved in the formats of the trade.
# ==================================================================================================

SOUNDS = {"distortion": 30, "overdrive": 29, "clean": 27, "acoustic": 25}  # General MIDI, from 0
FORMATS = (".mid", ".gp5", ".musicxml", ".mp3", ".wav", ".txt", ".svg")
MUTED_TICKS = 1  # what sounds no longer, a twelfth of a quarter note, is a palm mute


@dataclass(frozen=True, eq=False)
class Riff:
    """A short piece for one guitar, its first `prompt_events` events given, the others generated.

    events: (n_events,) of dtype `EVENT`. tempo_bpm in quarter notes a minute. meter as (beats,
        note value). program: General MIDI program counted from 0. title: where it comes from.
    tuning: as `tuning_pitches` takes it. held: see `finger`; of a typed tab, how it was typed.
    frets: see `finger`. scale: what it is written in, see `scale_pitch_classes`; else it is guessed
    from the notes.
    Errors: ValueError for a tempo or a meter that cannot be.
    Notebook: 04.
    """

    events: np.ndarray
    prompt_events: int = 0
    tempo_bpm: float = 120.0
    meter: tuple[int, int] = (4, 4)
    program: int = 30
    title: str = "riff"
    tuning: str | Sequence[int] = "standard"
    held: tuple[tuple[int, ...], ...] = ()
    frets: tuple[int, int] = NECK
    scale: str | None = None

    def __post_init__(self) -> None:
        if not _is_tempo(self.tempo_bpm):
            raise ValueError(
                f"A tempo is 10 to 1,000 quarter notes a minute, not {self.tempo_bpm}."
            )
        if not _is_meter(*self.meter):
            raise ValueError(f"{self.meter[0]}/{self.meter[1]} is no meter: write one like 4/4.")

    def __repr__(self) -> str:
        new = len(self.events) - self.prompt_events
        return f"<Riff '{self.title}': {self.prompt_events} events of a prompt, {new} new ones>"

    @property
    def generated(self) -> np.ndarray:
        """The events that the model made."""
        return self.events[self.prompt_events :]

    @property
    def ticks_per_bar(self) -> int:
        return _ticks_per_bar(self.meter)

    @property
    def tick_seconds(self) -> float:
        return 60 / self.tempo_bpm / TICKS_PER_QUARTER

    @property
    def prompt_ticks(self) -> int:
        """Where the first generated event starts, in ticks; 0 without a prompt."""
        if not 0 < self.prompt_events < len(self.events):
            return 0
        return int(self.events["step"][: self.prompt_events + 1].sum())

    @property
    def file_name(self) -> str:
        """The title as a name that every file system takes, without a suffix."""
        return re.sub(r"\W+", "_", self.title).strip("_").lower()[:80] or "riff"

    @functools.cached_property
    def open_strings(self) -> tuple[int, ...]:
        """MIDI pitches of the open strings, lowest first."""
        return tuning_pitches(self.tuning)

    @functools.cached_property
    def fingering(self) -> Fingering:
        """A string and a fret for every note, see `finger`."""
        bar, strings = self.ticks_per_bar, self.open_strings
        return finger(self.events, self.tempo_bpm, bar, strings, self.held, self.frets)

    @functools.cached_property
    def symbols(self) -> list[Symbol]:
        """The riff as signs that can be read, see `written`."""
        return written(self.events, self.meter)

    def is_muted(self, symbol: Symbol) -> bool:
        """Whether a note is far shorter than it is written: that is how MIDI has palm mutes."""
        sounding = self.events["duration"][symbol.event] if symbol.event >= 0 else symbol.duration
        return bool(sounding <= MUTED_TICKS < symbol.duration)

    def revoiced(self) -> Riff:
        """The riff with every chord that cannot be fingered changed as little as possible."""
        events = self.events.copy()
        for event in events:
            chord = revoiced(event_pitches(event), self.open_strings)
            event["bass"] = chord[0]
            event["shape"] = sum(1 << (pitch - chord[0]) for pitch in chord)
        return dataclasses.replace(self, events=events)

    def midi(self, band: bool = False, count_in: bool = False) -> symusic.Score:
        """The riff as a `symusic.Score` with 12 ticks to the quarter note.

        band: with a bass (`bass_line`) and drums (`groove`). count_in: after a bar of sticks.
        """
        shift = self.ticks_per_bar * count_in
        notes = notes_from_events(self.events)
        score = symusic.Score(TICKS_PER_QUARTER)
        score.tempos.append(symusic.Tempo(0, self.tempo_bpm))
        score.time_signatures.append(symusic.TimeSignature(0, *self.meter))

        def add(name: str, program: int, is_drum: bool, *columns: Any) -> None:
            onset, duration, pitch, velocity = np.broadcast_arrays(*columns)
            track = symusic.Track(name=name, program=program, is_drum=is_drum)
            track.notes = symusic.core.NoteTickList.from_numpy(
                (onset + shift).astype(np.int32),
                duration.astype(np.int32),
                pitch.astype(np.int8),
                velocity.astype(np.int8),
            )
            score.tracks.append(track)

        columns = (notes[name] for name in ("onset", "duration", "pitch", "velocity"))
        add(self.title, self.program, False, *columns)
        hits = np.zeros((0, 3), int)
        if band and len(notes["onset"]):
            roots = bass_line(self.events, self.ticks_per_bar)
            add("bass", BASS_PROGRAM, False, *roots.T, 95)
            bars = -(-int(roots[:, :2].sum(axis=1).max(initial=0)) // self.ticks_per_bar)
            triplets = (np.cumsum(self.events["step"]) % 3 > 0).mean() > 0.15
            bar = groove(self.meter, self.tempo_bpm, bool(triplets))
            starts = np.repeat(np.arange(bars) * self.ticks_per_bar, len(bar))
            hits = np.tile(bar, (bars, 1)) + np.stack([starts, 0 * starts, 0 * starts], axis=1)
        if count_in:
            beats = np.arange(-shift, 0, _beat_ticks(self.meter))
            sticks = np.stack([beats, np.full(len(beats), STICK), np.full(len(beats), 110)], axis=1)
            hits = np.concatenate([sticks, hits])
        if len(hits):
            add("drums", 0, True, hits[:, 0], 3, hits[:, 1], hits[:, 2])
        if self.prompt_ticks:
            text = "generated from here"
            score.markers.append(symusic.TextMeta(self.prompt_ticks + shift, text))
        return score

    def audio(self, band: bool = False, count_in: bool = False) -> Sound:
        """The riff as sound: the last thing in a cell, it shows a player.

        The prompt is half as loud (6 dB less), so that you hear where the model begins.
        """
        sound = render(self.midi(band, count_in))
        if self.prompt_ticks:
            start = (self.prompt_ticks + count_in * self.ticks_per_bar) * self.tick_seconds
            seconds = np.arange(len(sound.samples), dtype=np.float32) / sound.rate
            loudness = np.interp(seconds, (start - 0.01, start), (0.5, 1)).astype(np.float32)
            sound = Sound(sound.samples * loudness[:, None], sound.rate)
        return sound

    def player(self, sound: str | None = None, band: bool = True, count_in: bool = True) -> Player:
        """Sound, piano roll and score together, with a cursor that runs over both.

        sound: one of `SOUNDS`; without it the riff's own program.
        Errors: ValueError for an unknown sound.
        """
        riff = self.sounding(sound) if sound else self
        seconds = count_in * self.ticks_per_bar * self.tick_seconds
        return Player(riff, riff.audio(band, count_in), seconds)

    def sounding(self, sound: str, tempo_bpm: float | None = None) -> Riff:
        """The riff on another guitar, one of `SOUNDS`, and at another tempo. Notebook: 04."""
        if sound not in SOUNDS:
            raise ValueError(f"Unknown sound {sound!r}: choose one of {', '.join(SOUNDS)}.")
        tempo = self.tempo_bpm if tempo_bpm is None else tempo_bpm
        return dataclasses.replace(self, program=SOUNDS[sound], tempo_bpm=tempo)

    def piano_roll(self, ax: Any = None) -> Any:
        """The riff as a picture, with the prompt shaded."""
        return piano_roll(
            notes_from_events(self.events),
            self.title,
            ticks_per_bar=self.ticks_per_bar,
            prompt_ticks=self.prompt_ticks,
            ax=ax,
        )

    def score(self) -> Engraving:
        """Standard notation over TAB; the last thing in a cell, it shows itself."""
        return engrave(musicxml(self))

    def tab(self) -> str:
        """ASCII tab, see `tab_text`: print it."""
        return tab_text(self)

    @property
    def formats(self) -> tuple[str, ...]:
        """Those of `FORMATS` that can hold it: what cannot be fingered can only be heard."""
        return (".mid", ".mp3", ".wav") if self.fingering.unplayable else FORMATS

    def encoded(self, suffix: str, band: bool = True) -> bytes:
        """The riff as the bytes of a file in one of `FORMATS`.

        Errors: ValueError for an unknown format, or a written one if it cannot be fingered.
        """
        if suffix not in FORMATS:
            raise ValueError(f"Unknown format {suffix!r}: choose from {', '.join(FORMATS)}.")
        if suffix not in self.formats:
            raise ValueError(
                f"This riff is {self.fingering.verdict}. Chords can be changed with "
                "riff.revoiced(), jumps need a slower tempo; .mid, .mp3 and .wav take it as it is."
            )
        if suffix == ".mid":
            return self.midi(band).dumps_midi()
        if suffix == ".gp5":
            return guitar_pro(self)
        if suffix in (".mp3", ".wav"):
            return self.audio(band).encoded(suffix)
        text = {
            ".musicxml": lambda: musicxml(self),
            ".txt": self.tab,
            ".svg": lambda: self.score().svg,
        }
        return text[suffix]().encode()

    def save(
        self,
        folder: str | os.PathLike,
        formats: Iterable[str] = FORMATS,
        band: bool = True,
    ) -> list[Path]:
        """Write the riff into a folder in each format; returns the paths.

        band: with bass and drums, where the format is for listening. The name is made of the
        riff's title; a file of the same name is replaced.
        Errors: as `encoded`, before anything is written.
        """
        content = {suffix: self.encoded(suffix, band) for suffix in formats}
        paths = [Path(folder, self.file_name + suffix) for suffix in content]
        for path in paths:
            with _written_whole(path) as temporary:
                temporary.write_bytes(content[path.suffix])
        return paths


@dataclass(frozen=True)
class Symbol:
    """One sign of written music: a note, a chord or a rest.

    bar: counted from 0. onset: ticks since its bar line. duration: ticks, a value that has a sign
    of its own (`SIGNS`). event: place of what sounds in the events, −1 for a rest. tied: whether
    it goes on from the symbol before.
    """

    bar: int
    onset: int
    duration: int
    event: int
    tied: bool = False


# Ticks of each written value: its MusicXML name, dots, and whether it is one of a triplet.
SIGNS = {
    48: ("whole", 0, False),
    36: ("half", 1, False),
    24: ("half", 0, False),
    18: ("quarter", 1, False),
    12: ("quarter", 0, False),
    9: ("eighth", 1, False),
    8: ("quarter", 0, True),
    6: ("eighth", 0, False),
    4: ("eighth", 0, True),
    3: ("16th", 0, False),
    2: ("16th", 0, True),
    1: ("32nd", 0, True),
}


def _beat_ticks(meter: tuple[int, int]) -> int:
    """Ticks of what a foot taps: 12 in 4/4, 18 in 6/8."""
    if meter[1] <= 4:
        return TICKS_PER_QUARTER
    if meter[1] == 8:
        return 18 if meter[0] % 3 == 0 else 6
    return 3


def _cell_ticks(meter: tuple[int, int]) -> int:
    """Ticks of the part of a bar that is written plainly or in triplets as a whole."""
    return 6 if _beat_ticks(meter) == 18 else _beat_ticks(meter)


def written(events: np.ndarray, meter: tuple[int, int] = (4, 4)) -> list[Symbol]:
    """Events as signs that can be read, bar by bar, without gaps.

    Onsets stay as they are. A note is written as long as it sounds, but never over the next one,
    and a short silence after it is written as sound: that is easier to read. What crosses a beat
    or a bar line is tied where a reader would lose the beat.
    Notebook: 04.
    """
    bar, beat = _ticks_per_bar(meter), _beat_ticks(meter)
    cell = _cell_ticks(meter)
    onset = np.cumsum(events["step"]).tolist()
    last = onset[-1] + int(events["duration"][-1]) if onset else 1
    stop = -(-max(last, onset[-1] + 1 if onset else 1) // bar) * bar
    triplets = {place // cell for place in onset if place % 3}
    spans, now = [], 0  # begin, end, event
    for i, (begin, length) in enumerate(zip(onset, events["duration"].tolist(), strict=True)):
        following = onset[i + 1] if i + 1 < len(onset) else stop
        unit = 2 if (begin + length) // cell in triplets else 3
        end = max(round((begin + length) / unit) * unit, begin // unit * unit + unit)
        end = min(end, following)
        if following - end < max(6, (following - begin) // 3):
            end = following
        if now < begin:
            spans.append((now, begin, -1))
        spans.append((begin, end, i))
        now = end
    if now < stop:
        spans.append((now, stop, -1))
    triplets |= {edge // cell for begin, end, _ in spans for edge in (begin, end) if edge % 3}
    symbols = []
    for begin, end, event in spans:
        place = begin
        while place < end:
            room = min(end, (place // bar + 1) * bar) - place
            length = _sign(place % bar, room, place - place % bar, cell, beat, triplets)
            symbols.append(
                Symbol(place // bar, place % bar, length, event, event >= 0 and place > begin)
            )
            place += length
    return symbols


def _sign(onset: int, room: int, bar_begin: int, cell: int, beat: int, triplets: set[int]) -> int:
    """The longest value that may be written here, with `room` ticks left of sound and bar."""

    def plain(place: int) -> bool:
        return place % cell == 0 or (bar_begin + place) // cell not in triplets

    for value, (_, _, triplet) in SIGNS.items():
        end = onset + value
        if value > room:
            continue
        if triplet:
            inside = onset % cell + value <= cell and onset % min(value, 4) == 0
            if inside and (bar_begin + onset) // cell in triplets:
                return value
        elif plain(onset) and plain(end) and onset % 3 == 0:
            if onset % beat + value <= beat and (
                (bar_begin + onset) // cell not in triplets or value % cell == 0
            ):
                return value
            if onset % beat == 0 and (value % beat == 0 or value == 18 == room):
                return value
            if onset % beat == 6 and beat == 12 and value in (12, 18):
                return value
    return 1


SCORE_COLOUR = BLUE  # of what was generated, in score and tab


def key_fifths(pitches: Iterable[int]) -> int:
    """The key signature with the fewest accidentals: sharps count up, flats down (−6 to 6)."""
    weight = np.bincount([pitch % 12 for pitch in pitches], minlength=12)
    inside = {
        fifths: weight[(np.array(MAJOR_SCALE) + 7 * fifths) % 12].sum() for fifths in range(-6, 7)
    }
    return max(inside, key=lambda fifths: (inside[fifths], -abs(fifths), fifths))


def _riff_fifths(riff: Riff) -> int:
    played = itertools.chain.from_iterable(map(event_pitches, riff.events))
    return key_fifths(scale_pitch_classes(riff.scale) if riff.scale else played)


def _spelled(pitch: int, fifths: int) -> tuple[str, int, int]:
    """Letter, alteration and octave of a pitch: with flats where the key has flats."""
    names = "C Db D Eb E F Gb G Ab A Bb B" if fifths < 0 else "C C# D D# E F F# G G# A A# B"
    name = names.split()[pitch % 12]
    return name[0], {"": 0, "#": 1, "b": -1}[name[1:]], pitch // 12 - 1


def _in_key(letter: str, fifths: int) -> int:
    """Whether a key signature raises (1) or lowers (−1) a letter."""
    order = "FCGDAEB"
    raised = fifths > 0 and letter in order[:fifths]
    return int(raised) - int(fifths < 0 and letter in order[fifths:])


def _beams(symbols: Sequence[Symbol], beat: int) -> list[list[str]]:
    """For each symbol of a bar how each of its beams goes on, outermost first; none for a flag."""
    level = {"eighth": 1, "16th": 2, "32nd": 3}
    beams: list[list[str]] = [[] for _ in symbols]
    groups = itertools.groupby(
        range(len(symbols)),
        key=lambda i: (
            (symbols[i].onset // beat, True)
            if symbols[i].event >= 0 and SIGNS[symbols[i].duration][0] in level
            else (i, False)  # a rest or a long note stands alone
        ),
    )
    for _, places in groups:
        group = list(places)
        levels = [level.get(SIGNS[symbols[i].duration][0], 0) for i in group]
        for k, i in enumerate(group if len(group) > 1 else ()):
            for n in range(1, levels[k] + 1):
                before = k > 0 and levels[k - 1] >= n
                after = k + 1 < len(group) and levels[k + 1] >= n
                hook = "backward hook" if k else "forward hook"
                kind = ("continue" if after else "end") if before else "begin" if after else hook
                beams[i].append(kind)
    return beams


def _brackets(symbols: Sequence[Symbol], cell: int) -> list[list[str]]:
    """Where the bracket over a triplet begins and ends, for each symbol of a bar."""
    brackets: list[list[str]] = [[] for _ in symbols]
    places = [i for i, symbol in enumerate(symbols) if SIGNS[symbol.duration][2]]
    for _, group in itertools.groupby(places, key=lambda i: symbols[i].onset // cell):
        inside = list(group)
        brackets[inside[0]].append("start")
        brackets[inside[-1]].append("stop")
    return brackets


def _add(parent: Any, path: str, text: Any = None, **attributes: Any) -> Any:
    """Add XML elements, one in the other, as in ``_add(note, "notations/tied")``; the last one."""
    for tag in path.split("/"):
        parent = ElementTree.SubElement(parent, tag)
    parent.attrib.update({name.replace("_", "-"): str(v) for name, v in attributes.items()})
    parent.text = None if text is None else str(text)
    return parent


def musicxml(riff: Riff) -> str:
    """A riff as MusicXML: standard notation over TAB, in two staves of one part.

    What was generated has a colour of its own, and words where it begins. A note has the id
    ``n-<symbol>-<note>``, the same note in the TAB ``t-<symbol>-<note>``.
    Notebook: 04.
    """
    fifths = _riff_fifths(riff)
    root = ElementTree.Element("score-partwise", version="4.0")
    _add(root, "work/work-title", riff.title)
    _add(_add(root, "part-list/score-part", id="P1"), "part-name", "Guitar")
    part = _add(root, "part", id="P1")
    for bar, group in itertools.groupby(enumerate(riff.symbols), lambda pair: pair[1].bar):
        inside = list(group)
        measure = _add(part, "measure", number=bar + 1)
        if bar == 0:
            _add_attributes(measure, riff, fifths)
        beams = _beams([symbol for _, symbol in inside], _beat_ticks(riff.meter))
        brackets = _brackets([symbol for _, symbol in inside], _cell_ticks(riff.meter))
        shown: dict[tuple[str, int], int] = {}  # accidentals hold until the bar line
        for (number, symbol), beam, bracket in zip(inside, beams, brackets, strict=True):
            if symbol.event == riff.prompt_events > 0 and not symbol.tied:
                words = _add(measure, "direction", placement="above")
                look = {"font-weight": "bold", "color": SCORE_COLOUR}
                _add(words, "direction-type/words", "generated from here", **look)
                _add(words, "staff", 1)
            _add_notes(measure, riff, number, fifths, shown, beam, bracket)
        _add(measure, "backup/duration", sum(symbol.duration for _, symbol in inside))
        for number, _ in inside:
            _add_notes(measure, riff, number, fifths)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode")


def _add_attributes(measure: Any, riff: Riff, fifths: int) -> None:
    """What stands at the head of a score: key, meter, clefs, tuning and tempo."""
    head = _add(measure, "attributes")
    _add(head, "divisions", TICKS_PER_QUARTER)
    _add(head, "key/fifths", fifths)
    time = _add(head, "time")
    _add(time, "beats", riff.meter[0])
    _add(time, "beat-type", riff.meter[1])
    _add(head, "staves", 2)
    clef = _add(head, "clef", number=1)
    _add(clef, "sign", "G")
    _add(clef, "line", 2)
    _add(clef, "clef-octave-change", -1)  # a guitar sounds an octave below what is written
    clef = _add(head, "clef", number=2)
    _add(clef, "sign", "TAB")
    _add(clef, "line", 5)
    details = _add(head, "staff-details", number=2)
    _add(details, "staff-lines", 6)
    for line, pitch in enumerate(riff.open_strings, 1):  # the lowest line is the lowest string
        string = _add(details, "staff-tuning", line=line)
        letter, alter, octave = _spelled(pitch, -1)
        _add(string, "tuning-step", letter)
        _add(string, "tuning-alter", alter)
        _add(string, "tuning-octave", octave)
    tempo = _add(measure, "direction", placement="above")
    # A metronome mark would take a music font into the picture, which makes it twice as large.
    words = f"{round(riff.tempo_bpm)} bpm"
    if riff.open_strings != STANDARD_TUNING:
        named = {pitches: name for name, pitches in TUNINGS.items()}
        words += f", {named.get(riff.open_strings) or ' '.join(_string_names(riff.open_strings))}"
    _add(tempo, "direction-type/words", words)
    _add(tempo, "sound", tempo=riff.tempo_bpm)


def _add_notes(
    measure: Any,
    riff: Riff,
    number: int,
    fifths: int,
    shown: dict[tuple[str, int], int] | None = None,
    beam: Sequence[str] = (),
    bracket: Sequence[str] = (),
) -> None:
    """Add the notes of a symbol, or its rest: for the TAB, unless `shown` keeps the accidentals."""
    symbol = riff.symbols[number]
    tab = shown is None
    pitches = event_pitches(riff.events[symbol.event]) if symbol.event >= 0 else ()
    goes_on = number + 1 < len(riff.symbols) and riff.symbols[number + 1].tied
    ties = [kind for kind, yes in (("stop", symbol.tied), ("start", goes_on)) if yes and pitches]
    name, dots, triplet = SIGNS[symbol.duration]
    for k, pitch in enumerate(pitches or (None,)):
        note = _add(measure, "note", id=f"{'t' if tab else 'n'}-{number}-{k}")
        if symbol.event >= riff.prompt_events > 0:
            note.set("color", SCORE_COLOUR)
        if k:
            _add(note, "chord")
        if tab and (pitch is None or symbol.tied):
            note.set("print-object", "no")
        if pitch is None:
            _add(note, "rest")
        else:
            letter, alter, octave = _spelled(pitch, fifths)
            place = _add(note, "pitch")
            _add(place, "step", letter)
            _add(place, "alter", alter)
            _add(place, "octave", octave)
        _add(note, "duration", symbol.duration)
        for kind in ties:
            _add(note, "tie", type=kind)
        _add(note, "voice", 5 if tab else 1)
        _add(note, "type", name)
        for _ in range(dots):
            _add(note, "dot")
        if pitch is not None and not tab:
            if shown.get((letter, octave), _in_key(letter, fifths)) != alter and not symbol.tied:
                _add(note, "accidental", {1: "sharp", -1: "flat", 0: "natural"}[alter])
                shown[letter, octave] = alter
        if triplet:
            ratio = _add(note, "time-modification")
            _add(ratio, "actual-notes", 3)
            _add(ratio, "normal-notes", 2)
        if tab:
            _add(note, "stem", "none")
        _add(note, "staff", 2 if tab else 1)
        for level, kind in enumerate(beam if k == 0 else (), 1):
            _add(note, "beam", kind, number=level)
        notations = _add(note, "notations")
        for kind in ties:
            _add(notations, "tied", type=kind)
        for kind in bracket if k == 0 else ():
            _add(notations, "tuplet", type=kind, bracket="yes")
        if not tab and k == 0 and riff.is_muted(symbol):
            _add(notations, "articulations/staccato")
        if tab and pitch is not None:
            for string, fret in enumerate(riff.fingering.frets[symbol.event]):
                if fret >= 0 and riff.open_strings[string] + fret == pitch:
                    technical = _add(notations, "technical")
                    _add(technical, "string", len(riff.open_strings) - string)
                    _add(technical, "fret", fret)


@dataclass(frozen=True)
class Engraving:
    """A score as a picture: `svg` is the text of an SVG file. In a notebook it shows itself."""

    svg: str

    def _repr_html_(self) -> str:
        return f'<div class="engraving" style="background:white;max-width:960px">{self.svg}</div>'


@functools.lru_cache(maxsize=32)
def engrave(xml: str, width: int = 960) -> Engraving:
    """MusicXML as a picture, by verovio. width: in pixels."""
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit(False)
    # The package says where its fonts are to the thread that imports it, and to no other.
    toolkit.setResourcePath(str(Path(verovio.__file__).with_name("data")))
    toolkit.setOptions(
        dict(
            pageWidth=2 * width,
            pageHeight=60_000,
            adjustPageHeight=True,
            scale=50,
            header="none",
            footer="none",
            spacingStaff=4,
            defaultBottomMargin=1.5,  # words keep clear of beams
            svgViewBox=True,
            svgFormatRaw=True,
            xmlIdSeed=1,  # the same score gives the same picture
            **{f"pageMargin{side}": 30 for side in ("Left", "Right", "Top", "Bottom")},
        )
    )
    if not toolkit.loadData(xml):
        raise ValueError("verovio cannot read this MusicXML.")
    return Engraving(toolkit.renderToSVG(1))


def tab_text(riff: Riff, width: int = 78) -> str:
    """A riff as ASCII tab: six lines of strings, over each system the beats; ``>`` is written
    before the place where the model goes on.

    Each bar is divided evenly, so that the place of a fret tells its time; ``|`` are bar lines.
    `prompt_from_text` reads it back.
    Notebook: 04.
    """
    bar_ticks, beat = riff.ticks_per_bar, _beat_ticks(riff.meter)
    onset = np.cumsum(riff.events["step"])
    n_bars = riff.symbols[-1].bar + 1 if riff.symbols else 0
    heads = _string_names(riff.open_strings)
    heads = [head.ljust(max(map(len, heads))) for head in heads]

    def grid(events: Any) -> tuple[int, int]:
        """Ticks and characters of one place in the tab."""
        unit = int(np.gcd.reduce([beat, *(onset[events] % bar_ticks)]))
        return unit, 3 if (riff.fingering.frets[events] > 9).any() else 2

    unit, column = grid(slice(None))  # one grid for all bars, if a bar then fits into a line
    alike = bar_ticks // unit * column + len(heads[0]) + 2 <= width
    blocks, length = [], 10**9
    for bar in range(n_bars):
        inside = np.flatnonzero(onset // bar_ticks == bar)
        if not alike:
            unit, column = grid(inside)
        frets = riff.fingering.frets[inside]
        size = bar_ticks // unit * column
        above = [" "] * size
        for k in range(0, bar_ticks, beat):
            above[k // unit * column] = str(k // beat + 1)[-1]
        lines, new = [["-"] * size for _ in riff.open_strings], None
        for event, row in zip(inside, frets, strict=True):
            at = int(onset[event] % bar_ticks) // unit * column
            if event == riff.prompt_events > 0:
                new = at
            for string in np.flatnonzero(row >= 0):
                lines[string][at : at + len(str(row[string]))] = str(row[string])
        if length + size + 1 > width:
            blocks.append([" " * (len(heads[0]) + 1), *(head + "|" for head in heads)])
            length = len(heads[0]) + 1
        block = [
            old + "".join(added) + end
            for old, added, end in zip(blocks[-1], [above, *lines], " ||||||", strict=True)
        ]
        if new is not None:  # one character to the left, so that no beat is hidden
            place = len(blocks[-1][0]) + new
            block[0] = block[0][: place - 1] + ">" + block[0][place:]
        blocks[-1] = block
        length += size + 1
    beats = f"{riff.meter[0]}/{riff.meter[1]}, {riff.tempo_bpm:.0f} bpm"
    tuning = " ".join(map(pitch_name, riff.open_strings))
    legend = "; > the model goes on from here" if riff.prompt_ticks else ""
    title = f"{riff.title} ({beats}, tuning {tuning}{legend})"
    systems = ["\n".join([block[0].rstrip(), *reversed(block[1:])]) for block in blocks]
    return "\n\n".join([title, *systems]) + "\n"


def _string_names(strings: Sequence[int]) -> list[str]:
    """What guitarists call the strings, lowest first: E A D G B e; with octaves if that is not
    enough to tell the tuning."""
    names = [pitch_name(pitch) for pitch in strings]
    letters = [name.rstrip("-0123456789") for name in names]
    letters[-1] = letters[-1].lower()
    return letters if _open_strings(letters) == tuple(strings) else names


def _open_strings(names: Sequence[str]) -> tuple[int, ...] | None:
    """The pitches of strings that are named, lowest first; None if a name says no pitch.

    Without an octave it is the one nearest to the string's pitch in standard tuning.
    """
    pitches = []
    for name, usual in zip(names, TUNINGS["standard"], strict=True):
        pitch = _pitch_number(name)
        if pitch is None and (pitch := _pitch_number(name + "4")) is not None:
            pitch = usual + (pitch - usual + 6) % 12 - 6
        pitches.append(pitch)
    return None if None in pitches else tuple(pitches)


def guitar_pro(riff: Riff) -> bytes:
    """A riff as a Guitar Pro 5 file: tuning, strings, frets, durations, ties, palm mutes, key and
    tempo.

    Notebook: 04.
    """
    import guitarpro
    from guitarpro import models as gp

    title = riff.title.encode("cp1252", "replace").decode("cp1252")  # all that the format takes
    song = gp.Song(title=title, tempo=round(riff.tempo_bpm), measureHeaders=[], tracks=[])
    song.key = gp.KeySignature((_riff_fifths(riff), 0))
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
        name, dots, triplet = SIGNS[symbol.duration]
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


BASS_PROGRAM, BASS_LOWEST = 33, 28  # fingered bass; its open E string
STICK = 37  # side stick, for counting in


@functools.cache
def _grooves() -> dict[tuple[int, int], list[tuple[float, np.ndarray]]]:
    """For each meter of the starter songs: tempo and the bar that the drums play most often."""
    found: dict[tuple[int, int], list[tuple[float, np.ndarray]]] = {}
    for path in midi_files(_project_folder() / "data" / "starter"):
        score = read_midi(path)
        song = _song_info(path.name, score)
        drums = [track for track in score.tracks if track.is_drum and len(track.notes)]
        if not drums:
            continue
        notes = score_notes(drums[:1], score.ticks_per_quarter)
        ticks = _ticks_per_bar(song.meter)
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
    Notebook: 04.
    """
    songs = _grooves().get(meter)
    if songs:
        return min(
            songs,
            key=lambda song: ((song[1][:, 0] % 3).any() != triplets, abs(song[0] - tempo_bpm)),
        )[1]
    beats = np.arange(0, _ticks_per_bar(meter), _beat_ticks(meter))
    return np.array([(tick, 42 if tick else 36, 90) for tick in beats])


def bass_line(events: np.ndarray, ticks_per_bar: int) -> np.ndarray:
    """Roots for a bass guitar, ints (n_notes, 3): onset and duration in ticks, pitch.

    It plays where the guitar does on an eighth note, and at the start of each bar: the root of a
    chord, and below single notes the lowest note that weighs most in the bar.
    Notebook: 04.
    """
    if len(events) == 0:
        return np.zeros((0, 3), int)
    onset = np.cumsum(events["step"])
    low = events["bass"] % 12
    stop = int((onset + events["duration"]).max())
    notes = []
    for bar in range(stop // ticks_per_bar + (stop % ticks_per_bar > 0)):
        inside = np.flatnonzero(onset // ticks_per_bar == bar)
        if len(inside):
            weight = np.bincount(low[inside], events["duration"][inside], minlength=12)
            weight[low[inside[0]]] += TICKS_PER_QUARTER
            root = int(weight.argmax())
        elif not notes:
            continue
        else:
            root = (notes[-1][1] - BASS_LOWEST + 4) % 12
        starts = {bar * ticks_per_bar: root}
        for i in inside:
            if onset[i] % (TICKS_PER_QUARTER // 2) == 0:
                chord = int(events["shape"][i]) != 1
                starts[int(onset[i])] = int(low[i]) if chord else root
        notes += [(start, BASS_LOWEST + (pc - 4) % 12) for start, pc in starts.items()]
    ends = [*(start for start, _ in notes[1:]), stop]
    return np.array(
        [(start, end - start, pitch) for (start, pitch), end in zip(notes, ends, strict=True)]
    )


_PLAYER_CSS = """
.rockonet{max-width:960px;background:#fff;color:#111;padding:8px;border:1px solid #ccc}
.rockonet audio{width:100%}
.rockonet .bar{display:flex;gap:1.2em;align-items:center;margin:4px 0;font:13px sans-serif}
.rockonet .score{position:relative}
.rockonet .score svg{width:100%;height:auto}
.rockonet .line{position:absolute;width:3px;background:#D55E00;opacity:.7;display:none}
.rockonet .on,.rockonet .on *{fill:#D55E00!important;stroke:#D55E00!important}
.rockonet .roll{cursor:pointer;display:block;width:100%}
"""
_PLAYER_JS = """
(() => {
  const root = document.getElementById("ID");
  if (!root || root.dataset.ready) return;
  root.dataset.ready = "yes";
  const audio = root.querySelector("audio"), notes = JSON.parse(root.dataset.notes);
  const roll = root.querySelector(".roll"), head = roll.querySelector(".head");
  const score = root.querySelector(".score"), line = root.querySelector(".line");
  const width = roll.viewBox.baseVal.width, seconds = Number(root.dataset.seconds);
  const inside = (id) => root.querySelector("#" + CSS.escape("ID" + id));
  const marks = notes.map((note) => note[2].map(inside).filter((mark) => mark));
  let lit = [];
  root.querySelector(".bar").hidden = false;
  root.querySelector(".loop").onchange = (e) => { audio.loop = e.target.checked; };
  root.querySelector(".speed").onchange = (e) => { audio.playbackRate = Number(e.target.value); };
  roll.onclick = (e) => {
    const box = roll.getBoundingClientRect();
    audio.currentTime = ((e.clientX - box.left) / box.width) * seconds;
  };
  const tabMark = (i) => marks[i] && marks[i].find((mark) => mark.id.startsWith("IDt-"));
  const show = () => {
    const now = audio.currentTime;
    head.setAttribute("x", (now / seconds) * width);
    const sounding = [];
    let last = -1;
    notes.forEach(([begin, end], i) => {
      if (begin <= now) last = i;
      if (begin <= now && now < end) sounding.push(...marks[i]);
    });
    lit.filter((mark) => !sounding.includes(mark)).forEach((mark) => mark.classList.remove("on"));
    sounding.forEach((mark) => mark.classList.add("on"));
    lit = sounding;
    const mark = tabMark(last);
    line.style.display = mark ? "block" : "none";
    if (!mark) return;
    const frame = score.getBoundingClientRect(), here = mark.getBoundingClientRect();
    const system = mark.closest(".system").getBoundingClientRect();
    const next = tabMark(last + 1), there = next && next.getBoundingClientRect();
    let x = here.left + here.width / 2;
    if (there && next.closest(".system") === mark.closest(".system")) {
      const part = (now - notes[last][0]) / (notes[last + 1][0] - notes[last][0]);
      x += (there.left + there.width / 2 - x) * Math.min(1, part);
    }
    line.style.left = x - frame.left + "px";
    line.style.top = system.top - frame.top + "px";
    line.style.height = system.height + "px";
  };
  const run = () => { show(); if (!audio.paused) requestAnimationFrame(run); };
  audio.onplay = run;
  audio.onseeked = audio.onpause = audio.ontimeupdate = show;
})();
"""


@dataclass(frozen=True)
class Player:
    """A riff to hear and see at once; the last thing in a cell, it shows itself.

    Sound, piano roll and score are in the page itself. While it plays, a cursor runs over both and
    what sounds lights up. Where scripts are not allowed, the plain audio player stays.
    Notebook: 04.
    """

    riff: Riff
    sound: Sound
    lead: float  # seconds before the first bar

    def _repr_html_(self) -> str:
        riff = self.riff
        # Another kernel may have left players of the same number in the page.
        notes_hash = zlib.crc32(riff.events.tobytes() + riff.title.encode())
        mark = f"rockonet-{notes_hash:08x}-{next(_PLAYER_NUMBERS)}-"
        tick = riff.tick_seconds
        onset = np.cumsum(riff.events["step"]) * tick + self.lead
        signs: dict[int, list[str]] = {}
        for number, symbol in enumerate(riff.symbols):
            if symbol.event >= 0:
                voices = range(int(riff.events["shape"][symbol.event]).bit_count())
                ids = [f"{staff}-{number}-{k}" for staff in "tn" for k in voices]
                signs.setdefault(symbol.event, []).extend(ids)
        ends = np.append(onset[1:], self.sound.seconds)
        ends = np.minimum(ends, onset + riff.events["duration"] * tick)
        notes = [
            (round(float(begin), 3), round(float(end), 3), [*signs[i], f"r-{i}"])
            for i, (begin, end) in enumerate(zip(onset, ends, strict=True))
        ]
        legend = "one bar of sticks · " if self.lead else ""
        legend += "grey, below black: prompt · " if riff.prompt_events else ""
        score = riff.score()._repr_html_()
        for staff in "nt":
            score = score.replace(f'id="{staff}-', f'id="{mark}{staff}-')
        speeds = "".join(
            f'<option value="{s}"{" selected" if s == 1 else ""}>{s:g} ×</option>'
            for s in (0.5, 0.75, 1, 1.25)
        )
        return (
            f"<style>{_PLAYER_CSS}</style>"
            f'<div class="rockonet" id="{mark}" data-seconds="{self.sound.seconds:.3f}" '
            f"data-notes='{json.dumps(notes)}'>{self.sound._repr_html_()}"
            '<div class="bar" hidden><label><input type="checkbox" class="loop"> loop</label>'
            f'<label>speed <select class="speed">{speeds}</select></label>'
            f'<span>{legend}<b style="color:{SCORE_COLOUR}">blue: generated</b> · '
            "click the picture to go there</span></div>"
            f"{self._roll(mark, notes)}"
            f'<div class="score"><div class="line"></div>{score}</div></div>'
            f"<script>{_PLAYER_JS.replace('ID', mark)}</script>"
        )

    def _roll(self, mark: str, notes: list) -> str:
        """The piano roll as SVG: a rectangle for each note, a bar line each bar, a cursor."""
        riff, width, height = self.riff, 1000, 160
        scale = width / self.sound.seconds
        pitches = [event_pitches(event) for event in riff.events]
        low = min(map(min, pitches), default=40) - 1
        unit = height / (max(map(max, pitches), default=64) + 2 - low)
        parts = []
        bar = riff.ticks_per_bar * riff.tick_seconds
        for i in range(int((self.sound.seconds - self.lead) / bar) + 1):
            x = (self.lead + i * bar) * scale
            parts.append(f'<rect x="{x:.1f}" width="1" height="{height}" fill="#ddd"/>')
        for i, (chord, (begin, end, _)) in enumerate(zip(pitches, notes, strict=True)):
            colour = BLUE if i >= riff.prompt_events else "#767676"
            boxes = "".join(
                f'<rect x="{begin * scale:.1f}" y="{height - (pitch - low + 1) * unit:.1f}" '
                f'width="{max(2, (end - begin) * scale - 1):.1f}" height="{unit * 0.9:.1f}"/>'
                for pitch in chord
            )
            parts.append(f'<g id="{mark}r-{i}" fill="{colour}">{boxes}</g>')
        return (
            f'<svg class="roll" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="Piano roll of {html.escape(riff.title)}">{"".join(parts)}'
            f'<rect class="head" width="2" height="{height}" fill="#D55E00"/></svg>'
        )


_PLAYER_NUMBERS = itertools.count(1)


# ==================================================================================================
# 13. Prompts
# What a model goes on from: an excerpt of a song, a MIDI file, or what somebody typed.
# ==================================================================================================


def random_excerpt(corpus: Corpus, n_events: int, seed: int = 0, bars: int = 0) -> Riff:
    """A random excerpt of `n_events` successive events of one track, to be used as a prompt.

    bars: let what follows it in the song stand for what a model would generate, for so many bars.
    It begins on a bar line and has no rest longer than half a bar where the corpus allows it.
    Errors: ValueError if no track has `n_events` events.
    Notebook: 04.
    """
    if n_events < 1:
        raise ValueError("An excerpt has one event or more.")
    rng = np.random.default_rng(seed)
    places = []
    for track, info in enumerate(corpus.tracks):
        events = corpus.track_events(track)
        bar = _ticks_per_bar(corpus.song_info[info.song].meter)
        starts = np.arange(len(events) - n_events + 1)
        if len(starts) == 0:
            continue
        on_bar = np.cumsum(events["step"])[starts] % bar == 0
        rests = np.concatenate([[0], np.cumsum(events["step"] > bar // 2)])
        flowing = rests[starts + n_events] == rests[starts + 1]
        places += [
            (track, int(s), bool(good)) for s, good in zip(starts, on_bar & flowing, strict=True)
        ]
    if not places:
        raise ValueError(
            f"No track of this corpus has {n_events} events. Ask for fewer, or add songs."
        )
    good = [place for place in places if place[2]] or places
    track, start, _ = good[rng.integers(len(good))]
    info = corpus.tracks[track]
    song = corpus.song_info[info.song]
    events = corpus.track_events(track)[start:].copy()
    events["step"][0] = 0
    onset, bar = np.cumsum(events["step"]), _ticks_per_bar(song.meter)
    end = (onset[n_events - 1] // bar + 1 + bars) * bar
    events = events[: max(n_events, (onset < end).sum()) if bars else n_events]
    return Riff(events, n_events, song.tempo_bpm, song.meter, info.program, song.title)


MAX_TEXT = 20_000  # characters of a prompt


def prompt_from_midi(source: str | os.PathLike | bytes, bars: int = 4, name: str = "") -> Riff:
    """The first bars of the guitar of a MIDI file, as a prompt.

    source: a path, or the bytes of a file (`name` is its name then). bars: how many, counted from
        the bar in which the guitar with the most notes begins.
    The tuning is the first of `TUNINGS` that goes down to its lowest note.
    Errors: `MidiError` if the file cannot be used or has no guitar, ValueError for no bars.
    Notebook: 04.
    """
    if bars < 1:
        raise ValueError("A prompt has one bar or more.")
    name = name or (Path(source).name if not isinstance(source, bytes) else "the upload")
    data = source if isinstance(source, bytes) else _file_bytes(Path(source))
    _refuse_large(name, len(data))
    score, _ = _parse_midi(data, name)
    tracks = guitar_tracks(score, range(24, 32), "guitar|gtr|git")
    if not tracks:
        raise MidiError(name, "has no guitar track (General MIDI programs 24 to 31)")
    song = _song_info(name, score)
    track = max(tracks, key=lambda track: len(track.notes))
    events, _ = events_from_notes(score_notes([track], score.ticks_per_quarter))
    bar = _ticks_per_bar(song.meter)
    onset = np.cumsum(events["step"])
    begin = int(onset[0]) // bar * bar
    events = events[onset < begin + bars * bar].copy()
    events["step"][0] -= begin
    lowest = events["bass"].min()
    tuning = next((name for name in TUNINGS if TUNINGS[name][0] <= lowest), "standard")
    return Riff(events, len(events), song.tempo_bpm, song.meter, track.program, song.title, tuning)


def prompt_from_text(
    text: str,
    tempo_bpm: float = 120.0,
    meter: tuple[int, int] = (4, 4),
    tuning: str | Sequence[int] = "standard",
) -> Riff:
    """A prompt that was typed: ASCII tab, or music21's tinyNotation.

    text: tab of six lines a system, the highest string first (or the lowest, if the names say so),
        with ``|`` at each bar line; before the first one ``e|``, ``e:`` or nothing. Each bar is
        divided evenly: 16 places make sixteenths. A dash after every bar line does not count,
        nor do two unless the bars have 8, 16 or 24 places; a line of beats over the system, as
        `tab_text` writes it, says exactly where a bar begins. Names of strings tell the tuning.
        Or tinyNotation as in ``"4/4 EE8 EE GG4 AA r"``: ``EE`` is the lowest string, ``E`` and
        ``e`` one and two octaves up, a number the length, ``r`` a rest.
        In a tab a dead note (``x``) is silence; `unread_signs` are left out.
    tempo_bpm, meter, tuning: what the text does not say.
    Errors: ValueError that says what cannot be read; a warning if a bar's places do not divide it.
    Source: tinyNotation is described in music21's documentation.
    Notebook: 04.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"A prompt has at most {MAX_TEXT:,} characters.")
    if not text.strip():
        raise ValueError("There is nothing in this prompt: type a tab, or notes like 'EE8 EE GG4'.")
    frets: dict[int, tuple[int, ...]] = {}  # of each onset
    if "|" in text or text.count("-") > 6:
        notes, tuning, frets = _notes_from_tab(text, _ticks_per_bar(meter), tuning_pitches(tuning))
    else:
        notes, meter = _notes_from_tiny(text, meter)
    order = np.lexsort((notes[:, 2], notes[:, 0]))
    onset, duration, pitch = notes[order].T
    columns = dict(track=0 * onset, onset=onset, duration=duration, pitch=pitch)
    events, _ = events_from_notes(columns | dict(velocity=np.full(len(onset), 95)))
    held = tuple(frets.get(int(onset), ()) for onset in np.cumsum(events["step"]))
    return Riff(
        events, len(events), tempo_bpm, meter, title="typed prompt", tuning=tuning, held=held
    )


def _notes_from_tiny(text: str, meter: tuple[int, int]) -> tuple[np.ndarray, tuple[int, int]]:
    """Onsets, durations and pitches (n_notes, 3) of tinyNotation, and its meter."""
    import music21

    try:
        part = music21.converter.parse(f"tinyNotation: {text}")
    except Exception as error:  # music21 raises what its parts raise, without a common class
        raise ValueError(f"This is neither tab nor tinyNotation ({error}).") from error
    found = part.recurse().getElementsByClass(music21.meter.TimeSignature).first()
    unread = [word for word in text.split() if not re.fullmatch(_TINY_WORD, word)]
    if unread:
        raise ValueError(
            f"{unread[0]!r} is no note of tinyNotation: write notes like EE8, E4, g#2. or r4, with "
            "a length of 1, 2, 4, 8 or 16 and no octave (the low E string is EE); or chords as six "
            "lines of tab that begin with e| B| G| D| A| E|."
        )
    if all(re.fullmatch(r"[A-G][#b]?[234]", word) for word in text.split()) and "2" in text:
        warnings.warn(
            "A number was read as a length, not as an octave: E2 is a half note, and the low E "
            "string is EE.",
            stacklevel=3,
        )
    notes = [
        (note.getOffsetInHierarchy(part), note.quarterLength, note.pitch.midi)
        for note in part.recurse().notes
    ]
    if not notes:
        raise ValueError("There is no note in this prompt: type notes like 'EE8 EE GG4'.")
    ticks = np.array([(float(a) * 12, float(b) * 12, pitch) for a, b, pitch in notes])
    if found and re.match(r"\s*\d+/\d+", text):
        meter = found.numerator, found.denominator
    return np.maximum(np.rint(ticks), (0, 1, 0)).astype(np.int64), meter


_TINY_NOTE = r"([A-Ga-g]+'*[#\-bn]*|r)(1|2|4|8|16|32)?\.*~?\}?"
_TINY_WORD = rf"(\d+/\d+|\}}|{_TINY_NOTE}|(trip|quad)\{{({_TINY_NOTE})?)"


def unread_signs(text: str) -> list[str]:
    """What `prompt_from_text` leaves out of a tab: signs for hammer-ons, bends, palm mutes."""
    rows = [line.split("|", 1)[1] for line in text.splitlines() if re.search(r"\|.*-", line)]
    signs = sorted(set(re.sub(r"[-\d|\sxX]", "", "".join(rows))))
    return signs + ["PM"] * bool(rows and re.search(r"^\s*P\.?M\b", text, re.MULTILINE))


def _tidy_line(line: str) -> str:
    """A line of tab as most people write it: ``e|`` in front, dashes in between.

    An ``o`` is an open string, and of a bend only the fret where it begins is a note.
    """
    bare = re.fullmatch(r"\s*([A-Ga-g][#b♯♭]?\d?)?[\s:]*(\d*-[^|]*-[^|]*-.*)", line)
    if bare:
        line = f"{bare[1] or ''}|{bare[2]}"
    head, bar, body = line.partition("|")
    if not re.search(r"[-\d]", body) and re.fullmatch(r"\s*[A-Ga-g][#b♯♭]?\d?\s*", head):
        body = body.replace(" ", "-")
    body = re.sub(r"(?<=[-|])[oO](?=[-|])", "0", "|" + body)[1:]
    body = re.sub(r"(?<=\d)b[()r\d]+", lambda bend: "-" * len(bend[0]), body)
    return head + bar + body


def _notes_from_tab(
    text: str, bar_ticks: int, strings: tuple[int, ...]
) -> tuple[np.ndarray, tuple[int, ...], dict[int, tuple[int, ...]]]:
    """Onsets, durations and pitches (n_notes, 3) of ASCII tab; the open strings; the frets of each
    onset, lowest string first."""
    lines = [_tidy_line(line.rstrip()) for line in text.expandtabs().splitlines()]
    is_string = [bool(re.match(r"\s*\S{0,3}\s*\|[^|]*[-\d]", line)) for line in lines]
    systems, ruled = [], False
    place = 0
    while place < len(lines):
        height = next((k for k in range(len(lines) - place) if not is_string[place + k]), None)
        height = len(lines) - place if height is None else height
        if height == 0:
            place += 1
            continue
        if height != 6:
            raise ValueError(
                f"A tab has six lines, one for each string; {height} stand together from line "
                f"{place + 1} on. Write the strings that are not played as dashes."
            )
        ruled |= place > 0 and bool(re.fullmatch(r"[\s\d>]*\d[\s\d>]*", lines[place - 1]))
        systems.append([line.split("|")[1:] for line in lines[place : place + 6]])
        heads = [line.split("|")[0].strip() for line in lines[place : place + 6]]
        if heads[1][:1].upper() == "A" and heads[4][:1].upper() == "B":  # lowest string first
            systems[-1].reverse()
            heads.reverse()
        place += height
    if not systems:
        raise ValueError(
            "There is no tab of six lines in this prompt: begin them with e| B| G| D| A| E|."
        )
    if named := _open_strings(heads[::-1]):
        rising = all(low < high for low, high in itertools.pairwise(named))
        # Letters alone count for less than a tuning that was asked for.
        if heads[0][-1:].isdigit() or rising and strings == TUNINGS["standard"]:
            strings = tuning_pitches(named)
    bars = []
    for system in systems:
        for columns in zip(*system, strict=False):
            if max(map(len, columns)) and any("-" in column for column in columns):
                bars.append(columns)
    frets = [
        (number, found.start(), string, int(found[0]))
        for number, columns in enumerate(bars)
        for string, column in enumerate(columns)
        # Of more than two digits without a dash each is a note, as in a gallop of open strings.
        for found in re.finditer(r"(?<!\d)[12]\d(?!\d)|\d", column)
    ]
    if not frets:
        raise ValueError("There is no fret in this tab: write numbers on its six lines.")
    dead = [
        (number, found.start())
        for number, columns in enumerate(bars)
        for column in columns
        for found in re.finditer("[xX]", column)
    ]
    notes = []
    held = collections.defaultdict(lambda: [-1] * 6)
    # Most people write a dash or two after a bar line, which is no time.
    struck = sorted({(number, column) for number, column, *_ in frets + dead}, reverse=True)
    usual = min(column for _, column in struck)
    even = all(max(map(len, columns)) % 8 == 0 for columns in bars)
    if ruled or usual > 2 or usual == 2 and even:
        usual = 0
    first = dict(struck)  # the last one wins, the lowest column of a bar
    moved = {}  # bars in which a note is not where it was typed, with their places

    def tick_of(number: int, column: int) -> int:
        lead = first[number] if usual and first[number] <= 2 else usual
        places = max(1, max(map(len, bars[number])) - lead)
        if places in (17, 33) and all(row.endswith("-") for row in bars[number]):
            places -= 1  # a dash before the bar line too
        unit = 1 if ruled or bar_ticks % places == 0 else 3  # else rounded to sixteenths
        exact = (column - lead) / places * bar_ticks
        tick = round(exact / unit) * unit
        if not ruled and abs(tick - exact) > 1e-6:
            moved[number + 1] = places
        return tick + number * bar_ticks

    for number, column, string, fret in frets:
        if fret > FRETS:
            raise ValueError(f"There is no fret {fret}: a guitar has {FRETS}.")
        tick = tick_of(number, column)
        notes.append((tick, strings[5 - string] + fret))
        held[tick][5 - string] = fret
    long = [n for n, columns in enumerate(bars, 1) if max(map(len, columns)) > 30]
    at = np.array([column for n, column in sorted(struck) if n + 1 in long[:1]])
    if not ruled and len(at) > 1 and np.gcd.reduce(np.diff(at)) < 3:
        warnings.warn(
            f"Bar {long[0]} of the tab has room for 32 notes and was read as one bar. If it is two "
            "bars, write | between them.",
            stacklevel=3,
        )
    for number, places in sorted(moved.items())[: not long]:
        warnings.warn(
            f"Bar {number} of the tab has {places} places, which do not divide it evenly: notes "
            "were moved to the nearest sixteenth. Give it 8 or 16 places, or 12 for triplets; a "
            "fret of two digits takes two.",
            stacklevel=3,
        )
    onsets = sorted({tick for tick, _ in notes} | {tick_of(*place) for place in dead})
    ends = dict(zip(onsets, [*onsets[1:], len(bars) * bar_ticks], strict=True))
    rows = [(t, max(1, min(ends[t] - t, bar_ticks)), pitch) for t, pitch in sorted(set(notes))]
    return np.array(rows), strings, {tick: tuple(row) for tick, row in held.items()}


# ==================================================================================================
# 14. Originality
# How much of a riff stands in the songs that a model learned from, in whatever key.
# ==================================================================================================

# Of 300 songs of the rock archive 119 share a run of 12 intervals or more with a song of somebody
# else, 49 one of 16, 16 one of 24, 8 one of 32 and none one of 48: so much is common property.
WARN_COPIED, FAIL_COPIED = 24, 48
DISTINCT_INTERVALS = 4  # a run with fewer is a figure that belongs to nobody


@dataclass(frozen=True)
class Originality:
    """The longest run of a riff's new events that stands in a corpus, in any key.

    longest: in events, 0 if there is none. event: place in the riff's events where it begins.
    song, bar: where it stands, the bar counted from 1.
    """

    longest: int
    event: int = 0
    song: str = ""
    bar: int = 0

    @property
    def verdict(self) -> str:
        """One sentence for a musician."""
        if self.longest < 2:
            return (
                "original: no run of four different intervals stands in the songs it learned from"
            )
        where = f"{self.longest} events in a row stand in {self.song!r}, bar {self.bar}"
        if self.longest < WARN_COPIED:
            return f"original: at most {where}; unrelated songs often share as much"
        if self.longest < FAIL_COPIED:
            return f"take care: {where}; few unrelated songs share as much"
        return f"copied: {where}"


class CopyIndex:
    """Where in a corpus each pair of interval and time stands, to find copied runs quickly.

    A token says of an event how far its lowest note is from the one before, and how many ticks
    passed. Transposing changes neither.
    """

    def __init__(self, corpus: Corpus):
        self.corpus = corpus
        tokens = _tokens(corpus.events)
        tokens[corpus.offsets[:-1][np.diff(corpus.offsets) > 0]] = -1  # nothing stands before it
        self.tokens = np.append(tokens, -1)
        order = np.argsort(tokens, kind="stable")
        kinds, first = np.unique(tokens[order], return_index=True)
        self.places = dict(zip(kinds.tolist(), np.split(order, first)[1:], strict=True))
        self.places.pop(-1, None)
        self.runs = np.zeros(len(tokens) + 1, np.int32)  # all zero between two calls
        self.hashed: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def longer(
        self, ends: np.ndarray, lengths: np.ndarray, token: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Runs that end at `ends` with `lengths` tokens, made longer by a token."""
        places = self.places.get(token, np.zeros(0, np.int64))
        self.runs[ends] = lengths
        longer = self.runs[places - 1] + 1
        self.runs[ends] = 0
        return places, longer

    def after(self, run: Sequence[int]) -> np.ndarray:
        """The places that follow a run of tokens, wherever it stands."""
        length = len(run)
        if length not in self.hashed:
            hashes = np.zeros(max(0, len(self.tokens) - length), np.uint64)
            for i in range(length):
                hashes = _hash(hashes, self.tokens[i : i + len(hashes)])
            order = np.argsort(hashes, kind="stable")
            self.hashed[length] = hashes[order], order
        hashes, order = self.hashed[length]
        wanted = 0
        for token in run:  # as `_hash` does, but for one run that is quicker without arrays
            wanted = (wanted * 0x9E3779B97F4A7C15 + token + 2) % (1 << 64)
            wanted ^= wanted >> 29
        found = np.array(wanted, np.uint64)
        first, stop = (np.searchsorted(hashes, found, side=side) for side in ("left", "right"))
        return order[first:stop] + length


def _tokens(events: np.ndarray) -> np.ndarray:
    """A number for the interval and the time from the event before: ints (n_events,)."""
    interval = np.diff(events["bass"].astype(np.int64), prepend=0) + 128
    return interval << 32 | events["step"].astype(np.int64)


def _distinct_from(intervals: Sequence[int]) -> list[int]:
    """The length of the shortest run to each end with `DISTINCT_INTERVALS`, or a large number."""
    shortest, last_seen = [], {}
    for i, interval in enumerate(intervals):
        last_seen[interval] = i
        recent = sorted(last_seen.values(), reverse=True)
        enough = len(recent) >= DISTINCT_INTERVALS
        shortest.append(i - recent[DISTINCT_INTERVALS - 1] + 1 if enough else 10**9)
    return shortest


def originality(riff: Riff, corpus: Corpus | CopyIndex) -> Originality:
    """The longest run of a riff that stands in a corpus; its prompt does not count.

    corpus: the songs a model learned from, or their `CopyIndex`, which saves a second for a
        million events if there are several riffs to compare.
    Compared are intervals between the lowest notes and times between onsets, so that transposing
    hides nothing. A run needs four distinct intervals.
    Notebook: 04.
    """
    index = corpus if isinstance(corpus, CopyIndex) else CopyIndex(corpus)
    first = riff.prompt_events + 1 if riff.prompt_events else 1  # both ends of an interval are new
    tokens = _tokens(riff.events)[first:].tolist()
    ends, lengths = np.zeros(0, np.int64), np.zeros(0, np.int32)
    best, found = 0, (0, 0)
    shortest = _distinct_from([token >> 32 for token in tokens])
    for i, token in enumerate(tokens):
        ends, lengths = index.longer(ends, lengths, token)
        longest = int(lengths.max(initial=0))
        if longest >= shortest[i] and longest > best:
            best, found = longest, (i, int(ends[lengths.argmax()]))
    if not best:
        return Originality(0)
    here, there = found[0] + first - best, found[1] - best
    corpus = index.corpus
    track = int(np.searchsorted(corpus.offsets, there, side="right")) - 1
    song = corpus.song_info[corpus.tracks[track].song]
    ticks = int(corpus.events["step"][corpus.offsets[track] : there + 1].sum())
    return Originality(best + 1, here, song.title, ticks // _ticks_per_bar(song.meter) + 1)


def bars_of_prompt(riff: Riff) -> tuple[int, int]:
    """How many of the bars after the prompt repeat a bar of it, and how many such bars there are.

    Alike are bars with the same chords at the same times; how long they sound may differ.
    A bar that holds events of both counts for neither.
    Notebook: 04.
    """
    place = np.cumsum(riff.events["step"])
    bar, within = np.divmod(place, riff.ticks_per_bar)
    bars = collections.defaultdict(list)
    for number, *rest in zip(bar, within, riff.events["bass"], riff.events["shape"], strict=True):
        bars[int(number)].append(tuple(map(int, rest)))
    last_given = int(bar[: riff.prompt_events].max(initial=-1))
    first_new = int(bar[riff.prompt_events :].min(initial=last_given + 1))
    given = [bars[number] for number in range(min(first_new, last_given + 1))]
    new = range(last_given + 1, int(bar.max(initial=-1)) + 1)
    return sum(bars[number] in given for number in new), len(new)


# ==================================================================================================
# 15. Generation
# A model gives probabilities; sampling turns them into events, one after the other.
# Rules say what may come next: what is no note of the scale or cannot be fingered never does.
# ==================================================================================================


MAX_REPEATS = 32
# Numbers of `quality`, from the 10th to the 90th percentile of the electric guitars of the rock
# archive's training songs (8 bars each).
TYPICAL = {
    "repeats": (0.0, 0.88),
    "distinct": (0.38, 2.0),
    "pitch-class entropy": (1.23, 2.81),
    "scale consistency": (0.87, 1.0),
    "groove consistency": (0.87, 1.0),
    "events a bar": (2.75, 11.0),
    "playability": (0.87, 1.0),  # rather than 0.84: better with prompts of validation songs
}


def sample(
    probabilities: np.ndarray, temperature: float, top_p: float, top_k: int, chance: np.ndarray
) -> np.ndarray:
    """Draw one code from each row of probabilities (n, n_codes): ints (n,).

    temperature: 0 takes the likeliest always (argmax), 1 leaves the odds as they are, more makes
        them more alike. top_p: only the likeliest codes that together reach this share may be
        drawn (0 to 1; 1 keeps them all). top_k: only the so many likeliest codes; 0 keeps them all.
    chance: (n,) random numbers from 0 to 1, as from ``rng.random(n)``: they decide.
    Notebook: 04.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    if temperature == 0:
        return order[:, 0]
    odds = np.take_along_axis(probabilities, order, axis=1).astype(np.float64)
    with np.errstate(divide="ignore"):
        odds = np.exp((np.log(odds) - np.log(odds[:, :1])) / temperature)
    odds /= odds.sum(axis=1, keepdims=True)
    before = np.cumsum(odds, axis=1) - odds  # the likeliest always stays: nothing stands before it
    rank = np.arange(odds.shape[1])
    odds = np.where((before < top_p) & (rank < (top_k or len(rank))), odds, 0)
    reached = np.cumsum(odds, axis=1)
    drawn = (reached <= chance[:, None] * reached[:, -1:]).sum(axis=1)
    return np.take_along_axis(order, drawn[:, None], axis=1)[:, 0]


@functools.lru_cache(maxsize=16)
def playable_chords(
    shapes: tuple[int, ...],
    scale: str | None = None,
    tuning: str | tuple[int, ...] = "standard",
    frets: tuple[int, int] = NECK,
    polyphony: int = 6,
) -> np.ndarray:
    """Which chords may be played: bools (128, n_shapes) for each lowest pitch and shape.

    A chord needs a voicing in the tuning and within the frets, at most `polyphony` notes, and all
    of its notes in the scale.
    Errors: ValueError if nothing is left.
    Notebook: 04.
    """
    strings = tuning_pitches(tuning)
    classes = set(scale_pitch_classes(scale)) if scale else set(range(12))
    allowed = np.zeros((128, len(shapes)), bool)
    for i, shape in enumerate(shapes):
        intervals = [interval for interval in range(64) if shape >> interval & 1]
        if len(intervals) > polyphony:
            continue
        for bass in range(strings[0], strings[-1] + frets[1] + 1):
            pitches = tuple(bass + interval for interval in intervals)
            if all(pitch % 12 in classes for pitch in pitches):
                allowed[bass, i] = bool(voicings(pitches, strings, frets))
    if not allowed.any():
        raise ValueError(
            f"No chord that this model knows has at most {polyphony} notes of the scale "
            f"{scale or 'of all notes'} on frets {frets[0]} to {frets[1]}: allow more."
        )
    return allowed


def generate(
    trained: Trained,
    n: int = 1,
    bars: int = 8,
    temperature: float = 1.0,
    top_p: float = 0.95,
    prompt: Riff | None = None,
    scale: str | None = None,
    tuning: str | Sequence[int] | None = None,
    seed: int = 0,
    *,
    top_k: int = 0,
    events: int | None = None,
    frets: tuple[int, int] = NECK,
    polyphony: int = 6,
    max_repeats: int = MAX_REPEATS,
    training: Corpus | CopyIndex | None = None,
    max_copied: int = WARN_COPIED - 1,
    revoice: bool = True,
    rhythm: str = "prompt",
    tries: int = 6,
) -> list[Riff]:
    """Continue a prompt with new events.

    n: how many riffs. bars: how many bars to add to the prompt, 1 or more.
    temperature, top_p, top_k: see `sample`. prompt: a `Riff`, as from `random_excerpt` or
        `prompt_from_text`; without one the model starts from silence.
    tries: so many are made side by side for each riff, and the one that is most like real songs is
        kept: see `TYPICAL`. With 1 you get what the model says, as it says it.
    scale, tuning, frets, polyphony: what may be played, see `playable_chords`. Nothing else is.
        Without a tuning it is that of the prompt. revoice: a prompt that cannot be fingered in it
        is changed as little as possible; else it is refused.
    events: stop after so many new events, if that comes before the end of the last bar.
    max_repeats: a chord is not played more often than that in a row. training: the songs that the
        model learned from; at most `max_copied` events in a row are copied (see `originality`).
    rhythm: the classic recipe predicts which notes come next but not when. "prompt" repeats the
        prompt's rhythm for as long as needed; "even" puts 0.3 quarter notes (rounded to 4 ticks)
        between all events, as published.
    Returns n riffs; ``riff.prompt_events`` tells the prompt from what was generated.
    Errors: ValueError for numbers out of range, for what does not exist, and if nothing fits.
    Source: the window that moves on by one event is that of Rock-o-net as published.
    Notebook: 04.
    """
    counts = (n, bars, tries, max_copied, max_repeats, 1 if events is None else events)
    if min(counts) < 1 or top_k < 0 or not temperature >= 0 or not 0 < top_p <= 1:
        raise ValueError(
            "n, bars, events, tries, max_copied and max_repeats must be 1 or more, temperature and "
            "top_k 0 or more, top_p over 0 and at most 1."
        )
    if isinstance(prompt, str):
        raise ValueError("A text becomes a prompt with ru.prompt_from_text(text): give that.")
    if rhythm not in ("prompt", "even"):
        raise ValueError(f"rhythm must be 'prompt' or 'even', not {rhythm!r}.")
    given = prompt or Riff(np.zeros(0, EVENT), title="silence")
    strings = tuning_pitches(tuning or given.tuning)
    given = dataclasses.replace(given, tuning=strings, frets=tuple(frets), scale=scale)
    if revoice:
        given = given.revoiced()
    elif given.fingering.unplayable:
        raise ValueError(f"The prompt is {given.fingering.verdict}; revoice=True changes it.")
    tries = tries if temperature else 1  # without chance they are all alike
    rules = _Rules(
        limits=(scale, strings, tuple(frets), polyphony),
        draw=functools.partial(sample, temperature=temperature, top_p=top_p, top_k=top_k),
        rngs=[np.random.default_rng([seed, i, j]) for i in range(n) for j in range(tries)],
        max_repeats=max_repeats,
        index=CopyIndex(training) if isinstance(training, Corpus) else training,
        max_copied=max_copied,
    )
    go_on = _continue_classic if trained.recipe == "classic" else _continue_riff
    rest = dict(rhythm=rhythm) if trained.recipe == "classic" else {}
    end = _bar_line_after(given) + bars * given.ticks_per_bar
    made = []
    for i, new in enumerate(go_on(trained, given, bars, rules, **rest)):
        together = np.concatenate([given.events, new[:events]])
        room = end - np.cumsum(together["step"])  # nothing sounds on after the last bar
        together["duration"] = np.minimum(together["duration"], room)
        number = f", {i // tries + 1} of {n}" if n > 1 else ""
        song = re.sub(r"^(after )+|,? seed \d+.*$", "", given.title)  # it may be a riff itself
        title = f"after {song[:50]}, seed {seed}{number}"
        made.append(
            dataclasses.replace(
                given, events=together, prompt_events=len(given.events), title=title
            )
        )
    return [_most_typical(made[i : i + tries]) for i in range(0, len(made), tries)]


def _most_typical(riffs: Sequence[Riff]) -> Riff:
    """Of those that can be played the one with the most numbers within `TYPICAL`.

    Where two have as many, the one whose others lie less far outside.
    """

    def outside(riff: Riff) -> tuple[bool, int, float]:
        numbers = _style(riff)
        far = [
            max(low - numbers[name], numbers[name] - high) / (high - low)
            for name, (low, high) in TYPICAL.items()
            if not low <= numbers[name] <= high
        ]
        return bool(riff.fingering.unplayable), len(far), sum(far)

    return min(riffs, key=outside) if len(riffs) > 1 else riffs[0]


@dataclass
class _Rules:
    """What may come next in riffs that are made side by side, and how one of it is drawn.

    limits: arguments of `playable_chords`, without the shapes. draw: `sample` with its settings.
    rngs: one for each riff. index, max_copied, max_repeats: see `generate`.
    """

    limits: tuple
    draw: Callable[..., np.ndarray]
    rngs: list[np.random.Generator]
    index: CopyIndex | None
    max_copied: int
    max_repeats: int

    def begin(self, shapes: Sequence[int], prompt: np.ndarray) -> None:
        """Before the first new event: the shapes of the vocabulary, and what was given."""
        self.shapes = tuple(shapes)
        self.playable = playable_chords(self.shapes, *self.limits)
        self.last = np.zeros(len(self.rngs), EVENT)
        self.repeats = np.zeros(len(self.rngs), int)
        for event in prompt:
            self.hear(np.repeat(event, len(self.rngs)))
        self.tokens: list[list[int]] = [[] for _ in self.rngs]
        self.new = 0

    def chords(self, steps: np.ndarray) -> np.ndarray:
        """Which chords each riff may play after a step in ticks: bools (n, 128, n_shapes)."""
        allowed = np.repeat(self.playable[None], len(self.rngs), axis=0)
        for i in np.flatnonzero(self.repeats >= self.max_repeats):
            shape = int(self.last["shape"][i])
            if shape in self.shapes:
                allowed[i, self.last["bass"][i], self.shapes.index(shape)] = False
        for i, tokens in enumerate(self.tokens if self.index else ()):
            for token in self._too_much(tokens):
                bass = int(self.last["bass"][i]) + (token >> 32) - 128
                if token & 0xFFFFFFFF == steps[i] and 0 <= bass < 128:
                    allowed[i, bass] = False
        none = ~allowed.any(axis=(1, 2))
        allowed[none] = self.playable  # a scale of one note has to be repeated
        return allowed

    def _too_much(self, tokens: list[int]) -> set[int]:
        """The tokens with which a riff would copy more than it may.

        A run counts from its fourth interval on (`originality`), which may lie further back than
        `max_copied` events: as long as it stands in the songs, it is followed back to there.
        """
        back = self.max_copied - 1  # tokens, one less than the events between which they lie
        if len(tokens) < back:
            return set()
        run = tokens[len(tokens) - back :]
        places, kinds, found = self.index.after(run), {token >> 32 for token in run}, set()
        while len(places):
            following = set(self.index.tokens[places].tolist()) - {-1}
            found |= {t for t in following if len(kinds | {t >> 32}) >= DISTINCT_INTERVALS}
            back += 1
            if len(kinds) >= DISTINCT_INTERVALS or back > len(tokens):
                break
            places = places[places >= back]
            places = places[self.index.tokens[places - back] == tokens[-back]]
            kinds.add(tokens[-back] >> 32)
        return found

    def pick(self, odds: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """Draw one of the allowed codes for each riff: odds and bools (n, n_codes); ints (n,)."""
        odds = np.where(allowed, np.maximum(odds, 1e-30), 0.0)
        chance = np.array([rng.random() for rng in self.rngs])
        return self.draw(odds / odds.sum(axis=1, keepdims=True), chance=chance)

    def hear(self, events: np.ndarray, new: bool = False) -> None:
        """Take note of the next event of each riff."""
        same = (events["bass"] == self.last["bass"]) & (events["shape"] == self.last["shape"])
        self.repeats = np.where(same, self.repeats + 1, 1)
        if new and self.new:
            pairs = np.stack([self.last, events], axis=1)
            for tokens, pair in zip(self.tokens, pairs, strict=True):
                tokens.append(int(_tokens(pair)[1]))
        self.new = self.new + 1 if new else 0
        self.last = events


def _continue_classic(
    trained: Trained, prompt: Riff, bars: int, rules: _Rules, rhythm: str
) -> list[np.ndarray]:
    """New events for each riff: the window moves on by one event."""
    steps, durations, velocities = _timing(prompt, bars, rhythm)
    vocabulary, length, n = trained.vocabulary, trained.sequence_length, len(rules.rngs)
    bass, shape = (
        np.array(column, np.uint64)
        for column in zip(*map(_bass_and_shape, vocabulary.symbols), strict=True)
    )
    shapes, place = np.unique(shape, return_inverse=True)
    rules.begin(shapes.tolist(), prompt.events)
    names = [chord_name(event_pitches(event)) for event in prompt.events[-length:]]
    # A standardised code of 0 is the mean: it stands for "nothing known" before the prompt.
    window = np.zeros((n, length), np.float32)
    if names:
        window[:, -len(names) :] = vocabulary.standardise(vocabulary.encode(names)[0])
    new = np.zeros((n, len(steps)), EVENT)
    new["step"], new["duration"], new["velocity"] = steps, durations, velocities
    for k, step in enumerate(steps):
        odds = np.asarray(trained.model.predict_on_batch(window[..., None]))
        allowed = rules.chords(np.repeat(step, n))[:, bass.astype(int), place]
        codes = rules.pick(odds, allowed)
        new["bass"][:, k], new["shape"][:, k] = bass[codes], shape[codes]
        rules.hear(new[:, k], new=True)
        window = np.roll(window, -1, axis=1)
        window[:, -1] = vocabulary.standardise(codes)
    return list(new)


class _Ear:
    """The rows of `riff_inputs` for riffs that grow event by event, without looking back twice."""

    def __init__(self, n: int, ticks_per_bar: int, vocabulary: RiffVocabulary):
        self.bar, self.vocabulary = ticks_per_bar, vocabulary
        self.codes = np.zeros((0, n, len(PARTS)), np.int64)  # from 1 on, as the network reads them
        self.onsets: list[list[int]] = [[] for _ in range(n)]
        self.symbols: list[list[tuple[int, ...]]] = [[] for _ in range(n)]
        self.at: list[dict[int, int]] = [{} for _ in range(n)]  # which event started when
        self.heard: list[dict[tuple, int]] = [{} for _ in range(n)]  # which event followed a run

    def before(self) -> np.ndarray:
        """What is known before the next event: ints (n, 1, N_COLUMNS)."""
        k, n = len(self.codes), len(self.onsets)
        row = np.zeros((n, 1, N_COLUMNS), np.int32)
        if k == 0:
            return row
        column = {name: row[:, 0, place] for name, place in RIFF_COLUMNS.items()}
        column["previous"][:] = self.codes[-1]
        for i, (symbols, heard, onsets) in enumerate(
            zip(self.symbols, self.heard, self.onsets, strict=True)
        ):
            for number, length in enumerate(MATCH_LENGTHS, 1):
                if length > k:
                    break
                run = tuple(symbols[-length:])
                found = heard.get(run)
                heard[run] = k
                if found is not None:
                    column["match"][i] = self.codes[found, i]
                    column["match_length"][i] = number
                    if length <= 2:
                        column["recent"][i] = self.codes[found, i]
            now = onsets[-1]
            column["now"][i] = now % self.bar * 48 // self.bar + 1
            for lag, bars in enumerate(LAG_BARS):
                then = now - bars * self.bar
                if then >= 0:
                    wait = onsets[bisect.bisect_right(onsets, then)] - then
                    column["lag_steps"][i, lag] = np.searchsorted(TIME_EDGES, wait, side="right")
        return row

    def after_step(self, row: np.ndarray, steps: np.ndarray) -> None:
        """Fill in what is known once the next step is, in ticks (n,)."""
        for i, step in enumerate(steps.tolist()):
            onset = (self.onsets[i][-1] if self.onsets[i] else 0) + step
            row[i, 0, RIFF_COLUMNS["then"]] = onset % self.bar * 48 // self.bar + 1
            for lag, bars in enumerate(LAG_BARS):
                found = self.at[i].get(onset - bars * self.bar)
                if found is not None:
                    place = RIFF_COLUMNS["lags"].start + lag * len(PARTS)
                    row[i, 0, place : place + len(PARTS)] = self.codes[found, i]

    def hear(self, events: np.ndarray) -> None:
        """Take note of the next event of each riff."""
        codes = self.vocabulary.encode(events) + 1
        for i, (step, symbol) in enumerate(
            zip(events["step"].tolist(), codes[:, :3].tolist(), strict=True)
        ):
            onset = (self.onsets[i][-1] if self.onsets[i] else 0) + step
            self.at[i].setdefault(onset, len(self.codes))
            self.onsets[i].append(onset)
            self.symbols[i].append(tuple(symbol))
        self.codes = np.concatenate([self.codes, codes[None]])


def _continue_riff(trained: Trained, prompt: Riff, bars: int, rules: _Rules) -> list[np.ndarray]:
    """New events for each riff, the state of the LSTM carried along."""
    vocabulary, n, given = trained.vocabulary, len(rules.rngs), len(prompt.events)
    listen, heads, cells = _carrying(trained.model)
    ear = _Ear(n, prompt.ticks_per_bar, vocabulary)
    rules.begin(vocabulary.shapes, prompt.events)
    onset = np.full(n, prompt.events["step"].sum())
    end = _bar_line_after(prompt) + bars * prompt.ticks_per_bar
    times = np.array(vocabulary.steps)
    state = [np.zeros((n, size), np.float32) for size in cells for _ in range(2)]

    def read(part: str) -> np.ndarray:
        logits = np.asarray(heads[part].predict_on_batch([row, told]), np.float64)[:, 0]
        return np.exp(logits - logits.max(axis=1, keepdims=True))

    any_time = np.repeat(np.arange(len(times))[None] > 0, n, axis=0)
    new: list[np.ndarray] = []
    for k in range(given + 64 * bars):
        row = ear.before()
        told, *state = map(np.asarray, listen.predict_on_batch([row, *state]))
        if k < given:
            event = np.repeat(prompt.events[k], n)
        else:
            codes = np.zeros((n, len(PARTS)), int)
            codes[:, 0] = rules.pick(read("step"), any_time if k else any_time | True)
            steps = times[codes[:, 0]]
            ear.after_step(row, steps)
            target = row[:, 0, RIFF_COLUMNS["target"]]
            target[:, 0] = codes[:, 0] + 1
            chords = rules.chords(steps)
            codes[:, 1] = rules.pick(read("bass"), chords.any(axis=2))
            target[:, 1] = codes[:, 1] + 1
            allowed = np.pad(chords[np.arange(n), codes[:, 1]], ((0, 0), (1, 0)))  # no rare shape
            codes[:, 2] = rules.pick(read("shape"), allowed)
            target[:, 2] = codes[:, 2] + 1
            codes[:, 3] = rules.pick(read("duration"), any_time)
            target[:, 3] = codes[:, 3] + 1
            odds = read("velocity")
            codes[:, 4] = rules.pick(odds, np.ones(odds.shape, bool))
            event = vocabulary.decode(codes)
            rules.hear(event, new=True)
            new.append(event)
            onset = onset + event["step"]
            if (onset >= end).all():
                break
        ear.hear(event)
    made = np.stack(new, axis=1)
    begin = int(prompt.events["step"].sum())
    inside = begin + np.cumsum(made["step"], axis=1) < end
    return [events[keep] for events, keep in zip(made, inside, strict=True)]


@functools.lru_cache(maxsize=4)
def _carrying(model: Any) -> tuple[Any, dict[str, Any], list[int]]:
    """The riff network in pieces, see `carry` of `riff_model`, and the sizes of its states."""
    cells = [layer.units for layer in model.layers if layer.name.startswith("lstm_")]
    sizes = {part: logits.shape[-1] for part, logits in model.output.items()}
    hidden = model.get_layer(f"hidden_{PARTS[0]}").units
    listen, heads = riff_model(sizes, cells, hidden, carry=True)
    for piece in (listen, *heads.values()):
        for layer in piece.layers:
            if layer.weights:
                layer.set_weights(model.get_layer(layer.name).get_weights())
    return listen, heads, cells


def _bar_line_after(riff: Riff) -> int:
    """Where the bar of its last event ends, in ticks; 0 without events."""
    if not len(riff.events):
        return 0
    return (int(riff.events["step"].sum()) // riff.ticks_per_bar + 1) * riff.ticks_per_bar


def _timing(prompt: Riff, bars: int, rhythm: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Steps, durations and velocities of new events that fill `bars` bars after the prompt."""
    onset = np.cumsum(prompt.events["step"])
    last = int(onset[-1]) if len(onset) else -1
    end = _bar_line_after(prompt)
    if rhythm == "even" or len(onset) < 2:
        ticks = 4 if rhythm == "even" else TICKS_PER_QUARTER // 2
        first = last + ticks if len(onset) else 0
        onsets = np.arange(first, end + bars * prompt.ticks_per_bar, ticks)
        return np.diff(onsets, prepend=max(0, last)), 0 * onsets + ticks, 0 * onsets + 90
    # The prompt is repeated from its last bar line on, so that accents stay where they were.
    repeats = -(-bars * prompt.ticks_per_bar // end)
    onsets = (onset + end * np.arange(1, repeats + 1)[:, None]).ravel()
    keep = onsets < end + bars * prompt.ticks_per_bar
    durations, velocities = (
        np.tile(prompt.events[name], repeats)[keep] for name in ("duration", "velocity")
    )
    return np.diff(onsets[keep], prepend=onset[-1]), durations, velocities


def _bass_and_shape(name: str) -> tuple[int, int]:
    """Back from a chord name: 'E2 B2' is bass 40 and the shape with bits 0 and 7."""
    pitches = [_pitch_number(part) for part in name.split()]
    if None in pitches:
        raise ValueError(f"{name!r} is no name of a chord: write its pitches, as in 'E2 B2'.")
    return pitches[0], sum(1 << (pitch - pitches[0]) for pitch in pitches)


def odds_chart(
    probabilities: np.ndarray, vocabulary: Vocabulary, temperatures: Sequence[float], ax: Any = None
) -> Any:
    """The ten likeliest next symbols, and how temperature changes their odds.

    temperatures: over 0, at most three.
    Notebook: 04.
    """
    top = np.argsort(-probabilities)[:10]
    ax = _axes(ax, (9, 3))
    width = 0.8 / len(temperatures)
    looks = ((BLUE, ""), (ORANGE, "//"), (GREEN, ".."))
    for i, (temperature, (colour, hatch)) in enumerate(
        zip(temperatures, looks[: len(temperatures)], strict=True)
    ):
        odds = np.maximum(probabilities.astype(np.float64), 1e-30) ** (1 / temperature)
        ax.bar(
            np.arange(len(top)) + i * width,
            (odds / odds.sum())[top],
            width,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            label=f"temperature {temperature:g}",
        )
    names = [vocabulary.symbols[code].replace(" ", "\n") for code in top]
    ax.set_xticks(np.arange(len(top)) + 0.4 - width / 2, names, fontsize=8)
    ax.set(title="The ten likeliest next symbols", ylabel="probability", xlabel="symbol")
    ax.legend()
    return ax.figure


# ==================================================================================================
# 16. Quality
# Is it any good? Numbers in which riffs are compared with real songs.
# ==================================================================================================


def quality(riff: Riff, training: Corpus | CopyIndex) -> dict[str, float]:
    """Eight numbers that say how a riff plays, of its new events alone.

    ``repeats``: share of events with the chord of the one before. ``distinct``: different chords
    for each bar. ``pitch-class entropy``: of all notes, in bits. ``scale consistency``: the
    largest share of notes that one major or minor scale holds. ``groove consistency``: 1 minus the
    share of the bar's ticks in which two successive bars differ as to whether a note begins.
    ``events a bar``. ``playability``: see `finger`; of the whole riff, since the hand comes from
    the prompt. ``longest copy``: see `originality`.
    Source: entropy, scale and groove consistency as MusPy defines them (Dong and others, 'MusPy: a
    toolkit for symbolic music generation', 2020).
    Notebook: 04.
    """
    return _style(riff) | {"longest copy": float(originality(riff, training).longest)}


def _style(riff: Riff) -> dict[str, float]:
    """What `quality` says of the riff alone."""
    style = style_metrics([riff.generated], riff.ticks_per_bar)
    onset = riff.prompt_ticks + np.cumsum(np.append(0, riff.generated["step"][1:]))
    bars = np.zeros((int(onset.max(initial=0)) // riff.ticks_per_bar + 1, riff.ticks_per_bar), bool)
    bars[onset // riff.ticks_per_bar, onset % riff.ticks_per_bar] = True
    bars = bars[bars.any(axis=1).argmax() :]
    chords = {(int(event["bass"]), int(event["shape"])) for event in riff.generated}
    return {
        "repeats": style["repeat_share"],
        "distinct": len(chords) / len(bars),
        "pitch-class entropy": style["pitch_class_entropy"],
        "scale consistency": style["scale_consistency"],
        "groove consistency": float(1 - (bars[1:] != bars[:-1]).mean()) if len(bars) > 1 else 1.0,
        "events a bar": len(riff.generated) / len(bars),
        "playability": riff.fingering.playability,
    }


def quality_table(kinds: dict[str, Sequence[Riff]], training: Corpus | CopyIndex) -> Markdown:
    """A row for each number of `quality`, a column for each kind of riffs: their medians.

    kinds: the first one are real songs; their 5th to 95th percentile stands in brackets, and a
        median outside of it is bold. Two rows sum it up: the share of riffs with all numbers
        inside, and how far a kind is from the real songs: the mean distance of the medians, in
        widths of the brackets.
    Notebook: 04.
    """
    index = CopyIndex(training) if isinstance(training, Corpus) else training
    numbers = {
        kind: [quality(riff, index) for riff in riffs if len(riff.generated)]
        for kind, riffs in kinds.items()
    }
    real, *others = numbers
    rows, distances = [], {kind: [] for kind in others}
    inside = {kind: np.ones(len(found), bool) for kind, found in numbers.items()}
    for name in numbers[real][0]:
        values = {kind: [row[name] for row in found] for kind, found in numbers.items()}
        low, middle, high = np.nanpercentile(values[real], (5, 50, 95))
        row = [name, f"{middle:.2f} ({low:.2f} to {high:.2f})"]
        for kind in others:
            median = float(np.nanmedian(values[kind]))
            row.append(f"{median:.2f}" if low <= median <= high else f"**{median:.2f}**")
            distances[kind].append(abs(median - middle) / max(high - low, 0.01))
        for kind, found in values.items():
            inside[kind] &= ~((np.array(found) < low) | (np.array(found) > high))
        rows.append(row)
    rows.append(["*all inside*", *(f"*{share.mean():.0%}*" for share in inside.values())])
    rows.append(["*distance*", "0", *(f"*{np.mean(d):.2f}*" for d in distances.values())])
    return table(["", *numbers], rows)


# ==================================================================================================
# 17. Riff machine
# All of it in one panel.
# ==================================================================================================

SCALES = (
    "any",
    *(
        f"{tonic} {kind}"
        for kind in ("minor pentatonic", "blues", "minor", "major", "dorian", "phrygian")
        for tonic in ("E", "A", "D", "G", "C", "F#", "B")
    ),
)
PROMPTS = ("from a song", "typed", "a MIDI file")
TYPED = """\
e|----------------|----------------|
B|----------------|----------------|
G|----------------|----------------|
D|----------------|----------2-----|
A|------2-----2---|------2---------|
E|0-0-3---0-0---3-|0-0-3-------3-0-|
"""
KINDS = {
    ".mid": "MIDI",
    ".gp5": "Guitar Pro",
    ".musicxml": "MusicXML",
    ".mp3": "MP3",
    ".wav": "WAV",
}
KINDS |= {".txt": "tab as text", ".svg": "score as picture"}


class RiffMachine:
    """A panel that makes riffs without a line of code; the last thing in a cell, it shows itself.

    trained: of either recipe. training: the songs that it learned from, to see what is copied.
    songs: where prompts are drawn from, best songs that the model does not know. folder: where
        favourites are saved.
    It works in a thread of its own, so that the page stays alive; a second press while it works
    does nothing.
    Notebook: 04.
    """

    def __init__(
        self, trained: Trained, training: Corpus, songs: Corpus, folder: str | os.PathLike
    ):
        import ipywidgets as widgets

        self.trained, self.index, self.songs = trained, CopyIndex(training), songs
        self.folder = Path(folder)
        self.riffs: list[Riff] = []
        self.favourites: list[Riff] = []
        self.thread: threading.Thread | None = None
        self.seed = int(np.random.default_rng().integers(10**6))  # no favourite is overwritten
        box, half = {"width": "98%"}, {"width": "auto"}
        label = dict(style={"description_width": "8em"}, layout=half)
        self.source = widgets.ToggleButtons(options=PROMPTS, description="Prompt", **label)
        self.song_seed = widgets.BoundedIntText(0, 0, 9999, description="excerpt", **label)
        self.song = widgets.HTML(layout={"margin": "0 0 0 8em"})
        self.prompt_bars = widgets.IntSlider(2, 1, 8, description="bars of it", **label)
        self.text = widgets.Textarea(
            TYPED,
            placeholder="six lines of tab, or notes such as EE8 EE GG4 AA",
            layout={"width": "98%", "height": "9em"},
        )
        self.tempo = widgets.IntSlider(120, 40, 240, description="tempo", **label)
        self.upload = widgets.FileUpload(accept=".mid,.midi,.kar,.rmi", multiple=False)
        self.stack = widgets.Stack(
            [
                widgets.VBox([self.song_seed, self.song, self.prompt_bars], layout=box),
                widgets.VBox([self.text, self.tempo], layout=box),
                widgets.VBox([self.upload, self.prompt_bars], layout=box),
            ],
            selected_index=0,
        )
        self.sound = widgets.Dropdown(options=list(SOUNDS), description="sound", **label)
        self.scale = widgets.Combobox(
            value="any", options=SCALES, description="scale", ensure_option=False, **label
        )
        self.tuning = widgets.Combobox(
            value="standard", options=list(TUNINGS), description="tuning", **label
        )
        self.temperature = widgets.FloatSlider(
            1.0, min=0.2, max=1.6, step=0.1, description="temperature", **label
        )
        self.bars = widgets.IntSlider(8, 1, 16, description="new bars", **label)
        self.band = widgets.Checkbox(True, description="with bass and drums", indent=False)
        self.button = widgets.Button(
            description="Generate 5",
            button_style="primary",
            icon="music",
            tooltip="Make 5 riffs",
            layout={"flex": "0 0 auto"},
        )
        self.progress = widgets.IntProgress(0, 0, 6, layout={"display": "none"})
        self.message = widgets.HTML()
        self.cards = widgets.VBox()
        self.starred = widgets.HTML()
        self.keep = widgets.Button(description="Save favourites", icon="save", disabled=True)
        self.source.observe(self._choose_source, "value")
        self.song_seed.observe(self._name_song, "value")
        self._name_song()
        self.button.on_click(self._press)
        self.keep.on_click(self._save_favourites)
        left = widgets.VBox([self.source, self.stack], layout={"width": "55%"})
        right = widgets.VBox(
            [self.sound, self.scale, self.tuning, self.temperature, self.bars, self.band],
            layout={"width": "43%"},
        )
        go = widgets.HBox([self.button, self.progress, self.message])
        kept = widgets.HBox([self.keep, self.starred])
        self.panel = widgets.VBox([widgets.HBox([left, right]), go, kept, self.cards])

    def _ipython_display_(self) -> None:
        display(self.panel)

    def _choose_source(self, change: dict) -> None:
        self.stack.selected_index = PROMPTS.index(change["new"])

    def _name_song(self, _: Any = None) -> None:
        self.song.value = f"of {html.escape(self._excerpt().title)}"

    def _excerpt(self) -> Riff:
        return random_excerpt(self.songs, 4, self.song_seed.value, self.prompt_bars.value)

    def prompt(self) -> Riff:
        """The prompt as the panel has it. Errors: ValueError in one sentence."""
        bars = self.prompt_bars.value
        if self.source.value == "typed":
            tuning = self.tuning.value.strip() or "standard"
            return prompt_from_text(self.text.value, float(self.tempo.value), tuning=tuning)
        if self.source.value == "a MIDI file":
            if not self.upload.value:
                raise ValueError("Choose a MIDI file first.")
            (file,) = self.upload.value
            return prompt_from_midi(bytes(file.content), bars, file.name)
        riff = self._excerpt()
        first = int((np.cumsum(riff.events["step"]) < bars * riff.ticks_per_bar).sum())
        return dataclasses.replace(riff, events=riff.events[:first], prompt_events=first)

    def _press(self, _: Any = None) -> None:
        if self.thread and self.thread.is_alive():
            return
        self.button.disabled = True
        self.seed += 1
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        self.progress.layout.display, self.progress.value = None, 0
        self.message.value = "Making five riffs …"
        begin = time.perf_counter()
        try:
            scale, tuning = self.scale.value.strip(), self.tuning.value.strip() or "standard"
            with warnings.catch_warnings(record=True) as doubts:
                warnings.simplefilter("always")
                prompt = self.prompt()
            self.riffs = generate(
                self.trained,
                n=5,
                bars=self.bars.value,
                temperature=self.temperature.value,
                prompt=prompt,
                scale=None if scale in ("", "any") else scale,
                tuning=None if tuning == "standard" else tuning,  # None: that of the prompt
                training=self.index,
                seed=self.seed,
            )
            self.cards.children = ()
            for riff in self.riffs:
                self.progress.value += 1
                self.message.value = f"Riff {self.progress.value} of 5: sound and score …"
                self.cards.children += (self._card(riff.sounding(self.sound.value)),)
            self.message.value = f"Five riffs in {time.perf_counter() - begin:.0f} s."
            typed = self.source.value == "typed"
            if signs := unread_signs(self.text.value) if typed else []:
                left = html.escape(" ".join(signs))
                self.message.value += f" Your tab without its signs {left}, which cannot be read."
            for doubt in doubts:
                self.message.value += f" {html.escape(str(doubt.message))}"
        except (ValueError, RuntimeError) as error:
            below = " The riffs below are those of before." if self.cards.children else ""
            said = html.escape(str(error).rstrip("."))
            self.message.value = f"<b>{said}.</b>{below}"
        finally:
            self.progress.layout.display = "none"
            self.button.disabled = False

    def _card(self, riff: Riff) -> Any:
        """What is shown of one riff: player with score, verdicts, star and downloads."""
        import ipywidgets as widgets

        player = widgets.Output()
        player.append_display_data(riff.player(band=self.band.value))
        star = widgets.ToggleButton(False, description="favourite", icon="star")
        get = widgets.Button(description="Downloads", icon="download")
        links = widgets.HTML()
        copied = html.escape(originality(riff, self.index).verdict)
        again, new = bars_of_prompt(riff)
        verdict = widgets.HTML(
            f"{copied}<br>{again} of {new} new bars repeat a bar of the prompt"
            f"<br>{html.escape(riff.fingering.verdict)}"
        )
        title = widgets.HTML(f"<b>{html.escape(riff.title)}</b>")

        def choose(change: dict) -> None:
            self.favourites = [r for r in self.favourites if r is not riff]
            self.favourites += [riff] if change["new"] else []
            self.keep.disabled = not self.favourites
            names = ", ".join(html.escape(r.title) for r in self.favourites)
            self.starred.value = f"★ {names}" if names else ""

        def offer(_: Any) -> None:
            get.disabled = True
            links.value = " · ".join(
                download_link(riff, suffix, self.band.value) for suffix in riff.formats
            )

        star.observe(choose, "value")
        get.on_click(offer)
        row = widgets.HBox([title, star, get])
        return widgets.VBox([row, verdict, player, links], layout={"margin": "8px 0"})

    def _save_favourites(self, _: Any = None) -> None:
        for riff in self.favourites:
            riff.save(self.folder, riff.formats, self.band.value)
        place = "/".join(self.folder.absolute().parts[-3:])
        self.starred.value = f"{len(self.favourites)} saved in the folder {html.escape(place)}"


def download_link(riff: Riff, suffix: str, band: bool = True) -> str:
    """HTML of a link that saves a riff in one of `FORMATS` from the page. Notebook: 04."""
    data = base64.b64encode(riff.encoded(suffix, band)).decode()
    return (
        f'<a download="{riff.file_name}{suffix}" '
        f'href="data:application/octet-stream;base64,{data}">{KINDS[suffix]}</a>'
    )


# ==================================================================================================
# 18. Exercises
# The notebooks ask, the learner answers, `self_check` says in plain words what is right or wrong.
# Each exercise is a function: from the answer, and what the notebook has made, to a verdict.
# ==================================================================================================

_EXERCISES: dict[str, tuple[str, Callable[..., tuple[bool, str]]]] = {}


def self_check(exercise: str, answer: Any, **made: Any) -> None:
    """Print in plain words whether the answer to an exercise is right and, if not, what is wrong.

    exercise: notebook and number, as "1.2". answer: None while it is open. made: what the notebook
    has made and the exercise is about.
    Notebook: 01 to 04, in the exercises.
    """
    wanted, verdict = _EXERCISES[exercise]
    inspect.signature(verdict).bind(answer, **made)  # what is missing is no fault of the answer
    if answer is None:
        print(f"○ Exercise {exercise} is open. In place of None it wants {wanted}.")
        return
    try:
        right, words = verdict(answer, **made)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        what = reprlib.repr(answer)
        what = type(answer).__name__ if what.startswith("<") else what
        right, words = False, f"the answer is to be {wanted}; this is {what}."
    print(f"✔ Right: {words}" if right else f"✘ Not yet: {words}")


def _exercise(number: str, wanted: str) -> Callable:
    def enter(verdict: Callable) -> Callable:
        _EXERCISES[number] = wanted, verdict
        return verdict

    return enter


def _is_share(answer: float, share: float, of: str) -> tuple[bool, str]:
    """A share from 0 to 1, as exact as a person writes it down."""
    if abs(answer - share) <= 0.005:
        return True, f"{share:.1%} {of}."
    if abs(answer - 100 * share) <= 0.5:
        return False, f"that is in percent. As a share from 0 to 1 it is right: {answer / 100:.3f}."
    return False, f"{answer:.3f} is too {'low' if answer < share else 'high'}."


@_exercise("1.1", "the number of a fret")
def _fret_in_drop_d(answer: int) -> tuple[bool, str]:
    answer, wanted, usual = int(answer), 43, STANDARD_TUNING[0]
    low = TUNINGS["drop D"][0]
    if answer == wanted - usual:
        return False, f"that is where G2 lies in standard tuning, {wanted - usual} frets above E2."
    if answer < wanted - usual:
        return False, "the open string sounds lower now, so the finger has to go up, not down."
    if answer > wanted - low:
        return False, "that is too high: count the semitones from D2 up to G2, one for each fret."
    return answer == wanted - low, f"from D2 up to G2 it is {wanted - low} semitones, a fret each."


@_exercise("1.2", "a copy of `first_bars` whose track has another program")
def _as_a_piano(answer: symusic.Score, first_bars: symusic.Score) -> tuple[bool, str]:
    (track,), (before,) = answer.tracks, first_bars.tracks
    if before.program == 0:
        return False, (
            "`first_bars` itself was changed. Run the cell under 'Hear it' again, and change a "
            "copy: `first_bars.copy()`."
        )
    if track.program != 0:
        return False, f"the program is still {track.program}; a piano is 0."
    return track.notes == before.notes, "the same notes, and another instrument: that is MIDI."


@_exercise("1.3", "a share, a number from 0 to 1")
def _share_of_chords(answer: float, notes: dict[str, np.ndarray]) -> tuple[bool, str]:
    _, size = np.unique(notes["onset"], return_counts=True)
    if abs(answer - size[size > 1].sum() / size.sum()) <= 0.005:
        return False, "that is the share of notes within chords. Count the times, each once."
    later = np.diff(notes["onset"], prepend=-1) == 0
    if abs(answer - later.mean()) <= 0.005:
        return False, "that counts notes that start with the one before. Count times, each once."
    return _is_share(answer, float((size > 1).mean()), "of the times at which something starts")


@_exercise("1.4", "a number of notes a second")
def _notes_a_second(answer: float, score: symusic.Score, notes: dict) -> tuple[bool, str]:
    n_notes = len(notes["pitch"])
    rate = n_notes / score.copy().to("Second").end()
    if abs(answer - rate) <= 0.1:
        return True, f"{rate:.1f} notes a second, each note of a chord counted."
    if abs(answer - n_notes / (score.end() / score.ticks_per_quarter)) <= 0.1:
        return False, "that is notes for each quarter note; how long is the song in seconds?"
    return False, f"{answer:.3g} is too {'low' if answer < rate else 'high'}."


@_exercise("2.1", "a number of windows")
def _windows_of_twenty(answer: int) -> tuple[bool, str]:
    answer = int(answer)
    if answer == 1:
        return False, "windows overlap: the next one begins one symbol later."
    if answer == 9:
        return False, "the last window needs a symbol after it, as its answer."
    if answer != 8:
        return False, "try it by hand with a melody of five symbols and windows of two."
    return True, "it may begin at the symbols 1 to 8: the last answer is symbol 20."


@_exercise("2.2", "a list of windows, each a list of symbols with the answer last")
def _varied_windows(answer: list, melody: list[str], length: int) -> tuple[bool, str]:
    windows = [melody[i : i + length + 1] for i in range(len(melody) - length)]
    wanted = [window for window in windows if len(set(window)) >= 4]
    if [list(window) for window in answer] == wanted:
        return True, f"{len(wanted)} of {len(windows)} windows are left."
    if any(len(window) != length + 1 for window in answer):
        return False, f"each window has {length + 1} symbols: {length} and the answer."
    return False, f"{len(answer)} windows; {len(wanted)} of {len(windows)} hold four distinct ones."


@_exercise("2.3", "the title of a song")
def _most_varied_song(answer: str, corpus: Corpus) -> tuple[bool, str]:
    songs = [corpus.select([number]) for number in range(len(corpus.songs))]
    distinct = {
        title: len(song.chords()[0]) for title, song in zip(corpus.songs, songs, strict=True)
    }
    longest = max(songs, key=lambda song: song.n_events).songs[0]
    answer = {title.lower(): title for title in distinct}.get(answer.lower(), answer)
    if answer not in distinct:
        return False, f"no song is called {answer!r}; the titles are in `corpus.songs`."
    if distinct[answer] == max(distinct.values()):
        return True, f"{answer}, with {distinct[answer]} distinct symbols."
    if answer == longest:
        return False, "that is the song with the most events, but many of them are alike."
    return False, f"{answer} has {distinct[answer]}; the most is {max(distinct.values())}."


@_exercise("2.4", "a share, a number from 0 to 1")
def _always_the_same_answer(answer: float, Y: OneHot, codes: np.ndarray) -> tuple[bool, str]:
    share = float(np.bincount(Y.codes).max() / len(Y))
    if abs(answer - np.bincount(codes).max() / len(codes)) <= 0.002:
        return False, "that is among all events. Only windows with enough variety ask questions."
    return _is_share(
        answer, share, "right answers: what a model must beat to have learned anything"
    )


@_exercise("2.5", "a corpus, as `build_corpus` makes it")
def _tracks_by_name(answer: Corpus, corpus: Corpus) -> tuple[bool, str]:
    mine, before = (set(zip(c.tracks, np.diff(c.offsets), strict=True)) for c in (answer, corpus))
    tracks, songs = len(answer.tracks) - len(corpus.tracks), set(answer.songs) - set(corpus.songs)
    if tracks < 0:
        return False, f"that has {-tracks} tracks less: keep `programs`, and add the names to it."
    if not re.search("guitar|gtr", answer.filters):
        return False, 'the name of no guitar counts there: say track_names="guitar|gtr".'
    if mine == before:
        return False, (
            "these are the same tracks as before. Did you say which names count? Then your folder "
            "is tidy."
        )
    return True, f"{tracks} tracks more, and {len(songs)} songs that were not there before."


@_exercise("2.6", "a list with the names of the numbers that lie outside")
def _like_rock(answer: list[str], corpus: Corpus, song: int) -> tuple[bool, str]:
    tracks = [corpus.track_events(i) for i, t in enumerate(corpus.tracks) if t.song == song]
    usual, numbers = usual_in_rock(), style_metrics(tracks)
    outside = {
        name
        for name, (low, high) in usual.items()
        if not low - 1e-9 <= numbers[name] <= high + 1e-9
    }
    given = {answer} if isinstance(answer, str) else set(answer)
    if unknown := sorted(given - usual.keys()):
        return False, f"there is no number {unknown[0]!r}: there are {', '.join(usual)}."
    if wrong := sorted(outside ^ given):
        low, high = usual[wrong[0]]
        return False, f"look at {wrong[0]} again: {numbers[wrong[0]]:.3f}, usual {low} to {high}."
    return (
        True,
        f"{corpus.songs[song]} plays like rock in {len(usual) - len(outside)} of 7 numbers.",
    )


@_exercise("3.1", "a probability, a number from 0 to 1")
def _chance_of_three_nats(answer: float) -> tuple[bool, str]:
    if abs(answer - math.exp(3)) < 1:
        return False, "that is how many equally likely answers it stands for; one of them is right."
    if abs(abs(answer) - math.log(3)) < 0.05:
        return False, "that is ln 3. The loss is −ln of the probability; you need the way back."
    return _is_share(answer, math.exp(-3), "for the right answer: one of 20 equally likely ones")


@_exercise("3.2", "a rate and an epoch, as in (0.0001, 3)")
def _kept_model(answer: tuple[float, int], history: History) -> tuple[bool, str]:
    rate, epoch = answer
    best = history.best
    if (rate, epoch) == (best.learning_rate, best.epoch):
        return True, f"there the dashed lines are lowest, at {best.validation_loss:.3f} nats."
    named = [row for row in history.epochs if (row.learning_rate, row.epoch) == (rate, epoch)]
    if named and named[0].validation_loss < best.validation_loss + 0.01:
        return True, (
            f"no eye can tell it from the lowest point, which is {best.learning_rate:g} after "
            f"epoch {best.epoch}."
        )
    lowest = min(history.epochs, key=lambda row: row.loss)
    if (rate, epoch) == (lowest.learning_rate, lowest.epoch):
        return False, "there the solid line is lowest: that is training. Look at the dashed lines."
    return False, f"the lowest point of all dashed lines is {best.validation_loss:.3f} nats."


@_exercise("3.3", "the history of a sweep over four rates")
def _fourth_rate(answer: History, history: History) -> tuple[bool, str]:
    last = {rate: answer.of(rate)[-1].loss for rate in answer.learning_rates}
    if len(last) < 4 or 0.03 not in last:
        return False, f"this sweep has the rates {', '.join(f'{rate:g}' for rate in last)}."
    if any(answer.of(rate) != history.of(rate) for rate in history.learning_rates):
        return False, "the old rates were trained anew: change nothing but `learning_rates`."
    bolder = "so bolder still wins there" if last[0.03] < last[0.01] else "so 0.03 is too bold"
    held = [min(row.validation_loss for row in answer.of(rate)) for rate in (0.03, 0.01)]
    return True, (
        f"on the training songs 0.03 ends at {last[0.03]:.2f} nats and 0.01 at {last[0.01]:.2f}, "
        f"{bolder}. On the validation songs their best are {held[0]:.2f} and {held[1]:.2f}."
    )


@_exercise("3.4", "the history of a sweep without decay")
def _without_decay(answer: History, history: History) -> tuple[bool, str]:
    rates = history.learning_rates
    if answer.learning_rates != rates:
        return False, "sweep over the same rates, so that they can be compared."
    if all(answer.of(rate) == history.of(rate) for rate in rates):
        return False, "these are the losses with decay; set it to 0 with settings.replace(...)."
    gain = {rate: history.of(rate)[-1].loss - answer.of(rate)[-1].loss for rate in rates}
    most = max(gain, key=gain.get)
    lowest = min(rates, key=lambda rate: answer.of(rate)[-1].loss)
    held = ", ".join(f"{answer.of(rate)[-1].validation_loss:.2f}" for rate in rates)
    return True, (
        f"on the training songs {most:g} gains most, {gain[most]:.2f} nats, and {lowest:g} ends "
        f"lowest. On the validation songs the rates end at {held}."
    )


@_exercise("3.5", "a function that builds a network, as `classic_model` does")
def _one_layer(answer: Callable, settings: Settings) -> tuple[bool, str]:
    try:
        model = answer(12, 50, settings.units, settings.dense, settings.dropout)
    except Exception as error:  # whatever Keras has against it
        return False, f"your function stops with {type(error).__name__}: {error}"
    kinds = [type(layer).__name__ for layer in model.layers]
    if kinds.count("LSTM") != 1:
        return False, f"your network has {kinds.count('LSTM')} LSTM layers; one is asked for."
    sums = np.asarray(model(np.zeros((2, 12, 1), np.float32))).sum(axis=-1)
    if sums.ndim == 2:
        return False, "it answers after every event: return_sequences=False in the LSTM."
    if sums.shape != (2,) or not np.allclose(sums, 1, atol=1e-4):
        return False, "its answers are no probabilities: the last layer needs the softmax."
    three = classic_model(12, 50, settings.units, settings.dense, settings.dropout)
    share = model.count_params() / three.count_params()
    return True, f"one LSTM, with {share:.0%} of the weights of the three."


@_exercise("3.6", "a trained riff recipe without the skip")
def _without_skip(answer: Trained, riff_recipe: Trained, validation: Corpus) -> tuple[bool, str]:
    weights = answer.model.count_params(), riff_recipe.model.count_params()
    if "embed_match_length" not in {layer.name for layer in answer.model.layers}:
        return False, "the candidates are gone, as in step 4: leave them in, take out the skip."
    if weights[0] >= weights[1]:
        return False, "this network is as large as before: build it with skip=False."
    nats = [held_out_nats(trained, validation) for trained in (answer, riff_recipe)]
    chord, total = ([row[name] for row in nats] for name in ("pitch", "total"))
    return True, (
        f"without the skip {chord[0]:.2f} nats for a chord, with it {chord[1]:.2f}; in total "
        f"{total[0]:.2f} and {total[1]:.2f}."
    )


@_exercise("4.1", "a whole number in digits: how many of the four can be drawn")
def _top_half(answer: int) -> tuple[bool, str]:
    odds = np.tile([0.4, 0.3, 0.2, 0.1], (1000, 1))
    drawn = len(set(sample(odds, 1.0, 0.5, 0, np.linspace(0, 0.999, 1000)).tolist()))
    answer = int(answer)
    if answer == 1:
        return False, "the likeliest alone has 0.4, which is less than 0.5."
    return answer == drawn, "the likeliest come in, one after the other, until 0.5 is reached."


@_exercise("4.2", "a list of five riffs")
def _five_riffs(answer: list[Riff], prompt: Riff) -> tuple[bool, str]:
    if len(answer) != 5:
        return False, f"{len(answer)} riffs; five are asked for: n=5."
    begun = [riff.events[: riff.prompt_events] for riff in answer]
    if not all(np.array_equal(one, prompt.events) for one in begun):
        return False, "they do not begin with the prompt: say prompt=prompt."
    different = len({riff.generated.tobytes() for riff in answer})
    return different == 5, f"one prompt, {different} different ways to go on."


@_exercise("4.3", "a riff with half the tempo of `riff`")
def _slow_and_clean(answer: Riff, riff: Riff) -> tuple[bool, str]:
    if not np.array_equal(answer.events, riff.events):
        return False, "the notes are not those of `riff`: copy it with riff.sounding(…)."
    if abs(answer.tempo_bpm - riff.tempo_bpm / 2) > 0.5:
        return (
            False,
            f"its tempo is {answer.tempo_bpm:.0f}; half of {riff.tempo_bpm:.0f} is asked for.",
        )
    if answer.program != SOUNDS["clean"]:
        return False, 'the tempo is right; now the clean guitar: "clean".'
    return True, "the tab is the same, since it counts beats and not seconds."


@_exercise("4.4", "two lists of riffs, made at the temperatures 0.5 and 1.5")
def _variety(answer: tuple[list[Riff], list[Riff]]) -> tuple[bool, str]:
    if min(map(len, answer)) < 8:
        return False, "of so few riffs the numbers are chance: make eight of each, n=8."
    cold, hot = (
        np.mean([len(np.unique(riff.generated[["bass", "shape"]])) for riff in riffs])
        for riffs in answer
    )
    means = f"{cold:.1f} and {hot:.1f} distinct symbols"
    if cold >= hot:
        return False, f"{means}: the first list is to be the cold one; make both with tries=1."
    return True, f"{means}: the hotter, the more outsiders get their chance."


@_exercise("4.5", "a list of riffs, one for each of the three scales")
def _three_scales(answer: list[Riff], scales: Sequence[str]) -> tuple[bool, str]:
    if len(answer) != len(scales):
        return False, f"{len(answer)} riffs for {len(scales)} scales."
    for riff, scale in zip(answer, scales, strict=True):
        classes = {pitch % 12 for event in riff.generated for pitch in event_pitches(event)}
        if foreign := classes - set(scale_pitch_classes(scale)):
            note = pitch_name(60 + min(foreign)).rstrip("-0123456789")
            return False, f"{note} is no note of {scale}: say scale=... when you generate."
    return True, "no note of the new events lies outside of its scale."


@_exercise("4.6", "a riff of yours")
def _your_riff(
    answer: Riff, training: CopyIndex, prompts: Sequence[Riff], folder: Path
) -> tuple[bool, str]:
    if isinstance(answer, list):  # favourites: the last one
        if not answer:
            return False, "mark a card of the riff machine as a favourite first."
        answer = answer[-1]
    given = answer.events[: answer.prompt_events]
    if not len(given) or any(np.array_equal(given, prompt.events) for prompt in prompts):
        return False, "begin with a prompt of your own: ru.prompt_from_text or a MIDI file."
    new_ticks = int(answer.events["step"].sum()) - answer.prompt_ticks
    if new_ticks < 3 * answer.ticks_per_bar:
        return False, "let the model add at least four bars: bars=4."
    if answer.fingering.unplayable:
        return False, f"it is {answer.fingering.verdict}. Try another seed or tuning."
    copied = originality(answer, training)
    if copied.longest >= WARN_COPIED:
        return False, f"{copied.verdict} Try another seed."
    path = next(folder.rglob(f"{answer.file_name}.gp5"), None)
    if path is None:
        return False, "it is good. Now save it: answer.save(settings.output / 'riffs')."
    if path.read_bytes() != guitar_pro(answer):
        return False, "the saved Guitar Pro file is of another riff: save it again."
    where = f"{path.parent.name}/{path.name}"
    return True, f"{len(answer.generated)} new events after {len(given)} of yours, in {where}."
