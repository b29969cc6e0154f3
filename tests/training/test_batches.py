"""Windows, each event in its turn."""

import numpy as np

import rockonet_utils as ru
from rockonet.training.batches import overlapping_windows, riff_batches, riff_windows
from rockonet.training.riff_features import BASS_COLUMNS, part_columns
from rockonet.training.riff_recipe import riff_examples


def test_windows_move_up_and_down_as_one(small, choice):
    corpus = small[0]
    inputs, *beside = riff_examples(corpus, ru.riff_vocabulary(corpus))
    plain = {row.tobytes() for row in np.delete(inputs, BASS_COLUMNS, axis=1).astype(np.int32)}
    shifts = set()
    batches = riff_batches((inputs, *beside), corpus.offsets, choice, 1)
    for i in range(4):
        (X, *others), mask = batches[i]
        rows = X[mask[..., 0] > 0]
        assert {r.tobytes() for r in np.delete(rows, BASS_COLUMNS, axis=1)} <= plain
        for window, counts in zip(X, mask[..., 0] > 0, strict=True):
            codes = window[counts][:, BASS_COLUMNS]
            target, previous = (
                window[counts][:, part_columns(name, "bass")][:, 0]
                for name in ("target", "previous")
            )
            np.testing.assert_array_equal(target[:-1], previous[1:])  # still the same melody
            assert target.min() - 1 >= 28 and codes.max() - 1 <= 100
            shifts.add(int(target[0]))
        # What experts have heard moves with nothing: a place stands alike in every key.
        for batch, array in zip(others, beside, strict=True):
            kept = {row.tobytes() for row in array}
            assert {row.tobytes() for row in batch[mask[..., 0] > 0]} <= kept
    assert len(shifts) > 3
    again = riff_batches((inputs, *beside), corpus.offsets, choice, 1)[2]
    for one, other in zip(again[0], batches[2][0], strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_epoch_covers_every_event_once(small):
    offsets = small[0].offsets
    windows = riff_windows(offsets, 64, np.random.default_rng(0))
    seen = np.concatenate([np.arange(begin, begin + count) for begin, count in windows])
    assert sorted(seen) == list(range(offsets[-1])) and windows[:, 1].max() <= 64


def test_overlapping_windows_count_every_event_once():
    offsets = np.array([0, 5, 5, 700, 956, 1400])
    counted = np.zeros(1400, int)
    for place, inside, counts in overlapping_windows(offsets, length=64, size=4):
        assert place.shape == inside.shape == counts.shape == (4, 64)
        assert not (counts & ~inside).any()
        np.add.at(counted, place[counts], 1)
        track = np.searchsorted(offsets, place, side="right")
        assert all(len(set(t[i])) == 1 for t, i in zip(track, inside, strict=True))
        for row, mask in zip(place, counts, strict=True):
            if mask.any():  # half a window of the track before it, or the track from its start
                first = row[mask][0]
                assert first - row[0] == 32 or row[0] == first and first in offsets
    assert (counted == 1).all()
