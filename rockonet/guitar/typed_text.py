"""Text as people paste it: its signs made plain, and what its lines say of tempo, meter, tuning."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from rockonet.common.theory import is_meter, is_tempo, pitch_number
from rockonet.common.tunings import STANDARD_TUNING, named_strings

# What word processors and web pages make of the dashes, bars and accidentals of a keyboard; what
# cannot be seen goes. Full-width forms and other spaces are made plain before.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−─━┄┅┈┉╌╍⁃➖", "-"),
        **dict.fromkeys("│┃║‖¦⏐❘❙∣ǀ├┤┼┝┥╂┌┐└┘╟╢╠╣╔╗╚╝┬┴", "|"),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad", None),
        "♯": "#",
        "♭": "b",
    }
)


def plain_lines(text: str) -> list[str]:
    """The lines of a pasted text in the signs of a keyboard, without marks of mail and web pages.

    A sign stays one sign, so that columns stay columns.
    """
    text = html.unescape(text)
    forms = {sign: unicodedata.normalize("NFKC", sign) for sign in set(text)}
    plain = str.maketrans({sign: form for sign, form in forms.items() if len(form) == 1})
    lines = text.translate(plain).translate(_PLAIN).splitlines()
    marks = re.compile(r"^(> ?)+|\[/?(?:tab|ch)\]")
    return [marks.sub("", line.expandtabs()).rstrip() for line in lines]


@dataclass(frozen=True)
class TypedMusic:
    """What was typed, as notes.

    notes: ints (n_notes, 5), onset and duration in ticks, pitch, flags of `Technique`, and by how
    many quarter tones it is bent. doubts: what may have been
    meant otherwise or could not be read, in sentences. meter, tempo_bpm, open_strings: None if the
    text does not say; strings as MIDI pitches, lowest first. frets: of each onset, as in
    `Fingering`; none of notes without strings.
    """

    notes: np.ndarray
    doubts: tuple[str, ...]
    meter: tuple[int, int] | None = None
    tempo_bpm: float | None = None
    open_strings: tuple[int, ...] | None = None
    frets: dict[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class TypedHead:
    """What the lines around typed music say; None for what they do not say.

    tempo_bpm: quarter notes a minute. meter: (beats, note value). tuning: open strings, lowest
    first, without the capo. capo: its fret, 0 for none. lines: numbers of the lines that say
    something, from 1. remarks: what of it could not be used, in sentences.
    """

    tempo_bpm: float | None = None
    meter: tuple[int, int] | None = None
    tuning: tuple[int, ...] | None = None
    capo: int = 0
    lines: frozenset[int] = frozenset()
    remarks: tuple[str, ...] = ()


_TEMPO = re.compile(
    r"(\d{1,4}(?:\.\d{1,9})?)\s*(?:bpm|b\.p\.m)|(?:\btempo\b|\bbpm\b|♩|^q\b)[^\d|]{0,12}(\d{1,4}(?:\.\d{1,9})?)",
    re.IGNORECASE,
)
_METER = re.compile(
    r"^\W*(?:(?:time|meter|metre)\b(?: signature)?\W*)?(\d{1,2})/(\d{1,2})(?: time)?\W*$"
    r"|^\W*(?:time|meter|metre)\b(?: signature)?\W*(\d{1,2})/(\d{1,2})\b"
    r"|\b(\d{1,2})/(\d{1,2}) time\b|\bin (\d{1,2})/(\d{1,2})(?!\d| step)|\((\d{1,2})/(\d{1,2}), ",
    re.IGNORECASE,
)
_CAPO = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th) fret capo|\bcapo\b\W*(?:on |at |in )?(?:the )?(?:fret\W*)?"
    r"(\d{1,4}|[IVX]+\b|no\b|none\b|-)",
    re.IGNORECASE,
)
_TUNING = re.compile(r"\b(?:tuning|tuned|tune)\b|^\W*drop(?:ped)?[ -]?[A-G][#b]?\W*$", re.I)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}


def read_head(lines: Iterable[tuple[int, str]], strings: int = 6) -> TypedHead:
    """What lines of text, each with its number, say of the music; strings: of the instrument."""
    tempos: dict[int, float] = {}
    meters: dict[int, tuple[int, int]] = {}
    tunings: dict[int, tuple[int, ...]] = {}
    capos: dict[int, int] = {}
    remarks = []
    for number, line in lines:
        if found := _TEMPO.search(line):
            tempo = float(found[1] or found[2])
            if is_tempo(tempo):
                tempos[number] = tempo
            else:
                remarks.append(f"Line {number}: a tempo of {tempo:.10g} cannot be.")
        if found := _METER.search(line):
            beats, value = (int(group) for group in found.groups() if group)
            if is_meter(beats, value):
                meters[number] = beats, value
            else:
                remarks.append(f"Line {number}: {beats}/{value} is no meter.")
        if found := _CAPO.search(line):
            fret = (found[1] or found[2]).upper()
            capos[number] = _ROMAN.get(fret) or (int(fret) if fret.isdigit() else 0)
            if capos[number] > 12:
                remarks.append(f"Line {number}: a capo on fret {capos.pop(number)} cannot be.")
        if found := _TUNING.search(line):
            tuning = tuning_in_words(line, strings)
            if tuning:
                tunings[number] = tuning
            elif re.match(r"\W*\w*\s*tuning\W*[:=]\W*\w", line, re.IGNORECASE):
                remarks.append(
                    f"Line {number}: its tuning is not known. Write it like 'Tuning: D A D G B E', "
                    "from the lowest string to the highest."
                )
    for what, said in ("tempo", tempos), ("meter", meters), ("tuning", tunings), ("capo", capos):
        values = list(said.values())
        changes = [line for line, value in said.items() if value != values[0]]
        if changes:
            remarks.append(f"Line {changes[0]}: the {what} changes; all was read in the first one.")
    return TypedHead(
        next(iter(tempos.values()), None),
        next(iter(meters.values()), None),
        next(iter(tunings.values()), None),
        next(iter(capos.values()), 0),
        frozenset(tempos) | frozenset(meters) | frozenset(tunings) | frozenset(capos),
        tuple(remarks),
    )


_NOTE = r"[A-Ga-g][#b]?-?\d?"
_SPACED = re.compile(rf"(?<![\w#])({_NOTE}(?:[\s,/-]+{_NOTE}){{3,7}})(?![\w#])")
_JOINED = re.compile(r"(?<![\w#])((?:[A-G][#b]?){3,7}[A-Ge][#b]?|e(?:[A-G][#b]?){3,7})(?![\w#])")
_OPEN = {
    "A": "E2 A2 E3 A3 C#4 E4",
    "C": "C2 G2 C3 G3 C4 E4",
    "D": "D2 A2 D3 F#3 A3 D4",
    "E": "E2 B2 E3 G#3 B3 E4",
    "G": "D2 G2 D3 G3 B3 D4",
}
_STEPS = {"1/2": 1, "half": 1, "½": 1, "1 1/2": 3, "1½": 3, "two": 4, "2": 4, "three": 6, "3": 6}


def tuning_in_words(words: str, strings: int = 6) -> tuple[int, ...] | None:
    """The open strings as people say them, lowest first; None if nothing is understood.

    words: notes (``D A D G B E``, ``DADGBE``), ``drop C``, ``Eb``, ``half a step down``, ``open
        G``, ``standard``. strings: of the instrument, if the words do not say.
    """
    if found := _SPACED.search(words) or _JOINED.search(words):
        return _tuning_of_names(re.findall(_NOTE, found[1]))
    usual = {7: (35, *STANDARD_TUNING), 8: (30, 35, *STANDARD_TUNING)}.get(strings, STANDARD_TUNING)
    letter = r"([A-G](?:[#b]| flat| sharp)?)(?![\w#])"
    tuning = None
    if found := re.search(rf"(?i:\bopen )\s*{letter}", words):
        notes = _OPEN.get(found[1])
        tuning = tuple(map(_pitch, notes.split())) if notes else None
    elif found := re.search(rf"(?i:\bdrop(?:ped)?)[ -]?{letter}", words):
        dropped = usual[0] - 2
        down = (dropped - _pitch_class(found[1])) % 12
        tuning = (dropped - down, *(pitch - down for pitch in usual[1:]))
    elif found := re.search(rf"(?i:tun\w+)(?i:\W+(?:in|to|is))?\W+{letter}", words) or re.search(
        rf"(?<![\w#]){letter}\s+(?i:standard|tuning)", words
    ):
        down = (4 - _pitch_class(found[1])) % 12
        tuning = tuple(pitch - down for pitch in usual)
    elif re.search(r"\bstandard\b|\bnormal\b", words, re.IGNORECASE):
        tuning = usual
    steps = re.search(
        r"(?i)\b(?:down|lower(?:ed)?)\W+(?:by )?(.{0,12}?)\s*steps?\b"
        r"|((?:\S+ )?\S+?)(?: a)?[ -]steps?\W+(?:down|lower|flat)",
        words,
    )
    if steps:
        said = re.sub(r"\b(?:a|an|one)\b", "", (steps[1] or steps[2] or "").lower()).strip(" -:")
        known = max((name for name in _STEPS if said.endswith(name)), key=len, default="")
        down = _STEPS.get(known, 2)
        tuning = tuple(pitch - down for pitch in tuning or usual)
    return tuning


def _tuning_of_names(names: Sequence[str]) -> tuple[int, ...] | None:
    """The strings that are named, from whichever side; None if they cannot be those of a guitar."""
    if all(pitch_number(name) is not None for name in names):
        return tuple(sorted(map(_pitch, names)))
    ways = [way for way in (names, names[::-1]) if way[0] != "e" or way[-1] == "e"]
    found = [named_strings(way) for way in ways or [names]]
    rising = [way for way in found if way and list(way) == sorted(set(way))]
    return rising[0] if rising else None


def _pitch(name: str) -> int:
    return pitch_number(name) or 0


def _pitch_class(name: str) -> int:
    sign = name[1:].replace(" flat", "b").replace(" sharp", "#")
    return _pitch(f"{name[0].upper()}{sign}4") % 12
