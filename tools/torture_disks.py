"""Long steps that are killed, disks that are full or read-only, several writers of one folder."""

import multiprocessing
import os
import random
import resource
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torture import Campaign
from torture_songs import ROOT

import rockonet_utils as ru

SONGS = ROOT / "data" / "starter" / "metal"


def build(folder: Path) -> None:
    ru.build_corpus(SONGS, cache=folder / "corpus.npz", n_jobs=1)


def save(folder: Path) -> None:
    corpus = ru.build_corpus(SONGS, n_jobs=1)
    riff = ru.random_excerpt(corpus, 24)
    riff.save(folder / "riffs", (".mid", ".gp5", ".musicxml", ".txt"))


def windows(folder: Path) -> None:
    corpus = ru.build_corpus(SONGS, n_jobs=1)
    ru.save_windows(folder / "windows.npz", *ru.classic_windows(corpus, 12, 4))


STEPS: tuple[Callable[[Path], None], ...] = (build, save, windows)


def contents(folder: Path) -> dict[str, int]:
    """The files that a step has left, by their names, and their sizes."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def usual(folder: Path) -> dict[str, tuple[float, dict[str, int]]]:
    """How long each step takes, and what it leaves."""
    found = {}
    for step in STEPS:
        place = folder / step.__name__
        place.mkdir()
        begin = time.perf_counter()
        step(place)
        found[step.__name__] = time.perf_counter() - begin, contents(place)
    return found


def killed(state: dict, rng: random.Random, folder: Path) -> None:
    """A step is killed at a random moment; done again it leaves what it always leaves."""
    step = rng.choice(STEPS)
    seconds, whole = state[step.__name__]
    process = multiprocessing.get_context("fork").Process(target=step, args=(folder,))
    process.start()
    time.sleep(rng.random() * 1.5 * seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    step(folder)
    assert contents(folder) == whole, f"{step.__name__} left {contents(folder)}"


def on_a_full_disk(step: Callable[[Path], None], folder: Path, size: int, answer: Any) -> None:
    """Do a step where no file may be longer than `size` bytes; what it raised goes into a queue."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        step(folder)
        answer.put("")
    except (ValueError, OSError, RuntimeError) as error:
        answer.put(f"refused: {error}")
    except BaseException as error:
        answer.put(f"{type(error).__name__}: {error}")


def full(state: dict, rng: random.Random, folder: Path) -> None:
    """A disk takes no more than some bytes of a file: a step is whole or leaves nothing of it."""
    step = rng.choice(STEPS)
    _, whole = state[step.__name__]
    context = multiprocessing.get_context("fork")
    answer = context.SimpleQueue()
    size = rng.randrange(2 * max(whole.values()))
    process = context.Process(target=on_a_full_disk, args=(step, folder, size, answer))
    process.start()
    said = answer.get()
    process.join()
    left = contents(folder)
    assert not said or said.startswith("refused: ") and str(folder) in said, said
    assert all(whole.get(name) == size for name, size in left.items()), left
    if step is save:
        assert not left or left == whole, f"some of the files: {sorted(left)}"


def together(state: dict, rng: random.Random, folder: Path) -> None:
    """Four threads and two processes do one step in one folder."""
    step = rng.choice((build, windows))
    failed: list[str] = []

    def try_it() -> None:
        try:
            step(folder)
        except Exception as error:
            failed.append(f"{type(error).__name__}: {error}")

    context = multiprocessing.get_context("fork")
    others = [context.Process(target=step, args=(folder,)) for _ in range(2)]
    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for one in (*others, *threads):
        one.start()
    for one in (*others, *threads):
        one.join()
    assert not failed, failed[0]
    assert all(process.exitcode == 0 for process in others), "a process failed"
    assert contents(folder) == state[step.__name__][1], contents(folder)
    shutil.rmtree(folder)
    folder.mkdir()


CAMPAIGNS = (
    Campaign("kills", 100, usual, killed, seconds=60),
    Campaign("full disks", 100, usual, full, seconds=60),
    Campaign("four threads and two kernels", 50, usual, together, seconds=60),
)
