"""A riff as MusicXML: standard notation over TAB."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from rockonet.common.theory import TICKS_PER_QUARTER, beat_ticks
from rockonet.common.tunings import STANDARD_TUNING, TUNINGS, string_names
from rockonet.dataset.events import event_pitches
from rockonet.guitar.notation import (
    NOTE_VALUES,
    SCORE_COLOUR,
    beam_values,
    cell_ticks,
    key_alteration,
    spell_pitch,
    tuplet_brackets,
)

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff


def musicxml(riff: Riff) -> str:
    """A riff as MusicXML: standard notation over TAB, in two staves of one part.

    What was generated has a colour of its own, and words where it begins. A note has the id
    ``n-<symbol>-<note>``, the same note in the TAB ``t-<symbol>-<note>``.
    Notebook: 04.
    """
    fifths = riff.fifths
    root = ElementTree.Element("score-partwise", version="4.0")
    _add(root, "work/work-title", riff.title)
    _add(_add(root, "part-list/score-part", id="P1"), "part-name", "Guitar")
    part = _add(root, "part", id="P1")
    for bar, group in itertools.groupby(enumerate(riff.symbols), lambda pair: pair[1].bar):
        inside = list(group)
        measure = _add(part, "measure", number=bar + 1)
        if bar == 0:
            _add_attributes(measure, riff, fifths)
        beams = beam_values([symbol for _, symbol in inside], beat_ticks(riff.meter))
        brackets = tuplet_brackets([symbol for _, symbol in inside], cell_ticks(riff.meter))
        shown: dict[tuple[str, int], int] = {}  # accidentals hold until the bar line
        for (number, symbol), beam, bracket in zip(inside, beams, brackets, strict=True):
            if symbol.event == riff.prompt_events > 0 and not symbol.tied:
                words = _add(measure, "direction", placement="above")
                look = {"font-weight": "bold", "color": SCORE_COLOUR}
                _add(words, "direction-type/words", "generated from here", **look)
                _add(words, "staff", 1)
            _add_notes(measure, riff, number, fifths, shown, beam, bracket)
        _add(measure, "backup/duration", sum(symbol.duration for _, symbol in inside))
        for number, _ in inside:
            _add_notes(measure, riff, number, fifths)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode")


def _add(parent: Any, path: str, text: Any = None, **attributes: Any) -> Any:
    """Add XML elements, one in the other, as in ``_add(note, "notations/tied")``; the last one."""
    for tag in path.split("/"):
        parent = ElementTree.SubElement(parent, tag)
    parent.attrib.update({name.replace("_", "-"): str(v) for name, v in attributes.items()})
    parent.text = None if text is None else str(text)
    return parent


def _add_attributes(measure: Any, riff: Riff, fifths: int) -> None:
    """What stands at the head of a score: key, meter, clefs, tuning and tempo."""
    head = _add(measure, "attributes")
    _add(head, "divisions", TICKS_PER_QUARTER)
    _add(head, "key/fifths", fifths)
    time = _add(head, "time")
    _add(time, "beats", riff.meter[0])
    _add(time, "beat-type", riff.meter[1])
    _add(head, "staves", 2)
    clef = _add(head, "clef", number=1)
    _add(clef, "sign", "G")
    _add(clef, "line", 2)
    _add(clef, "clef-octave-change", -1)  # a guitar sounds an octave below what is written
    clef = _add(head, "clef", number=2)
    _add(clef, "sign", "TAB")
    _add(clef, "line", 5)
    details = _add(head, "staff-details", number=2)
    _add(details, "staff-lines", 6)
    for line, pitch in enumerate(riff.open_strings, 1):  # the lowest line is the lowest string
        string = _add(details, "staff-tuning", line=line)
        letter, alter, octave = spell_pitch(pitch, -1)
        _add(string, "tuning-step", letter)
        _add(string, "tuning-alter", alter)
        _add(string, "tuning-octave", octave)
    tempo = _add(measure, "direction", placement="above")
    # A metronome mark would take a music font into the picture, which makes it twice as large.
    words = f"{round(riff.tempo_bpm)} bpm"
    if riff.open_strings != STANDARD_TUNING:
        named = {pitches: name for name, pitches in TUNINGS.items()}
        words += f", {named.get(riff.open_strings) or ' '.join(string_names(riff.open_strings))}"
    _add(tempo, "direction-type/words", words)
    _add(tempo, "sound", tempo=riff.tempo_bpm)


def _add_notes(
    measure: Any,
    riff: Riff,
    number: int,
    fifths: int,
    shown: dict[tuple[str, int], int] | None = None,
    beam: Sequence[str] = (),
    bracket: Sequence[str] = (),
) -> None:
    """Add the notes of a symbol, or its rest: for the TAB, unless `shown` keeps the accidentals."""
    symbol = riff.symbols[number]
    tab = shown is None
    pitches = event_pitches(riff.events[symbol.event]) if symbol.event >= 0 else ()
    goes_on = number + 1 < len(riff.symbols) and riff.symbols[number + 1].tied
    ties = [kind for kind, yes in (("stop", symbol.tied), ("start", goes_on)) if yes and pitches]
    name, dots, triplet = NOTE_VALUES[symbol.duration]
    for k, pitch in enumerate(pitches or (None,)):
        note = _add(measure, "note", id=f"{'t' if tab else 'n'}-{number}-{k}")
        if symbol.event >= riff.prompt_events > 0:
            note.set("color", SCORE_COLOUR)
        if k:
            _add(note, "chord")
        if tab and (pitch is None or symbol.tied):
            note.set("print-object", "no")
        if pitch is None:
            _add(note, "rest")
        else:
            letter, alter, octave = spell_pitch(pitch, fifths)
            place = _add(note, "pitch")
            _add(place, "step", letter)
            _add(place, "alter", alter)
            _add(place, "octave", octave)
        _add(note, "duration", symbol.duration)
        for kind in ties:
            _add(note, "tie", type=kind)
        _add(note, "voice", 5 if tab else 1)
        _add(note, "type", name)
        for _ in range(dots):
            _add(note, "dot")
        if pitch is not None and not tab:
            if (
                shown.get((letter, octave), key_alteration(letter, fifths)) != alter
                and not symbol.tied
            ):
                _add(note, "accidental", {1: "sharp", -1: "flat", 0: "natural"}[alter])
                shown[letter, octave] = alter
        if triplet:
            ratio = _add(note, "time-modification")
            _add(ratio, "actual-notes", 3)
            _add(ratio, "normal-notes", 2)
        if tab:
            _add(note, "stem", "none")
        _add(note, "staff", 2 if tab else 1)
        for level, kind in enumerate(beam if k == 0 else (), 1):
            _add(note, "beam", kind, number=level)
        notations = _add(note, "notations")
        for kind in ties:
            _add(notations, "tied", type=kind)
        for kind in bracket if k == 0 else ():
            _add(notations, "tuplet", type=kind, bracket="yes")
        if not tab and k == 0 and riff.is_muted(symbol):
            _add(notations, "articulations/staccato")
        if tab and pitch is not None:
            for string, fret in enumerate(riff.fingering.frets[symbol.event]):
                if fret >= 0 and riff.open_strings[string] + fret == pitch:
                    technical = _add(notations, "technical")
                    _add(technical, "string", len(riff.open_strings) - string)
                    _add(technical, "fret", fret)
