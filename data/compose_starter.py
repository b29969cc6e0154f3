"""Write the starter songs: ``python data/compose_starter.py [--out FOLDER]``.

The riffs and the plan of every song stand in ``riff_book.py``; this file is the band that plays
them. It needs nothing but Python, and writes the same bytes every time on every machine.

Time is counted in ticks, 12 to the quarter note, unless a name says places (see the riff book).
Pitches are MIDI numbers (E2, the open low string, is 40), programs General MIDI counted from 0.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from riff_book import RIFFS, SONGS

QUARTER = 12  # ticks
LOWEST, HIGHEST = 40, 88  # E2 to E6, what a guitar of 24 frets plays
STRINGS = dict(zip("EADGBe", (40, 45, 50, 55, 59, 64), strict=True))
PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "blues": (0, 2, 4, 5, 7, 9, 10),
}

# ==================================================================================================
# Reading the riff book
# ==================================================================================================

PLACES_PER_BAR = {"straight": 16, "eighths": 8, "shuffle": 12, "waltz": 12}
TOKEN = re.compile(
    r"(?P<notes>[x\d]{6}|[EADGBe]\d{1,2}(?:\+[EADGBe]\d{1,2})*|/)"
    r"(?P<power>[pP]?)(?P<marks>[mo>]*)(?:\^(?P<bend>\d{1,2}))?|(?P<sign>[-.|%])|\s+"
)


@dataclass(frozen=True)
class Stroke:
    """Notes struck together. `start` and `length` in places of a riff, or in ticks of a song."""

    start: int
    length: int
    pitches: tuple[int, ...]
    muted: bool = False
    accent: bool = False
    bend: int = 0  # semitones up


@dataclass(frozen=True)
class Chord:
    """A chord by its root (pitch class, 0 is C) and quality ('', 'm', '7', '5', ...)."""

    root: int
    quality: str

    @property
    def minor(self) -> bool:
        return self.quality in ("m", "m7")


@dataclass(frozen=True)
class Riff:
    """One entry of the riff book; the strokes of each bar, counted in places of that bar."""

    name: str
    root: int
    mode: str
    feel: str
    chords: tuple[Chord, ...]
    bars: tuple[tuple[Stroke, ...], ...]


def read_chord(name: str) -> Chord:
    """'F#m7' as a chord."""
    letter, sharp, quality = re.fullmatch(r"([A-G])([#b]?)(.*)", name).groups()
    return Chord((PITCH_CLASSES[letter] + {"#": 1, "b": -1, "": 0}[sharp]) % 12, quality)


def read_notes(text: str, power: str = "") -> tuple[int, ...]:
    """'x02210', 'E0+A2' or, with power 'p' or 'P', a power chord: the pitches, ascending."""
    if len(text) == 6 and "+" not in text and text[0] not in STRINGS:
        fretted = zip(STRINGS.values(), text, strict=True)
        return tuple(string + int(fret) for string, fret in fretted if fret != "x")
    pitches = [STRINGS[note[0]] + int(note[1:]) for note in text.split("+")]
    pitches += [pitches[0] + step for step in {"": (), "p": (7,), "P": (7, 12)}[power]]
    return tuple(sorted(set(pitches)))


def read_bar(text: str, last: Stroke | None) -> list[Stroke]:
    """The strokes of one bar; `last` is the stroke before it, which '/' repeats and '.' holds."""
    strokes: list[Stroke] = []
    place, resting, end = 0, False, 0
    while end < len(text):
        token = TOKEN.match(text, end)
        if token is None:
            raise ValueError(f"cannot read '{text[end:]}' in '{text}'")
        end = token.end()
        if token["notes"]:
            marks = token["marks"] or ""
            if token["notes"] == "/":
                muted = "o" not in marks and ("m" in marks or last.muted)
                stroke = replace(last, start=place, length=1, muted=muted, accent=">" in marks)
            else:
                pitches = read_notes(token["notes"], token["power"])
                string = STRINGS.get(token["notes"][0], 0)
                bend = string + int(token["bend"]) - pitches[0] if token["bend"] else 0
                stroke = Stroke(place, 1, pitches, "m" in marks, ">" in marks, bend)
            strokes.append(stroke)
            last, resting = stroke, False
        elif token["sign"] == "-":
            resting = True
        elif token["sign"] == "." and not resting and strokes:
            strokes[-1] = last = replace(last, length=last.length + 1)
        place += not token[0].isspace()
    return strokes


def bar_places(text: str) -> int:
    """How many places the tokens of a bar fill."""
    return sum(not token[0].isspace() for token in TOKEN.finditer(text))


def read_riff(head: str, music: str) -> Riff:
    """One entry of the riff book from its head line and its music. ValueError if a bar is off."""
    name, key, feel, chords = (field.strip() for field in head.split(" : "))
    root, mode = key.split()
    bars: list[tuple[Stroke, ...]] = []
    for text in music.split("|"):
        if text.strip() == "%":
            bars.append(bars[-1])
            continue
        if bar_places(text) != PLACES_PER_BAR[feel]:
            raise ValueError(f"{name}: {bar_places(text)} places in the bar '{text.strip()}'")
        before = bars[-1][-1] if bars and bars[-1] else None
        bars.append(tuple(read_bar(text, before)))
        held = len(re.match(r"[.\s]*", text)[0].replace(" ", ""))
        if held and before and before.start + before.length == PLACES_PER_BAR[feel]:
            bars[-2] = (*bars[-2][:-1], replace(before, length=before.length + held))
    if mode not in SCALES:
        raise ValueError(f"{name}: unknown mode '{mode}'")
    spread = tuple(read_chord(chord) for chord in chords.split())
    if not {chord.quality for chord in spread} <= set(SHAPES):
        raise ValueError(f"{name}: unknown chord in '{chords}'")
    return Riff(name, read_chord(root).root, mode, feel, spread, tuple(bars))


def headed(text: str) -> Iterator[tuple[str, list[str]]]:
    """The sections of a text: the words of each ``== heading ==`` and the lines below it."""
    for section in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        heading, *lines = section.splitlines()
        yield heading.removesuffix(" =="), [line for line in lines if line.strip()]


def entries(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each head line with the indented lines below it."""
    heads = [i for i, line in enumerate(lines) if not line.startswith(" ")]
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        yield lines[start], lines[start + 1 : end]


