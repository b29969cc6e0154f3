"""What is said and shown while a network trains."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import keras
from IPython.display import DisplayHandle, Markdown, display

from rockonet.common.notebook import in_notebook

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Progress(keras.callbacks.Callback):
    """A status line and, in a notebook, a chart that change in place, through display handles.

    Nothing is cleared, so the page does not jump and other output stays. Outside a notebook a line
    is printed now and then.
    steps: how many batches there are in all. draw: makes the chart. live: if not, nothing is shown.
    """

    def __init__(
        self, steps: int, draw: Callable[[], Figure] | None = None, live: bool = True
    ) -> None:
        super().__init__()
        self.steps, self.draw, self.live = steps, draw, live
        self.where = ""  # the rate and epoch, to be said with the time that is left
        self.done, self.begun = 0, time.perf_counter()
        self.first_step = self.last_said = self.begun
        self.line: DisplayHandle | None = None
        self.chart: DisplayHandle | None = None
        if live and in_notebook():
            self.line = display(Markdown("…"), display_id=True)
        self.say("Preparing the model…")

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Keras calls this after each batch."""
        self.done += 1
        now = time.perf_counter()
        if self.done == 1:  # to make ready takes as long as many steps, and is over now
            self.first_step = self.last_said = now
        elif now - self.last_said > (1 if self.line else 10):
            self.last_said = now
            left = (now - self.first_step) / (self.done - 1) * (self.steps - self.done)
            self.say(f"{self.where} · about {_minutes(left)} left")

    def show_chart(self) -> None:
        """Draw the chart as it is now."""
        if not (self.line and self.draw):
            return
        if self.chart is None:
            self.chart = display(self.draw(), display_id=True)
        else:
            self.chart.update(self.draw())

    def say(self, text: str) -> None:
        """Show a text; in it, {} stands for the time since the beginning."""
        text = text.format(_minutes(time.perf_counter() - self.begun))
        if self.line:
            self.line.update(Markdown(text))
        elif self.live:
            print(text, flush=True)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
