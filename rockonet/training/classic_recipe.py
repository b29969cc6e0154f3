"""The published network, its optimiser, and how it is trained."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import Sequential, layers

from rockonet.common.saved import fingerprint
from rockonet.common.settings import Settings
from rockonet.dataset.classic_windows import OneHot, Vocabulary, Windows
from rockonet.dataset.corpus import Corpus
from rockonet.training.batches import classic_batches, full_batch
from rockonet.training.counting import entropy_nats, frequency_nats
from rockonet.training.experiment import (
    Experiment,
    compile_model,
    experiment_key,
    one_network,
    seed_everything,
)
from rockonet.training.schedules import published_decay

WindowPair = tuple[Windows, OneHot]


def classic_model(
    sequence_length: int,
    n_symbols: int,
    units: Sequence[int] = (512, 512, 256),
    dense: int = 256,
    dropout: float = 0.3,
) -> keras.Model:
    """The published network, not yet compiled.

    sequence_length: events of a window. n_symbols: possible answers. units: cells of the LSTM
        layers. dense: width of the layer before the softmax. dropout: share hidden at random.
    Reads (batch, sequence_length, 1) standardised codes; gives (batch, n_symbols) probabilities.
    Source: the saved model of Rock-o-net as published.
    Notebook: 03.
    """
    return Sequential(
        [
            layers.Input((sequence_length, 1)),
            layers.LSTM(units[0], return_sequences=True),
            layers.Dropout(dropout),
            layers.LSTM(units[1], return_sequences=True),
            layers.Dropout(dropout),
            layers.LSTM(units[2]),
            layers.Dense(dense),
            layers.Dropout(dropout),
            layers.Dense(n_symbols, activation="softmax"),
        ],
        name="classic",
    )


def classic_optimizer(learning_rate: float, decay: float = 0.01) -> keras.optimizers.Optimizer:
    """Adam whose rate shrinks with every step, as published: rate / (1 + decay × step)."""
    return keras.optimizers.Adam(published_decay(learning_rate, decay))


def compile_classic_network(
    network: keras.Model, decay: float
) -> tuple[keras.Model, keras.Variable]:
    """The network, compiled, and the variable that holds its learning rate; see `one_network`."""
    optimizer = classic_optimizer(0.0, decay)
    rate = optimizer.add_variable((), name="rate")
    optimizer.learning_rate = published_decay(rate, decay)
    compile_model(network, optimizer, "categorical_crossentropy")
    return network, rate


def mean_loss(model: keras.Model, X: Windows, Y: OneHot, batch_size: int = 512) -> float:
    """Mean of −ln p(answer) over all windows, in nats per event, with dropout off.

    Notebook: 03.
    """
    total = 0.0
    for begin in range(0, len(X), batch_size):
        chosen = full_batch(begin, batch_size, len(X))
        probabilities = np.asarray(model.predict_on_batch(X[chosen][..., None]))
        answers = probabilities[np.arange(batch_size), Y.codes[chosen]][: len(X) - begin]
        total -= np.log(np.maximum(answers, 1e-12)).sum()
    return float(total / len(X))


def classic_experiment(
    train: WindowPair | Corpus,
    validation: WindowPair | Corpus,
    vocabulary: Vocabulary,
    settings: Settings,
    build_model: Callable[..., keras.Model],
) -> Experiment:
    """The classic recipe on these windows, ready to be trained at any rate.

    Raises: ValueError for anything but pairs (X, Y) as of `classic_windows`.
    """
    X, Y = _window_pair(train)
    X_validation, Y_validation = _window_pair(validation)
    shape = X.length, len(vocabulary.symbols)
    size = dict(units=settings.units, dense=settings.dense, dropout=settings.dropout)
    numbers = [settings.batch_size, settings.epoch_windows, settings.decay, settings.seed]
    data = fingerprint(X.values, X.starts, Y.codes)
    # "with its rate": of what was trained before one network served all rates, the state has none.
    rest = [vocabulary.symbols, numbers, data, "with its rate"]
    seed_everything(settings.seed)
    network = build_model(*shape, **size)
    compiled = functools.partial(compile_classic_network, decay=settings.decay)
    return Experiment(
        recipe="classic",
        vocabulary=vocabulary,
        length=X.length,
        key=experiment_key(network, rest),
        corpus=data,
        unigram_nats=entropy_nats(Y),
        validation_unigram_nats=frequency_nats(Y, Y_validation),
        epochs=settings.epochs,
        patience=np.inf,
        parts=("loss",),
        in_total=(True,),
        start=one_network(network, compiled),
        batches=lambda epoch: classic_batches(X, Y, settings, epoch),
        measure=lambda model: np.array([mean_loss(model, X_validation, Y_validation)]),
    )


def _window_pair(pair: object) -> WindowPair:
    if isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], Windows):
        return pair
    raise ValueError(
        "The classic recipe learns from two pairs (X, Y) as notebook 02 makes them. For "
        "fewer windows give the whole pairs and settings.replace(epoch_windows=300)."
    )
