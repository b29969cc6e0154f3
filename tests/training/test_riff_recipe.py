"""The riff recipe: it learns, is resumed, and stops in time."""

import itertools
import shutil

import numpy as np
import pytest
from helpers import melody, midi_bytes

import rockonet_utils as ru
from rockonet.training import riff_recipe, sweep


def test_it_learns_and_a_resumed_run_gives_the_same(small, choice, trained, tmp_path):
    total = [row for row in trained.history.epochs if row.recipe == "riff"]
    assert total[1].validation_loss < total[0].validation_loss - 0.1
    measure, calls = riff_recipe.mean_nats, itertools.count()

    def stop(*arguments, **options):
        raise KeyboardInterrupt

    def stop_in_the_second_epoch(*arguments, **options):
        return stop() if next(calls) else measure(*arguments, **options)

    elsewhere = choice.replace(output=tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "fit_epoch", stop)
        with pytest.raises(KeyboardInterrupt, match="Not one epoch"):
            ru.train_riff_model(small[0], small[1], elsewhere, live=False)
        assert not (tmp_path / "riff.zip").exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(riff_recipe, "mean_nats", stop_in_the_second_epoch)
        half = ru.train_riff_model(small[0], small[1], elsewhere, live=False)
    assert {row.epoch for row in half.history.epochs} == {1}
    resumed = ru.train_riff_model(small[0], small[1], elsewhere, live=False)

    def numbers(history):
        return [(row.recipe, row.epoch, row.loss, row.validation_loss) for row in history.epochs]

    assert numbers(resumed.history) == numbers(trained.history)  # to the last digit
    for one, other in zip(resumed.model.weights, trained.model.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_one_sweep_serves_the_riff_recipe_too(small, choice, trained, riff_training, tmp_path):
    vocabulary = ru.riff_vocabulary(small[0])
    rates = choice.replace(learning_rates=(0.001, 0.004), output=tmp_path / "rates")
    history = ru.learning_rate_sweep(*small[:2], vocabulary, rates, live=False)
    assert history.recipes == ["riff"] and history.learning_rates == [0.001, 0.004]
    for rate in history.learning_rates:
        parts = [history.series(f"riff {part}", rate) for part in ru.PARTS[:4]]
        for whole, *pieces in zip(history.of(rate), *parts, strict=True):
            assert whole.loss == pytest.approx(sum(piece.loss for piece in pieces))
            held = sum(piece.validation_loss for piece in pieces)
            assert whole.validation_loss == pytest.approx(held)
    # A rate that comes second learns as it does alone.
    for one, two in zip(trained.history.of(0.004), history.of(0.004), strict=True):
        assert (one.loss, one.validation_loss) == (two.loss, two.validation_loss)
    kept = ru.load_trained(rates.output / "riff.zip")
    assert kept.history == history
    total = ru.held_out_nats(kept, small[1])["total"]
    assert total == pytest.approx(history.best.validation_loss, rel=1e-5)

    # What train_riff_model trained at its rate is not trained again.
    shutil.copytree(riff_training, tmp_path / "shared")
    again = choice.replace(learning_rates=(0.004,), output=tmp_path / "shared")
    shared = ru.learning_rate_sweep(*small[:2], vocabulary, again, live=False)
    assert shared.epochs == trained.history.epochs


def test_three_tiny_songs_are_enough_and_it_stops_early_and_keeps_the_best(tmp_path, monkeypatch):
    for i, name in enumerate(("one", "two", "three")):
        path = tmp_path / f"{name}.mid"
        path.write_bytes(midi_bytes([melody([40 + i, 43, 45, 40, 43, 46] * 3)]))
    parts = ru.split_by_song(ru.build_corpus(tmp_path))
    choice = ru.settings("quick", "starter").replace(
        output=tmp_path / "out", riff_units=(8,), riff_epochs=9
    )
    measure, held = riff_recipe.mean_nats, iter([3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 2.1])

    def as_if(*arguments):
        assert np.isfinite(measure(*arguments)).all()
        return np.full(len(ru.PARTS), next(held))

    monkeypatch.setattr(riff_recipe, "PATIENCE", 3)
    monkeypatch.setattr(riff_recipe, "mean_nats", as_if)
    trained = ru.train_riff_model(*parts[:2], choice, live=False)
    assert max(row.epoch for row in trained.history.epochs) == 5
    assert trained.history.best.epoch == 2
    (best,) = choice.output.glob("training/*/rate-*/epoch-2.npz")
    (last,) = choice.output.glob("training/*/rate-*/epoch-5.npz")
    kept = np.load(best)["arr_0"]
    np.testing.assert_array_equal(kept, trained.model.weights[0])
    assert not np.array_equal(kept, np.load(last)["arr_0"])
    assert np.isfinite(list(ru.held_out_nats(trained, parts[2]).values())).all()
