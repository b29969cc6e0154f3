"""The archive of rock songs that the published Rock-o-net learned from."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pooch
import requests

from rockonet.common.files import temporary_beside
from rockonet.common.saved import UNREADABLE, open_regular, unpacked
from rockonet.common.settings import project_folder

ROCK_COMMIT = "589b26f2e5211e6875a575e4445e9594392d370b"
ROCK_URL = f"https://github.com/dunnus/Rock-o-net/archive/{ROCK_COMMIT}.zip"


def download_rock_archive(url: str = ROCK_URL) -> Path:
    """Fetch the 1,546 rock songs that the published Rock-o-net learned from into ``data/rock``.

    Each file is checked against ``data/rock_manifest.csv``, and the folder appears only when all
    of them are right. If the zip stands at ``data/rock.zip`` already, nothing is downloaded.
    The songs are their composers' and the arrangements their makers': use them to study at home,
    and do not pass them on.
    Returns the folder; a second call finds it there.
    Raises: ConnectionError without a network, ValueError for a wrong or broken zip, OSError for a
    full disk, FileExistsError if ``data/rock`` holds something else; nothing is left half done.
    """
    data = project_folder() / "data"
    target, archive = data / "rock", data / "rock.zip"
    by_hand = f"Or fetch {url} with a browser, save it as {archive}, and run this again."
    with open(data / "rock_manifest.csv", newline="", encoding="utf-8") as lines:
        wanted = {row["path"]: (int(row["bytes"]), row["sha256"]) for row in csv.DictReader(lines)}
    if target.exists():
        _check_songs(target, wanted)
        print(f"All {len(wanted):,} songs are in {target} already.")
        return target
    with _staging(target, wanted) as staging:
        brought = archive.exists()
        if not brought:
            _download(url, staging / archive.name, by_hand)
        try:
            _unpack_checked(
                archive if brought else staging / archive.name, wanted, staging / "rock"
            )
        except ValueError as error:
            remedy = "Delete it and run this again to download it."
            if not brought:
                remedy = f"It was deleted; run this again. {by_hand}"
            raise ValueError(
                f"{archive} is not the archive, or it is damaged: {error}. {remedy}"
            ) from error
        os.replace(staging / "rock", target)
    print(
        f"{len(wanted):,} songs are in {target}. They are other people's music: for your own "
        "study, not to be passed on."
    )
    return target


def _check_songs(folder: Path, wanted: dict[str, tuple[int, str]]) -> None:
    """FileExistsError if a song is missing in a folder, or another than the one listed."""
    wrong = [
        path
        for path, (_, digest) in wanted.items()
        if not (folder / path).is_file()
        or hashlib.sha256((folder / path).read_bytes()).hexdigest() != digest
    ]
    if wrong:
        raise FileExistsError(
            f"{folder} is there, but {len(wrong):,} of its {len(wanted):,} songs are missing "
            f"or changed, {wrong[0]} for one. Move the folder away and run this again."
        )


def _download(url: str, path: Path, by_hand: str) -> None:
    """Fetch `url` to `path`, whole or not at all, with a progress bar."""
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


@contextlib.contextmanager
def _staging(target: Path, wanted: dict[str, tuple[int, str]]) -> Iterator[Path]:
    """A folder beside `target` in which it is made; what killed runs left there goes first.

    Raises: OSError for a full disk.
    """
    try:
        with temporary_beside(target, Path.mkdir) as staging:
            yield staging
    except ConnectionError:
        raise
    except OSError as error:
        size = sum(size for size, _ in wanted.values()) // 10**6
        raise OSError(
            error.errno,
            f"The songs need {size} MB in {target.parent} ({error.strerror}). Nothing was kept",
        ) from error


@contextlib.contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    """A zip; ValueError if it is none."""
    with open_regular(archive) as file:
        try:
            source = zipfile.ZipFile(file)
        except UNREADABLE as error:
            raise ValueError(str(error)) from error
        yield source


def _unpack_checked(archive: Path, wanted: dict[str, tuple[int, str]], target: Path) -> None:
    """Unpack the wanted files below `target`; ValueError if one is missing or not as listed.

    No more is unpacked of any than is listed. The paths written are those of the list. What the
    archive calls its files is only compared.
    """
    with _opened(archive) as source:
        inside = {info.filename.partition("/")[2]: info for info in source.infolist()}
        for path, (size, digest) in wanted.items():
            info = inside.get(path)
            if info is None:
                raise ValueError(f"{path} is not in it")
            if info.file_size != size:
                raise ValueError(f"{path} has {info.file_size:,} bytes instead of {size:,}")
            content = unpacked(source, info, size)
            if hashlib.sha256(content).hexdigest() != digest:
                raise ValueError(f"{path} has another content than the published file")
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(content)
