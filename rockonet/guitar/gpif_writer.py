"""A riff as a file of Guitar Pro 7 and 8: a zip archive with a score in XML."""

from __future__ import annotations

import io
import itertools
import struct
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from rockonet.common.techniques import BENDS, Technique
from rockonet.common.tunings import tuning_name
from rockonet.guitar.notation import NOTE_VALUES, spell_pitch
from rockonet.guitar.notes import PlayedNote, tremolo_value
from rockonet.guitar.xml_elements import add

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

UNKNOWN = (
    "SubTitle", "Artist", "Album", "Words", "Music", "WordsAndMusic", "Copyright", "Tabber",
    "Instructions",
)  # fmt: skip
# Of 16 numbers the twelfth is the place between left and right, the next the volume: of a track
# without them MuseScore 4 plays nothing.
CHANNEL_STRIP = (*11 * [0.5], 0.5, 0.8, *3 * [0.5])
DYNAMICS = ("PPP", "PP", "P", "MP", "MF", "F", "FF", "FFF")  # 16 velocities each


def guitar_pro_8(riff: Riff) -> bytes:
    """A riff as a ``.gp`` file of Guitar Pro 7 and 8: what `gpif` says, in its container."""
    # Big-endian. Two views, of all tracks and of the only one, which shows notes (1) and TAB (2);
    # then zoom, view and cursor, and that the track is seen in both.
    views = struct.pack(">i", 2) + 2 * struct.pack(">?iB", False, 1, 1 | 2) + struct.pack(">i", 1)
    files = {
        "VERSION": b"7.0",
        "Content/BinaryStylesheet": struct.pack(">i", 0),  # nothing but the usual looks
        "Content/PartConfiguration": views,
        "Content/LayoutConfiguration": struct.pack(">iBBBB", 4, 0, 0, 255, 255),
        "Content/score.gpif": gpif(riff).encode(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # The date is always that of the first zip archives: the same riff gives the same file.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def gpif(riff: Riff) -> str:
    """A riff as the XML within a ``.gp`` file: title, tempo, tuning, key, strings, frets,
    durations, ties, techniques and loudness.

    Everything stands in a list of its own and is named by its place there: a bar has the numbers of
    its voices, a voice those of its beats, a beat those of its notes and of its note value.
    """
    root = Element("GPIF")
    add(root, "GPVersion", "7.6.0")
    add(root, "GPRevision", "12024", required="12023", recommended="12024")
    add(root, "Encoding/EncodingDescription", "GP7")
    score = add(root, "Score")
    add(score, "Title", riff.title)
    for name in UNKNOWN:  # TuxGuitar cannot save a song that lacks one of them
        add(score, name)
    add(score, "Notices", "made with Rock-o-net")
    add(score, "MultiVoice", "0")
    master = add(root, "MasterTrack")
    add(master, "Tracks", "0")
    _add_automation(add(master, "Automations"), "Tempo", f"{riff.tempo_bpm:.10g} 2")  # quarters
    _add_track(add(root, "Tracks/Track", id=0), riff)
    numbers = range(len(riff.symbols))
    bars = itertools.groupby(numbers, lambda number: riff.symbols[number].bar)
    beats_of_bars = [(bar, list(beats)) for bar, beats in bars]
    master_bars = add(root, "MasterBars")
    for bar, _ in beats_of_bars:
        _add_master_bar(add(master_bars, "MasterBar"), riff, bar)
    bar_list = add(root, "Bars")
    for bar, _ in beats_of_bars:
        element = add(bar_list, "Bar", id=bar)
        add(element, "Clef", "G2")
        add(element, "Voices", f"{bar} -1 -1 -1")  # of four only the first
    voices = add(root, "Voices")
    for bar, beats in beats_of_bars:
        add(add(voices, "Voice", id=bar), "Beats", " ".join(map(str, beats)))
    beat_list, note_list = add(root, "Beats"), add(root, "Notes")
    values = list(NOTE_VALUES)
    for number, (symbol, notes) in enumerate(zip(riff.symbols, riff.notes, strict=True)):
        going_on = number + 1 < len(riff.symbols) and riff.symbols[number + 1].tied
        first = len(note_list)
        for note in notes:
            _add_note(add(note_list, "Note", id=len(note_list)), riff, note, going_on)
        beat = add(beat_list, "Beat", id=number)
        _add_beat(beat, riff, number, range(first, len(note_list)))
        add(beat, "Rhythm", ref=values.index(symbol.duration))
    _add_rhythms(add(root, "Rhythms"))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode")


def _add_property(properties: Element, name: str, kind: str, value: object = None) -> None:
    add(add(properties, "Property", name=name), kind, value)


def _add_automation(automations: Element, kind: str, value: str) -> None:
    """Add what holds from the first bar on."""
    automation = add(automations, "Automation")
    add(automation, "Type", kind)
    add(automation, "Linear", "false")
    add(automation, "Bar", 0)
    add(automation, "Position", 0)
    add(automation, "Visible", "true")
    add(automation, "Value", value)


def _add_track(track: Element, riff: Riff) -> None:
    """Add name, sound and tuning of the guitar."""
    acoustic = riff.program < 26  # of General MIDI: nylon, steel
    add(track, "Name", "Guitar")
    add(track, "ShortName", "gtr.")
    add(track, "Color", "0 114 178")
    add(track, "PlayingStyle", "StringedPick")
    add(track, "IconId", 1 if acoustic else 4)
    instrument = add(track, "InstrumentSet")
    add(instrument, "Name", "Steel Guitar" if acoustic else "Electric Guitar")
    add(instrument, "Type", "steelGuitar" if acoustic else "electricGuitar")
    add(instrument, "LineCount", 5)
    transpose = add(track, "Transpose")
    add(transpose, "Chromatic", 0)
    add(transpose, "Octave", -1)  # a guitar sounds an octave below what is written
    strip = add(track, "RSE/ChannelStrip", version="E56")
    add(strip, "Parameters", " ".join(map(str, CHANNEL_STRIP)))
    add(track, "ForcedSound", -1)
    _add_sound(track, riff.program)
    channel = add(track, "MidiConnection")
    add(channel, "Port", 0)
    add(channel, "PrimaryChannel", 0)
    add(channel, "SecondaryChannel", 1)
    add(channel, "ForeOneChannelPerString", "false")  # so it is spelled there
    add(track, "PlaybackState", "Default")
    add(track, "AudioEngineState", "MIDI")
    staff = add(track, "Staves/Staff/Properties")
    _add_property(staff, "CapoFret", "Fret", 0)
    _add_property(staff, "FretCount", "Fret", 24)
    tuning = add(staff, "Property", name="Tuning")
    add(tuning, "Pitches", " ".join(map(str, riff.open_strings)))
    add(tuning, "Instrument", "Guitar")
    add(tuning, "Label", tuning_name(riff.open_strings))
    add(tuning, "LabelVisible", "true")


def _add_sound(track: Element, program: int) -> None:
    sound = add(track, "Sounds/Sound")
    name, path, role = "Guitar", f"Midi/{program}", "Factory"
    add(sound, "Name", name)
    add(sound, "Label", name)
    add(sound, "Path", path)
    add(sound, "Role", role)
    midi = add(sound, "MIDI")
    add(midi, "LSB", 0)
    add(midi, "MSB", 0)
    add(midi, "Program", program)
    _add_automation(add(track, "Automations"), "Sound", f"{path};{name};{role}")


def _add_master_bar(master_bar: Element, riff: Riff, bar: int) -> None:
    """Add what a bar is for all tracks: key, meter, and the bar of each track."""
    key = add(master_bar, "Key")
    add(key, "AccidentalCount", riff.fifths)
    add(key, "Mode", "Major")
    add(key, "TransposeAs", "Flats" if riff.fifths < 0 else "Sharps")
    add(master_bar, "Time", f"{riff.meter[0]}/{riff.meter[1]}")
    add(master_bar, "Bars", bar)


def _add_beat(beat: Element, riff: Riff, number: int, notes: Sequence[int]) -> None:
    """Add how loud a symbol is, what is written over it and the numbers of its notes."""
    symbol = riff.symbols[number]
    if symbol.event >= 0:
        loudness = round((int(riff.events["velocity"][symbol.event]) - 15) / 16)
        add(beat, "Dynamic", DYNAMICS[min(max(loudness, 0), 7)])
    if any(note.technique & Technique.TREMOLO for note in riff.notes[number]):
        add(beat, "Tremolo", f"1/{tremolo_value(riff.tempo_bpm) // 4}")
    if riff.goes_on_with(symbol):
        add(beat, "FreeText", "generated from here")
    if notes:
        add(beat, "Notes", " ".join(map(str, notes)))


def _add_note(element: Element, riff: Riff, note: PlayedNote, going_on: bool) -> None:
    """Add a note: the format counts strings from the lowest, which is 0."""
    properties = add(element, "Properties")
    for name, pitch in ("ConcertPitch", note.pitch), ("TransposedPitch", note.pitch + 12):
        letter, alter, octave = spell_pitch(pitch, riff.fifths)
        spelled = add(add(properties, "Property", name=name), "Pitch")
        add(spelled, "Step", letter)
        add(spelled, "Accidental", {1: "#", -1: "b", 0: ""}[alter])
        add(spelled, "Octave", octave + 1)  # here middle C is C5
    _add_property(properties, "String", "String", note.string)
    _add_property(properties, "Fret", "Fret", note.fret)
    _add_property(properties, "Midi", "Number", note.pitch)
    _add_techniques(element, properties, note)
    if note.tied or going_on:
        add(element, "Tie", origin=str(going_on).lower(), destination=str(note.tied).lower())


# Of a bend whether it is up at its origin, in its middle and at its destination, and where these
# are, in hundredths of the note; the middle is a stretch.
_BENDS = {
    Technique.BEND: ((0, 1, 1), (0, 50, 50, 50)),
    Technique.BEND | Technique.RELEASE: ((0, 1, 0), (0, 25, 50, 75)),
    Technique.PREBEND: ((1, 1, 1), (0, 50, 50, 100)),
    Technique.PREBEND | Technique.RELEASE: ((1, 1, 0), (0, 33, 33, 66)),
}
_SLIDE_ON, _SLIDE_IN = 2, 16  # to the note that follows, which is not picked; from below
_PROPERTIES = {
    Technique.PALM_MUTE: "PalmMuted",
    Technique.DEAD: "Muted",
}


def _add_techniques(element: Element, properties: Element, note: PlayedNote) -> None:
    """Add how a note is played; what leads to the next note is said by both."""
    flags = note.technique
    for flag, name in _PROPERTIES.items():
        if flags & flag:
            _add_property(properties, name, "Enable")
    if note.leads & Technique.LEGATO:
        _add_property(properties, "HopoOrigin", "Enable")
    if flags & Technique.LEGATO:
        _add_property(properties, "HopoDestination" if note.origin >= 0 else "Tapped", "Enable")
    slides = _SLIDE_ON * bool(note.leads & Technique.SLIDE)
    slides += _SLIDE_IN * bool(flags & Technique.SLIDE and note.origin < 0)
    if slides:
        _add_property(properties, "Slide", "Flags", slides)
    if flags & BENDS:
        _add_property(properties, "Bended", "Enable")
        heights, places = _BENDS[flags & BENDS]
        for name, height in zip(("Origin", "Middle", "Destination"), heights, strict=True):
            _add_property(properties, f"Bend{name}Value", "Float", f"{25 * note.bend * height:.6f}")
        names = "OriginOffset", "MiddleOffset1", "MiddleOffset2", "DestinationOffset"
        for name, place in zip(names, places, strict=True):
            _add_property(properties, f"Bend{name}", "Float", f"{place:.6f}")
    if flags & Technique.HARMONIC:
        _add_property(properties, "Harmonic", "Enable")
        _add_property(properties, "HarmonicType", "HType", "Natural")
        _add_property(properties, "HarmonicFret", "HFret", note.fret)
    if flags & Technique.VIBRATO:
        add(element, "Vibrato", "Slight")
    if flags & Technique.LET_RING:
        add(element, "LetRing")


def _add_rhythms(rhythms: Element) -> None:
    """Add all note values there are."""
    for number, (name, dots, triplet) in enumerate(NOTE_VALUES.values()):
        rhythm = add(rhythms, "Rhythm", id=number)
        add(rhythm, "NoteValue", name.capitalize())
        if dots:
            add(rhythm, "AugmentationDot", count=dots)
        if triplet:
            add(rhythm, "PrimaryTuplet", num=3, den=2)
