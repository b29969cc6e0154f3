"""Notes typed as words, in music21's tinyNotation, become notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from rockonet.common.theory import TICKS_PER_QUARTER, is_meter, pitch_number
from rockonet.guitar.typed_text import TypedMusic, plain_lines, read_head

LENGTHS = ("32", "16", "8", "4", "2", "1")
_LENGTH = rf"(?P<length>{'|'.join(LENGTHS)})?(?P<dots>\.{{0,3}})"
_PITCH = r"(?:A+|B+|C+|D+|E+|F+|G+|[a-g])(?:'*(?:##?|--?|bb?|n)?|(?:##?|--?|bb?|n)'*)"
_END = r"(?P<tie>~?)(?:[_=*]\S*)?"  # words sung, names and the like are no sound
_SINGLE = re.compile(rf"(?P<pitches>{_PITCH}|r){_LENGTH}{_END}")
_INSIDE = r"[<\[(][^<>\[\](){}]*[>\])]|chord\{[^{}]*\}"
_CHORD = re.compile(rf"(?P<chord>{_INSIDE}){_LENGTH}{_END}")
_WORD = re.compile(rf"(?:{_INSIDE})[^\s{{}}]*|(?:trip|quad)\{{|\}}|[^\s{{}}]+|\S")
_TUPLETS = {"trip{": Fraction(2, 3), "quad{": Fraction(3, 4)}


def _words(lines: Iterable[str]) -> list[str]:
    """Notes, rests, chords, meters, and what opens and closes a triplet."""
    plain = re.sub(r"(?i)\btinynotation:|[|,;]", " ", " ".join(lines))
    return _WORD.findall(plain)


def read_tiny(text: str) -> TypedMusic:
    """The notes of tinyNotation: ``4/4 EE8 EE GG4. BB-4~ BB-8 r trip{e8 f# g} <EE BB E>4``.

    ``EE`` is the low E string, ``E`` and ``e`` are one and two octaves up, ``e'`` three; ``#``
    raises, ``-`` or ``b`` lowers. A number is the length, which holds until the next; a dot makes
    it half as long again, ``~`` ties a note to the next, ``r`` is a rest; notes in angles or
    brackets are a chord. What cannot be read is a rest of its length.
    Raises: ValueError if there is no note.
    Source: tinyNotation is described in music21's documentation; chords are ours.
    """
    lines = list(enumerate(plain_lines(text), 1))
    head = read_head(lines)
    words = _words(line for number, line in lines if number not in head.lines)
    _refuse_prose(words)
    meter, unread = head.meter, []
    now, length, scale = Fraction(0), Length(4, 0), Fraction(1)
    notes: list[tuple[Fraction, Fraction, int]] = []
    tied: dict[int, int] = {}  # the pitches that go on, and the places of their notes
    for word in words:
        if re.fullmatch(r"\d+/\d+", word) and is_meter(*map(int, word.split("/"))):
            beats, value = map(int, word.split("/"))
            if meter and meter != (beats, value):
                unread.append(word)
            meter = meter or (beats, value)
        elif word in _TUPLETS and scale == 1 or word == "}":
            scale = _TUPLETS.get(word, Fraction(1))
        elif word in _TUPLETS:
            unread.append(word)
        else:
            pitches, length, tie = _read_word(word, length)
            lasts = length.ticks * scale
            if pitches is None or not all(0 <= pitch <= 127 for pitch in pitches):
                unread.append(word[:20])
                pitches = []
            going_on = {}
            for pitch in pitches:
                if pitch in tied:
                    begin, before, _ = notes[tied[pitch]]
                    notes[tied[pitch]] = begin, before + lasts, pitch
                else:
                    notes.append((now, lasts, pitch))
                going_on[pitch] = tied.get(pitch, len(notes) - 1)
            tied = going_on if tie else {}
            now += lasts
    return TypedMusic(
        _in_ticks(notes, unread),
        (*head.remarks, *_doubts(words, unread)),
        meter,
        head.tempo_bpm,
        head.tuning,
    )


def _refuse_prose(words: Sequence[str]) -> None:
    """Raises: ValueError if more than half of the words are no notes."""
    signs = rf"{'|'.join(map(re.escape, _TUPLETS))}|\}}|\d+/\d+"
    unread = [
        word
        for word in words
        if not (_SINGLE.fullmatch(word) or _CHORD.fullmatch(word) or re.fullmatch(signs, word))
    ]
    if 2 * len(unread) > len(words):
        raise ValueError(_unread(unread))


class Length(NamedTuple):
    """A note value: 4 is a quarter note, with so many dots."""

    value: int
    dots: int

    @property
    def ticks(self) -> Fraction:
        """How long it is."""
        return Fraction(4 * TICKS_PER_QUARTER, self.value) * (2 - Fraction(1, 2**self.dots))

    def then(self, value: str | None, dots: str) -> Length:
        """The length of the next word, if that says one."""
        return Length(int(value or self.value), len(dots)) if value or dots else self


def _read_word(word: str, length: Length) -> tuple[list[int] | None, Length, bool]:
    """The pitches of a word, none for a rest, how long it is and whether it is tied to the next.

    length: of the word before. None instead of pitches if it cannot be read.
    """
    chord, single = _CHORD.fullmatch(word), _SINGLE.fullmatch(word)
    found = chord or single
    if not found:
        number = re.search(rf"(?<!\d)({'|'.join(LENGTHS)})(\.{{0,3}})\D*$", word)
        return None, length.then(number[1], number[2]) if number else length, False
    length, tie = length.then(found["length"], found["dots"]), bool(found["tie"])
    if not chord:
        return [] if found["pitches"] == "r" else [_pitch(found["pitches"])], length, tie
    notes = re.sub(r"^chord|[<>\[\](){}+]", " ", chord["chord"]).split()
    singles = [_SINGLE.fullmatch(note) for note in notes]
    pitches = [_pitch(one["pitches"]) for one in singles if one and one["pitches"] != "r"]
    inside = [length.then(one["length"], one["dots"]) for one in singles if one and one["length"]]
    if inside and not chord["length"]:
        length = inside[0]
    return sorted(set(pitches)) if 0 < len(pitches) == len(notes) else None, length, tie


def _pitch(name: str) -> int:
    """The MIDI pitch of a name of tinyNotation: E is 52, EE 40, e' 76."""
    letters = re.match("[A-G]+|[a-g]", name)
    signs = name[letters.end() :] if letters else ""
    letter = name[0]
    octave = 4 - len(name) + len(signs) if letter.isupper() else 4 + signs.count("'")
    natural = pitch_number(f"{letter}4") or 0
    sharps = signs.count("#") - signs.count("-") - signs.count("b")
    return natural + 12 * (octave - 4) + sharps


def _in_ticks(notes: Sequence[tuple[Fraction, Fraction, int]], unread: Sequence[str]) -> np.ndarray:
    """Notes on the grid, (n_notes, 3). Raises: ValueError if there is none."""
    if not notes:
        raise ValueError(
            _unread(unread)
            if unread
            else "There is no note in this prompt: type notes like 'EE8 EE GG4'."
        )
    edges = [(_nearest(begin), _nearest(begin + lasts), pitch) for begin, lasts, pitch in notes]
    return np.array([(begin, max(1, end - begin), pitch, 0, 0) for begin, end, pitch in edges])


def _nearest(ticks: Fraction) -> int:
    return int(ticks + Fraction(1, 2))


def _unread(words: Sequence[str]) -> str:
    """That the first of some words cannot be read, and how to write it."""
    return (
        f"{words[0][:20]!r} is no note of tinyNotation: write notes like EE8, E4, g#2. or r4, "
        "with a length of 1, 2, 4, 8 or 16 and no octave (the low E string is EE); or chords as "
        "six lines of tab that begin with e| B| G| D| A| E|."
    )


def _doubts(words: Sequence[str], unread: Sequence[str]) -> list[str]:
    """What may have been meant otherwise, and what could not be read."""
    doubts = []
    if unread:
        named = ", ".join(repr(word) for word in dict.fromkeys(unread[:5]))
        more = f" and {len(unread) - 5} more" if len(unread) > 5 else ""
        doubts.append(
            f"What cannot be read became a rest: {named}{more}. Write notes like EE8, E4, g#2. or "
            "r4, with a length of 1, 2, 4, 8, 16 or 32 and no octave (the low E string is EE)."
        )
    if all(re.fullmatch(r"[A-G][#b]?[234]", word) for word in words) and "2" in "".join(words):
        doubts.append(
            "A number was read as a length, not as an octave: E2 is a half note, and the low E "
            "string is EE."
        )
    return doubts
