"""Colours and axes: where figures are made."""

from __future__ import annotations

from typing import Any

from matplotlib.patches import Rectangle

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#8C8C8C"


def axes(ax: Any = None, size: tuple[float, float] = (9, 3)) -> Any:
    """The axes to draw on; a figure made here is closed at once, so that it shows only once."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=size, layout="constrained")
    plt.close(figure)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def box(middle: tuple[float, float], width: float, height: float, **look: Any) -> Any:
    x, y = middle
    return Rectangle((x - width / 2, y - height / 2), width, height, edgecolor=GREY, **look)
