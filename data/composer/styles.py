"""The tables of the band: line-ups, forms, progressions, styles, bass lines, grooves, strums."""

from __future__ import annotations

from dataclasses import dataclass

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
# Programs of the tracks that are no guitars.
KEYBOARDS = {
    "Piano": 0,
    "Strings": 48,
    "Organ": 18,
    "Flute": 73,
    "Electric piano": 4,
    "Vibraphone": 11,
}

# Sections by their first letter: intro, verse, chorus, bridge, solo, outro.
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
    licks: tuple[str, ...]  # headings of the riff book
    ring: bool = False  # single notes of riffs ring on, as in arpeggios


STYLES = {
    "blues_shuffle": Style(27, 29, 26, 33, "shuffle", "walk", ("shuffle licks",)),
    "slow_blues": Style(26, 29, 27, 33, "slow blues", "slow walk", ("shuffle licks",)),
    "punk": Style(30, 29, 29, 34, "punk", "eighths", ("punk licks",)),
    "hard_rock": Style(29, 30, 29, 34, "rock", "riff", ("hard_rock licks",)),
    "metal": Style(30, 30, 30, 34, "metal", "riff", ("metal licks",)),
    "ballad": Style(27, 29, 25, 33, "ballad", "ballad", ("ballad licks",), ring=True),
    "surf": Style(27, 27, 26, 34, "surf", "surf", ("surf licks",)),
    "funk_rock": Style(27, 29, 26, 36, "funk", "funk", ("funk_rock licks",)),
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
# Drum fills, by the places of a bar: a drum and its pattern from the start of the bar.
FILLS = {
    12: ("snare ...xxx", "high tom ......xxx", "floor tom .........xxx"),
    16: ("snare ........xxxx", "high tom ............xx", "floor tom ..............xx"),
}
FILLS_2 = {
    12: ("snare ......x.xxxx", "kick x..x"),
    16: ("snare ........x.xxx.xx", "kick x...x...x..x", "floor tom .............x"),
}

# How 'chords' tracks strum: x a stroke that rings, m a muted one, d a dead one.
STRUMS = {
    "shuffle": "---x-----x--",
    "compound": "x.....x..x.x",
    "waltz": "x...x...x...",
    "ballad": "x.......x...x.x.",
    "surf": "x.m.x.x...m.x.m.",
    "funk": "--x.--x---ddx.--",
    "rock": "x.......x.....x.",
}
