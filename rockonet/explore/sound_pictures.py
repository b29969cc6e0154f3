"""Sounds to look at: their wave, their spectrum, and how it changes with time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from rockonet.common.drawing import BLUE, GREEN, GREY, ORANGE, axes, figure_of, new_figure
from rockonet.common.shown_text import as_label
from rockonet.explore.amp import amplify
from rockonet.explore.sound import Sound

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RATE = 48_000
LOOKS = ((GREY, "--"), (ORANGE, "-"), (BLUE, ":"), (GREEN, "-."))  # of the sounds of a chart
FLOOR_DB = -80  # what lies lower is not drawn
STEP_DB, COLUMNS = 10, 200  # of a spectrogram: as fine as it can be seen, and no larger a file
BLACKMAN = 1.727  # over how many places of a spectrum its window spreads the power of a tone


def tones(*hz: float, seconds: float = 2.0) -> Sound:
    """Pure tones at once, each as loud as a string that is plucked.

    Notebook: 04.
    """
    time = np.arange(round(seconds * RATE)) / RATE
    wave = 0.2 * np.sum([np.sin(2 * np.pi * f * time) for f in hz], axis=0)
    return Sound(np.stack([wave, wave], axis=1).astype(np.float32), RATE)


def tone_level_db(sound: Sound, hz: float) -> float:
    """How strong a tone is in the middle second of a sound, in decibels below a full wave.

    hz: its frequency; what lies within 1.5 Hz is counted in. Wants a second of sound.
    Notebook: 04.
    """
    frequency, level = _spectrum(sound)
    near = np.abs(frequency - hz) <= 1.5
    power = np.sum(10 ** (level[near] / 10)) / BLACKMAN
    return float(10 * np.log10(power))


def _spectrum(sound: Sound) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz and their levels in decibels, from the middle second at most."""
    start = max(0, (len(sound.samples) - sound.rate) // 2)
    piece = sound.samples[start : start + sound.rate].mean(axis=1)
    window = np.blackman(len(piece))
    size = np.abs(np.fft.rfft(piece * window)) * 2 / window.sum()
    return np.fft.rfftfreq(len(piece), 1 / sound.rate), 20 * np.log10(np.maximum(size, 1e-9))


def wave_chart(
    sounds: Mapping[str, Sound], seconds: tuple[float, float] = (1.0, 1.04), ax: Axes | None = None
) -> Figure:
    """The waves of sounds over each other, from one second to another.

    sounds: by their names.
    Notebook: 04.
    """
    ax = axes(ax, (9, 2.4))
    for (name, sound), (colour, dashes) in zip(sounds.items(), LOOKS, strict=False):
        first, last = (round(second * sound.rate) for second in seconds)
        wave = sound.samples[first:last].mean(axis=1)
        time = 1000 * np.arange(len(wave)) / sound.rate
        ax.plot(time, wave, dashes, color=colour, linewidth=1.2, label=as_label(name))
    ax.set(title="The wave", xlabel="time in milliseconds", ylabel="amplitude", ylim=(-1, 1))
    ax.legend(loc="upper right", fontsize=8)
    return figure_of(ax)


def spectrum_chart(
    sounds: Mapping[str, Sound],
    marks: Mapping[str, float] | None = None,
    highest_hz: float = 1000,
    ax: Axes | None = None,
) -> Figure:
    """Which frequencies there are in sounds, each beside its strongest.

    sounds: by their names. marks: frequencies in Hz to point at, by what to write there.
    Notebook: 04.
    """
    ax = axes(ax)
    for (name, sound), (colour, dashes) in zip(sounds.items(), LOOKS, strict=False):
        frequency, level = _spectrum(sound)
        shown = frequency <= highest_hz
        level = np.maximum(level - level.max(), FLOOR_DB)
        ax.plot(
            frequency[shown],
            level[shown],
            dashes,
            color=colour,
            linewidth=1.2,
            label=as_label(name),
        )
    for text, hz in (marks or {}).items():
        ax.axvline(hz, color=BLUE, linewidth=0.8, alpha=0.6, zorder=0)
        ax.text(hz, 4, as_label(text), fontsize=8, color=BLUE, ha="left", rotation=45)
    ax.set(xlabel="frequency in Hz", ylabel="dB under the strongest", ylim=(FLOOR_DB, 3))
    ax.set_title("The spectrum", loc="right")
    ax.legend(loc="lower right", fontsize=8)
    return figure_of(ax)


def spectrogram(
    sound: Sound, title: str = "", highest_hz: float = 8000, ax: Axes | None = None
) -> Figure:
    """Which frequencies are heard when: time to the right, frequency upwards, dark is loud.

    Notebook: 01.
    """
    beside_others, ax = ax is not None, axes(ax, (5, 2.6))
    size = 2048
    wave = np.pad(sound.samples.mean(axis=1), size // 2)
    hop = max(512, len(wave) // COLUMNS)
    frames = np.lib.stride_tricks.sliding_window_view(wave, size)[::hop] * np.hanning(size)
    level = 20 * np.log10(np.maximum(np.abs(np.fft.rfft(frames, axis=1)), 1e-9))
    level = np.maximum(level - level.max(), FLOOR_DB)
    level = STEP_DB * np.round(level / STEP_DB)
    shown = np.fft.rfftfreq(size, 1 / sound.rate) <= highest_hz
    image = ax.imshow(
        level[:, shown].T,
        origin="lower",
        interpolation="nearest",
        aspect="auto",
        cmap="Greys",
        extent=(0, sound.seconds, 0, highest_hz / 1000),
    )
    ax.set(title=as_label(title), xlabel="seconds", ylabel="kHz")
    if not beside_others:
        ax.figure.colorbar(image, ax=ax, label="dB under the loudest", pad=0.02, aspect=12)
    return figure_of(ax)


def before_and_after(
    sounds: Mapping[str, Sound], gain_db: float = 36.0, highest_hz: float = 8000
) -> Figure:
    """Spectrograms of sounds, above as they are and below as an amplifier makes them.

    sounds: by their names; two or three fit well. highest_hz: of the pictures.
    Notebook: 04.
    """
    figure = new_figure((2.6 * len(sounds), 3.2), len(sounds), rows=2)
    for i, (name, sound) in enumerate(sounds.items()):
        above, below = figure.axes[i], figure.axes[i + len(sounds)]
        spectrogram(sound, name, highest_hz, ax=above)
        spectrogram(amplify(sound, gain_db), "amplified", highest_hz, ax=below)
        above.set_xlabel("")
    for ax in figure.axes[1 : len(sounds)] + figure.axes[len(sounds) + 1 :]:
        ax.set_ylabel("")
    return figure
