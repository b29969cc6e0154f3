"""What a hand can do to a string: worked out by hand, and as the fingering does it."""

import numpy as np
import pytest
from helpers import a_riff

import rockonet_utils as ru
from rockonet.guitar.playable_techniques import highest_bend, objection, technique_ways

T = ru.Technique
STRINGS = ru.STANDARD_TUNING
OPEN = "a bend of an open string"


@pytest.mark.parametrize(
    ("pitches", "flags", "bend", "bent", "frets"),
    [
        # D4: only on the b string's third fret and the g string's seventh does it go up a tone and
        # a half or less far.
        ((62,), T.BEND, 4, 1, {(4, 3), (3, 7), (2, 12), (1, 17), (0, 22)}),
        ((62,), T.BEND, 6, 1, {(3, 7)}),
        ((64,), T.BEND, 2, 1, {(4, 5), (3, 9), (2, 14), (1, 19)}),  # never the open string
        ((40,), T.BEND, 2, 1, set()),
        ((40,), T.VIBRATO, 0, 0, set()),
        ((64,), T.HARMONIC, 0, 0, {(4, 5)}),
        ((62,), T.HARMONIC, 0, 0, {(2, 12)}),  # not over the seventh fret of the g string
        ((52,), T.HARMONIC, 0, 0, {(0, 12)}),
        ((65,), T.HARMONIC, 0, 0, set()),
        ((64,), T.PALM_MUTE, 0, 0, {(3, 9), (2, 14), (1, 19)}),
        ((64,), T.BEND, 0, 0, set()),  # contradictions
        ((64,), T.RELEASE, 4, 1, set()),
        ((64,), 0, 4, 1, set()),
        ((64,), T.BEND, 4, 2, set()),
        ((64,), T.BEND, 4, 0, set()),
        ((64,), T.DEAD | T.VIBRATO, 0, 0, set()),
        ((64,), T.SLIDE | T.LEGATO, 0, 0, set()),
    ],
)
def test_one_note(pitches, flags, bend, bent, frets):
    ways = technique_ways(pitches, int(flags), bend, bent)
    assert {(s, fret) for way in ways for s, fret in enumerate(way) if fret >= 0} == frets


def test_a_unison_bend_bends_the_lower_string_only():
    ways = technique_ways((62, 64), int(T.BEND), 4, 0b01)
    assert (-1, -1, -1, 7, 5, -1) in ways and (-1, -1, -1, -1, 3, 0) in ways
    assert technique_ways((62, 64), int(T.BEND), 4, 0b10) == tuple(
        way for way in ways if way[-1] != 0
    )


def test_plain_strings_go_further_than_wound_ones_and_open_ones_nowhere():
    assert [highest_bend(3, fret) for fret in (0, 1, 3, 7, 12)] == [0, 2, 4, 6, 8]
    assert [highest_bend(2, fret) for fret in (0, 2, 12)] == [0, 2, 4]
    assert highest_bend(4, 12, ru.tuning_pitches("7-string")) == 8  # the g string there


def test_what_is_slid_or_hammered_to_stays_on_its_string():
    first = technique_ways((62,))
    hammered = technique_ways((64,), int(T.LEGATO), before=first)
    assert {max(way) for way in first} == {3, 7, 12, 17, 22}
    assert {max(way) for way in hammered} == {5, 9, 14, 19}  # not the open e, nor a fret 24
    assert technique_ways((62,), int(T.LEGATO), before=first) == ()  # the same note again
    assert technique_ways((64,), int(T.SLIDE)) == ()  # from nothing
    dead = technique_ways((62,), int(T.DEAD))
    assert dead and technique_ways((64,), int(T.LEGATO), before=dead) == ()
    # Only the b string has both B3 open and D4; a slide needs a finger at both ends.
    open_b = ((-1, -1, -1, -1, 0, -1),)
    assert technique_ways((62,), int(T.LEGATO), before=open_b) == ((-1, -1, -1, -1, 3, -1),)
    assert technique_ways((62,), int(T.SLIDE), before=open_b) == ()


