"""What may come next: chords a hand can play, in the scale, not repeated, not copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.dataset.events import EVENT
from rockonet.generation.originality import DISTINCT_INTERVALS, CopyIndex, interval_tokens
from rockonet.guitar.playability import playable_chords

MAX_REPEATS = 32


@dataclass
class Constraints:
    """What may come next in riffs that are made side by side, and how one of it is drawn.

    limits: arguments of `playable_chords`, without the shapes. sampler: `sample` with its settings.
    rngs: one for each riff. index, max_copied, max_repeats: see `generate`.
    """

    limits: tuple
    sampler: Callable[..., np.ndarray]
    rngs: list[np.random.Generator]
    index: CopyIndex | None
    max_copied: int
    max_repeats: int

    def start(self, shapes: Sequence[int], prompt: np.ndarray) -> None:
        """Before the first new event: the shapes of the vocabulary, and what was given."""
        self.shapes = tuple(shapes)
        self.playable = playable_chords(self.shapes, *self.limits)
        self.last = np.zeros(len(self.rngs), EVENT)
        self.repeats = np.zeros(len(self.rngs), int)
        for event in prompt:
            self.append(np.repeat(event, len(self.rngs)))
        self.tokens: list[list[int]] = [[] for _ in self.rngs]
        self.new = 0

    def allowed_chords(self, steps: np.ndarray) -> np.ndarray:
        """Which chords each riff may play after a step in ticks: bools (n, 128, n_shapes)."""
        allowed = np.repeat(self.playable[None], len(self.rngs), axis=0)
        for i in np.flatnonzero(self.repeats >= self.max_repeats):
            shape = int(self.last["shape"][i])
            if shape in self.shapes:
                allowed[i, self.last["bass"][i], self.shapes.index(shape)] = False
        for i, tokens in enumerate(self.tokens if self.index else ()):
            for token in self._too_much(tokens):
                bass = int(self.last["bass"][i]) + (token >> 32) - 128
                if token & 0xFFFFFFFF == steps[i] and 0 <= bass < 128:
                    allowed[i, bass] = False
        none = ~allowed.any(axis=(1, 2))
        allowed[none] = self.playable  # a scale of one note has to be repeated
        return allowed

    def _too_much(self, tokens: list[int]) -> set[int]:
        """The tokens with which a riff would copy more than it may.

        A run counts from its fourth interval on (`originality`), which may lie further back than
        `max_copied` events: as long as it stands in the songs, it is followed back to there.
        """
        back = self.max_copied - 1  # tokens, one less than the events between which they lie
        if len(tokens) < back:
            return set()
        run = tokens[len(tokens) - back :]
        places, kinds, found = self.index.after(run), {token >> 32 for token in run}, set()
        while len(places):
            following = set(self.index.tokens[places].tolist()) - {-1}
            found |= {t for t in following if len(kinds | {t >> 32}) >= DISTINCT_INTERVALS}
            back += 1
            if len(kinds) >= DISTINCT_INTERVALS or back > len(tokens):
                break
            places = places[places >= back]
            places = places[self.index.tokens[places - back] == tokens[-back]]
            kinds.add(tokens[-back] >> 32)
        return found

    def draw(self, odds: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """Draw one of the allowed codes for each riff: odds and bools (n, n_codes); ints (n,)."""
        odds = np.where(allowed, np.maximum(odds, 1e-30), 0.0)
        chance = np.array([rng.random() for rng in self.rngs])
        return self.sampler(odds / odds.sum(axis=1, keepdims=True), chance=chance)

    def append(self, events: np.ndarray, new: bool = False) -> None:
        """Take note of the next event of each riff."""
        same = (events["bass"] == self.last["bass"]) & (events["shape"] == self.last["shape"])
        self.repeats = np.where(same, self.repeats + 1, 1)
        if new and self.new:
            pairs = np.stack([self.last, events], axis=1)
            for tokens, pair in zip(self.tokens, pairs, strict=True):
                tokens.append(int(interval_tokens(pair)[1]))
        self.new = self.new + 1 if new else 0
        self.last = events
