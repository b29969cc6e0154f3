"""MusicXML as a picture."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import verovio


@dataclass(frozen=True)
class Engraving:
    """A score as a picture: `svg` is the text of an SVG file. In a notebook it shows itself."""

    svg: str

    def __repr__(self) -> str:  # a notebook saves it beside the picture
        return f"<Engraving: {len(self.svg):,} characters of SVG>"

    def _repr_html_(self) -> str:
        return f'<div class="engraving" style="background:white;max-width:960px">{self.svg}</div>'


# Player, card and file show the same score: 150 kB each with its MusicXML, 5 MB if it is full.
@functools.lru_cache(maxsize=32)
def engrave(xml: str, width: int = 960, spacing: float = 0.25) -> Engraving:
    """MusicXML as a picture, by verovio.

    width: in pixels. spacing: how far apart notes are, verovio's `spacingLinear`.
    """
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit(False)
    # The package says where its fonts are to the thread that imports it, and to no other.
    toolkit.setResourcePath(str(Path(verovio.__file__).with_name("data")))
    toolkit.setOptions(
        dict(
            pageWidth=2 * width,
            pageHeight=60_000,
            adjustPageHeight=True,
            scale=50,
            header="none",
            footer="none",
            spacingStaff=4,
            spacingLinear=spacing,
            defaultBottomMargin=1.5,  # words keep clear of beams
            svgViewBox=True,
            svgFormatRaw=True,
            xmlIdSeed=1,  # the same score gives the same picture
            **{f"pageMargin{side}": 30 for side in ("Left", "Right", "Top", "Bottom")},
        )
    )
    if not toolkit.loadData(xml):
        raise ValueError("verovio cannot read this MusicXML.")
    return Engraving(toolkit.renderToSVG(1))
