"""What the controls of a track say: its tuning, the range of its wheel, where it plays legato."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from symusic.core import TrackTick

WHEEL_RANGE = 2.0  # semitones, where a file does not say
LEGATO_SWITCH = 68  # a control: what is struck while it is on is hammered or pulled
SETUP_CONTROLS = 24  # of a track, among which a registered parameter is set for the first time
_RANGE, _FINE_TUNING, _COARSE_TUNING = 0, 1, 2  # registered parameters (RPN)


@dataclass(frozen=True)
class ChannelSettings:
    """How the channel of a track is set.

    semitones: by how many its notes sound higher than they are written; mostly 0. reach: how far
    its pitch wheel goes to either side, in semitones. legato: when its legato footswitch is put on,
    off, on and so on, in ticks; mostly never.
    """

    semitones: int = 0
    reach: float = WHEEL_RANGE
    legato: tuple[int, ...] = ()


AS_USUAL = ChannelSettings()


def channel_settings(track: TrackTick) -> ChannelSettings:
    """What the controls of a track set."""
    if not len(track.controls):
        return AS_USUAL
    columns = track.controls.numpy()
    number = columns["number"]
    registered = (number[:SETUP_CONTROLS] == 101).any()
    switch = number == LEGATO_SWITCH
    if not (registered or switch.any()):
        return AS_USUAL
    found = _registered(track, columns) if registered else {}
    coarse, _ = found.get(_COARSE_TUNING, (64, 0))
    fine, finer = found.get(_FINE_TUNING, (64, 0))
    reach, cents = found.get(_RANGE, (WHEEL_RANGE, 0))
    on = np.append(False, columns["value"][switch] >= 64)
    return ChannelSettings(
        int(coarse) - 64 + round((fine * 128 + finer - 8192) / 8192),
        reach + cents / 100,
        tuple(columns["time"][switch][on[1:] != on[:-1]].tolist()),
    )


def _registered(track: TrackTick, columns: dict[str, np.ndarray]) -> dict[int, tuple[int, int]]:
    """The two bytes of each registered parameter, as they are when the first note begins, or of
    those that are set later, as they are first."""
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
