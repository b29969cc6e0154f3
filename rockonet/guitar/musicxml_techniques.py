"""How a note is played, in the words of MusicXML."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from rockonet.common.techniques import BENDS, Technique
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


def drawn_by_verovio(played: PlayedNote) -> PlayedNote:
    """A note with the techniques alone that verovio draws."""
    flags = played.technique & _DRAWN
    return dataclasses.replace(played, technique=flags, leads=Technique(0))


def add_techniques(notations: Element, technical: Element, riff: Riff, played: PlayedNote) -> None:
    """Add to the notations of a note, and to the technical ones, how it is played.

    What leads from a note to the next one of its string begins at one and ends at the other, with
    the number of the string.
    """
    flags = played.technique
    number = len(riff.open_strings) - played.string
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


def add_palm_mutes(measure: Element, riff: Riff, number: int) -> None:
    """Add the words over the TAB where palm mutes begin and, after some, the end of their line."""
    muted, before, after = (
        _is_muted(riff.notes[i]) if 0 <= i < len(riff.notes) else False
        for i in (number, number - 1, number + 1)
    )
    if muted and not before:
        kinds = [("words", "P.M.")] + [("dashes", None)] * after
        _add_over_tab(measure, kinds, "start")
    elif before and not muted and _is_muted(riff.notes[number - 2] if number > 1 else ()):
        _add_over_tab(measure, [("dashes", None)], "stop")


def _is_muted(notes: Sequence[PlayedNote]) -> bool:
    return any(note.muted for note in notes)


def _add_over_tab(measure: Element, kinds: Sequence[tuple[str, str | None]], end: str) -> None:
    direction = add(measure, "direction", placement="above")
    for tag, text in kinds:
        element = add(direction, f"direction-type/{tag}", text)
        if tag == "dashes":
            element.attrib.update({"type": end, "number": "1"})
    add(direction, "voice", 5)
    add(direction, "staff", 2)
