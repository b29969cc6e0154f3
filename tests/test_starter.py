"""The starter songs: complete, in range, reproducible, and like rock by measurement."""

import csv
import hashlib
import re
import subprocess
import sys
from collections import Counter

import mido
import numpy as np
import pytest

import rockonet_utils as ru

DATA = ru.settings(data="starter").folder.parent
SONGS = sorted((DATA / "starter").rglob("*.mid"))


@pytest.fixture(scope="module")
def starter():
    return ru.build_corpus(DATA / "starter")


def test_there_are_enough_songs_and_some_without_a_guitar(starter):
    assert Counter(row.reason for row in starter.report) == {"": len(SONGS) - 8, "no guitar": 8}
    assert len(starter.songs) >= 64 and starter.n_events >= 20_000
    assert len(set(map(ru.song_key, starter.songs))) == len(starter.songs)
    assert sum(path.stat().st_size for path in SONGS) < 2_000_000
    styles = {path.parent.name for path in SONGS}
    assert styles >= {"blues_shuffle", "punk", "hard_rock", "metal", "ballad", "surf", "funk_rock"}


@pytest.mark.parametrize("path", SONGS, ids=lambda path: path.stem)
def test_each_song_is_a_band_in_range(path):
    score = ru.read_midi(path)
    guitars = ru.guitar_tracks(score, range(25, 32))
    bass = [t for t in score.tracks if not t.is_drum and 33 <= t.program <= 36]
    assert any(t.is_drum for t in score.tracks)
    if path.parent.name == "no_guitar":
        assert not ru.guitar_tracks(score, range(24, 32))
        return
    assert 1 <= len(guitars) <= 3 and bass
    assert all(t.name for t in guitars)
    for track in guitars:
        notes = track.notes.numpy()
        assert notes["pitch"].min() >= 40 and notes["pitch"].max() <= 88
        assert (notes["time"] * ru.TICKS_PER_QUARTER % score.ticks_per_quarter == 0).all()
        assert len(set(notes["velocity"].tolist())) > 3
    assert len(score.tempos) and len(score.time_signatures)
    # A note of a pitch that is already sounding would swallow it.
    for track in mido.MidiFile(path).tracks:
        sounding = set()
        for message in track:
            if message.type == "note_on" and message.velocity:
                assert (message.channel, message.note) not in sounding
                sounding.add((message.channel, message.note))
            elif message.type in ("note_on", "note_off"):
                sounding.remove((message.channel, message.note))
        assert not sounding


def test_composing_again_gives_the_same_bytes(tmp_path):
    subprocess.run(
        [sys.executable, DATA / "compose_starter.py", "--out", tmp_path], check=True, timeout=120
    )
    again = {
        path.relative_to(tmp_path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in tmp_path.rglob("*.mid")
    }
    shipped = {
        path.relative_to(DATA / "starter"): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in SONGS
    }
    assert again == shipped


def percentiles():
    with open(DATA / "rock_percentiles.csv") as file:
        return {
            row.pop("metric"): {k: float(v) for k, v in row.items()} for row in csv.DictReader(file)
        }


def metrics_of(corpus, song):
    beats, value = corpus.song_info[song].meter
    tracks = [corpus.track_events(i) for i, t in enumerate(corpus.tracks) if t.song == song]
    return ru.style_metrics(tracks, 4 * ru.TICKS_PER_QUARTER * beats // value)


@pytest.mark.parametrize("metric", percentiles())
def test_most_songs_lie_within_real_rock(starter, metric):
    rock = percentiles()[metric]
    values = np.array([metrics_of(starter, i)[metric] for i in range(len(starter.songs))])
    inside = (values >= rock["p5"]) & (values <= rock["p95"])
    assert inside.mean() >= 0.8


def test_style_metrics_worked_out_by_hand():
    def track(*events):
        rows = np.zeros(len(events), ru.EVENT)
        for row, (step, *pitches) in zip(rows, events, strict=True):
            row["step"], row["bass"] = step, pitches[0]
            row["shape"] = sum(1 << (pitch - pitches[0]) for pitch in pitches)
        return rows

    # E5, E5 again, A2, and after more than four quarters C#3 with its octave; then another track.
    first = track((0, 40, 47, 52), (6, 40, 47, 52), (6, 45), (60, 49, 61))
    metrics = ru.style_metrics([first, track((96, 40))])
    assert metrics["chord_share"] == pytest.approx(3 / 5)
    assert metrics["power_chord_share"] == pytest.approx(2 / 5)
    assert metrics["repeat_share"] == pytest.approx(1 / 3)
    assert metrics["events_per_bar"] == pytest.approx(5 / 3)  # bars 1 and 2, and bar 3
    assert metrics["mean_step"] == pytest.approx(0.5)
    classes = np.array([5, 2, 1, 2]) / 10  # E, B, A, C#
    assert metrics["pitch_class_entropy"] == pytest.approx(-(classes * np.log2(classes)).sum())
    assert metrics["scale_consistency"] == 1.0  # all of them are in A major
    assert np.isnan(ru.style_metrics([])["mean_step"])


def test_data_card_counts_are_true(starter):
    card = (DATA / "README.md").read_text()
    rows = dict(re.findall(r"^\| `?(\w+)`? \| (\d[^\n]*)\|$", card, re.M))
    for style in ["all", *sorted({path.parent.name for path in SONGS})]:
        songs, tracks, events, _ = (int(x.replace(",", "")) for x in rows[style].split(" | "))
        inside = [
            i
            for i, song in enumerate(starter.song_info)
            if style in ("all", song.path.split("/")[0])
        ]
        part = starter.select(inside)
        files = [path for path in SONGS if style in ("all", path.parent.name)]
        assert (len(files), len(part.tracks), part.n_events) == (songs, tracks, events)
    assert f"There are {len(starter.chords()[0])} different chords" in card
