"""One guitar is one part, in the right meter and tempo, from whatever program wrote the file."""

import re

import numpy as np
import pytest
from midi_inputs import (
    BAR,
    HEAD,
    RIFF,
    Q,
    exports,
    meter,
    midi_file,
    named,
    note,
    notes,
    parameter,
    program,
    tempo,
    wheel,
)

import rockonet_utils as ru
from rockonet.dataset.events import event_pitches, onsets
from rockonet.explore.channel_settings import wheel_range
from rockonet.explore.midi_file import parse_midi
from rockonet.explore.parts import guitar_parts, part_notes, player_tracks
from rockonet.explore.track_marks import Origin, marked, program_changes, take_marks

EXPORTS = exports()
AS_RIFF = [(i, 1, (pitch,)) for i, pitch in enumerate(RIFF)]
STRINGS = [(5 - i, 1, (p,)) for i, p in enumerate((64, 59, 55, 50, 45, 40))][::-1]
# What must come out of a prompt: onset and duration in quarter notes and pitches, worked out by
# hand, and what else is so.
EXPECTED = {
    "no program": (AS_RIFF, {"program": 27, "said": "no track names its instrument"}),
    "pickup of two": (
        [(2, 1, (47,)), (3, 1, (45,)), *((4 + t, d, p) for t, d, p in AS_RIFF)],
        {"meter": (4, 4)},
    ),
    "chord on two channels": (
        [(0, 1, (40, 47, 52)), (1, 1, (43, 50, 55)), (1.25, 0.75, (62, 67))],
        {"program": 30, "said": "joined: 1"},
    ),
    "range before program": (  # the wheel takes the second note up by six frets
        [AS_RIFF[0], (1, 0.25, (40,)), (1.25, 0.75, (46,)), *AS_RIFF[2:]],
        {},
    ),
    "tempo map": ([(i, 1, (p,)) for i, p in enumerate(RIFF * 2)], {"tempo": (138, 141)}),
    "odd bar": ([(i, 1, (p,)) for i, p in enumerate(RIFF + (43, 45) + RIFF[:6])], {}),
    "track a string": (
        [*STRINGS, (6, 2, (40, 45, 50, 55, 59, 64))],
        {"program": 27, "said": "joined: 1"},
    ),
    "type 0": (AS_RIFF, {"program": 30, "said": "joined: 1"}),
    "channel in D": (
        [(t, d, (pitch - 2,)) for t, d, (pitch,) in AS_RIFF],
        {"tuning": (38, 43, 48, 53, 57, 62), "said": "tuning of the channel.*: -2"},
    ),
    "name says drop D": (AS_RIFF, {"tuning": (38, 45, 50, 55, 59, 64)}),
    "grace note": (
        [*AS_RIFF[:4], (4 - 1 / 12, 1 / 12, (50,)), (4, 1, (52,)), (5, 1, (50,))],
        {},
    ),
    # The first E never ends: it does with the next one. The chord lasts a bar.
    "no ends": (
        [(0, 1, (40,)), (1, 1, (40,)), (2, 1, (45,)), (4, 4, (40, 47))],
        {"said": "without an end: 3"},
    ),
    "keyboard": (AS_RIFF, {"program": 30}),
    "set-up track": (AS_RIFF, {"program": 29, "said": "set in another track"}),
}


def rows(events):
    return [
        (onset / 12, duration / 12, event_pitches(event))
        for onset, duration, event in zip(
            onsets(events).tolist(), events["duration"].tolist(), events, strict=True
        )
    ]


@pytest.mark.parametrize("name", EXPORTS)
def test_a_prompt_from_what_other_programs_write(name, recwarn):
    events, more = EXPECTED[name]
    riff = ru.prompt_from_midi(EXPORTS[name], name=f"{name}.mid")
    assert rows(riff.events) == events
    assert riff.meter == more.get("meter", (4, 4))
    low, high = more.get("tempo", (120, 120))
    assert low <= riff.tempo_bpm <= high
    assert riff.program == more.get("program", riff.program)
    assert riff.open_strings == more.get("tuning", riff.open_strings)
    said = " ".join(str(warning.message) for warning in recwarn)
    if "said" in more:
        assert f"{name}.mid: " in said
        assert re.search(more["said"], said)
    else:
        assert not said


