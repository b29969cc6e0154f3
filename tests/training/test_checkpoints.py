"""What is on disk of a training holds together wherever it was stopped."""

import errno
import itertools
import os

import keras
import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.common.files import NotWritten
from rockonet.training.checkpoints import (
    Checkpoints,
    model_state,
    read_state,
    set_model_state,
    write_state,
)


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


@pytest.fixture
def kept(tmp_path):
    return Checkpoints(tmp_path / "rate-0.01", "dense", 0.01)


def kernel(state):
    return float(state[0][0, 0])


def save(kept, model, history):
    """Save an epoch whose weight is its number, so that it can be told which one is on disk."""
    model.layers[-1].kernel.assign([[len(history.epochs)]])
    kept.save(model, history)


def test_the_last_state_the_best_and_the_history_are_kept(model, kept):
    assert kept.epochs() == ()
    for history in (after(3.0), after(3.0, 2.0), after(3.0, 2.0, 2.5)):
        save(kept, model, history)
        assert kept.epochs() == history.epochs
    assert kernel(kept.state_after(3, history)) == 3 and kernel(kept.state_after(2, history)) == 2
    names = sorted(path.name for path in kept.folder.iterdir())
    assert names == ["epoch-2.npz", "epoch-3.npz", "history.csv"]


@pytest.mark.parametrize("written", range(2))
def test_stopped_while_it_saves_the_epoch_before_is_whole(model, kept, monkeypatch, written):
    save(kept, model, after(3.0))
    replace, calls = os.replace, itertools.count()

    def stop(*paths):
        if next(calls) == written:
            raise KeyboardInterrupt
        replace(*paths)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", stop)
        save(kept, model, after(3.0, 2.0))
    again = Checkpoints(kept.folder, kept.experiment, kept.rate)
    assert again.epochs() == after(3.0).epochs and kernel(again.state_after(1, after(3.0))) == 1
    save(again, model, after(3.0, 2.0))  # trained again, it takes its place
    assert again.epochs() == after(3.0, 2.0).epochs
    assert kernel(again.state_after(2, after(3.0, 2.0))) == 2


def test_a_model_of_another_kind_does_not_take_a_state(model, tmp_path):
    write_state(tmp_path / "state.npz", model_state(model), "here")
    state = read_state(tmp_path / "state.npz", "here")
    set_model_state(model, state)
    np.testing.assert_array_equal(model_state(model)[0], state[0])
    with pytest.raises(ValueError):
        set_model_state(model, state[:-1])


def test_what_does_not_belong_together_is_not_used(model, kept, capsys):
    histories = [after(3.0), after(3.0, 2.0), after(3.0, 2.0, 2.5)]
    for history in histories:
        save(kept, model, history)
    other = Checkpoints(kept.folder.with_name("rate-0.02"), "dense", 0.02)
    for history in histories:
        save(other, model, history)
    files = {path: path.read_bytes() for path in kept.folder.iterdir()}

    def refused(name, content):
        (kept.folder / name).write_bytes(content)
        nothing = Checkpoints(kept.folder, kept.experiment, kept.rate).epochs() == ()
        said = capsys.readouterr().out
        for path, whole in files.items():
            path.write_bytes(whole)
        return nothing and "rate-0.01 cannot be read; it is trained anew" in said

    for name in ("epoch-2.npz", "epoch-3.npz"):  # of another rate, of another epoch
        assert refused(name, other.folder.joinpath(name).read_bytes())
        assert refused(name, files[kept.folder / ("epoch-2.npz" if "3" in name else "epoch-3.npz")])
    text = files[kept.history].decode()
    assert text.count("2.5") == 1 and refused("history.csv", text.replace("2.5", "1.5").encode())
    after(3.0, 2.0, 1.5).save(kept.folder.parent / "other.csv")  # whole, but of another training
    assert refused("history.csv", (kept.folder.parent / "other.csv").read_bytes())
    assert kept.epochs() == histories[-1].epochs
    network = Checkpoints(kept.folder, "another network", kept.rate)
    assert network.epochs() == () and "of another network" in capsys.readouterr().out


def test_what_the_disk_does_not_take_is_written_the_next_time(model, kept, monkeypatch):
    history, full = after(3.0, 2.0, 2.5), True
    replace = os.replace

    def put(*paths):
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(*paths)

    monkeypatch.setattr(os, "replace", put)
    for some in (after(3.0), after(3.0, 2.0)):
        with pytest.raises(NotWritten, match=r"epoch-\d.npz could not be written [(]No space left"):
            save(kept, model, some)
        assert list(kept.folder.iterdir()) == []
        assert kernel(kept.state_after(len(some.epochs), some)) == len(some.epochs)
    full = False
    save(kept, model, history)
    again = Checkpoints(kept.folder, kept.experiment, kept.rate)
    assert again.epochs() == history.epochs
    assert kernel(again.state_after(2, history)) == 2  # the best, which found no room then
