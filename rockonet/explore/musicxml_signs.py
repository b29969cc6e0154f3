"""How the notes of a MusicXML file are played: what stands with each, by its time and pitch."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from rockonet.common.techniques import Technique
from rockonet.common.theory import pitch_number

# Signs that say a technique by being there, as paths below a note; a hammer-on or a slide is told
# at the note that it leads to.
_SIGNS = {
    "notations/technical/hammer-on[@type='stop']": Technique.LEGATO,
    "notations/technical/pull-off[@type='stop']": Technique.LEGATO,
    "notations/technical/tap": Technique.LEGATO,
    "notations/technical/harmonic/natural": Technique.HARMONIC,
    "notations/slide[@type='stop']": Technique.SLIDE,
    "notations/glissando[@type='stop']": Technique.SLIDE,
    "notations/tied[@type='let-ring']": Technique.LET_RING,
    "notations/ornaments/wavy-line[@type='start']": Technique.VIBRATO,
    "notations/ornaments/tremolo[@type='single']": Technique.TREMOLO,
    "notations/technical/bend/pre-bend": Technique.PREBEND,
    "notations/technical/bend/release": Technique.RELEASE,
}
Signs = dict[tuple[str, int, int], tuple[int, int]]


def signs_of_notes(root: Element, quarter: int) -> Signs:
    """Flags of `Technique`, and quarter tones at the height of a bend, of notes that have any.

    root: of a file by parts. quarter: ticks of a quarter note. The notes are found by part and
    staff, as in ``"P1-Staff2"``, by the tick at which they begin and by the pitch that sounds.
    """
    return {
        (f"{part.get('id')}-Staff{staff}", round(onset * quarter), pitch): told
        for part in root.iterfind("part")
        for staff, onset, pitch, note in _notes(part)
        if any(told := _told(note))
    }


def _notes(part: Element) -> Iterator[tuple[str, float, int, Element]]:
    """The notes of a part: staff, when they begin in quarter notes, the pitch that sounds."""
    begin, divisions, transposed = 0.0, 1.0, 0
    for measure in part.iterfind("measure"):
        now = struck = last = begin
        for element in measure:
            divisions = float(element.findtext("divisions") or divisions)
            for sounds in element.iterfind("transpose"):
                transposed = round(float(sounds.findtext("chromatic") or 0))
                transposed += 12 * round(float(sounds.findtext("octave-change") or 0))
            length = float(element.findtext("duration") or 0) / divisions
            if element.tag == "backup":
                now -= length
            elif (
                element.tag == "forward"
                or element.tag == "note"
                and element.find("rest") is not None
            ):
                now += length
            elif element.tag == "note" and element.find("grace") is None:
                if element.find("chord") is None:
                    struck, now = now, now + length
                step, octave = element.findtext("pitch/step"), element.findtext("pitch/octave")
                pitch = pitch_number(f"{step}{octave}")
                if pitch is not None:
                    pitch += round(float(element.findtext("pitch/alter") or 0)) + transposed
                    yield element.findtext("staff") or "1", struck, pitch, element
            last = max(last, now)
        begin = last


def _told(note: Element) -> tuple[int, int]:
    """The flags and the bend of a note."""
    flags = Technique(0)
    for path, flag in _SIGNS.items():
        flags |= flag if note.find(path) is not None else Technique(0)
    if note.findtext("play/mute") == "palm":
        flags |= Technique.PALM_MUTE
    if note.findtext("notehead") == "x":
        flags |= Technique.DEAD
    heights = [
        abs(float(alter.text or 0))
        for alter in note.iterfind("notations/technical/bend/bend-alter")
    ]
    if heights and not flags & Technique.PREBEND:
        flags |= Technique.BEND
    return int(flags), round(2 * max(heights, default=0))
