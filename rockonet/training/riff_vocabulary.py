"""The parts of an event, and how the riff recipe writes each of them as a class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import EVENT, sounding_intervals

# Where the classes of times in ticks begin: each of 0 to 96 is one of its own, longer ones share,
# and the last class has no end. Velocities end before the last edge.
TIME_EDGES = np.array(
    [*range(97), 108, 120, 144, 168, 192, 240, 288, 384, 480, 576, 768, 1152, 1536, 3072, 6144]
)
VELOCITY_EDGES = np.array([1, 16, 32, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128])
PLAIN = 1  # how an event is played without any technique, see `manners`
MOST_MANNERS = 62  # other ways to play it with a class of their own; with the rest there are 64


@dataclass(frozen=True)
class Part:
    """One part of an event, with a head of its own in the network.

    name: the field of `EVENT`; `technique` stands for how an event is played, see `manners`.
    n_classes: None if the songs decide, see `RiffVocabulary.listed`. width: of the row of learned
    numbers that stands for a class. edges: where classes begin, if values share them; else a value
    is its own class. typical: the field of `RiffVocabulary` with the value that each class is
    played as, if it has edges. loss_weight: what it counts in the loss that training makes small.
    in_total: whether it counts in the total that is compared and shown.
    """

    name: str
    n_classes: int | None
    width: int
    edges: np.ndarray | None = None
    typical: str = ""
    loss_weight: float = 1.0
    in_total: bool = True


# In the order of prediction. A new part is a row here and a field of `EVENT`, filled where events
# are made of notes (`events_from_notes`, `read_tab`) and used where they become notes again:
# inputs, heads, loss, metrics, sampling and charts follow. Its own remain: what a field of
# `RiffVocabulary` must say of it, if its classes depend on the songs (as `shapes`); what its head
# is told besides (in `part_head` and in `RiffDecoder.answer`: the part after step is told when the
# event starts, technique how far the hand moves); whether it tells one symbol from another
# (`riff_features._SYMBOL`); which of its classes a riff may take (`draw_events`). Models that were
# trained before are refused: `make model` trains those anew.
PART_TABLE = (
    Part("step", len(TIME_EDGES), 24, TIME_EDGES, "steps"),
    Part("bass", 128, 48),
    Part("shape", None, 24),
    Part("duration", len(TIME_EDGES), 16, TIME_EDGES, "durations"),
    Part("technique", None, 12, loss_weight=0.3, in_total=False),
    Part("velocity", len(VELOCITY_EDGES) - 1, 4, VELOCITY_EDGES, "velocities", 0.3, in_total=False),
)
PARTS = tuple(part.name for part in PART_TABLE)
CHORD = ("bass", "shape")  # the parts that tell which notes sound


def class_of(edges: np.ndarray, values: np.ndarray | int) -> np.ndarray:
    """The classes of values, counted from 0: the last edge that is not above each."""
    return np.searchsorted(edges, values, side="right") - 1


def manners(events: np.ndarray) -> np.ndarray:
    """How events are played, as numbers (n_events,): flags of `Technique`, the bend, who bends.

    Bit 0 is always set, as in a shape; then come 16 bits of `technique`, 8 of `bend`, 8 of `bent`.
    A plain event has `PLAIN`, the smallest.
    """
    bend = events["bend"].astype(np.int64) & 255
    bits = events["technique"].astype(np.int64) | bend << 16 | events["bent"].astype(np.int64) << 24
    return (bits << 1 | 1).astype(np.uint64)


def set_manners(events: np.ndarray, numbers: np.ndarray) -> None:
    """Have events be played so: the inverse of `manners`."""
    bits = np.asarray(numbers).astype(np.int64) >> 1
    events["technique"], events["bent"] = bits & 0xFFFF, bits >> 24
    events["bend"] = (bits >> 16 & 255).astype(np.uint8).view(np.int8)


@dataclass(frozen=True)
class Listed:
    """Numbers that songs decide on: frequent ones have a class of their own, all others share 0.

    values: the frequent ones, ascending, with the classes from 1 on. rare: others of the training
    songs with their counts. bits: how often bit i (0 to 63) is set, for those never seen; bit 0
    always is.
    """

    values: tuple[int, ...]
    rare: tuple[tuple[int, int], ...]
    bits: tuple[float, ...]

    def classes(self, numbers: np.ndarray) -> np.ndarray:
        """The classes of numbers (n,)."""
        values = np.array(self.values, np.uint64)
        place = np.minimum(np.searchsorted(values, numbers), len(values) - 1)
        return np.where(values[place] == numbers, place + 1, 0)

    def extra_nats(self, numbers: np.ndarray) -> np.ndarray:
        """What it costs to tell numbers (n,) that share the class 0; nothing for all others.

        A number is told by its count among the rare ones, with one part in ten kept for numbers
        that were never seen, told bit by bit.
        """
        shared = self.classes(numbers) == 0
        counts, total = dict(self.rare), sum(count for _, count in self.rare)
        share = 0.9 if total else 0.0
        heard = np.array([counts.get(int(n), 0) for n in numbers[shared]]) / max(total, 1)
        spelled = np.exp(-shape_nats(numbers[shared], np.array(self.bits)))
        extra = np.zeros(len(numbers))
        extra[shared] = -np.log(share * heard + (1 - share) * spelled)
        return extra


@dataclass(frozen=True)
class RiffVocabulary:
    """How the riff recipe writes events as classes, and what a class costs beyond its own.

    shapes, rare, bits: see `Listed`, of the bit masks of shapes. steps, durations, velocities: the
    value that stands for a class. manners, rare_manners, manner_bits: as those of shapes, of how
    events are played, see `manners`.
    """

    shapes: tuple[int, ...]
    rare: tuple[tuple[int, int], ...]
    bits: tuple[float, ...]
    steps: tuple[int, ...]
    durations: tuple[int, ...]
    velocities: tuple[int, ...]
    manners: tuple[int, ...] = (PLAIN,)
    rare_manners: tuple[tuple[int, int], ...] = ()
    manner_bits: tuple[float, ...] = (0.5,) * 64

    def __repr__(self) -> str:
        return f"<RiffVocabulary: classes of each part {self.sizes}>"

    @property
    def listed(self) -> dict[str, Listed]:
        """The parts whose classes the songs decide."""
        return {
            "shape": Listed(self.shapes, self.rare, self.bits),
            "technique": Listed(self.manners, self.rare_manners, self.manner_bits),
        }

    @property
    def sizes(self) -> dict[str, int]:
        """Number of classes of each part."""
        listed = {name: len(part.values) + 1 for name, part in self.listed.items()}
        return {part.name: part.n_classes or listed[part.name] for part in PART_TABLE}

    def encode(self, events: np.ndarray) -> np.ndarray:
        """Classes of events: ints (n_events, n_parts), the columns as in `PARTS`."""
        return np.stack([self._classes(part, part_values(part, events)) for part in PART_TABLE], 1)

    def _classes(self, part: Part, values: np.ndarray) -> np.ndarray:
        if part.edges is not None:
            return class_of(part.edges, values)
        listed = self.listed.get(part.name)
        return listed.classes(values) if listed else values.astype(np.int64)

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Events (n_events,) of dtype `EVENT` for classes (n_events, n_parts).

        No shape and no technique may be rare.
        """
        events = np.zeros(len(codes), EVENT)
        for part, classes in zip(PART_TABLE, codes.T, strict=True):
            if part.edges is not None:
                events[part.name] = np.array(getattr(self, part.typical))[classes]
            elif part.name == "shape":
                events["shape"] = np.array(self.shapes, np.uint64)[classes - 1]
            elif part.name == "technique":
                set_manners(events, np.array(self.manners)[classes - 1])
            else:
                events[part.name] = classes
        return events

    def extra_nats(self, events: np.ndarray) -> np.ndarray:
        """What telling an event costs beyond its classes, in nats: floats (n_events, n_parts)."""
        extra, listed = np.zeros((len(events), len(PARTS))), self.listed
        for column, part in enumerate(PART_TABLE):
            values = part_values(part, events)
            if part.edges is not None:
                extra[:, column] = nats_within_class(part.edges, values)
            elif part.name in listed:
                extra[:, column] = listed[part.name].extra_nats(values)
        return extra


