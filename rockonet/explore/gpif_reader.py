"""The XML of Guitar Pro 6, 7 and 8, from its zip archive to a written song."""

from __future__ import annotations

import collections
import re
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml
import defusedxml.ElementTree

from rockonet.common.techniques import Technique, harmonic_semitones
from rockonet.common.theory import is_meter
from rockonet.explore.written_song import (
    MAX_WRITTEN_BARS,
    MAX_WRITTEN_NOTES,
    WrittenBar,
    WrittenBeat,
    WrittenNote,
    WrittenSong,
    WrittenTrack,
    bend_technique,
    counted,
    longest_held,
    plain_text,
)
from rockonet.explore.zipped_score import zipped_file

# The XML of a long song has 4 MB; what is beyond these is refused before it fills the memory.
MAX_SCORE_BYTES, MAX_SCORE_TAGS = 32_000_000, 3_000_000

# How notes are spelled is half of the file, and tells nothing new: without it reading is faster.
_SPELLED = re.compile(
    rb"""<Property name="(?:Concert|Transposed)Pitch">.{0,200}?</Property>|<XProperties ?/>""", re.S
)
LONGEST_GRACE = 1 / 8  # quarter notes, whatever is written: a thirty-second
_VALUES = "DoubleWhole Whole Half Quarter Eighth 16th 32nd 64th 128th 256th".split()
_QUARTERS = {"Long": 16.0} | {name: 8 / 2**place for place, name in enumerate(_VALUES)}
_DYNAMICS = "PPP PP P MP MF F FF FFF".split()  # 16 velocities each
_TEMPO_UNITS = {"1": 0.5, "2": 1.0, "3": 1.5, "4": 2.0, "5": 3.0}  # in quarter notes
_FEELS = {
    "Triplet8th": (0.5, 2 / 3),
    "Triplet16th": (0.25, 2 / 3),
    "Dotted8th": (0.5, 0.75),
    "Dotted16th": (0.25, 0.75),
    "Scottish8th": (0.5, 0.25),
    "Scottish16th": (0.25, 0.25),
}
# What Guitar Pro 6 calls elements of a drum kit, each in its variations: General MIDI numbers.
_KIT = (
    (35, 35, 35), (38, 38, 37), (56, 56, 56), (56, 56, 56), (56, 56, 56), (43, 43, 43),
    (45, 45, 45), (47, 47, 47), (48, 48, 48), (50, 50, 50), (42, 46, 46), (44, 44, 44),
    (57, 57, 57), (49, 49, 49), (55, 55, 55), (51, 59, 53), (52, 52, 52),
)  # fmt: skip
_TECHNIQUES = {  # plain numbers, because there are thousands of notes
    "PalmMuted": int(Technique.PALM_MUTE),
    "Muted": int(Technique.DEAD),
    "HopoDestination": int(Technique.LEGATO),
    "Tapped": int(Technique.LEGATO),
    "LeftHandTapped": int(Technique.LEGATO),
}
_VIBRATO, _LET_RING = int(Technique.VIBRATO), int(Technique.LET_RING)
_SLIDE, _HARMONIC, _TREMOLO = map(int, (Technique.SLIDE, Technique.HARMONIC, Technique.TREMOLO))


def archived_score(data: bytes) -> bytes:
    """The XML in a ``.gp`` archive.

    Raises: ValueError with the reason.
    """
    return zipped_file(data, "score.gpif", MAX_SCORE_BYTES)


def read_gpif(xml: bytes) -> WrittenSong:
    """The song in the XML of Guitar Pro 6, 7 or 8.

    Raises: ValueError with the reason.
    """
    if len(xml) > MAX_SCORE_BYTES or xml.count(b"<") > MAX_SCORE_TAGS:
        raise ValueError("its score is too large for a song")
    try:
        root = defusedxml.ElementTree.fromstring(_SPELLED.sub(b"", xml), forbid_dtd=True)
    except (ParseError, defusedxml.DefusedXmlException, LookupError) as error:
        raise ValueError(f"its score is no XML that can be read ({error})") from error
    return _Gpif(root).song()


