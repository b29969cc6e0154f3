"""Is it any good? Numbers in which riffs are compared with real songs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from IPython.display import Markdown

from rockonet.common.notebook import table
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.style import style_metrics
from rockonet.generation.originality import CopyIndex, originality
from rockonet.guitar.riff import Riff

# Numbers of `quality`, from the 10th to the 90th percentile of the electric guitars of the rock
# archive's training songs (8 bars each).
TYPICAL = {
    "repeats": (0.0, 0.88),
    "distinct": (0.38, 2.0),
    "pitch-class entropy": (1.23, 2.81),
    "scale consistency": (0.87, 1.0),
    "groove consistency": (0.87, 1.0),
    "events a bar": (2.75, 11.0),
    "playability": (0.87, 1.0),  # rather than 0.84: better with prompts of validation songs
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
    Notebook: 04.
    """
    return style_numbers(riff) | {"longest copy": float(originality(riff, training).longest)}


def style_numbers(riff: Riff) -> dict[str, float]:
    """What `quality` says of the riff alone."""
    style = style_metrics([riff.generated], riff.ticks_per_bar)
    onset = riff.prompt_ticks + np.cumsum(np.append(0, riff.generated["step"][1:]))
    bars = np.zeros((int(onset.max(initial=0)) // riff.ticks_per_bar + 1, riff.ticks_per_bar), bool)
    bars[onset // riff.ticks_per_bar, onset % riff.ticks_per_bar] = True
    bars = bars[bars.any(axis=1).argmax() :]
    chords = {(int(event["bass"]), int(event["shape"])) for event in riff.generated}
    return {
        "repeats": style["repeat_share"],
        "distinct": len(chords) / len(bars),
        "pitch-class entropy": style["pitch_class_entropy"],
        "scale consistency": style["scale_consistency"],
        "groove consistency": float(1 - (bars[1:] != bars[:-1]).mean()) if len(bars) > 1 else 1.0,
        "events a bar": len(riff.generated) / len(bars),
        "playability": riff.fingering.playability,
    }


def quality_table(kinds: dict[str, Sequence[Riff]], training: Corpus | CopyIndex) -> Markdown:
    """A row for each number of `quality`, a column for each kind of riffs: their medians.

    kinds: the first one are real songs; their 5th to 95th percentile stands in brackets, and a
        median outside of it is bold. Two rows sum it up: the share of riffs with all numbers
        inside, and how far a kind is from the real songs: the mean distance of the medians, in
        widths of the brackets.
    Notebook: 04.
    """
    index = CopyIndex(training) if isinstance(training, Corpus) else training
    numbers = {
        kind: [quality(riff, index) for riff in riffs if len(riff.generated)]
        for kind, riffs in kinds.items()
    }
    real, *others = numbers
    rows, distances = [], {kind: [] for kind in others}
    inside = {kind: np.ones(len(found), bool) for kind, found in numbers.items()}
    for name in numbers[real][0]:
        values = {kind: [row[name] for row in found] for kind, found in numbers.items()}
        low, middle, high = np.nanpercentile(values[real], (5, 50, 95))
        row = [name, f"{middle:.2f} ({low:.2f} to {high:.2f})"]
        for kind in others:
            median = float(np.nanmedian(values[kind]))
            row.append(f"{median:.2f}" if low <= median <= high else f"**{median:.2f}**")
            distances[kind].append(abs(median - middle) / max(high - low, 0.01))
        for kind, found in values.items():
            inside[kind] &= ~((np.array(found) < low) | (np.array(found) > high))
        rows.append(row)
    rows.append(["*all inside*", *(f"*{share.mean():.0%}*" for share in inside.values())])
    rows.append(["*distance*", "0", *(f"*{np.mean(d):.2f}*" for d in distances.values())])
    return table(["", *numbers], rows)


def most_typical(riffs: Sequence[Riff]) -> Riff:
    """Of those that can be played the one with the most numbers within `TYPICAL`.

    Where two have as many, the one whose others lie less far outside.
    """

    def outside(riff: Riff) -> tuple[bool, int, float]:
        numbers = style_numbers(riff)
        far = [
            max(low - numbers[name], numbers[name] - high) / (high - low)
            for name, (low, high) in TYPICAL.items()
            if not low <= numbers[name] <= high
        ]
        return bool(riff.fingering.unplayable), len(far), sum(far)

    return min(riffs, key=outside) if len(riffs) > 1 else riffs[0]
