"""How the riff network is trained and measured."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import KerasTensor, ops

from rockonet.common.settings import Settings
from rockonet.dataset.corpus import Corpus
from rockonet.training.batches import masked_examples, overlapping_windows, riff_batches
from rockonet.training.counting import ngram_nats
from rockonet.training.experiment import (
    Experiment,
    compile_model,
    experiment_key,
    one_network,
    seed_everything,
)
from rockonet.training.riff_features import N_COLUMNS, RIFF_COLUMNS, corpus_inputs
from rockonet.training.riff_network import trust_in
from rockonet.training.riff_vocabulary import PART_TABLE, PARTS, RiffVocabulary
from rockonet.training.schedules import AdamW, ScaledSchedule, warmup_cosine
from rockonet.training.song_memory import EXPERTS, experts_of, song_memory

TINY = 1e-30  # in place of a chance of 0, whose logarithm has no gradient
PATIENCE = 6  # epochs without a lower validation loss after which the riff recipe stops


def riff_examples(corpus: Corpus, vocabulary: RiffVocabulary) -> tuple[np.ndarray, ...]:
    """What the network reads at each event of a corpus, and what its answers are priced by.

    Returns arrays (n_events, n): the columns of `riff_inputs`; what experts have heard, and their
    chance of what came, see `song_memory`; what telling the event costs beyond its classes.
    """
    extra = vocabulary.extra_nats(corpus.events).astype(np.float32)
    return corpus_inputs(corpus, vocabulary), *song_memory(corpus), extra


@functools.lru_cache(maxsize=1)
def nats_model(model: keras.Model) -> keras.Model:
    """A model round `model` that gives −ln p of the target's parts, (batch, events, n_parts).

    It reads what `riff_examples` has of each event, each (batch, events, n).
    The last one is kept: TensorFlow traces a new one for two seconds before it answers.
    """
    rows = keras.Input((None, N_COLUMNS), dtype="int32")
    heard, chance = keras.Input((None, len(EXPERTS))), keras.Input((None, len(EXPERTS)))
    extra = keras.Input((None, len(PARTS)))
    answers = model([rows, heard] if len(model.inputs) > 1 else rows)
    targets = rows[:, :, RIFF_COLUMNS["target"]] - 1
    nats = []
    for i, part in enumerate(PARTS):
        network = extra[:, :, i] + keras.losses.sparse_categorical_crossentropy(
            targets[:, :, i], answers[part], from_logits=True
        )
        if trust_in(part) in answers:
            own = chance[:, :, experts_of(part)]
            network = mixed_nats(network, answers[trust_in(part)], own)
        nats.append(network)
    return keras.Model((rows, heard, chance, extra), ops.stack(nats, axis=-1), name="nats")


def mixed_nats(network: KerasTensor, trust: KerasTensor, chance: KerasTensor) -> KerasTensor:
    """−ln p of what came, if p is the mean of what the network and the experts gave it.

    network: −ln p of the network alone, (batch, events). trust: logits of the weights of that mean,
    (batch, events, 1 + experts). chance: p of each expert, (batch, events, experts).
    """
    weight = ops.log_softmax(trust)
    told = ops.sum(ops.exp(weight[..., 1:]) * chance, axis=-1)
    return -ops.logaddexp(weight[..., 0] - network, ops.log(ops.maximum(told, TINY)))


def riff_loss(mask: KerasTensor, nats: KerasTensor) -> KerasTensor:
    """Mean of the summed parts over the events that count; velocity counts less, see `Part`.

    mask: (batch, events, 1), 1 for events that count. nats: as of `nats_model`.
    """
    weights = ops.convert_to_tensor([part.loss_weight for part in PART_TABLE], nats.dtype)
    return ops.sum(nats * weights * mask) / ops.sum(mask)


def part_metrics() -> list[keras.metrics.Metric]:
    """The mean nats of each part."""

    def mean_of(i: int, mask: KerasTensor, nats: KerasTensor) -> KerasTensor:
        return ops.sum(nats[..., i] * mask[..., 0]) / ops.sum(mask)

    # Metrics rather than functions: those would have TensorFlow trace the first step twice.
    return [
        keras.metrics.MeanMetricWrapper(functools.partial(mean_of, i), part)
        for i, part in enumerate(PARTS)
    ]


def mean_nats(
    model: keras.Model,
    examples: Sequence[np.ndarray],
    offsets: np.ndarray,
    length: int = 256,
    size: int = 16,
) -> np.ndarray:
    """Mean nats of each part over all events, (n_parts,).

    model: as of `nats_model`. examples: see `riff_examples`. offsets: as in a `Corpus`. length,
        size: see `overlapping_windows`.
    """
    total = np.zeros(len(PARTS))
    for place, inside, counts in overlapping_windows(offsets, length, size):
        batch = masked_examples(examples, place, inside)
        # Under a strategy each device answers for the whole batch: the first answer will do.
        nats = np.asarray(model.predict_on_batch(batch), np.float64)[:size]
        total += nats[counts].sum(axis=0)
    return total / max(1, offsets[-1])


def compile_riff_network(
    network: keras.Model, settings: Settings, steps_per_epoch: int
) -> tuple[keras.Model, keras.Variable]:
    """A compiled model that trains the network, and the variable that holds its learning rate.

    steps_per_epoch: batches of an epoch.
    """
    model = nats_model(network)
    schedule = ScaledSchedule(
        warmup_cosine(settings.riff_epochs * steps_per_epoch, steps_per_epoch)
    )
    optimizer = AdamW(schedule, weight_decay=1e-3, clipnorm=1.0)
    schedule.rate = optimizer.add_variable((), name="rate")
    compile_model(model, optimizer, riff_loss, part_metrics())
    return model, schedule.rate


def riff_experiment(
    train: Corpus,
    validation: Corpus,
    vocabulary: RiffVocabulary,
    settings: Settings,
    build_model: Callable[..., keras.Model],
) -> Experiment:
    """The riff recipe on these songs, ready to be trained at any rate."""
    examples, asked = (riff_examples(corpus, vocabulary) for corpus in (train, validation))
    seed_everything(settings.seed)
    network = build_model(vocabulary.sizes, settings.riff_units, dropout=settings.riff_dropout)
    numbers = [
        getattr(settings, field.name)
        for field in dataclasses.fields(settings)
        if field.name.startswith("riff_") and field.name != "riff_rate"
    ]
    songs = [train.fingerprint(), validation.fingerprint()]
    steps_per_epoch = len(riff_batches(examples, train.offsets, settings, 1))
    compiled = functools.partial(
        compile_riff_network, settings=settings, steps_per_epoch=steps_per_epoch
    )
    return Experiment(
        recipe="riff",
        vocabulary=vocabulary,
        length=settings.riff_window,
        key=experiment_key(network, [numbers, settings.seed, songs]),
        corpus=train.fingerprint(),
        unigram_nats=ngram_nats(train, train, 1),
        validation_unigram_nats=ngram_nats(train, validation, 1),
        epochs=settings.riff_epochs,
        patience=PATIENCE,
        parts=PARTS,
        in_total=tuple(part.in_total for part in PART_TABLE),
        start=one_network(network, compiled),
        batches=lambda epoch: riff_batches(examples, train.offsets, settings, epoch),
        measure=lambda model: mean_nats(model, asked, validation.offsets),
    )
