"""Windows of the classic recipe."""

import dataclasses
import itertools
import shutil

import numpy as np
import pytest
from helpers import melody, midi_bytes, shown, titled

import rockonet_utils as ru


def test_windows_worked_out_by_hand():
    corpus = titled("song")
    events = np.zeros(9, ru.EVENT)
    events["bass"], events["shape"] = [40, 43, 45, 40, 40, 40, 40, 43, 45], 1
    corpus = dataclasses.replace(
        corpus,
        events=events,
        offsets=np.array([0, 7, 9]),  # two tracks
        tracks=(ru.TrackInfo(0, "", 30), ru.TrackInfo(0, "", 30)),
    )
    X, Y, vocabulary = ru.classic_windows(corpus, 2, 1)
    assert vocabulary.symbols == ("A2", "E2", "G2")
    assert X.starts.tolist() == [0, 1, 2, 3, 4]  # the second track is too short for 2 + 1 events
    assert Y.codes.tolist() == [0, 1, 1, 1, 1]
    codes = [1, 2, 0, 1, 1, 1, 1, 2, 0]
    assert vocabulary.mean == pytest.approx(np.mean(codes))
    assert vocabulary.deviation == pytest.approx(np.std(codes))
    np.testing.assert_allclose(X[1], (np.array([2, 0]) - np.mean(codes)) / np.std(codes), rtol=1e-6)
    np.testing.assert_array_equal(Y[:2], [[1, 0, 0], [0, 1, 0]])
    X, Y, _ = ru.classic_windows(corpus, 2, 3)
    assert X.starts.tolist() == [0, 1]  # E G A and G A E; the next has two symbols only
    assert X.shape == (2, 2) and Y.shape == (2, 3)


def test_distinct_counts_agree_with_counting_each_window():
    rng = np.random.default_rng(2)
    codes = rng.integers(0, 7, 400)
    offsets = np.array([0, 3, 150, 150, 390, 400])
    for width in (1, 2, 5, 40):
        got = ru.distinct_in_windows(codes, offsets, width)
        for begin, end in itertools.pairwise(offsets):
            for i in range(begin, end):
                want = len(set(codes[i : i + width])) if i + width <= end else 0
                assert got[i] == want


def test_unknown_symbols_are_no_answers_but_may_be_read():
    train = titled(*"abcdefgh")
    events = train.events.copy()
    events["bass"] = [40, 43, 45, 40, 43, 45, 40, 43]
    train = dataclasses.replace(
        train, events=events, offsets=np.array([0, 8]), tracks=train.tracks[:1]
    )
    held = dataclasses.replace(train, events=events.copy())
    held.events["bass"][3] = 44  # G#2 stands between G2 and nothing: its neighbour is G2
    _, _, vocabulary = ru.classic_windows(train, 2, 1)
    X, Y, same = ru.classic_windows(held, 2, 1, vocabulary)
    assert same is vocabulary
    assert X.starts.tolist() == [0, 2, 3, 4, 5]  # the window from 1 asks for the unknown symbol
    codes, known = vocabulary.encode(["G#2", "E2"])
    assert vocabulary.symbols[codes[0]] == "G2" and known.tolist() == [False, True]


def test_no_window_left_says_what_to_change(corpus):
    with pytest.raises(ValueError, match="smaller sequence_length or unique_factor"):
        ru.classic_windows(corpus, 100, 10)
    with pytest.raises(ValueError, match="add songs"):
        ru.classic_windows(corpus.select([]), 4, 1)


def test_windows_survive_saving(tiny, tmp_path):
    (X, Y), _, vocabulary = tiny
    ru.save_windows(tmp_path / "w.npz", X, Y, vocabulary)
    X2, Y2, vocabulary2 = ru.load_windows(tmp_path / "w.npz")
    assert vocabulary2 == vocabulary
    np.testing.assert_array_equal(X2[:], X[:])
    np.testing.assert_array_equal(Y2[:], Y[:])
    (tmp_path / "bad.npz").write_bytes((tmp_path / "w.npz").read_bytes()[:200])
    with pytest.raises(ValueError, match="Run notebook 02"):
        ru.load_windows(tmp_path / "bad.npz")


def test_a_window_has_one_answer_after_its_question():
    figure = ru.window_picture(list("abcde"), 2)
    boxes = figure.axes[0].patches
    hatched = [(round(b.get_x() + b.get_width() / 2), i // 5) for i, b in enumerate(boxes)
               if b.get_hatch()]  # fmt: skip
    assert hatched == [(2, 0), (3, 1), (4, 2)]
    assert shown(figure) == list("abcde") * 3


def test_windows_of_other_songs_or_numbers_are_cut_anew(folder, tmp_path, capsys):
    rng = np.random.default_rng(5)
    for name in ("four", "five", "six"):
        notes = rng.choice([40, 43, 45, 46], 40).tolist()
        (folder / f"{name}.mid").write_bytes(midi_bytes([melody(notes)]))
    asked = ru.settings("quick", "starter").replace(
        folder=folder, output=tmp_path / "out", sequence_length=6, unique_factor=2
    )

    def cut(settings):
        (X, Y), held, vocabulary = ru.classic_data(settings)
        parts = ru.split_by_song(ru.build_corpus(folder, settings.programs))
        numbers = (settings.sequence_length, settings.unique_factor)
        X2, Y2, right = ru.classic_windows(parts[0], *numbers)
        assert vocabulary == right and Y.codes.tolist() == Y2.codes.tolist()
        np.testing.assert_array_equal(X[:], X2[:])
        X2, Y2, _ = ru.classic_windows(parts[1], *numbers, right)
        np.testing.assert_array_equal(held[0][:], X2[:])
        np.testing.assert_array_equal(held[1].codes, Y2.codes)
        return capsys.readouterr().out

    assert "Notebook 02 has not saved its windows yet." in cut(asked)
    assert cut(asked) == ""
    longer = asked.replace(sequence_length=9)
    said = cut(longer)
    assert "sequence_length=6" in said and "sequence_length=9" in said
    assert "unique_factor=3" in cut(longer.replace(unique_factor=3))
    assert cut(longer.replace(unique_factor=3)) == ""
    assert "The windows on disk are others" in cut(asked)
    (folder / "four.mid").write_bytes(midi_bytes([melody([40, 43, 45, 47] * 9)]))
    assert "The windows on disk are others" in cut(asked)
    for side in ("train", "validation"):
        path = asked.output / f"classic_{side}.npz"
        path.write_bytes(path.read_bytes()[:-40])
        said = cut(asked)
        assert f"{path} is not a data set of notebook 02, or it is damaged" in said
        assert "Traceback" not in said and cut(asked) == ""
    # Windows of other songs at the place of the validation windows.
    shutil.copyfile(asked.output / "classic_train.npz", asked.output / "classic_validation.npz")
    assert "The windows on disk are others" in cut(asked)
