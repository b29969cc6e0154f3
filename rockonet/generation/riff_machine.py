"""The panel of notebook 04: riffs without a line of code."""

from __future__ import annotations

import dataclasses
import os
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from rockonet.common.shown_text import as_html
from rockonet.common.tunings import TUNINGS
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import onsets
from rockonet.generation.generator import generate
from rockonet.generation.originality import CopyIndex
from rockonet.generation.prompt_files import PROMPT_SUFFIXES, prompt_from_file
from rockonet.generation.prompts import prompt_from_text, random_excerpt
from rockonet.generation.riff_card import RiffCard
from rockonet.guitar.riff import SOUNDS, Riff
from rockonet.guitar.tab_reader import unread_signs
from rockonet.training.trained import Trained

SCALES = (
    "any",
    *(
        f"{tonic} {kind}"
        for kind in ("minor pentatonic", "blues", "minor", "major", "dorian", "phrygian")
        for tonic in ("E", "A", "D", "G", "C", "F#", "B")
    ),
)
PROMPTS = ("from a song", "typed", "a file")
TYPED = """\
e|----------------|----------------|
B|----------------|----------------|
G|----------------|----------------|
D|----------------|----------2-----|
A|------2-----2---|------2---------|
E|0-0-3---0-0---3-|0-0-3-------3-0-|
"""
_LABELLED = {"style": {"description_width": "8em"}, "layout": {"width": "auto"}}


