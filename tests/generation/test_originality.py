"""What a riff has copied."""

import dataclasses
import itertools

from helpers import a_riff

import rockonet_utils as ru


def slow_longest(riff, corpus):
    """Every run against every place, in plain Python."""
    first = riff.prompt_events + 1 if riff.prompt_events else 1
    new = [
        (int(b["bass"]) - int(a["bass"]), int(b["step"]))
        for a, b in itertools.pairwise(riff.events)
    ][first - 1 :]
    best = 0
    for begin, end in itertools.pairwise(corpus.offsets):
        track = corpus.events[begin:end]
        old = [
            (int(b["bass"]) - int(a["bass"]), int(b["step"])) for a, b in itertools.pairwise(track)
        ]
        for i, j in itertools.product(range(len(new)), range(len(old))):
            k = 0
            while i + k < len(new) and j + k < len(old) and new[i + k] == old[j + k]:
                k += 1
                if k > best and len({interval for interval, _ in new[i : i + k]}) >= 4:
                    best = k
    return best + 1 if best else 0


def test_a_transposed_copy_is_found_with_song_and_bar(starter):
    train = starter[0]
    track = next(i for i in range(len(train.tracks)) if len(train.track_events(i)) > 120)
    stolen = train.track_events(track)[60:100].copy()
    stolen["bass"] += 2
    riff = ru.Riff(stolen, title="mine")
    found = ru.originality(riff, train)
    assert found.longest >= 39 and found.song in train.songs and found.event == 0
    assert "take care" in found.verdict or "copied" in found.verdict
    assert ru.originality(dataclasses.replace(riff, prompt_events=40), train).longest == 0
    late = dataclasses.replace(riff, prompt_events=20)
    assert ru.originality(late, train).longest <= 20


def test_longest_copy_agrees_with_the_slow_way(starter):
    corpus = starter[0].select(range(6))
    index = ru.CopyIndex(corpus)
    for seed in range(8):
        riff = ru.random_excerpt(starter[seed % 3], 40, seed=seed)
        riff = dataclasses.replace(riff, prompt_events=seed)
        found = ru.originality(riff, index)
        assert found.longest == slow_longest(riff, corpus)
        if found.longest:
            assert found.verdict and found.bar >= 1


def test_bars_of_the_prompt_that_come_again():
    one, other = [(40,), (43,), (45,), (47,)], [(40,), (43,), (45,), (48,)]
    # A bar of the prompt, the same, another, the same, all in quarter notes.
    riff = a_riff([*one, *one, *other, *one], [0] + [12] * 15, prompt_events=4)
    assert ru.bars_of_prompt(riff) == (2, 3)
    # The prompt ends within the second bar, which then counts for neither.
    assert ru.bars_of_prompt(dataclasses.replace(riff, prompt_events=6)) == (1, 2)
    assert ru.bars_of_prompt(dataclasses.replace(riff, prompt_events=0)) == (0, 4)
    # A new bar that begins with a rest is a new bar all the same.
    rest = a_riff([*one, *one[:3], *one], [0] + [12] * 3 + [24, 12, 12] + [12] * 4, prompt_events=4)
    assert ru.bars_of_prompt(rest) == (1, 2)
    late = riff.events.copy()
    late["step"][4:6] = 13, 11  # one note of the second bar comes a tick too late
    assert ru.bars_of_prompt(dataclasses.replace(riff, events=late))[0] == 1
