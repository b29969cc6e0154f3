"""What a fingering costs: every cost with its unit, and why a guitarist pays it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rockonet.guitar.playability import REACH

Ways = tuple[tuple[int, ...], ...]  # as `voicings` gives them


class Cost(NamedTuple):
    """What is paid, for what, and why; 1 is about a fret that the hand moves without haste."""

    value: float
    unit: str
    why: str


SURROUNDINGS = (
    "lowest note",
    "register",
    "time",
    "leaps",
    "steps",
    "thin open strings",
    "open strings",
    "single notes",
)
NEAR, AROUND = 8, 32  # events before and after: the first two look near by, the others around
OPEN_HANDS = 15  # over an open string the hand may be anywhere up to here

# Of how an event is held. A note alone, a melody, is another thing than a chord.
WAY_COSTS: dict[str, Cost] = {
    "open thin string": Cost(
        1.00,
        "an open string of the three thin ones, a note alone",
        "it cannot be bent or damped, and rings on",
    ),
    "open thick string": Cost(
        -0.25, "an open string of the thick ones, a note alone", "the free hand can move meanwhile"
    ),
    "open string in a chord": Cost(-0.18, "an open string of a chord", "it needs no finger"),
    "up the neck, note": Cost(
        0.15, "five frets up the neck, a note alone", "the frets get narrow, the tone dull"
    ),
    "chord beyond fret 6": Cost(
        0.46, "five more frets beyond the sixth, a chord", "there is little room for four fingers"
    ),
    "first position": Cost(-0.88, "a hand at the first fret", "everybody's first songs lie there"),
    "thin string near the nut": Cost(
        1.23, "five frets below the fifth, on a thin string", "strings are stiff there"
    ),
    "stretch": Cost(3.41, "a fifth fret under the hand", "it has four fingers"),
    "little finger": Cost(1.90, "a fourth fret under the hand", "the little finger is weak"),
    "gap": Cost(
        1.35, "a string between those of a chord that must not sound", "it has to be damped"
    ),
    "power chord elsewhere": Cost(
        1.52,
        "a string above the A string or between root and fifth",
        "its place is low, side by side",
    ),
    "thinner string, note": Cost(
        -0.32, "five strings up, a note alone", "thick strings sound thick"
    ),
    "index finger": Cost(-0.58, "a note alone under the index finger", "it leads the hand"),
    "open string far from the nut": Cost(
        1.36,
        "an open string, each five frets that the hand is above the fifth",
        "it sounds unlike its neighbours",
    ),
    "open and fretted": Cost(
        1.00, "a chord with open and pressed strings", "no shape that can be moved"
    ),
    "string below the E": Cost(
        2.00, "a string below the E string, of seven or eight", "six strings first"
    ),
}

# What is played around makes a cost higher or lower: the position of a phrase follows from it.
SURROUNDED_COSTS: dict[tuple[str, str], Cost] = {
    ("open thin string", "register"): Cost(
        2.18,
        "for each octave that the notes near by lie higher",
        "a high line is sung on pressed strings",
    ),
    ("open thin string", "time"): Cost(
        -0.50, "for each quarter second more between events", "slow notes may ring on"
    ),
    ("open thin string", "leaps"): Cost(
        -1.33, "for half of the notes around being leaps", "an arpeggio rings from string to string"
    ),
    ("up the neck, note", "lowest note"): Cost(
        0.13,
        "for each octave that the lowest note near by lies higher",
        "a high line has the thin strings for itself",
    ),
    ("up the neck, note", "register"): Cost(
        0.12,
        "for each octave that the notes near by lie higher",
        "a low line climbs the thick strings, a high one need not",
    ),
    ("up the neck, note", "leaps"): Cost(
        -0.28,
        "for half of the notes around being leaps",
        "leaps go across the strings of one position",
    ),
    ("up the neck, note", "steps"): Cost(
        -0.30,
        "for half of the notes around being steps",
        "a lead in steps is at home in the middle of the neck",
    ),
    ("up the neck, note", "single notes"): Cost(
        0.09,
        "for half of the events around being single notes",
        "between chords a melody is played from their barre",
    ),
    ("first position", "thin open strings"): Cost(
        -0.51,
        "for a third of the notes around being those of thin open strings",
        "open strings ring where the hand is at the nut",
    ),
    ("thin string near the nut", "leaps"): Cost(
        -1.29, "for half of the notes around being leaps", "broken chords lie at the nut"
    ),
    ("thin string near the nut", "single notes"): Cost(
        0.71, "for half of the events around being single notes", "a lead avoids the stiff end"
    ),
    ("little finger", "lowest note"): Cost(
        -0.58,
        "for each octave that the lowest note near by lies higher",
        "up there the frets are narrow",
    ),
    ("little finger", "leaps"): Cost(
        0.78, "for half of the notes around being leaps", "in leaps it comes late"
    ),
    ("little finger", "steps"): Cost(
        -0.24, "for half of the notes around being steps", "a scale uses all four fingers"
    ),
    ("little finger", "thin open strings"): Cost(
        0.71,
        "for a third of the notes around being those of thin open strings",
        "beside open strings three fingers do",
    ),
    ("little finger", "open strings"): Cost(
        0.82,
        "for half of the notes around being those of open strings",
        "beside open strings three fingers do",
    ),
    ("gap", "register"): Cost(
        -1.12,
        "for each octave that the notes near by lie higher",
        "thin strings are plucked, not strummed",
    ),
    ("gap", "thin open strings"): Cost(
        -1.12,
        "for a third of the notes around being those of thin open strings",
        "a picked pattern leaves strings out",
    ),
}

# Of going on from one event to the next.
MOVE_COSTS: dict[str, Cost] = {
    "move": Cost(1.74, "a move of the hand", "it has to let go and find its place again"),
    "move in haste": Cost(
        0.47, "a move, times the haste", "in a fast run the hand stays in position"
    ),
    "fret": Cost(0.64, "a fret that it moves", "the further, the riskier"),
    "far": Cost(
        -0.42, "a fret beyond the fifth of a move", "once it flies, the distance matters less"
    ),
    "string crossed": Cost(0.55, "a string crossed", "the pick has to jump"),
    "held otherwise": Cost(
        3.40, "a chord struck again in another way", "what is struck again stays held"
    ),
    "finger kept": Cost(-0.31, "a string that goes on at its fret", "fingers that can stay do"),
    "to or from the nut in haste": Cost(
        0.47,
        "a move from or to the first two frets, times the haste",
        "open position and the neck are two worlds",
    ),
}

BEND_COST = Cost(
    1.0, "a fret that a string is bent nearer to the nut than that", "it is stiff there"
)
SUPPLE = 7  # the fret from which on a string is easily bent


@dataclass(frozen=True)
class HandPositions:
    """The ways to hold a chord, each with each place of the hand from which it can be reached.

    frets: ints (n_states, n_strings), −1 for a silent string. hand: (n_states,), the fret under the
    index finger. string: the lowest that sounds, counted from 0. amounts: (n_states,
    `WAY_COSTS`), how much there is to pay of each, whatever is played before it.
    """

    frets: np.ndarray
    hand: np.ndarray
    string: np.ndarray
    amounts: np.ndarray


@functools.lru_cache(maxsize=1 << 14)
def hand_positions(ways: Ways, tuning: tuple[int, ...]) -> HandPositions:
    """The states of the hand for a chord that can be held in these ways, see `voicings`."""
    rows = []
    for way in ways:
        pressed = [fret for fret in way if fret > 0]
        first = min(min(pressed), max(1, max(pressed) - REACH + 1)) if pressed else 1
        last = min(pressed) if pressed else OPEN_HANDS  # over open strings it may be anywhere
        rows += [(way, hand) for hand in range(first, last + 1)]
    frets, hand = (np.array(column) for column in zip(*rows, strict=True))
    used = frets >= 0
    string = np.where(used.any(axis=1), used.argmax(axis=1), 0)
    return HandPositions(frets, hand, string, way_amounts(frets, hand, tuning))


def way_amounts(frets: np.ndarray, hand: np.ndarray, tuning: Sequence[int]) -> np.ndarray:
    """How much of each of `WAY_COSTS` there is in each state: (n_states, n_costs)."""
    n_strings = len(tuning)
    used, pressed = frets >= 0, frets > 0
    size, opened = used.sum(axis=1), (frets == 0).sum(axis=1)
    note, chord, fretted = size == 1, size > 1, pressed.any(axis=1)
    low = np.where(used.any(axis=1), used.argmax(axis=1), 0)
    high = n_strings - 1 - used[:, ::-1].argmax(axis=1)
    top = np.where(pressed, frets, 0).max(axis=1)
    thin = low >= n_strings - 3
    sounding = np.where(used, np.asarray(tuning) + frets, 999)
    two = np.sort(sounding, axis=1)[:, :2]
    power = (size > 1) & (size < 4) & (two[:, 1] - two[:, 0] == 7)
    string = low - (n_strings - 6)  # as on six strings, whatever is below them
    gaps = (high - low + 1 - size) * (size > 0)
    amounts = {
        "open thin string": note * thin * opened,
        "open thick string": note * ~thin * opened,
        "open string in a chord": chord * opened,
        "up the neck, note": note * fretted * hand / 5,
        "chord beyond fret 6": chord * fretted * np.maximum(0, hand - 6) / 5,
        "first position": fretted * (hand == 1),
        "thin string near the nut": note * thin * fretted * np.maximum(0, 5 - top) / 5,
        "stretch": fretted * (top - hand >= REACH),
        "little finger": fretted * (top - hand == REACH - 1),
        "gap": gaps,
        "power chord elsewhere": power * (np.maximum(0, string - 1) + 2 * gaps),
        "thinner string, note": note * string / 5,
        "index finger": note * fretted * (top == hand),
        "open string far from the nut": (opened > 0) * np.maximum(0, hand - 5) / 5,
        "open and fretted": chord * fretted * (opened > 0),
        "string below the E": np.maximum(0, -string),
    }
    return np.stack([amounts[name] for name in WAY_COSTS], axis=1).astype(np.float32)


# 2 kB a row, 8 MB if it is full.
@functools.lru_cache(maxsize=1 << 12)
def move_amounts(before: Ways, after: Ways, tuning: tuple[int, ...]) -> np.ndarray:
    """How much of each of `MOVE_COSTS` there is from each state of a chord to each of the next:
    (n_costs, n_after, n_before), in haste as without."""
    old, new = hand_positions(before, tuning), hand_positions(after, tuning)
    moved = np.abs(new.hand[:, None] - old.hand[None])
    now, then = new.frets[:, None], old.frets[None]
    held = ((now == then) & (now >= 0)).sum(axis=2)
    again = pitches_of(before, tuning) == pitches_of(after, tuning)
    nut = (new.hand <= 2)[:, None] != (old.hand <= 2)[None]
    amounts = {
        "move": moved > 0,
        "move in haste": moved > 0,
        "fret": moved,
        "far": np.maximum(0, moved - 5),
        "string crossed": np.abs(new.string[:, None] - old.string[None]),
        "held otherwise": again * (held < (now >= 0).sum(axis=2)),
        "finger kept": (not again) * held,
        "to or from the nut in haste": nut,
    }
    return np.stack([amounts[name] for name in MOVE_COSTS]).astype(np.float32)


def pitches_of(ways: Ways, tuning: Sequence[int]) -> set[int]:
    """The MIDI pitches that sound if a chord is held in these ways."""
    return {string + fret for string, fret in zip(tuning, ways[0], strict=True) if fret >= 0}


def times_paid(wait: np.ndarray) -> np.ndarray:
    """How often each of `MOVE_COSTS` is paid: (n_moves, n_costs); wait: seconds from each event to
    the next. In haste: once at four notes a second, and up to four times where there is less time.
    """
    haste = np.clip(0.25 / np.maximum(wait, 0.02), 0.1, 4)
    hasty = np.array(["haste" in name for name in MOVE_COSTS])
    return np.where(hasty, haste[:, None], 1.0)


def move_prices(wait: np.ndarray) -> np.ndarray:
    """What each of `MOVE_COSTS` costs between events: (n_moves, n_costs), see `times_paid`."""
    return times_paid(wait) * np.array([cost.value for cost in MOVE_COSTS.values()])


def way_prices(around: np.ndarray) -> np.ndarray:
    """What each of `WAY_COSTS` costs in each event's `surroundings`: (n_events, n_costs)."""
    prices = np.tile([cost.value for cost in WAY_COSTS.values()], (len(around), 1))
    for (name, where), cost in SURROUNDED_COSTS.items():
        prices[:, list(WAY_COSTS).index(name)] += cost.value * around[:, SURROUNDINGS.index(where)]
    return prices


