"""The panel of notebook 04: riffs without a line of code."""

from __future__ import annotations

import base64
import dataclasses
import html
import os
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from rockonet.common.tunings import TUNINGS
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import onsets
from rockonet.generation.generator import generate
from rockonet.generation.originality import CopyIndex, bars_of_prompt, originality
from rockonet.generation.prompts import prompt_from_midi, prompt_from_text, random_excerpt
from rockonet.guitar.formats import FILE_FORMATS
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
PROMPTS = ("from a song", "typed", "a MIDI file")
TYPED = """\
e|----------------|----------------|
B|----------------|----------------|
G|----------------|----------------|
D|----------------|----------2-----|
A|------2-----2---|------2---------|
E|0-0-3---0-0---3-|0-0-3-------3-0-|
"""


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
        self, trained: Trained, training: Corpus, songs: Corpus, folder: str | os.PathLike
    ):
        self.trained, self.index, self.songs = trained, CopyIndex(training), songs
        self.folder = Path(folder)
        self.riffs: list[Riff] = []
        self.favourites: list[Riff] = []
        self.thread: threading.Thread | None = None
        self.seed = int(np.random.default_rng().integers(10**6))  # no favourite is overwritten
        box, half = {"width": "98%"}, {"width": "auto"}
        label = dict(style={"description_width": "8em"}, layout=half)
        self.source = widgets.ToggleButtons(options=PROMPTS, description="Prompt", **label)
        self.song_seed = widgets.BoundedIntText(0, 0, 9999, description="excerpt", **label)
        self.song = widgets.HTML(layout={"margin": "0 0 0 8em"})
        self.prompt_bars = widgets.IntSlider(2, 1, 8, description="bars of it", **label)
        self.text = widgets.Textarea(
            TYPED,
            placeholder="six lines of tab, or notes such as EE8 EE GG4 AA",
            layout={"width": "98%", "height": "9em"},
        )
        self.tempo = widgets.IntSlider(120, 40, 240, description="tempo", **label)
        self.upload = widgets.FileUpload(accept=".mid,.midi,.kar,.rmi", multiple=False)
        self.stack = widgets.Stack(
            [
                widgets.VBox([self.song_seed, self.song, self.prompt_bars], layout=box),
                widgets.VBox([self.text, self.tempo], layout=box),
                widgets.VBox([self.upload, self.prompt_bars], layout=box),
            ],
            selected_index=0,
        )
        self.sound = widgets.Dropdown(options=list(SOUNDS), description="sound", **label)
        self.scale = widgets.Combobox(
            value="any", options=SCALES, description="scale", ensure_option=False, **label
        )
        self.tuning = widgets.Combobox(
            value="standard", options=list(TUNINGS), description="tuning", **label
        )
        self.temperature = widgets.FloatSlider(
            1.0, min=0.2, max=1.6, step=0.1, description="temperature", **label
        )
        self.bars = widgets.IntSlider(8, 1, 16, description="new bars", **label)
        self.band = widgets.Checkbox(True, description="with bass and drums", indent=False)
        self.button = widgets.Button(
            description="Generate 5",
            button_style="primary",
            icon="music",
            tooltip="Make 5 riffs",
            layout={"flex": "0 0 auto"},
        )
        self.progress = widgets.IntProgress(0, 0, 6, layout={"display": "none"})
        self.message = widgets.HTML()
        self.cards = widgets.VBox()
        self.starred = widgets.HTML()
        self.keep = widgets.Button(description="Save favourites", icon="save", disabled=True)
        self.source.observe(self._choose_source, "value")
        self.song_seed.observe(self._name_song, "value")
        self._name_song()
        self.button.on_click(self._press)
        self.keep.on_click(self._save_favourites)
        left = widgets.VBox([self.source, self.stack], layout={"width": "55%"})
        right = widgets.VBox(
            [self.sound, self.scale, self.tuning, self.temperature, self.bars, self.band],
            layout={"width": "43%"},
        )
        go = widgets.HBox([self.button, self.progress, self.message])
        kept = widgets.HBox([self.keep, self.starred])
        self.panel = widgets.VBox([widgets.HBox([left, right]), go, kept, self.cards])

    def _ipython_display_(self) -> None:
        display(self.panel)

    def _choose_source(self, change: dict) -> None:
        self.stack.selected_index = PROMPTS.index(change["new"])

    def _name_song(self, _: Any = None) -> None:
        self.song.value = f"of {html.escape(self._excerpt().title)}"

    def _excerpt(self) -> Riff:
        return random_excerpt(self.songs, 4, self.song_seed.value, self.prompt_bars.value)

    def prompt(self) -> Riff:
        """The prompt as the panel has it. Raises: ValueError in one sentence."""
        bars = self.prompt_bars.value
        if self.source.value == "typed":
            tuning = self.tuning.value.strip() or "standard"
            return prompt_from_text(self.text.value, float(self.tempo.value), tuning=tuning)
        if self.source.value == "a MIDI file":
            if not self.upload.value:
                raise ValueError("Choose a MIDI file first.")
            (file,) = self.upload.value
            return prompt_from_midi(bytes(file.content), bars, file.name)
        riff = self._excerpt()
        first = int((onsets(riff.events) < bars * riff.ticks_per_bar).sum())
        return dataclasses.replace(riff, events=riff.events[:first], prompt_events=first)

    def _press(self, _: Any = None) -> None:
        if self.thread and self.thread.is_alive():
            return
        self.button.disabled = True
        self.seed += 1
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        self.progress.layout.display, self.progress.value = None, 0
        self.message.value = "Making five riffs …"
        begin = time.perf_counter()
        try:
            scale, tuning = self.scale.value.strip(), self.tuning.value.strip() or "standard"
            with warnings.catch_warnings(record=True) as doubts:
                warnings.simplefilter("always")
                prompt = self.prompt()
            self.riffs = generate(
                self.trained,
                n=5,
                bars=self.bars.value,
                temperature=self.temperature.value,
                prompt=prompt,
                scale=None if scale in ("", "any") else scale,
                tuning=None if tuning == "standard" else tuning,  # None: that of the prompt
                training=self.index,
                seed=self.seed,
            )
            self.cards.children = ()
            for riff in self.riffs:
                self.progress.value += 1
                self.message.value = f"Riff {self.progress.value} of 5: sound and score …"
                self.cards.children += (self._card(riff.sounding(self.sound.value)),)
            self.message.value = f"Five riffs in {time.perf_counter() - begin:.0f} s."
            typed = self.source.value == "typed"
            if signs := unread_signs(self.text.value) if typed else []:
                left = html.escape(" ".join(signs))
                self.message.value += f" Your tab without its signs {left}, which cannot be read."
            for doubt in doubts:
                self.message.value += f" {html.escape(str(doubt.message))}"
        except (ValueError, RuntimeError) as error:
            below = " The riffs below are those of before." if self.cards.children else ""
            said = html.escape(str(error).rstrip("."))
            self.message.value = f"<b>{said}.</b>{below}"
        finally:
            self.progress.layout.display = "none"
            self.button.disabled = False

    def _card(self, riff: Riff) -> Any:
        """What is shown of one riff: player with score, verdicts, star and downloads."""
        player = widgets.Output()
        player.append_display_data(riff.player(band=self.band.value))
        star = widgets.ToggleButton(False, description="favourite", icon="star")
        get = widgets.Button(description="Downloads", icon="download")
        links = widgets.HTML()
        copied = html.escape(originality(riff, self.index).verdict)
        again, new = bars_of_prompt(riff)
        verdict = widgets.HTML(
            f"{copied}<br>{again} of {new} new bars repeat a bar of the prompt"
            f"<br>{html.escape(riff.fingering.verdict)}"
        )
        title = widgets.HTML(f"<b>{html.escape(riff.title)}</b>")

        def choose(change: dict) -> None:
            self.favourites = [r for r in self.favourites if r is not riff]
            self.favourites += [riff] if change["new"] else []
            self.keep.disabled = not self.favourites
            names = ", ".join(html.escape(r.title) for r in self.favourites)
            self.starred.value = f"★ {names}" if names else ""

        def offer(_: Any) -> None:
            get.disabled = True
            links.value = " · ".join(
                download_link(riff, suffix, self.band.value) for suffix in riff.formats
            )

        star.observe(choose, "value")
        get.on_click(offer)
        row = widgets.HBox([title, star, get])
        return widgets.VBox([row, verdict, player, links], layout={"margin": "8px 0"})

    def _save_favourites(self, _: Any = None) -> None:
        for riff in self.favourites:
            riff.save(self.folder, riff.formats, self.band.value)
        place = "/".join(self.folder.absolute().parts[-3:])
        self.starred.value = f"{len(self.favourites)} saved in the folder {html.escape(place)}"


def download_link(riff: Riff, suffix: str, band: bool = True) -> str:
    """HTML of a link that saves a riff in one of `FORMATS` from the page. Notebook: 04."""
    data = base64.b64encode(riff.encoded(suffix, band)).decode()
    return (
        f'<a download="{riff.file_name}{suffix}" '
        f'href="data:application/octet-stream;base64,{data}">{FILE_FORMATS[suffix].label}</a>'
    )
