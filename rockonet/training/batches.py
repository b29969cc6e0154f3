"""Windows in random order for training, overlapping windows for measuring."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np

from rockonet.common.settings import Settings
from rockonet.dataset.classic_windows import OneHot, Windows
from rockonet.training.riff_features import BASS_COLUMNS, RIFF_COLUMNS, part_columns

# With one thread Keras leaves the feeding to tf.data, which then takes up to five seconds at the
# end of every epoch to stop tuning itself.
FEEDERS = 2


def full_batch(begin: int, size: int, n: int) -> np.ndarray:
    """The places from `begin` on among n of what a batch of that size takes.

    The last batch is filled up from the front: to compute with another shape costs a second.
    """
    return np.arange(begin, begin + size) % n


def classic_batches(X: Windows, Y: OneHot, settings: Settings, epoch: int) -> keras.utils.PyDataset:
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


def window_batches(
    offsets: np.ndarray,
    settings: Settings,
    epoch: int,
    batch: Callable[[np.ndarray, np.ndarray, np.random.Generator], tuple],
) -> keras.utils.PyDataset:
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

        def __getitem__(self, i: int) -> tuple:
            chosen = windows[full_batch(i * size, size, len(windows))]
            place = np.minimum(chosen[:, :1] + np.arange(length), offsets[-1] - 1)
            mask = np.arange(length) < chosen[:, 1:]
            return batch(place, mask, np.random.default_rng([settings.seed, epoch, i]))

    return Batches(workers=FEEDERS)


def riff_batches(
    examples: Sequence[np.ndarray], offsets: np.ndarray, settings: Settings, epoch: int
) -> keras.utils.PyDataset:
    """One epoch of windows, each moved up or down by up to half an octave.

    examples: of each event, the columns of `riff_inputs` first, see `riff_examples`.
    """
    target_bass = part_columns("target", "bass").start

    def batch(
        place: np.ndarray, mask: np.ndarray, rng: np.random.Generator
    ) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        X, *beside = masked_examples(examples, place, mask)
        lowest = np.where(mask, X[..., target_bass], 999).min(axis=1) - 1
        highest = np.where(mask, X[..., target_bass], 0).max(axis=1) - 1
        shift = rng.integers(-5, 7, len(X))
        shift = np.clip(shift, np.minimum(0, 40 - lowest), np.maximum(0, 88 - highest))
        bass = X[..., BASS_COLUMNS]
        moved = np.clip(bass + shift[:, None, None], 1, 128)
        X[..., BASS_COLUMNS] = np.where(bass > 0, moved, 0)
        return (X, *beside), mask[..., None].astype(np.float32)

    return window_batches(offsets, settings, epoch, batch)


def masked_examples(
    examples: Sequence[np.ndarray], place: np.ndarray, inside: np.ndarray
) -> tuple[np.ndarray, ...]:
    """What examples have at some places (batch, events): zeros for events that do not count.

    The target of those is any class, so that it has a price.
    """
    rows, *beside = (array[place] * inside[..., None] for array in examples)
    rows = rows.astype(np.int32)
    rows[..., RIFF_COLUMNS["target"]] = np.maximum(rows[..., RIFF_COLUMNS["target"]], 1)
    return rows, *beside


def overlapping_windows(
    offsets: np.ndarray, length: int = 256, size: int = 16
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """All events of all tracks, in batches of windows that overlap by half; each counts once.

    In all but the first window of a track only the second half counts, so that each event has at
    least `length` / 2 events of its track before it. Yields places in the events, a mask of those
    that belong to the window, and a mask of those that count, all (size, length).
    """
    half, spans = length // 2, []  # begin, first that counts, end
    for begin, end in itertools.pairwise(offsets.tolist()):
        if begin < end:
            spans.append((begin, begin, min(begin + length, end)))
            spans += [(a - half, a, min(a + half, end)) for a in range(begin + length, end, half)]
    windows = np.array(sorted(spans, key=lambda span: span[2] - span[0]))
    for i in range(0, len(windows), size):
        chosen = windows[full_batch(i, size, len(windows))]
        place = chosen[:, :1] + np.arange(length)
        inside = place < chosen[:, 2:]
        counts = inside & (place >= chosen[:, 1:2])
        counts[len(windows) - i :] = False  # what fills the last batch up has counted
        yield np.minimum(place, offsets[-1] - 1), inside, counts
