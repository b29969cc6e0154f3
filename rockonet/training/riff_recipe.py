"""How the riff network is trained and measured."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from rockonet.common.settings import Settings
from rockonet.dataset.corpus import Corpus
from rockonet.training.batches import overlapping_windows, riff_batches
from rockonet.training.counting import ngram_nats
from rockonet.training.experiment import (
    Experiment,
    compile_model,
    experiment_key,
    model_state,
    seed_everything,
    set_model_state,
)
from rockonet.training.riff_features import N_COLUMNS, RIFF_COLUMNS, corpus_inputs
from rockonet.training.riff_vocabulary import PARTS, RiffVocabulary


def nats_model(model: Any) -> Any:
    """A model round `model` that gives −ln p of the target's parts, (batch, events, 5)."""
    inputs = keras.Input((None, N_COLUMNS), dtype="int32")
    logits = model(inputs)
    targets = inputs[:, :, RIFF_COLUMNS["target"]] - 1
    nats = [
        keras.losses.sparse_categorical_crossentropy(
            targets[:, :, i], logits[part], from_logits=True
        )
        for i, part in enumerate(PARTS)
    ]
    return keras.Model(inputs, ops.stack(nats, axis=-1), name="surprise")


def riff_loss(mask: Any, nats: Any) -> Any:
    """Mean of the summed parts over the events that count; velocity counts a third."""
    weights = ops.convert_to_tensor([1.0, 1.0, 1.0, 1.0, 0.3], nats.dtype)
    return ops.sum(nats * weights * mask) / ops.sum(mask)


def part_metrics(extra: np.ndarray) -> list[Any]:
    """The mean nats of each part; `extra` (5,): what telling events costs beyond their classes."""

    def mean_of(i: int, mask: Any, nats: Any) -> Any:
        return ops.sum(nats[..., i] * mask[..., 0]) / ops.sum(mask) + float(extra[i])

    # Metrics rather than functions: those would have TensorFlow trace the first step twice.
    means = (functools.partial(mean_of, i) for i in range(len(PARTS)))
    return [keras.metrics.MeanMetricWrapper(f, part) for f, part in zip(means, PARTS, strict=True)]


def mean_nats(
    surprise: Any, inputs: np.ndarray, offsets: np.ndarray, length: int = 256, size: int = 16
) -> np.ndarray:
    """Mean nats of each part over all events, (5,)."""
    total = np.zeros(len(PARTS))
    for place, inside, counts in overlapping_windows(offsets, length, size):
        X = inputs[place].astype(np.int32) * inside[..., None]
        X[..., RIFF_COLUMNS["target"]] = np.maximum(X[..., RIFF_COLUMNS["target"]], 1)
        # Under a strategy each device answers for the whole batch: the first answer will do.
        nats = np.asarray(surprise.predict_on_batch(X), np.float64)[:size]
        total += nats[counts].sum(axis=0)
    return total / max(1, offsets[-1])


PATIENCE = 6  # epochs without a lower validation loss after which the riff recipe stops


def riff_experiment(
    train: Corpus,
    validation: Corpus,
    vocabulary: RiffVocabulary,
    settings: Settings,
    build_model: Callable[..., Any],
) -> Experiment:
    inputs, held = corpus_inputs(train, vocabulary), corpus_inputs(validation, vocabulary)
    extra, held_extra = (
        vocabulary.extra_nats(corpus.events).mean(axis=0) for corpus in (train, validation)
    )
    steps = len(riff_batches(inputs, train.offsets, settings, 1))
    build = functools.partial(
        build_model, vocabulary.sizes, settings.riff_units, dropout=settings.riff_dropout
    )

    @functools.cache
    def first() -> tuple[Any, Any, Any, list[np.ndarray]]:
        """Network, compiled model, its rate, and the state in which every rate starts."""
        seed_everything(settings.seed)
        network = build()
        model = nats_model(network)
        plan = keras.optimizers.schedules.CosineDecay(
            1 / 20,
            decay_steps=max(1, settings.riff_epochs * steps),
            alpha=0.2,
            warmup_target=1.0,
            warmup_steps=min(100, steps),
        )

        class Plan(keras.optimizers.schedules.LearningRateSchedule):
            rate: Any  # a variable: to compile a network for each rate takes 20 seconds

            def __call__(self, step: Any) -> Any:
                return self.rate * plan(step)

        scaled = Plan()
        optimizer = keras.optimizers.AdamW(scaled, weight_decay=1e-3, clipnorm=1.0)
        scaled.rate = optimizer.add_variable((), name="rate")
        compile_model(model, optimizer, riff_loss, part_metrics(extra))
        return network, model, scaled.rate, model_state(model)

    def start(rate: float) -> tuple[Any, Any]:
        network, model, variable, begin = first()
        set_model_state(model, begin)
        variable.assign(rate)
        return network, model

    numbers = [getattr(settings, f.name) for f in dataclasses.fields(settings) if "riff" in f.name]
    numbers.remove(settings.riff_rate)
    songs = [train.fingerprint(), validation.fingerprint()]
    return Experiment(
        "riff",
        vocabulary,
        settings.riff_window,
        experiment_key(build(), [numbers, settings.seed, songs]),
        train.fingerprint(),
        ngram_nats(train, validation, 1),
        settings.riff_epochs,
        PATIENCE,
        PARTS,
        start,
        batches=lambda epoch: riff_batches(inputs, train.offsets, settings, epoch),
        measure=lambda model: mean_nats(model, held, validation.offsets) + held_extra,
    )
