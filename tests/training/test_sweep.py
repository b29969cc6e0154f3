"""A sweep over learning rates: it learns, is stopped, goes on, mends what is damaged."""

import functools
import itertools
import re
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from helpers import tiny_settings

import rockonet_utils as ru
from rockonet.common.errors import Remark
from rockonet.common.files import alone_in
from rockonet.training import sweep
from rockonet.training.checkpoints import Checkpoints
from rockonet.training.classic_recipe import classic_experiment


def one_layer(sequence_length, n_symbols, units, dense, dropout):
    """One of the three layers of the classic network, which is traced sooner."""
    return keras.Sequential(
        [
            keras.layers.Input((sequence_length, 1)),
            keras.layers.LSTM(units[0]),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(n_symbols, activation="softmax"),
        ]
    )


swept = functools.partial(ru.learning_rate_sweep, build_model=one_layer, live=False)


@pytest.fixture(scope="module")
def classic_training(made_once, tiny):
    """The folder that a sweep over two rates leaves, and its history in whole.csv."""

    def make(folder):
        swept(*tiny, tiny_settings(folder)).save(folder / "whole.csv")

    return made_once("classic training", make)


def losses(history):
    return [(row.loss, row.validation_loss) for row in history.epochs]


def test_sweep_learns_saves_and_resumes(tiny, tmp_path):
    train, held, vocabulary = tiny
    chosen = tiny_settings(tmp_path / "whole")
    whole = ru.learning_rate_sweep(*tiny, chosen, live=False)
    assert [(row.learning_rate, row.epoch) for row in whole.epochs] == [
        (rate, epoch) for rate in (0.01, 0.001) for epoch in (1, 2, 3)
    ]
    assert whole.of(0.01)[-1].loss < whole.of(0.01)[0].loss
    assert whole.unigram_nats == {"classic": pytest.approx(ru.entropy_nats(train[1]))}

    # The same with a stop after two epochs: dropout, Adam and order go on as if nothing had been.
    parts = tiny_settings(tmp_path / "parts", epochs=2, learning_rates=(0.01,))
    ru.learning_rate_sweep(train, held, vocabulary, parts, live=False)
    resumed = ru.learning_rate_sweep(train, held, vocabulary, parts.replace(epochs=3), live=False)
    assert losses(resumed) == losses(whole)[:3]

    # Nothing is left to do: the same history comes back at once, from disk.
    assert ru.learning_rate_sweep(train, held, vocabulary, chosen, live=False) == whole
    trained = ru.load_trained(chosen.output / "classic.zip")
    loss = ru.mean_loss(trained.model, *held)
    assert loss == pytest.approx(whole.best.validation_loss, rel=1e-5)


def test_plain_arrays_are_named(tiny, tmp_path):
    (X, Y), held, vocabulary = tiny
    with pytest.raises(ValueError, match=r"two pairs \(X, Y\).*epoch_windows"):
        ru.learning_rate_sweep((X[:9], Y[:9]), held, vocabulary, tiny_settings(tmp_path))


def test_an_interrupted_sweep_keeps_whole_epochs(
    tiny, classic_training, tmp_path, monkeypatch, capsys
):
    # The first rate was trained before; the second is stopped in its second epoch.
    shutil.copytree(classic_training / "training", tmp_path / "training")
    (second,) = tmp_path.glob("training/*/rate-0.001")
    shutil.rmtree(second)
    train, held, vocabulary = tiny
    chosen = tiny_settings(tmp_path)
    fit, calls = sweep.fit_epoch, itertools.count()

    def interrupted(*arguments, **options):
        if next(calls) == 1:
            raise KeyboardInterrupt
        return fit(*arguments, **options)

    monkeypatch.setattr(sweep, "fit_epoch", interrupted)
    history = swept(train, held, vocabulary, chosen, live=True)
    said = capsys.readouterr().out  # outside a notebook the status line is printed
    assert said.startswith("Preparing the model") and "every whole epoch is kept" in said
    assert [(row.learning_rate, row.epoch) for row in history.epochs] == [
        (0.01, 1),
        (0.01, 2),
        (0.01, 3),
        (0.001, 1),
    ]
    assert (tmp_path / "classic.zip").exists()
    monkeypatch.undo()
    again = swept(train, held, vocabulary, chosen, live=True)
    assert again.epochs[:4] == history.epochs and len(again.epochs) == 6
    assert losses(again) == losses(ru.load_history(classic_training / "whole.csv"))
    assert re.search(r"Trained in \d+ s\.\n$", capsys.readouterr().out)


