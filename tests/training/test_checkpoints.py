"""What is on disk of a training holds together wherever it was stopped."""

import keras
import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.training import checkpoints
from rockonet.training.checkpoints import Checkpoints, read_model_state


@pytest.fixture
def model():
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def after(*validation_losses):
    """The history of epochs that ended with these losses."""
    rows = (
        ru.Epoch("classic", 0.01, epoch, 1.0, loss, 1.0)
        for epoch, loss in enumerate(validation_losses, 1)
    )
    return ru.History(tuple(rows), {"classic": 4.0})


def kernel(path):
    return float(read_model_state(path)[0][0, 0])


def save(kept, model, history):
    """Save an epoch whose weight is its number, so that it can be told which one is on disk."""
    model.layers[-1].kernel.assign([[len(history.epochs)]])
    kept.save(model, history)


def test_the_last_state_the_best_and_the_history_are_kept(model, tmp_path):
    kept = Checkpoints(tmp_path / "rate-0.01")
    assert kept.epochs() == ()
    for history in (after(3.0), after(3.0, 2.0), after(3.0, 2.0, 2.5)):
        save(kept, model, history)
        assert kept.epochs() == history.epochs
    assert kernel(kept.state(3)) == 3 and kernel(kept.best) == 2
    names = sorted(path.name for path in kept.folder.iterdir())
    assert names == ["best.npz", "epoch-3.npz", "history.csv"]


@pytest.mark.parametrize(
    "where",
    ["numpy.savez", "shutil.copyfile", "rockonet.training.history.write_csv"],
)
def test_stopped_while_it_saves_the_epoch_before_is_whole(model, tmp_path, monkeypatch, where):
    kept = Checkpoints(tmp_path / "rate-0.01")
    save(kept, model, after(3.0))

    def stop(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(where, stop)
        save(kept, model, after(3.0, 2.0))
    assert kept.epochs() == after(3.0).epochs and kernel(kept.state(1)) == 1
    save(kept, model, after(3.0, 2.0))  # trained again, it takes its place
    assert kept.epochs() == after(3.0, 2.0).epochs and kernel(kept.best) == 2


def test_a_model_of_another_kind_does_not_take_a_state(model, tmp_path):
    checkpoints.save_model_state(tmp_path / "state.npz", model)
    state = read_model_state(tmp_path / "state.npz")
    checkpoints.set_model_state(model, state)
    np.testing.assert_array_equal(checkpoints.model_state(model)[0], state[0])
    with pytest.raises(ValueError):
        checkpoints.set_model_state(model, state[:-1])