def read_book(text: str = RIFFS) -> dict[str, dict[str, Riff]]:
    """The whole riff book: style, or style and 'licks', to name to riff."""
    book = {}
    for heading, lines in headed(text):
        # A line break between two bars stands for a bar line.
        riffs = [read_riff(head, "|".join(music)) for head, music in entries(lines)]
        book[heading] = {riff.name: riff for riff in riffs}
    return book


@dataclass(frozen=True)
class Plan:
    """One entry of SONGS: what a song is made of."""

    style: str
    title: str
    root: int
    mode: str
    bpm: int
    line_up: str
    verse: tuple[str, ...]
    chorus: str
    form: str


def read_songs(text: str = SONGS) -> list[Plan]:
    """The plans of all songs, in the order of the book."""
    plans = []
    for style, lines in headed(text):
        for head, (parts,) in entries(lines):
            title, key, bpm, line_up, form = head.split(" : ")
            verse, chorus = parts.strip().split(" / ")
            root, mode = key.split()
            tonic, verses = read_chord(root).root, tuple(verse.split(", "))
            plan = Plan(style, title, tonic, mode, int(bpm), line_up, verses, chorus, form)
            plans.append(plan)
    return plans


# ==================================================================================================
# The band: line-ups, forms, grooves
# ==================================================================================================

# Who plays: track name and what it does. 'riff' plays riffs, 'lead' fills and solos, 'harmony' a
# third above the riff in choruses, 'chords' strums. A track with riff and lead does one at a time.
LINE_UPS = {
    "one": {"Guitar": "riff lead"},
    "duo": {"Rhythm guitar": "riff", "Lead guitar": "lead"},
    "twin": {"Rhythm guitar": "riff", "Lead guitar": "harmony lead"},
    "trio": {"Rhythm guitar": "riff", "Second guitar": "chords", "Lead guitar": "lead"},
    "pair": {"Lead guitar": "riff lead", "Rhythm guitar": "chords"},
    "piano": {"Piano": "riff lead", "Strings": "chords"},
    "organ": {"Organ": "riff lead"},
    "strings": {"Strings": "riff", "Flute": "lead"},
    "electric piano": {"Electric piano": "riff", "Vibraphone": "lead"},
}
KEYBOARDS = {
    "Piano": 0,
    "Strings": 48,
    "Organ": 18,
    "Flute": 73,
    "Electric piano": 4,
    "Vibraphone": 11,
}