def test_a_sweep_that_is_stopped_in_its_first_epoch_says_so(tiny, tmp_path, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "fit_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt, match="Not one epoch is trained yet"):
        swept(*tiny, tiny_settings(tmp_path))
    assert not (tmp_path / "classic.zip").exists()


def test_the_same_training_runs_once_at_a_time(tiny, tmp_path):
    chosen = tiny_settings(tmp_path)
    experiment = classic_experiment(*tiny, chosen, ru.classic_model)
    with alone_in(sweep.training_folder(experiment, chosen), ""):  # as a sweep elsewhere does
        with pytest.raises(RuntimeError, match="running in another notebook"):
            ru.learning_rate_sweep(*tiny, chosen, live=False)
    assert [path.name for path in tmp_path.rglob("*")] == ["training", experiment.key]


@pytest.mark.parametrize("name", ["history.csv", "epoch-3.npz"])
def test_a_rate_whose_files_are_damaged_is_trained_anew(
    tiny, classic_training, tmp_path, capsys, name
):
    shutil.copytree(classic_training, tmp_path, dirs_exist_ok=True)
    whole = ru.load_history(tmp_path / "whole.csv")
    (path,) = (tmp_path / "training").glob(f"*/rate-0.01/{name}")
    kept = Checkpoints(path.parent, path.parts[-3], 0.01)
    assert kept.epochs()
    (other,) = (tmp_path / "training").glob(f"*/rate-0.001/{name}")
    for damaged in (b"", b"no such thing", path.read_bytes()[:50], other.read_bytes()):
        path.write_bytes(damaged)
        assert kept.epochs() == ()
        said = capsys.readouterr().out
        assert f"rate-0.01 cannot be read; it is trained anew: {path.parent}" in said
    again = swept(*tiny, tiny_settings(tmp_path))
    assert "rate-0.01 cannot be read; it is trained anew" in capsys.readouterr().out
    assert losses(again) == losses(whole)
    assert again.of(0.001) == whole.of(0.001)  # the other rate is taken from disk


def test_other_numbers_are_another_experiment(tiny, classic_training, tmp_path):
    shutil.copytree(classic_training, tmp_path, dirs_exist_ok=True)
    first = ru.load_history(tmp_path / "whole.csv")
    chosen = tiny_settings(tmp_path, epochs=1, learning_rates=(0.01,), decay=0.0)
    other = swept(*tiny, chosen)
    assert len(other.epochs) == 1 and other.epochs[0].loss != first.epochs[0].loss
    assert len(list((tmp_path / "training").iterdir())) == 2


def test_a_rate_whose_loss_is_no_number_ends_and_the_others_go_on(
    tiny, classic_training, tmp_path, capsys, monkeypatch
):
    shutil.copytree(classic_training / "training", tmp_path / "training")
    whole = ru.load_history(classic_training / "whole.csv")
    monkeypatch.setattr(sweep, "fit_epoch", lambda *_: np.array([np.nan]))  # as at a rate of 1e38
    chosen = tiny_settings(tmp_path, learning_rates=(1e38, 0.01, 0.001))
    history = swept(*tiny, chosen)
    said = capsys.readouterr().out
    assert said.startswith("The rate 1e+38 ends in epoch 1: its loss is no number any more")
    assert history == whole  # the other rates were trained before
    assert ru.load_trained(tmp_path / "classic.zip").history == whole
    with pytest.raises(ValueError, match="choose smaller learning_rates"):
        swept(*tiny, chosen.replace(learning_rates=(1e38,)))


def test_rates_that_are_equal_when_printed_have_folders_of_their_own(tiny, tmp_path):
    chosen = tiny_settings(tmp_path)
    experiment = classic_experiment(*tiny, chosen, ru.classic_model)
    rates = (0.01, 0.010000001, np.float64(0.01))
    assert len({f"{rate:g}" for rate in rates}) == 1
    runs = [sweep.RateTraining(experiment, rate, chosen) for rate in rates]
    names = [run.checkpoints.folder.name for run in runs]
    assert names == ["rate-0.01", "rate-0.010000001", "rate-0.01"]


def test_what_the_disk_does_not_take_is_not_thrown_away(tiny, classic_training, tmp_path):
    whole = ru.load_history(classic_training / "whole.csv")
    chosen = tiny_settings(tmp_path / "a file" / "out", epochs=1, learning_rates=(0.01,))
    (tmp_path / "a file").write_text("where a folder should be")
    with pytest.warns(Remark) as said:
        history = swept(*tiny, chosen)
    assert losses(history) == losses(whole)[:1]
    texts = [str(one.message) for one in said if issubclass(one.category, Remark)]
    assert len(texts) == 2 and "Training goes on" in texts[0]
    assert all("could not be written" in text and "ROCKONET_OUTPUT" in text for text in texts)
    place = Path(re.search("Until then the model is in (.*)[.]$", texts[1])[1])
    kept = ru.load_trained(place)
    shutil.rmtree(place.parent)
    assert kept.history == history
    assert ru.mean_loss(kept.model, *tiny[1]) == pytest.approx(history.best.validation_loss)


def test_a_sweep_that_goes_on_shows_its_chart_at_once(
    tiny, classic_training, tmp_path, monkeypatch
):
    shutil.copytree(classic_training / "training", tmp_path / "training")
    seen = []

    def stopped(run, progress):
        seen.append("epoch")
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep.Progress, "show_chart", lambda _: seen.append("chart"))
    monkeypatch.setattr(sweep.RateTraining, "train_epoch", stopped)
    train, held, vocabulary = tiny
    swept(train, held, vocabulary, tiny_settings(tmp_path, epochs=4))
    assert seen == ["chart", "epoch", "chart"]
