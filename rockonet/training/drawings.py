"""Pictures that explain the networks and compare them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rockonet.common.drawing import BLUE, GREEN, GREY, ORANGE, axes, box, figure_of
from rockonet.common.shown_text import as_label
from rockonet.common.theory import pitch_name, pitch_number
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import bars_of, bass_and_shape
from rockonet.guitar.playability import voicings
from rockonet.training.riff_vocabulary import PARTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def lstm_picture(symbols: Sequence[str], ax: Axes | None = None) -> Figure:
    """How an LSTM reads: one event after the other, handing its state on.

    symbols: what it reads; it guesses what comes after each.
    Notebook: 03.
    """
    ax = axes(ax, (1.4 * len(symbols) + 0.6, 2.3))
    arrow = dict(arrowstyle="-|>", color=GREY, lw=1.5)
    for place, symbol in enumerate(symbols):
        ax.add_patch(box((place, 1), 0.5, 0.5, facecolor=BLUE))
        ax.text(place, 1, "LSTM", ha="center", va="center", color="white", weight="bold")
        ax.text(place, 0.1, as_label(symbol), ha="center", va="center", weight="bold")
        ax.text(place, 1.9, "next?", ha="center", va="center", color=ORANGE)
        ax.annotate("", (place, 0.73), (place, 0.25), arrowprops=arrow)
        ax.annotate("", (place, 1.78), (place, 1.27), arrowprops=arrow)
        ax.annotate("", (place + 0.73, 1), (place + 0.27, 1), arrowprops=arrow)
        ax.text(place + 0.5, 1.08, "state", ha="center", va="bottom", fontsize=9)
    ax.text(len(symbols) - 0.22, 1, "…", va="center", fontsize=16)
    ax.set(xlim=(-0.5, len(symbols)), ylim=(-0.1, 2.1), xticks=[])
    ax.set_yticks([0.1, 1, 1.9], ["read", "sum up", "guess"])
    ax.set_title("The same LSTM at every event; only its state changes", loc="left")
    ax.spines[:].set_visible(False)
    return figure_of(ax)


def shape_picture(names: Sequence[str], ax: Axes | None = None) -> Figure:
    """Chords as a bass and a shape: what stays the same when a chord moves over the neck.

    names: of chords, as 'E2 B2 E3'.
    Notebook: 03.
    """
    ax = axes(ax, (1.1 * len(names) + 1.9, 2.5))
    for place, name in enumerate(names):
        bass, shape = bass_and_shape(name)
        above = [interval for interval in range(64) if shape >> interval & 1]
        ax.plot([place] * len(above), [bass + i for i in above], "-", color=GREY, lw=6, zorder=1)
        ax.plot(place, bass, "s", color=ORANGE, ms=13, label="" if place else "bass")
        rest = [bass + i for i in above[1:]]
        ax.plot([place] * len(rest), rest, "o", color=BLUE, ms=11, label="" if place else "shape")
        for interval in above[1:]:
            ax.text(place + 0.13, bass + interval, f"+{interval}", va="center")
        ax.text(place + 0.13, bass, pitch_name(bass), va="center", weight="bold")
    ways = [voicings(tuple(map(pitch_number, name.split())))[0] for name in names]
    frets = ["-".join(str(fret) for fret in way if fret >= 0) for way in ways]
    labels = [f"{name}\nfrets {played}" for name, played in zip(names, frets, strict=True)]
    ax.set_xticks(range(len(names)), labels)
    ax.set(xlim=(-0.5, len(names) - 0.2), ylabel="pitch", xlabel="symbol")
    ax.set_title("One shape, moved along the neck", loc="left")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure_of(ax)


def riff_picture(ax: Axes | None = None) -> Figure:
    """How `riff_model` guesses an event: a chain of heads, votes of candidates, and a memory.

    Notebook: 03.
    """
    ax = axes(ax, (7.6, 3.7))
    arrow = dict(arrowstyle="-|>", color=GREY, lw=1.3)
    votes = dict(arrow, color=ORANGE, linestyle="--")
    experts = dict(arrow, color=GREEN, linestyle=":")
    for place, part in enumerate(PARTS):
        ax.add_patch(box((place, 1.35), 0.56, 0.3, facecolor=BLUE))
        ax.text(place, 1.35, "head", ha="center", va="center", color="white", weight="bold")
        ax.text(place, 2.1, part, ha="center", va="center", weight="bold")
        ax.annotate("", (place, 1.97), (place, 1.52), arrowprops=arrow)
        ax.annotate("", (place, 1.18), (place, 0.82), arrowprops=arrow)
        ax.annotate("", (place + 0.36, 2), (place + 0.36, 0.32), arrowprops=votes, zorder=0)
        ax.text(place + 0.38, 1.1, "vote", color=ORANGE, rotation=90, va="center", fontsize=9)
        ax.annotate("", (place + 0.6, 2.05), (place + 0.6, -0.18), arrowprops=experts, zorder=0)
        ax.text(place + 0.62, 1.35, "share", color=GREEN, rotation=90, va="center", fontsize=9)
        if place:
            ax.annotate("", (place - 0.22, 1.52), (place - 0.82, 1.98), arrowprops=arrow)
    middle, width = (len(PARTS) - 1) / 2 + 0.15, len(PARTS)
    for height, colour, name in (
        (0.65, GREY, "what it knows: the LSTM's state, the last event, the candidates"),
        (0.15, ORANGE, "candidates: what stood here 1, 2, 4, 8 bars ago; what followed the match"),
        (-0.35, GREEN, "memory: what the track played whenever it stood so"),
    ):
        ax.add_patch(box((middle, height), width, 0.3, facecolor=colour))
        ax.text(middle, height, name, ha="center", va="center", color="white", weight="bold")
    ax.set(xlim=(-0.4, len(PARTS) - 0.3), ylim=(-0.55, 2.3), xticks=[])
    ax.set_yticks([0.65, 1.35, 2.1], ["know", "think", "guess"])
    ax.set_title("Each part is guessed when those before it are known", loc="left")
    ax.spines[:].set_visible(False)
    return figure_of(ax)


def self_similarity_chart(corpus: Corpus, track: int, ax: Axes | None = None) -> Figure:
    """How alike any two bars of a track are: the share of their events that stand in both.

    An event is the same if its pitches and its place in the bar are.
    Source: the self-similarity matrix of Foote, 'Visualizing music and audio using
    self-similarity' (1999), here on notes.
    Notebook: 03.
    """
    bars = [set(bar) for bar in bars_of(corpus.track_events(track), corpus.ticks_per_bar(track))]
    alike = [[len(a & b) / max(1, len(a | b)) for b in bars] for a in bars]
    ax = axes(ax, (4.4, 3.6))
    picture = ax.imshow(alike, cmap="Blues", origin="lower", extent=2 * (0.5, len(bars) + 0.5))
    title = as_label(corpus.songs[corpus.tracks[track].song])
    ax.set(title=f"Which bars of '{title}' are alike", xlabel="bar", ylabel="bar")
    ax.figure.colorbar(picture, ax=ax, label="share of events in common")
    return figure_of(ax)


def nats_chart(
    counted: dict[str, float],
    learned: dict[str, float],
    ax: Axes | None = None,
    title: str = "The next chord of a new song: the loss of each predictor",
) -> Figure:
    """A bar for each predictor: its loss at the whole chord of an event, in nats, on new songs.

    counted: predictors that count, plain bars. learned: networks, hatched bars. title: says what
    they predict, if it is something else.
    Notebook: 03.
    """
    ax = axes(ax, (7, 0.9 + 0.3 * (len(counted) + len(learned))))
    names, nats = list(map(as_label, counted)), list(counted.values())
    plain = ax.barh(names, nats, color=BLUE, edgecolor="white", label="counting")
    names, nats = list(map(as_label, learned)), list(learned.values())
    hatched = ax.barh(names, nats, color=ORANGE, hatch="//", edgecolor="white", label="networks")
    for bars in (plain, hatched):
        ax.bar_label(bars, fmt="%.2f", padding=3)
    if learned:
        hatched[-1].set(edgecolor="black", linewidth=2)  # the newest has a frame
    ax.invert_yaxis()
    ax.set(xlabel="nats per event, lower is better", xlim=(0, 1.1 * max(counted.values())))
    ax.set_title(title, loc="left")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure_of(ax)


likeness_chart = self_similarity_chart  # its name in version 0.1, until the next release
