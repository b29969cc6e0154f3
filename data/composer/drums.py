"""The drums: a groove, fills and crashes."""

from __future__ import annotations

from random import Random

from .book import Plan
from .form import Bar, Meter
from .styles import FILLS, FILLS_2, GROOVES, STYLES

DRUMS = {
    "kick": 36,
    "snare": 38,
    "hat": 42,
    "ride": 51,
    "crash": 49,
    "high tom": 48,
    "floor tom": 43,
}
HIT_VELOCITY = {"x": 88, "X": 108, "o": 46}
Hit = tuple[int, int, int]  # tick, drum, velocity


def pattern_hits(drum: str, pattern: str, start: int, unit: int) -> list[Hit]:
    """The hits of one drum in a bar; `start` and `unit`, the length of a place, in ticks."""
    return [
        (start + place * unit, DRUMS[drum], HIT_VELOCITY[mark])
        for place, mark in enumerate(pattern)
        if mark != "."
    ]


def groove_name(plan: Plan) -> str:
    """The name of one of GROOVES."""
    if plan.form in ("waltz", "compound"):
        return plan.form
    groove = STYLES[plan.style].groove
    return "shuffle" if "blues" in plan.form and plan.style == "no_guitar" else groove


def play_drums(bars: list[Bar], plan: Plan, meter: Meter, rng: Random) -> list[Hit]:
    """The groove, a fill at the end of each section, a crash at the start of the next."""
    hits: list[Hit] = []
    for bar in bars:
        groove = GROOVES["half time" if bar.section == "B" else groove_name(plan)]
        n_places = len(groove["kick"])
        unit = meter.bar // n_places
        if bar.section == "E":
            hits += [(bar.start, DRUMS["crash"], 112), (bar.start, DRUMS["kick"], 108)]
            continue
        if bar.place == 0 and bar.section != "I":
            hits.append((bar.start, DRUMS["crash"], 104))
        fill_from = n_places
        if bar.place == bar.of - 1:
            fills = rng.choice((FILLS, FILLS_2))[n_places]
            drums = [fill.rsplit(" ", 1) for fill in fills]
            fill_from = n_places // 2 if n_places == 16 else n_places // 4
            hits += [
                hit
                for drum, pattern in drums
                for hit in pattern_hits(drum, pattern, bar.start, unit)
                if hit[0] >= bar.start + fill_from * unit
            ]
        for drum, pattern in groove.items():
            if bar.section == "I" and bar.place < 2 and drum != "hat":
                continue  # the guitar starts over the hi-hat alone
            drum = "ride" if drum == "hat" and bar.section in "CS" else drum
            hits += pattern_hits(drum, pattern[:fill_from], bar.start, unit)
    return hits
