"""What verovio does not draw of a TAB: bends, slides, slurs, palm mutes, drawn over its picture.

Verovio 6 has no bends, and leaves out articulations, ornaments and slurs on a TAB staff. Where the
notes are, their ids tell: ``t-…`` in the TAB, ``n-…`` in the notation.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from rockonet.common.techniques import BENDS, Technique
from rockonet.guitar.notation import SCORE_COLOUR
from rockonet.guitar.notes import PlayedNote

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

PLACEHOLDER = "."  # words over the TAB that keep room there, one over the other, and are taken away
_WORDS_ROOM = 842  # that words take up

# In the units of verovio's pictures, twenty of which are a pixel.
_LINE = 314.6  # between two lines of a TAB
_BASELINE = 109  # of a figure, below its line
_FIGURE, _SMALL = 324, 250  # how large they are, and what stands at them
_DIGIT = 0.5  # how wide a letter is, as a share of its size
_HEAD = 106  # half the width of a note
_SPANS = {  # what is written over the TAB as far as it holds
    Technique.PALM_MUTE: "P.M.",
    Technique.LET_RING: "let ring",
    Technique.TREMOLO: "trem.",
}
CURVES = BENDS | Technique.VIBRATO | Technique.LEGATO | Technique.SLIDE  # they need wide bars
_ROOMS = {  # over the TAB, for what is drawn at its notes; for each row of words, and below them
    BENDS | Technique.VIBRATO: 2.1 * _LINE,
    Technique.LEGATO: 0.8 * _LINE,
}
_SPAN_FOOT, _SPAN_ROOM = 0.7 * _LINE, 1.0 * _LINE
_TIP = 1.1 * _LINE  # how far over the TAB a bend goes
_HEIGHTS = {1: "¼", 2: "½", 3: "¾", 4: "full", 5: "1¼", 6: "1½", 7: "1¾", 8: "2"}
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


class _Place(NamedTuple):
    """Where a note is: its middle, and half of its width."""

    x: float
    y: float
    half: float


def placeholders(riff: Riff) -> int:
    """How many `PLACEHOLDER` over each note keep the room that the marks of a riff need."""
    flags = all_techniques(riff)
    room = _marks_room(flags) + _SPAN_ROOM * len(_rows(flags))
    return math.ceil((room + _SPAN_FOOT) / _WORDS_ROOM - 0.15) if room else 0


def _marks_room(flags: Technique) -> float:
    """The room over the TAB below the rows of words."""
    return max((room for marks, room in _ROOMS.items() if flags & marks), default=0.0)


def all_techniques(riff: Riff) -> Technique:
    """All flags that a riff has."""
    notes = itertools.chain.from_iterable(riff.notes)
    return functools.reduce(operator.or_, (note.technique for note in notes), Technique(0))


def _rows(flags: Technique) -> list[Technique]:
    """What has a row of its own over the TAB, the lowest first."""
    return [flag for flag in _SPANS if flags & flag]


def with_marks(svg: str, riff: Riff) -> str:
    """Verovio's picture of a riff with the marks over it."""
    if not all_techniques(riff):
        return svg
    for prefix, name in (("", _SVG), ("xlink", _XLINK)):
        ElementTree.register_namespace(prefix, name)
    root = ElementTree.fromstring(svg)
    for page in root.iter(f"{{{_SVG}}}g"):
        if page.get("class") == "page-margin":
            _take_placeholders(page)
            _Marks(riff, page).draw()
            break
    return ElementTree.tostring(root, "unicode")


def _take_placeholders(page: Element) -> None:
    for parent in page.iter():
        for child in list(parent):
            if child.get("class") == "dir" and "".join(child.itertext()) == PLACEHOLDER:
                parent.remove(child)


