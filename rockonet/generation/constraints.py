"""What may come next: chords and techniques a hand can play, in the scale, not copied."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.common.arguments import check_count, check_frets
from rockonet.common.techniques import JOINED, Technique
from rockonet.dataset.events import EVENT, event_pitches
from rockonet.generation.originality import (
    WARN_COPIED,
    CopyIndex,
    interval_tokens,
    token_interval,
    token_step,
)
from rockonet.guitar.fingering import fits
from rockonet.guitar.playability import NECK
from rockonet.guitar.playable_techniques import Way, technique_ways
from rockonet.guitar.riff import Riff
from rockonet.training.riff_vocabulary import set_manners

MAX_REPEATS = 32


@dataclass(frozen=True)
class Limits:
    """What `generate` keeps to besides its arguments; few have to change it.

    frets: the lowest and the highest that may be used; 0 are the open strings.
    polyphony: a chord has at most so many notes, 1 or more. revoice: a prompt that cannot be
        fingered is changed as little as possible; else it is refused.
    max_copied: at most so many new events in a row stand in the songs that `generate` is given as
        `training` (see `originality`), 1 or more.
    events: stop after so many new events, if that comes before the end of the last bar; 1 or more.
    Raises: ValueError for what cannot be.
    """

    frets: tuple[int, int] = NECK
    polyphony: int = 6
    revoice: bool = True
    max_copied: int = WARN_COPIED - 1
    events: int | None = None

    def __post_init__(self) -> None:
        check_frets(self.frets)
        check_count("polyphony", self.polyphony)
        check_count("max_copied", self.max_copied)
        if self.events is not None:
            check_count("events", self.events)


def chosen_techniques(techniques: str | Technique | Iterable[Technique]) -> Technique:
    """The flags that may be played: "as learned" are all, "none" are none; else it says which.

    Raises: ValueError for something else.
    """
    named = {"as learned": ~Technique(0), "none": Technique(0)}
    if isinstance(techniques, str) and techniques in named:
        return named[techniques]
    several = isinstance(techniques, Iterable) and not isinstance(techniques, (str, Technique))
    flags = list(techniques) if several else [techniques]
    if not all(isinstance(flag, Technique) for flag in flags):
        raise ValueError(
            "techniques must be 'as learned', 'none' or a set like {ru.Technique.PALM_MUTE}, not "
            f"{techniques!r}."
        )
    return functools.reduce(operator.or_, flags, Technique(0))


class TechniqueConstraints:
    """How the next event may be played in riffs that are made side by side.

    manners: those of the vocabulary, the plain one first. chosen: the flags that may occur.
    prompt: the riff that all of them begin with. n: how many riffs. classes: the pitch classes that
    a bend may end on; one by an odd number of quarter tones ends between them.
    What is hammered, or slid to, stays on the string of the event before it. So for each riff is
    kept in which ways its last event can be held. Each new event has to be told: `append` it.
    """

    def __init__(
        self,
        manners: Sequence[int],
        chosen: Technique,
        prompt: Riff,
        n: int,
        classes: Collection[int] = range(12),
    ):
        played = np.zeros(len(manners), EVENT)
        set_manners(played, np.array(manners))
        self.kinds = [_kind(event) for event in played]
        self.chosen = np.array([not flags & ~int(chosen) for flags, _, _ in self.kinds])
        self.tuning, self.frets, self.classes = prompt.open_strings, prompt.frets, classes
        ways: tuple[Way, ...] = ()
        typed = itertools.chain(prompt.given_frets, itertools.repeat(()))
        for event, given in zip(prompt.events, typed, strict=False):
            ways = self._ways(event_pitches(event), _kind(event), ways)
            if fits(given, event_pitches(event), self.tuning):  # it was typed so
                ways = (given,) if given in ways else ()
        self.ways = [ways] * n
        self.row = functools.cache(self._row)

    def allowed(self, events: np.ndarray) -> np.ndarray:
        """Which of the manners events (n,) may be played in: bools (n, n_manners)."""
        chords = map(event_pitches, events)
        return np.stack([self.row(*place) for place in zip(chords, self.ways, strict=True)])

    def _row(self, pitches: tuple[int, ...], before: tuple[Way, ...]) -> np.ndarray:
        """Which of the manners a chord may be played in after an event held in one of these ways.

        Nothing else is asked for so often, and mostly it was asked for before: `row` remembers it.
        """
        allowed = self.chosen.copy()
        for i in np.flatnonzero(allowed[1:]) + 1:
            ends_well = self._ends_in_scale(pitches, *self.kinds[i][1:])
            allowed[i] = ends_well and bool(self._ways(pitches, self.kinds[i], before))
        return allowed

    def _ends_in_scale(self, pitches: tuple[int, ...], bend: int, bent: int) -> bool:
        ends = [p + bend // 2 for i, p in enumerate(pitches) if bent >> i & 1]
        return bend % 2 == 1 or all(pitch % 12 in self.classes for pitch in ends)

    def append(self, events: np.ndarray) -> None:
        """Take note of the next event of each riff: (n,) of dtype `EVENT`."""
        self.ways = [
            self._ways(event_pitches(event), _kind(event), before)
            for event, before in zip(events, self.ways, strict=True)
        ]

    def _ways(
        self, pitches: tuple[int, ...], kind: tuple[int, int, int], before: tuple[Way, ...]
    ) -> tuple[Way, ...]:
        before = before if kind[0] & JOINED else ()  # nothing else looks back
        return technique_ways(pitches, *kind, before, self.tuning, self.frets)


def _kind(event: np.void) -> tuple[int, int, int]:
    return int(event["technique"]), int(event["bend"]), int(event["bent"])


class Constraints:
    """Which chords may come next in riffs that are made side by side.

    shapes: those of the vocabulary. playable: which chords the guitar and the scale allow, bools
        (128, n_shapes), see `playable_chords`. n: how many riffs. prompt: the events that all of
        them begin with. max_repeats: how often a chord may be played in a row. index, max_copied:
        of which songs no more than so many events in a row may be copied, if there is an index.
    Each new event has to be told: `append` it.
    """

    def __init__(
        self,
        shapes: Sequence[int],
        playable: np.ndarray,
        n: int,
        prompt: np.ndarray,
        max_repeats: int,
        index: CopyIndex | None,
        max_copied: int,
    ):
        self.n, self.shapes, self.playable = n, tuple(shapes), playable
        self.max_repeats, self.index, self.max_copied = max_repeats, index, max_copied
        # What changes with every event: the last one of each riff, how often it came in a row, and
        # the intervals between its new events.
        self.last = np.zeros(n, EVENT)
        self.repeats = np.zeros(n, int)
        self.tokens: list[list[int]] = [[] for _ in range(n)]
        for event in prompt:
            self._set_last(np.repeat(event, n))
        self.last_is_new = False

    def allowed_chords(self, steps: np.ndarray) -> np.ndarray:
        """Which chords each riff may play after a step in ticks: bools (n, 128, n_shapes)."""
        allowed = np.repeat(self.playable[None], self.n, axis=0)
        for i in np.flatnonzero(self.repeats >= self.max_repeats).tolist():
            shape = int(self.last["shape"][i])
            if shape in self.shapes:
                allowed[i, self.last["bass"][i], self.shapes.index(shape)] = False
        if self.index is not None:
            for i, tokens in enumerate(self.tokens):
                for token in self.index.copying_tokens(tokens, self.max_copied):
                    bass = int(self.last["bass"][i]) + token_interval(token)
                    if token_step(token) == steps[i] and 0 <= bass < 128:
                        allowed[i, bass] = False
        nothing = ~allowed.any(axis=(1, 2))
        allowed[nothing] = self.playable  # a scale of one note has to be repeated
        return allowed

    def append(self, events: np.ndarray) -> None:
        """Take note of the next new event of each riff: (n,) of dtype `EVENT`."""
        if self.last_is_new:  # an interval counts if both of its ends are new
            new_tokens = interval_tokens(np.stack([self.last, events]))[1]
            for tokens, token in zip(self.tokens, new_tokens.tolist(), strict=True):
                tokens.append(token)
        self._set_last(events)
        self.last_is_new = True

    def _set_last(self, events: np.ndarray) -> None:
        same = (events["bass"] == self.last["bass"]) & (events["shape"] == self.last["shape"])
        self.repeats = np.where(same, self.repeats + 1, 1)
        self.last = events
