"""The lead guitar: which licks it knows, and where it plays them."""

from __future__ import annotations

from .book import Book, Plan, Riff
from .form import Bar, Meter
from .strokes import Stroke, moved, scaled
from .styles import STYLES
from .tablature import PLACES_PER_BAR

TOP_FRET = 21  # to which a lick is moved, or to which it is bent


def fitting_licks(plan: Plan, book: Book, feels: set[str]) -> list[Riff]:
    """The licks of the song's style that go with its mode and its beat."""
    styles = ("shuffle licks",) if "blues" in plan.form else STYLES[plan.style].licks
    licks = [lick for style in styles for lick in book[style].values() if lick.feel in feels]
    minors = ("minor", "dorian", "blues")
    own, more = {
        "major": (("major",), ("minor",)),  # from the relative minor
        "mixolydian": (("mixolydian",), minors),
    }.get(plan.mode, (minors, ()))
    fitting = [lick for lick in licks if lick.mode in own]
    if len(fitting) < 4:
        fitting += [lick for lick in licks if lick.mode in more]
    return fitting


def lick_bars(lick: Riff, plan: Plan, meter: Meter) -> list[list[Stroke]]:
    """A lick in the song's key, bar by bar, in ticks."""
    # The minor pentatonic of the relative minor is the major pentatonic.
    root = (plan.root - 3) % 12 if plan.mode == "major" and lick.mode == "minor" else plan.root
    # Along the neck, on the strings for which it is written, and never to an open one.
    low, high = lick.frets
    up = (root - lick.root) % 12
    places = [shift for shift in (up - 12, up) if 1 <= low + shift and high + shift <= TOP_FRET]
    if not places:
        raise ValueError(f"{lick.name} does not fit the neck in this key")
    shift = min(places, key=abs)
    unit = meter.bar // PLACES_PER_BAR[lick.feel]
    return [moved(scaled(bar, unit), shift) for bar in lick.bars]


def play_lead(
    bars: list[Bar], licks: list[list[list[Stroke]]]
) -> tuple[list[Stroke], dict[str, set[int]]]:
    """Fills that answer the verse, a hook in choruses, a solo. licks: four, bar by bar.

    Returns the strokes, and by section the starts of the bars that they fill.
    """
    hook, answer, run, close = licks
    solo = (hook, run, hook, answer, run, close)
    strokes: list[Stroke] = []
    busy: dict[str, set[int]] = {}

    def play(bar: Bar, lick: list[list[Stroke]], number: int) -> None:
        strokes.extend(moved(lick[number % len(lick)], ticks=bar.start))
        busy.setdefault(bar.section, set()).add(bar.start)

    for bar in bars:
        two = bar.place % 2  # licks have two bars, or four in a waltz
        if bar.section == "V" and bar.turn > 0 and bar.place % 4 == 3:
            play(bar, answer, 0)
        elif bar.section == "C" and bar.place % 4 >= 2:
            play(bar, hook if bar.place < bar.of // 2 else close, two)
        elif bar.section == "S":
            if len(hook) == 4:
                play(bar, solo[bar.place // 4 % 6], bar.place)
            else:
                play(bar, solo[bar.place // 2 % 6], two)
        elif bar.section == "O" and bar.place == bar.of - 2:
            play(bar, close, 0)
        elif bar.section == "O" and bar.place == bar.of - 1:
            play(bar, close, 1)
    return strokes, busy
