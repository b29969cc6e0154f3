"""What the controls of a track say: its tuning, the range of its wheel, where it plays legato."""

from __future__ import annotations

import numpy as np
from symusic.core import TrackTick

WHEEL_RANGE = 2.0  # semitones, where a file does not say
_RANGE, _FINE_TUNING, _COARSE_TUNING = 0, 1, 2  # registered parameters (RPN)
LEGATO_SWITCH = 68  # a control: what is struck while it is on is hammered or pulled
SETUP_CONTROLS = 24  # of a track, among which a registered parameter is set for the first time


def wheel_range(track: TrackTick) -> float:
    """How far the pitch wheel of a track reaches to either side, in semitones."""
    coarse, fine = _registered(track).get(_RANGE, (WHEEL_RANGE, 0))
    return coarse + fine / 100


def semitones_of_channel(track: TrackTick) -> int:
    """By how many semitones the notes of a track sound higher than they are written; mostly 0."""
    found = _registered(track)
    coarse, _ = found.get(_COARSE_TUNING, (64, 0))
    fine, finer = found.get(_FINE_TUNING, (64, 0))
    return coarse - 64 + round((fine * 128 + finer - 8192) / 8192)


def legato_times(track: TrackTick) -> np.ndarray:
    """When the legato footswitch of a track is put on, off, on and so on, in ticks."""
    controls = track.controls
    if not len(controls):
        return np.zeros(0, np.int64)
    columns = controls.numpy()
    switch = columns["number"] == LEGATO_SWITCH
    if not switch.any():
        return np.zeros(0, np.int64)
    on = np.append(False, columns["value"][switch] >= 64)
    return columns["time"][switch][on[1:] != on[:-1]]


def _registered(track: TrackTick) -> dict[int, tuple[int, int]]:
    """The two bytes of each registered parameter, as they are when the first note begins, or of
    those that are set later, as they are first."""
    controls = track.controls
    if 101 not in [controls[place].number for place in range(min(len(controls), SETUP_CONTROLS))]:
        return {}
    columns = controls.numpy()
    setting = np.isin(columns["number"], (6, 38, 98, 99, 100, 101))
    first = int(track.notes.numpy()["time"].min(initial=1 << 30))
    found: dict[int, tuple[int, int]] = {}
    parameter = [127, 127]
    for time, number, value in zip(
        *(columns[name][setting].tolist() for name in ("time", "number", "value")), strict=True
    ):
        if number in (98, 99):
            parameter = [127, 127]  # one that is not registered
        elif number in (100, 101):
            parameter[101 - number] = value
        elif parameter[0] == 0 and (time <= first or parameter[1] not in found or number == 38):
            coarse, _ = found.get(parameter[1], (0, 0))
            found[parameter[1]] = (value, 0) if number == 6 else (coarse, value)
    return found