class _Gpif:
    """The lists of a score, in which everything is named by its number."""

    def __init__(self, root: Element):
        self.root = root
        self.voices, self.bars, self.beats, self.notes, self.rhythms = (
            {element.get("id", ""): element for element in root.iterfind(f"{kind}/*")}
            for kind in ("Voices", "Bars", "Beats", "Notes", "Rhythms")
        )
        self.lengths = {name: _length(rhythm) for name, rhythm in self.rhythms.items()}
        self.room = MAX_WRITTEN_NOTES
        self.lost: collections.Counter[str] = collections.Counter()

    def song(self) -> WrittenSong:
        masters = self.root.findall("MasterBars/MasterBar")
        if not masters:
            raise ValueError("it has no bars")
        staves = [
            (track, staff)
            for track in self.root.iterfind("Tracks/Track")
            for staff in track.findall("Staves/Staff") or [track]
        ]
        if len(staves) * len(masters) > MAX_WRITTEN_BARS:
            raise ValueError("it has too many bars for a song")
        tempos = self._tempos(masters)
        bars = [_bar(master, tempos.get(number, ())) for number, master in enumerate(masters)]
        numbers = [(master.findtext("Bars") or "").split() for master in masters]
        tracks = []
        for place, (track, staff) in enumerate(staves):
            mine = [names[place] if place < len(names) else "-1" for names in numbers]
            tracks.append(self._track(track, staff, mine))
        if self.root.find("MasterTrack/Anacrusis") is not None:
            bars[0] = _pickup(bars[0], tracks)
        if any(master.find("Directions/Jump") is not None for master in masters):
            self.lost["jumps such as Da Capo and Da Segno, not followed"] += 1
        return WrittenSong(
            plain_text(self.root.findtext("Score/Title")), bars, tracks, counted(self.lost)
        )

    def _spend(self, notes: int) -> None:
        self.room -= notes
        if self.room < 0:
            raise ValueError("it has too many notes for a song")

    def _tempos(self, masters: Sequence[Element]) -> dict[int, tuple[tuple[float, float], ...]]:
        """Of each bar where in it the tempo changes, and to what."""
        found: dict[int, list[tuple[float, float]]] = {}
        for change in self.root.iterfind("MasterTrack/Automations/Automation"):
            if change.findtext("Type") != "Tempo":
                continue
            value, _, unit = (change.findtext("Value") or "").partition(" ")
            bar = int(_number(change.findtext("Bar")))
            if 0 <= bar < len(masters):
                length = _meter_and_length(masters[bar])[1]
                place = min(max(_number(change.findtext("Position")), 0), 1) * length
                tempo = _number(value) * _TEMPO_UNITS.get(unit.strip(), 1.0)
                found.setdefault(bar, []).append((place, tempo))
        return {bar: tuple(sorted(changes)) for bar, changes in found.items()}

    def _track(self, track: Element, staff: Element, numbers: Sequence[str]) -> WrittenTrack:
        told = {p.get("name"): p for p in staff.iterfind("Properties/Property")}
        pitches = told["Tuning"].findtext("Pitches") if "Tuning" in told else None
        drum = (
            "drum" in (track.findtext("InstrumentSet/Type") or "").lower()
            or track.find("GeneralMidi[@table='Percussion']") is not None
            or track.findtext("MidiConnection/PrimaryChannel") == "9"
        )
        kit = [
            int(_number(number.text, -1))
            for number in track.iterfind(
                "InstrumentSet/Elements/Element/Articulations/Articulation/OutputMidiNumber"
            )
        ]
        strings = tuple(int(_number(pitch)) for pitch in (pitches or "").split())
        capo = int(_number(told["CapoFret"].findtext("Fret"))) if "CapoFret" in told else 0
        if "PartialCapoFret" in told and _number(told["PartialCapoFret"].findtext("Fret")):
            self.lost["partial capos left out"] += 1
        bars: list[list[list[WrittenBeat]]] = []
        for number in numbers:
            bar = self.bars.get(number)
            mark = "" if bar is None else bar.findtext("SimileMark") or ""
            back = {"Simple": 1, "FirstOfDouble": 2, "SecondOfDouble": 2}.get(mark, 0)
            if 0 < back <= len(bars):
                bars.append(bars[-back])
            else:
                names = [] if bar is None else (bar.findtext("Voices") or "")[:99].split()[:4]
                bars.append([self._voice(name, len(strings), drum, kit) for name in names])
        name = plain_text(track.findtext("Name"))
        return WrittenTrack(name, _program(track, len(numbers)), drum, strings, capo, bars)

    def _voice(self, name: str, strings: int, drum: bool, kit: Sequence[int]) -> list[WrittenBeat]:
        found = []
        voice = self.voices.get(name)
        numbers = [] if voice is None else (voice.findtext("Beats") or "").split()
        self._spend(len(numbers))
        for number in numbers:
            beat = self.beats.get(number)
            if beat is None:
                continue
            names = (beat.findtext("Notes") or "").split()
            self._spend(len(names))
            told = {p.get("name") for p in beat.iterfind("Properties/Property")}
            flags = _TREMOLO if beat.find("Tremolo") is not None else 0
            flags |= _VIBRATO if "VibratoWTremBar" in told else 0
            if told & {"WhammyBar", "WhammyBarOriginValue"} or beat.find("Whammy") is not None:
                self.lost["tremolo bars left out"] += 1
            dynamic = beat.findtext("Dynamic") or "F"
            loud = 15 + 16 * (_DYNAMICS.index(dynamic) if dynamic in _DYNAMICS else 5)
            elements = [self.notes[name] for name in names if name in self.notes]
            notes = [self._note(element, flags, loud, drum, kit) for element in elements]
            rhythm = beat.find("Rhythm")
            length = self.lengths.get("" if rhythm is None else rhythm.get("ref", ""), 1.0)
            grace = beat.findtext("GraceNotes")
            kept = tuple(
                note
                for note in notes
                if note.pitch >= 0 or (0 <= note.string < strings and -1 <= note.fret < 100)
            )
            if len(kept) < len(names):
                self.lost["notes on no string left out"] += len(names) - len(kept)
            length = min(length, LONGEST_GRACE) if grace else length
            found.append(WrittenBeat(length, kept, bool(grace), grace == "OnBeat"))
        return found

    def _note(
        self, element: Element, flags: int, loud: int, drum: bool, kit: Sequence[int]
    ) -> WrittenNote:
        told = {p.get("name", ""): p for p in element.iterfind("Properties/Property")}

        def value(name: str, kind: str, default: float = -1) -> float:
            return _number(told[name].findtext(kind), default) if name in told else default

        string, fret = int(value("String", "String")), int(value("Fret", "Fret"))
        pitch = _drum(element, value, kit) if drum else -1
        if not drum and string < 0:
            by_name = 12 * value("Octave", "Number") + value("Tone", "Step")
            pitch = int(value("Midi", "Number", by_name))
        for name in told:
            flags |= _TECHNIQUES.get(name, 0)
        flags |= _VIBRATO if element.find("Vibrato") is not None else 0
        flags |= _LET_RING if element.find("LetRing") is not None else 0
        slides = int(value("Slide", "Flags", 0))
        if slides & 12:
            self.lost["slides into nothing left out"] += 1
        if element.find("Trill") is not None:
            self.lost["trills written as one note"] += 1
        bend, semitones = 0, 0
        if "Bended" in told:
            heights = [value(f"Bend{where}Value", "Float", 0) / 25 for where in _BEND_PLACES]
            flags, bend = flags | bend_technique(heights), round(max(heights))
        kind = told["HarmonicType"].findtext("HType") if "HarmonicType" in told else "Natural"
        if {"Harmonic", "HarmonicType"} & set(told) and kind != "NoHarmonic":
            flags |= _HARMONIC
            semitones = harmonic_semitones(value("HarmonicFret", "HFret", 12))
            semitones -= fret if kind == "Natural" and semitones else 0
        accents = int(_number(element.findtext("Accent")))
        loud += 32 * bool(accents & 4) + 16 * bool(accents & 8)
        loud -= 32 * (element.find("AntiAccent") is not None)
        tie = element.find("Tie")
        return WrittenNote(
            string if pitch < 0 else -1,
            fret if pitch < 0 else -1,
            min(max(loud, 15), 127),
            flags,
            tie is not None and tie.get("destination") == "true",
            pitch,
            _SLIDE if slides & 3 else 0,
            bend,
            semitones,
            0.5 if accents & 1 else 1.0,
            (slides & 32 > 0) - (slides & 16 > 0),
        )


