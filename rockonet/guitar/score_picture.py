"""The score of a riff as a picture: verovio's, with what it does not draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rockonet.guitar.engraving import Engraving, engrave
from rockonet.guitar.musicxml_writer import musicxml
from rockonet.guitar.score_marks import CURVES, all_techniques, with_marks

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

NARROW, WIDE = 0.25, 0.6  # how far apart notes are; bends and slides need room between them


def score_picture(riff: Riff) -> Engraving:
    """Standard notation over TAB, with its techniques."""
    spacing = WIDE if all_techniques(riff) & CURVES else NARROW
    svg = engrave(musicxml(riff, picture=True), spacing=spacing).svg
    return Engraving(with_marks(svg, riff))
