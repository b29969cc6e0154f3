"""A riff as a Guitar Pro file, read back by PyGuitarPro."""

import dataclasses
import io
from fractions import Fraction

import guitarpro
import music21
import numpy as np
from helpers import a_riff, random_riff

import rockonet_utils as ru


def test_guitar_pro_reads_back_strings_frets_durations_tuning_and_tempo():
    riff = dataclasses.replace(random_riff(5), tempo_bpm=133, tuning="drop D").revoiced()
    song = guitarpro.parse(io.BytesIO(riff.encoded(".gp5")))
    (track,) = song.tracks
    assert song.tempo == 133 and track.channel.instrument == 30
    assert [s.value for s in track.strings] == [64, 59, 55, 50, 45, 38]
    now, events = 0, []
    for measure in track.measures:
        for beat in measure.voices[0].beats:
            notes = [n for n in beat.notes if n.type != guitarpro.NoteType.tie]
            if notes:
                events.append((now, sorted((n.string, n.value) for n in notes)))
            now += Fraction(beat.duration.time)
    wanted = [
        (int(onset) * 80, sorted((6 - s, int(row[s])) for s in np.flatnonzero(row >= 0)))
        for onset, row in zip(np.cumsum(riff.events["step"]), riff.fingering.frets, strict=True)
    ]
    assert [(Fraction(t), notes) for t, notes in wanted] == events


def test_palm_mutes_reach_guitar_pro_and_the_score():
    riff = a_riff([(40,), (40,), (43,)], [0, 6, 6])
    riff.events["duration"] = [1, 1, 6]
    song = guitarpro.parse(io.BytesIO(ru.guitar_pro(riff)))
    notes = [n for m in song.tracks[0].measures for b in m.voices[0].beats for n in b.notes]
    assert [note.effect.palmMute for note in notes] == [True, True, False]
    score = music21.converter.parse(ru.musicxml(riff), format="musicxml")
    articulations = [
        [type(a).__name__ for a in note.articulations if type(a).__name__ == "Staccato"]
        for note in score.parts[0].recurse().notes
    ]
    assert articulations[:3] == [["Staccato"], ["Staccato"], []]


def test_guitar_pro_has_the_key_of_the_score():
    for scale, fifths in (("D minor", -1), ("E minor", 1), ("A major", 3)):
        riff = dataclasses.replace(a_riff([(40,), (45,)], [0, 48]), scale=scale)
        song = guitarpro.parse(io.BytesIO(riff.encoded(".gp5")))
        assert [bar.keySignature.value for bar in song.measureHeaders] == [(fifths, 0)] * 2


def test_a_single_bar_says_its_tempo_once_more():
    for steps, changes in (([0, 12], [177]), ([0, 60], [])):
        riff = a_riff([(40,), (43,)], steps, [12, 12], tempo_bpm=177)
        song = guitarpro.parse(io.BytesIO(riff.encoded(".gp5")))
        beats = [b for m in song.tracks[0].measures for b in m.voices[0].beats]
        found = [b.effect.mixTableChange for b in beats if b.effect.mixTableChange]
        assert song.tempo == 177 and [change.tempo.value for change in found] == changes
