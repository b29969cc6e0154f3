"""What the memory of the song has heard, and what it makes of it."""

import dataclasses

import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.training.riff_vocabulary import PART_TABLE, part_values
from rockonet.training.song_memory import (
    EXPERTS,
    LEAST,
    Expert,
    RunningMemory,
    decayed_counts,
    experts_of,
    song_memory,
)


def column(part, alike, half_life=256):
    return EXPERTS.index(Expert(part, alike, half_life))


def test_counts_worked_out_by_hand():
    # A B A C A, a note a beat; then another track, which has heard nothing.
    events = np.zeros(7, ru.EVENT)
    events["bass"], events["shape"] = [50, 52, 50, 53, 50, 50, 52], 1
    events["step"], events["duration"] = [0, 12, 12, 12, 12, 0, 12], 6
    corpus = ru.Corpus(
        events,
        np.array([0, 5, 7]),
        (ru.TrackInfo(0, "", 30), ru.TrackInfo(0, "", 30)),
        (ru.Song("a song", "", 120.0, (4, 4)),),
    )
    heard, chance = song_memory(corpus)
    all_of_it = column("bass", "", 64)
    back = 0.5 ** (np.arange(1, 5) / 64)
    counts = [0, back[0], back[:2].sum(), back[:3].sum(), back.sum(), 0, back[0]]
    np.testing.assert_allclose(np.expm1(heard[:, all_of_it]), counts, rtol=1e-5)
    a_again = (back[1] + back[3]) / back.sum()
    wanted = [0, 0, back[1] / back[:2].sum(), 0, a_again, 0, 0]
    np.testing.assert_allclose(chance[:, all_of_it], wanted, rtol=1e-5)
    # After an A there was B, then C, two and four events before the one that would follow the last.
    after = column("bass", "chord-1", 64)
    np.testing.assert_allclose(np.expm1(heard[3, after]), back[1], rtol=1e-5)
    assert chance[3, after] == 0  # B came, and now it is C
    # The fifth stands where the first stood in its bar.
    at = column("bass", "place", 64)
    np.testing.assert_allclose(np.expm1(heard[:5, at]), [0, 0, 0, 0, back[3]], rtol=1e-5)
    assert chance[4, at] == 1


def test_decayed_counts_are_those_of_counting():
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 9, 700).astype(np.uint64) << np.uint64(40)
    numbers[300:500] = 3
    for half_life in (2, 64, 1e9):
        weight = np.tril(0.5 ** (np.subtract.outer(np.arange(700), np.arange(700)) / half_life), -1)
        wanted = (weight * (numbers[:, None] == numbers)).sum(axis=1)
        np.testing.assert_allclose(decayed_counts(numbers, half_life), wanted, atol=1e-6)
    assert len(decayed_counts(np.zeros(0, np.uint64), 64)) == 0


def test_a_riff_that_grows_remembers_as_a_whole_song_does(small):
    corpus = small[2]
    heard, chance = song_memory(corpus)
    tracks = np.argsort(np.diff(corpus.offsets))[-2:]
    assert corpus.ticks_per_bar(tracks[0]) == corpus.ticks_per_bar(tracks[1])
    events = np.stack([corpus.track_events(track)[:150] for track in tracks], axis=1)
    begin = corpus.offsets[tracks]
    memory = RunningMemory(2, corpus.ticks_per_bar(tracks[0]))
    for k, now in enumerate(events):
        for part in PART_TABLE:
            own = experts_of(part.name)
            logs, shares = memory.recall(part.name, now)
            np.testing.assert_allclose(logs, heard[begin + k, own], atol=1e-5)
            sums = shares.sum(axis=0)
            np.testing.assert_allclose(sums, logs > 0, atol=1e-9)  # a chance for all that came
            past = part_values(part, events[:k].ravel()).reshape(k, 2)
            right = past == part_values(part, now)
            given = (shares * right[:, :, None]).sum(axis=0)
            np.testing.assert_allclose(given, chance[begin + k, own], atol=1e-5)
        memory.append(now)


def test_no_expert_looks_ahead(small):
    corpus = small[2].select([0])
    at = 40
    heard, chance = song_memory(corpus)
    for place, part in enumerate(PART_TABLE):
        events = corpus.events.copy()
        events["bass"][at + 1 :] += 3
        events["step"][at + 1 :] += 2
        events["duration"][at + 1 :] += 5
        name = part.name
        events[name][at] = 1 << 5 | 1 if name == "shape" else events[name][at] + 1
        after_heard, after_chance = song_memory(dataclasses.replace(corpus, events=events))
        np.testing.assert_array_equal(after_heard[:at], heard[:at])
        np.testing.assert_array_equal(after_chance[:at], chance[:at])
        # Of this event the part itself and those before it are heard about as before.
        for earlier in PART_TABLE[: place + 1]:
            own = experts_of(earlier.name)
            np.testing.assert_array_equal(after_heard[at, own], heard[at, own])
        for earlier in PART_TABLE[:place]:
            own = experts_of(earlier.name)
            np.testing.assert_array_equal(after_chance[at, own], chance[at, own])


def test_each_part_has_experts_that_stand_together():
    assert [expert.part for expert in EXPERTS] == [
        part.name for part in PART_TABLE for _ in EXPERTS[experts_of(part.name)]
    ]
    assert len(set(EXPERTS)) == len(EXPERTS)
    with pytest.raises(IndexError):
        experts_of("bar")


def test_what_is_long_past_is_no_memory(beginning):
    # The last of the events has a bass that was heard once, so many events before.
    for past, remembered in ((1200, True), (1800, False)):
        events = np.resize(beginning.events, past + 1)
        events["bass"], events["bass"][[0, past]], events["shape"] = 40, 90, 1
        corpus = dataclasses.replace(beginning, events=events, offsets=np.array([0, past + 1]))
        heard, chance = song_memory(corpus)
        expert = column("shape", "bass ", 64)
        assert (heard[past, expert] > 0) == remembered == (chance[past, expert] == 1)
        assert (0.5 ** (past / 64) >= LEAST) == remembered
