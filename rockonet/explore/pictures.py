"""Pictures of notes: the piano roll, the instruments of songs, the fretboard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib
import numpy as np
from symusic.core import ScoreTick

from rockonet.common.drawing import BLUE, GREY, ORANGE, axes
from rockonet.common.theory import TICKS_PER_QUARTER, pitch_name
from rockonet.common.tunings import STANDARD_TUNING
from rockonet.explore.tracks import PROGRAM_FAMILIES


def piano_roll(
    notes: dict[str, np.ndarray],
    title: str = "",
    bars: tuple[int, int] | None = None,
    ticks_per_bar: int = 4 * TICKS_PER_QUARTER,
    prompt_ticks: int = 0,
    ax: Any = None,
) -> Any:
    """Draw notes as bars: time to the right, pitch upwards, the darker the louder.

    The dotted lines are the open strings of a guitar.

    notes: arrays as `score_notes` gives them (ticks, MIDI pitches).
    bars: first and last bar to show, counted from 1; all by default.
    prompt_ticks: what starts before this tick is shaded and hatched as the prompt.
    Raises: ValueError for bars that cannot be.
    Notebook: 01 and 04.
    """
    if bars is not None and np.shape(bars) != (2,):
        raise ValueError(f"bars = {bars!r}: give the first and the last one, as in (1, 8).")
    first, last = bars or (
        1,
        max(1, -(-int((notes["onset"] + notes["duration"]).max(initial=1)) // ticks_per_bar)),
    )
    if not 1 <= first <= last:
        raise ValueError(f"bars = {bars}: the first is to be 1 or more, and not after the last.")
    ax = axes(ax)
    in_view = (notes["onset"] + notes["duration"] > (first - 1) * ticks_per_bar) & (
        notes["onset"] < last * ticks_per_bar
    )
    onset, duration, pitch, velocity = (
        notes[name][in_view] for name in ("onset", "duration", "pitch", "velocity")
    )
    cmap = matplotlib.colormaps["viridis_r"]
    low, high = (velocity.min(), velocity.max()) if len(velocity) else (1, 127)
    spread = max(10, high - low) / 4  # no colour so pale that a note is lost
    shade = matplotlib.cm.ScalarMappable(
        matplotlib.colors.Normalize(max(1, low - spread), min(127, high + spread)), cmap
    )
    ax.barh(
        pitch,
        np.maximum(duration, 2) / ticks_per_bar,  # a muted note of one tick would be a hairline
        left=onset / ticks_per_bar + 1,
        height=0.9,
        color=shade.to_rgba(velocity),
        edgecolor="white",
        linewidth=0.3,
    )
    if prompt_ticks:
        end = prompt_ticks / ticks_per_bar + 1
        ax.axvspan(first, end, facecolor="#DDDDDD", edgecolor=GREY, hatch="//", alpha=0.4, zorder=0)
        ax.axvline(end, color=ORANGE, linewidth=1.5)
        ax.set_title("◄ prompt | generated ►", loc="right", fontsize=9, color=ORANGE)
    ax.set(xlim=(first, last + 1), xlabel="bar", ylabel="pitch")
    ax.set_title(title, loc="left")
    if not len(onset):
        ax.text(0.5, 0.5, "no notes in these bars", transform=ax.transAxes, ha="center")
    numbers = np.arange(first, last + 1, 1 if last - first < 24 else 4)
    ax.set_xticks([*numbers, last + 1], [])  # lines between bars, numbers within
    ax.set_xticks(numbers + 0.5, numbers, minor=True)
    ax.tick_params(axis="x", which="minor", length=0)
    low, high = int(pitch.min(initial=60)), int(pitch.max(initial=64))
    strings = [p for p in STANDARD_TUNING if low - 2 <= p <= high + 2] or [low, high]
    ax.set_yticks(strings, [pitch_name(p) for p in strings])
    ax.set_ylim(low - 1.5, high + 1.5)
    ax.grid(axis="y", alpha=0.4, linestyle=":")
    ax.grid(axis="x", alpha=0.3)
    ax.figure.colorbar(shade, ax=ax, label="velocity", pad=0.01, aspect=12)
    return ax.figure


def program_chart(scores: Iterable[ScoreTick], ax: Any = None) -> Any:
    """Bar chart: in how many songs each family of General MIDI programs plays.

    Notebook: 01.
    """
    songs = np.zeros(len(PROGRAM_FAMILIES) + 1, int)
    for score in scores:
        for family in {
            len(PROGRAM_FAMILIES) if track.is_drum else track.program // 8
            for track in score.tracks
            if len(track.notes)
        }:
            songs[family] += 1
    names = (*PROGRAM_FAMILIES, "drums")
    order = [i for i in np.argsort(songs, kind="stable") if songs[i]]
    ax = axes(ax, (7, 0.5 + 0.3 * len(order)))
    bars = ax.barh(
        [names[i] for i in order],
        songs[order],
        color=[ORANGE if names[i] == "guitar" else BLUE for i in order],
        hatch=["//" if names[i] == "guitar" else "" for i in order],
        edgecolor="white",
    )
    ax.bar_label(bars, padding=3)
    ax.set(title="Songs in which each family of instruments plays", xlabel="songs")
    return ax.figure


def fretboard_chart(
    pitch: np.ndarray, tuning: Sequence[int] = STANDARD_TUNING, frets: int = 22, ax: Any = None
) -> Any:
    """Histogram of pitches drawn where they lie on the neck of a guitar.

    pitch: MIDI pitches (n_notes,). A pitch that can be played on several strings is shown on each.
    tuning: pitches of the open strings, lowest first.
    Notebook: 01.
    """
    counts = np.bincount(np.asarray(pitch, int), minlength=128)[:128]
    place = np.asarray(tuning)[:, None] + np.arange(frets + 1)
    ax = axes(ax, (10, 2.6))
    image = ax.imshow(counts[place], aspect="auto", origin="lower", cmap="YlGnBu")
    for (string, fret), p in np.ndenumerate(place):
        dark = counts[p] > counts[place].max() / 2
        ax.text(fret, string, pitch_name(p), ha="center", va="center", fontsize=7,
                color="white" if dark else "black")  # fmt: skip
    ax.set_yticks(range(len(tuning)), [pitch_name(p) for p in tuning])
    dots = {fret: "•" for fret in (3, 5, 7, 9, 15, 17, 19, 21)} | {12: "••"}  # as on the neck
    ax.set_xticks(range(frets + 1), [f"{fret}\n{dots.get(fret, '')}" for fret in range(frets + 1)])
    ax.axvline(0.5, color="black", lw=3)  # the nut
    ax.set(
        title="Where the notes could be played, and how often they are heard",
        xlabel="fret (0 is the open string)",
    )
    ax.set_ylabel("string")
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(image, ax=ax, label="notes", pad=0.01)
    return ax.figure
