"""The starter songs: complete, in range, reproducible, and like rock by measurement."""

import csv
import hashlib
import importlib
import re
import subprocess
import sys
from collections import Counter

import mido
import numpy as np
import pytest
from helpers import ROOT, STARTER_SONGS

import rockonet_utils as ru
from rockonet.explore.tab_song import played_columns

DATA = ROOT / "data"
CARD_TECHNIQUES = (
    "RELEASE PREBEND SLIDE LEGATO VIBRATO PALM_MUTE DEAD HARMONIC TREMOLO LET_RING".split()
)


def test_there_are_enough_songs_and_some_without_a_guitar(starter_corpus):
    rows = Counter(
        (row.status, row.reason * (row.status != "kept")) for row in starter_corpus.report
    )
    assert rows == {("kept", ""): len(STARTER_SONGS) - 8, ("skipped", "no guitar"): 8}
    assert len(starter_corpus.songs) >= 64 and starter_corpus.n_events >= 20_000
    assert len(set(map(ru.song_key, starter_corpus.songs))) == len(starter_corpus.songs)
    assert sum(path.stat().st_size for path in STARTER_SONGS) < 2_000_000
    styles = {path.parent.name for path in STARTER_SONGS}
    assert styles >= {"blues_shuffle", "punk", "hard_rock", "metal", "ballad", "surf", "funk_rock"}


@pytest.mark.parametrize("path", STARTER_SONGS, ids=lambda path: path.stem)
def test_each_song_is_a_band_in_range(path):
    score = ru.read_midi(path)
    guitars = ru.guitar_tracks(score, range(25, 32))
    bass = [t for t in score.tracks if not t.is_drum and 33 <= t.program <= 36]
    assert any(t.is_drum for t in score.tracks)
    if path.parent.name == "no_guitar":
        assert not ru.guitar_tracks(score, range(24, 32))
        return
    assert 1 <= len({t.name for t in guitars}) <= 3 and bass
    assert all(t.name for t in guitars)
    for track in guitars:
        notes = track.notes.numpy()
        assert notes["pitch"].min() >= 40 and notes["pitch"].max() <= 88
        assert (notes["time"] * ru.TICKS_PER_QUARTER % score.ticks_per_quarter == 0).all()
    for name in {track.name for track in guitars}:  # bent strings have a track of their own
        played = [track.notes.numpy()["velocity"] for track in guitars if track.name == name]
        assert len(set(np.concatenate(played).tolist())) > 3
    assert len(score.tempos) and len(score.time_signatures)
    # A note of a pitch that is already sounding would swallow it.
    for track in mido.MidiFile(path).tracks:
        sounding, wheel, ranges = set(), {}, {}
        for message in track:
            if message.type == "pitchwheel":
                assert message.channel in ranges
                wheel[message.channel] = message.pitch
            elif message.type == "control_change" and message.control == 6:
                ranges[message.channel] = message.value
            if message.type == "note_on" and message.velocity:
                assert (message.channel, message.note) not in sounding
                sounding.add((message.channel, message.note))
            elif message.type in ("note_on", "note_off"):
                sounding.remove((message.channel, message.note))
        assert not sounding and not any(wheel.values())


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
        for path in STARTER_SONGS
    }
    assert again == shipped


