"""Prompts: typed notes, MIDI files, excerpts."""

import numpy as np
import pytest
from helpers import a_riff, melody, midi_bytes

import rockonet_utils as ru


def test_typed_prompts_by_hand():
    riff = ru.prompt_from_text("4/4 EE8 EE GG4 AA8 r trip{e8 f# g} BB-4")
    assert riff.events["bass"].tolist() == [40, 40, 43, 45, 64, 66, 67, 46]
    assert np.cumsum(riff.events["step"]).tolist() == [0, 6, 12, 24, 36, 40, 44, 48]
    assert riff.events["duration"].tolist() == [6, 6, 12, 6, 4, 4, 4, 12]
    tab = """
        e|--------------|-----------|
        B|--------------|-----------|
        G|--2-----2-----|--0--------|
        D|--2-----2-----|--0-----12-|
        A|--0--3--0--3--|-----------|
        E|--------------|--3--------|
    """
    with pytest.warns(UserWarning, match="Bar 2 of the tab has 9 places"):
        riff = ru.prompt_from_text(tab, tempo_bpm=90)
    assert [ru.event_pitches(event) for event in riff.events] == [
        (45, 52, 57),
        (48,),
        (45, 52, 57),
        (48,),
        (43, 50, 55),
        (62,),
    ]
    assert np.cumsum(riff.events["step"]).tolist() == [0, 12, 24, 36, 48, 81]
    assert riff.tempo_bpm == 90 and riff.prompt_events == 6
    low = ru.prompt_from_text("\n".join(f"{s}|0---|" for s in "eBGDAE"), tuning="drop D")
    assert ru.event_pitches(low.events[0]) == (38, 45, 50, 55, 59, 64)
    named = ru.prompt_from_text("\n".join(f"{s}|0---|" for s in "eBGDAD"))
    assert named.open_strings == (38, 45, 50, 55, 59, 64)
    assert named.fingering.frets.tolist() == [[0] * 6]
    assert ru.event_pitches(named.events[0]) == (38, 45, 50, 55, 59, 64)


def test_octaves_that_are_typed_as_lengths_are_doubted(recwarn):
    assert ru.prompt_from_text("EE8 EE GG2").events["bass"].tolist() == [40, 40, 43]
    assert not recwarn
    with pytest.warns(UserWarning, match="E2 is a half note, and the low E string is EE"):
        ru.prompt_from_text("E2 E2 G2 A2")


def test_a_file_in_drop_d_stays_in_drop_d():
    low = a_riff([(38, 45, 50), (38,), (41, 48, 53)], [0, 6, 6], tuning="drop D")
    back = ru.prompt_from_midi(low.midi().dumps_midi())
    assert back.tuning == "drop D" and not back.fingering.unplayable
    assert back.fingering.frets[2].tolist() == [3, 3, 3, -1, -1, -1]
    assert ru.prompt_from_midi(a_riff([(40,)] * 2, [0, 6]).midi().dumps_midi()).tuning == "standard"


def test_of_two_staves_the_one_with_the_longer_notes_is_read():
    _, _, notes = melody([40, 43, 45], step=240)
    short = ("Guitar", 29, [(onset, 10, *more) for onset, _, *more in notes])
    long = ("Guitar", 0, notes)
    for tracks in ([short, long], [long, short]):
        riff = ru.prompt_from_midi(midi_bytes(tracks))
        assert riff.events["duration"].tolist() == [6, 6, 6] and riff.program == 29


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing in this prompt"),
        ("   \n ", "nothing in this prompt"),
        ("hello world", "'hello' is no note"),
        ("4/4 H4", "'H4' is no note"),
        ("r4 r4", "no note in this prompt"),
        ("|--3--|\n|-----|", "six lines.* 2 stand together from line 1 on"),
        ("e|-----|\n" * 6, "no fret in this tab"),
        ("e|--29-|\n" * 6, "no fret 29"),
        ("--------", "six lines.* 1 stand together from line 1 on"),
        ("| | |", "no tab of six lines"),
        ("E" * 30_000, "at most 20,000"),
    ],
)
def test_a_garbled_prompt_gets_one_sentence(text, said):
    with pytest.raises(ValueError, match=said) as error:
        ru.prompt_from_text(text)
    assert len(str(error.value)) < 250


