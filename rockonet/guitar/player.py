"""Sound, piano roll and score in the page, with a cursor that runs over both."""

from __future__ import annotations

import itertools
import zlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
import numpy as np

from rockonet.common.drawing import BLUE
from rockonet.dataset.events import event_pitches, onsets
from rockonet.explore.sound import Sound
from rockonet.guitar.engraving import Engraving
from rockonet.guitar.notation import SCORE_COLOUR

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

SPEEDS = (0.5, 0.75, 1, 1.25)
PROMPT_COLOUR = "#767676"
ROLL_WIDTH, ROLL_HEIGHT = 1000, 160
_FILES = {name: resources.files(__package__) / f"player.{name}" for name in ("html", "css", "js")}
_NUMBERS = itertools.count(1)  # of the players that this process has shown


@dataclass(frozen=True)
class Player:
    """A riff to hear and see at once; the last thing in a cell, it shows itself.

    Sound, piano roll and score are in the page itself. While it plays, a cursor runs over both and
    what sounds lights up. Where scripts are not allowed, the plain audio player stays.
    """

    riff: Riff
    sound: Sound
    score: Engraving
    lead: float  # seconds before the first bar

    def _repr_html_(self) -> str:
        riff = self.riff
        # Another kernel may have left players of the same number in the page.
        content = zlib.crc32(riff.events.tobytes() + riff.title.encode())
        mark = f"rockonet-{content:08x}-{next(_NUMBERS)}-"
        score = self.score._repr_html_()
        for staff in "nt":
            score = score.replace(f'id="{staff}-', f'id="{mark}{staff}-')
        legend = "one bar of sticks · " if self.lead else ""
        legend += "grey, below black: prompt · " if riff.prompt_events else ""
        times = self._seconds()
        template = jinja2.Template(_FILES["html"].read_text("utf-8"), autoescape=True)
        return template.render(
            css=_FILES["css"].read_text("utf-8"),
            js=_FILES["js"].read_text("utf-8"),
            mark=mark,
            seconds=self.sound.seconds,
            notes=[(*time, ids) for time, ids in zip(times, self._marks(), strict=True)],
            audio=self.sound._repr_html_(),
            speeds=SPEEDS,
            legend=legend,
            new_colour=SCORE_COLOUR,
            title=riff.title,
            score=score,
            **self._roll(times),
        )

    def _seconds(self) -> list[tuple[float, float]]:
        """When each event begins and ends in the sound; it ends where the next one begins."""
        tick = self.riff.tick_seconds
        begins = onsets(self.riff.events) * tick + self.lead
        ends = np.append(begins[1:], self.sound.seconds)
        ends = np.minimum(ends, begins + self.riff.events["duration"] * tick)
        return [
            (round(begin, 3), round(end, 3))
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
        ]

    def _marks(self) -> list[list[str]]:
        """The ids of what lights up with each event: in score, TAB and piano roll."""
        found: list[list[str]] = [[] for _ in self.riff.events]
        for number, notes in enumerate(self.riff.notes):
            ids = [f"{staff}-{number}-{k}" for staff in "tn" for k in range(len(notes))]
            if ids:
                found[self.riff.symbols[number].event] += ids
        return [[*ids, f"r-{event}"] for event, ids in enumerate(found)]

    def _roll(self, times: list[tuple[float, float]]) -> dict[str, object]:
        """What the template draws of the piano roll: bar lines, and boxes for each event."""
        riff, scale = self.riff, ROLL_WIDTH / self.sound.seconds
        pitches = [event_pitches(event) for event in riff.events]
        low = min(map(min, pitches), default=40) - 1
        unit = ROLL_HEIGHT / (max(map(max, pitches), default=64) + 2 - low)
        bar = riff.ticks_per_bar * riff.tick_seconds
        n_bars = int((self.sound.seconds - self.lead) / bar) + 1
        return {
            "width": ROLL_WIDTH,
            "height": ROLL_HEIGHT,
            "thickness": unit * 0.9,
            "bar_lines": [(self.lead + i * bar) * scale for i in range(n_bars)],
            "roll": [
                {
                    "colour": BLUE if i >= riff.prompt_events else PROMPT_COLOUR,
                    "x": begin * scale,
                    "width": max(2, (end - begin) * scale - 1),
                    "tops": [ROLL_HEIGHT - (pitch - low + 1) * unit for pitch in chord],
                }
                for i, (chord, (begin, end)) in enumerate(zip(pitches, times, strict=True))
            ],
        }