_BEND_PLACES = ("Origin", "Middle", "Destination")


def _number(text: str | None, default: float = 0) -> float:
    """A number as it stands in the file, or the default where there is none."""
    found = re.fullmatch(r"\s*(-?\d{1,9}(?:\.\d{1,20})?)\s*", text or "")
    return float(found[1]) if found else default


def _length(rhythm: Element) -> float:
    """How long a note value is, in quarter notes, with its dots and tuplets."""
    length = _QUARTERS.get(rhythm.findtext("NoteValue") or "", 1.0)
    dots = rhythm.find("AugmentationDot")
    if dots is not None:
        length *= 2 - 0.5 ** min(max(_number(dots.get("count"), 1), 0), 4)
    for kind in "PrimaryTuplet", "SecondaryTuplet":
        tuplet = rhythm.find(kind)
        if tuplet is not None:  # Guitar Pro 6 writes elements, later ones attributes
            enters = _number(tuplet.get("num") or tuplet.findtext("Num"), 1)
            times = _number(tuplet.get("den") or tuplet.findtext("Den"), 1)
            length *= times / enters if times > 0 and enters > 0 else 1
    return length


def _meter_and_length(master: Element) -> tuple[tuple[int, int], float]:
    found = re.fullmatch(r"\s*(\d{1,3})/(\d{1,3})\s*", master.findtext("Time") or "")
    meter = (int(found[1]), int(found[2])) if found else (4, 4)
    if not is_meter(*meter) and not (meter[1] in (32, 64) and meter[0]):
        raise ValueError(f"it has a bar of {meter[0]}/{meter[1]}")
    return meter, 4 * meter[0] / meter[1]


