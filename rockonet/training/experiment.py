"""One experiment: what training needs to know of a recipe, how it begins, one epoch of it."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import keras
import numpy as np

from rockonet.dataset.classic_windows import Vocabulary
from rockonet.training.checkpoints import model_state, set_model_state
from rockonet.training.history import Epoch, History
from rockonet.training.progress import Progress
from rockonet.training.riff_vocabulary import RiffVocabulary


@dataclass(frozen=True)
class Experiment:
    """What training needs to know of a recipe and its songs.

    key: names the experiment, apart from the rate. corpus: fingerprint of the training data.
    unigram_nats, validation_unigram_nats: what guessing by frequency costs on either songs.
    epochs: how many at most. patience: epochs without a lower validation loss before it stops.
    parts: what is measured, in the order in which `measure` gives it and by the names of the
    metrics that training reports. in_total: which of them are summed to the total. start: from a
    rate to the network and the compiled model that trains it. batches: from an epoch, counted from
    1, to its batches. measure: from the compiled model to the mean nats of the validation songs.
    """

    recipe: str
    vocabulary: Vocabulary | RiffVocabulary
    length: int
    key: str
    corpus: str
    unigram_nats: float
    validation_unigram_nats: float
    epochs: int
    patience: float
    parts: tuple[str, ...]
    in_total: tuple[bool, ...]
    start: Callable[[float], tuple[keras.Model, keras.Model]]
    batches: Callable[[int], keras.utils.PyDataset]
    measure: Callable[[keras.Model], np.ndarray]

    def history(self, epochs: Iterable[Epoch]) -> History:
        """The history that these rows are."""
        return History(
            tuple(epochs),
            {self.recipe: self.unigram_nats},
            {self.recipe: self.validation_unigram_nats},
        )

    def epoch_rows(
        self, rate: float, epoch: int, losses: np.ndarray, validation: np.ndarray, seconds: float
    ) -> list[Epoch]:
        """What an epoch measured: its total first, then its parts if there are several."""
        counted = list(self.in_total)
        pairs = {self.recipe: (losses[counted].sum(), validation[counted].sum())}
        if len(self.parts) > 1:
            names = (f"{self.recipe} {part}" for part in self.parts)
            pairs |= dict(zip(names, zip(losses, validation, strict=True), strict=True))
        return [
            Epoch(name, rate, epoch, float(loss), float(nats), seconds)
            for name, (loss, nats) in pairs.items()
        ]


def experiment_key(model: keras.Model, rest: list) -> str:
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
        import tensorflow as tf  # not installed beside every other backend

        tf.config.experimental.enable_op_determinism()
        within_strategy = tf.distribute.has_strategy()
    if not within_strategy and keras.distribution.distribution() is None:
        keras.utils.clear_session()  # it would forget how devices share the work
    keras.utils.set_random_seed(seed)


def compile_model(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    loss: str | keras.losses.Loss | Callable,
    metrics: Sequence[keras.metrics.Metric] = (),
) -> None:
    """Make a model ready for training, with the state of its optimiser in place."""
    # XLA, which "auto" would choose, makes an LSTM step of TensorFlow on a CPU 1.5 to 2.9 times
    # slower, and on a GPU would lose cuDNN's LSTM. JAX without it runs one operation after the
    # other, a hundred times slower.
    jit = keras.backend.backend() != "tensorflow"
    model.compile(optimizer, loss, metrics=list(metrics), jit_compile=jit)
    optimizer.build(model.trainable_variables)


def one_network(
    network: keras.Model, compiled: Callable[[keras.Model], tuple[keras.Model, keras.Variable]]
) -> Callable[[float], tuple[keras.Model, keras.Model]]:
    """What starts training at a rate, see `Experiment`: one network serves every rate in turn.

    network: as it was built. compiled: from it to the compiled model that trains it, and the
    variable that holds its learning rate. To compile one for each takes seconds.
    """

    @functools.cache
    def made() -> tuple[keras.Model, keras.Variable, list[np.ndarray]]:
        """The compiled model, its rate, and the state in which every rate starts."""
        model, rate = compiled(network)
        return model, rate, model_state(model)

    def start(rate: float) -> tuple[keras.Model, keras.Model]:
        model, variable, state = made()
        set_model_state(model, state)
        variable.assign(rate)
        return network, model

    return start


def seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Start an epoch's random numbers afresh, so that a resumed epoch draws the same ones."""
    for number, layer in enumerate(model.layers):
        if getattr(layer, "seed_generator", None) is not None:
            layer.seed_generator.state.assign([1000 * seed + number, epoch])


def fit_epoch(
    model: keras.Model, batches: keras.utils.PyDataset, metrics: Sequence[str], progress: Progress
) -> np.ndarray:
    """Train once on all batches; returns the means of the metrics with these names."""
    fitted = model.fit(batches, shuffle=False, verbose=0, callbacks=[progress])
    return np.array([float(fitted.history[name][0]) for name in metrics])