class _Marks:
    """The marks of one picture, and where its notes are.

    places: of each note of a symbol, in a staff. begins: of each symbol its left end and the number
    of its system. bar_ends, tops: of each symbol the end of its bar and the top line of its TAB.
    """

    def __init__(self, riff: Riff, page: Element):
        self.riff = riff
        self.places: dict[tuple[str, int, int], _Place] = {}
        self.begins: dict[int, tuple[float, int]] = {}
        self.bar_ends: dict[int, float] = {}
        self.tops: dict[int, float] = {}
        systems = [g for g in page.iter() if g.get("class") == "system"]
        for system, group in enumerate(systems):
            for measure in group.iter():
                if measure.get("class") == "measure":
                    self._find(measure, system)
        self.layer = SubElement(page, f"{{{_SVG}}}g", {"class": "techniques"})
        self.colour = "black"

    def _find(self, measure: Element, system: int) -> None:
        """Note where everything of a bar is; figures of harmonics and dead notes are changed."""
        lines = [
            tuple(map(int, re.findall(r"-?\d+", path.get("d", ""))))
            for staff in measure.iter()
            if staff.get("class") == "staff"
            for path in staff.findall(f"{{{_SVG}}}path")
        ]
        top = max(y for _, y, *_ in lines) - (len(self.riff.open_strings) - 1) * _LINE
        for element in measure.iter():
            name = re.fullmatch(r"([nt])-(\d+)-(\d+)", element.get("id") or "")
            place = _place(element) if name else None
            if name and place:
                staff, number, k = name[1], int(name[2]), int(name[3])
                self.begins.setdefault(number, (place.x - place.half, system))
                self.bar_ends[number] = max(line[2] for line in lines)
                self.tops[number] = top
                if staff == "t":
                    place = _figure(element, self.riff.notes[number][k], place)
                self.places[staff, number, k] = place

    def draw(self) -> None:
        """Draw all of them."""
        for number, notes in enumerate(self.riff.notes):
            for k, note in enumerate(notes):
                if ("t", number, k) in self.places and not note.tied:
                    self._choose_colour(number)
                    self._draw_joins(number, k, note)
                    bend_end = self._draw_bend(number, k, note)
                    self._draw_vibrato(number, k, note, bend_end)
        flags = all_techniques(self.riff)
        height = _marks_room(flags) + _SPAN_FOOT
        for row, flag in enumerate(_rows(flags)):
            for numbers in self._runs(flag):
                self._draw_span(_SPANS[flag], numbers, height + row * _SPAN_ROOM)

    def _choose_colour(self, number: int) -> None:
        new = self.riff.symbols[number].event >= self.riff.prompt_events > 0
        self.colour = SCORE_COLOUR if new else "black"

    def _line(self, path: str, width: int = 22, dashes: str = "none") -> None:
        attributes = {"d": path, "stroke-width": str(width), "fill": "none"}
        attributes |= {"stroke-dasharray": dashes, "style": f"stroke:{self.colour}"}
        SubElement(self.layer, f"{{{_SVG}}}path", attributes)

    def _arrow(self, x: float, y: float, up: int) -> None:
        """The head of an arrow whose point is here."""
        back = y + 110 * up
        points = f"{x:.0f},{y:.0f} {x - 50:.0f},{back:.0f} {x + 50:.0f},{back:.0f}"
        look = {"points": points, "style": f"stroke:none;fill:{self.colour}"}
        SubElement(self.layer, f"{{{_SVG}}}polygon", look)

    def _text(self, x: float, y: float, text: str, anchor: str = "middle", size: int = 0) -> None:
        look = {
            "x": f"{x:.0f}",
            "y": f"{y:.0f}",
            "text-anchor": anchor,
            "font-size": f"{size or _SMALL}px",
            # Lines behind a letter keep away from it.
            "style": f"fill:{self.colour};stroke:white;stroke-width:60px;paint-order:stroke",
        }
        SubElement(self.layer, f"{{{_SVG}}}text", look).text = text

    def _end(self, number: int) -> float:
        """Where the event of a symbol ends, with what is tied to it, in its own system."""
        end = self.bar_ends[number]
        system = self.begins[number][1]
        for following in range(number + 1, len(self.riff.symbols)):
            if following not in self.begins or self.begins[following][1] != system:
                break
            if not self.riff.symbols[following].tied:
                return min(self.begins[following][0], end)
            end = self.bar_ends[following]
        return end

    def _draw_joins(self, number: int, k: int, note: PlayedNote) -> None:
        """The slur of a hammer-on or a pull-off, the line of a slide."""
        here = self.places["t", number, k]
        if note.technique & Technique.SLIDE:
            for staff in "nt":
                self._draw_slide(staff, number, k, note)
        if not note.technique & Technique.LEGATO:
            return
        if note.origin < 0:
            self._text(here.x, self.tops[number] - 0.4 * _LINE, "T")
            return
        before = self._origin("t", number, note)
        left = before.x if before else here.x - here.half - 1.2 * _LINE
        middle, high = (left + here.x) / 2, min(0.5 * _LINE, 60 + 0.25 * (here.x - left))
        # Below the figures, where the arrow of a bend is over them.
        side = 1 if self._is_bent(number - 1, note.string) else -1
        foot, top = here.y + 0.42 * _LINE * side, here.y + (0.42 * _LINE + high) * side
        curve = f"Q{middle:.0f} {2 * top - foot:.0f} {here.x:.0f} {foot:.0f}"
        self._line(f"M{left:.0f} {foot:.0f} {curve}")
        letter = "H" if note.fret > note.origin else "P"
        self._text(middle, top - 25 if side < 0 else top + 160, letter, size=200)

    def _is_bent(self, number: int, string: int) -> bool:
        event = self.riff.symbols[number].event
        return any(
            note.string == string and note.technique & BENDS
            for symbol, notes in zip(self.riff.symbols, self.riff.notes, strict=True)
            for note in notes
            if symbol.event == event
        )

    def _draw_slide(self, staff: str, number: int, k: int, note: PlayedNote) -> None:
        here = self.places[staff, number, k]
        before = self._origin(staff, number, note) if note.origin >= 0 else None
        up = 1 if note.fret > note.origin else -1
        right = here.x - here.half - 30
        if before:
            left, rise = before.x + before.half + 30, here.y - before.y
        else:
            left, rise = right - 0.8 * _LINE, 0.0
        slant = 0.22 * _LINE * up if staff == "t" or not before else 0.0
        begin, end = here.y - rise + slant, here.y - slant
        self._line(f"M{left:.0f} {begin:.0f} L{right:.0f} {end:.0f}", 30)

    def _origin(self, staff: str, number: int, note: PlayedNote) -> _Place | None:
        """The note of the same string from which one comes, if it is in the same system."""
        before = number - 1
        while self.riff.symbols[before].tied and staff == "t":
            before -= 1
        if before not in self.begins or self.begins[before][1] != self.begins[number][1]:
            return None
        strings = [other.string for other in self.riff.notes[before]]
        return self.places.get((staff, before, strings.index(note.string)))

    def _draw_bend(self, number: int, k: int, note: PlayedNote) -> float | None:
        """The arrows of a bend, with its height in whole tones; where these words end."""
        if not note.technique & BENDS:
            return None
        here, tip = self.places["t", number, k], self.tops[number] - _TIP
        room = max(self._end(number) - here.x - here.half, 0.8 * _LINE)
        if note.technique & Technique.PREBEND:
            x = here.x
            self._line(f"M{x:.0f} {here.y - 0.45 * _LINE:.0f} L{x:.0f} {tip + 60:.0f}")
        else:
            left = here.x + here.half + 20
            share = 0.4 if note.technique & Technique.RELEASE else 0.7
            x = left + min(1.1 * _LINE, share * room)
            self._line(
                f"M{left:.0f} {here.y:.0f} C{x:.0f} {here.y:.0f} {x:.0f} {here.y:.0f} "
                f"{x:.0f} {tip + 60:.0f}"
            )
        self._arrow(x, tip, 1)
        height = _HEIGHTS.get(note.bend, f"{note.bend / 4:g}")
        self._text(x, tip - 0.2 * _LINE, height)
        if note.technique & Technique.RELEASE:
            down = min(x + 1.1 * _LINE, max(here.x + here.half + room - 80, x + 0.3 * _LINE))
            foot = here.y - 0.1 * _LINE
            self._line(
                f"M{x:.0f} {tip + 60:.0f} C{down:.0f} {tip + 60:.0f} {down:.0f} {tip + 60:.0f} "
                f"{down:.0f} {foot - 60:.0f}"
            )
            self._arrow(down, foot, -1)
        return x + _DIGIT * _SMALL * len(height) / 2

    def _draw_vibrato(self, number: int, k: int, note: PlayedNote, bend_end: float | None) -> None:
        """A wavy line over the TAB, as long as the note; after its bend, if it has one."""
        if not note.technique & Technique.VIBRATO or k and bend_end is None:
            return
        here = self.places["t", number, k]
        left, y = here.x - here.half, min(self.tops[number] - 0.6 * _LINE, here.y - _LINE)
        if bend_end is not None:
            left, y = bend_end + 50, self.tops[number] - _TIP - 0.4 * _LINE
        waves = max(1, round((self._end(number) - left - 200) / 150))
        self._line(f"M{left:.0f} {y:.0f}" + " q37 -90 75 0 t75 0" * waves, 34)

    def _runs(self, flag: Technique) -> Iterator[list[int]]:
        """The numbers of symbols for which a technique holds, run by run, in one system each."""
        struck = [number for number, notes in enumerate(self.riff.notes) if notes]

        def key(number: int) -> tuple[bool, int]:
            holds = any(note.technique & flag for note in self.riff.notes[number])
            return holds, self.begins[number][1]

        for (holds, _), numbers in itertools.groupby(struck, key):
            if holds:
                yield list(numbers)

    def _draw_span(self, text: str, numbers: list[int], height: float) -> None:
        """Words where a technique begins, and a dashed line to where it ends."""
        self._choose_colour(numbers[0])
        left, right = self.begins[numbers[0]][0], self.begins[numbers[-1]][0] + 2 * _HEAD
        y = self.tops[numbers[0]] - height
        self._text(left, y, text, anchor="start")
        begin = left + _DIGIT * _SMALL * len(text) + 60
        if right > begin:
            middle = y - 0.25 * _SMALL
            path = f"M{begin:.0f} {middle:.0f} L{right:.0f} {middle:.0f}"
            self._line(path, dashes="90 60")
            self._line(f"M{right:.0f} {middle - 60:.0f} L{right:.0f} {middle + 80:.0f}")


def _place(element: Element) -> _Place | None:
    """Where a note or a rest of the notation is, or a figure of the TAB."""
    for part in element.iter():
        if part.tag.endswith("use"):
            x, y = map(float, re.findall(r"-?[\d.]+", part.get("transform", ""))[:2])
            return _Place(x + _HEAD, y, _HEAD)
        if part.tag.endswith("text") and "".join(part.itertext()):
            return _Place(float(part.get("x", 0)), float(part.get("y", 0)) - _BASELINE, _HEAD)
    return None


def _figure(element: Element, note: PlayedNote, place: _Place) -> _Place:
    """The place of a figure, which a dead note or a harmonic has another one of."""
    text = str(note.fret)
    if note.technique & Technique.DEAD:
        text = "✕"
    elif note.technique & Technique.HARMONIC:
        text = f"<{note.fret}>"
    for part in element.iter():
        if part.tag.endswith("tspan") and part.text:
            part.text = text
            part.set("style", "stroke:white;stroke-width:40px;paint-order:stroke")
    return place._replace(half=_DIGIT * _FIGURE * len(text) / 2)
