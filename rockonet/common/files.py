"""Files are written whole or not at all, and what cannot be read is named with its remedy."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile

# What NumPy, zipfile, json and we ourselves raise for a file that is damaged or of another kind.
UNREADABLE = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error),
    *(ValueError, TypeError, LookupError, AttributeError, OverflowError),
)


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
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


def write_csv(
    path: str | os.PathLike[str], header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write a CSV file, whole or not at all."""
    with atomic_write(path) as temporary, open(temporary, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


@contextlib.contextmanager
def reading(path: str | os.PathLike[str], what: str, remedy: str) -> Iterator[None]:
    """While a file is read and what it holds is checked: say what is wrong with it, and what to do.

    what: the file should be, as in "a corpus". remedy: a sentence.
    Raises: FileNotFoundError if there is none; ValueError if it is damaged or something else.
    """
    try:
        yield
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no {path}; it should be {what}. {remedy}") from None
    except UNREADABLE as error:
        raise ValueError(f"{path} is not {what}, or it is damaged ({error}). {remedy}") from error


def open_arrays(path: str | os.PathLike[str]) -> NpzFile:
    """Open an ``.npz`` file and nothing else: of other files NumPy says how to load them unsafely.

    Raises: zipfile.BadZipFile, and others of `UNREADABLE`.
    """
    with zipfile.ZipFile(path):
        return np.load(path, allow_pickle=False)


def fingerprint(*arrays: np.ndarray) -> str:
    """A short text that changes with any byte of the arrays."""
    mark = hashlib.sha256()
    for array in arrays:
        mark.update(array.tobytes())
    return mark.hexdigest()[:16]
