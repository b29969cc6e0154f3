"""Piano roll, fretboard and programs."""

import numpy as np
import pytest
from helpers import a_tune

import rockonet_utils as ru


def test_piano_roll_draws_each_note_and_shades_the_prompt():
    riff = a_tune((40, 43, 45, 47) * 4, prompt_events=8)
    figure = riff.piano_roll()
    ax = figure.axes[0]
    assert len(ax.patches) == 16 + 1  # the shade is a patch too
    first = ax.patches[0]
    assert (first.get_x(), first.get_y() + first.get_height() / 2) == (1, 40)
    assert first.get_width() == pytest.approx(6 / 48)
    assert any(line.get_xdata()[0] == 2 for line in ax.lines)  # eight eighths are one bar
    assert "prompt" in ax.get_title("right")
    assert not a_tune().piano_roll().axes[0].lines


def test_piano_roll_shows_only_the_bars_asked_for():
    notes = ru.notes_from_events(a_tune((40, 43, 45, 47) * 8).events)  # four bars
    ax = ru.piano_roll(notes, bars=(2, 3)).axes[0]
    assert len(ax.patches) == 16 and ax.get_xlim() == (2, 4)
    empty = ru.piano_roll(notes, bars=(50, 51)).axes[0]
    assert [text.get_text() for text in empty.texts] == ["no notes in these bars"]
    for bars in ((8, 1), (0, 3)):
        with pytest.raises(ValueError, match="the first is to be 1 or more"):
            ru.piano_roll(notes, bars=bars)


def test_fretboard_shows_a_pitch_at_all_its_places():
    image = ru.fretboard_chart(np.array([64, 64, 40])).axes[0].images[0].get_array()
    assert image[5, 0] == image[4, 5] == image[3, 9] == 2
    assert image[0, 0] == 1 and image.sum() == 1 + 2 * 5  # E4 lies on five strings up to fret 22


def test_program_chart_counts_a_song_once_for_a_family(folder):
    figure = ru.program_chart(ru.read_folder(folder).values())
    bars = {
        label.get_text(): patch.get_width()
        for label, patch in zip(
            figure.axes[0].get_yticklabels(), figure.axes[0].patches, strict=True
        )
    }
    assert bars == {"guitar": 3, "piano": 1, "drums": 1}


def test_a_stray_note_far_away_does_not_hold_up_the_picture():
    notes = dict(
        onset=[0, 12, 410_270 * 12], duration=[6] * 3, pitch=[40, 43, 45], velocity=[90] * 3
    )
    figure = ru.piano_roll({name: np.array(column) for name, column in notes.items()}, "A$AP $x$")
    ticks = figure.axes[0].get_xticks(minor=True)
    assert 90 < len(ticks) < 410 and ticks[0] == 1.5
    figure.canvas.draw()
