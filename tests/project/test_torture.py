"""A short part of `make torture`, and that its judge is none that lets all pass."""

import random
import time

import pytest
import torture
import torture_songs

import rockonet_utils as ru

SHORT = {
    "MIDI files": 40,
    "Guitar Pro 3 files": 10,
    "Guitar Pro 4 files": 10,
    "Guitar Pro 5 files": 10,
    "scores within Guitar Pro 8 files": 10,
    "typed texts": 40,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SHORT)
def test_a_short_part_of_the_campaign_holds(name, tmp_path):
    (campaign,) = (one for one in torture_songs.CAMPAIGNS if one.name == name)
    state = campaign.prepare(tmp_path)
    failed = {number: torture.judged(campaign, state, 1, number) for number in range(SHORT[name])}
    assert not {number: why for number, why in failed.items() if why}


@pytest.mark.parametrize(
    ("attempt", "why"),
    [
        (lambda *_: ru.prompt_from_text("?"), ""),  # refused in a sentence
        (lambda *_: [][1], "IndexError"),
        (lambda *_: int("x"), "ValueError"),  # not of this project
        (lambda *_: spend(0.6), "0."),
    ],
)
def test_the_judge_tells_a_refusal_from_a_failure(attempt, why):
    campaign = torture.Campaign("any", 1, lambda _: None, attempt, seconds=0.5)
    assert torture.judged(campaign, None, 0, 0).startswith(why)
    assert bool(torture.judged(campaign, None, 0, 0)) == bool(why)


def spend(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_the_same_number_is_the_same_try():
    songs = torture_songs.midi(None)
    some = [torture_songs.damaged(random.Random("0 a 7"), songs[0]) for _ in range(2)]
    assert some[0] == some[1] != songs[0]


def test_a_campaign_goes_on_where_it_stopped_and_counts_what_died(tmp_path):
    log = tmp_path / "log"
    log.write_text('{"begun": 0}\n{"number": 0, "failed": ""}\n{"begun": 1}\n')
    assert torture.read_log(log) == (1, {})
    with log.open("a") as more:
        more.write('{"number": 1, "failed": "the process ended with -14"}\n')
    assert torture.read_log(log) == (2, {1: "the process ended with -14"})
    assert "| zips | 2 of 9 | 1 | 1 |" in torture.table([("zips", 9, 2, 1)])