def test_prompt_from_a_midi_file_begins_where_the_guitar_does():
    notes = [(1920 * 3 + i * 240, 240, 40 + i % 5, 90) for i in range(64)]
    data = midi_bytes(
        [melody([60] * 80, program=0), ("Gtr", 29, notes)], tempo_bpm=99, meter=(4, 4)
    )
    riff = ru.prompt_from_midi(data, bars=2, name="mine.mid")
    assert len(riff.events) == riff.prompt_events == 16 and riff.program == 29
    assert riff.events["step"].tolist() == [0] + [6] * 15 and round(riff.tempo_bpm) == 99
    with pytest.raises(ru.MidiError, match="piano.mid: has no guitar"):
        ru.prompt_from_midi(midi_bytes([melody([60, 62], program=0)]), name="piano.mid")
    with pytest.raises(ru.MidiError, match="not a MIDI file"):
        ru.prompt_from_midi(b"garbage", name="x.mid")
    with pytest.raises(ru.MidiError, match="larger than"):
        ru.prompt_from_midi(bytes(ru.MAX_MIDI_BYTES + 1), name="huge.mid")


@pytest.mark.parametrize(
    "wrong",
    [
        {"tempo_bpm": float("inf")},
        {"tempo_bpm": "fast"},
        {"meter": (4, 0)},
        {"meter": 4},
        {"meter": ("a", "b")},
    ],
)
def test_a_tempo_and_a_meter_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="a meter is written like"):
        ru.prompt_from_text("EE8 EE GG4", **wrong)
    with pytest.raises(ValueError, match="a text, in quotes; this is 5"):
        ru.prompt_from_text(5)


def test_an_excerpt_with_its_real_continuation(starter):
    given = ru.random_excerpt(starter[1], 16, seed=4)
    real = ru.random_excerpt(starter[1], 16, seed=4, bars=4)
    np.testing.assert_array_equal(real.events[:16], given.events)
    assert real.prompt_events == 16 and len(real.generated)
    end = int(given.events["step"].sum()) // real.ticks_per_bar + 1 + 4
    assert int(real.events["step"].sum()) < end * real.ticks_per_bar


def test_random_excerpt_is_a_piece_of_a_track(corpus):
    excerpt = ru.random_excerpt(corpus, 8, seed=1)
    assert len(excerpt.events) == excerpt.prompt_events == 8
    whole = b"".join(corpus.track_events(i)["bass"].tobytes() + b"|" for i in range(2))
    assert excerpt.events["bass"].tobytes() in whole
    assert excerpt.events["step"][0] == 0 and excerpt.title in corpus.songs
    assert {ru.random_excerpt(corpus, 8, seed=s).title for s in range(20)} == set(corpus.songs)
    with pytest.raises(ValueError, match="Ask for fewer"):
        ru.random_excerpt(corpus, 500)


def test_random_excerpt_begins_on_a_bar_line_without_long_rests(tmp_path):
    notes = [(i * 240, 200, 40 + i % 5, 90) for i in range(32)]
    notes += [(i * 240 + 3840, 200, 50, 90) for i in range(32, 64)]  # after two bars of rest
    (tmp_path / "song.mid").write_bytes(midi_bytes([("Guitar", 30, notes)]))
    corpus = ru.build_corpus(tmp_path)
    for seed in range(30):
        excerpt = ru.random_excerpt(corpus, 12, seed)
        assert excerpt.events["step"].max() <= 24
        first = int(excerpt.events["bass"][0])
        assert first == 50 or (first - 40) in {0, 8 % 5, 16 % 5, 24 % 5}
