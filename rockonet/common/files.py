"""Files are written whole or not at all; what stands in the way is named with its remedy."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rockonet.common.errors import Remark
from rockonet.common.shown_text import visible

# How names begin that are there only while something is written. They are as short for every file,
# since its own name may be as long as the file system takes.
TEMPORARY = ".rockonet-"


class NotWritten(OSError):
    """A file that could not be written; the message names it, the reason and the remedy."""

    def __init__(self, path: Path, error: OSError):
        super().__init__(
            f"{visible(path)} could not be written ({error.strerror or error}). Make room there, "
            "or choose another folder: ROCKONET_OUTPUT names that of everything that is made."
        )
        self.errno = error.errno


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Hand out a temporary name beside `path`; rename it to `path` only if all went well.

    Raises: `NotWritten` if it cannot be written; what stood at `path` before is still there then.
    """
    path = Path(path)
    try:
        with temporary_beside(path) as temporary:
            yield temporary
            os.replace(temporary, path)
    except NotWritten:
        raise
    except OSError as error:
        raise NotWritten(path, error) from error


def are_free(contents: Mapping[Path, bytes]) -> bool:
    """Whether files can be written without a loss: they are not there, or hold the same already."""
    return all(_holds(path, content) for path, content in contents.items() if os.path.lexists(path))


def _holds(path: Path, content: bytes) -> bool:
    try:
        return (
            path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content
        )
    except OSError:
        return False


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write several files, all or none; what stands there already is left as it is.

    Raises: `NotWritten`.
    """
    new: list[Path] = []
    path = Path()
    try:
        with contextlib.ExitStack() as stack:
            temporaries = {}
            for path, content in contents.items():
                if path.exists():
                    continue
                temporaries[path] = stack.enter_context(temporary_beside(path))
                temporaries[path].write_bytes(content)
            for path, temporary in temporaries.items():
                os.replace(temporary, path)
                new.append(path)
    except BaseException as error:
        for written in new:
            written.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise NotWritten(path, error) from error
        raise


@contextlib.contextmanager
def temporary_beside(
    path: Path, make: Callable[[Path], None] = lambda path: path.touch(exist_ok=False)
) -> Iterator[Path]:
    """Something new in the folder of `path`, with its suffix, that is gone afterwards.

    make: an empty file, or `Path.mkdir` for a folder. It stays locked until then. By that the next
    one to write there knows it from what a killed run left behind, which it removes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(path.parent)
    with contextlib.ExitStack() as stack:
        while True:
            temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}{path.suffix}")
            make(temporary)
            stack.callback(_remove, temporary)
            with contextlib.suppress(OSError):  # some file systems have no locks
                stack.enter_context(_locked(temporary, fcntl.LOCK_EX))
            if temporary.exists():  # else it was taken for a leftover before it was locked
                break
        yield temporary


@contextlib.contextmanager
def _locked(path: Path, how: int) -> Iterator[None]:
    """A file or a folder stays locked; OSError if it cannot be, now or on this file system."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def alone_in(folder: Path, refusal: str) -> Iterator[None]:
    """Nobody else works in a folder meanwhile, in this process or another.

    Raises: RuntimeError with the refusal if somebody does.
    """
    with contextlib.ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            raise RuntimeError(refusal) from None
        except OSError:  # a file system without locks; or no folder: writing there says so
            pass
        yield


def _remove_leftovers(folder: Path) -> None:
    """Remove what killed runs left in a folder: what is temporary, and locked by nobody."""
    for path in folder.glob(f"{TEMPORARY}*"):
        with contextlib.suppress(OSError), _locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB):
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def saved_if_possible(what: str) -> Iterator[None]:
    """Go on if something cannot be saved: a `Remark` says so, and what there is all the same.

    what: a sentence.
    """
    try:
        yield
    except NotWritten as error:
        warnings.warn(f"{error} {what}", Remark, stacklevel=4)
