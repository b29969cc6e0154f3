"""What the panels of the riff machine are made of: fields, sentences, work beside the page."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import traitlets

from rockonet.common.shown_text import as_html

OTHER = "another …"
# Without a text of its own a name shows the tooltip 'null' in JupyterLab.
NO_TOOLTIP = {"tooltip": ""}
LABELLED = {"style": {"description_width": "7.5em"}, "layout": {"width": "auto"}, **NO_TOOLTIP}
# Side by side where there is room, else one below the other.
COLUMNS = {"flex_flow": "row wrap", "align_items": "flex-start", "overflow": "visible"}
ROW = {"flex_flow": "row wrap", "align_items": "center", "overflow": "visible"}
COLUMN = {"flex": "1 1 20em", "min_width": "min(100%, 20em)", "overflow": "visible"}
METERS = ("4/4", "3/4", "2/4", "6/8", "12/8", "5/4", "7/8", "9/8")

Say = Callable[[str], None]


def style_sheet() -> widgets.HTML:
    """What ipywidgets has no trait for: links that look like links, tab that never wraps."""
    css = Path(__file__).with_name("riff_machine.css").read_text("utf-8")
    return widgets.HTML(f"<style>{css}</style>", layout={"display": "contents"})


def number(description: str, value: float, low: float, high: float, **more: Any) -> widgets.Widget:
    """A field for a number in a range, with a name for screen readers, which sliders have not."""
    kind = widgets.BoundedFloatText if "step" in more else widgets.BoundedIntText
    return kind(value=value, min=low, max=high, description=description, **LABELLED, **more)


class Choice(widgets.VBox):
    """A list of texts that one sees whole, and a field for any other; `value` is the text.

    options: of the list. description: what is chosen. hint: what may be written.
    """

    value = traitlets.Unicode()

    def __init__(self, options: Sequence[str], description: str, hint: str) -> None:
        self.list = widgets.Dropdown(options=[*options, OTHER], description=description, **LABELLED)
        self.text = widgets.Text(
            description=f"{description} is", placeholder=hint, continuous_update=False, **LABELLED
        )
        self.text.layout.display = "none"
        super().__init__([self.list, self.text], layout={"overflow": "visible"})
        self.value = options[0]
        self.list.observe(self._chosen, "value")
        self.text.observe(self._chosen, "value")
        self.observe(self._show, "value")

    def _chosen(self, _: Any) -> None:
        other = self.list.value == OTHER
        self.text.layout.display = None if other else "none"
        self.value = self.text.value if other else self.list.value

    def _show(self, change: dict[str, Any]) -> None:
        """A text that was set from Python."""
        value = change["new"]
        if value in self.list.options and not (value == OTHER):
            self.list.value = value
        else:
            self.text.value = value
            self.list.value = OTHER


def sentence(error: BaseException) -> str:
    """An error as one sentence to show in a panel."""
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"This cannot be read or written: {error.strerror}{where}."
    if isinstance(error, (ValueError, OSError, RuntimeError)) and str(error):
        return f"{str(error).rstrip('.')}."
    return (
        f"This did not work, and it is no fault of yours: {type(error).__name__}, {error}. "
        "What was there stays; please report it."
    )


def safely(say: Say, handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler of a widget that says what went wrong; ipywidgets would only write it to a log."""

    @functools.wraps(handler)
    def handled(*arguments: Any) -> Any:
        try:
            return handler(*arguments)
        except Exception as error:  # whatever it was, the learner is told, and the panel lives
            say(as_html(sentence(error), bold=True))
            return None

    return handled


class Worker:
    """Does one thing after the other beside the page, which stays alive meanwhile."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "riff machine")
        self._last: Future[Any] | None = None

    def do(self, say: Say, work: Callable[..., Any], *arguments: Any) -> None:
        """Do this when what was asked for before is done; `say` tells what went wrong."""
        self._last = self._pool.submit(safely(say, work), *arguments)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until all that was asked for is done. Raises: TimeoutError if it takes longer."""
        if self._last:
            self._last.result(seconds)


def closed(panels: Iterable[widgets.Widget]) -> None:
    """Close widgets with all that is in them: else kernel and page keep every one for ever."""
    for panel in panels:
        closed(getattr(panel, "children", ()))
        for part in ("layout", "style"):
            if isinstance(owned := getattr(panel, part, None), widgets.Widget):
                owned.close()
        panel.close()
