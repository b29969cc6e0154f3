"""The figure of the project: loss of each rate and epoch, still and live."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from IPython.display import Markdown, display

from rockonet.common.drawing import BLUE, GREEN, GREY, ORANGE, axes
from rockonet.common.files import atomic_write
from rockonet.common.notebook import in_notebook
from rockonet.common.settings import settings
from rockonet.training.history import History, load_history
from rockonet.training.riff_vocabulary import PARTS

RATE_STYLES = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), ("#CC79A7", "D"), (GREY, "v"))


def loss_chart(history: History, ax: Any = None) -> Any:
    """What the next chord costs against epochs: a panel for each recipe, a colour for each rate.

    Training is solid, validation dashed, and the dotted line is the loss of guessing by frequency
    alone, which a model beats only by looking at the context.
    ax: as many axes as the history has recipes.
    Notebook: 03.
    """
    recipes = history.recipes
    if ax is None:
        import matplotlib.pyplot as plt

        size = (8, 4.5) if len(recipes) == 1 else (11, 4.5)
        figure, ax = plt.subplots(
            1, len(recipes), figsize=size, sharey=True, squeeze=False, layout="constrained"
        )
        plt.close(figure)
    axes = np.ravel(ax)
    for recipe, panel in zip(recipes, axes, strict=True):
        for rate, (colour, marker) in zip(
            history.learning_rates, itertools.cycle(RATE_STYLES), strict=False
        ):
            # A chord of the riff recipe is told in two parts.
            names = ("riff bass", "riff shape") if recipe == "riff" else (recipe,)
            rows = [history.series(name, rate) for name in names]
            epochs = [row.epoch for row in rows[0]]
            style = dict(
                color=colour, marker=marker, markevery=max(1, len(epochs) // 20), markersize=5
            )
            losses = np.sum([[row.loss for row in part] for part in rows], axis=0)
            held = np.sum([[row.validation_loss for row in part] for part in rows], axis=0)
            panel.plot(epochs, losses, label=f"rate {rate:g}, training", **style)
            panel.plot(
                epochs,
                held,
                label=f"rate {rate:g}, validation",
                linestyle="--",
                alpha=0.7,
                fillstyle="none",
                **style,
            )
        unigram = history.unigram_nats[recipe]
        panel.axhline(unigram, color="black", linestyle=":", label="guess by frequency")
        panel.set_xlabel("epoch")
        panel.set_title(f"Loss of the next chord: the {recipe} recipe", loc="left")
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.grid(alpha=0.3)
    axes[0].set_ylabel("loss (nats per event)")
    axes[-1].legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return axes[0].figure


def parts_chart(history: History, ax: Any = None) -> Any:
    """Loss of each part of the riff recipe against epochs; solid training, dashed validation.

    Of a sweep it shows the first rate.
    Notebook: 03.
    """
    ax = axes(ax, (8, 3.5))
    styles = (("black", "o"), *RATE_STYLES)
    for (colour, marker), name in zip(styles, ("riff", *(f"riff {p}" for p in PARTS)), strict=True):
        rows = history.series(name, history.learning_rates[0])
        epochs = [row.epoch for row in rows]
        style = dict(color=colour, marker=marker, markersize=4, markevery=max(1, len(rows) // 15))
        label = name.removeprefix("riff ") if name != "riff" else "total without velocity"
        ax.plot(epochs, [row.loss for row in rows], label=label, **style)
        held = [row.validation_loss for row in rows]
        ax.plot(epochs, held, linestyle="--", alpha=0.7, fillstyle="none", **style)
    ax.set(xlabel="epoch", ylabel="loss (nats per event)", ylim=(0, None))
    ax.set_title("The five parts of an event: training solid, validation dashed", loc="left")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return ax.figure


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


def redraw_loss_chart() -> None:
    """Draw the loss chart again from ``figures/loss_history.csv``: what `make figure` does."""
    folder = settings().figures
    for path in save_loss_chart(load_history(folder / "loss_history.csv"), folder):
        print(f"wrote {path}")


class LiveChart:
    """A status line and, if there is something to draw, a chart that change in place, through
    display handles.

    Nothing is cleared, so the page does not jump and other output stays. Outside a notebook a line
    is printed now and then.
    """

    def __init__(self, total_steps: int, draw: Callable[[], Any] | None = None):
        self.total_steps, self.step, self.started = total_steps, 0, time.perf_counter()
        self.draw, self.status, self.chart = None, None, None
        if in_notebook():
            self.draw, self.status = draw, display(Markdown("…"), display_id=True)
        self.say("Preparing the model…")

    def on_batch(self, what: str) -> None:
        self.step += 1
        now = time.perf_counter()
        if self.step == 1:  # to make ready takes as long as many steps, and is over now
            self.start = self.last_shown = now
        elif now - self.last_shown > (1 if self.status else 10):
            self.last_shown = now
            left = (now - self.start) / (self.step - 1) * (self.total_steps - self.step)
            self.say(f"{what} · about {_minutes(left)} left")

    def on_epoch(self) -> None:
        if not self.draw:
            return
        figure = self.draw()
        if self.chart is None:
            self.chart = display(figure, display_id=True)
        else:
            self.chart.update(figure)

    def say(self, text: str) -> None:
        """Show a text; in it, {} stands for the time since the chart was made."""
        text = text.format(_minutes(time.perf_counter() - self.started))
        if self.status:
            self.status.update(Markdown(text))
        else:
            print(text, flush=True)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
