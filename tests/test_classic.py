"""Sections 6 and 7: the classic data set and model."""

import dataclasses
import itertools
import re
import zipfile

import numpy as np
import pytest
from test_corpus import titled

import rockonet_utils as ru
from rockonet.training import sweep


@pytest.fixture(scope="module")
def tiny():
    """A repeating song for training and one for validation, and settings that take seconds."""
    rng = np.random.default_rng(0)

    def song(n):
        events = np.zeros(n, ru.EVENT)
        events["bass"] = np.resize([40, 43, 45, 40, 43, 46, 45, 52], n) + rng.integers(0, 2, n)
        events["shape"], events["step"], events["duration"], events["velocity"] = 1, 6, 6, 90
        return events

    pieces = [song(300), song(200), song(100)]
    corpus = ru.Corpus(
        np.concatenate(pieces),
        np.cumsum([0, 300, 200, 100]),
        tuple(ru.TrackInfo(i, "", 30) for i in range(3)),
        tuple(ru.Song(f"song {'abc'[i]}", "", 120.0, (4, 4)) for i in range(3)),
    )
    train, held = corpus.select([0, 1]), corpus.select([2])
    X, Y, vocabulary = ru.classic_windows(train, 8, 2)
    return (X, Y), ru.classic_windows(held, 8, 2, vocabulary)[:2], vocabulary


def tiny_settings(folder, **changes):
    small = dict(units=(8, 8, 8), dense=8, batch_size=32, epochs=2, learning_rates=(0.01, 0.001))
    return ru.settings("quick", "starter").replace(output=folder, **{**small, **changes})


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


def test_entropy_worked_out_by_hand():
    assert ru.entropy_nats(ru.OneHot(np.array([0, 1, 2, 3]), 9)) == pytest.approx(np.log(4))
    assert ru.entropy_nats(ru.OneHot(np.array([5, 5]), 9)) == 0


def test_the_published_network_has_its_published_size():
    model = ru.classic_model(100, 1990)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["LSTM", "Dropout", "LSTM", "Dropout", "LSTM", "Dense", "Dropout", "Dense"]
    assert model.input_shape == (None, 100, 1) and model.output_shape == (None, 1990)

    def lstm(reads, cells):
        return 4 * cells * (reads + cells + 1)

    weights = lstm(1, 512) + lstm(512, 512) + lstm(512, 256) + 257 * 256 + 257 * 1990
    assert model.count_params() == weights


def test_the_rate_shrinks_as_published():
    optimizer = ru.classic_optimizer(0.01)
    schedule = optimizer._learning_rate
    assert float(schedule(0)) == pytest.approx(0.01)
    assert float(schedule(1000)) == pytest.approx(0.01 / 11)


def test_mean_loss_agrees_with_keras(tiny):
    (X, Y), _, vocabulary = tiny
    model = ru.classic_model(8, len(vocabulary.symbols), (8, 8, 8), 8)
    model.compile(loss="categorical_crossentropy", jit_compile=False)
    by_keras = model.evaluate(X[:][..., None], Y[:], verbose=0)
    assert ru.mean_loss(model, X, Y, batch_size=100) == pytest.approx(by_keras, rel=1e-5)


def test_sweep_learns_saves_and_resumes(tiny, tmp_path):
    train, held, vocabulary = tiny
    chosen = tiny_settings(tmp_path / "whole", epochs=3)
    whole = ru.learning_rate_sweep(train, held, vocabulary, chosen, live=False)
    assert [(row.learning_rate, row.epoch) for row in whole.epochs] == [
        (rate, epoch) for rate in (0.01, 0.001) for epoch in (1, 2, 3)
    ]
    assert whole.of(0.01)[-1].loss < whole.of(0.01)[0].loss
    assert whole.unigram_nats == {"classic": pytest.approx(ru.entropy_nats(train[1]))}

    # The same with a stop after two epochs: dropout, Adam and order go on as if nothing had been.
    parts = tiny_settings(tmp_path / "parts", epochs=2)
    ru.learning_rate_sweep(train, held, vocabulary, parts, live=False)
    resumed = ru.learning_rate_sweep(train, held, vocabulary, parts.replace(epochs=3), live=False)
    assert [row.loss for row in resumed.epochs] == [row.loss for row in whole.epochs]
    assert [r.validation_loss for r in resumed.epochs] == [r.validation_loss for r in whole.epochs]

    # Nothing is left to do: the same history comes back at once, from disk.
    assert ru.learning_rate_sweep(train, held, vocabulary, chosen, live=False) == whole
    trained = ru.load_trained(chosen.output / "classic.zip")
    loss = ru.mean_loss(trained.model, *held)
    assert loss == pytest.approx(whole.best.validation_loss, rel=1e-5)


