"""Pictures of sounds, and the panel with the gain."""

import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.explore.amp_panel import AmpPanel


def test_the_level_of_a_tone_is_told_and_silence_beside_it():
    sound = ru.tones(110, 164.8)
    assert ru.tone_level_db(sound, 110) == pytest.approx(20 * np.log10(0.2), abs=0.1)
    assert ru.tone_level_db(sound, 164.8) == pytest.approx(20 * np.log10(0.2), abs=0.1)
    assert ru.tone_level_db(sound, 54.8) < -120


def test_wave_and_spectrum_show_each_sound_by_name_and_not_by_colour_alone():
    before = ru.tones(110, 164.8)
    sounds = {"before": before, "after": ru.amplify(before)}
    wave = ru.wave_chart(sounds, (1.0, 1.02)).axes[0]
    assert [line.get_label() for line in wave.lines] == ["before", "after"]
    assert len({line.get_linestyle() for line in wave.lines}) == 2
    assert wave.lines[0].get_xdata()[-1] == pytest.approx(20, abs=0.1)  # milliseconds
    spectrum = ru.spectrum_chart(sounds, {"difference": 54.8}).axes[0]
    x, y = spectrum.lines[0].get_xdata(), spectrum.lines[0].get_ydata()
    assert x[y.argmax()] == pytest.approx(110, abs=0.6) and y.max() <= 0 and x.max() <= 1000
    assert [text.get_text() for text in spectrum.texts] == ["difference"]


def test_a_spectrogram_shows_when_a_tone_sounds():
    sound = ru.tones(1000)
    late = sound.samples * (np.arange(len(sound.samples)) > sound.rate)[:, None]
    figure = ru.spectrogram(ru.Sound(late.astype(np.float32), sound.rate), "late", 4000)
    shown = figure.axes[0].images[0].get_array()
    n_rows, n_columns = shown.shape
    assert shown[:, n_columns // 4].max() < -75 < shown[:, 3 * n_columns // 4].max()
    assert shown[:, 3 * n_columns // 4].argmax() / n_rows == pytest.approx(0.25, abs=0.02)
    assert figure.axes[0].get_title() == "late"


def test_before_and_after_stand_one_above_the_other():
    figure = ru.before_and_after({"low": ru.tones(110), "high": ru.tones(880)})
    assert [ax.get_title() for ax in figure.axes] == ["low", "high", "amplified", "amplified"]

    def rows_with_sound(ax):
        shown = ax.images[0].get_array()
        return (shown[:, shown.shape[1] // 2] > -60).sum()

    low, _, low_amplified, _ = figure.axes
    assert rows_with_sound(low_amplified) > 3 * rows_with_sound(low)


def test_the_panel_follows_its_knobs():
    assert len(ru.amp_panel().children) == 3
    panel = AmpPanel()

    def third_partial():
        sounds = panel.sounds()
        levels = (ru.tone_level_db(sounds["after"], hz) for hz in (330, 110))
        return next(levels) - next(levels)

    assert panel.gain.value == 36 and "fifth" in panel.interval.label
    panel.interval.label = "one note, A2"
    loud = third_partial()
    panel.gain.value = -24
    assert third_partial() < loud - 30
    assert ru.tone_level_db(panel.sounds()["before"], 165) < -100  # one note
