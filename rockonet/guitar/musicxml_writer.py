"""A riff as MusicXML: standard notation over TAB."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from rockonet.common.techniques import Technique
from rockonet.common.theory import TICKS_PER_QUARTER, beat_ticks
from rockonet.common.tunings import STANDARD_TUNING, tuning_name
from rockonet.guitar.musicxml_techniques import (
    add_notehead,
    add_palm_mutes,
    add_techniques,
    drawn_by_verovio,
)
from rockonet.guitar.notation import (
    NOTE_VALUES,
    SCORE_COLOUR,
    NotatedEvent,
    beam_values,
    cell_ticks,
    key_alteration,
    spell_pitch,
    tuplet_brackets,
)
from rockonet.guitar.score_marks import PLACEHOLDER, placeholders
from rockonet.guitar.xml_elements import add

if TYPE_CHECKING:
    from rockonet.guitar.notes import PlayedNote
    from rockonet.guitar.riff import Riff


def musicxml(riff: Riff, picture: bool = False) -> str:
    """A riff as MusicXML: standard notation over TAB, in two staves of one part.

    The second staff is the same music once more. Its notes are cue notes, which are silent, so that
    programs play the riff once.

    What was generated has a colour of its own, and words where it begins. A note has the id
    ``n-<symbol>-<note>``, the same note in the TAB ``t-<symbol>-<note>``.
    picture: only to be drawn, with figures of full size in the TAB and without what `with_marks`
        draws. The tempo is words then, as the
        note of a metronome mark would take in a music font of 60 kB.
    """
    root = Element("score-partwise", version="4.0")
    add(root, "work/work-title", riff.title)
    add(root, "identification/encoding/software", "Rock-o-net")
    _add_instrument(add(root, "part-list/score-part", id="P1"), riff.program)
    part = add(root, "part", id="P1")
    numbers = range(len(riff.symbols))
    for bar, inside in itertools.groupby(numbers, lambda number: riff.symbols[number].bar):
        symbols = list(inside)
        measure = add(part, "measure", number=bar + 1)
        if bar == 0:
            _add_attributes(measure, riff)
            _add_tempo(measure, riff, picture)
        _add_staff(measure, riff, symbols, picture)
        add(measure, "backup/duration", sum(riff.symbols[i].duration for i in symbols))
        _add_tab(measure, riff, symbols, silent=not picture)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode")


def _add_instrument(part: Element, program: int) -> None:
    """Add the name of a part and its sound: without one programs play a piano."""
    add(part, "part-name", "Guitar")
    # Others go by the program alone. MuseScore 4 knows many names: of an 'Electric Guitar' it
    # always takes the clean one, of a plain 'Guitar' no strings, of an unknown one the program.
    name = {24: "Classical Guitar", 25: "Acoustic Guitar"}.get(program, "Lead guitar")
    add(add(part, "score-instrument", id="P1-I1"), "instrument-name", name)
    sound = add(part, "midi-instrument", id="P1-I1")
    add(sound, "midi-channel", 1)
    add(sound, "midi-program", program + 1)  # here they are counted from 1


def _add_attributes(measure: Element, riff: Riff) -> None:
    """What stands at the head of a score: key, meter, clefs and tuning."""
    head = add(measure, "attributes")
    add(head, "divisions", TICKS_PER_QUARTER)
    add(head, "key/fifths", riff.fifths)
    time = add(head, "time")
    add(time, "beats", riff.meter[0])
    add(time, "beat-type", riff.meter[1])
    add(head, "staves", 2)
    clef = add(head, "clef", number=1)
    add(clef, "sign", "G")
    add(clef, "line", 2)
    add(clef, "clef-octave-change", -1)  # a guitar sounds an octave below what is written
    clef = add(head, "clef", number=2)
    add(clef, "sign", "TAB")
    add(clef, "line", 5)
    details = add(head, "staff-details", number=2)
    add(details, "staff-type", "alternate")  # the same music as in the first staff
    add(details, "staff-lines", len(riff.open_strings))
    for line, pitch in enumerate(riff.open_strings, 1):  # the lowest line is the lowest string
        string = add(details, "staff-tuning", line=line)
        letter, alter, octave = spell_pitch(pitch, -1)
        add(string, "tuning-step", letter)
        add(string, "tuning-alter", alter)
        add(string, "tuning-octave", octave)


def _add_tempo(measure: Element, riff: Riff, picture: bool) -> None:
    """Add the tempo and, if it is not the usual one, the tuning."""
    tempo = add(measure, "direction", placement="above")
    words = []
    if picture:
        words.append(f"{round(riff.tempo_bpm)} bpm")
    else:
        mark = add(tempo, "direction-type/metronome")
        add(mark, "beat-unit", "quarter")
        add(mark, "per-minute", f"{riff.tempo_bpm:.10g}")
    if riff.open_strings != STANDARD_TUNING:
        words.append(tuning_name(riff.open_strings))
    if words:
        add(tempo, "direction-type/words", ", ".join(words))
    add(tempo, "sound", tempo=f"{riff.tempo_bpm:.10g}")


def _add_staff(measure: Element, riff: Riff, numbers: Sequence[int], picture: bool) -> None:
    """Add a bar in standard notation; numbers: those of its symbols."""
    symbols = [riff.symbols[number] for number in numbers]
    beams = beam_values(symbols, beat_ticks(riff.meter))
    brackets = tuplet_brackets(symbols, cell_ticks(riff.meter))
    accidentals: dict[tuple[str, int], int] = {}  # those shown hold until the bar line
    for number, symbol, beam, bracket in zip(numbers, symbols, beams, brackets, strict=True):
        if riff.goes_on_with(symbol):
            words = add(measure, "direction", placement="above")
            look = {"font-weight": "bold", "color": SCORE_COLOUR}
            add(words, "direction-type/words", "generated from here", **look)
            add(words, "staff", 1)
        for k, played in enumerate(riff.notes[number] or [None]):
            note = _add_note(measure, riff, number, k, "n")
            _add_value(note, symbol, voice=1)
            if played and not played.tied:
                _add_accidental(note, played.pitch, riff.fifths, accidentals)
            _add_triplet(note, symbol)
            add_notehead(note, played)
            add(note, "staff", 1)
            for level, kind in enumerate(beam if k == 0 else (), 1):
                add(note, "beam", kind, number=level)
            notations = _add_notations(note, _ties(riff, number))
            for kind in bracket if k == 0 else ():
                add(notations, "tuplet", type=kind, bracket="yes")
            if played:
                told = drawn_by_verovio(played) if picture else played
                technical = add_techniques(notations, riff, told)
                notations.extend([technical] if len(technical) else [])
                _add_slurs(notations, riff.notes[number], k)
            if played and played.muted and k == 0:
                add(notations, "articulations/staccato")
            _add_play(note, played)


def _add_tab(measure: Element, riff: Riff, numbers: Sequence[int], silent: bool) -> None:
    """Add a bar of TAB; numbers: those of its symbols. silent: whether programs leave it out."""
    symbols = [riff.symbols[number] for number in numbers]
    brackets = tuplet_brackets(symbols, cell_ticks(riff.meter))
    room = 0 if silent else placeholders(riff)
    for number, symbol, bracket in zip(numbers, symbols, brackets, strict=True):
        if silent:
            add_palm_mutes(measure, riff, number, ended=False)
        for _ in range(room):
            words = add(measure, "direction", placement="above")
            add(words, "direction-type/words", PLACEHOLDER)
            add(words, "staff", 2)
        for k, played in enumerate(riff.notes[number] or [None]):
            note = _add_note(measure, riff, number, k, "t", silent)
            if not played or played.tied:
                note.set("print-object", "no")
            _add_value(note, symbol, voice=5)
            _add_triplet(note, symbol)
            add(note, "stem", "none")
            add_notehead(note, played)
            add(note, "staff", 2)
            notations = _add_notations(note, _ties(riff, number))
            for kind in bracket if k == 0 else ():  # else programs draw one of their own
                add(notations, "tuplet", type=kind, bracket="no", show_number="none")
            if played and played.string >= 0:
                told = played if silent else drawn_by_verovio(played, in_tab=True)
                technical = add_techniques(notations, riff, told, in_tab=True)
                add(technical, "string", len(riff.open_strings) - played.string)
                add(technical, "fret", played.fret)
                notations.append(technical)
            _add_play(note, played)
        if silent:
            add_palm_mutes(measure, riff, number, ended=True)


def _add_note(
    measure: Element, riff: Riff, number: int, k: int, staff: str, silent: bool = False
) -> Element:
    """Add note `k` of a symbol, or its rest, up to the length and the ties that are heard."""
    symbol, notes = riff.symbols[number], riff.notes[number]
    note = add(measure, "note", id=f"{staff}-{number}-{k}")
    if symbol.event >= riff.prompt_events > 0:
        note.set("color", SCORE_COLOUR)
    if silent:
        add(note, "cue")
    if k:
        add(note, "chord")
    if notes:
        letter, alter, octave = spell_pitch(notes[k].pitch, riff.fifths)
        pitch = add(note, "pitch")
        add(pitch, "step", letter)
        add(pitch, "alter", alter)
        add(pitch, "octave", octave)
    else:
        add(note, "rest")
    add(note, "duration", symbol.duration)
    for kind in () if silent else _ties(riff, number):
        add(note, "tie", type=kind)
    return note


def _ties(riff: Riff, number: int) -> list[str]:
    """Whether a tie ends at a symbol, and whether one begins."""
    following = riff.symbols[number + 1 : number + 2]
    stop = ["stop"] if riff.symbols[number].tied else []
    return stop + ["start" for symbol in following if symbol.tied]


def _add_value(note: Element, symbol: NotatedEvent, voice: int) -> None:
    name, dots, _ = NOTE_VALUES[symbol.duration]
    add(note, "voice", voice)
    add(note, "type", name)
    for _ in range(dots):
        add(note, "dot")


def _add_accidental(
    note: Element, pitch: int, fifths: int, shown: dict[tuple[str, int], int]
) -> None:
    """Add the sign that a pitch needs, unless the key or one in `shown` says the same."""
    letter, alter, octave = spell_pitch(pitch, fifths)
    if shown.get((letter, octave), key_alteration(letter, fifths)) != alter:
        add(note, "accidental", {1: "sharp", -1: "flat", 0: "natural"}[alter])
        shown[letter, octave] = alter


def _add_triplet(note: Element, symbol: NotatedEvent) -> None:
    """Add that three notes take the time of two, if the symbol is one of a triplet."""
    if NOTE_VALUES[symbol.duration][2]:
        ratio = add(note, "time-modification")
        add(ratio, "actual-notes", 3)
        add(ratio, "normal-notes", 2)


def _add_notations(note: Element, ties: Sequence[str]) -> Element:
    """Add what is drawn at a note, its ties first."""
    notations = add(note, "notations")
    for kind in ties:
        add(notations, "tied", type=kind)
    return notations


def _add_slurs(notations: Element, notes: Sequence[PlayedNote], k: int) -> None:
    """Add the ends of the slurs of hammer-ons and pull-offs, one for a chord, at its note `k`."""
    stops = [n.origin >= 0 and bool(n.technique & Technique.LEGATO) for n in notes]
    starts = [bool(n.leads & Technique.LEGATO) for n in notes]
    for kind, places in (("stop", stops), ("start", starts)):
        if True in places and places.index(True) == k:
            add(notations, "slur", type=kind, number=1)


def _add_play(note: Element, played: PlayedNote | None) -> None:
    """Add how a note is damped. The dot over it is for programs that do not know."""
    if played and played.muted:
        add(note, "play/mute", "palm")