def test_plain_arrays_are_named(tiny, tmp_path):
    (X, Y), held, vocabulary = tiny
    with pytest.raises(ValueError, match=r"two pairs \(X, Y\).*epoch_windows"):
        ru.learning_rate_sweep((X[:9], Y[:9]), held, vocabulary, tiny_settings(tmp_path))


def test_an_interrupted_sweep_keeps_whole_epochs(tiny, tmp_path, monkeypatch, capsys):
    train, held, vocabulary = tiny
    chosen = tiny_settings(tmp_path)
    fit, calls = sweep.fit_epoch, itertools.count()

    def interrupted(*arguments):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return fit(*arguments)

    monkeypatch.setattr(sweep, "fit_epoch", interrupted)
    history = ru.learning_rate_sweep(train, held, vocabulary, chosen, live=True)
    said = capsys.readouterr().out  # outside a notebook the status line is printed
    assert said.startswith("Preparing the model") and "every whole epoch is kept" in said
    assert [(row.learning_rate, row.epoch) for row in history.epochs] == [
        (0.01, 1),
        (0.01, 2),
        (0.001, 1),
    ]
    assert (tmp_path / "classic.zip").exists()
    monkeypatch.undo()
    again = ru.learning_rate_sweep(train, held, vocabulary, chosen, live=True)
    assert again.epochs[:3] == history.epochs and len(again.epochs) == 4
    assert re.search(r"Trained in \d+ s\.\n$", capsys.readouterr().out)


