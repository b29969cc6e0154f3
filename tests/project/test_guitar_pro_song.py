"""The song in Guitar Pro: reproducible, and with everything that it is there to show."""

import subprocess
import sys

import numpy as np
from helpers import ROOT

import rockonet_utils as ru

SONG = ROOT / "data" / "guitar_pro" / "rooftop_radio.gp5"
T = ru.Technique


def test_the_song_is_written_again_byte_for_byte(tmp_path):
    command = [sys.executable, ROOT / "data" / "compose_guitar_pro.py", "--out", tmp_path / "a.gp5"]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "a.gp5").read_bytes() == SONG.read_bytes()


def test_a_band_with_a_repeat_and_the_techniques_of_guitarists():
    song = ru.parse_guitar_pro(SONG.read_bytes(), SONG.name)
    assert song.title == "Rooftop Radio"
    assert song.remarks == ("repeats played out: 12 bars became 15",)
    assert [(t.name, t.program, t.is_drum) for t in song.tracks] == [
        ("Rhythm guitar", 30, False),
        ("Lead guitar", 29, False),
        ("Bass", 34, False),
        ("Drums", 0, True),
    ]
    rhythm, lead, *_ = song.tracks
    used = [int(np.bitwise_or.reduce(track.notes["technique"])) for track in (rhythm, lead)]
    assert used[0] & T.PALM_MUTE and used[0] & T.LET_RING and used[0] & T.DEAD
    wanted = T.BEND | T.RELEASE | T.SLIDE | T.LEGATO | T.VIBRATO
    assert used[1] & wanted == wanted
    assert song.score.end() == 15 * 4 * ru.SONG_TICKS


def test_the_starter_songs_are_as_before():
    folder = ru.settings(data="starter").folder
    assert not any(SONG.is_relative_to(path) for path in (folder, *folder.iterdir()))
