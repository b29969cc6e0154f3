"""Windows in random order for training, overlapping windows for measuring."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from rockonet.common.settings import Settings
from rockonet.dataset.classic_windows import OneHot, Windows
from rockonet.training.riff_features import BASS_COLUMNS, RIFF_COLUMNS

# With one thread Keras leaves the feeding to tf.data, which then takes up to five seconds at the
# end of every epoch to stop tuning itself.
FEEDERS = 2


def classic_batches(X: Windows, Y: OneHot, settings: Settings, epoch: int) -> Any:
    """One epoch of windows in random order, as a Keras PyDataset."""
    order = np.random.default_rng([settings.seed, epoch]).permutation(len(X))
    order = order[: settings.epoch_windows or None]
    size = settings.batch_size

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return -(-len(order) // size)

        def __getitem__(self, i: int) -> tuple[np.ndarray, np.ndarray]:
            chosen = order[i * size : (i + 1) * size]
            return X[chosen][..., None], Y[chosen]

    return Batches(workers=FEEDERS)


def riff_windows(offsets: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
    """Begin and number of events of windows that cover each track once, in random order."""
    windows = []
    for begin, end in itertools.pairwise(offsets.tolist()):
        if begin == end:
            continue
        phase = begin + int(rng.integers(length)) if end - begin > length else begin
        edges = sorted({begin, *range(phase, end, length), end})
        windows += [(a, b - a) for a, b in itertools.pairwise(edges)]
    return rng.permutation(np.array(windows))


def window_batches(offsets: np.ndarray, settings: Settings, epoch: int, batch: Callable) -> Any:
    """One epoch of windows in random order, as a Keras PyDataset.

    batch: from places (riff_batch, riff_window) in the events, a mask of those that belong to the
    window, and a generator of random numbers, to what Keras is given.
    """
    length, size = settings.riff_window, settings.riff_batch
    windows = riff_windows(offsets, length, np.random.default_rng([settings.seed, epoch]))
    windows = windows[: settings.riff_epoch_windows or None]

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return max(1, len(windows) // size)

        def __getitem__(self, i: int) -> tuple[np.ndarray, ...]:
            # Taken round the corner, so that the only batch is full: a new shape costs a second.
            chosen = windows[np.arange(i * size, (i + 1) * size) % len(windows)]
            place = np.minimum(chosen[:, :1] + np.arange(length), offsets[-1] - 1)
            mask = np.arange(length) < chosen[:, 1:]
            return batch(place, mask, np.random.default_rng([settings.seed, epoch, i]))

    return Batches(workers=FEEDERS)


def riff_batches(inputs: np.ndarray, offsets: np.ndarray, settings: Settings, epoch: int) -> Any:
    """One epoch of windows, each moved up or down by up to half an octave."""
    target = RIFF_COLUMNS["target"].start + 1

    def batch(
        place: np.ndarray, mask: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        X = inputs[place].astype(np.int32) * mask[..., None]
        X[..., RIFF_COLUMNS["target"]] += 1 - mask[..., None]  # any class: it does not count
        lowest = np.where(mask, X[..., target], 999).min(axis=1) - 1
        highest = np.where(mask, X[..., target], 0).max(axis=1) - 1
        shift = rng.integers(-5, 7, len(X))
        shift = np.clip(shift, np.minimum(0, 40 - lowest), np.maximum(0, 88 - highest))
        bass = X[..., BASS_COLUMNS]
        moved = np.clip(bass + shift[:, None, None], 1, 128)
        X[..., BASS_COLUMNS] = np.where(bass > 0, moved, 0)
        return X, mask[..., None].astype(np.float32)

    return window_batches(offsets, settings, epoch, batch)


def overlapping_windows(
    offsets: np.ndarray, length: int = 256, size: int = 16
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """All events of all tracks, in batches of windows that overlap by half; each counts once.

    In all but the first window of a track only the second half counts, so that each event has at
    least `length` / 2 events of its track before it. Yields places in the events, a mask of those
    that belong to the window, and a mask of those that count, all (size, length).
    """
    half, windows = length // 2, []  # begin, first that counts, end
    for begin, end in itertools.pairwise(offsets.tolist()):
        if begin < end:
            windows.append((begin, begin, min(begin + length, end)))
            windows += [(a - half, a, min(a + half, end)) for a in range(begin + length, end, half)]
    windows.sort(key=lambda window: window[2] - window[0])
    for i in range(0, len(windows), size):
        some = np.array(windows[i : i + size])
        filled = some[np.arange(size) % len(some)]  # another shape would cost a second
        place = filled[:, :1] + np.arange(length)
        inside = place < filled[:, 2:]
        counts = inside & (place >= filled[:, 1:2])
        counts[len(some) :] = False
        yield np.minimum(place, offsets[-1] - 1), inside, counts
