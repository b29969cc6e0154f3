"""Write the song in Guitar Pro 5: ``python data/compose_guitar_pro.py [--out FILE]``.

What the band plays stands in ``composer/rooftop_radio.py``. It needs PyGuitarPro, and writes the
same bytes every time.
"""

import argparse
import re
from pathlib import Path

import guitarpro
from composer import rooftop_radio as song
from guitarpro import models as gp

GUITAR, BASS = (40, 45, 50, 55, 59, 64), (28, 33, 38, 43)  # open strings, lowest first
TRACKS = (  # name, General MIDI program or None for drums, open strings, bars, how loud
    ("Rhythm guitar", 30, GUITAR, song.RHYTHM, gp.Velocities.forte),
    ("Lead guitar", 29, GUITAR, song.LEAD, gp.Velocities.fortissimo),
    ("Bass", 34, BASS, song.BASS, gp.Velocities.forte),
    ("Drums", None, (0,) * 6, song.DRUMS, gp.Velocities.forte),
)
BEAT = re.compile(r"(r|[\d.+]+)/(\d+)(\.?)(t?)([mhsvlbrxg=]*)")
WHOLE_TONE, BEND_END = 4, gp.BendEffect.maxPosition  # in the units of PyGuitarPro


def read_beat(text: str, voice: gp.Voice, track: gp.Track, loud: int) -> gp.Beat:
    found = BEAT.fullmatch(text)
    if not found:
        raise ValueError(f"cannot read the beat {text!r}")
    notes, value, dot, triplet, marks = found.groups()
    tuplet = gp.Tuplet(3, 2) if triplet else gp.Tuplet()
    beat = gp.Beat(voice, duration=gp.Duration(int(value), bool(dot), tuplet))
    beat.status = gp.BeatStatus.rest if notes == "r" else gp.BeatStatus.normal
    for number, note in enumerate([] if notes == "r" else notes.split("+"), 1):
        string, fret = (number, note) if track.isPercussionTrack else note.split(".")
        kind = gp.NoteType.tie if "=" in marks else gp.NoteType.normal
        kind = gp.NoteType.dead if "x" in marks else kind
        effect = read_marks(marks, int(fret))
        beat.notes.append(gp.Note(beat, int(fret), loud, int(string), effect=effect, type=kind))
    return beat


def read_marks(marks: str, fret: int) -> gp.NoteEffect:
    effect = gp.NoteEffect(
        palmMute="m" in marks, hammer="h" in marks, vibrato="v" in marks, letRing="l" in marks
    )
    if "s" in marks:
        effect.slides = [gp.SlideType.legatoSlideTo]
    if "b" in marks:
        kind = gp.BendType.bendRelease if "r" in marks else gp.BendType.bend
        heights = [0, WHOLE_TONE, WHOLE_TONE, 0] if "r" in marks else [0, WHOLE_TONE, WHOLE_TONE]
        places = [0, BEND_END // 3, 2 * BEND_END // 3, BEND_END]
        points = [gp.BendPoint(*point) for point in zip(places, heights, strict=False)]
        effect.bend = gp.BendEffect(kind, 100, points)
    if "g" in marks:
        hammer = gp.GraceEffectTransition.hammer
        effect.grace = gp.GraceEffect(fret=fret - 2, transition=hammer)
    return effect


def compose() -> gp.Song:
    whole = gp.Song(title=song.TITLE, tempo=song.TEMPO, measureHeaders=[], tracks=[])
    whole.artist, whole.copyright = "Rock-o-net", "CC0 1.0"
    whole.key = gp.KeySignature.EMinor
    for number in range(len(song.RHYTHM)):
        start = gp.Duration.quarterTime * (1 + 4 * number)
        header = gp.MeasureHeader(number=number + 1, start=start, keySignature=whole.key)
        header.isRepeatOpen = number == song.REPEAT_FROM
        if number == song.FIRST_ENDING:
            header.repeatAlternative, header.repeatClose = 1, 1
        if number == song.SECOND_ENDING:
            header.repeatAlternative = 2
        whole.measureHeaders.append(header)
    for number, (name, program, strings, bars, loud) in enumerate(TRACKS):
        drums = program is None
        channel = gp.MidiChannel(9, 9) if drums else gp.MidiChannel(2 * number, 2 * number + 1)
        channel.instrument = program or 0
        tuned = [gp.GuitarString(i, pitch) for i, pitch in enumerate(reversed(strings), 1)]
        track = gp.Track(whole, number + 1, name=name, strings=tuned, channel=channel)
        track.isPercussionTrack = drums
        for measure, bar in zip(track.measures, bars, strict=True):
            voice = measure.voices[0]
            voice.beats += [read_beat(text, voice, track, loud) for text in bar.split()]
            if sum(beat.duration.time for beat in voice.beats) != measure.length:
                raise ValueError(f"bar {measure.number} of {name} does not last a bar: {bar}")
        whole.tracks.append(track)
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the song in Guitar Pro 5.")
    default = Path(__file__).parent / "guitar_pro" / "rooftop_radio.gp5"
    parser.add_argument("--out", type=Path, default=default, help="file, default data/guitar_pro")
    out = parser.parse_args().out
    guitarpro.write(compose(), str(out), version=(5, 1, 0))
    print(f"{song.TITLE} written to {out}")


if __name__ == "__main__":
    main()
