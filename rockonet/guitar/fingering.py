"""A string and a fret for every note: the easiest path of the hand."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.common.techniques import JOINED, Technique
from rockonet.common.theory import TICKS_PER_QUARTER, chord_name
from rockonet.common.tunings import FRETS, tuning_pitches
from rockonet.dataset.events import event_pitches, onsets
from rockonet.guitar.playability import NECK, REACH, voicings
from rockonet.guitar.playable_techniques import joins, objection, possible_ways


@dataclass(frozen=True)
class Fingering:
    """A string and a fret for every note of some events.

    frets: ints (n_events, n_strings), lowest string first, −1 where a string is silent. hand:
    (n_events,), the fret under the index finger. playability: share of the events (0 to 1) for
    which the hand can stay where it is. unplayable: what stands in the way, a sentence for each
    place, with its bar counted from 1. impossible_techniques: the same of events of which the notes
    can be played, but not as they say.
    """

    frets: np.ndarray
    hand: np.ndarray
    playability: float
    unplayable: tuple[str, ...] = ()
    impossible_techniques: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """One sentence for a guitarist."""
        if self.unplayable:
            return f"unplayable: {self.unplayable[0]}"
        if self.impossible_techniques:
            return f"its notes are playable, but not as it says: {self.impossible_techniques[0]}"
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
UNJOINED_COST = 1000.0  # for a slide or legato from string to string, which nobody can play
STIFF_COST, SUPPLE = 1.0, 7  # for each fret that a string is bent nearer to the nut than that
TOO_FAST = 60.0  # frets a second: beyond that nobody gets there in time


@dataclass(frozen=True)
class HandPositions:
    """The ways to hold a chord, each with each place of the hand from which it can be reached.

    frets: ints (n_states, n_strings), −1 for a silent string. hand: (n_states,), the fret under the
    index finger. string: the lowest that sounds, counted from 0. cost: of the way itself, whatever
    is played before it.
    """

    frets: np.ndarray
    hand: np.ndarray
    string: np.ndarray
    cost: np.ndarray


# The same chords come again and again: 1.4 kB a row, 23 MB if it is full.
@functools.lru_cache(maxsize=1 << 14)
def hand_positions(ways: tuple[tuple[int, ...], ...], tuning: tuple[int, ...]) -> HandPositions:
    """The states of the hand for a chord that can be held in these ways, see `voicings`."""
    rows = []
    thin, a_string = len(tuning) - 3, len(tuning) - 5  # counted from the highest, whatever is below
    for way in ways:
        pressed = [fret for fret in way if fret > 0]
        lowest, highest = min(pressed, default=FRETS), max(pressed, default=1)
        used = [s for s, fret in enumerate(way) if fret >= 0] or [0]
        string, gaps = used[0], used[-1] - used[0] + 1 - len(used)
        treble = len(used) == 1 and string >= thin  # a melody
        pitches = [tuning[s] + way[s] for s in used]
        power = len(used) in (2, 3) and pitches[1] - pitches[0] == 7
        fixed = (OPEN_TREBLE_COST if treble else OPEN_COST) * way.count(0) + GAP_COST * gaps
        fixed += THIN_COST * max(0, string - a_string) * power
        # Somebody's own way may stretch further than `voicings` do.
        for hand in range(min(lowest, max(1, highest - REACH)), lowest + 1):
            cost = fixed + HIGH_COST * hand
            cost += STRETCH_COST * (bool(pressed) and highest - hand >= REACH)
            cost += LOW_TREBLE_COST * max(0, HOME - hand) * (treble and bool(pressed))
            rows.append((way, hand, string, cost))
    return HandPositions(*map(np.array, zip(*rows, strict=True)))


def finger(
    events: np.ndarray,
    tempo_bpm: float = 120.0,
    ticks_per_bar: int = 48,
    tuning: str | Sequence[int] = "standard",
    given_frets: Sequence[tuple[int, ...]] = (),
    frets: tuple[int, int] = NECK,
) -> Fingering:
    """The easiest way to play events: a string and a fret for each note, by dynamic programming.

    events: of dtype `EVENT`. tempo_bpm, ticks_per_bar: to know how fast the hand has to move.
    given_frets: the frets of the first events, as in `Fingering`, where somebody has chosen them:
        they are kept wherever they sound as the event does, and are not judged.
    frets: the first and last fret to be used; what cannot be played there is played elsewhere.
    A state is a voicing (`voicings`) and the place of the hand, whose index finger reaches four
    frets up. It costs to move the hand, the more the less time there is; to stretch; to play high
    up; to change strings; to leave one out within a chord; to hold what is struck again in another
    way than before; and to do what guitarists do not: power chords on thin strings, melodies on
    thin open ones. Open strings are easy else. An event without a voicing gets silent strings and
    makes the riff unplayable, as does a hand that has to move faster than 60 frets a second. Only
    ways are taken in which an event can be played as it says (`technique_ways`), if there are any;
    slides and legato stay on their string, and a slide costs nothing else.
    Raises: ValueError for an unknown tuning.
    Source: the idea of the cheapest path is that of Sayegh, 'Fingering for string instruments with
    the optimum path paradigm', 1989.
    """
    strings = tuning_pitches(tuning)
    if not len(events):
        return Fingering(np.zeros((0, len(strings)), int), np.zeros(0, int), 1.0)
    onset = onsets(events)
    bars = onset // ticks_per_bar + 1
    seconds = np.diff(onset) * 60 / tempo_bpm / TICKS_PER_QUARTER  # from each event to the next
    chords = [event_pitches(event) for event in events]
    unplayable, states, given = [], [], []
    for i, chord in enumerate(chords):
        typed = i < len(given_frets) and fits(given_frets[i], chord, strings)
        given.append(typed)
        ways = _ways(events[i], chord, strings, frets)
        if typed:
            ways = (tuple(given_frets[i]),)
        if not ways:
            unplayable.append(f"bar {bars[i]}: {chord_name(chord)} cannot be fingered")
        states.append(_states(ways, events[i], strings))
    again = [chord == before for before, chord in itertools.pairwise(chords)]
    joined = (events["technique"][1:] & JOINED).tolist()
    chosen = list(zip(states, cheapest_path(states, seconds, again, joined), strict=True))
    hand = np.array([state.hand[i] for state, i in chosen])
    held = np.array([state.frets[i] for state, i in chosen])
    moved = np.abs(np.diff(hand))
    for i in too_fast(moved, seconds):
        if not (given[i] and given[i + 1]) and not joined[i] & Technique.SLIDE:
            unplayable.append(f"bar {bars[i + 1]}: the hand jumps {moved[i]} frets too fast")
    impossible = _impossible(events, held, given, strings)
    return Fingering(
        held,
        hand,
        float((len(events) - (moved > 0).sum()) / len(events)),
        tuple(unplayable),
        tuple(f"bar {bars[i]}: {what}" for i, what in impossible if held[i].max() >= 0),
    )


def _ways(
    event: np.void, chord: tuple[int, ...], strings: tuple[int, ...], frets: tuple[int, int]
) -> tuple[tuple[int, ...], ...]:
    """The ways to hold an event: those in which it can be played as it says, or else any; those on
    the frets that are to be used, or else any."""
    played = [int(event[name]) for name in ("technique", "bend", "bent")]
    allowed = voicings(chord, strings, frets) or voicings(chord, strings)
    for ways in (allowed, voicings(chord, strings)) if any(played) else ():
        if good := possible_ways(ways, strings, *played):
            return good
    return allowed


def _states(
    ways: tuple[tuple[int, ...], ...], event: np.void, strings: tuple[int, ...]
) -> HandPositions:
    """The states of an event, with what it costs to bend strings near the nut."""
    state = hand_positions(ways or ((-1,) * len(strings),), strings)
    if not event["bent"]:
        return state
    place = np.cumsum(state.frets >= 0, axis=1) - 1  # of each string among those that sound
    bent = (state.frets >= 0) & (int(event["bent"]) >> np.maximum(place, 0) & 1 > 0)
    near = np.where(bent, np.maximum(SUPPLE - state.frets, 0), 0).sum(axis=1)
    return dataclasses.replace(state, cost=state.cost + STIFF_COST * near)


def _impossible(
    events: np.ndarray, held: np.ndarray, given: Sequence[bool], strings: tuple[int, ...]
) -> Iterator[tuple[int, str]]:
    """The places of events that cannot be played as they say, and why; held: their frets."""
    dead = events["technique"] & Technique.DEAD > 0
    sounding = np.where(dead[:, None], -1, held)
    for i in np.flatnonzero((events["technique"] > 0) | (events["bend"] > 0)).tolist():
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


def cheapest_path(
    states: Sequence[HandPositions],
    seconds: np.ndarray,
    again: Sequence[bool],
    joined: Sequence[int],
) -> list[int]:
    """The state of each event on the path that costs least, by the algorithm of Viterbi.

    seconds: (n_events − 1,) from each event to the next. again: whether the next is the same chord.
    joined: flags if it is slid, hammered or pulled to, else 0.
    """
    cost = states[0].cost + STRING_COST * states[0].string  # the hand comes from the lowest string
    choices = []  # for each state of an event, the best one of the event before
    pairs = itertools.pairwise(states)
    for (before, after), wait, same, how in zip(pairs, seconds, again, joined, strict=True):
        # Always in this order: of paths that cost the same, rounding decides which one is taken.
        total = sum(transition_costs(before, after, wait, same, how), cost[None])
        choices.append(total.argmin(axis=1))
        cost = total.min(axis=1) + after.cost
    path = [int(cost.argmin())]
    for choice in reversed(choices):
        path.append(int(choice[path[-1]]))
    return path[::-1]


def transition_costs(
    before: HandPositions, after: HandPositions, seconds: float, again: bool, joined: int
) -> list[np.ndarray]:
    """What it costs to go from each state to each of the next event: (n_after, n_before) each,
    for the hand, for the string, for another way to hold what is struck again, and for a slide or
    legato that does not stay on its string; a slide that does moves the hand for nothing."""
    moved = np.abs(after.hand[:, None] - before.hand[None])
    crossed = np.abs(after.string[:, None] - before.string[None])
    hurry = np.clip(0.25 / max(seconds, 0.02), 0.5, 4)
    costs = [SHIFT_COST * hurry * (moved + (moved > 0)), STRING_COST * crossed]
    if again:
        held_else = (after.frets[:, None] != before.frets[None]).any(axis=2)
        costs.append(AGAIN_COST * held_else)
    if joined:
        on_string = joins(before.frets, after.frets, joined)
        if joined & Technique.SLIDE:
            costs[0] = np.where(on_string, 0, costs[0])
        costs.append(UNJOINED_COST * ~on_string)
    return costs


def too_fast(moved: np.ndarray, seconds: np.ndarray) -> list[int]:
    """Where the hand cannot be in time; moved: frets from each event to the next."""
    return np.flatnonzero(moved / np.maximum(seconds, 1e-3) > TOO_FAST).tolist()
