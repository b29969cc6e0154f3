"""The score of a riff as a picture: verovio's, with what it does not draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rockonet.common.techniques import BENDS
from rockonet.guitar.engraving import Engraving, engrave
from rockonet.guitar.musicxml_writer import musicxml
from rockonet.guitar.score_marks import CURVES, all_techniques, with_marks

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

# How far apart notes are: bends need room between them, slides and slurs a little.
NARROW, WIDER, WIDEST = 0.25, 0.32, 0.42


def score_picture(riff: Riff) -> Engraving:
    """Standard notation over TAB, with its techniques."""
    flags = all_techniques(riff)
    spacing = WIDEST if flags & BENDS else WIDER if flags & CURVES else NARROW
    svg = engrave(musicxml(riff, picture=True), spacing=spacing).svg
    return Engraving(with_marks(svg, riff))