# Sections: intro, verse, chorus, bridge, solo, outro.
FORMS = {
    "blues": "IVVCSVO",
    "quick blues": "IVCSCVO",
    "minor blues": "IVVSCVO",
    "slow blues": "IVSVO",
    "slow minor blues": "IVSVO",
    "fast": "IVCVCBSVCO",
    "rock": "IVCVCSCO",
    "long": "IVCVCBSCO",
    "short": "IVCVSCO",
    "waltz": "IVCVSCO",
    "compound": "IVCSCO",
}
SECTION_BARS = {"I": 4, "V": 8, "C": 8, "B": 4, "S": 8, "O": 4}

# The chord of each bar, in semitones above the home chord.
PROGRESSIONS = {
    "blues": (0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7),
    "quick blues": (0, 5, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7),
    "minor blues": (0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 0),
    "slow blues": (0, 5, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7),
    "slow minor blues": (0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 0),
}


@dataclass(frozen=True)
class Style:
    """How a style sounds: programs of the guitars and of the bass, what drums and bass play."""

    rhythm: int
    lead: int
    second: int
    bass_program: int
    groove: str
    bass: str  # name of a line of BASS_LINES, or 'riff': with the guitar
    licks: tuple[str, ...]
    ring: bool = False  # single notes of riffs ring on, as in arpeggios


STYLES = {
    "blues_shuffle": Style(27, 29, 26, 33, "shuffle", "walk", ("shuffle licks",)),
    "slow_blues": Style(26, 29, 27, 33, "slow blues", "slow walk", ("shuffle licks",)),
    "punk": Style(30, 29, 29, 34, "punk", "eighths", ("punk licks",)),
    "hard_rock": Style(29, 30, 29, 34, "rock", "riff", ("hard_rock licks",)),
    "metal": Style(30, 30, 30, 34, "metal", "riff", ("metal licks",)),
    "ballad": Style(27, 29, 25, 33, "ballad", "ballad", ("ballad licks",), ring=True),
    "surf": Style(27, 27, 26, 34, "surf", "surf", ("surf licks",)),
    "funk_rock": Style(27, 29, 28, 36, "funk", "funk", ("funk_rock licks",)),
    "grunge": Style(30, 29, 27, 34, "grunge", "riff", ("grunge licks",)),
    "no_guitar": Style(0, 0, 0, 32, "ballad", "ballad", ("ballad licks",), ring=True),
}

# Bass lines: the degree of the chord (3 and 7 as the chord has them), held by '.', '-' rests.
BASS_LINES = {
    "walk": "1..3..5..3.. | 8..5..6..5..",
    "slow walk": "1.....5..3.. | 1..3..5..3..",
    "eighths": "1.1.1.1.1.1.1.1.",
    "ballad": "1.....1.5.......",
    "surf": "1...1.5.8...5...",
    "funk": "1..1--8-..7.5.-- | 1..1--8-..5.7.8.",
    "waltz": "1...5...5...",
    "compound": "1....15....5",
}

# Drum grooves, one place a column: x struck, X accented, o soft. The time-keeper (the first line)
# moves from the hi-hat to the ride cymbal in choruses and solos.
GROOVES = {
    "shuffle": {"hat": "x.xx.xx.xx.x", "kick": "x.....x.....", "snare": "...X.....X.."},
    "slow blues": {"hat": "xxxxxxxxxxxx", "kick": "x....xx.....", "snare": "...X.....X.o"},
    "punk": {"hat": "x.x.x.x.x.x.x.x.", "kick": "x.....x.x.x.....", "snare": "....X.......X..."},
    "rock": {"hat": "x.x.x.x.x.x.x.x.", "kick": "x......xx.x.....", "snare": "....X.......X..."},
    "metal": {"hat": "x...x...x...x...", "kick": "x.xxx.xxx.xxx.xx", "snare": "....X.......X..."},
    "ballad": {"hat": "x.x.x.x.x.x.x.x.", "kick": "x.....x.x.......", "snare": "....x.......x..."},
    "surf": {"hat": "x.x.x.x.x.x.x.x.", "kick": "x.....x.x.......", "snare": "....X.X.....X..."},
    "funk": {"hat": "x.xxx.x.x.xxx.x.", "kick": "x..x......x..x..", "snare": "....X..o.o..X..o"},
    "grunge": {"hat": "x.x.x.x.x.x.x.x.", "kick": "x..x......xx....", "snare": "....X.......X..."},
    "half time": {
        "hat": "x...x...x...x...",
        "kick": "x.....x.....x...",
        "snare": "........X.......",
    },
    "waltz": {"hat": "x.x.x.x.x.x.", "kick": "x...........", "snare": "....o...o..."},
    "compound": {"hat": "x.xx.xx.xx.x", "kick": "x.........x.", "snare": "......X....."},
}
FILLS = {
    12: ("snare ...xxx", "high tom ......xxx", "floor tom .........xxx"),
    16: ("snare ........xxxx", "high tom ............xx", "floor tom ..............xx"),
}
FILLS_2 = {
    12: ("snare ......x.xxxx", "kick x..x"),
    16: ("snare ........x.xxx.xx", "kick x...x...x..x", "floor tom .............x"),
}
DRUMS = {
    "kick": 36,
    "snare": 38,
    "hat": 42,
    "ride": 51,
    "crash": 49,
    "high tom": 48,
    "floor tom": 43,
}
HIT_VELOCITY = {"x": 88, "X": 108, "o": 46}

