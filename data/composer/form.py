"""The plan of a song, bar by bar: what the band agrees on before anybody plays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from .book import Plan, Riff
from .chords import Chord, voicing
from .strokes import HIGHEST, LOWEST, Stroke, highest, in_range, moved, scaled, varied
from .styles import FORMS, PROGRESSIONS, SECTION_BARS
from .tablature import PLACES_PER_BAR


@dataclass(frozen=True)
class Bar:
    """What the band agrees on for one bar of a song."""

    start: int  # ticks
    section: str  # a letter of FORMS, or E for the final chord
    place: int  # in its section
    of: int  # bars in the section
    turn: int  # how often this kind of section came before
    riff: tuple[Stroke, ...]  # ticks from the bar's start
    chords: tuple[Chord, ...]  # spread evenly over the bar


@dataclass(frozen=True)
class Meter:
    """Time signature, ticks of a bar as the riff book counts it, quarter notes to a beat."""

    beats: int
    value: int
    bar: int
    beat_quarters: float


METERS = {
    "4/4": Meter(4, 4, 48, 1),
    "3/4": Meter(3, 4, 36, 1),
    "6/8": Meter(6, 8, 72, 1.5),
    "12/8": Meter(12, 8, 72, 1.5),
}


def meter_of(form: str) -> Meter:
    names = {"waltz": "3/4", "compound": "6/8", "slow blues": "12/8", "slow minor blues": "12/8"}
    return METERS[names.get(form, "4/4")]


def shift_to(riff: Riff, root: int) -> int:
    """Semitones, as few as possible, that move a riff to another key within the guitar's range."""
    pitches = [pitch for bar in riff.bars for s in bar for pitch in (*s.pitches, highest(s))]
    up = (root - riff.root) % 12
    for shift in sorted((up - 12, up, up + 12), key=abs):
        if min(pitches) + shift >= LOWEST and max(pitches) + shift <= HIGHEST:
            return shift
    raise ValueError(f"{riff.name} does not fit the guitar in this key")


def chords_of_bar(riff: Riff, number: int, shift: int) -> tuple[Chord, ...]:
    """The chords under one bar of a riff, moved to the song's key."""
    n_bars, n_chords = len(riff.bars), len(riff.chords)
    share = max(1, n_chords // n_bars)
    first = number * n_chords // n_bars
    chords = riff.chords[first : first + share]
    return tuple(replace(chord, root=(chord.root + shift) % 12) for chord in chords)


def section_riffs(plan: Plan, section: str, turn: int) -> tuple[str, str]:
    """The names of the riffs of a section's two halves."""
    a, b = plan.verse[0], plan.verse[-1]
    return {
        "I": (a, a),
        "V": (a, a) if turn == 0 else (a, b) if turn == 1 else (b, a),
        "C": (plan.chorus, plan.chorus),
        "B": (b, b),
        "S": (b, plan.chorus),
        "O": (plan.chorus, plan.chorus),
    }[section]


def section_steps(plan: Plan, section: str) -> tuple[int, ...]:
    """The home chord of each bar of a section, in semitones above the song's."""
    steps = PROGRESSIONS.get(plan.form)
    if section == "B":
        return (5,) * SECTION_BARS["B"]
    if steps is None:
        n_bars = SECTION_BARS[section] * (2 if plan.form == "waltz" and section in "VC" else 1)
        return (0,) * n_bars
    return (0, 0, *steps[-2:]) if section == "I" else (*steps[8:11], 0) if section == "O" else steps


def song_bars(plan: Plan, riffs: dict[str, Riff], meter: Meter, rng: Random) -> list[Bar]:
    """All bars of a song: which riff, where on the neck, over which chords."""
    bars: list[Bar] = []
    turns: dict[str, int] = {}
    for section in FORMS[plan.form]:
        turn = turns[section] = turns.get(section, -1) + 1
        steps = section_steps(plan, section)
        halves = section_riffs(plan, section, turn)
        for place, step in enumerate(steps):
            riff = riffs[halves[2 * place // len(steps)]]
            number = place % len(riff.bars)
            # The key first, then the chord of the bar from there, so that IV is above I.
            shift = shift_to(riff, plan.root) + step
            unit = meter.bar // PLACES_PER_BAR[riff.feel]
            strokes = [in_range(s) for s in moved(scaled(riff.bars[number], unit), shift)]
            last_time = place % 4 == 3 and (turn > 0 or place == len(steps) - 1)
            if last_time:
                strokes = varied(strokes, meter.bar, rng)
            chords = chords_of_bar(riff, number, shift)
            start = len(bars) * meter.bar
            bars.append(Bar(start, section, place, len(steps), turn, tuple(strokes), chords))
    return bars


def final_chord(bars: list[Bar], plan: Plan, meter: Meter) -> Bar:
    """One bar more: everybody plays the home chord and lets it ring."""
    quality = "m" if plan.mode in ("minor", "dorian", "phrygian") else ""
    chord = Chord(plan.root, "5" if plan.style in ("punk", "metal", "hard_rock") else quality)
    stroke = Stroke(0, meter.bar, voicing(chord), accent=True)
    return Bar(len(bars) * meter.bar, "E", 0, 1, 0, (stroke,), (chord,))
