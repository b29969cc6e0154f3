"""Long steps that are killed, disks that are full or read-only, several writers of one folder."""

import contextlib
import ctypes
import importlib
import io
import multiprocessing
import os
import random
import re
import resource
import signal
import tempfile
import threading
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from torture import Campaign
from torture_songs import ROOT

import rockonet_utils as ru
from rockonet.common.errors import Remark

SONGS = ROOT / "data" / "starter" / "metal"
SMALL = dict(units=(4, 4, 4), dense=4, epochs=2, epoch_windows=64, batch_size=32)
FORK = multiprocessing.get_context("fork")
LIBC = ctypes.CDLL(None)
OWN_MOUNTS, PRIVATE, REMOUNT_READ_ONLY, DETACH = 0x20000, 0x44000, 33, 2  # of Linux


def build(folder: Path) -> None:
    ru.build_corpus(SONGS, cache=folder / "corpus.npz", n_jobs=1)


def save(folder: Path) -> None:
    corpus = ru.build_corpus(SONGS, n_jobs=1)
    riff = ru.random_excerpt(corpus, 24)
    riff.save(folder / "riffs", (".mid", ".gp5", ".musicxml", ".txt"))


def windows(folder: Path) -> None:
    corpus = ru.build_corpus(SONGS, n_jobs=1)
    ru.save_windows(folder / "windows.npz", *ru.classic_windows(corpus, 12, 4))


def train(folder: Path) -> None:
    corpus = ru.build_corpus(SONGS, n_jobs=1)
    X, Y, vocabulary = ru.classic_windows(corpus.select([0, 1]), 12, 4)
    held = ru.classic_windows(corpus.select([2]), 12, 4, vocabulary)[:2]
    settings = ru.settings("quick", "starter").replace(output=folder, **SMALL)
    ru.learning_rate_sweep((X, Y), held, vocabulary, settings, live=False)


STEPS: tuple[Callable[[Path], None], ...] = (build, save, windows, train)


def contents(folder: Path) -> dict[str, Any]:
    """What a step has left, by the names of the files: how long they are, or what they say where it
    is never quite the same."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): told(path) for path in paths}


def told(path: Path) -> Any:
    if path.suffix == ".csv":
        return [(row.learning_rate, row.epoch, row.loss) for row in ru.load_history(path).epochs]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() or archive.namelist()
    return path.stat().st_size


def is_part(left: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether all that was left is whole, if not all of it: of a history the first epochs, and the
    state after one of them."""
    known = {re.sub(r"epoch-\d+", "epoch", name): value for name, value in whole.items()}
    for name, value in left.items():
        right = known.get(re.sub(r"epoch-\d+", "epoch", name))
        if value != right and not (
            isinstance(value, list) and value == (right or [])[: len(value)]
        ):
            return False
    return True


class Run:
    """A step that another run of Python does, which has its own folder for temporary files.

    hindered: what makes it harder, done first.
    """

    def __init__(
        self,
        step: Callable[[Path], None],
        folder: Path,
        hindered: Callable[[], None] = lambda: None,
    ):
        self.answer = FORK.SimpleQueue()
        self.process = FORK.Process(target=self.body, args=(step, folder, hindered))
        self.process.start()

    def body(
        self, step: Callable[[Path], None], folder: Path, hindered: Callable[[], None]
    ) -> None:
        elsewhere = Path(tempfile.mkdtemp(dir=folder.parent))
        tempfile.tempdir = str(elsewhere)
        with (
            contextlib.redirect_stdout(io.StringIO()),
            warnings.catch_warnings(record=True) as warned,
        ):
            warnings.simplefilter("always")
            try:
                hindered()
                step(folder)
                remarks = [one.message for one in warned if isinstance(one.message, Remark)]
                said = " ".join(map(str, remarks))
            except (ValueError, OSError, RuntimeError) as error:
                said = str(error)
            except BaseException as error:
                said = f"failed: {type(error).__name__}: {error}"
        self.answer.put(said[:1000])

    def said(self) -> str:
        """What it said of what stood in its way, when it has come to its end."""
        self.process.join()
        assert not self.answer.empty(), f"it ended with {self.process.exitcode}"
        said = self.answer.get()
        assert not said.startswith("failed: "), said
        return said