# How 'chords' tracks strum: x a stroke that rings, m a muted one.
STRUMS = {
    "shuffle": "---x-----x--",
    "compound": "x.....x..x.x",
    "waltz": "x...x...x...",
    "ballad": "x.......x...x.x.",
    "surf": "x.m.x.x...m.x.m.",
    "funk": "--x.--x---mmx.--",
    "rock": "x.......x.....x.",
}
# Movable chord shapes, frets above the barre on the low E string and on the A string.
SHAPES = {
    "5": ("022xxx", "x022xx"),
    "": ("022100", "x02220"),
    "m": ("022000", "x02210"),
    "7": ("020100", "x02020"),
    "9": ("020100", "x02020"),
    "m7": ("020000", "x02010"),
    "maj7": ("0x110x", "x02120"),
}

# ==================================================================================================
# Moving and changing strokes
# ==================================================================================================


def moved(strokes: Iterable[Stroke], semitones: int = 0, ticks: int = 0) -> list[Stroke]:
    """The same strokes, higher by `semitones` and later by `ticks`."""
    return [
        replace(s, start=s.start + ticks, pitches=tuple(p + semitones for p in s.pitches))
        for s in strokes
    ]


def shift_to(riff: Riff, root: int) -> int:
    """Semitones, as few as possible, that move a riff to another key within the guitar's range."""
    pitches = [pitch for bar in riff.bars for s in bar for pitch in (*s.pitches, top(s) + s.bend)]
    up = (root - riff.root) % 12
    for shift in sorted((up - 12, up, up + 12), key=abs):
        if min(pitches) + shift >= LOWEST and max(pitches) + shift <= HIGHEST:
            return shift
    raise ValueError(f"{riff.name} does not fit the guitar in this key")


def top(stroke: Stroke) -> int:
    return max(stroke.pitches)


def in_range(stroke: Stroke) -> Stroke:
    """The stroke, moved by octaves onto the fingerboard where it leaves it."""
    octaves = 0
    while min(stroke.pitches) + 12 * octaves < LOWEST:
        octaves += 1
    while top(stroke) + stroke.bend + 12 * octaves > HIGHEST:
        octaves -= 1
    return moved([stroke], 12 * octaves)[0]


def scaled(strokes: Iterable[Stroke], unit: int) -> list[Stroke]:
    """Places to ticks."""
    return [replace(s, start=s.start * unit, length=s.length * unit) for s in strokes]


