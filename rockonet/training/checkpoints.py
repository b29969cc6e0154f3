"""Training on disk: stopped anywhere, it goes on as if nothing had been, to the last digit.

Keras's own callbacks were tried (3.15). `BackupAndRestore` brings back weights, optimiser and
dropout, but it writes the weights and the number of their epoch one after the other: stopped in
between, it trains an epoch twice. It hands the epoch of one rate on to the next, if one compiled
model serves both, and a damaged file stops it. `ModelCheckpoint` writes over the best weights in
place and `EarlyStopping` forgets how long it has waited. `CSVLogger` writes an epoch twice if the
backup came too late, and has no row for each part. So here one file says which epochs there are,
and it is put in its place last, in one go.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import keras
import numpy as np

from rockonet.common.files import UNREADABLE, atomic_write
from rockonet.training.history import Epoch, History, load_history


class Checkpoints:
    """What is on disk of the training at one rate.

    ``history.csv`` holds every whole epoch, ``epoch-N.npz`` the weights and the state of the
    optimiser after the last one, ``best.npz`` the same after that with the lowest validation loss.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.history, self.best = folder / "history.csv", folder / "best.npz"

    def state(self, epoch: int) -> Path:
        """Where the state after an epoch is, counted from 1."""
        return self.folder / f"epoch-{epoch}.npz"

    def save(self, model: keras.Model, history: History) -> None:
        """Keep what an epoch has learned; history: of this rate, with that epoch at its end."""
        epoch = history.epochs[-1].epoch
        save_model_state(self.state(epoch), model)
        if history.best.epoch == epoch:
            with atomic_write(self.best) as temporary:
                shutil.copyfile(self.state(epoch), temporary)
        history.save(self.history)  # from here on the epoch counts
        self.state(epoch - 1).unlink(missing_ok=True)

    def epochs(self) -> tuple[Epoch, ...]:
        """What was saved; nothing, and a sentence, if something of it cannot be read."""
        if not self.history.exists():
            return ()
        try:
            epochs = load_history(self.history).epochs
            for path in (self.best, self.state(epochs[-1].epoch)):
                read_model_state(path)
        except UNREADABLE:
            print(f"What was saved of {self.folder.name} cannot be read; it is trained anew.")
            return ()
        return epochs


def model_state(model: keras.Model) -> list[np.ndarray]:
    """The weights and the state of the optimiser."""
    return [np.asarray(v).copy() for v in (*model.weights, *model.optimizer.variables)]


def set_model_state(model: keras.Model, state: Iterable[np.ndarray]) -> None:
    """Give a model the state of another that was built and compiled as it was."""
    for variable, value in zip((*model.weights, *model.optimizer.variables), state, strict=True):
        variable.assign(value)


def save_model_state(path: Path, model: keras.Model) -> None:
    """Write the state of a model as one ``.npz`` file."""
    with atomic_write(path) as temporary:
        np.savez(temporary, *model_state(model))


def read_model_state(path: Path) -> list[np.ndarray]:
    """Read what `save_model_state` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return [stored[f"arr_{i}"] for i in range(len(stored.files))]
