"""The panel of notebook 04: riffs without a line of code."""

from __future__ import annotations

import os
import time
import warnings
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from rockonet.common.shown_text import as_html
from rockonet.dataset.corpus import Corpus
from rockonet.generation.favourites import Favourites
from rockonet.generation.generator import generate
from rockonet.generation.originality import CopyIndex
from rockonet.generation.panel_parts import COLUMNS, ROW, Worker, closed, safely, style_sheet
from rockonet.generation.prompt_panel import PROMPTS, TYPED, PromptPanel
from rockonet.generation.riff_card import RiffCard
from rockonet.generation.settings_panel import SCALES, SettingsPanel
from rockonet.guitar.riff import Riff
from rockonet.training.trained import Trained

__all__ = ["PROMPTS", "SCALES", "TYPED", "RiffMachine"]
_OPEN: dict[Path, RiffMachine] = {}  # by the folder of their favourites


class RiffMachine:
    """A panel that makes riffs without a line of code; the last thing in a cell, it shows itself.

    Made again for the same folder it is the same panel, with all that is on it: a cell may run
    twice.
    trained: of either recipe. training: the songs that it learned from, to see what is copied.
    songs: where prompts are drawn from, best songs that the model does not know. folder: where
        favourites are kept; those of before are read back.
    It works beside the page, which stays alive; a second press while it works does nothing.
    Notebook: 04.
    """

    panel: widgets.VBox
    prompts: PromptPanel

    def __new__(
        cls, trained: Trained, training: Corpus, songs: Corpus, folder: str | os.PathLike[str]
    ) -> RiffMachine:
        return _OPEN.setdefault(Path(folder).absolute(), super().__new__(cls))

    def __init__(
        self, trained: Trained, training: Corpus, songs: Corpus, folder: str | os.PathLike[str]
    ) -> None:
        self.trained, self.index = trained, CopyIndex(training)
        if hasattr(self, "panel"):
            self.prompts.songs = songs
            return
        self.folder = Path(folder).absolute()
        self.riffs: list[Riff] = []
        self.seed = int(np.random.default_rng().integers(10**6))  # no favourite is overwritten
        self.worker, self.busy = Worker(), False
        self.message = widgets.HTML()
        self.settings = SettingsPanel(trained)
        self.prompts = PromptPanel(songs, self._say, self.worker, self.settings.chosen_tuning)
        self.kept = Favourites(self.folder)
        self.panel = self._build()
        for riff in self.kept.riffs:
            self.starred.children += (self._card(riff, starred=True).panel,)
        self._count()
        self._say(as_html(*self.kept.doubts))

    def _build(self) -> widgets.VBox:
        self.button = widgets.Button(
            description="Generate 5", button_style="primary", icon="music", tooltip="Make 5 riffs"
        )
        self.button.on_click(safely(self._say, self._press))
        # To 6, so that it is not full while the fifth is still made.
        self.progress = widgets.IntProgress(0, 0, 6, layout={"display": "none", "width": "8em"})
        self.keep = widgets.Button(
            description="Save favourites",
            icon="save",
            tooltip="Write each favourite in all formats",
        )
        self.keep.on_click(safely(self._say, self._save_favourites))
        self.count = widgets.HTML()
        self.starred, self.cards = (widgets.VBox(layout={"overflow": "visible"}) for _ in range(2))
        asked = widgets.HBox([self.prompts.panel, self.settings.panel], layout=COLUMNS)
        go = widgets.HBox([self.button, self.progress, self.message], layout=ROW)
        kept = widgets.HBox([self.keep, self.count], layout=ROW)
        panel = widgets.VBox(
            [style_sheet(), asked, go, kept, self.starred, self.cards],
            layout={"overflow": "visible"},
        )
        panel.add_class("rockonet-machine")
        return panel

    def _ipython_display_(self) -> None:
        display(self.panel)

    @property
    def favourites(self) -> list[Riff]:
        """The riffs that are marked, the last one marked last."""
        return self.kept.riffs

    def prompt(self) -> Riff:
        """The prompt as the panel has it. Raises: ValueError in one sentence."""
        return self.prompts.prompt()

    def _say(self, html: str) -> None:
        self.message.value = f'<span role="status">{html}</span>' if html else ""

    def _press(self, _: Any = None) -> None:
        if self.busy:
            return
        self.busy = self.button.disabled = True
        self.seed += 1
        self.worker.do(self._say_why_not, self._work)

    def _say_why_not(self, html: str) -> None:
        below = " The riffs below are those of before." if self.cards.children else ""
        self._say(html + below)

    def _work(self) -> None:
        """Make five riffs and a card for each, or say why not."""
        begin = time.perf_counter()
        self.progress.layout.display, self.progress.value = None, 0
        self._say("Making five riffs …")
        try:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                prompt = self.prompt()
                self.riffs = generate(
                    self.trained,
                    n=5,
                    prompt=prompt,
                    training=self.index,
                    seed=self.seed,
                    **self.settings.request(),
                )
            doubts = self.prompts.unread() + [str(warning.message) for warning in warned]
            old, self.cards.children = self.cards.children, ()
            closed(old)
            for riff in self.riffs:
                self.progress.value += 1
                self._say(f"Riff {self.progress.value} of 5: sound and score …")
                card = self._card(riff.sounding(self.settings.sound.value))
                card.show()
                self.cards.children += (card.panel,)
            seconds = time.perf_counter() - begin
            self._say(as_html(" ".join([f"Five riffs in {seconds:.0f} s.", *doubts])))
        finally:
            self.progress.layout.display = "none"
            self.busy = self.button.disabled = False

    def _card(self, riff: Riff, starred: bool = False) -> RiffCard:
        return RiffCard(riff, self.index, self.settings.band, self, self.worker, starred)

    def star(self, card: RiffCard, starred: bool) -> None:
        """A card was marked, and goes up to the favourites, where it stays; or unmarked."""
        if starred:
            self.kept.add(card.riff)
        else:
            self.kept.remove(card.riff)
        here, there = self.cards, self.starred
        if not starred:
            here, there = there, here
        here.children = tuple(panel for panel in here.children if panel is not card.panel)
        there.children = (*there.children, card.panel)
        self._count()

    def change(self, card: RiffCard, old: Riff, new: Riff) -> None:
        """The riff of a card is renamed, or sounds otherwise."""
        self.kept.replace(old, new)

    def _count(self) -> None:
        n = len(self.favourites)
        self.keep.disabled = not n
        self.count.value = as_html(f"★ {n} favourite{'s' * (n > 1)}") if n else ""

    def _save_favourites(self, _: Any = None) -> None:
        self.count.value = as_html("They are being saved …")
        self.worker.do(self._say_count, self._write)

    def _say_count(self, html: str) -> None:
        self.count.value = html

    def _write(self) -> None:
        for riff in self.favourites:
            riff.save(self.folder, riff.formats, self.settings.band.value)
        place = "/".join(self.folder.parts[-3:])
        self.count.value = as_html(f"{len(self.favourites)} saved in the folder {place}")
