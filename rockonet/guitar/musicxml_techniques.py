"""How a note is played, in the words of MusicXML."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from rockonet.common.techniques import BENDS, Technique
from rockonet.common.tunings import MOST_STRINGS
from rockonet.guitar.notes import PlayedNote, tremolo_value
from rockonet.guitar.xml_elements import add

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff


def add_notehead(note: Element, played: PlayedNote | None) -> None:
    """Add the cross of a dead note."""
    if played and played.technique & Technique.DEAD:
        add(note, "notehead", "x")


# In notation; the rest, and all of it in a TAB, is drawn over its picture: `score_marks`.
_DRAWN = Technique.VIBRATO | Technique.TREMOLO | Technique.HARMONIC | Technique.DEAD


def drawn_by_verovio(played: PlayedNote, in_tab: bool = False) -> PlayedNote:
    """A note with the techniques alone that verovio draws: in a TAB none."""
    flags = Technique(0) if in_tab else played.technique & _DRAWN
    return dataclasses.replace(played, technique=flags, leads=Technique(0))


def add_techniques(
    notations: Element, riff: Riff, played: PlayedNote, in_tab: bool = False
) -> Element:
    """Add to the notations of a note how it is played; returns the technical ones, to be added.

    What leads from a note to the next one of its string begins at one and ends at the other, with
    the number of the string; in a TAB with one of its own, as both staves are one part.
    """
    flags = played.technique
    number = len(riff.open_strings) - played.string + MOST_STRINGS * in_tab
    for there, kind in (
        (flags & Technique.SLIDE and played.origin >= 0, "stop"),
        (played.leads & Technique.SLIDE, "start"),
    ):
        if there:
            add(notations, "slide", type=kind, number=number, line_type="solid")
    if flags & Technique.LET_RING:
        add(notations, "tied", type="let-ring")
    if flags & Technique.TREMOLO:
        marks = {16: 2, 32: 3}[tremolo_value(riff.tempo_bpm)]
        add(notations, "ornaments/tremolo", marks, type="single")
    if flags & Technique.VIBRATO:
        ornaments = add(notations, "ornaments")
        for kind in ("start", "stop"):
            add(ornaments, "wavy-line", type=kind, number=1)
    if flags & Technique.SLIDE and played.origin < 0:
        add(notations, "articulations/scoop")  # from somewhere below
    technical = Element("technical")
    for there, kind, up in (
        (flags & Technique.LEGATO and played.origin >= 0, "stop", played.fret > played.origin),
        (played.leads & Technique.LEGATO, "start", played.target > played.fret),
    ):
        if there:
            name, letter = ("hammer-on", "H") if up else ("pull-off", "P")
            add(technical, name, letter if kind == "start" else None, type=kind, number=number)
    if flags & Technique.LEGATO and played.origin < 0:
        add(technical, "tap", "T")
    if flags & Technique.HARMONIC:
        add(technical, "harmonic/natural")
    if flags & BENDS:
        _add_bends(technical, flags, played.bend / 2)
    return technical


def _add_bends(technical: Element, flags: Technique, semitones: float) -> None:
    """Add a bend, and its release as a bend of its own; what goes down is negative."""
    first = add(technical, "bend")
    before = bool(flags & Technique.PREBEND)
    add(first, "bend-alter", f"{-semitones if before else semitones:g}")
    if before:
        add(first, "pre-bend")
    if flags & Technique.RELEASE:
        second = add(technical, "bend")
        add(second, "bend-alter", f"{-semitones:g}")
        add(second, "release")


def add_palm_mutes(measure: Element, riff: Riff, number: int, ended: bool) -> None:
    """Add the words over the TAB where palm mutes begin, before a symbol; and where more than one
    end, `ended`, after it the end of their line."""
    before, muted, after = (
        0 <= i < len(riff.notes) and any(note.muted for note in riff.notes[i])
        for i in (number - 1, number, number + 1)
    )
    words, line = muted and not before and not ended, muted and (after if not ended else before)
    if not words and not (ended and line and not after):
        return
    direction = add(measure, "direction", placement="above")
    if words:
        add(direction, "direction-type/words", "P.M.")
    if line:  # LilyPond plays dashes as a trill
        end = "stop" if ended else "start"
        look = {"line-end": "down" if ended else "none", "line-type": "dashed"}
        add(direction, "direction-type/bracket", type=end, number=1, **look)
    add(direction, "voice", 5)
    add(direction, "staff", 2)
