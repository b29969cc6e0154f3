"""How guitars play, in numbers."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np

from rockonet.common.settings import project_folder
from rockonet.common.theory import MAJOR_SCALE, TICKS_PER_QUARTER
from rockonet.dataset.events import onsets, sounding_intervals


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
    tracks = [track for track in tracks if len(track)]
    names = (
        "chord_share power_chord_share repeat_share pitch_class_entropy events_per_bar mean_step "
        "scale_consistency"
    ).split()
    if not tracks:
        return dict.fromkeys(names, float("nan"))
    events = np.concatenate(tracks)
    first = np.cumsum([0, *map(len, tracks[:-1])])  # has no event before it in its track
    sounds = sounding_intervals(events["shape"])
    # Pitch classes above the bass: the column i holds the intervals i, i + 12, i + 24 …
    above = np.stack([sounds[:, i::12].any(axis=1) for i in range(12)], axis=1)
    event, semitones = np.nonzero(sounds)
    histogram = np.bincount((events["bass"][event] + semitones) % 12, minlength=12) / len(event)
    used = histogram[histogram > 0]
    repeats = (np.diff(events["bass"].astype(int)) == 0) & (
        events["shape"][1:] == events["shape"][:-1]
    )
    steps = np.delete(events["step"], first)
    steps = steps[steps <= 4 * TICKS_PER_QUARTER]
    bars = sum(len(np.unique(onsets(track) // ticks_per_bar)) for track in tracks)
    tonics = np.arange(12)[:, None]
    values = (
        (sounds.sum(axis=1) > 1).mean(),
        ((above.sum(axis=1) == 2) & above[:, 7]).mean(),
        np.delete(repeats, first[1:] - 1).mean() if len(events) > len(tracks) else np.nan,
        -(used * np.log2(used)).sum(),
        len(events) / bars,
        steps.mean() / TICKS_PER_QUARTER if len(steps) else np.nan,
        histogram[(tonics + MAJOR_SCALE) % 12].sum(axis=1).max(),
    )
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def usual_in_rock() -> dict[str, tuple[float, float]]:
    """Between which values nine in ten rock songs lie (p5 and p95), for each of `style_metrics`.

    Source: the archive that Rock-o-net as published learned from, see data/README.md.
    Notebook: 02.
    """
    with open(project_folder() / "data" / "rock_percentiles.csv", newline="") as file:
        return {r["metric"]: (float(r["p5"]), float(r["p95"])) for r in csv.DictReader(file)}
