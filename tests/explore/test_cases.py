"""Inputs as people have them: the cases.json in the folder that ROCKONET_CASES names.

Each case says what must come out; what the words of `expect` mean stands in the folder's README.
"""

import json
import os
import re
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.dataset.events import event_pitches, onsets

FOLDER = Path(os.environ.get("ROCKONET_CASES") or "nowhere")
FILE = FOLDER / "cases.json"
CASES = json.loads(FILE.read_text("utf-8")) if FILE.exists() else []
QUARTER, NEAR = 12, 12 / 24  # ticks
KNOWN = set(
    "events shift_by_bars in_bar on_bar bar count max_duration tracks meter tempo tuning program "
    "strings_down_to kept_by_generate playable error says bend_kept one_of".split()
)
pytestmark = [
    pytest.mark.archive,
    pytest.mark.skipif(not CASES, reason="ROCKONET_CASES names no folder with a cases.json"),
]


@pytest.fixture(scope="module")
def model():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ru.load_trained(ru.shipped_model("riff"))


def came_out(case, tmp_path):
    """What a case gives, and all that is said about it."""
    path, call = FOLDER / case["file"], case.get("call", {})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if case["use"] == "MIDI corpus":
            if not path.is_dir():
                shutil.copy(path, tmp_path)
                path = tmp_path
            return ru.build_corpus(path, **call), []
        if case["use"] == "MIDI prompt":
            return ru.prompt_from_midi(path, **call), [str(w.message) for w in caught]
        text = path.read_text("utf-8")
        got = ru.prompt_from_text(text, **call)
        return got, [str(w.message) for w in caught] + ru.unread_signs(text)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case, tmp_path, request):
    expect = case["expect"]
    if "error" in expect:
        with pytest.raises(ValueError, match=expect["error"]):
            came_out(case, tmp_path)
        return
    got, said = came_out(case, tmp_path)
    if "kept_by_generate" in expect:
        assert kept(request.getfixturevalue("model"), got)
    assert not wrong(expect, got, said), case["why"]


def wrong(expect, got, said):
    """The words of `expect` that do not hold, with what is there instead."""
    assert set(expect) <= KNOWN, f"a word that this test does not know in {sorted(expect)}"
    one_of = expect.get("one_of")
    faults = [] if isinstance(got, ru.Riff) else wrong_of_corpus(expect, got)
    if isinstance(got, ru.Riff):
        faults = wrong_of_riff(expect, got, said)
    if one_of and all(wrong(each, got, said) for each in one_of):
        faults.append([wrong(each, got, said) for each in one_of])
    return faults


def wrong_of_riff(expect, riff, said):
    events, bar = riff.events, expect.get("bar", 0) * QUARTER
    onset = onsets(events)
    held = {
        "events": lambda rows: are_events(rows, riff, expect.get("shift_by_bars")),
        "in_bar": lambda bars: (onset // bar - onset[0] // bar + 1).tolist() == bars,
        "on_bar": lambda places: np.flatnonzero(onset % bar == 0).tolist() == places,
        "count": lambda n: len(events) == n,
        "max_duration": lambda quarters: events["duration"].max() <= quarters * QUARTER + NEAR,
        "meter": lambda meter: list(riff.meter) == meter,
        "tempo": lambda bpm: abs(riff.tempo_bpm - bpm) < 0.5,
        "tuning": lambda strings: list(riff.open_strings) == strings,
        "strings_down_to": lambda pitch: min(riff.open_strings) <= pitch,
        "program": lambda programs: riff.program in programs,
        "playable": lambda yes: (not riff.fingering.unplayable) == yes,
        "says": lambda words: any(re.search(words, each) for each in said),
        "bend_kept": lambda yes: (riff.events["bend"] > 0).any() == yes,
    }
    return [
        (word, value) for word, value in expect.items() if word in held and not held[word](value)
    ]


def are_events(rows, riff, shift_by=None):
    """Whether these are the events of a riff, or of its beginning."""
    onset = onsets(riff.events)
    if len(rows) != len(onset):
        return False
    frets = riff.fingering.frets.tolist()
    moved = 0.0
    for row, begin, event, fingers in zip(rows, onset, riff.events, frets, strict=True):
        time, duration, pitches, fretted = (*row, None, None, None)[:4]
        if time is not None and shift_by and begin == onset[0]:
            moved = begin - time * QUARTER
            bar = shift_by * QUARTER
            if abs(moved - round(moved / bar) * bar) > NEAR:
                return False
        if time is not None and abs(begin - moved - time * QUARTER) > NEAR:
            return False
        if duration is not None and abs(int(event["duration"]) - duration * QUARTER) > NEAR:
            return False
        if pitches is not None and set(event_pitches(event)) != set(pitches):
            return False
        if fretted is not None and fingers != fretted:
            return False
    return bool((np.diff(onset) > 0).all())


def wrong_of_corpus(expect, corpus):
    faults = [
        (word, value)
        for word, value in expect.items()
        if word == "meter" and [list(song.meter) for song in corpus.song_info] != [value]
    ]
    tracks = list(range(len(corpus.tracks)))
    for track in expect.get("tracks", []):
        mine = [
            i
            for i in tracks
            if re.search(track.get("name", ""), corpus.tracks[i].name)
            and ("events" not in track or are_rows(track["events"], corpus.track_events(i)))
            and corpus.track_events(i)["duration"].max()
            <= track.get("max_duration", 1e9) * QUARTER + NEAR
        ]
        if mine:
            tracks.remove(mine[0])
        else:
            faults.append(("tracks", track))
    if "tracks" in expect and tracks:
        faults.append(("more tracks", [corpus.tracks[i] for i in tracks]))
    return faults


def are_rows(rows, events):
    return are_events(rows, ru.Riff(events, len(events)))


def kept(trained, prompt):
    """Whether a model goes on from a prompt and leaves its notes as they are."""
    [riff] = ru.generate(trained, n=1, bars=1, prompt=prompt, tuning=prompt.tuning, seed=0)
    begun = riff.events[: len(prompt.events)]
    return [event_pitches(e) for e in begun] == [event_pitches(e) for e in prompt.events]
