"""Songs written with PyGuitarPro for the tests, from lines of text."""

import io
import re

import guitarpro
from guitarpro import models as gp

BEAT = re.compile(r"(r|[\d.+]+)/(\d+)(\.?)(?:t(\d+):(\d+))?(\S*)")
STANDARD = (40, 45, 50, 55, 59, 64)
TRANSITION = {transition.name: transition for transition in gp.GraceEffectTransition}


def a_beat(voice, text):
    """A beat as '5.7+4.9/8.t3:2,pm,h': strings and frets, value, dot, tuplet, words for signs."""
    notes, value, dot, enters, times, marks = BEAT.fullmatch(text).groups()
    tuplet = gp.Tuplet(int(enters), int(times)) if enters else gp.Tuplet()
    beat = gp.Beat(voice, duration=gp.Duration(int(value), bool(dot), tuplet))
    beat.status = gp.BeatStatus.rest if notes == "r" else gp.BeatStatus.normal
    marks = marks.split(",")[1:]
    for note in [] if notes == "r" else notes.split("+"):
        string, fret = map(int, note.split("."))
        kinds = {"tie": gp.NoteType.tie, "dead": gp.NoteType.dead}
        kind = next((kinds[mark] for mark in marks if mark in kinds), gp.NoteType.normal)
        effect = gp.NoteEffect(
            palmMute="pm" in marks,
            hammer="h" in marks,
            vibrato="v" in marks,
            letRing="ring" in marks,
            staccato="stac" in marks,
            ghostNote="ghost" in marks,
        )
        for mark in marks:
            sign, _, value = mark.partition("=")
            if sign == "slide":
                effect.slides = [gp.SlideType(int(value))]
            if sign == "bend":  # heights in quarter tones
                heights = list(map(int, value.split(":")))
                places = [12 * i // max(1, len(heights) - 1) for i in range(len(heights))]
                points = [gp.BendPoint(*point) for point in zip(places, heights, strict=True)]
                effect.bend = gp.BendEffect(gp.BendType.bend, 25 * max(heights), points)
            if sign == "grace":  # fret, transition, and whether it is on the beat
                before, transition, on = value.split(":")
                grace = gp.GraceEffect(32, int(before), False, on == "on", TRANSITION[transition])
                effect.grace = grace
            if sign == "harmonic":
                effect.harmonic = gp.NaturalHarmonic()
            if sign == "tremolo":
                effect.tremoloPicking = gp.TremoloPickingEffect(gp.Duration(16))
        beat.notes.append(gp.Note(beat, fret, 95, string, effect=effect, type=kind))
    for mark in marks:
        sign, _, value = mark.partition("=")
        if sign == "tempo":
            beat.effect.mixTableChange = gp.MixTableChange(tempo=gp.MixTableItem(int(value)))
    return beat


def a_song(
    *tracks, bars=None, version=(5, 1, 0), tempo=120, title="A song", meters=(), clean=False
):
    """The bytes of a file.

    tracks: dicts of name, program (None: drums), strings (lowest first), capo, and lines: a text
    for each bar, its voices parted by '|'. bars: of each bar a dict of MeasureHeader attributes.
    """
    song = gp.Song(title=title, tempo=tempo, measureHeaders=[], tracks=[])
    n_bars = len(tracks[0]["lines"])
    start = gp.Duration.quarterTime
    for number in range(n_bars):
        header = gp.MeasureHeader(number=number + 1, start=start)
        meter = meters[number] if number < len(meters) else (meters[-1] if meters else (4, 4))
        header.timeSignature = gp.TimeSignature(meter[0], gp.Duration(meter[1]))
        for name, value in (bars or {}).get(number, {}).items():
            setattr(header, name, value)
        song.measureHeaders.append(header)
        start += header.length
    for number, told in enumerate(tracks):
        program = told.get("program", 30)
        channel = gp.MidiChannel(2 * number, 2 * number + 1, instrument=program or 0)
        if program is None:
            channel = gp.MidiChannel(9, 9, instrument=0)
        strings = told.get("strings", STANDARD if program is not None else (0,) * 6)
        tuned = [gp.GuitarString(i, pitch) for i, pitch in enumerate(reversed(strings), 1)]
        track = gp.Track(
            song, number + 1, name=told.get("name", "Guitar"), strings=tuned, channel=channel
        )
        track.offset, track.isPercussionTrack = told.get("capo", 0), program is None
        for measure, line in zip(track.measures, told["lines"], strict=True):
            for voice, beats in zip(measure.voices, line.split("|"), strict=False):
                voice.beats += [a_beat(voice, beat) for beat in beats.split()]
            if not measure.voices[1].beats:  # as Guitar Pro writes a voice that says nothing
                measure.voices[1].beats.append(gp.Beat(measure.voices[1], duration=gp.Duration(1)))
        song.tracks.append(track)
    buffer = io.BytesIO()
    guitarpro.write(song, buffer, version=version)
    return buffer.getvalue()


RICH = dict(
    tracks=(
        dict(
            name="Lead",
            capo=2,
            lines=(
                "r/4 6.3/8,pm 6.3/8,pm 5.5/4,h 5.7/4",
                "4.7/4t3:2 4.5/4t3:2 4.7/4t3:2 3.5+2.5/2,v | 6.0/2 6.0/2",
                "2.5/4,bend=0:4 2.5/4,bend=4:0 2.8/8,slide=1 2.10/8 r/4",
                "1.12/4,harmonic=1 5.7/4,harmonic=1 6.0/4,dead 6.5/4,ring",
                "1.5/4,grace=3:hammer:before 1.5/4,grace=3:slide:on 1.5/2",
                "1.5/2,tie 2.8/8t5:4 2.7/8t5:4 2.6/8t5:4 2.5/8t5:4 2.4/8t5:4",
                "4.2/2. 4.2/4,tie",
                "4.2/2,tie,tempo=90 5.2/4,tremolo=1 6.2/4,stac",
            ),
        ),
        dict(name="Seven", program=29, strings=(35, *STANDARD), lines=("7.0/1",) * 8),
        dict(name="Kit", program=None, lines=("1.36+2.42/4 2.42/4 1.38+2.42/4 2.42/4",) * 8),
    ),
    bars={
        1: dict(isRepeatOpen=True),
        3: dict(repeatAlternative=3, repeatClose=2),
        4: dict(repeatAlternative=4),
    },
    title="Rich",
    tempo=133,
)
