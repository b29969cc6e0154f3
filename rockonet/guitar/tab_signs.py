"""The signs of a typed tab that say how its notes are played: 7h9, 9p7, 7/9, 7b9r7, 7~, PM---."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rockonet.common.techniques import Technique

WHOLE_TONE = 4  # quarter tones: a bend of which nobody says how far it goes
FURTHEST_BEND = 6  # frets; what is further is no fret to which a string is bent

_HEIGHT = r"\(?(?P<to>[1-7]/[24](?!\d)|\d{1,2}|full|f|½|¼)?\)?"
# A bend stands right behind its fret; it is let down there too, or after some dashes. What looks
# like a part of a tone may be a slide: 10b12/14.
_BEND = re.compile(
    rf"(?P<kind>pb|PB|b|\^(?=[\d(½¼]))(?:{_HEIGHT})(?P<down>r\(?\d{{0,2}}\)?|-{{1,12}}r\(?\d{{1,2}}\)?)?"
)
_BENT = re.compile(rf"(?<=[\d>)\]]){_BEND.pattern}")
_VIBRATO = re.compile(r"[~vVwW]+")
# What leads to a note: a letter by itself, so that no word is meant.
_LEADS = re.compile(r"[/\\]|(?<![A-Za-z])(?:sl|[hHpPtTsS])(?![A-Za-z.])")
_SLIDES = ("/", "\\", "s", "S", "sl")
_OVER = re.compile(
    r"(?<![A-Za-z])(P\.? ?M\.?|let ring|l\.r\.|LR|TP)(?![A-Za-z])((?: ?[-.=_~])*\|?)", re.IGNORECASE
)
_OVER_FLAGS = {
    "P": Technique.PALM_MUTE,
    "L": Technique.LET_RING,
    "T": Technique.TREMOLO,
}
_READ = re.compile(r"[-\d|\sxXhHpPbrR/\\~vVwW^<>()\[\]{}sStTgoO½¼]|sl|full|f")


class Played(NamedTuple):
    """How a note is played.

    bend: in quarter tones. into: of a slide from nowhere, where that is: −1 below, 1 above. grace:
    whether it is a grace note, written as ``g7``.
    """

    technique: int = 0
    bend: int = 0
    into: int = 0
    grace: bool = False


def without_bends(row: str) -> str:
    """What stands on a string, with dashes for the frets to which it is bent and let down."""
    return _BENT.sub(lambda found: "-" * len(found[0]), row)


def read_signs(
    row: str, notes: Sequence[tuple[int, int]], before: str = ""
) -> tuple[list[Played], str]:
    """How the notes on a string are played, and the text after the last one.

    row: as it was written. notes: column and fret of each. before: the text on the string after the
    last note of the bar before.
    """
    found: list[Played] = []
    ends = [*(column for column, _ in notes[1:]), len(row)]
    lead_from = 0
    for (column, fret), stop in zip(notes, ends, strict=False):
        bracketed = row[column] in "<([{"
        begin = column + bracketed
        end = begin + (2 if row[begin : begin + 2] == str(fret) and fret > 9 else 1)
        flags = Technique.HARMONIC if row[begin - 1 : begin] + row[end : end + 1] == "<>" else 0
        end += row[end : end + 1] in tuple(">)]}")
        lead = before + row[lead_from:column]
        signs = _LEADS.findall(lead)
        into = 0
        if signs:
            slide = signs[-1] in _SLIDES
            flags |= Technique.SLIDE if slide else Technique.LEGATO
            into = slide * (1 if signs[-1] == "\\" else -1)
        bend = 0
        if bent := _BEND.match(row, end, max(stop, end)):
            kind = Technique.BEND if bent["kind"] in ("b", "^") else Technique.PREBEND
            flags |= kind | (Technique.RELEASE if bent["down"] else 0)
            bend, end = _quarter_tones(fret, bent["to"]), bent.end()
        if waves := _VIBRATO.match(row, end, max(stop, end)):
            flags |= Technique.VIBRATO
            end = waves.end()
        found.append(Played(int(flags), bend, into, lead.endswith("g")))
        before, lead_from = "", end
    return found, before + row[lead_from:]


def _quarter_tones(fret: int, to: str | None) -> int:
    """How far a bend goes; to: a fret, or a part of a whole tone."""
    if to in ("½", "¼"):
        return 2 if to == "½" else 1
    parts, _, of = (to or "").partition("/")
    if of:
        return max(1, round(WHOLE_TONE * int(parts) / max(1, int(of))))
    if parts.isdigit() and 0 < int(parts) - fret <= FURTHEST_BEND:
        return 2 * (int(parts) - fret)
    return WHOLE_TONE


def signs_over(lines: Iterable[str]) -> dict[int, int]:
    """What the lines over a system say of the notes below: flags, by column.

    ``PM---`` are palm mutes, ``let ring---`` or ``LR---`` notes that ring, ``TP---`` tremolo
    picking, from the first letter to the last dash.
    """
    flags: dict[int, int] = {}
    for line in lines:
        for found in _OVER.finditer(line):
            flag = int(_OVER_FLAGS[found[1][0].upper()])
            for column in range(found.start(), found.end() - found[0].endswith("|")):
                flags[column] = flags.get(column, 0) | flag
    return flags


def unknown_signs(row: str) -> set[str]:
    """The signs on a string that say nothing here."""
    return set(_READ.sub("", row))
