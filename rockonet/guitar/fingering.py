"""A string and a fret for every note: the easiest path of the hand."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rockonet.common.techniques import JOINED, Technique
from rockonet.common.theory import TICKS_PER_QUARTER, chord_name
from rockonet.common.tunings import tuning_pitches
from rockonet.dataset.events import event_pitches, onsets
from rockonet.guitar.fingering_costs import (
    BEND_COST,
    SUPPLE,
    HandPositions,
    Ways,
    hand_positions,
    move_amounts,
    move_prices,
    surroundings,
    way_prices,
)
from rockonet.guitar.playability import NECK, voicings
from rockonet.guitar.playable_techniques import joins, objection, possible_ways


@dataclass(frozen=True)
class Fingering:
    """A string and a fret for every note of some events.

    frets: ints (n_events, n_strings), lowest string first, −1 where a string is silent. hand:
    (n_events,), the fret under the index finger. playability: share of the events (0 to 1) for
    which the hand can stay where it is. unplayable: what stands in the way, a sentence for each
    place, with its bar counted from 1. impossible_techniques: the same of events of which the notes
    can be played, but not as they say. cost: of everything together, see `Cost`.
    """

    frets: np.ndarray
    hand: np.ndarray
    playability: float
    unplayable: tuple[str, ...] = ()
    impossible_techniques: tuple[str, ...] = ()
    cost: float = 0.0

    @property
    def verdict(self) -> str:
        """One sentence for a guitarist."""
        if self.unplayable:
            return f"unplayable: {self.unplayable[0]}"
        if self.impossible_techniques:
            return f"its notes are playable, but not as it says: {self.impossible_techniques[0]}"
        return f"playable; the hand stays where it is for {self.playability:.0%} of the notes"


TOO_FAST = 60.0  # frets a second: beyond that nobody gets there in time
IMPOSSIBLE_COST = 1000.0  # for such a move, and for a slide or legato from string to string
OTHERWISE = 3.0  # for each event of a figure that is held as it mostly is not
UNLIKE = 2.0  # for each event that is held as in a fingering that is not wanted again


def finger(
    events: np.ndarray,
    tempo_bpm: float = 120.0,
    ticks_per_bar: int = 48,
    tuning: str | Sequence[int] = "standard",
    given_frets: Sequence[tuple[int, ...]] = (),
    frets: tuple[int, int] = NECK,
    unlike: Sequence[Fingering] = (),
) -> Fingering:
    """The easiest way to play events: a string and a fret for each note, by dynamic programming.

    events: of dtype `EVENT`. tempo_bpm, ticks_per_bar: to know how fast the hand has to move.
    given_frets: the frets of the first events, as in `Fingering`, where somebody has chosen them:
        they are kept wherever they sound as the event does, and are not judged.
    frets: the first and last fret to be used; what cannot be played there is played elsewhere.
    unlike: fingerings of these events that are not wanted: another is found, if there is one.
    A state is a voicing (`voicings`) and the place of the hand, whose index finger reaches four
    frets up; what a path of them costs, and why, stands in fingering_costs.py. A second path holds
    figures that come back as the first mostly does. An event without a voicing gets silent strings
    and makes the riff unplayable, as does a hand that has to move faster than 60 frets a second.
    Events are played as they say (`technique_ways`), if that is possible; a slide costs nothing.
    Raises: ValueError for an unknown tuning.
    Source: the idea of the cheapest path is that of Sayegh, 'Fingering for string instruments with
    the optimum path paradigm', 1989.
    """
    strings = tuning_pitches(tuning)
    if not len(events):
        return Fingering(np.zeros((0, len(strings)), int), np.zeros(0, int), 1.0)
    onset = onsets(events)
    bars, seconds = onset // ticks_per_bar + 1, onset * 60 / tempo_bpm / TICKS_PER_QUARTER
    chords = [event_pitches(event) for event in events]
    unplayable, ways, given = [], [], []
    for i, chord in enumerate(chords):
        given.append(i < len(given_frets) and fits(given_frets[i], chord, strings))
        found = (tuple(given_frets[i]),) if given[i] else _ways(events[i], chord, strings, frets)
        if not found:
            unplayable.append(f"bar {bars[i]}: {chord_name(chord)} cannot be fingered")
        ways.append(found or ((-1,) * len(strings),))
    states = [hand_positions(found, strings) for found in ways]
    costs = way_costs(events, chords, states, seconds, strings)
    moves = move_costs(events, ways, np.diff(seconds), strings)
    avoided = _away_from(unlike, costs, states)
    path = cheapest_path(avoided, moves)
    path = cheapest_path(_as_mostly(path, avoided, states, chords), moves)
    hand, held = (np.array([getattr(s, name)[i] for s, i in zip(states, path, strict=True)])
                  for name in ("hand", "frets"))  # fmt: skip
    moved = np.abs(np.diff(hand))
    sliding = events["technique"][1:] & Technique.SLIDE > 0
    for i, (far, time) in enumerate(zip(moved.tolist(), np.diff(seconds).tolist(), strict=True)):
        if far > reachable(time) and not (given[i] and given[i + 1]) and not sliding[i]:
            unplayable.append(f"bar {bars[i + 1]}: the hand jumps {moved[i]} frets too fast")
    impossible = _impossible(events, held, given, strings)
    return Fingering(
        held,
        hand,
        float((len(events) - (moved > 0).sum()) / len(events)),
        tuple(unplayable),
        tuple(f"bar {bars[i]}: {what}" for i, what in impossible),
        cost=path_cost(path, costs, moves),
    )


def _away_from(
    unlike: Sequence[Fingering], costs: Sequence[np.ndarray], states: Sequence[HandPositions]
) -> Sequence[np.ndarray]:
    """The costs of states, and more for what is held as in fingerings that are not wanted."""
    for other in unlike:
        same = [(s.frets == row).all(axis=1) for s, row in zip(states, other.frets, strict=True)]
        costs = [cost + UNLIKE * held for cost, held in zip(costs, same, strict=True)]
    return costs


def _as_mostly(
    path: Sequence[int],
    costs: Sequence[np.ndarray],
    states: Sequence[HandPositions],
    chords: Sequence[tuple[int, ...]],
) -> list[np.ndarray]:
    """The costs of states, and more for what a path holds elsewhere otherwise: a figure that comes
    back is held as it mostly is, where the same chord stands between the same ones."""
    between = list(zip([(), *chords[:-1]], chords, [*chords[1:], ()], strict=True))
    votes: dict[tuple, Counter[bytes]] = defaultdict(Counter)
    for key, state, i in zip(between, states, path, strict=True):
        votes[key][state.frets[i].tobytes()] += 1
    found = []
    for key, state, cost in zip(between, states, costs, strict=True):
        if len(votes[key]) > 1:
            mostly = np.frombuffer(votes[key].most_common(1)[0][0], state.frets.dtype)
            cost = cost + OTHERWISE * (state.frets != mostly).any(axis=1)
        found.append(cost)
    return found


def fingerings(events: np.ndarray, n: int = 3, **known: Any) -> list[Fingering]:
    """The n best ways to play events that differ from one another, the cheapest first.

    Each holds at least half of the events otherwise than every one before it does; there may be
    fewer than n. known: what else `finger` takes.
    Raises: as `finger`.
    """
    found: list[Fingering] = []
    while len(found) < n:
        another = finger(events, unlike=found, **known)
        same = [(another.frets == other.frets).all(axis=1).mean() for other in found]
        if found and max(same) > 0.5:
            break
        found.append(another)
    return found


def _ways(
    event: np.void, chord: tuple[int, ...], strings: tuple[int, ...], frets: tuple[int, int]
) -> Ways:
    """The ways to hold an event: those in which it can be played as it says, or else any; those on
    the frets that are to be used, or else any."""
    played = [int(event[name]) for name in ("technique", "bend", "bent")]
    allowed = voicings(chord, strings, frets) or voicings(chord, strings)
    for ways in (allowed, voicings(chord, strings)) if any(played) else ():
        if good := possible_ways(ways, strings, *played):
            return good
    return allowed


def way_costs(
    events: np.ndarray,
    chords: Sequence[tuple[int, ...]],
    states: Sequence[HandPositions],
    seconds: np.ndarray,
    strings: tuple[int, ...],
) -> list[np.ndarray]:
    """What each state of each event costs by itself: (n_states,) each; seconds: when it begins."""
    prices = way_prices(surroundings(chords, seconds, strings))
    costs = [state.amounts @ price for state, price in zip(states, prices, strict=True)]
    for i in np.flatnonzero(events["bent"]).tolist():
        frets = states[i].frets
        place = np.cumsum(frets >= 0, axis=1) - 1  # of each string among those that sound
        bent = (frets >= 0) & (int(events["bent"][i]) >> np.maximum(place, 0) & 1 > 0)
        near = np.where(bent, np.maximum(SUPPLE - frets, 0), 0).sum(axis=1)
        costs[i] = costs[i] + BEND_COST.value * near
    return costs


def move_costs(
    events: np.ndarray, ways: Sequence[Ways], wait: np.ndarray, strings: tuple[int, ...]
) -> list[np.ndarray]:
    """What it costs to go from each state to each of the next event: (n_after, n_before) each.

    wait: seconds from each event to the next. A slide on its string moves the hand for nothing.
    """
    costs = []
    joined = (events["technique"][1:] & JOINED).tolist()
    pairs = itertools.pairwise(ways)
    prices = move_prices(wait)
    for (before, after), price, time, how in zip(pairs, prices, wait, joined, strict=True):
        cost = np.tensordot(price, move_amounts(before, after, strings), 1)
        old, new = (hand_positions(found, strings) for found in (before, after))
        moved = np.abs(new.hand[:, None] - old.hand)
        cost = cost + IMPOSSIBLE_COST * (moved > reachable(time))
        if how:
            on_string = joins(old.frets, new.frets, how)
            if how & Technique.SLIDE:
                cost = np.where(on_string, 0, cost)
            cost = cost + IMPOSSIBLE_COST * ~on_string
        costs.append(cost)
    return costs


def _impossible(
    events: np.ndarray, held: np.ndarray, given: Sequence[bool], strings: tuple[int, ...]
) -> Iterator[tuple[int, str]]:
    """The places of events that cannot be played as they say, and why; held: their frets.

    Of what no hand holds at all nothing is said here.
    """
    dead = events["technique"] & Technique.DEAD > 0
    sounding = np.where(dead[:, None], -1, held)
    played = (events["technique"] > 0) | (events["bend"] > 0)
    for i in np.flatnonzero(played & (held.max(axis=1) >= 0)).tolist():
        technique, bend, bent = (int(events[i][name]) for name in ("technique", "bend", "bent"))
        why = "" if given[i] else objection(tuple(held[i].tolist()), strings, technique, bend, bent)
        if why:
            yield i, why
        elif technique & JOINED and not (given[i] and i and given[i - 1]):
            on_string = i and joins(sounding[[i - 1]], held[[i]], technique)[0, 0]
            how = "slid" if technique & Technique.SLIDE else "hammered or pulled"
            if not on_string:
                yield i, f"nothing is {how} to from another string"


def fits(way: Sequence[int], pitches: tuple[int, ...], tuning: Sequence[int]) -> bool:
    """Whether frets, −1 for a silent string, sound just these pitches, on two strings or on one."""
    held = {string + fret for string, fret in zip(tuning, way, strict=False) if fret >= 0}
    return len(way) == len(tuning) and held == set(pitches)


def cheapest_path(costs: Sequence[np.ndarray], moves: Sequence[np.ndarray]) -> list[int]:
    """The state of each event on the path that costs least, by the algorithm of Viterbi.

    costs: of each event's states, (n_states,). moves: from each event's states to each of the
        next, (n_after, n_before).
    """
    cost, choices = costs[0], []
    for after, move in zip(costs[1:], moves, strict=True):
        total = move + cost
        choices.append(total.argmin(axis=1))  # for each state, the best one of the event before
        cost = total.min(axis=1) + after
    path = [int(cost.argmin())]
    for choice in reversed(choices):
        path.append(int(choice[path[-1]]))
    return path[::-1]


def path_cost(
    path: Sequence[int], costs: Sequence[np.ndarray], moves: Sequence[np.ndarray]
) -> float:
    """What a path of states costs, see `cheapest_path`."""
    held = sum(float(cost[i]) for cost, i in zip(costs, path, strict=True))
    pairs = zip(moves, itertools.pairwise(path), strict=True)
    return held + sum(float(move[j, i]) for move, (i, j) in pairs)


def reachable(seconds: float) -> float:
    """How many frets away a hand can be in time."""
    return TOO_FAST * max(seconds, 1e-3)