def surroundings(
    chords: Sequence[tuple[int, ...]], seconds: np.ndarray, tuning: Sequence[int]
) -> np.ndarray:
    """What is played around each event, as numbers near 0: (n_events, `SURROUNDINGS`).

    chords: the pitches of each event. seconds: when it begins.
    """
    n, lowest = len(chords), tuning[-1] - 24  # the E string, whatever is below it
    size = np.array([len(chord) for chord in chords])
    low, high = (np.array([end(chord) for chord in chords]) - lowest for end in (min, max))
    thin, opened = set(tuning[-3:]), set(tuning[-6:])
    leap = np.abs(np.diff(high))
    first, last = (np.clip(np.arange(n) + way, 0, n) for way in (-AROUND, AROUND + 1))
    near, until = (np.clip(np.arange(n) + way, 0, n) for way in (-NEAR, NEAR + 1))

    def over(
        values: Sequence[float] | np.ndarray, start: np.ndarray, end: np.ndarray
    ) -> np.ndarray:
        total = np.concatenate([[0], np.cumsum(values)])
        return total[end] - total[start]

    wide = np.pad(low, NEAR, constant_values=99)
    lowest_near = np.lib.stride_tricks.sliding_window_view(wide, 2 * NEAR + 1).min(axis=1)
    steps = np.maximum(1, last - first - 1)
    notes = over(size, first, last)
    sums = [sum(chord) - len(chord) * lowest for chord in chords]
    found = {
        "lowest note": lowest_near / 12 - 0.8,
        "register": over(sums, near, until) / over(size, near, until) / 12 - 1.5,
        "time": np.clip((seconds[last - 1] - seconds[first]) / steps, 0.05, 1) * 4 - 1.2,
        "leaps": over(leap >= 5, first, last - 1) / steps * 2 - 0.6,
        "steps": over(leap <= 2, first, last - 1) / steps * 2 - 1,
        "thin open strings": over([len(thin.intersection(c)) for c in chords], first, last)
        / notes * 3 - 0.6,
        "open strings": over([len(opened.intersection(c)) for c in chords], first, last)
        / notes * 2 - 0.7,
        "single notes": over(size == 1, first, last) / (last - first) * 2 - 1,
    }  # fmt: skip
    return np.stack([found[name] for name in SURROUNDINGS], axis=1)