@pytest.fixture(scope="module")
def guitars():
    """The guitars of all songs as they are composed: events by style, title and name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DATA)
        composer = importlib.import_module("compose_starter_gp5")
        book = composer.read_riffs()
        return {
            (plan.style, plan.title, name): events
            for plan, number in composer.numbered_songs()
            for name, events in composer.starter_guitars(plan, number, book)[1].items()
        }


def test_every_technique_is_played_in_several_styles(guitars):
    for technique in ru.Technique:
        styles = {style for (style, *_), e in guitars.items() if (e["technique"] & technique).any()}
        assert len(styles) >= 2, technique
    assert {4, 2} <= {int(height) for e in guitars.values() for height in np.unique(e["bend"])}
    unison = [e for e in guitars.values() if (e["bent"] & (e["shape"] > 1)).any()]
    assert len(unison) > 10


@pytest.mark.parametrize("style", ["metal", "funk_rock", "slow_blues"])
def test_a_hand_can_play_what_is_composed(guitars, style):
    parts = [events for (name, *_), events in guitars.items() if name == style]
    for events in parts[:4]:
        fingering = ru.finger(events, tempo_bpm=100)
        assert not fingering.unplayable and not fingering.impossible_techniques


@pytest.mark.parametrize(
    "name", ["metal/cold_harbour_signal", "surf/hula_static", "funk_rock/pocket_comb"]
)
def test_the_songs_in_guitar_pro_say_what_is_composed(guitars, name):
    path = (DATA / "starter_gp5" / name).with_suffix(".gp5")
    song = ru.parse_guitar_pro(path.read_bytes(), path.name)
    assert not song.remarks
    style, title = name.replace("_", " ").split("/")
    for track in song.tracks:
        columns = played_columns(track)
        onset = columns.pop("time") * ru.TICKS_PER_QUARTER // ru.SONG_TICKS
        events, _ = ru.events_from_notes({**columns, "track": 0 * onset, "onset": onset})
        wanted = guitars[style.replace(" ", "_"), title, track.name]
        for column in ("bass", "shape", "step", "technique", "bend", "bent"):
            np.testing.assert_array_equal(events[column], wanted[column])


def test_each_guitar_song_is_there_in_guitar_pro():
    midi = {path.relative_to(DATA / "starter").with_suffix("") for path in STARTER_SONGS}
    written = {
        path.relative_to(DATA / "starter_gp5").with_suffix("")
        for path in (DATA / "starter_gp5").rglob("*.gp5")
    }
    assert written == {name for name in midi if name.parts[0] != "no_guitar"}
    assert sum(path.stat().st_size for path in (DATA / "starter_gp5").rglob("*.gp5")) < 1_500_000


def test_data_card_shares_of_techniques_are_true(guitars):
    card = (DATA / "README.md").read_text()
    bent = ru.Technique.BEND | ru.Technique.PREBEND
    flags = [bent, *(ru.Technique[name] for name in CARD_TECHNIQUES)]
    for style in ("all", *sorted({style for style, *_ in guitars})):
        row = re.search(rf"^\| `?{style}`? \| ((?:\d+\.\d \| )*\d+\.\d) \|$", card, re.M)
        parts = [events for (name, *_), events in guitars.items() if style in ("all", name)]
        played = np.concatenate(parts)["technique"]
        shares = [f"{100 * (played & flag > 0).mean():.1f}" for flag in flags]
        assert row[1].split(" | ") == shares, style


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
def test_most_songs_lie_within_real_rock(starter_corpus, metric):
    rock = percentiles()[metric]
    values = np.array(
        [metrics_of(starter_corpus, i)[metric] for i in range(len(starter_corpus.songs))]
    )
    inside = (values >= rock["p5"]) & (values <= rock["p95"])
    assert inside.mean() >= 0.8


def test_data_card_counts_are_true(starter_corpus):
    card = (DATA / "README.md").read_text()
    rows = dict(re.findall(r"^\| `?(\w+)`? \| (\d+ \| \d[^\n]*)\|$", card, re.M))
    for style in ["all", *sorted({path.parent.name for path in STARTER_SONGS})]:
        songs, tracks, events, _ = (int(x.replace(",", "")) for x in rows[style].split(" | "))
        inside = [
            i
            for i, song in enumerate(starter_corpus.song_info)
            if style in ("all", song.path.split("/")[0])
        ]
        part = starter_corpus.select(inside)
        files = [path for path in STARTER_SONGS if style in ("all", path.parent.name)]
        assert (len(files), len(part.tracks), part.n_events) == (songs, tracks, events)
    assert f"There are {len(starter_corpus.chords()[0])} different chords" in card
