"""One riff as the riff machine shows it: player with score, verdicts, star, sound, downloads."""

from __future__ import annotations

import base64
import dataclasses
from typing import Any, Protocol

import ipywidgets as widgets

from rockonet.common.shown_text import as_html, visible
from rockonet.generation.favourites import MAX_TITLE
from rockonet.generation.originality import CopyIndex, bars_of_prompt, originality
from rockonet.generation.panel_parts import NO_TOOLTIP, ROW, Worker, closed, safely
from rockonet.guitar.fingering import Fingering
from rockonet.guitar.formats import FILE_FORMATS
from rockonet.guitar.riff import SOUNDS, Riff

POSITIONS = 3  # how many of a riff are shown, one after the other
_FIELD = {"style": {"description_width": "initial"}, **NO_TOOLTIP}


class Keeper(Protocol):
    """Who is told of a card's star, and of what becomes of its riff."""

    def star(self, card: RiffCard, starred: bool) -> None: ...
    def change(self, card: RiffCard, old: Riff, new: Riff) -> None: ...


class RiffCard:
    """A card of the riff machine; `panel` is what is shown.

    index: of the songs the model learned from. band: whether bass and drums play along; it may have
    changed when files are made. starred: whether it is a favourite already.
    """

    def __init__(
        self,
        riff: Riff,
        index: CopyIndex,
        band: widgets.Checkbox,
        keeper: Keeper,
        worker: Worker,
        starred: bool = False,
    ) -> None:
        self.riff, self.index, self.band = riff, index, band
        self.keeper, self.worker = keeper, worker
        self.note, self.verdict, self.links = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.links.add_class("rockonet-links")
        self.name = widgets.Text(
            visible(riff.title)[:MAX_TITLE],
            description="name",
            continuous_update=False,
            layout={"flex": "1 1 18em", "width": "auto"},
            **_FIELD,
        )
        self.star = widgets.ToggleButton(
            starred, description="favourite", icon="star", tooltip="Keep this riff, on disk too"
        )
        sounds = {program: name for name, program in SOUNDS.items()}
        self.sound = widgets.Dropdown(
            options=[*SOUNDS],
            value=sounds.get(riff.program, "distortion"),
            description="sound",
            layout={"width": "13em"},
            **_FIELD,
        )
        self.tempo = widgets.BoundedFloatText(
            round(riff.tempo_bpm, 2), min=10, max=1000, step=1, description="tempo",
            layout={"width": "10em"}, **_FIELD,
        )  # fmt: skip
        self.downloads, self.position, self.hear = (
            widgets.Button(description=description, icon=icon, tooltip=tooltip)
            for description, icon, tooltip in (
                ("Downloads", "download", "Make files of it: links appear here"),
                ("Another position", "arrows-h", "Higher up the neck, lower, on open strings"),
                ("Hear and see it", "play", "Make its sound and its score"),
            )
        )
        self.fingerings: list[Fingering] = []  # the riff's, from the one that is shown on
        self.shown = widgets.VBox([self.hear], layout={"overflow": "visible"})
        files = widgets.HBox([self.downloads, self.links, self.note, self.position], layout=ROW)
        row = widgets.HBox([self.name, self.star, self.sound, self.tempo], layout=ROW)
        self.panel = widgets.VBox(
            [row, files, self.verdict, self.shown],
            layout={"margin": "8px 0", "overflow": "visible"},
        )
        self.panel.add_class("rockonet-card")
        handlers = (self._rename, self._star, self._sound, self._sound)
        for field, handler in zip(row.children, handlers, strict=True):
            field.observe(safely(self._say, handler), "value")
        self.downloads.on_click(safely(self._say, self._offer))
        self.position.on_click(lambda _: worker.do(self._say, self._move))
        self.hear.on_click(lambda _: worker.do(self._say, self.show))

    def _say(self, html: str) -> None:
        self.note.value = html

    def show(self) -> None:
        """Make sound and score of it, and show them in the place of those before."""
        self._say(as_html("Sound and score are being made …"))
        player = self.riff.player(band=self.band.value)
        again, new = bars_of_prompt(self.riff)
        self.verdict.value = as_html(
            originality(self.riff, self.index).verdict,
            f"{again} of {new} new bars repeat a bar of the prompt",
            self.riff.fingering.verdict,
        )
        old, self.shown.children = self.shown.children, (player,)
        closed(old)
        self._say("")

    def _star(self, change: dict[str, Any]) -> None:
        try:
            self.keeper.star(self, change["new"])
        except OSError:
            self.star.value = change["old"]  # it is none: it could not be kept
            raise

    def _rename(self, change: dict[str, Any]) -> None:
        if title := change["new"].strip()[:MAX_TITLE]:
            self._become(dataclasses.replace(self.riff, title=title))

    def _sound(self, _: Any) -> None:
        self._become(self.riff.sounding(self.sound.value, self.tempo.value))
        self.worker.do(self._say, self.show)

    def _become(self, riff: Riff) -> None:
        changed = ("title", "program", "tempo_bpm", "given_frets")
        if any(getattr(riff, name) != getattr(self.riff, name) for name in changed):
            self.keeper.change(self, self.riff, riff)
            self.riff = riff
            self.links.value = ""  # they led to the one before

    def _move(self) -> None:
        """Hold the riff in the next of the fingerings that it has, and say where that is."""
        self.fingerings = self.fingerings or self.riff.positions(POSITIONS)
        now, *others = self.fingerings
        if not others:
            self._say(as_html("There is no other position for it."))
            return
        self.fingerings = [*others, now]
        self._become(self.riff.held(others[0]))
        self.show()
        self._say(as_html(position_name(others[0], now)))

    def _offer(self, _: Any) -> None:
        """Files are made when they are asked for: all of a riff take seconds and megabytes."""
        self._say(as_html("The files are being made …"))
        self.worker.do(self._say, self._link)

    def _link(self) -> None:
        self.links.value = " ".join(
            download_link(self.riff, suffix, self.band.value) for suffix in self.riff.formats
        )
        self._say("")


def position_name(new: Fingering, old: Fingering) -> str:
    """Where a fingering lies, beside another one of the same riff, in a sentence."""
    where = "higher up the neck" if new.hand.mean() > old.hand.mean() else "lower on the neck"
    if (new.frets == 0).sum() > (old.frets == 0).sum():
        where += ", with more open strings"
    pressed = new.frets[new.frets > 0]
    lies = f"frets {pressed.min()} to {pressed.max()}" if len(pressed) else "open strings alone"
    return f"Now it lies {where}: {lies}; it costs {new.cost - old.cost:+.0f} frets of moving."


def download_link(riff: Riff, suffix: str, band: bool = True) -> str:
    """HTML of a link that saves a riff in one of `FORMATS` from the page.

    It says so where the tempo of the file is another than that of the riff.
    """
    data = base64.b64encode(riff.encoded(suffix, band)).decode()
    row, tempo = FILE_FORMATS[suffix], round(riff.tempo_bpm)
    rounded = f", {tempo} bpm" if row.whole_tempo and tempo != riff.tempo_bpm else ""
    name, label = as_html(riff.file_name + suffix), as_html(row.label + rounded)
    return f'<a download="{name}" href="data:application/octet-stream;base64,{data}">{label}</a>'
