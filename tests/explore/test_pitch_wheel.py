"""Section 4: what wheels, programs, switches and lengths of MIDI say of how notes are played.

Files are made by hand: RPN range, ramps, holds, releases, the wheel back at rest.
"""

import math

import mido
import numpy as np
import pytest
from helpers import STARTER_SONGS
from midi_inputs import HEAD, Q, midi_file, named, note, parameter, program, wheel

import rockonet_utils as ru
from rockonet.explore.midi_file import parse_midi
from rockonet.explore.midi_techniques import with_techniques
from rockonet.explore.parts import guitar_parts, part_notes

T = ru.Technique
SECOND = 2 * Q  # in ticks: a quarter note lasts half a second in all of these files


def curve(points, reach=2, channel=0):
    """Changes of the wheel; points: (tick, semitones)."""
    return [
        event
        for tick, semitones in points
        for event in wheel(tick, min(round(semitones / reach * 8192), 8191), channel)
    ]


def ramp(begin, end, low, high, steps=12):
    ticks = np.linspace(begin, end, steps + 1).round().astype(int).tolist()
    return list(zip(ticks, np.linspace(low, high, steps + 1).tolist(), strict=True))


def lead(*events, reach=2, sound=30):
    return [
        *named("Lead"),
        *program(sound),
        *parameter(0, reach),
        *(e for some in events for e in some),
    ]


def played(*chunks):
    """Quarter notes on the grid, pitch, technique and bend of each note of the first guitar."""
    score, _ = parse_midi(midi_file(HEAD, *chunks), "made")
    [song] = with_techniques([guitar_parts(score)])
    notes = song.parts[0].notes
    rows = []
    for i in np.lexsort((notes["pitch"], notes["time"])).tolist():
        time = round(round(12 * notes["time"][i] / Q) / 12, 2)
        technique, bend = T(int(notes["technique"][i])), int(notes["bend"][i])
        rows.append((time, int(notes["pitch"][i]), technique, bend))
    return rows


BENDS = {
    "up a whole tone": (ramp(0, 240, 0, 2), T.BEND, 4),
    "up a half step": (ramp(0, 240, 0, 1), T.BEND, 2),
    "up a quarter tone": (ramp(0, 240, 0, 0.5), T.BEND, 1),
    "up and down": ([*ramp(0, 240, 0, 2), *ramp(480, 720, 2, 0)], T.BEND | T.RELEASE, 4),
    "struck bent": ([(0, 2)], T.PREBEND, 4),
    "struck bent, let down": ([(0, 2), *ramp(320, 560, 2, 0)], T.PREBEND | T.RELEASE, 4),
    "in one step": ([(240, 2)], T.BEND, 4),
    "a little sharp of a whole tone": (ramp(0, 240, 0, 2.1), T.BEND, 4),
    "put back before it ends": ([*ramp(0, 240, 0, 2), (945, 0)], T.BEND, 4),
    "nothing but rest": ([(0, 0), (480, 0)], T(0), 0),
    "out of tune": ([(0, 0.1)], T(0), 0),
}


@pytest.mark.parametrize("reach", [2, 12])
@pytest.mark.parametrize("name", BENDS)
def test_bends_are_read_with_the_pitch_that_the_finger_holds(name, reach):
    points, technique, height = BENDS[name]
    if max(semitones for _, semitones in points) > reach:
        reach = 3
    calm = [event for i in range(4) for event in note((4 + 2 * i) * Q, Q, 60 + i)]
    bent = curve([*points, (960, 0)], reach)
    got = played(lead(note(0, 960, 67), bent, calm, reach=reach))
    assert got == [(0, 67, technique, height), *((4 + 2 * i, 60 + i, T(0), 0) for i in range(4))]


def test_a_bend_from_below_is_held_at_the_lower_fret():
    up = curve([(0, -2), *ramp(60, 240, -2, 0)])
    calm = note(960, Q, 60) + note(1440, Q, 62) + note(1920, Q, 64)
    assert played(lead(note(0, 960, 69), up, calm))[0] == (0, 67, T.BEND, 4)
    and_down = curve([(0, -2), *ramp(60, 240, -2, 0), *ramp(600, 780, 0, -2), (960, 0)])
    assert played(lead(note(0, 960, 69), and_down, calm))[0] == (0, 67, T.BEND | T.RELEASE, 4)


