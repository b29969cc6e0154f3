"""How guitars play, in numbers: what is measured, what each number is called, what is usual."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.common.settings import project_folder
from rockonet.common.techniques import Technique, technique_name
from rockonet.common.theory import MAJOR_SCALE, TICKS_PER_QUARTER
from rockonet.dataset.events import onsets, sounding_intervals


@dataclass(frozen=True)
class StyleNumber:
    """A number that says how a guitar plays, and where it is told.

    of_songs: whether `style_metrics` gives it, under its name. of_riffs: what `quality` calls it;
    empty if it does not give it. typical: of riffs, from the 10th to the 90th percentile of the
    electric guitars of the rock archive's training songs (8 bars each).
    """

    name: str
    of_songs: bool = False
    of_riffs: str = ""
    typical: tuple[float, float] | None = None


STYLE_NUMBERS = (
    StyleNumber("chord_share", of_songs=True),
    StyleNumber("power_chord_share", of_songs=True),
    StyleNumber("repeat_share", of_songs=True, of_riffs="repeats", typical=(0.0, 0.88)),
    StyleNumber("distinct_chords", of_riffs="distinct", typical=(0.38, 2.0)),
    StyleNumber("pitch_class_entropy", True, "pitch-class entropy", typical=(1.23, 2.81)),
    StyleNumber("events_per_bar", of_songs=True),
    StyleNumber("mean_step", of_songs=True),
    StyleNumber("scale_consistency", True, "scale consistency", typical=(0.87, 1.0)),
    StyleNumber("groove_consistency", of_riffs="groove consistency", typical=(0.87, 1.0)),
    StyleNumber("event_density", of_riffs="events a bar", typical=(2.75, 11.0)),
    # Of a fingering, which `quality` adds. From 0.87 on rather than from 0.84, as in the archive:
    # so riffs that go on from validation songs are better.
    StyleNumber("playability", of_riffs="playability", typical=(0.87, 1.0)),
)


def measure_style(
    tracks: Sequence[np.ndarray], ticks_per_bar: int = 4 * TICKS_PER_QUARTER
) -> dict[str, float]:
    """Those of `STYLE_NUMBERS` that events tell, over all events of some tracks, by name.

    tracks: events of dtype `EVENT`, one array a track. Its bars are counted from the one in which
        its first event begins to the one in which its last does.
    Returns the seven of `style_metrics`, and ``distinct_chords`` for each bar; ``event_density``,
        events for each bar, silent bars too; ``groove_consistency``, 1 minus the share of the bar's
        ticks in which two successive bars differ as to whether an event begins.
    Source: pitch-class entropy, scale and groove consistency as MusPy defines them (Dong and
        others, 'MusPy: a toolkit for symbolic music generation', 2020).
    """
    tracks = [track for track in tracks if len(track)]
    if not tracks:
        unknown = dict.fromkeys((number.name for number in STYLE_NUMBERS), float("nan"))
        return unknown | dict(distinct_chords=0.0, groove_consistency=1.0, event_density=0.0)
    events = np.concatenate(tracks)
    first = np.cumsum([0, *map(len, tracks[:-1])])  # has no event before it in its track
    chords, sounds = events[["bass", "shape"]], sounding_intervals(events["shape"])
    # Pitch classes above the bass: the column i holds the intervals i, i + 12, i + 24 …
    above = np.stack([sounds[:, i::12].any(axis=1) for i in range(12)], axis=1)
    repeats = np.delete(chords[1:] == chords[:-1], first[1:] - 1)
    steps = np.delete(events["step"], first)
    steps = steps[steps <= 4 * TICKS_PER_QUARTER]
    bars = [_beginnings(track, ticks_per_bar) for track in tracks]
    n_bars, n_played = sum(map(len, bars)), sum(grid.any(axis=1).sum() for grid in bars)
    changes = np.concatenate([grid[1:] != grid[:-1] for grid in bars])
    entropy, in_scale = _pitch_classes(events["bass"], sounds)
    values = dict(
        chord_share=(sounds.sum(axis=1) > 1).mean(),
        power_chord_share=((above.sum(axis=1) == 2) & above[:, 7]).mean(),
        repeat_share=repeats.mean() if len(repeats) else np.nan,
        distinct_chords=len(np.unique(chords)) / n_bars,
        pitch_class_entropy=entropy,
        events_per_bar=len(events) / n_played,
        mean_step=steps.mean() / TICKS_PER_QUARTER if len(steps) else np.nan,
        scale_consistency=in_scale,
        groove_consistency=1 - changes.mean() if len(changes) else 1.0,
        event_density=len(events) / n_bars,
    )
    return {name: float(value) for name, value in values.items()}


def _beginnings(track: np.ndarray, ticks_per_bar: int) -> np.ndarray:
    """Whether an event of a track begins: bools (n_bars, ticks_per_bar), from its first bar on."""
    bar, tick = np.divmod(onsets(track), ticks_per_bar)
    begins = np.zeros((bar[-1] - bar[0] + 1, ticks_per_bar), bool)
    begins[bar - bar[0], tick] = True
    return begins


def _pitch_classes(bass: np.ndarray, sounds: np.ndarray) -> tuple[float, float]:
    """Their entropy in bits, and the share that the best major or minor scale holds.

    bass: pitches (n_events,). sounds: which intervals sound above it, bools (n_events, 64).
    """
    event, semitones = np.nonzero(sounds)
    histogram = np.bincount((bass[event] + semitones) % 12, minlength=12) / len(event)
    used = histogram[histogram > 0]
    tonics = np.arange(12)[:, None]
    in_scale = histogram[(tonics + MAJOR_SCALE) % 12].sum(axis=1)
    return float(-(used * np.log2(used)).sum()), float(in_scale.max())


def style_metrics(
    tracks: Sequence[np.ndarray], ticks_per_bar: int = 4 * TICKS_PER_QUARTER
) -> dict[str, float]:
    """Seven numbers that say how the guitars of a song play.

    tracks: events of dtype `EVENT`, one array a track, as from `Corpus.track_events`.
    Returns, over all events (NaN where there is nothing to measure):
        ``chord_share`` of events with two or more pitches; ``power_chord_share`` of events with
        just a root and its fifth; ``repeat_share`` of events with the pitches of the one before;
        ``pitch_class_entropy`` of all notes, in bits; ``events_per_bar`` in which the track plays;
        ``mean_step`` in quarter notes, over steps of at most four; ``scale_consistency``, the
        largest share of notes that one major or minor scale holds.
    Source: pitch-class entropy and scale consistency as MusPy defines them.
    Notebook: 02.
    """
    values = measure_style(tracks, ticks_per_bar)
    return {number.name: values[number.name] for number in STYLE_NUMBERS if number.of_songs}


def technique_shares(events: np.ndarray) -> dict[str, float]:
    """The share of events (n_events,) with each technique that occurs, by what players call it.

    Notebook: 02.
    """
    shares = {
        technique_name(flag): float((events["technique"] & flag.value > 0).mean())
        for flag in Technique
        if len(events)
    }
    return {name: share for name, share in shares.items() if share}


def usual_in_rock() -> dict[str, tuple[float, float]]:
    """Between which values nine in ten rock songs lie (p5 and p95), for each of `style_metrics`.

    Source: the archive that Rock-o-net as published learned from, see data/README.md.
    Notebook: 02.
    """
    with open(project_folder() / "data" / "rock_percentiles.csv", newline="") as file:
        return {r["metric"]: (float(r["p5"]), float(r["p95"])) for r in csv.DictReader(file)}
