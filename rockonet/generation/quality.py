"""Is it any good? Numbers in which riffs are compared with real songs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
from IPython.display import Markdown

from rockonet.common.notebook import table
from rockonet.common.techniques import Technique, technique_name
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import EVENT, onsets
from rockonet.dataset.style import STYLE_NUMBERS, measure_style, technique_shares
from rockonet.generation.originality import CopyIndex, originality
from rockonet.guitar.riff import Riff

# Of each number of `quality` that has one: the band in which most riffs of real songs lie.
TYPICAL = {
    number.of_riffs: number.typical for number in STYLE_NUMBERS if number.typical is not None
}


def quality(riff: Riff, training: Corpus | CopyIndex) -> dict[str, float]:
    """Eight numbers that say how a riff plays, of its new events alone.

    ``repeats``: share of events with the chord of the one before. ``distinct``: different chords
    for each bar. ``pitch-class entropy``: of all notes, in bits. ``scale consistency``: the
    largest share of notes that one major or minor scale holds. ``groove consistency``: 1 minus the
    share of the bar's ticks in which two successive bars differ as to whether a note begins.
    ``events a bar``. ``playability``: see `finger`; of the whole riff, since the hand comes from
    the prompt. ``longest copy``: see `originality`.
    Source: entropy, scale and groove consistency as MusPy defines them (Dong and others, 'MusPy: a
    toolkit for symbolic music generation', 2020).
    """
    return style_numbers(riff) | {"longest copy": float(originality(riff, training).longest)}


def style_numbers(riff: Riff) -> dict[str, float]:
    """What `quality` says of the riff alone."""
    new = riff.generated.copy()
    new["step"][:1] = riff.prompt_ticks  # bars are counted from the prompt's first on
    values = measure_style([new], riff.ticks_per_bar)
    values["playability"] = riff.fingering.playability
    return {number.of_riffs: values[number.name] for number in STYLE_NUMBERS if number.of_riffs}


def quality_table(kinds: dict[str, Sequence[Riff]], training: Corpus | CopyIndex) -> Markdown:
    """A row for each number of `quality`, a column for each kind of riffs: their medians.

    kinds: the first one are real songs; their 5th to 95th percentile stands in brackets, and a
        median outside of it is bold. Two rows sum it up: the share of riffs with all numbers
        inside, and how far a kind is from the real songs: the mean distance of the medians, in
        widths of the brackets. Below them stands for each technique that occurs the share of all
        new events of a kind.
    Notebook: 04.
    """
    index = CopyIndex(training) if isinstance(training, Corpus) else training
    measured = {
        kind: [quality(riff, index) for riff in riffs if len(riff.generated)]
        for kind, riffs in kinds.items()
    }
    real, *others = measured
    rows: list[list[str | Markdown]] = []
    distances: dict[str, list[float]] = {kind: [] for kind in others}
    inside = {kind: np.ones(len(found), bool) for kind, found in measured.items()}
    for name in measured[real][0]:
        values = {kind: np.array([row[name] for row in found]) for kind, found in measured.items()}
        low, middle, high = np.nanpercentile(values[real], (5, 50, 95))
        row: list[str | Markdown] = [name, f"{middle:.2f} ({low:.2f} to {high:.2f})"]
        for kind in others:
            median = float(np.nanmedian(values[kind]))
            row.append(f"{median:.2f}" if low <= median <= high else Markdown(f"**{median:.2f}**"))
            distances[kind].append(abs(median - middle) / max(high - low, 0.01))
        for kind, found in values.items():
            inside[kind] &= ~((found < low) | (found > high))  # what cannot be measured is no fault
        rows.append(row)
    shares = (f"*{share.mean():.0%}*" for share in inside.values())
    means = (f"*{np.mean(values):.2f}*" for values in distances.values())
    rows.append([Markdown(text) for text in ("*all inside*", *shares)])
    rows.append([Markdown(text) for text in ("*distance*", "0", *means)])
    return table(["", *measured], rows + technique_rows(kinds.values()))


def technique_rows(kinds: Iterable[Sequence[Riff]]) -> list[list[str | Markdown]]:
    """A row for each technique that occurs: its share of the new events of each kind of riffs."""
    shares = [
        technique_shares(np.concatenate([np.zeros(0, EVENT), *(riff.generated for riff in riffs)]))
        for riffs in kinds
    ]
    names = [technique_name(flag) for flag in Technique]
    return [
        [f"with {name}", *(f"{share.get(name, 0):.1%}" for share in shares)]
        for name in names
        if any(name in share for share in shares)
    ]


def most_typical(riffs: Sequence[Riff], bars: int) -> Riff:
    """Of those that can be played as they say the one with the most numbers within `TYPICAL`.

    bars: how many each of them was to fill after its prompt; one in which nothing sounds counts as
    a number outside. Where two have as many outside, the one whose others lie less far outside.
    """
    return min(riffs, key=lambda riff: _strangeness(riff, bars)) if len(riffs) > 1 else riffs[0]


def _strangeness(riff: Riff, bars: int) -> tuple[bool, bool, int, float]:
    """Whether it cannot be played at all, or not as it says; how many numbers lie outside of
    `TYPICAL`, and how far, in widths of their bands."""
    numbers = style_numbers(riff)
    far = [
        max(low - numbers[name], numbers[name] - high) / (high - low)
        for name, (low, high) in TYPICAL.items()
        if not low <= numbers[name] <= high
    ]
    n_outside = len(far) + silent_bars(riff, bars)
    hand = riff.fingering
    return bool(hand.unplayable), bool(hand.impossible_techniques), n_outside, sum(far)


def silent_bars(riff: Riff, bars: int) -> int:
    """In how many of the bars after its prompt nothing sounds; bars: how many there are."""
    prompt = dataclasses.replace(riff, events=riff.events[: riff.prompt_events])
    length = riff.ticks_per_bar
    bar_lines = prompt.bar_line_after + length * np.arange(bars)
    begin = onsets(riff.events)
    end = begin + riff.events["duration"]
    sounds = (begin[:, None] < bar_lines + length) & (end[:, None] > bar_lines)
    return int((~sounds.any(axis=0)).sum())
