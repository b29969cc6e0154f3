"""The bass: a line over the chords, or with the guitar."""

from __future__ import annotations

import re
from dataclasses import replace

from .book import Plan
from .form import Bar, Meter
from .strokes import Stroke, moved
from .styles import BASS_LINES, STYLES


def bass_root(pitch_class: int) -> int:
    """The pitch from E1 to D#2 of a pitch class."""
    return 28 + (pitch_class - 28) % 12


def bass_line(plan: Plan) -> str:
    """The name of a line of BASS_LINES, or 'riff'."""
    if plan.form in ("waltz", "compound"):
        return plan.form
    line = STYLES[plan.style].bass
    return "walk" if "blues" in plan.form and plan.style == "no_guitar" else line


def play_bass(bars: list[Bar], plan: Plan, meter: Meter) -> list[Stroke]:
    """A line of BASS_LINES over the chords, or with 'riff' the lowest notes of the riff."""
    line = bass_line(plan)
    strokes: list[Stroke] = []
    for bar in bars:
        if bar.section == "E" or line == "riff":
            low = [
                replace(s.plain(), pitches=(bass_root(s.pitches[0] % 12),), muted=s.muted)
                for s in bar.riff
                if "d" not in s.how
            ]
            strokes += moved(low, ticks=bar.start)
            continue
        patterns = [pattern.strip() for pattern in BASS_LINES[line].split("|")]
        pattern = patterns[bar.place % len(patterns)]
        unit = meter.bar // len(pattern)
        for match in re.finditer(r"\d\.*", pattern):
            chord = bar.chords[match.start() * len(bar.chords) // len(pattern)]
            third, seventh = 3 if chord.minor else 4, 11 if chord.quality == "maj7" else 10
            # A walking line over a minor chord takes its seventh for the sixth.
            sixth = seventh if chord.minor else 9
            degrees = {1: 0, 3: third, 5: 7, 6: sixth, 7: seventh, 8: 12}
            pitch = bass_root(chord.root) + degrees[int(match[0][0])]
            start = bar.start + match.start() * unit
            strokes.append(Stroke(start, len(match[0]) * unit, (pitch,), accent=bar.place == 0))
    return strokes
