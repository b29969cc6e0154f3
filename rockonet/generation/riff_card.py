"""One riff as the riff machine shows it: player with score, verdicts, star and downloads."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from rockonet.common.shown_text import as_html
from rockonet.generation.originality import CopyIndex, bars_of_prompt, originality
from rockonet.guitar.formats import FILE_FORMATS
from rockonet.guitar.riff import Riff


class RiffCard:
    """A card of the riff machine; `panel` is what is shown.

    index: of the songs the model learned from. band: whether bass and drums play along; it may
        have changed when files are made. on_star: called with the riff, and whether it is a
        favourite now.
    """

    def __init__(
        self,
        riff: Riff,
        index: CopyIndex,
        band: widgets.Checkbox,
        on_star: Callable[[Riff, bool], None],
    ):
        self.riff, self.band, self.on_star = riff, band, on_star
        self.star = widgets.ToggleButton(False, description="favourite", icon="star")
        self.downloads = widgets.Button(description="Downloads", icon="download")
        self.links = widgets.HTML()
        self.star.observe(self._star, "value")
        self.downloads.on_click(self._offer)
        again, new = bars_of_prompt(riff)
        verdict = widgets.HTML(
            as_html(
                originality(riff, index).verdict,
                f"{again} of {new} new bars repeat a bar of the prompt",
                riff.fingering.verdict,
            )
        )
        player = widgets.Output()
        player.append_display_data(riff.player(band=band.value))
        title = widgets.HTML(as_html(riff.title, bold=True))
        row = widgets.HBox([title, self.star, self.downloads])
        self.panel = widgets.VBox([row, verdict, player, self.links], layout={"margin": "8px 0"})

    def _star(self, change: dict[str, Any]) -> None:
        self.on_star(self.riff, change["new"])

    def _offer(self, _: Any) -> None:
        """Files are made when they are asked for: all of a riff take seconds and megabytes."""
        self.downloads.disabled = True
        self.links.value = " · ".join(
            download_link(self.riff, suffix, self.band.value) for suffix in self.riff.formats
        )


def download_link(riff: Riff, suffix: str, band: bool = True) -> str:
    """HTML of a link that saves a riff in one of `FORMATS` from the page.

    It says so where the tempo of the file is another than that of the riff.
    """
    data = base64.b64encode(riff.encoded(suffix, band)).decode()
    row, tempo = FILE_FORMATS[suffix], round(riff.tempo_bpm)
    rounded = f", {tempo} bpm" if row.whole_tempo and tempo != riff.tempo_bpm else ""
    name, label = as_html(riff.file_name + suffix), as_html(row.label + rounded)
    return f'<a download="{name}" href="data:application/octet-stream;base64,{data}">{label}</a>'