def usual(folder: Path) -> dict[str, tuple[float, dict[str, Any]]]:
    """How long each step takes, and what it leaves."""
    importlib.import_module("keras")  # once, not in every run
    if LIBC.unshare(OWN_MOUNTS) == 0:  # what is mounted here is seen and left by nobody else
        LIBC.mount(None, b"/", None, PRIVATE, None)
    found = {}
    for step in STEPS:
        place = folder / step.__name__
        place.mkdir()
        begin = time.perf_counter()
        assert Run(step, place).said() == ""
        found[step.__name__] = time.perf_counter() - begin, contents(place)
    return found


@contextlib.contextmanager
def disk(folder: Path, size: int) -> Iterator[bool]:
    """A disk of so many bytes at a folder, where it is allowed to make one."""
    made = os.geteuid() == 0
    made = made and LIBC.mount(b"none", bytes(folder), b"tmpfs", 0, b"size=%d" % size) == 0
    try:
        yield made
    finally:
        if made:
            LIBC.umount2(bytes(folder), DETACH)


def killed(state: dict, rng: random.Random, folder: Path) -> None:
    """A step is killed at a random moment; done again it leaves what it always leaves."""
    step, place = rng.choice(STEPS), folder / "place"
    place.mkdir()
    seconds, whole = state[step.__name__]
    run = Run(step, place)
    time.sleep(rng.random() * 1.5 * seconds)
    run.process.kill()
    run.process.join()
    Run(step, place).said()
    assert contents(place) == whole, f"{step.__name__} left {contents(place)}"


def full(state: dict, rng: random.Random, folder: Path) -> None:
    """A disk takes some bytes in all, or of each file. What is left is whole, what is not there was
    said, and a step that is done again with room enough leaves what it always leaves."""
    step, place = rng.choice(STEPS), folder / "place"
    place.mkdir()
    _, whole = state[step.__name__]
    sizes = [size for size in whole.values() if isinstance(size, int)]
    room = rng.randrange(4096, 2 * sum(sizes)) if rng.random() < 0.5 else 0
    quota = rng.randrange(2 * max(sizes))

    def of_each_file() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (quota, quota))

    with disk(place, room) if room else contextlib.nullcontext(False) as made:
        said = Run(step, place, (lambda: None) if made else of_each_file).said()
        left = contents(place)
        assert is_part(left, whole), left
        assert left == whole or (str(folder) in said and "ROCKONET_OUTPUT" in said), said
        assert step is not save or left in ({}, whole), f"some of the files: {sorted(left)}"
        if not made:
            Run(step, place).said()
            assert contents(place) == whole, f"{step.__name__} left {contents(place)}"


def obedient() -> None:
    """Root without its capabilities obeys the rights of files, as everybody else does."""
    LIBC.capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)())


def read_only(state: dict, rng: random.Random, folder: Path) -> None:
    """Nothing can be written, on a disk that has or has not what a step makes: that is said, and
    what was there is as it was."""
    step, place = rng.choice(STEPS), folder / "place"
    place.mkdir()
    _, whole = state[step.__name__]
    with disk(place, 1 << 26) if rng.random() < 0.5 else contextlib.nullcontext(False) as made:
        if rng.random() < 0.5:
            Run(step, place).said()
        before = contents(place)
        if made:
            assert LIBC.mount(None, bytes(place), None, REMOUNT_READ_ONLY, None) == 0
            said = Run(step, place).said()
        else:
            folders = [place, *(path for path in place.rglob("*") if path.is_dir())]
            for path in folders:
                path.chmod(0o555)
            said = Run(step, place, obedient).said()
            for path in folders:
                path.chmod(0o755)
        assert contents(place) == before
        assert before == whole or (str(folder) in said and "ROCKONET_OUTPUT" in said), said


def together(state: dict, rng: random.Random, folder: Path) -> None:
    """Four threads and two processes do one step in one folder."""
    step, place = rng.choice((build, windows, save)), folder / "place"
    place.mkdir()
    failed: list[str] = []

    def try_it() -> None:
        try:
            step(place)
        except Exception as error:
            failed.append(f"{type(error).__name__}: {error}")

    others = [Run(step, place) for _ in range(2)]
    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [*failed, *(other.said() for other in others)] == ["", ""], failed
    assert contents(place) == state[step.__name__][1], contents(place)


CAMPAIGNS = (
    Campaign("kills", 100, usual, killed, seconds=60),
    Campaign("full disks", 60, usual, full, seconds=60),
    Campaign("read-only disks", 40, usual, read_only, seconds=60),
    Campaign("four threads and two kernels", 50, usual, together, seconds=60),
)
