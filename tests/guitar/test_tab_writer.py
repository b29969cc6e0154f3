"""A riff as ASCII tab."""

import dataclasses

import numpy as np
import pytest
from helpers import a_riff

import rockonet_utils as ru


def test_tab_is_read_back_with_the_same_chords_at_the_same_times(starter):
    for seed in range(25):
        riff = ru.random_excerpt(starter[0], 32, seed=seed).revoiced()
        again = ru.prompt_from_text(riff.tab(), riff.tempo_bpm, riff.meter)
        for column in ("step", "technique", "bend", "bent"):
            np.testing.assert_array_equal(again.events[column], riff.events[column])
        pitched = riff.events["technique"] & ru.Technique.DEAD == 0  # an x says no fret
        for column in ("bass", "shape"):
            np.testing.assert_array_equal(
                again.events[column][pitched], riff.events[column][pitched]
            )
    marked = dataclasses.replace(riff, prompt_events=9).tab()
    title, *systems = marked.splitlines()
    assert "> the model goes on from here" in title and "tuning E2 A2 D3 G3 B3 E4" in title
    beats, plain = (
        [line for line in text.splitlines() if line[:1] == " "] for text in (marked, riff.tab())
    )
    assert "".join(beats).count(">") == 1 and ">" not in riff.tab()
    assert [line.replace(">", " ") for line in beats] == plain  # it hides no beat
    assert max(map(len, systems)) <= 78


@pytest.mark.parametrize(
    "tuning", [*ru.TUNINGS, (40, 45, 50, 55, 60, 65), (30, 45, 50, 55, 59, 64)]
)
def test_tab_tells_its_tuning(tuning):
    riff = a_riff([(52,), (55,), (57,)], [0, 12, 12], tuning=tuning)
    again = ru.prompt_from_text(riff.tab())
    assert again.open_strings == riff.open_strings
    assert again.events["bass"].tolist() == [52, 55, 57]
    if tuning == "drop D":
        heads = [line[0] for line in riff.tab().splitlines() if "|" in line]
        assert heads == list("eBGDAD")


def test_bars_of_a_tab_are_alike_if_there_is_room():
    riff = a_riff([(40,), (43,), (45,), (47,)] * 3, [0] + [12] * 3 + [6] * 8)
    (first,) = [line for line in riff.tab().splitlines() if line.startswith("E")]
    bars = first.split("|")[1:-1]
    assert len(bars) >= 2 and len(set(map(len, bars))) == 1


def test_tab_of_a_long_meter_has_its_notes_under_its_beats():
    riff = a_riff([(40,)] * 11, [0] + [6] * 10, [6] * 11, meter=(11, 8))
    beats, *_, low = (line for line in riff.tab().splitlines()[2:] if line.strip())
    assert [i for i, c in enumerate(beats) if c.isdigit()] == [
        i for i, c in enumerate(low) if c == "0"
    ]