def parts_of(*chunks, kind=1, **more):
    score, _ = parse_midi(midi_file(*chunks, kind=kind), "x.mid")
    return guitar_parts(score, **more)


def lead(*events, name="Lead"):
    return [*named(name), *program(30), *(e for some in events for e in some)]


def test_a_file_of_type_0_keeps_its_guitarists_apart():
    score, _ = parse_midi(EXPORTS["type 0"], "x.mid")
    parts = guitar_parts(score).parts
    assert [(p.name, p.program, len(p.notes["time"])) for p in parts] == [
        ("A song (channel 3)", 30, 8),
        ("A song (channel 4)", 28, 8),
    ]
    assert sorted(t.program for t in parts[0].tracks) == [28, 30]
    assert [len(t.notes) for t in player_tracks(score) if t.program in (28, 30)] == [8, 8]


def test_two_guitars_of_one_name_stay_two():
    other = named("Guitar") + program(30, 1)
    parts = parts_of(HEAD, lead(notes(RIFF), name="Guitar"), other + notes(RIFF[::-1], channel=1))
    assert [part.name for part in parts.parts] == ["Guitar", "Guitar 3"]
    # The same on one chunk: both strike the same pitches together, as no one hand does.
    doubled = notes(RIFF) + program(30, 1) + notes(RIFF, channel=1)
    assert len(parts_of(HEAD, lead(doubled)).parts) == 2


def test_one_guitar_of_one_name_in_two_chunks_takes_turns():
    first = lead(notes((40, 43)), notes((40, 43), BAR))
    second = named("Lead") + program(30, 1) + notes((50, 52), 2 * Q, Q, 1)
    [part] = parts_of(HEAD, first, second).parts
    assert sorted(part.notes["time"].tolist()) == [0, Q, 2 * Q, 3 * Q, 4 * Q, 5 * Q]


def test_a_program_changed_to_another_instrument_is_split():
    song = parts_of(HEAD, lead(notes((40, 43)), program(0, 0, 2 * Q), notes((60, 62), 2 * Q)))
    assert [part.notes["pitch"].tolist() for part in song.parts] == [[40, 43]]


def test_the_meter_of_most_of_the_guitars_time_governs():
    odd = tempo(120) + meter(7, 8) + meter(3, 4, 7 * Q) + meter(4, 4, 10 * Q)
    song = parts_of(odd, lead(notes(RIFF * 4)))
    # 7 quarters in 7/8, 3 in 3/4, 22 in 4/4: bars begin at 10, which is 2 after a multiple of 4.
    assert song.timing.meter == (4, 4) and song.timing.shift == 24
    assert part_notes([song])["onset"][:2].tolist() == [24, 36]
    # The guitar has only the bars in 3/4.
    assert parts_of(odd, lead(notes((40, 43, 45), 7 * Q))).timing.meter == (3, 4)


def test_the_tempo_of_most_of_the_guitars_time_governs():
    changes = tempo(60) + tempo(150, 2 * BAR) + tempo(40, 4 * BAR)
    assert parts_of(changes, lead(notes(RIFF, 2 * BAR))).timing.tempo_bpm == pytest.approx(150)
    assert parts_of(changes, lead(notes(RIFF, 4 * BAR))).timing.tempo_bpm == pytest.approx(40)
    assert parts_of(lead(notes(RIFF))).timing.tempo_bpm == 120


