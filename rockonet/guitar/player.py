"""Sound, piano roll and score in the page, to practise with: a widget that is HTML without one."""

from __future__ import annotations

import base64
import itertools
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import jinja2
import numpy as np
import traitlets

from rockonet.common.shown_text import visible
from rockonet.dataset.events import event_pitches, onsets
from rockonet.explore.sound import sounding_seconds
from rockonet.guitar.band import band_score
from rockonet.guitar.stem_files import stem_files

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

SPEEDS = (25, 125)  # the slowest and the fastest, in percent; the pitch stays
ROLL_WIDTH, ROLL_HEIGHT = 1000, 160
_HERE = Path(__file__)
_NUMBERS = itertools.count(1)  # of the players that this process has shown


class Player(anywidget.AnyWidget):
    """A riff to hear and see at once; the last thing in a cell, it shows itself.

    Stems, piano roll and score are in the page itself. What is done in the page can be read here,
    and set: `playing`; `bar`, which is heard, 0 while it is counted in; `loop`, no bars or the
    first and the last; `speed` in percent, see `SPEEDS`; `count_in`; `trainer`, whether each round
    of the loop is faster; `muted`, names of stems; `solo`, the one that is heard alone, or "".
    riff: what is shown. band, count_in: as of `stems`.
    Raises: TraitError for a speed, a loop or a stem that it has not.
    """

    _esm = _HERE.with_suffix(".js")
    _css = _HERE.with_suffix(".css")
    _song = traitlets.Dict().tag(sync=True)
    _picture = traitlets.Unicode().tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    bar = traitlets.Int(0).tag(sync=True)
    loop = traitlets.List(traitlets.Int()).tag(sync=True)
    speed = traitlets.Int(100, min=SPEEDS[0], max=SPEEDS[1]).tag(sync=True)
    count_in = traitlets.Bool(True).tag(sync=True)
    trainer = traitlets.Bool(False).tag(sync=True)
    muted = traitlets.List(traitlets.Unicode()).tag(sync=True)
    solo = traitlets.Unicode("").tag(sync=True)

    def __init__(self, riff: Riff, band: bool = True, count_in: bool = True) -> None:
        self.riff = riff
        # Rendered here, so that what cannot sound is said before anything is shown.
        self._files = stem_files(riff, band, count_in)
        self._seconds = sounding_seconds(band_score(riff, band, count_in))
        self._lead = count_in * riff.ticks_per_bar * riff.tick_seconds
        # Another kernel may have left players of the same number in the page.
        content = zlib.crc32(riff.events.tobytes() + visible(riff.title).encode())
        self._mark = f"rockonet-{content:08x}-{next(_NUMBERS)}-"
        song = self._told()
        super().__init__(_song=song, _picture=self._drawn(), count_in=count_in)
        self.on_msg(self._answer)

    def __repr__(self) -> str:
        return f"<Player of '{self.riff.title}', {self._seconds:.0f} s>"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        """HTML, which stays when the kernel goes; in the page it finds the widget by its mark."""
        return {"text/html": self.html(), "text/plain": repr(self)}, {}

    def html(self) -> str:
        """The player as a part of a page that needs no kernel and fetches nothing.

        Where scripts are not allowed, its stems can be heard one by one.
        """
        files = {name: base64.b64encode(data).decode() for name, data in self._files.items()}
        css, js = (_HERE.with_suffix(suffix).read_text("utf-8") for suffix in (".css", ".js"))
        player = self._drawn(files=files, song=self._song)
        # The file as it is, so that a page may allow it by its hash.
        return f'<style>{css}</style>\n{player}\n<script type="module">{js}</script>'

    @traitlets.validate("loop")
    def _loop_of_bars(self, proposal: dict[str, Any]) -> list[int]:
        loop, bars = proposal["value"], self._song.get("bars", 0)
        if loop and not (len(loop) == 2 and 1 <= loop[0] <= loop[1] <= bars):
            raise traitlets.TraitError(
                f"A loop is its first and last bar, as in [1, {bars}], or []; not {loop}."
            )
        return loop

    @traitlets.validate("solo", "muted")
    def _known_stems(self, proposal: dict[str, Any]) -> Any:
        value, stems = proposal["value"], self._song.get("stems", [])
        names = [value] if isinstance(value, str) else value
        if unknown := [name for name in names if name and name not in stems]:
            raise traitlets.TraitError(
                f"There is no stem {unknown[0]!r}: there are {', '.join(stems)}."
            )
        return value

    def _answer(self, _: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
        """The page asks for the stems when they are first played."""
        if content.get("wants") == "stems":
            self.send({"stems": list(self._files)}, buffers=list(self._files.values()))

    def _told(self) -> dict[str, Any]:
        """What the page has to know of the music."""
        riff, bar = self.riff, self.riff.ticks_per_bar
        times = zip(self._times(), self._marks(), strict=True)
        return {
            "mark": self._mark,
            "seconds": round(self._seconds, 3),
            "lead": round(self._lead, 6),
            "bars": max(1, riff.bar_line_after // bar),
            "bar_seconds": bar * riff.tick_seconds,
            "stems": list(self._files),
            "notes": [[*time, ids] for time, ids in times],
        }

    def _drawn(self, **more: Any) -> str:
        """The picture as HTML."""
        riff = self.riff
        score = riff.score()._repr_html_()
        for staff in "nt":
            score = score.replace(f'id="{staff}-', f'id="{self._mark}{staff}-')
        title, bars = visible(riff.title), max(1, riff.bar_line_after // riff.ticks_per_bar)
        legend = ["click the roll or the score to go there, drag over bars to loop them"]
        if riff.prompt_events:
            legend.insert(0, "outlined and black: prompt · filled and blue: generated")
        template = jinja2.Template(_HERE.with_suffix(".html").read_text("utf-8"), autoescape=True)
        return template.render(
            mark=self._mark,
            title=title,
            legend=" · ".join(legend),
            described=f"Score and tab of {title}, {bars} bars in {riff.meter[0]}/{riff.meter[1]}",
            score=score,
            **self._roll(self._times()),
            **more,
        )

    def _times(self) -> list[tuple[float, float]]:
        """When each event begins and ends in the sound; it ends where the next one begins."""
        tick = self.riff.tick_seconds
        begins = onsets(self.riff.events) * tick + self._lead
        ends = np.append(begins[1:], self._seconds)
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
        riff, scale = self.riff, ROLL_WIDTH / self._seconds
        pitches = [event_pitches(event) for event in riff.events]
        low = min(map(min, pitches), default=40) - 1
        unit = ROLL_HEIGHT / (max(map(max, pitches), default=64) + 2 - low)
        bar = riff.ticks_per_bar * riff.tick_seconds
        n_bars = int((self._seconds - self._lead) / bar) + 1
        return {
            "width": ROLL_WIDTH,
            "height": ROLL_HEIGHT,
            "thickness": unit * 0.9,
            "bar_lines": [(self._lead + i * bar) * scale for i in range(n_bars)],
            "roll": [
                {
                    "kind": "new" if i >= riff.prompt_events else "prompt",
                    "x": begin * scale,
                    "width": max(2, (end - begin) * scale - 1),
                    "tops": [ROLL_HEIGHT - (pitch - low + 1) * unit for pitch in chord],
                }
                for i, (chord, (begin, end)) in enumerate(zip(pitches, times, strict=True))
            ],
        }
