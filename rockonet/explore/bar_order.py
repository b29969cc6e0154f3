"""In which order bars are played: repeats, repeats within them, and alternate endings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rockonet.explore.written_song import WrittenBar

MAX_BARS_PLAYED = 5_000  # more, and the repeats are left out


def playing_order(bars: Sequence[WrittenBar]) -> tuple[list[int], list[str]]:
    """The numbers of the bars as they are played, and what has to be said about it.

    An ending holds until a bar that closes, one that opens, or the next ending. What closes without
    an opening is played from where the repeat before it ended.
    """
    limit = max(MAX_BARS_PLAYED, len(bars))
    endings, turns = _endings(bars)
    order: list[int] = []
    levels = [_Level(0)]  # repeats within repeats; the first is that of bars without an opening
    number = steps = 0
    while number < len(bars) and steps <= 2 * limit and len(order) <= limit:
        bar, steps = bars[number], steps + 1
        if levels[-1].ends and not endings[number]:
            _leave(levels, number)
        if bar.opens and (len(levels) == 1 or number != levels[-1].start):
            levels.append(_Level(number))
        level = levels[-1]
        level.ends = bool(endings[number])
        if not endings[number] or endings[number] >> (level.turn - 1) & 1:
            order.append(number)
            if bar.plays > 1:
                if level.turn < max(bar.plays, turns[level.start] if level.ends else 0):
                    level.turn, level.ends = level.turn + 1, False
                    number = level.start
                    continue
                _leave(levels, number + 1)
        number += 1
    if number < len(bars):
        said = f"its repeats make more than {limit:,} bars: each bar was read once"
        return list(range(len(bars))), [said]
    if order == list(range(len(bars))):
        return order, []
    return order, [f"repeats played out: {len(bars)} bars became {len(order)}"]


@dataclass
class _Level:
    """A repeat that is being played: where it starts, for which time, whether in an ending."""

    start: int
    turn: int = 1
    ends: bool = False


def _leave(levels: list[_Level], number: int) -> None:
    """Leave the innermost repeat before a bar."""
    levels.pop()
    if len(levels) < 2:
        levels[:] = [_Level(number)]


def _endings(bars: Sequence[WrittenBar]) -> tuple[list[int], list[int]]:
    """Of each bar the times for which it is played, as bits, 0 for all; and how many times a repeat
    that starts there has by its endings."""
    endings, held = [], 0
    for bar in bars:
        held = bar.endings or (0 if bar.opens else held)
        endings.append(held)
        held = 0 if bar.plays > 1 else held
    turns, last = [0] * len(bars), 0
    for number in range(len(bars) - 1, -1, -1):
        last = turns[number] = max(last, bars[number].endings.bit_length())
        last = 0 if bars[number].opens else last
    return endings, turns
