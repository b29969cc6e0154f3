"""A string and a fret for every note: the easiest path of the hand."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.common.theory import TICKS_PER_QUARTER, chord_name
from rockonet.common.tunings import FRETS, tuning_pitches
from rockonet.dataset.events import event_pitches, onsets
from rockonet.guitar.playability import NECK, REACH, voicings


@dataclass(frozen=True)
class Fingering:
    """A string and a fret for every note of some events.

    frets: ints (n_events, 6), lowest string first, −1 where a string is silent. hand: (n_events,),
    the fret under the index finger. playability: share of the events (0 to 1) for which the hand
    can stay where it is. unplayable: what stands in the way, a sentence for each
    place, with its bar counted from 1.
    """

    frets: np.ndarray
    hand: np.ndarray
    playability: float
    unplayable: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """One sentence for a guitarist."""
        if self.unplayable:
            return f"unplayable: {self.unplayable[0]}"
        return f"playable; the hand stays where it is for {self.playability:.0%} of the notes"


# Costs of a fingering, in frets that the hand moves. They were chosen on every other riff of
# data/riff_book, whose strings were written by hand; a test compares with all of them.
SHIFT_COST, STRING_COST = 1.0, 0.1  # for a move and each of its frets, for a string crossed
HIGH_COST, STRETCH_COST = 0.2, 1.8  # for each fret up the neck, for a fifth fret under the hand
OPEN_COST = -1.0  # for an open string; but a melody avoids the open strings and the first frets of
OPEN_TREBLE_COST, LOW_TREBLE_COST = 0.6, 0.3  # the three thin ones, where no note can be bent
HOME = 5  # the fret from which on a melody is at home there
THIN_COST = 4.0  # for a power chord, for each string that its root lies above the A string
GAP_COST = 6.0  # for a string between those of a chord that must not sound
AGAIN_COST = 8.0  # for a chord that is struck again, if it is held in another way than before
TOO_FAST = 60.0  # frets a second: beyond that nobody gets there in time


@dataclass(frozen=True)
class HandPositions:
    """Ways to hold a chord: its frets, the fret under the index finger, a string, a cost."""

    frets: np.ndarray
    hand: np.ndarray
    string: np.ndarray
    cost: np.ndarray


@functools.lru_cache(maxsize=1 << 14)
def hand_positions(ways: tuple[tuple[int, ...], ...], tuning: tuple[int, ...]) -> HandPositions:
    rows = []
    for way in ways:
        pressed = [fret for fret in way if fret > 0]
        lowest, highest = min(pressed, default=FRETS), max(pressed, default=1)
        used = [s for s, fret in enumerate(way) if fret >= 0] or [0]
        string, gaps = used[0], used[-1] - used[0] + 1 - len(used)
        treble = len(used) == 1 and string > 2  # a melody on the thin strings
        pitches = [tuning[s] + way[s] for s in used]
        power = len(used) in (2, 3) and pitches[1] - pitches[0] == 7
        fixed = (OPEN_TREBLE_COST if treble else OPEN_COST) * way.count(0) + GAP_COST * gaps
        fixed += THIN_COST * max(0, string - 1) * power
        for hand in range(max(1, highest - REACH), lowest + 1):
            cost = fixed + HIGH_COST * hand
            cost += STRETCH_COST * (bool(pressed) and highest - hand == REACH)
            cost += LOW_TREBLE_COST * max(0, HOME - hand) * (treble and bool(pressed))
            rows.append((way, hand, string, cost))
    kinds = list(zip(*rows, strict=True))
    return HandPositions(*map(np.array, kinds))


def finger(
    events: np.ndarray,
    tempo_bpm: float = 120.0,
    ticks_per_bar: int = 48,
    tuning: str | Sequence[int] = "standard",
    held: Sequence[tuple[int, ...]] = (),
    frets: tuple[int, int] = NECK,
) -> Fingering:
    """The easiest way to play events: a string and a fret for each note, by dynamic programming.

    events: of dtype `EVENT`. tempo_bpm, ticks_per_bar: to know how fast the hand has to move.
    held: the frets of the first events, as in `Fingering`, where somebody has chosen them.
    frets: the first and last fret to be used; what cannot be played there is played elsewhere.
    A state is a voicing (`voicings`) and the place of the hand, whose index finger reaches four
    frets up. It costs to move the hand, the more the less time there is; to stretch; to play high
    up; to change strings; to leave one out within a chord; to hold what is struck again in another
    way than before; and to do what guitarists do not:
    power chords on thin strings, melodies on thin open ones. Open strings are easy else. An event
    without a voicing gets silent strings and makes the riff unplayable, as does a hand that has to
    move faster than 60 frets a second.
    Source: the idea of the cheapest path is that of Sayegh, 'Fingering for string instruments with
    the optimum path paradigm', 1989.
    Notebook: 04.
    """
    tuning = tuning_pitches(tuning)
    onset = onsets(events)
    seconds = np.diff(onset, prepend=onset[:1]) * 60 / tempo_bpm / TICKS_PER_QUARTER
    silent = (-1,) * len(tuning)
    problems, rows, back = [], [], []
    cost = np.zeros(1)
    where = np.zeros((1, 2))  # hand and string of each state of the event before
    before: tuple[int, ...] | None = None  # its pitches
    for event, wait in zip(events, seconds, strict=True):
        bar = int(onset[len(rows)]) // ticks_per_bar + 1
        pitches = event_pitches(event)
        ways = voicings(pitches, tuning, frets) or voicings(pitches, tuning)
        if len(rows) < len(held) and held[len(rows)] in ways:
            ways = (held[len(rows)],)
        if not ways:
            problems.append(f"bar {bar}: {chord_name(pitches)} cannot be fingered")
        states = hand_positions(ways or (silent,), tuning)
        rows.append(states)
        own = states.cost
        moved = np.abs(states.hand[:, None] - where[None, :, 0])
        if len(back) == 0:
            moved[:] = 0
        jumped = np.abs(states.string[:, None] - where[None, :, 1])
        hurry = np.clip(0.25 / max(wait, 0.02), 0.5, 4)
        price = cost[None] + SHIFT_COST * hurry * (moved + (moved > 0)) + STRING_COST * jumped
        if pitches == before:
            held_else = (states.frets[:, None] != rows[-2].frets[None]).any(axis=2)
            price = price + AGAIN_COST * held_else
        before = pitches
        back.append(price.argmin(axis=1))
        cost = price.min(axis=1) + own
        where = np.stack([states.hand, states.string], axis=1)
    if not rows:
        return Fingering(np.zeros((0, 6), int), np.zeros(0, int), 1.0)
    chosen = [int(cost.argmin())]
    for choice in reversed(back[1:]):
        chosen.append(int(choice[chosen[-1]]))
    chosen.reverse()
    hand = np.array([states.hand[i] for states, i in zip(rows, chosen, strict=True)])
    speed = np.abs(np.diff(hand)) / np.maximum(seconds[1:], 1e-3)
    for i in np.flatnonzero(speed > TOO_FAST):
        bar = int(onset[i + 1]) // ticks_per_bar + 1
        problems.append(f"bar {bar}: the hand jumps {abs(hand[i + 1] - hand[i])} frets too fast")
    return Fingering(
        np.array([states.frets[i] for states, i in zip(rows, chosen, strict=True)]),
        hand,
        float((len(events) - (speed > 0).sum()) / len(events)),
        tuple(problems),
    )
