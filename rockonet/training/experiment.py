"""One experiment: what training needs to know of a recipe, and its state on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from rockonet.common.files import atomic_write
from rockonet.dataset.classic_windows import Vocabulary
from rockonet.training.loss_chart import LiveChart
from rockonet.training.riff_vocabulary import RiffVocabulary


@dataclass(frozen=True)
class Experiment:
    """What training needs to know of a recipe and its songs.

    key: names the experiment, apart from the rate. corpus: fingerprint of the training data.
    epochs: how many at most. patience: epochs without a lower validation loss before it stops.
    parts: what is measured, in the order in which `measure` gives it and by the names of the
    metrics that training reports; the total is the sum of the first four. start: from a rate to
    the network and the compiled model that trains it. batches: from an epoch, counted from 1, to
    its Keras PyDataset. measure: from the compiled model to the mean nats of the validation songs.
    """

    recipe: str
    vocabulary: Vocabulary | RiffVocabulary
    length: int
    key: str
    corpus: str
    unigram_nats: float
    epochs: int
    patience: float
    parts: tuple[str, ...]
    start: Callable[[float], tuple[Any, Any]]
    batches: Callable[[int], Any]
    measure: Callable[[Any], np.ndarray]


def experiment_key(model: Any, rest: Any) -> str:
    """Names the experiment: the same network on the same data with the same numbers."""
    layers = [layer.get_config() for layer in model.layers]
    for number, config in enumerate(layers):
        config["name"] = number  # Keras counts names up over a session
    return hashlib.sha256(json.dumps([layers, rest], default=str).encode()).hexdigest()[:12]


def seed_everything(seed: int) -> None:
    """Seed everything, and have sums added in one order, so that a run repeats to the last digit.

    Keras counts up the names of layers over a session, and the order of sums follows the names.
    """
    within_strategy = False
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
        within_strategy = tf.distribute.has_strategy()
    if not within_strategy and keras.distribution.distribution() is None:
        keras.utils.clear_session()  # it would forget how devices share the work
    keras.utils.set_random_seed(seed)


def compile_model(model: Any, optimizer: Any, loss: Any, metrics: Sequence[Any] = ()) -> None:
    # XLA, which "auto" would choose, makes an LSTM step on a CPU 1.5 to 2.9 times slower.
    model.compile(optimizer, loss, metrics=list(metrics), jit_compile=False)
    optimizer.build(model.trainable_variables)


def seed_dropout(model: Any, seed: int, epoch: int) -> None:
    """Start an epoch's random numbers afresh, so that a resumed epoch draws the same ones."""
    for number, layer in enumerate(model.layers):
        if getattr(layer, "seed_generator", None) is not None:
            layer.seed_generator.state.assign([1000 * seed + number, epoch])


def fit_epoch(
    model: Any, batches: Any, wanted: Sequence[str], chart: LiveChart | None, where: str
) -> list[float]:
    """Train once on all batches; returns the means of the wanted metrics."""
    tick = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: chart and chart.on_batch(where)
    )
    fitted = model.fit(batches, shuffle=False, verbose=0, callbacks=[tick])
    return [float(fitted.history[name][0]) for name in wanted]


def model_state(model: Any) -> list[np.ndarray]:
    """The weights and the state of the optimiser."""
    return [np.asarray(v).copy() for v in (*model.weights, *model.optimizer.variables)]


def set_model_state(model: Any, state: Iterable[np.ndarray]) -> None:
    for variable, value in zip((*model.weights, *model.optimizer.variables), state, strict=True):
        variable.assign(value)


def save_model_state(path: Path, model: Any) -> None:
    with atomic_write(path) as temporary:
        np.savez(temporary, *model_state(model))


def read_model_state(path: Path) -> list[np.ndarray]:
    with np.load(path, allow_pickle=False) as stored:
        return [stored[f"arr_{i}"] for i in range(len(stored.files))]


def load_model_state(path: Path, model: Any) -> None:
    set_model_state(model, read_model_state(path))
