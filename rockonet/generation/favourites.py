"""Favourites of the riff machine, kept in a folder: a riff as JSON, and read back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from rockonet.common.saved import read_json, reading, write_json
from rockonet.dataset.events import EVENT
from rockonet.guitar.riff import Riff

EVENT_FIELDS = tuple(EVENT.names or ())
SUFFIX = ".riff.json"
MAX_BYTES, MAX_EVENTS, MAX_TITLE = 5_000_000, 20_000, 200


class Favourites:
    """Riffs that are kept, each in a file of its own; the last one marked is the last.

    folder: where they are; it is made when the first one is marked. `doubts` has a sentence for
    each file that could not be read; it stays where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.doubts: list[str] = []
        self._kept: dict[str, Riff] = dict(self._read())

    @property
    def riffs(self) -> list[Riff]:
        return list(self._kept.values())

    def _read(self) -> Iterator[tuple[str, Riff]]:
        paths = self.folder.glob(f"*{SUFFIX}") if self.folder.is_dir() else ()
        for path in sorted(paths, key=lambda path: (path.stat().st_mtime_ns, path.name)):
            try:
                yield path.name, load_riff(path)
            except (OSError, ValueError) as error:
                self.doubts.append(str(error))

    def add(self, riff: Riff) -> None:
        """Mark a riff: it is written at once. Raises: OSError where that is not possible."""
        name = self._free_name(riff)
        save_riff(riff, self.folder / name)
        self._kept[name] = riff

    def remove(self, riff: Riff) -> None:
        """Unmark a riff; what was exported of it stays."""
        for name in [name for name, kept in self._kept.items() if kept is riff]:
            (self.folder / name).unlink(missing_ok=True)
            del self._kept[name]

    def replace(self, old: Riff, new: Riff) -> None:
        """Keep a riff in the place of another: the same one renamed, or with another sound."""
        for name in [name for name, kept in self._kept.items() if kept is old]:
            better = self._free_name(new, name)
            save_riff(new, self.folder / better)
            if better != name:
                (self.folder / name).unlink(missing_ok=True)
            self._kept = {
                (better if key == name else key): (new if key == name else kept)
                for key, kept in self._kept.items()
            }

    def _free_name(self, riff: Riff, own: str = "") -> str:
        name, number = riff.file_name + SUFFIX, 2
        while name != own and (name in self._kept or (self.folder / name).exists()):
            name, number = f"{riff.file_name}_{number}{SUFFIX}", number + 1
        return name


def save_riff(riff: Riff, path: Path) -> None:
    """Write a riff as JSON, exactly. Raises: OSError."""
    told = {field.name: getattr(riff, field.name) for field in dataclasses.fields(riff)}
    events = {name: riff.events[name].tolist() for name in EVENT_FIELDS}
    told |= {"events": events, "program": int(riff.program), "tempo_bpm": float(riff.tempo_bpm)}
    told["prompt_events"] = int(riff.prompt_events)
    write_json(path, told)


def load_riff(path: Path) -> Riff:
    """A riff that `save_riff` wrote.

    Raises: FileNotFoundError; ValueError if it is damaged or something else.
    """
    remedy = "Delete it, or leave it: it is passed over."
    with reading(path, "a favourite riff", remedy) as file:
        told: dict[str, Any] = read_json(file, MAX_BYTES)
        columns = told.pop("events")
        events = np.zeros(len(columns["bass"]), EVENT)
        for name in columns.keys() & set(EVENT_FIELDS):
            events[name] = columns[name]
        heights = [(int(shape).bit_length() - 1) for shape in events["shape"]]
        fits = (
            0 < len(events) <= MAX_EVENTS
            and (events["shape"] & 1 == 1).all()
            and (events["bass"].astype(int) + heights <= 127).all()
            and (events["step"].astype(int) >= 0).all()
            and (events["duration"] > 0).all()
            and 0 <= told["prompt_events"] <= len(events)
            and 0 <= told["program"] <= 127
        )
        if not fits:
            raise ValueError("its notes cannot be")
        told["given_frets"] = tuple(map(tuple, told["given_frets"]))
        for name in ("meter", "frets"):
            told[name] = tuple(told[name])
        if not isinstance(told["tuning"], str):
            told["tuning"] = tuple(told["tuning"])
        told["title"] = str(told["title"])[:MAX_TITLE]
        riff = Riff(events=events, **told)
        assert riff.open_strings and riff.fifths is not None  # its tuning and its scale exist
    return riff