def part_values(part: Part, events: np.ndarray) -> np.ndarray:
    """What events say of a part, (n_events,)."""
    return manners(events) if part.name == "technique" else events[part.name]


def nats_within_class(edges: np.ndarray, values: np.ndarray) -> np.ndarray:
    """What it costs to tell values when their classes are known.

    All values of a class are taken as equally likely; beyond the last edge they grow less likely
    evenly.
    """
    values = values.astype(np.int64)
    width = np.append(np.diff(edges), 1)[class_of(edges, values)]
    stop = 1 / edges[-1]
    beyond = -np.log(stop) - (values - edges[-1]) * np.log1p(-stop)
    return np.where(values >= edges[-1], beyond, np.log(width))


def interval_chances(shapes: np.ndarray) -> np.ndarray:
    """How often each interval sounds in shapes, (64,), counted half a time more than it does."""
    return (sounding_intervals(shapes).sum(axis=0) + 0.5) / (len(shapes) + 1)


def shape_nats(shapes: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """What it costs to tell shapes (n,) interval by interval, given the chance of each, (64,).

    Or how events are played, bit by bit: `manners` are numbers of that kind.
    """
    told = np.where(sounding_intervals(shapes), np.log(chances), np.log1p(-chances))
    return -told[:, 1:].sum(axis=1)


def riff_vocabulary(
    corpus: Corpus, n_shapes: int = 300, n_manners: int = MOST_MANNERS
) -> RiffVocabulary:
    """The vocabulary of a training corpus: what is most frequent in it, and typical values.

    n_shapes, n_manners: so many shapes, and ways to play them with techniques, get a class of
        their own.
    Notebook: 03.
    """
    shapes = listed_numbers(corpus.events["shape"], n_shapes)
    played = manners(corpus.events)
    other = listed_numbers(played[played != PLAIN], n_manners)
    return RiffVocabulary(
        shapes=shapes.values,
        rare=shapes.rare,
        bits=shapes.bits,
        manners=(PLAIN, *other.values),
        rare_manners=other.rare,
        manner_bits=tuple(interval_chances(played).tolist()),
        **{
            part.typical: typical_values(part.edges[: part.n_classes], corpus.events[part.name])
            for part in PART_TABLE
            if part.edges is not None
        },
    )


def listed_numbers(numbers: np.ndarray, n: int) -> Listed:
    """Numbers of training songs: the n most frequent get a class of their own."""
    kinds, counts = np.unique(numbers, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    kinds, counts = kinds[order], counts[order]
    return Listed(
        values=tuple(np.sort(kinds[:n]).tolist()),
        rare=tuple(zip(kinds[n:].tolist(), counts[n:].tolist(), strict=True)),
        bits=tuple(interval_chances(numbers).tolist()),
    )


def typical_values(begins: np.ndarray, values: np.ndarray) -> tuple[int, ...]:
    """The most frequent value of each class, given where classes begin; that place if none is."""
    distinct, heard = np.unique(values, return_counts=True)
    place, best = class_of(begins, distinct), begins.copy()
    for i in np.argsort(heard, kind="stable"):  # the most frequent value is written last
        best[place[i]] = distinct[i]
    return tuple(best.tolist())