def bent(strokes: Iterable[Stroke]) -> list[Stroke]:
    """Bends written out: a short note at the fretted pitch, then the pitch it is bent to."""
    notes = []
    for s in strokes:
        before = min(3, s.length // 3)  # ticks; a bend takes a sixteenth at most
        if s.bend and before:
            notes.append(replace(s, length=before, bend=0))
            after = replace(s, start=s.start + before, length=s.length - before, bend=0)
            notes += moved([after], s.bend)
        else:
            notes.append(replace(s, bend=0))
    return notes


def varied(strokes: list[Stroke], bar: int, rng: Random) -> list[Stroke]:
    """A bar of a riff with a new ending, as a player changes the last time round."""
    if len(strokes) < 3:
        return strokes
    *body, last = strokes
    how = rng.randrange(4)
    if how == 0 and len(last.pitches) == 1 and top(last) + 12 <= HIGHEST:
        return [*body, *moved([last], 12)]
    if how == 1 and last.length >= 6 and last.length % 2 == 0:
        half = last.length // 2
        return [*body, replace(last, length=half), replace(last, start=last.start + half)]
    if how == 2:  # let the last beat breathe
        kept = [s for s in strokes if s.start < bar - QUARTER] or strokes[:1]
        return [*kept[:-1], replace(kept[-1], length=bar - kept[-1].start, muted=False)]
    return [*body, replace(last, accent=True)]


def third_above(stroke: Stroke, root: int, mode: str) -> Stroke:
    """One note, a third of the scale above the lowest of a stroke, in the middle of the neck."""
    pitch = stroke.pitches[0]
    while pitch < 52:
        pitch += 12
    scale = SCALES["minor" if mode == "blues" else mode]
    above = [p for p in range(pitch + 1, pitch + 6) if (p - root) % 12 in scale]
    third = above[1] if (pitch - root) % 12 in scale else above[0]
    return replace(stroke, pitches=(third,), bend=0)


def voicing(chord: Chord) -> tuple[int, ...]:
    """A barre chord in the lowest position: on the low E string or on the A string."""
    shapes = SHAPES[chord.quality]
    frets = [(chord.root - open_string) % 12 for open_string in (STRINGS["E"], STRINGS["A"])]
    string = int(frets[1] < frets[0])
    return tuple(p + frets[string] for p in read_notes(shapes[string]))


# ==================================================================================================
# The song, bar by bar
# ==================================================================================================


@dataclass(frozen=True)
class Bar:
    """What the band agrees on for one bar of a song."""

    start: int  # ticks
    section: str
    place: int  # in its section
    of: int  # bars in the section
    turn: int  # how often this kind of section came before
    riff: tuple[Stroke, ...]  # ticks from the bar's start
    chords: tuple[Chord, ...]  # spread evenly over the bar
    progression: int  # semitones above the home chord


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
    return (0, 0, *steps[-2:]) if section in "I" else (*steps[8:11], 0) if section == "O" else steps


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
            bars.append(Bar(start, section, place, len(steps), turn, tuple(strokes), chords, step))
    return bars


def final_chord(bars: list[Bar], plan: Plan, meter: Meter) -> Bar:
    """One bar more: everybody plays the home chord and lets it ring."""
    quality = "m" if plan.mode in ("minor", "dorian", "phrygian") else ""
    chord = Chord(plan.root, "5" if plan.style in ("punk", "metal", "hard_rock") else quality)
    stroke = Stroke(0, meter.bar, voicing(chord), accent=True)
    return Bar(len(bars) * meter.bar, "E", 0, 1, 0, (stroke,), (chord,), 0)


# ==================================================================================================
# The players: each turns the bars into the strokes of a track
# ==================================================================================================


def ringing(strokes: list[Stroke], bar: int) -> list[Stroke]:
    """Let single notes ring to the end of their half bar, as in arpeggios."""
    half = bar // 2
    return [
        replace(s, length=max(s.length, half - s.start % half)) if len(s.pitches) == 1 else s
        for s in strokes
    ]


def play_riffs(bars: list[Bar], silent: set[int], ring: int = 0) -> list[Stroke]:
    """The riff of every bar that is not in `silent` (starts in ticks)."""
    strokes = []
    for bar in bars:
        if bar.start not in silent:
            riff = ringing(list(bar.riff), ring) if ring else bar.riff
            strokes += moved(riff, ticks=bar.start)
    return strokes


def play_harmony(bars: list[Bar], plan: Plan) -> list[Stroke]:
    """A third above the riff in choruses, without the muted strokes."""
    return [
        in_range(third_above(s, plan.root, plan.mode))
        for bar in bars
        if bar.section == "C" and bar.turn > 0 or bar.section == "I"
        for s in moved(bar.riff, ticks=bar.start)
        if not s.muted
    ]


def strum_name(plan: Plan) -> str:
    if plan.form in ("waltz", "compound"):
        return plan.form
    groove = STYLES[plan.style].groove
    return groove if groove in STRUMS else "shuffle" if "blues" in plan.form else "rock"


def play_chords(bars: list[Bar], plan: Plan, meter: Meter) -> list[Stroke]:
    """Strummed barre chords, from the first verse on."""
    pattern = STRUMS[strum_name(plan)]
    unit = meter.bar // len(pattern)
    strokes = []
    for bar in bars:
        if bar.section in "IE":
            strokes += moved(bar.riff, ticks=bar.start) if bar.section == "E" else ()
            continue
        for match in re.finditer(r"[xm]\.*", pattern):
            chord = bar.chords[match.start() * len(bar.chords) // len(pattern)]
            strokes.append(
                Stroke(
                    bar.start + match.start() * unit,
                    len(match[0]) * unit,
                    voicing(chord),
                    muted=match[0][0] == "m",
                )
            )
    return strokes


def fitting_licks(plan: Plan, book: dict[str, dict[str, Riff]], feels: set[str]) -> list[Riff]:
    """The licks of the song's style that go with its mode and its beat."""
    styles = ("shuffle licks",) if "blues" in plan.form else STYLES[plan.style].licks
    licks = [lick for style in styles for lick in book[style].values() if lick.feel in feels]
    minors = ("minor", "dorian", "blues")
    own, more = {
        "major": (("major",), ("minor",)),  # from the relative minor
        "mixolydian": (("mixolydian",), minors),
    }.get(plan.mode, (minors, ()))
    fitting = [lick for lick in licks if lick.mode in own]
    if len(fitting) < 4:
        fitting += [lick for lick in licks if lick.mode in more]
    return fitting


def lick_bars(lick: Riff, plan: Plan, meter: Meter) -> list[list[Stroke]]:
    """A lick in the song's key, bar by bar, in ticks."""
    # The minor pentatonic of the relative minor is the major pentatonic.
    root = (plan.root - 3) % 12 if plan.mode == "major" and lick.mode == "minor" else plan.root
    shift = shift_to(lick, root)
    unit = meter.bar // PLACES_PER_BAR[lick.feel]
    return [bent(moved(scaled(bar, unit), shift)) for bar in lick.bars]


def play_lead(
    bars: list[Bar], licks: list[list[list[Stroke]]]
) -> tuple[list[Stroke], dict[str, set[int]]]:
    """Fills that answer the verse, a hook in choruses, a solo. licks: four, bar by bar.

    Returns the strokes, and by section the starts of the bars that they fill.
    """
    hook, answer, run, close = licks
    solo = (hook, run, hook, answer, run, close)
    strokes: list[Stroke] = []
    busy: dict[str, set[int]] = {}

    def play(bar: Bar, lick: list[list[Stroke]], number: int) -> None:
        strokes.extend(moved(lick[number % len(lick)], ticks=bar.start))
        busy.setdefault(bar.section, set()).add(bar.start)

    for bar in bars:
        two = bar.place % 2  # licks have two bars, or four in a waltz
        if bar.section == "V" and bar.turn > 0 and bar.place % 4 == 3:
            play(bar, answer, 0)
        elif bar.section == "C" and bar.place % 4 >= 2:
            play(bar, hook if bar.place < bar.of // 2 else close, two)
        elif bar.section == "S":
            if len(hook) == 4:
                play(bar, solo[bar.place // 4 % 6], bar.place)
            else:
                play(bar, solo[bar.place // 2 % 6], two)
        elif bar.section == "O" and bar.place == bar.of - 2:
            play(bar, close, 0)
        elif bar.section == "O" and bar.place == bar.of - 1:
            play(bar, close, 1)
    return strokes, busy


def bass_root(pitch_class: int) -> int:
    """The pitch from E1 to D#2 of a pitch class."""
    return 28 + (pitch_class - 28) % 12


def play_bass(bars: list[Bar], plan: Plan, meter: Meter, line: str) -> list[Stroke]:
    """A line of BASS_LINES over the chords, or with 'riff' the lowest notes of the riff."""
    strokes: list[Stroke] = []
    for bar in bars:
        if bar.section == "E" or line == "riff":
            low = [replace(s, pitches=(bass_root(s.pitches[0] % 12),), bend=0) for s in bar.riff]
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


def bass_line(plan: Plan) -> str:
    if plan.form in ("waltz", "compound"):
        return plan.form
    line = STYLES[plan.style].bass
    return "walk" if "blues" in plan.form and plan.style == "no_guitar" else line


Hit = tuple[int, int, int]  # tick, drum, velocity


def pattern_hits(drum: str, pattern: str, start: int, unit: int) -> list[Hit]:
    return [
        (start + place * unit, DRUMS[drum], HIT_VELOCITY[mark])
        for place, mark in enumerate(pattern)
        if mark != "."
    ]


def play_drums(bars: list[Bar], plan: Plan, meter: Meter, rng: Random) -> list[Hit]:
    """The groove, a fill at the end of each section, a crash at the start of the next."""
    name = plan.form if plan.form in ("waltz", "compound") else STYLES[plan.style].groove
    if plan.style == "no_guitar" and "blues" in plan.form:
        name = "shuffle"
    hits: list[Hit] = []
    for bar in bars:
        groove = GROOVES["half time" if bar.section == "B" else name]
        n_places = len(groove["kick"])
        unit = meter.bar // n_places
        if bar.section == "E":
            hits += [(bar.start, DRUMS["crash"], 112), (bar.start, DRUMS["kick"], 108)]
            continue
        if bar.place == 0 and bar.section != "I":
            hits.append((bar.start, DRUMS["crash"], 104))
        fill_from = n_places
        if bar.place == bar.of - 1:
            fills = rng.choice((FILLS, FILLS_2))[n_places]
            drums = [fill.rsplit(" ", 1) for fill in fills]
            fill_from = n_places // 2 if n_places == 16 else n_places // 4
            hits += [
                hit
                for drum, pattern in drums
                for hit in pattern_hits(drum, pattern, bar.start, unit)
                if hit[0] >= bar.start + fill_from * unit
            ]
        for drum, pattern in groove.items():
            if bar.section == "I" and bar.place < 2 and drum != "hat":
                continue  # the guitar starts over the hi-hat alone
            drum = "ride" if drum == "hat" and bar.section in "CS" else drum
            hits += pattern_hits(drum, pattern[:fill_from], bar.start, unit)
    return hits


# ==================================================================================================
# MIDI
# ==================================================================================================

TICKS_PER_QUARTER = 480
GRID = TICKS_PER_QUARTER // QUARTER  # MIDI ticks to a tick of the song
GAP = 10  # MIDI ticks between a note's end and the grid, so that repeated notes speak
Note = tuple[int, int, int, int]  # start and end in MIDI ticks, pitch, velocity


def velocity(stroke: Stroke, rng: Random) -> int:
    """How hard a stroke is played: accents and the beat louder, muted softer, none quite alike."""
    on_beat = stroke.start % QUARTER == 0
    level = 84 + 16 * stroke.accent - 18 * stroke.muted + 5 * on_beat
    return level + rng.randrange(-5, 6)


def notes_of(strokes: Iterable[Stroke], rng: Random) -> list[Note]:
    """The notes of a track. A string that is struck again stops what it played before."""
    notes: list[Note] = []
    for s in sorted(strokes, key=lambda s: (s.start, s.pitches)):
        loud = velocity(s, rng)
        length = max(1, s.length // 2) if s.muted else s.length
        end = (s.start + length) * GRID - GAP
        notes += [(s.start * GRID, end, pitch, loud) for pitch in s.pitches]
    later: dict[int, int] = {}
    cut: list[Note] = []
    for start, end, pitch, loud in reversed(notes):
        if later.get(pitch) != start:
            cut.append((start, min(end, later.get(pitch, end + GAP) - GAP), pitch, loud))
            later[pitch] = start
    return cut[::-1]


def drum_notes(hits: Iterable[Hit], rng: Random) -> list[Note]:
    """Hits as short notes, with a drummer's small differences."""
    loudest: dict[tuple[int, int], int] = {}
    for tick, drum, loud in hits:
        loudest[tick, drum] = max(loud, loudest.get((tick, drum), 0))
    return [
        (tick * GRID, (tick + 1) * GRID - GAP, drum, loud + rng.randrange(-6, 7))
        for (tick, drum), loud in sorted(loudest.items())
    ]


def variable_length(number: int) -> bytes:
    """A number in MIDI's seven bits to a byte."""
    digits = [number & 127]
    while number := number >> 7:
        digits.append(number & 127 | 128)
    return bytes(reversed(digits))


def meta(kind: int, data: bytes) -> bytes:
    return bytes((0xFF, kind)) + variable_length(len(data)) + data


def chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "big") + data


def track_chunk(head: list[bytes], notes: list[Note] = (), channel: int = 0) -> bytes:
    """A MIDI track: the messages of its head at time 0, then its notes with running status."""
    # A note ends by an 'on' with velocity 0, and ends come first where one meets a start.
    events = [(start, 1, pitch, loud) for start, _, pitch, loud in notes]
    events += [(end, 0, pitch, 0) for _, end, pitch, _ in notes]
    data = b"".join(b"\0" + message for message in head)
    now, status = 0, bytes((0x90 | channel,))
    for time, _, pitch, loud in sorted(events):
        data += variable_length(time - now) + status + bytes((pitch, loud))
        now, status = time, b""
    return chunk(b"MTrk", data + b"\0" + meta(0x2F, b""))


def name_meta(name: str) -> bytes:
    return meta(3, name.encode("ascii"))


def conductor(plan: Plan, meter: Meter) -> bytes:
    """Track 0: the title, the tempo and the time signature."""
    microseconds = round(60_000_000 / (plan.bpm * meter.beat_quarters))
    clocks = round(24 * meter.beat_quarters)
    signature = bytes((meter.beats, meter.value.bit_length() - 1, clocks, 8))
    return track_chunk(
        [
            name_meta(plan.title),
            meta(0x51, microseconds.to_bytes(3, "big")),
            meta(0x58, signature),
        ]
    )


def guitar_program(name: str, style: Style) -> int:
    by_name = {"Guitar": style.lead, "Lead guitar": style.lead, "Second guitar": style.second}
    return KEYBOARDS.get(name, by_name.get(name, style.rhythm))


def compose(plan: Plan, number: int, book: dict[str, dict[str, Riff]]) -> bytes:
    """One song as the bytes of a MIDI file. number: its place in its style."""
    rng = Random(plan.title)
    style, meter = STYLES[plan.style], meter_of(plan.form)
    riffs = {name: riff for part in book.values() for name, riff in part.items()}
    bars = song_bars(plan, riffs, meter, rng)
    bars.append(final_chord(bars, plan, meter))

    feels = {"straight": {"straight", "eighths"}, "eighths": {"straight", "eighths"}}
    feel = riffs[plan.chorus].feel
    choice = fitting_licks(plan, book, feels.get(feel, {feel}))
    licks = [lick_bars(choice[(2 * number + k) % len(choice)], plan, meter) for k in range(4)]
    lead, busy = play_lead(bars, licks)

    tracks = [conductor(plan, meter)]
    for channel, (name, roles) in enumerate(LINE_UPS[plan.line_up].items()):
        strokes: list[Stroke] = []
        if "riff" in roles:
            silent = set().union(*busy.values()) if "lead" in roles else set()
            strokes += play_riffs(bars, silent, meter.bar if style.ring else 0)
        if "harmony" in roles:
            strokes += play_harmony(bars, plan)
        if "chords" in roles:
            strokes += play_chords(bars, plan, meter)
        if "lead" in roles:
            # A twin lead is busy with its third in the chorus.
            rests = {"C"} if "harmony" in roles else set()
            strokes += [s for s in lead if bars[s.start // meter.bar].section not in rests]
        head = [name_meta(name), bytes((0xC0 | channel, guitar_program(name, style)))]
        tracks.append(track_chunk(head, notes_of(strokes, rng), channel))

    bass = notes_of(play_bass(bars, plan, meter, bass_line(plan)), rng)
    head = [name_meta("Bass"), bytes((0xC4, style.bass_program))]
    tracks.append(track_chunk(head, bass, 4))
    drums = drum_notes(play_drums(bars, plan, meter, rng), rng)
    tracks.append(track_chunk([name_meta("Drums")], drums, 9))
    header = b"".join(n.to_bytes(2, "big") for n in (1, len(tracks), TICKS_PER_QUARTER))
    return chunk(b"MThd", header) + b"".join(tracks)


def file_name(title: str) -> str:
    """'Mud on my sunday shoes' as mud_on_my_sunday_shoes.mid."""
    return "_".join(re.findall(r"[a-z0-9]+", title.lower().replace("'", ""))) + ".mid"


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the starter songs.")
    default = Path(__file__).parent / "starter"
    parser.add_argument("--out", type=Path, default=default, help="folder, default data/starter")
    out = parser.parse_args().out
    book = read_book()
    plans = read_songs()
    for plan in plans:
        number = [other.title for other in plans if other.style == plan.style].index(plan.title)
        path = out / plan.style / file_name(plan.title)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compose(plan, number, book))
    print(f"{len(plans)} songs written to {out}")


if __name__ == "__main__":
    main()
