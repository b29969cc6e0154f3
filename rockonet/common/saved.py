"""What was saved is opened here: checked before it is used, and named if it cannot be used.

Zip files, and so ``.npz`` and models, carry a check sum of each of their members, tables one in a
column of its own, JSON one beside its text. What is opened is a regular file, and no more of it is
read than allowed.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import hashlib
import io
import json
import lzma
import os
import stat
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, BinaryIO

import numpy as np
from numpy.lib.npyio import NpzFile

from rockonet.common.files import atomic_write
from rockonet.common.shown_text import visible

# What NumPy, zipfile and what it unpacks with, json, csv, Keras and we ourselves raise for a file
# that is damaged or of another kind. A header may be no Python, or ask for more than there is.
UNREADABLE = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, csv.Error),
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError),
    *(tokenize.TokenError, SyntaxError, RuntimeError, MemoryError, ImportError),
)

MOST_TABLE_BYTES = 50_000_000
# How far something saved may be packed: deflate can do 1,000 to 1, and music takes 30 to 1 at most.
MOST_BYTES, MOST_TIMES = 100_000_000, 100
MOST_AT_THE_END = 22 + 0xFFFF  # bytes of a zip after its list of members: a comment is the last
USUAL_PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
CHECK = "check"  # the column of a table with its check sum


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file to read its bytes; never a named pipe or a device, which may have no end.

    Raises: OSError.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    return open(path, "rb")


@contextlib.contextmanager
def reading(path: str | os.PathLike[str], what: str, remedy: str) -> Iterator[BinaryIO]:
    """The opened file; while it is read and what it holds is checked, what is wrong is said.

    what: the file should be, as in "a corpus". remedy: a sentence.
    Raises: FileNotFoundError if there is none; ValueError if it is damaged or something else.
    """
    name = visible(path)
    try:
        with open_regular(path) as file:
            yield file
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no {name}; it should be {what}. {remedy}") from None
    except UNREADABLE as error:
        reason = visible(getattr(error, "strerror", None) or error)[:200]
        reason = reason or type(error).__name__
        raise ValueError(f"{name} is not {what}, or it is damaged ({reason}). {remedy}") from error


def read_at_most(file: IO[bytes], limit: int) -> bytes:
    """All bytes of a file.

    Raises: ValueError if there are more than the limit.
    """
    data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"it has more than {limit:,} bytes")
    return data


def unpacked(archive: zipfile.ZipFile, member: str | zipfile.ZipInfo, limit: int) -> bytes:
    """The bytes of one file in a zip, counted while they come, whatever the zip says of them.

    Raises: ValueError with the reason, if there are more than the limit too.
    """
    buffer = io.BytesIO()
    try:
        info = member if isinstance(member, zipfile.ZipInfo) else archive.getinfo(member)
        usual = info.compress_type in USUAL_PACKING
        with archive.open(info) as file:
            # Of bzip2 and LZMA zipfile unpacks all that it has read, be it a gigabyte: a bit at a
            # time, then.
            assert isinstance(file, zipfile.ZipExtFile)
            file.MIN_READ_SIZE = 64
            while some := file.read1(1 << 16 if usual else 64):
                if buffer.tell() + len(some) > limit:
                    raise ValueError(f"it has more than {limit:,} bytes")
                buffer.write(some)
    except UNREADABLE as error:
        raise ValueError(
            f"cannot be unpacked ({visible(error) or type(error).__name__})"
        ) from error
    return buffer.getvalue()


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """Open a zip of ours, whose members then unpack to no more than a zip of ours would.

    Raises: zipfile.BadZipFile, and others of `UNREADABLE`.
    """
    archive = zipfile.ZipFile(file)
    members = archive.infolist()
    if members_lost(archive):
        raise ValueError("not all of its members are found")
    size = sum(member.file_size for member in members)  # zipfile gives no more than it says
    if size > MOST_BYTES + MOST_TIMES * os.fstat(file.fileno()).st_size:
        raise ValueError(f"it would unpack to {size // 10**6:,} MB")
    if any(member.compress_type not in USUAL_PACKING for member in members):
        raise ValueError("it is packed in an unusual way")
    return archive


def members_lost(archive: zipfile.ZipFile) -> int:
    """How many members fewer an archive lists than its end says; zipfile does not look.

    0 for 65,535 members or more, whose number does not stand there.
    """
    assert archive.fp
    size = archive.fp.seek(0, os.SEEK_END)
    archive.fp.seek(max(0, size - MOST_AT_THE_END))
    end = archive.fp.read()
    said = int.from_bytes(end[end.rfind(b"PK\5\6") :][10:12], "little")
    return 0 if said == 0xFFFF else said - len(archive.infolist())


def open_arrays(file: BinaryIO) -> NpzFile:
    """Open an ``.npz`` file and nothing else: of other files NumPy says how to load them unsafely.

    Raises: zipfile.BadZipFile, and others of `UNREADABLE`.
    """
    with open_zip(file):
        file.seek(0)
    return np.load(file, allow_pickle=False)


def write_csv(
    path: str | os.PathLike[str], header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write a CSV file, whole or not at all; a last column holds a check sum of all others."""
    cells = [[str(value) for value in row] for row in rows]
    check = _check_sum(header, cells)
    with (
        atomic_write(path) as temporary,
        open(temporary, "w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*header, CHECK])
        writer.writerows([*row, check] for row in cells)


def read_csv(file: BinaryIO, *headers: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file with one of some headers, by column; see `write_csv`.

    Tables of before version 0.3 have no check sum.
    Raises: ValueError if it is another table, or not as it was written.
    """
    text = read_at_most(file, MOST_TABLE_BYTES).decode()
    header, *rows = list(csv.reader(io.StringIO(text, newline=""), strict=True)) or [[]]
    if header[-1:] == [CHECK]:
        header, checks = header[:-1], {row[-1] for row in rows if row}
        rows = [row[:-1] for row in rows]
        if checks and checks != {_check_sum(header, rows)}:
            raise ValueError("a check sum says that it was changed")
    if header not in map(list, headers):
        raise ValueError(f"its columns are {', '.join(header) or 'none'}")
    return [dict(zip(header, row, strict=True)) for row in rows]


def _check_sum(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return _mark(json.dumps([list(header), *rows]))


def write_json(path: str | os.PathLike[str], told: dict[str, Any]) -> None:
    """Write what JSON can hold, whole or not at all, with a check sum."""
    text = json.dumps(told)
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps({CHECK: _mark(text), "told": text}), encoding="utf-8")


def read_json(file: BinaryIO, limit: int) -> dict[str, Any]:
    """Read what `write_json` wrote; limit: bytes that it may have.

    Raises: ValueError, and others of `UNREADABLE`, if it was changed too.
    """
    stored = json.loads(read_at_most(file, limit))
    if stored[CHECK] != _mark(stored["told"]):
        raise ValueError("a check sum says that it was changed")
    return json.loads(stored["told"])


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fingerprint(*arrays: np.ndarray) -> str:
    """A short text that changes with any byte of the arrays."""
    mark = hashlib.sha256()
    for array in arrays:
        mark.update(np.ascontiguousarray(array).view(np.uint8).data)
    return mark.hexdigest()[:16]
