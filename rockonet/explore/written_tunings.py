"""The tuning of a guitar, from what the name of its track says and from its lowest note."""

from __future__ import annotations

import re

from rockonet.common.tunings import (
    STANDARD_TUNING,
    TUNINGS,
    tuning_for,
    tuning_name,
    tuning_pitches,
)

_NOTE = r"([A-G])([#♯b♭]|[ -]?(?:flat|sharp)\b)?(?![a-z])"
_DROP = re.compile(r"\bdrop(?:ped)?[ _-]*" + _NOTE, re.IGNORECASE)
_WHOLE = re.compile(
    rf"\b{_NOTE}[ _-]*(?:standard|std|tuning)\b|\b(?:standard|tuned to)[ _-]*{_NOTE}", re.IGNORECASE
)
_DOWN = re.compile(r"\b(half|1/2|whole|full|1|one)[ _-]*(?:step|tone)s?[ _-]*down\b", re.IGNORECASE)
_STRINGS = re.compile(r"\b(7|8|seven|eight)[ _-]*str", re.IGNORECASE)
_LETTERS = re.compile(r"(?<![A-Za-z])(?:[A-G][#b♯♭]?[ -]?){6,8}(?![A-Za-z])")


def named_tuning(name: str) -> tuple[int, ...] | None:
    """The open strings that the name of a track tells, lowest first, as in ``Rhythm (Drop D)``,
    ``7-string``, ``Eb tuning`` or ``Gtr DADGBE``; None if it tells none."""
    strings = _STRINGS.search(name)
    guitar: tuple[int, ...] = STANDARD_TUNING
    if strings:
        guitar = TUNINGS["8-string" if strings[1].lower() in ("8", "eight") else "7-string"]
    if found := _DROP.search(name):
        return _dropped(guitar, _pitch_class(found[1], found[2]))
    if found := _WHOLE.search(name):
        letter, sign = (found[1], found[2]) if found[1] else (found[3], found[4])
        return _lowered(guitar, (guitar[0] - _pitch_class(letter, sign)) % 12)
    if found := _DOWN.search(name):
        half = found[1].lower() in ("half", "1/2")
        return _lowered(guitar, 1 if half else 2)
    if found := _LETTERS.search(name):
        try:
            return tuning_pitches("".join(found[0].replace("-", " ").split()))
        except ValueError:
            return None  # letters, but no guitar's
    return guitar if strings else None


def part_tuning(
    name: str, lowest: int, highest: int, told: tuple[int, ...] | None = None, semitones: int = 0
) -> tuple[str | tuple[int, ...], str]:
    """The tuning of a part, and what has to be said of it, if anything.

    name: of its track. lowest, highest: its pitches. told: the open strings that its file tells,
        if it does. semitones: by which its channel is tuned higher, as in `ChannelSettings`.
    What the file and the name tell is believed if its lowest note is there; else it is the first of
    `TUNINGS` that has the notes.
    """
    told = told or named_tuning(name)
    if not told and semitones:
        told = _lowered(STANDARD_TUNING, -semitones)
    usual = tuning_for(lowest, highest)
    if not told:
        return usual, ""
    try:
        strings = tuning_pitches(told)
    except ValueError:
        return usual, ""
    said = tuning_name(strings)
    if strings[0] <= lowest:
        return (said if said in TUNINGS else strings), ""
    return usual, f"its tuning is {said} by its name, but it goes down further: taken for {usual}"


def _dropped(guitar: tuple[int, ...], pitch_class: int) -> tuple[int, ...]:
    """The lowest string of a guitar on this pitch class; the others follow from a tone on."""
    if len(guitar) > len(STANDARD_TUNING):
        return (guitar[0] - (guitar[0] - pitch_class) % 12, *guitar[1:])
    down = (guitar[0] - 2 - pitch_class) % 12
    return (guitar[0] - 2 - down, *(pitch - down for pitch in guitar[1:]))


def _lowered(guitar: tuple[int, ...], semitones: int) -> tuple[int, ...]:
    return tuple(pitch - semitones for pitch in guitar)


def _pitch_class(letter: str, sign: str | None) -> int:
    natural = dict(C=0, D=2, E=4, F=5, G=7, A=9, B=11)[letter.upper()]
    sign = (sign or "").strip(" -").lower()
    return (natural + (sign in ("#", "♯", "sharp")) - (sign in ("b", "♭", "flat"))) % 12
