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

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import keras
import numpy as np

from rockonet.common.files import atomic_write
from rockonet.common.saved import open_arrays, reading
from rockonet.training.history import Epoch, History, load_history


class Checkpoints:
    """What is on disk of the training of one experiment at one rate.

    ``history.csv`` holds every whole epoch, ``epoch-N.npz`` the weights and the state of the
    optimiser: after the last epoch, and after that with the lowest validation loss. Each says
    which experiment, rate and epoch it belongs to, and to which losses until then.
    """

    def __init__(self, folder: Path, experiment: str, rate: float):
        self.folder, self.experiment, self.rate = folder, experiment, rate
        self.history = folder / "history.csv"
        self.pending: dict[int, list[np.ndarray]] = {}  # states by epoch that are not on disk yet

    def state(self, epoch: int) -> Path:
        """Where the state after an epoch is, counted from 1."""
        return self.folder / f"epoch-{epoch}.npz"

    def save(self, model: keras.Model, history: History) -> None:
        """Keep what an epoch has learned; history: of this rate, with that epoch at its end.

        Raises: `NotWritten`; it is in memory then, and written the next time.
        """
        last, best = history.epochs[-1].epoch, history.best.epoch
        states = self.pending | {last: model_state(model)}
        self.pending = {epoch: states[epoch] for epoch in states if epoch in (last, best)}
        for epoch, state in self.pending.items():
            write_state(self.state(epoch), state, self._belongs(history, epoch))
        history.save(self.history)  # from here on the epoch counts
        self.pending.clear()
        for path in self.folder.glob("*.npz"):
            if path not in (self.state(last), self.state(best)):
                path.unlink(missing_ok=True)

    def epochs(self) -> tuple[Epoch, ...]:
        """What was saved; nothing, and a sentence, if something of it is no use."""
        if not self.history.exists():
            return ()
        try:
            history = load_history(self.history, remedy="")
            for epoch in (history.epochs[-1].epoch, history.best.epoch):
                self.state_after(epoch, history)
        except (OSError, ValueError) as error:
            name = self.folder.name
            print(f"What was saved of {name} cannot be read; it is trained anew: {error}")
            return ()
        return history.epochs

    def state_after(self, epoch: int, history: History) -> list[np.ndarray]:
        """The state after the last or the best epoch of a history of this rate.

        Raises: as `read_state`.
        """
        if epoch in self.pending:
            return self.pending[epoch]
        return read_state(self.state(epoch), self._belongs(history, epoch))

    def _belongs(self, history: History, epoch: int) -> str:
        """What the state after an epoch belongs to: its losses are all that is told of it."""
        rows = [row for row in history.epochs if row.epoch <= epoch]
        losses = [(row.recipe, row.epoch, row.loss, row.validation_loss) for row in rows]
        mark = hashlib.sha256(json.dumps([repr(float(self.rate)), losses]).encode()).hexdigest()
        return f"{self.experiment} {self.rate:g} {epoch} {mark}"


def model_state(model: keras.Model) -> list[np.ndarray]:
    """The weights and the state of the optimiser."""
    return [np.asarray(v).copy() for v in (*model.weights, *model.optimizer.variables)]


def set_model_state(model: keras.Model, state: Iterable[np.ndarray]) -> None:
    """Give a model the state of another that was built and compiled as it was."""
    for variable, value in zip((*model.weights, *model.optimizer.variables), state, strict=True):
        variable.assign(value)


def write_state(path: Path, state: Sequence[np.ndarray], belongs: str) -> None:
    """Write the state of a model, and what it belongs to, as one ``.npz`` file."""
    with atomic_write(path) as temporary:
        np.savez(temporary, *state, belongs=np.array(belongs))


def read_state(path: Path, belongs: str) -> list[np.ndarray]:
    """Read what `write_state` wrote.

    Raises: FileNotFoundError; ValueError if it is damaged or belongs to something else.
    """
    with reading(path, "the state of a network", "") as file, open_arrays(file) as stored:
        if str(stored["belongs"]) != belongs:
            raise ValueError("it is of another network, rate, epoch or history")
        return [stored[f"arr_{i}"] for i in range(len(stored.files) - 1)]
