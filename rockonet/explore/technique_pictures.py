"""How notes are played, drawn into a piano roll: bends, vibrato, slides, dead notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D

from rockonet.common.drawing import GREY, ORANGE
from rockonet.common.pitch_curve import SLIDE_SECONDS, pitch_curve
from rockonet.common.techniques import BENDS, Technique
from rockonet.common.theory import TICKS_PER_QUARTER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_POINTS = 200  # of a curve, for each second
# What each looks like; shape tells them apart, not colour alone.
_LOOKS: dict[str, dict[str, Any]] = {
    "bend, vibrato": dict(color=ORANGE, linewidth=1.8),
    "slide": dict(color="black", linewidth=1.6, linestyle=(0, (2, 1))),
    "dead note": dict(color="black", linestyle="", marker="x", markersize=6, markeredgewidth=1.8),
    "harmonic": dict(color=GREY, linestyle="", marker="D", markersize=5, markerfacecolor="white"),
}


def draw_techniques(
    ax: Axes, notes: dict[str, np.ndarray], ticks_per_bar: int, tempo_bpm: float
) -> None:
    """Draw how notes are played over their bars, with a legend of what there is.

    notes: as `piano_roll` takes them, with ``technique``, ``bend`` and, of slides, ``slide``.
    """
    second = tempo_bpm / 60 * TICKS_PER_QUARTER / ticks_per_bar  # in bars
    used = set()

    def draw(kind: str, bars: ArrayLike, pitches: ArrayLike) -> None:
        ax.plot(bars, pitches, zorder=3, **_LOOKS[kind])
        used.add(kind)

    slides = notes.get("slide", np.zeros(len(notes["pitch"]), int))
    columns = (notes[name].tolist() for name in ("onset", "duration", "pitch", "technique", "bend"))
    for onset, duration, pitch, technique, bend, slide in zip(*columns, slides, strict=True):
        begin, seconds = onset / ticks_per_bar + 1, duration / ticks_per_bar / second
        if technique & Technique.DEAD:
            draw("dead note", [begin], [pitch])
        if technique & Technique.HARMONIC:
            draw("harmonic", [begin], [pitch])
        if technique & (BENDS | Technique.VIBRATO):
            times = np.linspace(0, seconds, max(2, round(seconds * _POINTS)))
            heights = pitch + pitch_curve(times, technique, bend, seconds)
            # From the fret on, also if the string is up at once.
            draw("bend, vibrato", [begin, *begin + times * second], [pitch, *heights])
        if slide:
            end = begin + seconds * second
            draw(
                "slide",
                [end - min(SLIDE_SECONDS, seconds / 2) * second, end],
                [pitch, pitch + slide],
            )
    if used:
        handles = [
            Line2D([], [], label=kind, **look) for kind, look in _LOOKS.items() if kind in used
        ]
        ax.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0, -0.16),
            ncols=4,
            frameon=False,
            fontsize=9,
        )
