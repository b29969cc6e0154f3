"""Sound: rendered, encoded, played."""

import base64
import io
import re

import numpy as np
import pytest
import soundfile
from helpers import a_tune, heard

import rockonet_utils as ru


def test_rendered_sound_is_loud_enough_not_clipped_and_has_its_pitches():
    pitches = (57, 60, 62, 64, 71)
    sound = a_tune(pitches, step=12, program=27).audio()
    assert -12 < sound.peak_dbfs < -1
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
    assert 8 * len(sound.encoded(".mp3")) < len(sound.encoded(".wav"))
    with pytest.raises(ValueError, match=".flac"):
        sound.encoded(".flac")


def test_a_saved_mp3_is_in_stereo_at_160_kbit_and_the_player_in_the_page_is_small():
    sound = a_tune((45, 48, 50, 52) * 8, step=12).audio()
    left = ru.Sound(sound.samples * np.float32([1, 0.1]), sound.rate)  # its sides told apart
    saved = left.encoded(".mp3", "Grüße")
    samples, _ = soundfile.read(io.BytesIO(saved))
    assert samples.shape[1] == 2
    loud = np.abs(samples).max(axis=0)
    assert loud[0] > 5 * loud[1]
    header = saved[saved.index(b"\xff\xfb") :][:4]
    assert header[2] >> 4 == 10  # of the table of MPEG-1 layer III: 160 kbit/s
    assert len(saved) * 8 / sound.seconds == pytest.approx(160_000, rel=0.02)
    page = base64.b64decode(re.search(r"base64,([^\"]+)", left._repr_html_())[1])
    told = soundfile.info(io.BytesIO(page))
    assert (told.channels, told.samplerate) == (1, sound.rate // 2)
    assert told.duration == pytest.approx(sound.seconds, abs=0.15)
    assert len(page) * 8 / sound.seconds < 70_000


def test_the_player_in_the_page_is_heard_up_to_ten_kilohertz_and_takes_any_rate():
    for rate, top in ((48_000, 9_500), (44_100, 9_000), (16_000, 4_000)):
        noise = np.random.default_rng(0).normal(0, 0.1, (2 * rate, 2)).astype(np.float32)
        page = re.search(r"base64,([^\"]+)", ru.Sound(noise, rate)._repr_html_())[1]
        wave, page_rate = soundfile.read(io.BytesIO(base64.b64decode(page)))
        size = np.abs(np.fft.rfft(wave[: 2 * page_rate])) ** 2
        frequency = np.fft.rfftfreq(len(wave[: 2 * page_rate]), 1 / page_rate)
        low, high = (
            size[(f < frequency) & (frequency < f + 500)].mean() for f in (1000, top - 500)
        )
        assert high > low / 10


def read_id3(data):
    """The frames of an ID3v2.3 tag, and where it ends."""
    assert data[:5] == b"ID3\x03\x00" and all(byte < 0x80 for byte in data[6:10])
    end = 10 + sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    place, frames = 10, {}
    while place < end:
        length = int.from_bytes(data[place + 4 : place + 8], "big")
        assert data[place + 8 : place + 10] == b"\x00\x00"
        frames[data[place : place + 4]] = data[place + 10 : place + 10 + length]
        place += 10 + length
    assert place == end
    return frames, end


@pytest.mark.parametrize("title", ["riff", "Grüße ♭ рок 岩 🎸", "a" * 200, ""])
def test_an_mp3_has_its_title_and_who_made_it(title):
    data = a_tune((45, 48)).audio().encoded(".mp3", title)
    frames, end = read_id3(data)
    assert frames[b"TIT2"][0] == 1 and frames[b"TIT2"][1:].decode("utf-16") == title
    comment = frames[b"COMM"]
    assert comment[:8] == b"\x01eng\xff\xfe\x00\x00"
    assert comment[8:].decode("utf-16") == "made with Rock-o-net"
    assert data[end : end + 2] == b"\xff\xfb"  # the first frame of sound
    with soundfile.SoundFile(io.BytesIO(data)) as file:  # libmpg123 reads tags too
        assert file.title == title and file.comment == "made with Rock-o-net"


def test_a_score_is_rendered_with_its_peak_at_3_db_below_full_scale():
    score = a_tune((57, 60)).midi()
    assert ru.render(score).peak_dbfs == pytest.approx(ru.PEAK_DBFS, abs=0.01) == -3


def test_silence_cannot_be_rendered():
    with pytest.raises(ValueError, match="no note"):
        a_tune(()).audio()


def test_player_is_html_that_needs_no_other_host():
    html = a_tune().audio()._repr_html_()
    assert html.startswith("<audio controls") and "data:audio/mpeg;base64," in html
    assert "http" not in html.split("base64,")[0]


def test_speakers_play_or_say_why_not(monkeypatch):
    # On a system with nothing else it lacks a library: then the test of `NoMixer` is what holds.
    pytest.importorskip("pygame.mixer", exc_type=ImportError)
    sound = a_tune().audio()
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    assert "Playing" in sound.play_on_speakers()
    ru.stop_speakers()
    monkeypatch.setenv("SDL_AUDIODRIVER", "none such")
    assert "no sound device" in sound.play_on_speakers()


class NoMixer:
    """As pygame's stand-in for a module that cannot be loaded: whatever is asked of it raises."""

    def __getattr__(self, name):
        raise NotImplementedError("mixer module not available (libgthread-2.0.so.0)")


def test_a_mixer_that_lacks_a_library_is_no_error(monkeypatch):
    pygame = pytest.importorskip("pygame")
    monkeypatch.setattr(pygame, "mixer", NoMixer())
    assert "no sound device (mixer module not" in a_tune().audio().play_on_speakers()
    ru.stop_speakers()


def test_a_missing_soundfont_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ROCKONET_SOUNDFONT", str(tmp_path / "mine.sf2"))
    with pytest.raises(FileNotFoundError, match="mine.sf2"):
        ru.soundfont()
