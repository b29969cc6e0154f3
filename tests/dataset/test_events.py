"""Notes become events, and events notes."""

import numpy as np

import rockonet_utils as ru


def test_events_worked_out_by_hand():
    notes = {
        "track": np.array([0, 0, 0, 0, 1]),
        "onset": np.array([6, 6, 6, 18, 0]),
        "duration": np.array([3, 12, 6, 6, 1]),
        "pitch": np.array([40, 47, 52, 43, 60]),
        "velocity": np.array([80, 100, 90, 70, 64]),
    }
    events, track = ru.events_from_notes(notes)
    assert track.tolist() == [0, 0, 1]
    assert events["bass"].tolist() == [40, 43, 60]
    assert events["shape"].tolist() == [1 + 2**7 + 2**12, 1, 1]  # a power chord, then single notes
    assert events["step"].tolist() == [6, 12, 0]
    assert events["duration"].tolist() == [12, 6, 1]
    assert events["velocity"].tolist() == [100, 70, 64]
    assert [ru.event_pitches(event) for event in events] == [(40, 47, 52), (43,), (60,)]


def test_notes_and_events_are_inverse():
    rng = np.random.default_rng(1)
    onset = np.repeat(np.cumsum(rng.integers(1, 9, 200)), 3)
    pitch = np.sort(rng.permuted(np.tile(np.arange(40, 80), (200, 1)), axis=1)[:, :3], axis=1)
    notes = {
        "track": np.zeros(600, int),
        "onset": onset,
        "duration": np.ones(600, int),
        "pitch": pitch.ravel(),
        "velocity": np.repeat(rng.integers(1, 128, 200), 3),
    }
    events, _ = ru.events_from_notes(notes)
    back = ru.notes_from_events(events)
    for name in notes:
        np.testing.assert_array_equal(back[name], notes[name])


def test_a_note_struck_again_ends_the_one_before():
    events = np.zeros(2, ru.EVENT)
    events["bass"], events["shape"], events["step"], events["duration"] = 40, 1, (0, 6), 24
    assert ru.notes_from_events(events)["duration"].tolist() == [6, 24]


def test_an_event_has_what_its_notes_have_and_says_which_are_bent():
    t = ru.Technique
    rows = [  # onset, pitch, technique, bend
        (0, 62, t.BEND, 4),  # a unison bend
        (0, 64, t.VIBRATO, 0),
        (6, 40, t.PALM_MUTE, 0),
        (6, 47, t.PALM_MUTE, 0),
        (6, 52, 0, 0),
        (12, 45, t.DEAD, 0),  # beside a note that sounds
        (12, 52, t.SLIDE, 0),
        (18, 45, t.DEAD, 0),
        (18, 50, t.DEAD, 0),
        (24, 59, 0, 0),
        (24, 64, t.PREBEND | t.RELEASE, 2),
        (24, 64, t.PREBEND | t.RELEASE, 2),  # on two strings
        (24, 67, t.BEND | t.RELEASE, 4),
        (30, 60, t.BEND, 0),  # without a height
        (36, 60, t.LEGATO | t.VIBRATO, 0),  # the other one is struck
        (36, 64, 0, 0),
        (42, 62, t.SLIDE, 0),
        (42, 66, t.SLIDE, 0),
    ]
    onset, pitch, technique, bend = np.array(rows, int).T
    notes = dict(
        track=np.zeros(len(rows), int),
        onset=onset,
        duration=np.full(len(rows), 6),
        pitch=pitch,
        velocity=np.full(len(rows), 90),
        technique=technique,
        bend=bend,
    )
    events, _ = ru.events_from_notes(notes)
    assert events[["technique", "bend", "bent"]].tolist() == [
        (t.VIBRATO | t.BEND, 4, 0b01),
        (t.PALM_MUTE, 0, 0),
        (t.SLIDE, 0, 0),
        (t.DEAD, 0, 0),
        (t.BEND | t.RELEASE, 4, 0b110),
        (0, 0, 0),
        (t.VIBRATO, 0, 0),
        (t.SLIDE, 0, 0),
    ]
    assert ru.event_pitches(events[2]) == (52,)
    again, _ = ru.events_from_notes(ru.notes_from_events(events))
    np.testing.assert_array_equal(again, events)
