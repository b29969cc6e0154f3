"""Riffs that go on from a prompt."""

import dataclasses

import numpy as np
import pytest
from helpers import a_riff, longest_run, low_riff

import rockonet_utils as ru


def test_the_prompt_is_revoiced_or_refused_and_events_are_counted(starter, riff_recipe):
    prompt = a_riff([(40, 41), (45, 52)], [0, 24])
    with pytest.warns(UserWarning, match="in bar 1 E2 F2 became E2 F3"):
        (riff,) = ru.generate(riff_recipe, bars=2, prompt=prompt, limits=ru.Limits(events=5))
    assert len(riff.generated) == 5 and not riff.fingering.unplayable
    with pytest.raises(ValueError, match="bar 1: E2 F2 cannot be fingered"):
        ru.generate(riff_recipe, bars=2, prompt=prompt, limits=ru.Limits(revoice=False))
    with pytest.raises(ValueError, match="no scale"):
        ru.generate(riff_recipe, scale="E nonsense")
    with pytest.raises(ValueError, match="No chord that this model knows"):
        ru.generate(riff_recipe, scale="E minor pentatonic", limits=ru.Limits(frets=(1, 1)))
    with pytest.raises(ValueError, match="prompt_from_text"):
        ru.generate(riff_recipe, prompt="E2:1/8 G2:1/8")


def test_top_k_of_one_is_argmax_and_the_classic_recipe_obeys_too(
    starter, riff_recipe, classic_recipe
):
    prompt = ru.random_excerpt(starter[1], 16, seed=2)
    one, two = (
        ru.generate(riff_recipe, bars=3, prompt=prompt, seed=3, **kind)[0]
        for kind in (dict(temperature=0), dict(temperature=1.3, top_k=1))
    )
    np.testing.assert_array_equal(one.events, two.events)
    ask = dict(prompt=prompt, scale="E blues", max_repeats=2)
    for riff in ru.generate(classic_recipe, n=4, bars=4, **ask):
        notes = {p % 12 for event in riff.generated for p in ru.event_pitches(event)}
        assert notes <= set(ru.scale_pitch_classes("E blues"))
        new = dataclasses.replace(riff, events=riff.generated)
        assert longest_run(new) <= 2


@pytest.mark.parametrize("given", [1, 5, 16])
def test_a_riff_ends_with_its_last_bar(starter, shipped, given):
    prompt = ru.random_excerpt(starter[1], given, seed=given)
    end = (prompt.events["step"].sum() // prompt.ticks_per_bar + 1 + 2) * prompt.ticks_per_bar
    for riff in ru.generate(shipped, n=6, bars=2, prompt=prompt, seed=given, best_of=1):
        onset = np.cumsum(riff.events["step"])
        assert onset[-1] < end and (onset + riff.events["duration"]).max() <= end
        assert riff.symbols[-1].bar == end // riff.ticks_per_bar - 1
        assert ru.bars_of_prompt(riff)[1] == 2


def test_a_riff_that_goes_on_from_a_riff_has_one_title(riff_recipe):
    first = ru.generate(riff_recipe, bars=1, prompt=ru.prompt_from_text(low_riff()), seed=3)[0]
    again = dataclasses.replace(first, prompt_events=len(first.events))
    assert ru.generate(riff_recipe, bars=1, prompt=again, seed=4)[0].title == (
        "after typed prompt, seed 4"
    )


def test_riffs_of_the_riff_recipe(small, trained):
    prompt = ru.random_excerpt(small[2], 16, seed=3)
    riffs = ru.generate(trained, n=3, bars=4, prompt=prompt, seed=7)
    for riff in riffs:
        np.testing.assert_array_equal(riff.events[:16], prompt.events)
        new = riff.generated
        assert len(new) and (new["step"][1:] > 0).all() and (new["duration"] > 0).all()
        assert new["bass"].min() >= 40 and new["bass"].max() <= 86
        last = int(riff.events["step"].sum())
        prompt_end = -(-int(prompt.events["step"].sum() + 1) // riff.ticks_per_bar)
        assert last < (prompt_end + 4) * riff.ticks_per_bar
        assert riff.midi().note_num() >= len(riff.events)
    assert len({riff.events.tobytes() for riff in riffs}) == 3
    same = ru.generate(trained, n=3, bars=4, prompt=prompt, seed=7)
    assert [r.events.tobytes() for r in same] == [r.events.tobytes() for r in riffs]
    (free,) = ru.generate(trained, bars=2, seed=1)
    assert free.prompt_events == 0 and len(free.events)
