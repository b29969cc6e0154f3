"""An independent reader and writer of Guitar Pro files: alphaTab, if it is there."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from gpx_writer import container, packed
from helpers import ROOT, random_riff
from tab_songs import RICH, a_song

import rockonet_utils as ru

SONG = ROOT / "data" / "guitar_pro" / "rooftop_radio.gp5"


@pytest.fixture
def alphatab():
    folder, node = os.environ.get("ROCKONET_ALPHATAB"), shutil.which("node")
    if not folder or not node:
        pytest.skip("needs node, and ROCKONET_ALPHATAB")

    def run(script, *files):
        command = [node, Path(__file__).with_name(script), folder, *files]
        return subprocess.run(command, capture_output=True, check=True).stdout

    return run


def struck(song, track, without=0):
    """Time and sounding pitch of each note, but those with one of some techniques."""
    notes = song.tracks[track].notes
    kept = notes[notes["technique"] & int(without) == 0]
    return set(zip(kept["time"].tolist(), (kept["pitch"] + kept["harmonic"]).tolist(), strict=True))


@pytest.mark.interop
@pytest.mark.parametrize("suffix", [".gp5", ".gp", ".gpx"])
def test_alphatab_plays_the_same_riffs(alphatab, tmp_path, suffix):
    for seed in range(6):
        riff = random_riff(seed).revoiced()
        if suffix == ".gpx":
            data = packed(container(score_gpif=ru.gpif(riff).encode()))
        else:
            data = riff.encoded(suffix)
        path = tmp_path / f"riff{suffix}"
        path.write_bytes(data)
        theirs = json.loads(alphatab("alphatab_player.mjs", path))
        song = ru.parse_guitar_pro(data, path.name)
        assert {(time, pitch) for time, _, pitch in theirs["played"][0]} == struck(song, 0)
        assert tuple(theirs["tunings"][0]) == song.tracks[0].tuning == riff.open_strings


@pytest.mark.interop
@pytest.mark.parametrize("again", [False, True], ids=["as written", "written anew by alphaTab"])
def test_alphatab_plays_the_same_songs(alphatab, tmp_path, again):
    """Repeats, endings, ties, tuplets, capo, seven strings, grace notes; two voices."""
    files = {"song": SONG.read_bytes(), "rich": a_song(*RICH["tracks"], bars=RICH["bars"])}
    for name, data in files.items():
        path = tmp_path / f"{name}.gp5"
        path.write_bytes(data)
        if again:
            alphatab("alphatab_writer.mjs", path, tmp_path / f"{name}.gp")
            path = tmp_path / f"{name}.gp"
        theirs = json.loads(alphatab("alphatab_player.mjs", path))
        song = ru.parse_guitar_pro(path.read_bytes(), path.name)
        assert theirs["names"] == [track.name for track in song.tracks]
        for place, track in enumerate(song.tracks):
            if track.is_drum and again:
                continue  # alphaTab numbers drums anew
            played = {(time, pitch) for time, _, pitch in theirs["played"][place]}
            # It slides on without striking, and picks a tremolo of four sixteenths.
            assert struck(song, place, ru.Technique.SLIDE | ru.Technique.DEAD) <= played
            assert len(played - struck(song, place)) in (0, 3)
            assert tuple(theirs["tunings"][place]) == track.tuning
