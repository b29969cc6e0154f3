"""Riffs for guitars that go lower than the songs a model has learned."""

import dataclasses
import warnings

import numpy as np
import pytest
from helpers import a_riff

import rockonet_utils as ru


def lower(riff, semitones, tuning):
    events = riff.events.copy()
    events["bass"] -= semitones
    return dataclasses.replace(riff, events=events, tuning=tuning)


def test_a_baritone_goes_on_as_a_guitar_five_semitones_higher(shipped, starter):
    prompt = ru.random_excerpt(starter[2], 16, seed=3)
    (usual,) = ru.generate(shipped, bars=4, prompt=prompt, seed=3, best_of=2)
    with pytest.warns(UserWarning, match="hears the guitar 5 semitones higher"):
        (low,) = ru.generate(
            shipped, bars=4, prompt=lower(prompt, 5, "baritone"), seed=3, best_of=2
        )
    np.testing.assert_array_equal(low.events, lower(usual, 5, "baritone").events)
    np.testing.assert_array_equal(low.fingering.frets, usual.fingering.frets)


@pytest.mark.parametrize("tuning", ["drop B", "drop A", "7-string", "8-string"])
def test_every_new_event_can_be_played_and_some_are_low(shipped, tuning):
    strings, lowest = ru.tuning_pitches(tuning), ru.tuning_pitches(tuning)[0]
    fifth = (lowest, lowest + 7)
    prompt = a_riff([fifth, (lowest,), (lowest + 3,), fifth] * 4, [0] + [6] * 15, tuning=tuning)
    rules = dict(temperature=1.3, top_p=1, scale=f"{ru.pitch_name(lowest)[:-1]} minor", best_of=1)
    with pytest.warns(UserWarning, match="moved down again") as warned:
        riffs = ru.generate(shipped, 6, 4, prompt=prompt, seed=1, **rules)
    assert len(warned) == 1  # nothing of the prompt was changed
    inside = set(ru.scale_pitch_classes(rules["scale"]))
    for riff in riffs:
        np.testing.assert_array_equal(riff.events[:16], prompt.events)
        for event in riff.generated:
            pitches = ru.event_pitches(event)
            assert ru.voicings(pitches, strings) and {p % 12 for p in pitches} <= inside
    assert min(riff.generated["bass"].min() for riff in riffs) < 40


def test_typed_frets_stay_on_their_strings_of_a_guitar_with_more(riff_recipe):
    # D3 at the fifth fret of the A string, which nobody would choose, then open.
    rows = ["----", "----", "----", "--0-", "5---", "----"]
    typed = "\n".join(f"{name}|{row}|" for name, row in zip("eBGDAE", rows, strict=True))
    prompt = ru.prompt_from_text(typed)
    assert prompt.fingering.frets.tolist() == [[-1, 5, -1, -1, -1, -1], [-1, -1, 0, -1, -1, -1]]
    for tuning, more in (("7-string", 1), ("8-string", 2)):
        with pytest.warns(UserWarning, match="hears the guitar"):
            (riff,) = ru.generate(riff_recipe, bars=1, prompt=prompt, tuning=tuning, best_of=1)
        assert (riff.fingering.frets[:2, more:] == prompt.fingering.frets).all()
        assert (riff.fingering.frets[:2, :more] == -1).all()


def test_down_to_drop_c_nothing_is_moved_and_nothing_said(shipped):
    prompt = a_riff([(40,), (43,), (45, 52)], [0, 6, 6])
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        for tuning in ("standard", "E♭", "drop D", "D standard", "drop C"):
            ru.generate(shipped, bars=1, prompt=prompt, tuning=tuning, best_of=1)


def test_what_a_hand_cannot_play_of_a_prompt_is_changed_and_named(riff_recipe):
    # B1 F#2 is below six strings in standard tuning; two neighbours at the bottom have one string.
    prompt = a_riff([(40,), (40, 41), (35, 42)], [0, 12, 48])
    said = (
        "2 of the prompt's 3 chords cannot be played in the tuning standard and were changed: in "
        "bar 1 E2 F2 became E2 F3."
    )
    with pytest.warns(UserWarning, match=said):
        (riff,) = ru.generate(riff_recipe, bars=1, prompt=prompt, best_of=1)
    assert not riff.fingering.unplayable
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        ru.generate(riff_recipe, bars=1, prompt=a_riff([(40,)], [0]), best_of=1)
