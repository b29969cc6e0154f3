"""How like rock a riff is."""

import pytest
from helpers import a_riff

import rockonet_utils as ru
from rockonet.generation.quality import most_typical, silent_bars


def test_quality_by_hand(starter):
    # One bar of E and A in eighths, three times, after a prompt of one bar.
    events = a_riff([(40,), (45,)] * 16, [0] + [6] * 31, [6] * 32, prompt_events=8)
    numbers = ru.quality(events, starter[0])
    assert numbers["repeats"] == 0 and numbers["events a bar"] == 8
    assert numbers["pitch-class entropy"] == pytest.approx(1)
    assert numbers["groove consistency"] == 1 and numbers["scale consistency"] == 1
    assert numbers["distinct"] == pytest.approx(2 / 3)
    assert numbers["playability"] == 1 and numbers["longest copy"] == 0
    syncopated = a_riff([(40,)] * 6, [0, 12, 12, 24, 6, 18], [6] * 6)
    # Bars with onsets {0, 12, 24} and {0, 6, 24}: two of 48 ticks differ.
    assert ru.quality(syncopated, starter[0])["groove consistency"] == pytest.approx(1 - 2 / 48)


def test_quality_table_of_songs_beside_themselves_and_beside_one_note(starter):
    songs = [ru.random_excerpt(starter[1], 16, seed=i, bars=4) for i in range(8)]
    held = a_riff([(40,)] * 40, [0] + [6] * 39, [6] * 40, prompt_events=8)
    kinds = {"real": songs, "again": songs[::-1], "one note": [held, held]}
    rows = ru.quality_table(kinds, starter[0]).data.splitlines()
    cells = {row.split("|")[1].strip(): row.split("|")[2:-1] for row in rows}
    assert (
        float(cells["*distance*"][1].strip(" *")) == 0 < float(cells["*distance*"][2].strip(" *"))
    )
    assert cells["*all inside*"][0] == cells["*all inside*"][1]  # whatever their order
    assert cells["repeats"][2].strip() == "**1.00**" and cells["*all inside*"][2].strip() == "*0%*"
    played = [name for name in cells if name.startswith("with ")]
    assert len(cells) == 2 + 8 + 2 + len(played)  # head, line, numbers, sums, techniques


def test_the_most_typical_of_the_tries_is_kept(starter, riff_recipe):
    prompt = ru.random_excerpt(starter[1], 16, seed=2)
    ask = dict(n=4, bars=8, temperature=1.5, prompt=prompt, seed=2)
    index = ru.CopyIndex(starter[0])

    def outside(riff):
        numbers = ru.quality(riff, index)
        return sum(not low <= numbers[name] <= high for name, (low, high) in ru.TYPICAL.items())

    first = [outside(riff) for riff in ru.generate(riff_recipe, best_of=1, **ask)]
    best = [outside(riff) for riff in ru.generate(riff_recipe, best_of=6, **ask)]
    assert all(a <= b for a, b in zip(best, first, strict=True)) and sum(best) < sum(first)

    # What cannot be played is passed over, however typical it is.
    steps = [0] + [12] * 7
    playable, impossible = (a_riff([chord] * 8, steps) for chord in ((40,), (40, 41, 42)))
    assert impossible.fingering.unplayable
    assert most_typical([impossible, playable], 2) is playable
    # And so is what cannot be played as it says: nothing is hammered on over two octaves.
    far = a_riff([(40,), (64,)] * 4, steps)
    far.events["technique"][1] = ru.Technique.LEGATO
    assert far.fingering.impossible_techniques and not far.fingering.unplayable
    assert most_typical([far, playable], 2) is playable


def test_bars_in_which_nothing_sounds_are_counted():
    # A prompt of one bar; then a bar of eighths, a whole note, a silent bar, a note that is held
    # over a bar line, a silent bar, a short note, and nothing more.
    steps = [0] + [6] * 7 + [6] * 8 + [6, 96 + 24, 48 * 3]
    durations = [6] * 16 + [48, 48, 6]
    riff = a_riff([(40,)] * 19, steps, durations, prompt_events=8)
    assert [silent_bars(riff, bars) for bars in range(1, 9)] == [0, 0, 1, 1, 1, 2, 2, 3]
    assert silent_bars(a_riff([(40,)], [0], [48 * 3]), 4) == 1  # without a prompt

    # One that falls silent is passed over for one that goes on, however typical it is.
    phrase = [(40,), (43,), (45,), (47,)] * 2
    short = a_riff(phrase, [0] + [6] * 7, [6] * 8)
    whole = a_riff([(40,)] * 64, [0] + [6] * 63, [6] * 64)  # the same note all the time
    assert most_typical([short, whole], 1) is short
    assert most_typical([short, whole], 8) is whole


LICK = """
e|--------5-----5-|
B|--8---8-5-8b10--|
G|7b9-------------|
"""


@pytest.mark.parametrize(("prompt", "seed"), [(None, 2), (LICK, 1)])
def test_riffs_seldom_fall_silent(riff_recipe, prompt, seed):
    given = prompt and ru.prompt_from_text(prompt)
    ask = dict(n=4, bars=8, prompt=given, seed=seed)

    def silent(best_of):
        riffs = ru.generate(riff_recipe, best_of=best_of, **ask)
        return sum(silent_bars(riff, 8) for riff in riffs)

    assert silent(1) > 0 and silent(6) <= silent(1) / 4