def test_a_power_chord_slides_as_a_whole():
    before = ((3, 5, -1, -1, -1, -1),)
    assert technique_ways((45, 52), int(T.SLIDE), before=before) == ((5, 7, -1, -1, -1, -1),)
    assert technique_ways((45, 53), int(T.SLIDE), before=before) == ((5, 8, -1, -1, -1, -1),)
    assert technique_ways((45, 54), int(T.SLIDE), before=before) == ()
    # The lower note of a chord may be what moves.
    assert technique_ways((45,), int(T.SLIDE), before=before) == ((5, -1, -1, -1, -1, -1),)


def test_a_way_that_somebody_chose_may_have_a_pitch_twice():
    assert objection((-1, -1, -1, 9, 5, 0), STRINGS, int(T.BEND), 2, 1) == OPEN
    assert not objection((-1, -1, -1, 9, 5, -1), STRINGS, int(T.BEND), 2, 1)


def techniques(riff, *rows):
    for place, flags, bend, bent in rows:
        riff.events["technique"][place] = flags
        riff.events["bend"][place], riff.events["bent"][place] = bend, bent
    return riff


def test_the_fingering_keeps_a_slide_on_its_string_and_a_bend_off_the_open_one():
    plain = a_riff([(64,), (67,), (76,), (64,)], [0, 6, 6, 6], [6] * 4)
    riff = a_riff([(64,), (67,), (76,), (64,)], [0, 6, 6, 6], [6] * 4)
    techniques(riff, (1, T.LEGATO, 0, 0), (2, T.SLIDE, 0, 0), (3, T.BEND, 4, 1))
    played = riff.fingering
    where = [int(np.flatnonzero(row >= 0)[0]) for row in played.frets]
    assert where[0] == where[1] == where[2] and played.frets[3].max() > 0
    assert not played.unplayable and not played.impossible_techniques
    assert plain.fingering.impossible_techniques == ()


def test_a_unison_bend_is_played_where_a_string_can_be_bent():
    riff = techniques(a_riff([(62, 64)], [0], [12]), (0, T.BEND, 4, 0b01))
    assert riff.fingering.frets.tolist() == [[-1, -1, -1, 7, 5, -1]]


def test_what_nobody_can_play_is_said_with_its_bar():
    riff = a_riff([(40,), (76,), (41,)], [0, 48, 48], [12] * 3)
    techniques(riff, (0, T.BEND, 4, 1), (1, T.SLIDE, 0, 0), (2, T.HARMONIC, 0, 0))
    said = riff.fingering.impossible_techniques
    assert said == (
        "bar 1: a bend of an open string",
        "bar 2: nothing is slid to from another string",
        "bar 3: a harmonic on fret 1",
    )
    assert "not as it says: bar 1" in riff.fingering.verdict


def test_what_is_possible_event_by_event_is_fingered_so():
    rng = np.random.default_rng(5)
    flags = [0, T.LEGATO, T.SLIDE, T.BEND, T.PREBEND | T.RELEASE, T.VIBRATO, T.PALM_MUTE]
    flags.append(T.HARMONIC)
    impossible = 0
    for _ in range(60):
        pitches = np.clip(60 + np.cumsum(rng.integers(-4, 5, 12)), 40, 84)
        riff = a_riff([(int(p),) for p in pitches], [0, *[6] * 11], [6] * 12)
        before, possible = (), True
        for place in range(12):
            flag = int(flags[rng.integers(len(flags))]) if rng.random() < 0.5 else 0
            bend = 4 if flag & (T.BEND | T.PREBEND) else 0
            ways = technique_ways(
                (int(pitches[place]),), flag, bend, bend // 4, before if flag & 6 else ()
            )
            if not ways and rng.random() < 0.7:  # most riffs shall be possible
                flag, bend, ways = 0, 0, technique_ways((int(pitches[place]),))
            techniques(riff, (place, flag, bend, bend // 4))
            possible &= bool(ways)
            before = ways or technique_ways((int(pitches[place]),))
        assert possible == (not riff.fingering.impossible_techniques)
        impossible += not possible
    assert 5 < impossible < 55
