"""The prompt of the riff machine: from a song, typed, or a file; as it is read, heard and seen."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from rockonet.common.shown_text import as_html, visible
from rockonet.common.tunings import TUNINGS, tuning_name, tuning_pitches
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import onsets
from rockonet.generation.panel_parts import (
    COLUMN,
    LABELLED,
    METERS,
    Choice,
    Say,
    Worker,
    closed,
    number,
    safely,
)
from rockonet.generation.prompt_files import PROMPT_SUFFIXES, prompt_from_file, prompt_tracks
from rockonet.generation.prompts import prompt_from_text, random_excerpt
from rockonet.guitar.riff import Riff
from rockonet.guitar.tab_reader import unread_signs

PROMPTS = ("from a song", "typed", "a file")
TYPED = """\
e|----------------|----------------|
B|----------------|----------------|
G|----------------|----------------|
D|----------------|----------2-----|
A|------2-----2---|------2---------|
E|0-0-3---0-0---3-|0-0-3-------3-0-|
"""
ITSELF = -1  # the track that `prompt_from_file` takes by itself: None would be no choice at all
_WIDE = {"width": "100%", "overflow": "visible"}


class PromptPanel:
    """What a riff goes on from: one of `PROMPTS`, and below what that one asks for.

    songs: where excerpts are drawn from. say: shows a sentence. worker: makes the sound of a prompt
    beside the page. typed_tuning: tells the tuning of what is typed, "" for the standard one.
    `panel` is what is shown.
    """

    def __init__(
        self, songs: Corpus, say: Say, worker: Worker, typed_tuning: Callable[[], str]
    ) -> None:
        self.songs, self.say, self.worker = songs, say, worker
        self.typed_tuning = typed_tuning
        self.read: Riff | None = None  # of the file
        self.remarks: list[str] = []  # on the file
        self.source = widgets.ToggleButtons(options=PROMPTS, description="prompt", **LABELLED)
        stack = widgets.Stack(
            [self._of_a_song(), self._typed(), self._of_a_file()],
            selected_index=0,
            layout={"width": "100%"},
        )
        self.hear = widgets.Button(
            description="Hear and see the prompt",
            icon="play",
            tooltip="before anything is made",
            layout={"align_self": "flex-start"},
        )
        self.heard = widgets.VBox(layout={"overflow": "visible"})
        self.panel = widgets.VBox([self.source, stack, self.hear, self.heard], layout=COLUMN)
        widgets.dlink((self.source, "index"), (stack, "selected_index"))
        for field, name, handler in (
            (self.song_seed, "value", self._name_song),
            (self.upload, "value", self._open),
            (self.track, "value", self._read),
            (self.file_bars, "value", self._read),
        ):
            field.observe(safely(say, handler), name)
        for field in (
            *(self.source, self.song_seed, self.bars, self.text, self.tempo, self.meter),
            *(self.upload, self.track, self.file_bars, self.file_tempo, self.file_meter),
            self.file_tuning,
        ):
            field.observe(lambda _: self._put(), "value")  # what was heard is another prompt
        self.hear.on_click(safely(say, self._hear))
        self._name_song()

    def _of_a_song(self) -> widgets.Widget:
        self.song_seed = number("excerpt", 0, 0, 9999)
        self.song = widgets.HTML(layout={"margin": "0 0 0 7.5em"})
        self.bars = number("bars of it", 2, 1, 8)
        return widgets.VBox([self.song_seed, self.song, self.bars], layout=_WIDE)

    def _typed(self) -> widgets.Widget:
        self.text = widgets.Textarea(
            TYPED,
            rows=8,
            placeholder="a line of tab for each string, or notes such as EE8 EE GG4 AA",
            layout={"width": "calc(100% - 8px)", "height": "auto"},
        )
        self.text.add_class("rockonet-tab")
        self.tempo = number("tempo", 120, 20, 400)
        self.meter = widgets.Dropdown(options=METERS, description="meter", **LABELLED)
        named = widgets.HTML("Tab or notes, as in <code>EE8 EE GG4 AA</code>:")
        return widgets.VBox([named, self.text, self.tempo, self.meter], layout=_WIDE)

    def _of_a_file(self) -> widgets.Widget:
        self.upload = widgets.FileUpload(
            accept=",".join(PROMPT_SUFFIXES),
            description="Choose a file",
            tooltip="MIDI, Guitar Pro, MusicXML or a tab as text",
            multiple=False,
        )
        self.about = widgets.HTML()
        self.track = widgets.Dropdown(description="track", **LABELLED)
        self.file_bars = number("first bars", 2, 1, 16)
        self.file_tempo = number("tempo", 120, 10, 1000, step=0.01)
        self.file_meter = widgets.Dropdown(options=METERS, description="meter", **LABELLED)
        self.file_tuning = Choice([*TUNINGS], "tuning", "notes, lowest first: D2 A2 D3 G3 B3 E4")
        self.as_read = widgets.VBox(
            [self.track, self.file_bars, self.file_tempo, self.file_meter, self.file_tuning],
            layout={"display": "none"},
        )
        return widgets.VBox([self.upload, self.about, self.as_read], layout=_WIDE)

    def _name_song(self, _: Any = None) -> None:
        self.song.value = as_html(f"of {random_excerpt(self.songs, 4, self.song_seed.value).title}")

    def _open(self, _: Any = None) -> None:
        """A file was chosen: show what is in it."""
        self.say("")
        self.read, self.about.value, self.as_read.layout.display = None, "", "none"
        if not self.upload.value:
            return
        (file,) = self.upload.value
        self.say(as_html(f"reading {file.name} …"))
        tracks = prompt_tracks(bytes(file.content), file.name)
        self.track.options = [  # and the first one is chosen
            (label, ITSELF if track is None else track) for label, track in tracks.items()
        ]
        self.track.layout.display = None if tracks else "none"
        self._read()
        self.say("")

    def _read(self, _: Any = None) -> None:
        """Read the track that is chosen, and show tempo, meter and tuning as they are read."""
        if not self.upload.value:
            return
        (file,) = self.upload.value
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            track = None if self.track.value == ITSELF else self.track.value
            read = prompt_from_file(bytes(file.content), self.file_bars.value, file.name, track)
        self.remarks = [str(warning.message) for warning in warned]
        self.file_tempo.value = read.tempo_bpm
        meter = f"{read.meter[0]}/{read.meter[1]}"
        self.file_meter.options = [*METERS, *({meter} - {*METERS})]
        self.file_meter.value = meter
        self.file_tuning.value = tuning_name(read.open_strings)
        self.read = read
        self.as_read.layout.display = None
        what = f"{visible(file.name)}: {len(read.events)} events"
        self.about.value = as_html(what, *self.remarks)

    def prompt(self) -> Riff:
        """The prompt as the panel has it.

        Raises: ValueError in one sentence.
        """
        if self.source.value == "typed":
            beats, value = map(int, self.meter.value.split("/"))
            return prompt_from_text(
                self.text.value,
                float(self.tempo.value),
                (beats, value),
                self.typed_tuning() or "standard",
            )
        if self.source.value == "a file":
            return self._as_changed()
        riff = random_excerpt(self.songs, 4, self.song_seed.value, self.bars.value)
        first = int((onsets(riff.events) < self.bars.value * riff.ticks_per_bar).sum())
        return dataclasses.replace(riff, events=riff.events[:first], prompt_events=first)

    def _as_changed(self) -> Riff:
        """The file's prompt, with what was changed of tempo, meter and tuning."""
        if self.upload.value and self.read is None:
            self._read()  # it says again what is wrong with it
        if self.read is None:
            raise ValueError("Choose a file first: MIDI, Guitar Pro, MusicXML or a tab as text.")
        beats, value = map(int, self.file_meter.value.split("/"))
        strings = tuning_pitches(self.file_tuning.value)
        same = strings == self.read.open_strings
        return dataclasses.replace(
            self.read,
            tempo_bpm=self.file_tempo.value,
            meter=(beats, value),
            tuning=self.read.tuning if same else strings,
            given_frets=self.read.given_frets if same else (),
        )

    def unread(self) -> list[str]:
        """A sentence on the signs of a typed tab that cannot be read, if there are any."""
        signs = unread_signs(self.text.value) if self.source.value == "typed" else ()
        return (
            [f"Your tab without its signs {' '.join(signs)}, which cannot be read."]
            if signs
            else []
        )

    def _hear(self, _: Any = None) -> None:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            prompt = self.prompt()
        doubts = self.unread() + [str(warning.message) for warning in warned]
        self.say(as_html(" ".join(["The sound of the prompt is being made …", *doubts])))
        self.worker.do(self.say, self._show, prompt, doubts)

    def _show(self, prompt: Riff, doubts: list[str]) -> None:
        self._put(prompt.revoiced().player())
        self.say(as_html("The prompt, as it is read.", *doubts))

    def _put(self, *players: widgets.Widget) -> None:
        """Show a player, or none, in the place of the one before."""
        old, self.heard.children = self.heard.children, players
        closed(old)
