"""Riffs of a classic model whose answers are known."""

import numpy as np
import pytest
from helpers import a_tune

import rockonet_utils as ru


class Parrot:
    """Stands for a Keras model: it expects the code after the last one, with certainty."""

    def __init__(self, vocabulary):
        self.vocabulary = vocabulary

    def predict_on_batch(self, window):
        last = np.rint(window[:, -1, 0] * self.vocabulary.deviation + self.vocabulary.mean)
        n = len(self.vocabulary.symbols)
        return np.eye(n)[((last.astype(int) + 1) % n)]


@pytest.fixture
def parrot():
    vocabulary = ru.Vocabulary(("A2", "C3", "D3 A3", "E2", "G2"), 2.0, 1.5)
    return ru.Trained("classic", Parrot(vocabulary), vocabulary, 4, ru.History((), {}))


def test_generate_continues_the_prompt_with_its_rhythm(parrot):
    prompt = a_tune((45, 48), step=24)  # A2, C3: codes 0 and 1, half a bar apart
    (riff,) = ru.generate(parrot, bars=2, prompt=prompt)
    assert riff.prompt_events == 2
    np.testing.assert_array_equal(riff.events[:2], prompt.events)
    names = [ru.chord_name(ru.event_pitches(event)) for event in riff.generated]
    assert names == ["D3 A3", "E2", "G2", "A2"]
    assert riff.generated["step"].tolist() == [24, 24, 24, 24]
    assert riff.prompt_ticks == 48


def test_generated_events_start_where_the_prompts_bar_ends(parrot):
    prompt = a_tune((45, 48, 45), step=6)  # a quarter of a bar, then rest
    (riff,) = ru.generate(parrot, bars=2, prompt=prompt)
    assert np.cumsum(riff.events["step"]).tolist() == [0, 6, 12, 48, 54, 60, 96, 102, 108]


def test_even_rhythm_is_as_published_and_silence_can_be_continued(parrot):
    (riff,) = ru.generate(parrot, bars=1, prompt=a_tune((45, 48)), rhythm="even")
    onset = np.cumsum(riff.events["step"]).tolist()  # to the end of a bar more than the prompt's
    assert onset == [0, 6, *range(10, 96, 4)]
    (free,) = ru.generate(parrot, bars=2)
    assert free.prompt_events == 0 and free.prompt_ticks == 0
    assert np.cumsum(free.events["step"]).tolist() == list(range(0, 96, 6))


def test_a_seed_gives_the_same_riffs_and_n_gives_different_ones():
    vocabulary = ru.Vocabulary(tuple(ru.pitch_name(p) for p in range(48, 60)), 5.5, 3.0)

    class Shrug:
        def predict_on_batch(self, window):
            return np.full((len(window), 12), 1 / 12)

    trained = ru.Trained("classic", Shrug(), vocabulary, 4, ru.History((), {}))
    first, again = (ru.generate(trained, n=3, bars=2, seed=7) for _ in range(2))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.events, two.events)
    assert len({riff.events["bass"].tobytes() for riff in first}) == 3
    alone = ru.generate(trained, n=1, bars=2, seed=7)[0]
    np.testing.assert_array_equal(alone.events, first[0].events)  # company changes nothing


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 0},
        {"bars": 0},
        {"best_of": 0},
        {"temperature": -1},
        {"top_p": 0},
        {"rhythm": "swing"},
        {"temperature": float("inf")},
        {"top_k": 2.5},
        {"seed": -1},
        {"n": "2"},
    ],
)
def test_numbers_out_of_range_are_refused(parrot, wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=rf"^{name} (is|must be) "):
        ru.generate(parrot, **wrong)


@pytest.mark.parametrize(
    "wrong", [{"events": 0}, {"max_copied": 0}, {"polyphony": 1.5}, {"frets": (0, 100)}]
)
def test_limits_out_of_range_are_refused(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"^{name} is "):
        ru.Limits(**wrong)
