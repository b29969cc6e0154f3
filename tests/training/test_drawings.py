"""The pictures of ideas show what they say."""

import numpy as np
import pytest
from helpers import melody, midi_bytes, shown

import rockonet_utils as ru


def test_an_lstm_reads_every_symbol_in_order():
    texts = shown(ru.lstm_picture(["E2", "G2 D3", "A2"]))
    assert [text for text in texts if text[:1] in {"E", "G", "A"}] == ["E2", "G2 D3", "A2"]
    assert texts.count("LSTM") == texts.count("state") == texts.count("next?") == 3


def test_two_chords_of_one_shape_look_alike():
    axes = ru.shape_picture(["E2 B2 E3", "A2 E3 A3"]).axes[0]
    heights = [line.get_ydata() for line in axes.lines if line.get_marker() == "o"]
    np.testing.assert_array_equal(heights[1] - heights[0], [5, 5])
    assert [text.get_text() for text in axes.texts] == ["+7", "+12", "E2", "+7", "+12", "A2"]
    with pytest.raises(ValueError, match="'H9' is no name of a chord"):
        ru.shape_picture(["H9"])


def test_bars_that_repeat_are_alike(tmp_path):
    # Bars a b a, then one that shares half of its four notes with a.
    a, b, half = (40, 43, 45, 47), (52, 55, 57, 59), (40, 43, 57, 59)
    pitches = [*a, *b, *a, *half]
    (tmp_path / "song.mid").write_bytes(midi_bytes([melody(pitches, step=480)]))
    corpus = ru.build_corpus(tmp_path)
    (image,) = ru.likeness_chart(corpus, 0).axes[0].images
    wanted = [[1, 0, 1, 1 / 3], [0, 1, 0, 1 / 3], [1, 0, 1, 1 / 3], [1 / 3, 1 / 3, 1 / 3, 1]]
    np.testing.assert_allclose(image.get_array(), wanted)
