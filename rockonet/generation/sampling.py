"""From probabilities to a choice: temperature, top-p and top-k."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rockonet.common.drawing import BLUE, GREEN, ORANGE, axes, figure_of
from rockonet.common.shown_text import as_label
from rockonet.dataset.classic_windows import Vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def sample(
    probabilities: np.ndarray, temperature: float, top_p: float, top_k: int, chance: np.ndarray
) -> np.ndarray:
    """Draw one code from each row of probabilities (n, n_codes): ints (n,).

    temperature: 0 takes the likeliest always (argmax), 1 leaves the odds as they are, more makes
        them more alike. top_p: only the likeliest codes that together reach this share may be
        drawn (0 to 1; 1 keeps them all). top_k: only the so many likeliest codes; 0 keeps them all.
    chance: (n,) random numbers from 0 to 1, as from ``rng.random(n)``: they decide.
    Notebook: 04.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    if temperature == 0:
        return order[:, 0]
    odds = np.take_along_axis(probabilities, order, axis=1).astype(np.float64)
    with np.errstate(divide="ignore"):
        odds = np.exp((np.log(odds) - np.log(odds[:, :1])) / temperature)
    odds /= odds.sum(axis=1, keepdims=True)
    before = np.cumsum(odds, axis=1) - odds  # the likeliest always stays: nothing stands before it
    rank = np.arange(odds.shape[1])
    odds = np.where((before < top_p) & (rank < (top_k or len(rank))), odds, 0)
    reached = np.cumsum(odds, axis=1)
    drawn = (reached <= chance[:, None] * reached[:, -1:]).sum(axis=1)
    return np.take_along_axis(order, drawn[:, None], axis=1)[:, 0]


@dataclass(frozen=True)
class Sampler:
    """Draws codes for riffs that are made side by side.

    temperature, top_p, top_k: see `sample`. rngs: one for each riff, so that how many others are
        made beside it changes nothing.
    """

    temperature: float
    top_p: float
    top_k: int
    rngs: Sequence[np.random.Generator]

    def draw(self, odds: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """One of the allowed codes for each riff: ints (n,).

        odds: (n, n_codes), 0 or more; a row need not sum to 1. allowed: bools of the same shape,
            one or more in each row.
        """
        # What is allowed keeps a chance, however unlikely the model thinks it.
        odds = np.where(allowed, np.maximum(odds, 1e-30), 0.0)
        probabilities = odds / odds.sum(axis=1, keepdims=True)
        chance = np.array([rng.random() for rng in self.rngs])
        return sample(probabilities, self.temperature, self.top_p, self.top_k, chance)


def odds_chart(
    probabilities: np.ndarray,
    vocabulary: Vocabulary,
    temperatures: Sequence[float],
    ax: Axes | None = None,
) -> Figure:
    """The ten likeliest next symbols, and how temperature changes their odds.

    temperatures: over 0, at most three.
    Notebook: 04.
    """
    top = np.argsort(-probabilities)[:10]
    ax = axes(ax, (9, 3))
    width = 0.8 / len(temperatures)
    looks = ((BLUE, ""), (ORANGE, "//"), (GREEN, ".."))
    for i, (temperature, (colour, hatch)) in enumerate(
        zip(temperatures, looks[: len(temperatures)], strict=True)
    ):
        odds = np.maximum(probabilities.astype(np.float64), 1e-30) ** (1 / temperature)
        ax.bar(
            np.arange(len(top)) + i * width,
            (odds / odds.sum())[top],
            width,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            label=f"temperature {temperature:g}",
        )
    names = [as_label(vocabulary.symbols[code]).replace(" ", "\n") for code in top]
    ax.set_xticks(np.arange(len(top)) + 0.4 - width / 2, names, fontsize=8)
    ax.set(title="The ten likeliest next symbols", ylabel="probability", xlabel="symbol")
    ax.legend()
    return figure_of(ax)
