"""Every number a notebook needs, in one frozen record that is chosen by a profile name."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import math
import numbers
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

# Whole numbers that may be 0; all others are 1 or more.
_ZERO_TOO = ("programs", "seed", "unique_factor", "epoch_windows", "riff_epoch_windows")


def project_folder() -> Path:
    """The folder that holds ``data/starter``: the one of this package, or at or above the cwd."""
    here = Path.cwd()
    for folder in (Path(__file__).resolve().parents[2], here, *here.parents):
        if (folder / "data" / "starter").is_dir():
            return folder
    raise FileNotFoundError(
        "The folder data/starter was not found beside rockonet_utils.py or above the current "
        "folder. Start from a clone of the project, installed with 'make' or 'pip install -e .'."
    )


@dataclass(frozen=True)
class Settings:
    """Every number a notebook needs; make one with `settings`, vary it with ``replace``."""

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
        for field in dataclasses.fields(self):
            if field.default is not dataclasses.MISSING:  # those without one are no numbers
                _refuse_misfit(field.name, getattr(self, field.name), field.default)

    def replace(self, **changes: Any) -> Settings:
        """A copy with some numbers changed, as in ``settings.replace(epochs=3)``.

        Raises: ValueError for a name that is none of the settings, or a number that cannot be.
        """
        names = [field.name for field in dataclasses.fields(self)]
        if unknown := [name for name in changes if name not in names]:
            near = difflib.get_close_matches(unknown[0], names, n=1, cutoff=0)
            raise ValueError(f"There is no setting named {unknown[0]!r}: do you mean {near[0]!r}?")
        return dataclasses.replace(self, **changes)


def _refuse_misfit(name: str, value: Any, default: Any) -> None:
    """ValueError if a setting is not of its default's kind, or not in its range."""
    several = isinstance(default, tuple)
    whole = isinstance(default[0] if several else default, int)
    kind = numbers.Integral if whole else numbers.Real
    least = 1 if whole and name not in _ZERO_TOO else 0
    values = list(value) if np.ndim(value) else [value]
    fits = bool(values) and all(isinstance(one, kind) and float(one) >= least for one in values)
    limit = f"{least} or more"
    if name == "units":
        fits = fits and len(values) == 3
        limit += ", one for each of the three layers"
    if name == "programs":
        fits = fits and all(one < 128 for one in values)
        limit += " and below 128"
    if name != "learning_rates":  # that one of these is too high, training shows
        fits = fits and all(map(math.isfinite, values))
    if "dropout" in name:
        fits = fits and all(one < 1 for one in values)
        limit += " and below 1"
    if fits and np.ndim(value) == np.ndim(default):
        return
    wanted = "whole number" if whole else "number"
    wanted = f"{wanted}s in brackets" if several else f"one {wanted}"
    raise ValueError(f"{name} is {value!r}; it wants {wanted}, {limit}, as {name}={default}.")


# The published profile holds the original's numbers (its saved model, README and chart), with its
# one program. Its value for unique_factor was not published: 14 is that of DeepRock, whose text,
# network and songs are the same and which asks for more than 13. The others shrink until they fit.
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
    "published": dict(programs=(26,), unique_factor=14),
}


def settings(profile: str | None = None, data: str | os.PathLike[str] | None = None) -> Settings:
    """Choose every number at once.

    profile: ``quick`` (default; the whole series in under 5 minutes on 2 cores), ``workshop``
        (under 30) or ``published`` (the original's numbers); else ``ROCKONET_PROFILE``.
    data: ``starter`` (default; the songs that ship with the project), ``rock`` (``data/rock``) or
        a folder of your own; else ``ROCKONET_DATA``.
    Returns a `Settings`. What is made goes below ``output/`` (or ``ROCKONET_OUTPUT``), the loss
    chart into ``figures/`` (or ``ROCKONET_FIGURES``).
    Raises: ValueError for an unknown profile, FileNotFoundError for a folder that is not there.
    Notebook: 01 to 04.
    """
    profile = profile or os.environ.get("ROCKONET_PROFILE") or "quick"
    data = os.fspath(data or os.environ.get("ROCKONET_DATA") or "starter")
    if profile not in PROFILES:
        raise ValueError(f"Unknown profile {profile!r}: choose one of {', '.join(PROFILES)}.")
    project = project_folder()
    known = {"starter": project / "data" / "starter", "rock": project / "data" / "rock"}
    folder = known.get(data, Path(os.path.expanduser(data)))
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
    name = folder.name
    if data not in known:  # two folders of the same name must not share what is made from them
        name += "-" + hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:6]
    output = Path(os.environ.get("ROCKONET_OUTPUT") or project / "output")
    return Settings(
        profile=profile,
        data=data,
        folder=folder,
        output=output / f"{name}-{profile}",
        figures=Path(os.environ.get("ROCKONET_FIGURES") or project / "figures"),
        **PROFILES[profile],
    )
