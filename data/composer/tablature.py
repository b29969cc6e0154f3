"""Reading the one-line tablature, which ``riff_book/riffs.txt`` explains at its head."""

from __future__ import annotations

import re
from dataclasses import replace

from .strokes import Stroke

STRINGS = dict(zip("EADGBe", (40, 45, 50, 55, 59, 64), strict=True))
PLACES_PER_BAR = {"straight": 16, "eighths": 8, "shuffle": 12, "waltz": 12}
MARKS = {
    "m": "palm mute",
    "h": "hammered or pulled",
    "s": "slid to",
    "v": "vibrato",
    "d": "dead note",
    "n": "natural harmonic",
    "t": "tremolo picking",
    "l": "let ring",
}
NOTE = r"[EADGBe]\d{1,2}(?:[\^=](?:\d{1,2}|q)r?)?"
TOKEN = re.compile(
    rf"(?P<notes>[x\d]{{6}}|{NOTE}(?:\+{NOTE})*|/)(?P<power>[pP]?)(?P<marks>[mo>hsvdntl]*)"
    r"|(?P<sign>[-.|%])|\s+"
)
BEND = re.compile(r"([EADGBe])(\d{1,2})([\^=])(\d{1,2}|q)(r?)")


def read_notes(text: str, power: str = "") -> tuple[int, ...]:
    """'x02210', 'E0+A2' or, with power 'p' or 'P', a power chord: the pitches, ascending."""
    if len(text) == 6 and "+" not in text and text[0] not in STRINGS:
        fretted = zip(STRINGS.values(), text, strict=True)
        return tuple(string + int(fret) for string, fret in fretted if fret != "x")
    pitches = [STRINGS[note[0]] + int(re.match(r"\d+", note[1:])[0]) for note in text.split("+")]
    pitches += [pitches[0] + step for step in {"": (), "p": (7,), "P": (7, 12)}[power]]
    return tuple(sorted(set(pitches)))


def read_bar(text: str, last: Stroke | None) -> list[Stroke]:
    """The strokes of one bar; `last` is the stroke before it, which '/' repeats and '.' holds."""
    strokes: list[Stroke] = []
    place, resting, end = 0, False, 0
    while end < len(text):
        token = TOKEN.match(text, end)
        if token is None:
            raise ValueError(f"cannot read '{text[end:]}' in '{text}'")
        end = token.end()
        if token["notes"]:
            marks = token["marks"] or ""
            how = frozenset(marks) & frozenset(MARKS) - {"m"}
            if token["notes"] == "/":
                muted = "o" not in marks and ("m" in marks or last.muted)
                if "o" not in marks:
                    how |= last.how - {"s", "h"}
                stroke = replace(
                    last, start=place, length=1, muted=muted, accent=">" in marks, how=how
                )
            else:
                pitches = read_notes(token["notes"], token["power"])
                stroke = Stroke(place, 1, pitches, "m" in marks, ">" in marks, how=how)
                if bend := BEND.search(token["notes"]):
                    string, fret, kind, height, release = bend.groups()
                    stroke = replace(
                        stroke,
                        bend=1 if height == "q" else 2 * (int(height) - int(fret)),
                        bent=pitches.index(STRINGS[string] + int(fret)),
                        bend_kind=kind + release,
                    )
            strokes.append(stroke)
            last, resting = stroke, False
        elif token["sign"] == "-":
            resting = True
        elif token["sign"] == "." and not resting and strokes:
            strokes[-1] = last = replace(last, length=last.length + 1)
        place += not token[0].isspace()
    return strokes


def bar_places(text: str) -> int:
    """How many places the tokens of a bar fill."""
    return sum(not token[0].isspace() for token in TOKEN.finditer(text))
