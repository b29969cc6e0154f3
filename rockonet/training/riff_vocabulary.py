"""How the riff recipe writes events as classes, part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import EVENT, sounding_intervals

PARTS = ("step", "bass", "shape", "duration", "velocity")  # in the order of prediction
# Classes of times in ticks: each of 0 to 96 is one of its own, longer ones share.
TIME_EDGES = np.array(
    [*range(97), 108, 120, 144, 168, 192, 240, 288, 384, 480, 576, 768, 1152, 1536, 3072, 6144]
)
VELOCITY_EDGES = np.array([1, 16, 32, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128])


@dataclass(frozen=True)
class RiffVocabulary:
    """How the riff recipe writes events as classes, and what a class costs beyond its own.

    shapes: bit masks with a class of their own, ascending; all others share one class. rare: other
    masks of the training songs with their counts. bits: how often interval i (0 to 63) sounds, for
    shapes that were never seen. steps, durations, velocities: the value that stands for a class.
    Notebook: 03.
    """

    shapes: tuple[int, ...]
    rare: tuple[tuple[int, int], ...]
    bits: tuple[float, ...]
    steps: tuple[int, ...]
    durations: tuple[int, ...]
    velocities: tuple[int, ...]

    def __repr__(self) -> str:
        return f"<RiffVocabulary: classes of each part {self.sizes}>"

    @property
    def sizes(self) -> dict[str, int]:
        """Number of classes of each part."""
        times = len(TIME_EDGES)
        return dict(
            step=times,
            bass=128,
            shape=len(self.shapes) + 1,
            duration=times,
            velocity=len(VELOCITY_EDGES) - 1,
        )

    def encode(self, events: np.ndarray) -> np.ndarray:
        """Classes of events: ints (n_events, 5), the columns as in `PARTS`."""
        shapes = np.array(self.shapes, np.uint64)
        place = np.minimum(np.searchsorted(shapes, events["shape"]), len(shapes) - 1)
        known = shapes[place] == events["shape"]
        return np.stack(
            [
                np.searchsorted(TIME_EDGES, events["step"], side="right") - 1,
                events["bass"].astype(np.int64),
                np.where(known, place + 1, 0),
                np.searchsorted(TIME_EDGES, events["duration"], side="right") - 1,
                np.searchsorted(VELOCITY_EDGES, events["velocity"], side="right") - 1,
            ],
            axis=1,
        )

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Events (n_events,) of dtype `EVENT` for classes (n_events, 5); no shape may be rare."""
        events = np.zeros(len(codes), EVENT)
        events["step"] = np.array(self.steps)[codes[:, 0]]
        events["bass"] = codes[:, 1]
        events["shape"] = np.array(self.shapes, np.uint64)[codes[:, 2] - 1]
        events["duration"] = np.array(self.durations)[codes[:, 3]]
        events["velocity"] = np.array(self.velocities)[codes[:, 4]]
        return events

    def extra_nats(self, events: np.ndarray) -> np.ndarray:
        """What telling an event costs beyond its classes, in nats: floats (n_events, 5).

        All values of a class are taken as equally likely; beyond the last time they grow less
        likely evenly. A rare shape is told by its count among the rare ones, with one part in ten
        kept for shapes that were never seen, told interval by interval.
        """
        extra = np.zeros((len(events), 5))
        for column, name in ((0, "step"), (3, "duration")):
            ticks = events[name].astype(np.int64)
            place = np.searchsorted(TIME_EDGES, ticks, side="right") - 1
            last = place == len(TIME_EDGES) - 1
            width = np.append(np.diff(TIME_EDGES), 1)[place]
            stop = 1 / TIME_EDGES[-1]
            beyond = -np.log(stop) - (ticks - TIME_EDGES[-1]) * np.log1p(-stop)
            extra[:, column] = np.where(last, beyond, np.log(width))
        velocity = np.searchsorted(VELOCITY_EDGES, events["velocity"], side="right") - 1
        extra[:, 4] = np.log(np.diff(VELOCITY_EDGES)[velocity])
        rare = self.encode(events)[:, 2] == 0
        shapes, total = events["shape"][rare], sum(count for _, count in self.rare)
        share, counts = (0.9 if total else 0.0), dict(self.rare)
        heard = np.array([counts.get(int(shape), 0) for shape in shapes]) / max(total, 1)
        spelled = np.exp(-shape_nats(shapes, np.array(self.bits)))
        extra[rare, 2] = -np.log(share * heard + (1 - share) * spelled)
        return extra


def interval_chances(shapes: np.ndarray) -> np.ndarray:
    """How often each interval sounds in shapes, (64,), counted half a time more than it does."""
    return (sounding_intervals(shapes).sum(axis=0) + 0.5) / (len(shapes) + 1)


def shape_nats(shapes: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """What it costs to tell shapes (n,) interval by interval, given the chance of each, (64,)."""
    told = np.where(sounding_intervals(shapes), np.log(chances), np.log1p(-chances))
    return -told[:, 1:].sum(axis=1)


def riff_vocabulary(corpus: Corpus, n_shapes: int = 300) -> RiffVocabulary:
    """The vocabulary of a training corpus: its most frequent shapes, and typical values.

    Notebook: 03.
    """
    shapes, counts = corpus.shape_table()

    def typical(name: str, edges: np.ndarray) -> tuple[int, ...]:
        values, heard = np.unique(corpus.events[name], return_counts=True)
        place = np.searchsorted(edges, values, side="right") - 1
        best = edges.copy()
        for i in np.argsort(heard, kind="stable"):  # the most frequent value is written last
            best[place[i]] = values[i]
        return tuple(best.tolist())

    return RiffVocabulary(
        shapes=tuple(np.sort(shapes[:n_shapes]).tolist()),
        rare=tuple(zip(shapes[n_shapes:].tolist(), counts[n_shapes:].tolist(), strict=True)),
        bits=tuple(interval_chances(corpus.events["shape"]).tolist()),
        steps=typical("step", TIME_EDGES),
        durations=typical("duration", TIME_EDGES),
        velocities=typical("velocity", VELOCITY_EDGES[:-1]),
    )
