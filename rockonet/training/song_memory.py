"""The memory of the song: experts that count what a track did before whenever it stood so."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import onsets_in_tracks
from rockonet.training.repeats import rolling_hash
from rockonet.training.riff_vocabulary import PART_TABLE, part_values

LONG, SHORT = 256, 64  # half-lives of counts, in events
LEAST = 1e-6  # a count below that is as good as none
_BEFORE = np.uint64(0xFFFF_FFFF_FFFF_FFF0)  # stands for what was before a track began


@dataclass(frozen=True)
class Expert:
    """Guesses a part of an event by what came, in the same track, each time that it stood so.

    part: one of `PARTS`. alike: what has to be alike for a place of the track to count, words like
    "chord-1" for the chord of one event before and "step" for the step of this one; none for all
    places. half_life: a place counts half as much for each so many events that it lies back.
    """

    part: str
    alike: str = ""
    half_life: int = LONG


# "place" is where in its bar an event starts, "place2" where in two bars, "chord" its bass and
# shape, "technique" how it is played. What an expert is told must be known when its part is asked
# for: of this event only the parts before it, and of time nothing before the step.
_OF_CHORDS = (
    Expert("chord", "", 16),
    Expert("chord", "", SHORT),
    Expert("chord", "chord-1", SHORT),
    Expert("chord", "chord-1 chord-2", SHORT),
    Expert("chord", "place", SHORT),
    Expert("chord", "place2"),
    Expert("chord", "chord-1 place"),
    Expert("chord", "chord-1 chord-2 step-1 step-2 step"),
    Expert("chord", "chord-1 chord-2 chord-3"),
    Expert("chord", "chord-1 chord-2 chord-3 chord-4"),
    Expert("chord", "chord-1 chord-2 chord-3 chord-4 chord-5 chord-6"),
)
EXPERTS = (
    Expert("step", "", SHORT),
    Expert("step", "step-1"),
    Expert("step", "step-1 step-2 step-3"),
    Expert("step", "place-1"),
    Expert("step", "place2-1"),
    Expert("step", "chord-1 place-1"),
    Expert("step", "chord-1 chord-2 step-1 step-2"),
    Expert("step", "chord-1 chord-2 chord-3 chord-4 step-1 step-2 step-3 step-4"),
    *(dataclasses.replace(expert, part="bass") for expert in _OF_CHORDS),
    *(
        dataclasses.replace(expert, part="shape", alike=f"bass {expert.alike}")
        for expert in _OF_CHORDS
    ),
    Expert("duration", "", SHORT),
    Expert("duration", "chord"),
    Expert("duration", "step duration-1"),
    Expert("duration", "place"),
    Expert("duration", "place2"),
    Expert("duration", "chord place"),
    Expert("duration", "chord place2"),
    Expert("duration", "chord step duration-1"),
    Expert("technique", "chord"),
    Expert("technique", "chord place"),
    Expert("technique", "chord chord-1"),
    Expert("technique", "chord duration"),
    Expert("technique", "technique-1"),
    Expert("technique", "duration technique-1"),
    Expert("velocity", "", SHORT),
    Expert("velocity", "place"),
    Expert("velocity", "chord"),
    Expert("velocity", "chord place"),
)


def experts_of(part: str) -> slice:
    """Where the experts of a part stand in `EXPERTS`."""
    places = [i for i, expert in enumerate(EXPERTS) if expert.part == part]
    return slice(places[0], places[-1] + 1)


def event_words(
    events: np.ndarray, onset: np.ndarray, ticks_per_bar: np.ndarray
) -> dict[str, np.ndarray]:
    """What experts are told of events (n,), by name: 64-bit numbers (n,).

    onset: when each starts, in ticks. ticks_per_bar: of the track of each.
    """
    words = {part.name: part_values(part, events) for part in PART_TABLE}
    words |= {"place": onset % ticks_per_bar, "place2": onset % (2 * ticks_per_bar)}
    words = {name: values.astype(np.uint64) for name, values in words.items()}
    return words | {"chord": rolling_hash(words["bass"], words["shape"])}


def words_of(expert: Expert) -> list[tuple[str, int]]:
    """What an expert is told: names of `event_words`, and how many events each lies back."""
    parted = [told.partition("-") for told in expert.alike.split()]
    return [(name, int(back or 0)) for name, _, back in parted]


def standing(expert: Expert, word: Callable[[str, int], np.ndarray]) -> np.ndarray:
    """How events stand to an expert, as numbers: alike if all that it looks at is alike.

    word: gives what is told, by its name and how many events it lies back.
    """
    number = np.zeros(1, np.uint64)
    for name, back in words_of(expert):
        number = rolling_hash(number, word(name, back))
    return number


def song_memory(corpus: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """What each expert has heard before each event of a corpus, and what it gives to what came.

    Returns two arrays of floats (n_events, n_experts): ln(1 + count), where the count of all places
    that stood alike is 0 if there was none, and the chance of what came. Both look back only, as
    far as the track goes.
    Source: counting what a text did lately is the cache of Kuhn and De Mori, 'A cache-based natural
    language model for speech recognition', 1990; many contexts at once, each trusted by a small
    network, are those of Mahoney's data compressors (PAQ, 2005).
    """
    events, offsets, n = corpus.events, corpus.offsets, corpus.n_events
    sizes = np.diff(offsets)
    track, place = np.repeat(np.arange(len(sizes)), sizes), np.arange(n)
    bars = np.array([corpus.ticks_per_bar(i) for i in range(len(sizes))], np.int64)[track]
    begin = offsets[:-1][track]
    words = event_words(events, onsets_in_tracks(events, offsets), bars)
    own_track = rolling_hash(np.zeros(1, np.uint64), track)
    heard, chance = np.zeros((2, n, len(EXPERTS)), np.float32)

    def word(name: str, back: int) -> np.ndarray:
        value = words[name]
        return np.where(place - back >= begin, value[np.maximum(place - back, 0)], _BEFORE)

    for column, expert in enumerate(EXPERTS):
        stands = rolling_hash(standing(expert, word), own_track)
        count = decayed_counts(stands, expert.half_life)
        came = decayed_counts(rolling_hash(stands, words[expert.part]), expert.half_life)
        known = count >= LEAST
        heard[known, column] = np.log1p(count[known])
        chance[known, column] = came[known] / count[known]
    return heard, chance


def decayed_counts(numbers: np.ndarray, half_life: float) -> np.ndarray:
    """How often each number (n,) stood earlier, each time halved every `half_life` places since."""
    order = np.argsort(numbers, kind="stable")
    again = np.diff(numbers[order], prepend=~numbers[order[:1]]) == 0
    # With the same number before it, a count is that one's and one more, both decayed. So each
    # is factor × count before + factor; a step of the loop puts twice as many together.
    passed = np.where(again, np.diff(order, prepend=0), 0)
    factor = np.where(again, 0.5 ** (passed / half_life), 0.0)
    counts, shift = factor.copy(), 1
    while (factor > LEAST / 1000).any():
        counts[shift:] += factor[shift:] * counts[:-shift]
        factor[shift:] *= factor[:-shift].copy()
        factor[:shift] = 0
        shift *= 2
    result = np.empty(len(numbers))
    result[order] = counts
    return result


# The same as arrays, for all experts at once: what any of them is told, and which of it each.
_WORDS = sorted({word for expert in EXPERTS for word in words_of(expert)})
_FARTHEST = max(back for _, back in _WORDS)
_TOLD = np.full((len(EXPERTS), max(len(words_of(expert)) for expert in EXPERTS)), -1)
for _row, _expert in zip(_TOLD, EXPERTS, strict=True):
    _row[: len(words_of(_expert))] = [_WORDS.index(word) for word in words_of(_expert)]


class RunningMemory:
    """The same for riffs that grow side by side, event by event: which of the past speaks now.

    Instead of counting, each past event speaks for what it had itself, if it stood as the next one
    stands: that gives the same chances, for all answers at once.
    """

    def __init__(self, n: int, ticks_per_bar: int):
        self.bar = np.array(ticks_per_bar)
        self.onset = np.zeros(n, np.int64)
        self.past: list[dict[str, np.ndarray]] = []  # the words of each event so far, (n,) each
        # How each event so far stood to each expert; there is room for some more.
        self.stood = np.zeros((64, n, len(EXPERTS)), np.uint64)

    def recall(self, part: str, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What experts have heard when a part of the next event is asked for, and what speaks.

        events: the next ones (n,), of dtype `EVENT`; of them the parts before this one count.
        Returns ln(1 + count) of each expert of the part, (n, experts), and the share of each past
        event in what it says, (n_past, n, experts): 1 in sum, or 0 if it has heard nothing.
        """
        own, k = experts_of(part), len(self.past)
        stands = self._standing(own, self._words(events))
        half_life = np.array([expert.half_life for expert in EXPERTS[own]])
        weight = 0.5 ** (np.arange(k, 0, -1)[:, None, None] / half_life)
        weight = weight * (self.stood[:k, :, own] == stands)
        count = weight.sum(axis=0)
        known = count >= LEAST
        return np.where(known, np.log1p(count), 0), weight / np.where(known, count, np.inf)

    def append(self, events: np.ndarray) -> None:
        """Take note of the next event of each riff."""
        k = len(self.past)
        if k == len(self.stood):
            self.stood = np.concatenate([self.stood, np.zeros_like(self.stood)])
        now = self._words(events)
        self.stood[k] = self._standing(slice(None), now)
        self.onset = self.onset + events["step"]
        self.past.append(now)

    def _words(self, events: np.ndarray) -> dict[str, np.ndarray]:
        """What experts are told of the next events (n,)."""
        return event_words(events, self.onset + events["step"], self.bar)

    def _standing(self, own: slice, now: dict[str, np.ndarray]) -> np.ndarray:
        """How the next events stand to some experts: (n, experts), as `standing` says it.

        now: the words of these events.
        """
        known = [now, *self.past[: -1 - _FARTHEST : -1]]  # the nearest first
        before = np.full(len(now["step"]), _BEFORE)
        words = np.stack(
            [known[back][name] if back < len(known) else before for name, back in _WORDS], axis=1
        )
        number = np.zeros((len(words), len(_TOLD[own])), np.uint64)
        for word in _TOLD[own].T:  # the first words of all experts, then the second ones, …
            number = np.where(word < 0, number, rolling_hash(number, words[:, word]))
        return number
