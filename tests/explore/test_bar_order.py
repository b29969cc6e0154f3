"""The order in which bars are played, worked out by hand."""

import pytest

from rockonet.explore.bar_order import MAX_BARS_PLAYED, playing_order
from rockonet.explore.written_song import WrittenBar


def order(text):
    """Bars as '|: 0 1 [1 2 :| [2 3 4': what stands before and after each number."""
    bars = []
    opens, endings = False, 0
    for word in text.split():
        if word == "|:":
            opens = True
        elif word.startswith("["):
            endings = sum(1 << int(number) - 1 for number in word[1:].split(","))
        elif word.startswith(":|"):
            bars[-1] = bars[-1]._replace(plays=int(word[3:] or 2))
        else:
            bars.append(WrittenBar((4, 4), 4.0, opens, 1, endings))
            opens, endings = False, 0
    return playing_order(bars)[0]


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("0 1 2", [0, 1, 2]),
        ("0 |: 1 2 :| 3", [0, 1, 2, 1, 2, 3]),
        ("0 |: 1 2 :|x3 3", [0, 1, 2, 1, 2, 1, 2, 3]),
        ("0 1 :| 2", [0, 1, 0, 1, 2]),
        ("0 1 :| 2 3 :| 4", [0, 1, 0, 1, 2, 3, 2, 3, 4]),
        ("|: 0 :|x4 1", [0, 0, 0, 0, 1]),
        ("|: 0 1 [1 2 :| [2 3 4", [0, 1, 2, 0, 1, 3, 4]),
        ("|: 0 [1,2 1 :|x3 [3 2 3", [0, 1, 0, 1, 0, 2, 3]),
        ("|: 0 [1 1 :| [2 2 :| [3 3 4", [0, 1, 0, 2, 0, 3, 4]),
        ("|: 0 [1 1 2 :| [2 3 4 |: 5 :|", [0, 1, 2, 0, 3, 4, 5, 5]),
        ("|: 0 [1 1 :| 2", [0, 1, 0, 2]),
        ("|: 0 |: 1 :| 2 :| 3", [0, 1, 1, 2, 0, 1, 1, 2, 3]),
        ("|: 0 |: 1 :| [1 2 :| [2 3", [0, 1, 1, 2, 0, 1, 1, 3]),
        ("|: 0 1 2", [0, 1, 2]),
    ],
)
def test_order(text, wanted):
    assert order(text) == wanted


def test_repeats_without_end_are_left_out_and_said():
    bar = WrittenBar((4, 4), 4.0, opens=True, plays=127)
    bars = [WrittenBar((4, 4), 4.0, opens=True)] * 4 + [bar] * 20
    bars += [WrittenBar((4, 4), 4.0, plays=127)] * 4
    numbers, remarks = playing_order(bars * 4)
    assert numbers == list(range(len(bars) * 4))
    assert remarks == [
        f"its repeats make more than {MAX_BARS_PLAYED:,} bars: each bar was read once"
    ]