def _bar(master: Element, tempos: tuple[tuple[float, float], ...]) -> WrittenBar:
    meter, length = _meter_and_length(master)
    repeat = master.find("Repeat")
    opens = repeat is not None and repeat.get("start") == "true"
    closes = repeat is not None and repeat.get("end") == "true"
    plays = int(min(_number(repeat.get("count"), 2), 127)) if repeat is not None and closes else 1
    endings = 0
    for ending in (master.findtext("AlternateEndings") or "").split():
        endings |= 1 << (int(ending) - 1) if ending.isdigit() and 0 < int(ending) <= 64 else 0
    feel = _FEELS.get(master.findtext("TripletFeel") or "", (0.0, 0.5))
    return WrittenBar(meter, length, opens, max(plays, 1), endings, feel, tempos)


def _pickup(bar: WrittenBar, tracks: Sequence[WrittenTrack]) -> WrittenBar:
    """A first bar that is as long as what is in it."""
    voices = [voice for track in tracks for voice in track.bars[0]]
    length = max((sum(b.length for b in v if not b.grace) for v in voices), default=bar.length)
    for value in (bar.meter[1], 8, 16, 32):
        beats = length * value / 4
        if 1 <= beats < bar.meter[0] * value / bar.meter[1] and abs(beats - round(beats)) < 1e-6:
            return bar._replace(length=round(beats) * 4 / value, meter=(round(beats), value))
    return bar


def _program(track: Element, n_bars: int) -> int:
    """The General MIDI program of a track, of several the one that holds for most bars."""
    sounds = {}
    for sound in track.iterfind("Sounds/Sound"):
        key = ";".join(sound.findtext(part) or "" for part in ("Path", "Name", "Role"))
        sounds[key] = int(_number(sound.findtext("MIDI/Program")))
    changes = [
        (int(_number(change.findtext("Bar"))), sounds[change.findtext("Value") or ""])
        for change in track.iterfind("Automations/Automation")
        if change.findtext("Type") == "Sound" and change.findtext("Value") in sounds
    ]
    first = next(iter(sounds.values()), int(_number(track.findtext("GeneralMidi/Program"))))
    return longest_held(first, changes, n_bars)


def _drum(element: Element, value: Any, kit: Sequence[int]) -> int:
    """The General MIDI number of a drum."""
    place = int(_number(element.findtext("InstrumentArticulation"), -1))
    if 0 <= place < len(kit) and kit[place] >= 0:
        return kit[place]
    part, variation = int(value("Element", "Element")), int(value("Variation", "Variation", 0))
    if 0 <= part < len(_KIT):
        return _KIT[part][min(max(variation, 0), 2)]
    return int(value("Midi", "Number", value("Fret", "Fret", place)))
