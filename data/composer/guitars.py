"""The rhythm guitars: riffs, a third above them, and strummed chords."""

from __future__ import annotations

import re
from dataclasses import replace

from .book import Plan
from .chords import voicing
from .form import Bar, Meter
from .strokes import Stroke, in_range, moved, third_above
from .styles import STRUMS, STYLES


def ringing(strokes: list[Stroke], bar: int) -> list[Stroke]:
    """Let single notes ring to the end of their half bar, as in arpeggios."""
    half = bar // 2
    return [
        replace(s, length=max(s.length, half - s.start % half), how=s.how | {"l"})
        if len(s.pitches) == 1 and not s.how & {"s", "h"}
        else s
        for s in strokes
    ]


def play_riffs(bars: list[Bar], silent: set[int], ring: int = 0) -> list[Stroke]:
    """The riff of every bar that is not in `silent` (starts in ticks)."""
    strokes = []
    for bar in bars:
        if bar.start not in silent:
            riff = ringing(list(bar.riff), ring) if ring else bar.riff
            strokes += moved(riff, ticks=bar.start)
    return strokes


def play_harmony(bars: list[Bar], plan: Plan) -> list[Stroke]:
    """A third above the riff in choruses, without the muted strokes."""
    return [
        in_range(third_above(s, plan.root, plan.mode))
        for bar in bars
        if bar.section == "C" and bar.turn > 0 or bar.section == "I"
        for s in moved(bar.riff, ticks=bar.start)
        if not s.muted and "d" not in s.how
    ]


def strum_name(plan: Plan) -> str:
    """The name of one of STRUMS."""
    if plan.form in ("waltz", "compound"):
        return plan.form
    groove = STYLES[plan.style].groove
    return groove if groove in STRUMS else "shuffle" if "blues" in plan.form else "rock"


def play_chords(bars: list[Bar], plan: Plan, meter: Meter) -> list[Stroke]:
    """Strummed barre chords, from the first verse on."""
    pattern = STRUMS[strum_name(plan)]
    unit = meter.bar // len(pattern)
    strokes = []
    for bar in bars:
        if bar.section in "IE":
            strokes += moved(bar.riff, ticks=bar.start) if bar.section == "E" else ()
            continue
        for match in re.finditer(r"[xmd]\.*", pattern):
            chord = bar.chords[match.start() * len(bar.chords) // len(pattern)]
            strokes.append(
                Stroke(
                    bar.start + match.start() * unit,
                    len(match[0]) * unit,
                    voicing(chord),
                    muted=match[0][0] == "m",
                    how=frozenset("d" if match[0][0] == "d" else ""),
                )
            )
    return strokes