@pytest.mark.parametrize(
    ("struck", "expected"),
    [
        # 60 ms between strings at 120 quarters a minute are 0.12 quarters, 57 ticks.
        ([(0, 900, 40), (57, 843, 47), (114, 786, 52)], {0: [40, 47, 52]}),
        # 10 ms, from the highest string down.
        ([(480, 480, 52), (490, 470, 47), (500, 460, 40)], {12: [40, 47, 52]}),
        # A run: each note ends where the next one begins.
        ([(0, 57, 52), (57, 57, 54), (114, 400, 55)], {0: [52], 1: [54], 3: [55]}),
        # A grace note that rings a little into its note, and one within the same tick.
        ([(0, 65, 50), (57, 423, 52)], {0: [50], 1: [52]}),
        ([(468, 12, 50), (480, 480, 52), (480, 480, 59)], {11: [50], 12: [52, 59]}),
        # The same string twice is no strum.
        ([(0, 900, 40), (50, 850, 40)], {0: [40], 1: [40]}),
    ],
)
def test_strums_are_chords_and_grace_notes_are_not(struck, expected):
    song = parts_of(HEAD, lead(*(note(*each) for each in struck)))
    got = part_notes([song])
    found = {}
    for onset, pitch in zip(got["onset"].tolist(), got["pitch"].tolist(), strict=True):
        found.setdefault(onset, []).append(pitch)
    assert found == expected


def test_wheel_and_range_are_kept():
    bent = (
        wheel(0, 0) + wheel(Q, 4000) + wheel(Q + 100, 8000) + wheel(2 * Q, 0) + wheel(3 * Q, -900)
    )
    score, _ = parse_midi(midi_file(HEAD, lead(parameter(0, 12), notes(RIFF), bent)), "x.mid")
    [track] = ru.guitar_tracks(score)
    assert wheel_range(track) == 12 and len(track.pitch_bends) == 5
    early = midi_file(HEAD, named("Lead") + parameter(0, 7) + program(29, 0, 1) + notes(RIFF))
    [track] = ru.guitar_tracks(parse_midi(early, "x.mid")[0])
    assert wheel_range(track) == 7
    assert wheel_range(parse_midi(midi_file(HEAD, lead(notes(RIFF))), "")[0].tracks[0]) == 2


def test_a_bass_or_a_keyboard_is_no_guitar_by_its_name():
    chunks = [
        named("Bass Guitar") + program(33) + notes(RIFF),
        named("Guitar piano") + program(0, 1) + notes(RIFF, channel=1),
        named("Gtr") + program(0, 2) + notes(RIFF, channel=2),
    ]
    score, _ = parse_midi(midi_file(HEAD, *chunks), "x.mid")
    assert [t.name for t in ru.guitar_tracks(score, track_names="guitar|gtr")] == ["Gtr"]
    assert [t.name for t in ru.guitar_tracks(score, (), "bass")] == ["Bass Guitar"]


def test_where_no_track_has_a_program_a_piano_is_not_taken():
    high = named("Piano") + notes((72, 76, 79))
    with pytest.raises(ru.MidiError, match="no guitar"):
        ru.prompt_from_midi(midi_file(HEAD, high))
    bass = named("low") + notes((28, 33), channel=1)
    score, remarks = parse_midi(midi_file(HEAD, high, bass, named("G") + notes(RIFF)), "x.mid")
    assert [(t.name, t.program) for t in score.tracks if t.program] == [("G", 27)]
    assert "'G' is taken for a guitar" in remarks[0]


def test_marks_say_where_tracks_come_from_and_leave_nothing():
    data = EXPORTS["type 0"]
    body = data[22:]
    assert program_changes(body) == [(1, 33), (2, 30), (3, 28), (2, 28), (2, 30)]
    assert marked(body[:-3], 0) == body[:-3]  # without an end of track
    score, _ = parse_midi(data, "x.mid")
    assert score.end() == 8 * Q and not any(len(t.controls) for t in score.tracks)
    assert take_marks(score, [body]).count(Origin(0, 15)) == 0


def test_the_corpus_says_what_was_changed(tmp_path):
    for name in ("no ends", "type 0", "pickup of two"):
        (tmp_path / f"{name}.mid").write_bytes(EXPORTS[name])
    corpus = ru.build_corpus(tmp_path)
    assert [row.reason.split(":")[0] for row in corpus.report] == [
        "notes without an end",
        "",
        "guitars on several channels or programs, joined",
    ]
    assert [len(corpus.track_events(i)) for i in range(len(corpus.tracks))] == [4, 10, 8, 8]
    assert corpus.song_info[1].meter == (4, 4) and corpus.track_events(1)["step"][0] == 24
    assert np.array_equal(onsets(corpus.track_events(1))[2::4] % 48, [0, 0])
