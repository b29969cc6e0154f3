"""A sweep over learning rates: it learns, is stopped, goes on, mends what is damaged."""

import itertools
import re
import shutil

import pytest
from helpers import tiny_settings

import rockonet_utils as ru
from rockonet.training import sweep
from rockonet.training.checkpoints import Checkpoints


def losses(history):
    return [(row.loss, row.validation_loss) for row in history.epochs]


def test_sweep_learns_saves_and_resumes(tiny, classic_training, tmp_path):
    train, held, vocabulary = tiny
    whole = ru.load_history(classic_training / "whole.csv")
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
    shutil.copytree(classic_training, tmp_path / "whole")
    chosen = tiny_settings(tmp_path / "whole")
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
    history = ru.learning_rate_sweep(train, held, vocabulary, chosen, live=True)
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
    again = ru.learning_rate_sweep(train, held, vocabulary, chosen, live=True)
    assert again.epochs[:4] == history.epochs and len(again.epochs) == 6
    assert losses(again) == losses(ru.load_history(classic_training / "whole.csv"))
    assert re.search(r"Trained in \d+ s\.\n$", capsys.readouterr().out)


def test_a_sweep_that_is_stopped_in_its_first_epoch_says_so(tiny, tmp_path, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "fit_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt, match="Not one epoch is trained yet"):
        ru.learning_rate_sweep(*tiny, tiny_settings(tmp_path), live=False)
    assert not (tmp_path / "classic.zip").exists()


@pytest.mark.parametrize("name", ["history.csv", "best.npz", "epoch-3.npz"])
def test_a_rate_whose_files_are_damaged_is_trained_anew(
    tiny, classic_training, tmp_path, capsys, name
):
    shutil.copytree(classic_training, tmp_path, dirs_exist_ok=True)
    whole = ru.load_history(tmp_path / "whole.csv")
    (path,) = (tmp_path / "training").glob(f"*/rate-0.01/{name}")
    assert Checkpoints(path.parent).epochs()
    for damaged in (b"", b"no such thing", path.read_bytes()[:50]):
        path.write_bytes(damaged)
        assert Checkpoints(path.parent).epochs() == ()
        assert "rate-0.01 cannot be read; it is trained anew" in capsys.readouterr().out
    again = ru.learning_rate_sweep(*tiny, tiny_settings(tmp_path), live=False)
    assert "rate-0.01 cannot be read; it is trained anew" in capsys.readouterr().out
    assert losses(again) == losses(whole)
    assert again.of(0.001) == whole.of(0.001)  # the other rate is taken from disk


def test_other_numbers_are_another_experiment(tiny, classic_training, tmp_path):
    shutil.copytree(classic_training, tmp_path, dirs_exist_ok=True)
    first = ru.load_history(tmp_path / "whole.csv")
    chosen = tiny_settings(tmp_path, epochs=1, learning_rates=(0.01,), decay=0.0)
    other = ru.learning_rate_sweep(*tiny, chosen, live=False)
    assert len(other.epochs) == 1 and other.epochs[0].loss != first.epochs[0].loss
    assert len(list((tmp_path / "training").iterdir())) == 2


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
    ru.learning_rate_sweep(train, held, vocabulary, tiny_settings(tmp_path, epochs=4), live=False)
    assert seen == ["chart", "epoch", "chart"]
