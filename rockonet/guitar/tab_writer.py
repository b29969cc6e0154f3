"""A riff as ASCII tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rockonet.common.theory import beat_ticks, pitch_name
from rockonet.common.tunings import string_names
from rockonet.dataset.events import onsets

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff


def tab_text(riff: Riff, width: int = 78) -> str:
    """A riff as ASCII tab: six lines of strings, over each system the beats; ``>`` is written
    before the place where the model goes on.

    Each bar is divided evenly, so that the place of a fret tells its time; ``|`` are bar lines.
    `prompt_from_text` reads it back.
    Notebook: 04.
    """
    bar_ticks, beat = riff.ticks_per_bar, beat_ticks(riff.meter)
    onset = onsets(riff.events)
    n_bars = riff.symbols[-1].bar + 1 if riff.symbols else 0
    heads = string_names(riff.open_strings)
    heads = [head.ljust(max(map(len, heads))) for head in heads]

    def grid(events: Any) -> tuple[int, int]:
        """Ticks and characters of one place in the tab."""
        unit = int(np.gcd.reduce([beat, *(onset[events] % bar_ticks)]))
        return unit, 3 if (riff.fingering.frets[events] > 9).any() else 2

    unit, column = grid(slice(None))  # one grid for all bars, if a bar then fits into a line
    alike = bar_ticks // unit * column + len(heads[0]) + 2 <= width
    blocks, length = [], 10**9
    for bar in range(n_bars):
        inside = np.flatnonzero(onset // bar_ticks == bar)
        if not alike:
            unit, column = grid(inside)
        frets = riff.fingering.frets[inside]
        size = bar_ticks // unit * column
        above = [" "] * size
        for k in range(0, bar_ticks, beat):
            above[k // unit * column] = str(k // beat + 1)[-1]
        lines, new = [["-"] * size for _ in riff.open_strings], None
        for event, row in zip(inside, frets, strict=True):
            at = int(onset[event] % bar_ticks) // unit * column
            if event == riff.prompt_events > 0:
                new = at
            for string in np.flatnonzero(row >= 0):
                lines[string][at : at + len(str(row[string]))] = str(row[string])
        if length + size + 1 > width:
            blocks.append([" " * (len(heads[0]) + 1), *(head + "|" for head in heads)])
            length = len(heads[0]) + 1
        block = [
            old + "".join(added) + end
            for old, added, end in zip(blocks[-1], [above, *lines], " ||||||", strict=True)
        ]
        if new is not None:  # one character to the left, so that no beat is hidden
            place = len(blocks[-1][0]) + new
            block[0] = block[0][: place - 1] + ">" + block[0][place:]
        blocks[-1] = block
        length += size + 1
    beats = f"{riff.meter[0]}/{riff.meter[1]}, {riff.tempo_bpm:.0f} bpm"
    tuning = " ".join(map(pitch_name, riff.open_strings))
    legend = "; > the model goes on from here" if riff.prompt_ticks else ""
    title = f"{riff.title} ({beats}, tuning {tuning}{legend})"
    systems = ["\n".join([block[0].rstrip(), *reversed(block[1:])]) for block in blocks]
    return "\n\n".join([title, *systems]) + "\n"
