"""Note values, rests and ties."""

import numpy as np
import pytest
from helpers import a_riff, random_riff

import rockonet_utils as ru


def test_signs_are_those_a_reader_expects():
    def signs(steps, durations=None, meter=(4, 4)):
        riff = a_riff([(45,)] * len(steps), steps, durations, meter=meter)
        return [(s.bar, s.onset, s.duration, s.event, s.tied) for s in riff.symbols]

    assert [s[2] for s in signs([0] + [6] * 7, [6] * 8)] == [6] * 8
    # A note from the second eighth on that lasts over the bar line: tied there.
    assert signs([6, 48], [48, 42]) == [
        (0, 0, 6, -1, False),
        (0, 6, 18, 0, False),
        (0, 24, 24, 0, True),
        (1, 0, 6, 0, True),
        (1, 6, 18, 1, False),
        (1, 24, 24, 1, True),
    ]
    assert [s[2:4] for s in signs([0, 4, 4, 4], [4, 4, 4, 36])] == [
        (4, 0),
        (4, 1),
        (4, 2),
        (36, 3),
    ]  # a triplet, then a dotted half
    assert [s[2] for s in signs([0, 18, 6, 6], [18, 6, 6, 6], (6, 8))] == [18, 6, 6, 6]
    short = signs([0, 12], [5, 36])  # a short silence is written as sound
    assert [s[2:4] for s in short] == [(12, 0), (36, 1)] or short[1][3] == -1


@pytest.mark.parametrize(
    "meter", [(4, 4), (3, 4), (6, 8), (12, 8), (7, 8), (5, 4), (2, 2), (7, 16)]
)
def test_signs_fill_each_bar_and_keep_every_onset(meter):
    for seed in range(40):
        riff = random_riff(seed, meter)
        place = 0
        for symbol in riff.symbols:
            assert symbol.bar * riff.ticks_per_bar + symbol.onset == place
            assert symbol.onset + symbol.duration <= riff.ticks_per_bar
            assert symbol.duration in ru.SIGNS
            place += symbol.duration
        assert place % riff.ticks_per_bar == 0
        begins = {
            s.event: s.bar * riff.ticks_per_bar + s.onset
            for s in riff.symbols
            if s.event >= 0 and not s.tied
        }
        assert [begins[i] for i in range(len(riff.events))] == np.cumsum(
            riff.events["step"]
        ).tolist()
