"""A short part of `make torture`, and that its judge is none that lets all pass."""

import json
import random
import time

import pytest
import torture
import torture_saved
import torture_songs
import torture_texts

import rockonet_utils as ru

KNOWN = (*torture_songs.CAMPAIGNS, *torture_texts.CAMPAIGNS, *torture_saved.CAMPAIGNS)
SHORT = {
    "MIDI files": 40,
    "Guitar Pro 3 files": 10,
    "Guitar Pro 4 files": 10,
    "Guitar Pro 5 files": 10,
    "Guitar Pro 6 files": 20,
    "scores within Guitar Pro 8 files": 10,
    "typed tab": 30,
    "tinyNotation": 30,
    "zips of songs": 10,
    "hostile texts": 5,
    "corpora": 20,
    "windows": 20,
    "loss histories": 40,
    "tables of nats": 40,
    "favourite riffs": 40,
    "states of networks": 40,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SHORT)
def test_a_short_part_of_the_campaign_holds(name, tmp_path):
    (campaign,) = (one for one in KNOWN if one.name == name)
    state = campaign.prepare(tmp_path)
    tries = {number: torture.judged(campaign, state, 1, number) for number in range(SHORT[name])}
    assert not {number: made for number, made in tries.items() if made.failed}


@pytest.mark.parametrize(
    ("attempt", "why", "refused"),
    [
        (lambda *_: ru.prompt_from_text("?"), "", True),  # in a sentence
        (lambda *_: None, "", False),
        (lambda *_: [][1], "IndexError", False),
        (lambda *_: int("x"), "ValueError", False),  # not of this project
        (lambda *_: spend(0.6), "0.", False),
    ],
)
def test_the_judge_tells_a_refusal_from_a_failure(attempt, why, refused):
    campaign = torture.Campaign("any", 1, lambda _: None, attempt, seconds=0.5)
    made = torture.judged(campaign, None, 0, 0)
    assert made.failed.startswith(why) and bool(made.failed) == bool(why)
    assert made.refused == refused


def test_the_judge_sees_a_flood_and_forgets_the_one_before(monkeypatch):
    monkeypatch.setattr(torture, "MOST_MEGABYTES", 100)
    flood = torture.Campaign("any", 1, lambda _: None, lambda *_: bytearray(b"1") * (150 << 20))
    assert torture.judged(flood, None, 0, 0).failed in ("149 MB", "150 MB", "151 MB")
    assert not torture.judged(flood._replace(attempt=lambda *_: None), None, 0, 0).failed


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
    whole = {"failed": "", "refused": True, "seconds": 0.26, "megabytes": 3}
    died = whole | {"failed": "the process ended with -14", "refused": False}
    rows = [{"begun": 0}, {"number": 0, **whole}, {"begun": 1}]
    log.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    assert torture.read_log(log) == ({0: torture.Try(**whole)}, 0)
    with log.open("a") as more:
        for row in ({"number": 1, **died}, {"processor": 90}):
            print(json.dumps(row), file=more)
    tries, seconds = torture.read_log(log)
    assert tries[1] == torture.Try(**died) and seconds == 90
    told = torture.table({"zips": (9, list(tries.values()), seconds)})
    assert "| zips | 2 of 9 | 1 | 1 | 1 | 0.3 s | 3 MB |" in told and "2 minutes" in told