class RiffMachine:
    """A panel that makes riffs without a line of code; the last thing in a cell, it shows itself.

    trained: of either recipe. training: the songs that it learned from, to see what is copied.
    songs: where prompts are drawn from, best songs that the model does not know. folder: where
        favourites are saved.
    It works in a thread of its own, so that the page stays alive; a second press while it works
    does nothing.
    Notebook: 04.
    """

    def __init__(
        self, trained: Trained, training: Corpus, songs: Corpus, folder: str | os.PathLike[str]
    ):
        self.trained, self.index, self.songs = trained, CopyIndex(training), songs
        self.folder = Path(folder)
        self.riffs: list[Riff] = []
        self.favourites: list[Riff] = []
        self.thread: threading.Thread | None = None
        self.seed = int(np.random.default_rng().integers(10**6))  # no favourite is overwritten
        asked = widgets.HBox([self._prompt_panel(), self._settings_panel()])
        self.button = widgets.Button(
            description="Generate 5",
            button_style="primary",
            icon="music",
            tooltip="Make 5 riffs",
            layout={"flex": "0 0 auto"},
        )
        self.button.on_click(self._press)
        # To 6, so that it is not full while the fifth is still made.
        self.progress = widgets.IntProgress(0, 0, 6, layout={"display": "none"})
        self.message = widgets.HTML()
        go = widgets.HBox([self.button, self.progress, self.message])
        self.keep = widgets.Button(description="Save favourites", icon="save", disabled=True)
        self.keep.on_click(self._save_favourites)
        self.starred = widgets.HTML()
        kept = widgets.HBox([self.keep, self.starred])
        self.cards = widgets.VBox()
        self.panel = widgets.VBox([asked, go, kept, self.cards])

    def _ipython_display_(self) -> None:
        display(self.panel)

    def _prompt_panel(self) -> widgets.Widget:
        """What a riff goes on from: one of `PROMPTS`, and below what that one asks for."""
        self.source = widgets.ToggleButtons(options=PROMPTS, description="Prompt", **_LABELLED)
        self.song_seed = widgets.BoundedIntText(0, 0, 9999, description="excerpt", **_LABELLED)
        self.song = widgets.HTML(layout={"margin": "0 0 0 8em"})
        self.prompt_bars = widgets.IntSlider(2, 1, 8, description="bars of it", **_LABELLED)
        self.text = widgets.Textarea(
            TYPED,
            placeholder="a line of tab for each string, or notes such as EE8 EE GG4 AA",
            layout={"width": "98%", "height": "9em"},
        )
        self.tempo = widgets.IntSlider(120, 40, 240, description="tempo", **_LABELLED)
        self.upload = widgets.FileUpload(
            accept=",".join(PROMPT_SUFFIXES),
            tooltip="MIDI, Guitar Pro, MusicXML or a tab as text",
            multiple=False,
        )
        asked_for = (
            [self.song_seed, self.song, self.prompt_bars],
            [self.text, self.tempo],
            [self.upload, self.prompt_bars],
        )
        self.stack = widgets.Stack(
            [widgets.VBox(fields, layout={"width": "98%"}) for fields in asked_for],
            selected_index=0,
        )
        self.source.observe(self._choose_source, "value")
        self.song_seed.observe(self._name_song, "value")
        self._name_song()
        return widgets.VBox([self.source, self.stack], layout={"width": "55%"})

    def _settings_panel(self) -> widgets.Widget:
        """How a riff is made and heard."""
        self.sound = widgets.Dropdown(options=list(SOUNDS), description="sound", **_LABELLED)
        self.scale = widgets.Combobox(
            value="any", options=SCALES, description="scale", ensure_option=False, **_LABELLED
        )
        self.tuning = widgets.Combobox(
            value="standard", options=list(TUNINGS), description="tuning", **_LABELLED
        )
        self.temperature = widgets.FloatSlider(
            1.0, min=0.2, max=1.6, step=0.1, description="temperature", **_LABELLED
        )
        self.bars = widgets.IntSlider(8, 1, 16, description="new bars", **_LABELLED)
        self.band = widgets.Checkbox(True, description="with bass and drums", indent=False)
        return widgets.VBox(
            [self.sound, self.scale, self.tuning, self.temperature, self.bars, self.band],
            layout={"width": "43%"},
        )

    def _choose_source(self, change: dict[str, Any]) -> None:
        self.stack.selected_index = PROMPTS.index(change["new"])

    def _name_song(self, _: Any = None) -> None:
        self.song.value = as_html(f"of {self._excerpt().title}")

    def _excerpt(self) -> Riff:
        return random_excerpt(self.songs, 4, self.song_seed.value, self.prompt_bars.value)

    def prompt(self) -> Riff:
        """The prompt as the panel has it. Raises: ValueError in one sentence."""
        bars = self.prompt_bars.value
        if self.source.value == "typed":
            tuning = self.tuning.value.strip() or "standard"
            return prompt_from_text(self.text.value, float(self.tempo.value), tuning=tuning)
        if self.source.value == "a file":
            if not self.upload.value:
                raise ValueError(
                    "Choose a file first: MIDI, Guitar Pro, MusicXML or a tab as text."
                )
            (file,) = self.upload.value
            return prompt_from_file(bytes(file.content), bars, file.name)
        riff = self._excerpt()
        first = int((onsets(riff.events) < bars * riff.ticks_per_bar).sum())
        return dataclasses.replace(riff, events=riff.events[:first], prompt_events=first)

    def _unread(self) -> list[str]:
        """A sentence on the signs of a typed tab that cannot be read, if there are any."""
        signs = unread_signs(self.text.value) if self.source.value == "typed" else ()
        return (
            [f"Your tab without its signs {' '.join(signs)}, which cannot be read."]
            if signs
            else []
        )

    def _press(self, _: Any = None) -> None:
        if self.thread and self.thread.is_alive():
            return
        self.button.disabled = True
        self.seed += 1
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        """Make five riffs and a card for each, or say why not."""
        begin = time.perf_counter()
        self.progress.layout.display, self.progress.value = None, 0
        self.message.value = "Making five riffs …"
        try:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                self.riffs = self._generate(self.prompt())
            doubts = self._unread() + [str(warning.message) for warning in warned]
            self.cards.children = ()
            for riff in self.riffs:
                self.progress.value += 1
                self.message.value = f"Riff {self.progress.value} of 5: sound and score …"
                riff = riff.sounding(self.sound.value)
                self.cards.children += (RiffCard(riff, self.index, self.band, self._star).panel,)
            seconds = time.perf_counter() - begin
            self.message.value = as_html(" ".join([f"Five riffs in {seconds:.0f} s.", *doubts]))
        except (ValueError, RuntimeError) as error:
            below = " The riffs below are those of before." if self.cards.children else ""
            self.message.value = as_html(f"{str(error).rstrip('.')}.", bold=True) + below
        finally:
            self.progress.layout.display = "none"
            self.button.disabled = False

    def _generate(self, prompt: Riff) -> list[Riff]:
        scale, tuning = self.scale.value.strip(), self.tuning.value.strip()
        return generate(
            self.trained,
            n=5,
            bars=self.bars.value,
            temperature=self.temperature.value,
            prompt=prompt,
            scale=None if scale in ("", "any") else scale,
            tuning=None if tuning in ("", "standard") else tuning,  # None: that of the prompt
            training=self.index,
            seed=self.seed,
        )

    def _star(self, riff: Riff, starred: bool) -> None:
        self.favourites = [one for one in self.favourites if one is not riff]
        if starred:
            self.favourites.append(riff)
        self.keep.disabled = not self.favourites
        names = ", ".join(riff.title for riff in self.favourites)
        self.starred.value = as_html(f"★ {names}") if names else ""

    def _save_favourites(self, _: Any = None) -> None:
        for riff in self.favourites:
            riff.save(self.folder, riff.formats, self.band.value)
        place = "/".join(self.folder.absolute().parts[-3:])
        self.starred.value = as_html(f"{len(self.favourites)} saved in the folder {place}")
