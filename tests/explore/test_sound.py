"""Sound: rendered, encoded, played."""

import io

import numpy as np
import pytest
import soundfile
from helpers import a_tune, heard

import rockonet_utils as ru


def test_rendered_sound_is_loud_enough_not_clipped_and_has_its_pitches():
    pitches = (57, 60, 62, 64, 71)
    sound = a_tune(pitches, step=12, program=27).audio()
    assert sound.peak_dbfs == pytest.approx(-3, abs=0.1)
    assert 3.4 < sound.seconds < 3.6  # five quarter notes at 120 take 2.5 s, then it rings out
    assert tuple(heard(sound, i / 2, 0.45, pitches) for i in range(5)) == pitches
    blocks = np.abs(sound.samples[: int(2.5 * sound.rate)]).max(1)
    blocks = blocks[: len(blocks) // 4410 * 4410].reshape(-1, 4410)
    assert (blocks.max(1) > 0.01).mean() > 0.9  # no tenth of a second in ten is silent


def test_mp3_and_wav_decode_to_the_same_sound():
    sound = a_tune((45, 48, 50, 52) * 4).audio()
    wav, rate = soundfile.read(io.BytesIO(sound.encoded(".wav")))
    assert rate == sound.rate and len(wav) == len(sound.samples)
    np.testing.assert_allclose(wav, sound.samples, atol=1e-4)
    mp3, rate = soundfile.read(io.BytesIO(sound.encoded(".mp3")))
    assert rate == sound.rate
    assert len(mp3) / rate == pytest.approx(sound.seconds, abs=0.1)
    assert np.abs(mp3).max() < 1
    assert 10 * len(sound.encoded(".mp3")) < len(sound.encoded(".wav"))
    with pytest.raises(ValueError, match=".flac"):
        sound.encoded(".flac")


def test_silence_cannot_be_rendered():
    with pytest.raises(ValueError, match="no note"):
        a_tune(()).audio()


def test_player_is_html_that_needs_no_other_host():
    html = a_tune().audio()._repr_html_()
    assert html.startswith("<audio controls") and "data:audio/mpeg;base64," in html
    assert "http" not in html.split("base64,")[0]


def test_speakers_play_or_say_why_not(monkeypatch):
    sound = a_tune().audio()
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    assert "Playing" in sound.play_on_speakers()
    ru.stop_speakers()
    monkeypatch.setenv("SDL_AUDIODRIVER", "none such")
    assert "no sound device" in sound.play_on_speakers()


def test_a_missing_soundfont_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ROCKONET_SOUNDFONT", str(tmp_path / "mine.sf2"))
    with pytest.raises(FileNotFoundError, match="mine.sf2"):
        ru.soundfont()
