"""The figure of the project: the loss of each rate, or of each part, after every epoch."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rockonet.common.drawing import BLUE, GREEN, GREY, ORANGE, axes, figure_of, new_figure
from rockonet.common.files import atomic_write
from rockonet.common.settings import settings
from rockonet.training.history import History, load_history
from rockonet.training.riff_vocabulary import CHORD, PART_TABLE, PARTS

RATE_STYLES = (
    (BLUE, "o"),
    (ORANGE, "s"),
    (GREEN, "^"),
    ("#CC79A7", "D"),
    (GREY, "v"),
    ("#56B4E9", "P"),
)
PUBLISHED_RATES = (0.01, 0.001, 0.0001)
VALIDATION = dict(linestyle="--", alpha=0.7, fillstyle="none")  # beside training, which is solid
LOWEST: dict[str, Any] = dict(marker="*", s=150, edgecolor="black", linewidth=0.8, zorder=3)
CHART_SIZE, CHART_FONT = (7.5, 6), 12  # inches and points: to be read in print and on a phone


def loss_chart(history: History, ax: Axes | Sequence[Axes] | None = None) -> Figure:
    """What the next chord costs against epochs: a panel for each recipe, a colour for each rate.

    A rate has the same colour whatever others there are, see `rate_styles`. Each panel has a scale
    of its own, so that lines of one recipe can be told apart: look at the numbers to compare two.

    Training is solid, validation dashed, a star where its loss is lowest. The dotted line is the
    loss of guessing by frequency alone, which a model beats only by looking at the context; on the
    validation songs it is dashed and dotted.
    ax: as many axes as the history has recipes.
    Notebook: 03.
    """
    recipes = history.recipes
    if ax is None:
        ax = new_figure(CHART_SIZE, len(recipes), one_scale=False).axes
    panels: list[Axes] = [ax] if isinstance(ax, Axes) else list(ax)
    for recipe, panel in zip(recipes, panels, strict=True):
        _draw_rates(panel, history, recipe)
        _draw_guesses(panel, history, recipe)
        panel.set_title(f"The {recipe} recipe", loc="left", fontsize=CHART_FONT)
        _count_epochs(panel)
        panel.xaxis.label.set_fontsize(CHART_FONT)
        panel.tick_params(labelsize=CHART_FONT - 1)
    panels[0].set_ylabel("loss of the next chord (nats)", fontsize=CHART_FONT)
    figure = figure_of(panels[0])
    handles, labels = panels[0].get_legend_handles_labels()
    # Two columns: what is said of training, and beside it of validation.
    order = sorted(range(len(labels)), key=lambda i: labels[i].endswith("validation"))
    figure.legend(
        [handles[i] for i in order],
        [labels[i] for i in order],
        loc="outside lower center",
        ncols=2,
        fontsize=CHART_FONT - 1,
    )
    return figure


def _draw_rates(ax: Axes, history: History, recipe: str) -> None:
    """The loss of the next chord at each rate, with a star where validation is lowest."""
    # A chord of the riff recipe is told in several parts.
    names = [f"riff {part}" for part in CHORD] if recipe == "riff" else [recipe]
    for rate, look in rate_styles(history.learning_rates).items():
        parts = [history.series(name, rate) for name in names]
        epochs = [row.epoch for row in parts[0]]
        training = np.sum([[row.loss for row in rows] for rows in parts], axis=0)
        validation = np.sum([[row.validation_loss for row in rows] for rows in parts], axis=0)
        style = _style(look, len(epochs), marks=10, size=5)
        ax.plot(epochs, training, label=f"rate {rate:g}, training", **style)
        ax.plot(epochs, validation, label=f"rate {rate:g}, validation", **style | VALIDATION)
        lowest = int(validation.argmin())
        ax.scatter(epochs[lowest], validation[lowest], color=look[0], **LOWEST)
    ax.scatter([], [], color="white", label="lowest validation loss", **LOWEST)


def rate_styles(rates: Sequence[float]) -> dict[float, tuple[str, str]]:
    """The colour and the marker of each rate.

    The published rates have the first three of `RATE_STYLES`, others the rest, in the order in
    which they came: a rate keeps its look when another one is added.
    """
    others = (rate for rate in rates if rate not in PUBLISHED_RATES)
    rest = itertools.cycle(RATE_STYLES[len(PUBLISHED_RATES) :])
    looks = dict(zip(PUBLISHED_RATES, RATE_STYLES, strict=False)) | dict(
        zip(others, rest, strict=False)
    )
    return {rate: looks[rate] for rate in rates}


def _draw_guesses(ax: Axes, history: History, recipe: str) -> None:
    """What guessing by frequency costs on the training songs and, where known, on the others."""
    level = history.unigram_nats[recipe]
    ax.axhline(level, color="black", linestyle=":", label="guess by frequency, training")
    if recipe in history.validation_unigram_nats:
        level = history.validation_unigram_nats[recipe]
        ax.axhline(level, color="black", linestyle="-.", lw=1, label="by frequency, validation")


def parts_chart(history: History, ax: Axes | None = None) -> Figure:
    """Loss of each part of the riff recipe against epochs; solid training, dashed validation.

    Of a sweep it shows the first rate.
    """
    ax = axes(ax, (8, 3.5))
    apart = " and ".join(part.name for part in PART_TABLE if not part.in_total)
    labels = {"riff": f"total without {apart}"} | {f"riff {part}": part for part in PARTS}
    looks = itertools.chain([("black", "o")], itertools.cycle(RATE_STYLES))
    for (name, label), look in zip(labels.items(), looks, strict=False):
        rows = history.series(name, history.learning_rates[0])
        epochs = [row.epoch for row in rows]
        style = _style(look, len(epochs), marks=15, size=4)
        ax.plot(epochs, [row.loss for row in rows], label=label, **style)
        ax.plot(epochs, [row.validation_loss for row in rows], **style | VALIDATION)
    ax.set(ylabel="loss (nats per event)", ylim=(0, None))
    count = "no one two three four five six seven eight nine".split()[len(PARTS)]
    ax.set_title(f"The {count} parts of an event: training solid, validation dashed", loc="left")
    _count_epochs(ax)
    _explain(ax)
    return figure_of(ax)


def _style(look: tuple[str, str], n_epochs: int, marks: int, size: int) -> dict[str, Any]:
    """How a line is drawn: its colour, and its marker at so many of its epochs."""
    colour, marker = look
    every = max(1, n_epochs // marks)
    return dict(color=colour, marker=marker, markersize=size, markevery=every)


def _count_epochs(ax: Axes) -> None:
    ax.set_xlabel("epoch")
    ax.locator_params(axis="x", integer=True)
    ax.grid(alpha=0.3)


def _explain(ax: Axes) -> None:
    ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))


def save_loss_chart(history: History, folder: str | os.PathLike) -> list[Path]:
    """Write ``loss_history.csv`` and, drawn from it, ``loss_chart.png`` and ``.svg``.

    The same history always gives the same bytes, so that a changed figure means changed numbers.
    Notebook: 03.
    """
    folder = Path(folder)
    paths = [folder / name for name in ("loss_history.csv", "loss_chart.png", "loss_chart.svg")]
    history.save(paths[0])
    figure = loss_chart(load_history(paths[0]))
    with matplotlib.rc_context({"svg.hashsalt": "rockonet"}):
        for path, metadata in ((paths[1], {"Software": None}), (paths[2], {"Date": None})):
            with atomic_write(path) as temporary:
                figure.savefig(temporary, dpi=150, metadata=metadata)
    return paths


def redraw_loss_charts() -> None:
    """Draw every loss chart again from the numbers beside it: what `make figure` does."""
    folder = settings().figures
    for numbers in sorted(folder.glob("**/loss_history.csv")):
        for path in save_loss_chart(load_history(numbers), numbers.parent):
            print(f"wrote {path}")


redraw_loss_chart = redraw_loss_charts  # its name in version 0.1, until the next release
