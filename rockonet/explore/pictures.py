"""Pictures of notes: the piano roll, the instruments of songs, the fretboard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from symusic.core import ScoreTick

from rockonet.common.drawing import BLUE, GREY, ORANGE, axes, figure_of
from rockonet.common.shown_text import as_label
from rockonet.common.theory import TICKS_PER_QUARTER, pitch_name
from rockonet.common.tunings import FRETS, STANDARD_TUNING
from rockonet.explore.tracks import PROGRAM_FAMILIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def piano_roll(
    notes: dict[str, np.ndarray],
    title: str = "",
    bars: tuple[int, int] | None = None,
    ticks_per_bar: int = 4 * TICKS_PER_QUARTER,
    prompt_ticks: int = 0,
    ax: Axes | None = None,
    tuning: Sequence[int] = STANDARD_TUNING,
) -> Figure:
    """Draw notes as bars: time to the right, pitch upwards, the darker the louder.

    The dotted lines are the open strings of a guitar.

    notes: arrays as `score_notes` gives them (ticks, MIDI pitches).
    bars: first and last bar to show, counted from 1; all by default.
    prompt_ticks: what starts before this tick is shaded and hatched as the prompt.
    tuning: pitches of the open strings.
    Raises: ValueError for bars that cannot be.
    Notebook: 01.
    """
    end = notes["onset"] + notes["duration"]
    first, last = bars_in_view(bars, -(-int(end.max(initial=1)) // ticks_per_bar))
    in_view = (end > (first - 1) * ticks_per_bar) & (notes["onset"] < last * ticks_per_bar)
    notes = {name: column[in_view] for name, column in notes.items()}
    ax = axes(ax)
    shade = draw_notes(ax, notes, ticks_per_bar)
    if prompt_ticks:
        border = prompt_ticks / ticks_per_bar + 1
        ax.axvspan(
            first, border, facecolor="#DDDDDD", edgecolor=GREY, hatch="//", alpha=0.4, zorder=0
        )
        ax.axvline(border, color=ORANGE, linewidth=1.5)
        ax.set_title("◄ prompt | generated ►", loc="right", fontsize=9, color=ORANGE)
    ax.set_title(as_label(title), loc="left")
    label_axes(ax, first, last, notes["pitch"], tuning)
    ax.figure.colorbar(shade, ax=ax, label="velocity", pad=0.01, aspect=12)
    return figure_of(ax)


def bars_in_view(bars: tuple[int, int] | None, n_bars: int) -> tuple[int, int]:
    """The first and the last bar to show: those asked for, else all.

    Raises: ValueError for bars that cannot be.
    """
    if bars is None:
        return 1, max(1, n_bars)
    if np.shape(bars) != (2,):
        raise ValueError(f"bars = {bars!r}: give the first and the last one, as in (1, 8).")
    first, last = bars
    if not 1 <= first <= last:
        raise ValueError(f"bars = {bars}: the first is to be 1 or more, and not after the last.")
    return first, last


def draw_notes(ax: Axes, notes: dict[str, np.ndarray], ticks_per_bar: int) -> ScalarMappable:
    """A bar for each note; returns what its velocity looks like, for the scale beside it."""
    velocity = notes["velocity"]
    low, high = (velocity.min(), velocity.max()) if len(velocity) else (1, 127)
    spread = max(10, high - low) / 4  # no colour so pale that a note is lost
    shade = ScalarMappable(
        Normalize(max(1, low - spread), min(127, high + spread)), colormaps["viridis_r"]
    )
    ax.barh(
        notes["pitch"],
        np.maximum(notes["duration"], 2) / ticks_per_bar,  # one tick would be a hairline
        left=notes["onset"] / ticks_per_bar + 1,
        height=0.9,
        color=shade.to_rgba(velocity),
        edgecolor="white",
        linewidth=0.3,
    )
    return shade


def label_axes(ax: Axes, first: int, last: int, pitch: np.ndarray, tuning: Sequence[int]) -> None:
    """Bars along the bottom, open strings up the side, and lines for both."""
    ax.set(xlim=(first, last + 1), xlabel="bar", ylabel="pitch")
    if not len(pitch):
        ax.text(0.5, 0.5, "no notes in these bars", transform=ax.transAxes, ha="center")
    numbers = np.arange(first, last + 1, 1 if last - first < 24 else 4)
    ax.set_xticks([*numbers, last + 1], [])  # lines between bars, numbers within
    ax.set_xticks(numbers + 0.5, [str(number) for number in numbers], minor=True)
    ax.tick_params(axis="x", which="minor", length=0)
    low, high = int(pitch.min(initial=60)), int(pitch.max(initial=64))
    strings = [p for p in tuning if low - 2 <= p <= high + 2] or [low, high]
    ax.set_yticks(strings, [pitch_name(p) for p in strings])
    ax.set_ylim(low - 1.5, high + 1.5)
    ax.grid(axis="y", alpha=0.4, linestyle=":")
    ax.grid(axis="x", alpha=0.3)


def program_chart(scores: Iterable[ScoreTick], ax: Axes | None = None) -> Figure:
    """Bar chart: in how many songs each family of General MIDI programs plays.

    Notebook: 01.
    """
    names = (*PROGRAM_FAMILIES, "drums")
    songs = np.zeros(len(names), int)
    for score in scores:
        playing = [track for track in score.tracks if len(track.notes)]
        families = {-1 if track.is_drum else track.program // 8 for track in playing}
        songs[list(families)] += 1
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
    return figure_of(ax)


def fretboard_chart(
    pitch: np.ndarray,
    tuning: Sequence[int] = STANDARD_TUNING,
    frets: int = FRETS,
    ax: Axes | None = None,
) -> Figure:
    """Histogram of pitches drawn where they lie on the neck of a guitar.

    pitch: MIDI pitches (n_notes,). A pitch that can be played on several strings is shown on each.
    tuning: pitches of the open strings, lowest first.
    Notebook: 01.
    """
    counts = np.bincount(np.asarray(pitch, int), minlength=128)[:128]
    place = np.asarray(tuning)[:, None] + np.arange(frets + 1)
    ax = axes(ax, (10, 2.6 * len(tuning) / 6))
    image = ax.imshow(counts[place], aspect="auto", origin="lower", cmap="YlGnBu")
    for (string, fret), p in np.ndenumerate(place):
        colour = "white" if counts[p] > counts[place].max() / 2 else "black"
        name = pitch_name(int(p))
        ax.text(fret, string, name, ha="center", va="center", fontsize=7, color=colour)
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
    return figure_of(ax)
