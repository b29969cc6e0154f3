"""How far the riff network trusts itself and its memory while a song goes on, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rockonet.common.drawing import BLUE, GREEN, GREY, ORANGE, axes, figure_of
from rockonet.common.shown_text import as_label
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import onsets
from rockonet.training.measuring import softmax
from rockonet.training.riff_network import trust_in
from rockonet.training.riff_recipe import riff_examples
from rockonet.training.song_memory import EXPERTS, experts_of
from rockonet.training.trained import Trained

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Whom the trust is in, and how it is drawn.
_LOOKS = {
    "the network": (BLUE, ""),
    "what followed these chords": (GREEN, "//"),
    "what stood at this place of the bar": (ORANGE, "\\\\"),
    "what was played at all": (GREY, ".."),
}


def trust_chart(
    trained: Trained, corpus: Corpus, track: int, part: str = "bass", ax: Axes | None = None
) -> Figure:
    """How a riff model shares its trust when it guesses a part of each event of a track.

    part: one of `PARTS`. Mean of each bar; experts that look at the same kind of thing are one.
    Notebook: 03.
    """
    own = slice(*corpus.offsets[track : track + 2])
    rows, heard, *_ = riff_examples(corpus, trained.vocabulary)
    answers = trained.model.predict_on_batch([rows[None, own].astype(np.int32), heard[None, own]])
    trust = softmax(np.asarray(answers[trust_in(part)], np.float64)[0])
    whom = np.array([0, *(_kind(expert.alike) for expert in EXPERTS[experts_of(part)])])
    bar = onsets(corpus.track_events(track)) // corpus.ticks_per_bar(track)
    bars, place = np.unique(bar, return_inverse=True)
    shares = [
        np.bincount(place, trust[:, whom == kind].sum(axis=1)) / np.bincount(place)
        for kind in range(len(_LOOKS))
    ]
    ax = axes(ax, (8, 2.8))
    colours, hatches = zip(*_LOOKS.values(), strict=True)
    areas = ax.stackplot(bars + 1, shares, labels=_LOOKS, colors=colours, hatch=hatches, step="mid")
    for area in areas:
        area.set_edgecolor("white")
    title = as_label(corpus.songs[corpus.tracks[track].song])
    ax.set(xlim=(bars[0] + 1, bars[-1] + 1), ylim=(0, 1), xlabel="bar", ylabel="trust")
    ax.set_title(f"Whom the {part} of '{title}' is guessed by", loc="left")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure_of(ax)


def _kind(alike: str) -> int:
    """Which of `_LOOKS` an expert belongs to."""
    if "place" in alike:
        return 2
    return 1 if "-" in alike else 3
