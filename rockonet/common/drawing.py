"""Colours, axes and boxes: where figures are made.

Colours are from the Okabe–Ito set; a marker, hatch or text always says the same as a colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#8C8C8C"


def new_figure(
    size: tuple[float, float], columns: int = 1, rows: int = 1, one_scale: bool = True
) -> Figure:
    """A figure with panels, row by row; it is closed at once, so that it shows only once.

    one_scale: whether the panels beside each other have the same y axis.
    """
    import matplotlib.pyplot as plt  # half a second, which what never draws need not wait for

    shared = one_scale and columns > 1
    figure, _ = plt.subplots(rows, columns, figsize=size, sharey=shared, layout="constrained")
    plt.close(figure)
    return figure


def axes(ax: Axes | None = None, size: tuple[float, float] = (9, 3)) -> Axes:
    """The axes to draw on: those given, or those of a new figure."""
    if ax is None:
        ax = new_figure(size).axes[0]
        ax.spines[["top", "right"]].set_visible(False)
    return ax


def figure_of(ax: Axes) -> Figure:
    """The whole figure that axes are on, also if they are on a part of it."""
    return ax.figure.figure


def box(middle: tuple[float, float], width: float, height: float, **look: Any) -> Rectangle:
    """A rectangle round its middle."""
    from matplotlib.patches import Rectangle  # as above

    x, y = middle
    return Rectangle((x - width / 2, y - height / 2), width, height, edgecolor=GREY, **look)