def test_a_sweep_that_is_stopped_in_its_first_epoch_says_so(tiny, tmp_path, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "fit_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt, match="Not one epoch is trained yet"):
        ru.learning_rate_sweep(*tiny, tiny_settings(tmp_path), live=False)
    assert not (tmp_path / "classic.zip").exists()


@pytest.mark.parametrize("name", ["history.csv", "best.npz", "epoch-2.npz"])
def test_a_rate_whose_files_are_damaged_is_trained_anew(tiny, tmp_path, capsys, name):
    train, held, vocabulary = tiny
    chosen = tiny_settings(tmp_path)
    whole = ru.learning_rate_sweep(train, held, vocabulary, chosen, live=False)
    (path,) = (tmp_path / "training").glob(f"*/rate-0.01/{name}")
    for damaged in (b"", b"no such thing", path.read_bytes()[:50]):
        path.write_bytes(damaged)
        again = ru.learning_rate_sweep(train, held, vocabulary, chosen, live=False)
        assert [row.loss for row in again.epochs] == [row.loss for row in whole.epochs]
        assert again.of(0.001) == whole.of(0.001)  # the other rate is taken from disk
        assert "rate-0.01 cannot be read; it is trained anew" in capsys.readouterr().out


def test_other_numbers_are_another_experiment(tiny, tmp_path):
    train, held, vocabulary = tiny
    chosen = tiny_settings(tmp_path, epochs=1, learning_rates=(0.01,))
    first = ru.learning_rate_sweep(train, held, vocabulary, chosen, live=False)
    other = ru.learning_rate_sweep(train, held, vocabulary, chosen.replace(decay=0.0), live=False)
    assert len(other.epochs) == 1 and other.epochs[0].loss != first.epochs[0].loss
    assert len(list((tmp_path / "training").iterdir())) == 2


def test_history_survives_saving_and_bad_files_are_refused(tmp_path):
    rows = tuple(ru.Epoch("classic", 0.1**k, e, 1 / 3, 2 / 3, 0.1) for k in (2, 3) for e in (1, 2))
    history = ru.History(rows, {"classic": 4.2})
    history.save(tmp_path / "h.csv")
    assert ru.load_history(tmp_path / "h.csv") == history
    for content in ("", "a,b\n1,2\n", (tmp_path / "h.csv").read_text().replace("0.1", "fast")):
        (tmp_path / "bad.csv").write_text(content)
        with pytest.raises(ValueError, match="Run notebook 03"):
            ru.load_history(tmp_path / "bad.csv")


def test_loss_chart_is_drawn_from_the_csv_alone(tmp_path):
    rows = tuple(
        ru.Epoch("classic", rate, e, 5 - rate * 100 * e, 5.0, 1.0)
        for rate in (0.01, 0.001, 0.0001)
        for e in range(1, 6)
    )
    first = ru.save_loss_chart(ru.History(rows, {"classic": 4.5}), tmp_path / "a")
    second = ru.save_loss_chart(ru.load_history(first[0]), tmp_path / "b")
    assert [path.name for path in first] == ["loss_history.csv", "loss_chart.png", "loss_chart.svg"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_loss_chart_shows_every_rate_and_the_line_to_beat():
    rows = tuple(
        ru.Epoch("classic", r, e, r + e, 9.0, 1.0) for r in (0.01, 0.001, 0.0001) for e in (1, 2)
    )
    (ax,) = ru.loss_chart(ru.History(rows, {"classic": 4.5})).axes
    solid = [line for line in ax.lines if line.get_linestyle() == "-"]
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert [list(line.get_ydata()) for line in solid] == [
        [r + 1, r + 2] for r in (0.01, 0.001, 0.0001)
    ]
    assert len(dashed) == 3
    assert len({(line.get_color(), line.get_marker()) for line in solid}) == 3
    assert [list(line.get_ydata()) for line in ax.lines if line.get_linestyle() == ":"] == [
        [4.5, 4.5]
    ]
    assert "nats" in ax.get_ylabel() and ax.get_xlabel() == "epoch"


def test_loss_chart_has_a_panel_for_each_recipe_in_the_price_of_a_chord(tmp_path):
    classic = ru.History((ru.Epoch("classic", 0.01, 1, 4.0, 4.1, 1.0),), {"classic": 4.5})
    names = ("riff", *(f"riff {part}" for part in ru.PARTS))
    rows = tuple(
        ru.Epoch(name, 0.01, e, i / e, 2 * i / e, 1.0)
        for e in (1, 2)
        for i, name in enumerate(names)
    )
    both = classic + ru.History(rows, {"riff": 4.9})
    both.save(tmp_path / "both.csv")
    assert ru.load_history(tmp_path / "both.csv") == both
    left, right = ru.loss_chart(both).axes
    assert "classic" in left.get_title(loc="left") and "riff" in right.get_title(loc="left")
    assert left.get_ylim() == right.get_ylim()
    training, held, frequency = right.lines
    assert list(training.get_ydata()) == [2 + 3, (2 + 3) / 2]  # bass and shape: the chord
    assert list(held.get_ydata()) == [10, 5] and list(frequency.get_ydata()) == [4.9, 4.9]
    assert both.best.recipe == "classic" and len(both.of(0.01)) == 1


def test_a_bundle_that_does_not_fit_together_is_refused(tiny, tmp_path):
    _, _, vocabulary = tiny
    n = len(vocabulary.symbols)
    model = ru.classic_model(8, n, (4, 4, 4), 4)
    ru.Trained("classic", model, vocabulary, 8, ru.History((), {"classic": 0.0})).save(
        tmp_path / "good.zip"
    )
    assert ru.load_trained(tmp_path / "good.zip").vocabulary == vocabulary
    short = dataclasses.replace(vocabulary, symbols=vocabulary.symbols[:-1])
    ru.Trained("classic", model, short, 8, ru.History((), {"classic": 0.0})).save(
        tmp_path / "short.zip"
    )
    whole = (tmp_path / "good.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    for name, reason in (
        ("short", "do not fit"),
        ("cut", "not a trained"),
        ("empty", "not a trained"),
    ):
        with pytest.raises(ValueError, match=reason) as raised:
            ru.load_trained(tmp_path / f"{name}.zip")
        assert "Run notebook 03" in str(raised.value)
    with pytest.raises(FileNotFoundError):
        ru.load_trained(tmp_path / "none.zip")