def test_a_wheel_that_is_set_late_still_belongs_to_what_went_before():
    # 10 ms after the second note begins the wheel is back: it is no prebend.
    events = curve([*ramp(0, 240, 0, 2), (970, 0)])
    got = played(lead(note(0, 960, 67), note(960, 960, 65), events))
    assert got == [(0, 67, T.BEND, 4), (2, 65, T(0), 0)]


def test_vibrato_is_one_and_lies_on_a_bend_too():
    def swings(begin, end, middle):
        return [
            (tick, middle + 0.25 * math.sin(2 * math.pi * 5.5 * (tick - begin) / SECOND))
            for tick in range(begin, end, 10)
        ]

    calm = note(2000, Q, 60) + note(2500, Q, 62)
    plain = curve([*swings(200, 960, 0), (960, 0)])
    assert played(lead(note(0, 960, 67), plain, calm))[0] == (0, 67, T.VIBRATO, 0)
    bent = curve([*ramp(0, 200, 0, 2), *swings(200, 960, 2), (960, 0)], 3)
    got = played(lead(note(0, 960, 67), bent, calm, reach=3))[0]
    assert got == (0, 67, T.BEND | T.VIBRATO, 4)
    let_down = curve(
        [*ramp(0, 150, 0, 2), *ramp(200, 350, 2, 0), *swings(400, 960, 0), (960, 0)], 3
    )
    got = played(lead(note(0, 960, 67), let_down, calm, reach=3))[0]
    assert got == (0, 67, T.BEND | T.RELEASE | T.VIBRATO, 4)


@pytest.mark.parametrize("steps", [[(400, 1), (440, 2)], ramp(380, 478, 0, 2)])
def test_a_slide_ends_at_the_note_it_leads_to(steps):
    got = played(lead(note(0, Q, 67), note(Q, Q, 69), curve([*steps, (480, 0)])))
    assert got == [(0, 67, T(0), 0), (1, 69, T.SLIDE, 0)]


def test_a_bend_to_the_pitch_of_the_next_note_is_no_slide():
    got = played(lead(note(0, Q, 67), note(Q, Q, 69), curve([*ramp(0, 200, 0, 2), (480, 0)])))
    assert got == [(0, 67, T.BEND, 4), (1, 69, T(0), 0)]


def test_where_a_finger_slides_on_and_stays_a_note_begins():
    down = curve([*ramp(480, 560, 0, -2), (960, 0)])
    got = played(lead(note(0, 960, 67), note(960, 960, 67), down))
    assert got == [(0, 67, T(0), 0), (1.17, 65, T.SLIDE, 0), (2, 67, T(0), 0)]
    far = curve([*ramp(480, 560, 0, 7), (960, 0)], 12)
    got = played(lead(note(0, 960, 55), note(960, 960, 67), far, reach=12))
    assert got == [(0, 55, T(0), 0), (1.17, 62, T.SLIDE, 0), (2, 67, T(0), 0)]
    # Three strings are not bent: the hand slides with all of them.
    chord = [event for pitch in (45, 52, 57) for event in note(0, 960, pitch)]
    got = played(lead(chord, note(960, 960, 67), curve([*ramp(480, 560, 0, 2), (960, 0)])))
    assert [(time, pitch, technique) for time, pitch, technique, _ in got[3:6]] == [
        (1.17, pitch, T.SLIDE) for pitch in (47, 54, 59)
    ]


def test_a_tremolo_bar_is_told_apart_and_counted():
    dip = [*ramp(200, 400, 0, -3), *ramp(400, 600, -3, 0)]
    dive = [*ramp(960, 1900, 0, -11), (1920, 0)]
    events = lead(
        note(0, 960, 67), note(960, 960, 60), note(1920, Q, 62), curve(dip + dive, 12), reach=12
    )
    assert played(events) == [(0, 67, T(0), 0), (2, 60, T(0), 0), (4, 62, T(0), 0)]
    score, _ = parse_midi(midi_file(HEAD, events), "made")
    [song] = with_techniques([guitar_parts(score)])
    assert song.remarks[-1].endswith("as no finger does, read without it: 2")


