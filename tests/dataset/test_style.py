"""Numbers that describe how a track is played."""

import numpy as np
import pytest

import rockonet_utils as ru


def test_style_metrics_worked_out_by_hand():
    def track(*events):
        rows = np.zeros(len(events), ru.EVENT)
        for row, (step, *pitches) in zip(rows, events, strict=True):
            row["step"], row["bass"] = step, pitches[0]
            row["shape"] = sum(1 << (pitch - pitches[0]) for pitch in pitches)
        return rows

    # E5, E5 again, A2, and after more than four quarters C#3 with its octave; then another track.
    first = track((0, 40, 47, 52), (6, 40, 47, 52), (6, 45), (60, 49, 61))
    metrics = ru.style_metrics([first, track((96, 40))])
    assert metrics["chord_share"] == pytest.approx(3 / 5)
    assert metrics["power_chord_share"] == pytest.approx(2 / 5)
    assert metrics["repeat_share"] == pytest.approx(1 / 3)
    assert metrics["events_per_bar"] == pytest.approx(5 / 3)  # bars 1 and 2, and bar 3
    assert metrics["mean_step"] == pytest.approx(0.5)
    classes = np.array([5, 2, 1, 2]) / 10  # E, B, A, C#
    assert metrics["pitch_class_entropy"] == pytest.approx(-(classes * np.log2(classes)).sum())
    assert metrics["scale_consistency"] == 1.0  # all of them are in A major
    assert np.isnan(ru.style_metrics([])["mean_step"])