def test_a_wheel_that_transposes_or_detunes_bends_nothing():
    notes = [event for i, p in enumerate((60, 62, 64, 65)) for event in note(i * Q, Q, p)]
    for semitones, sounding in ((0.2, 0), (-1, -1), (-1.1, -1), (2, 2)):
        got = played(lead(notes, curve([(0, semitones)], 3), reach=3))
        assert got == [(i, p + sounding, T(0), 0) for i, p in enumerate((60, 62, 64, 65))], (
            semitones
        )
    # For a while: two notes of different pitches, and the wheel stands still.
    notes += [event for i, p in enumerate((67, 69)) for event in note((4 + i) * Q, Q, p)]
    got = played(lead(notes, curve([(4 * Q, 2)])))
    assert got[4:] == [(4, 69, T(0), 0), (5, 71, T(0), 0)]


def test_a_bent_note_may_be_struck_again():
    notes = [event for i in range(3) for event in note(i * Q, Q, 67)]
    calm = [event for i in range(5) for event in note((4 + i) * Q, Q, 60)]
    got = played(lead(notes, calm, curve([*ramp(0, 240, 0, 2), (4 * Q, 0)])))
    assert [(technique, bend) for _, _, technique, bend in got[:3]] == [
        (T.BEND, 4), (T.PREBEND, 4), (T.PREBEND, 4)
    ]  # fmt: skip


def test_of_a_chord_the_notes_of_the_bent_channel_are_bent():
    low = note(0, 960, 62)
    high = note(0, 960, 67, channel=1)
    bent = [*parameter(0, 2, 1), *curve([*ramp(0, 240, 0, 2), (960, 0)], channel=1)]
    chunk = [*named("Lead"), *program(30), *program(30, 1), *low, *high, *bent]
    assert played(chunk) == [(0, 62, T(0), 0), (0, 67, T.BEND, 4)]
    score, _ = parse_midi(midi_file(HEAD, chunk), "made")
    events, _ = ru.events_from_notes(part_notes(with_techniques([guitar_parts(score)])))
    assert events["bent"].tolist() == [2] and events["bend"].tolist() == [4]


def test_programs_switches_and_lengths_say_how_notes_are_played():
    muted = played(lead(note(0, Q, 40), note(Q, Q, 43), sound=28))
    assert [technique for _, _, technique, _ in muted] == [T.PALM_MUTE] * 2
    # Natural harmonics sound over the frets 12, 7 and 5 of an open string; others are plain notes.
    sounding = (52, 59, 64, 79, 61)
    harmonics = played(lead(*(note(i * Q, Q, p) for i, p in enumerate(sounding)), sound=31))
    assert [(pitch, bool(technique & T.HARMONIC)) for _, pitch, technique, _ in harmonics] == [
        (52, True), (47, True), (52, True), (60, True), (61, False)
    ]  # fmt: skip
    melody = played(lead(*(note(i * Q, Q, p) for i, p in enumerate((60, 62, 64, 66))), sound=31))
    assert [(pitch, technique) for _, pitch, technique, _ in melody] == [
        (p, T(0)) for p in (60, 62, 64, 66)
    ]
    switch = [
        (tick, mido.Message("control_change", control=68, value=value))
        for tick, value in ((Q, 127), (3 * Q, 0))
    ]
    hammered = played(lead(*(note(i * Q, Q, 60 + i) for i in range(4)), switch))
    assert [technique for _, _, technique, _ in hammered] == [T(0), T.LEGATO, T.LEGATO, T(0)]
    short = played(lead(note(0, 40, 40), note(Q, 15, 40, velocity=30), note(2 * Q, Q, 40)))
    assert [technique for _, _, technique, _ in short] == [T.PALM_MUTE, T.DEAD, T(0)]


def test_the_starter_songs_say_how_they_are_played(starter_corpus):
    events = starter_corpus.events
    share = {flag.name: np.mean(events["technique"] & flag > 0) for flag in T}
    for name, least in (
        ("BEND", 0.012), ("RELEASE", 0.002), ("PREBEND", 0.001), ("SLIDE", 0.01), ("LEGATO", 0.05),
        ("VIBRATO", 0.02), ("PALM_MUTE", 0.08), ("DEAD", 0.02), ("HARMONIC", 0.0005),
    ):  # fmt: skip
        assert share[name] >= least, name
    assert set(events["bend"].tolist()) <= {0, 1, 2, 3, 4, 6, 8}
    reasons = [row.reason for row in starter_corpus.report]
    assert not any("pitch wheel" in reason for reason in reasons) and STARTER_SONGS
