"""The steps from the classic to the riff recipe, each trained and measured alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from rockonet.common.settings import Settings
from rockonet.dataset.corpus import Corpus
from rockonet.training.batches import overlapping_windows, window_batches
from rockonet.training.counting import chord_data
from rockonet.training.experiment import compile_model, fit_epoch, seed_everything
from rockonet.training.loss_chart import LiveChart


def chord_model(
    n_chords: int, units: Sequence[int] = (96,), skip: bool = True, embed: bool = True
) -> Any:
    """A step on the way from the classic to the riff recipe, not yet compiled.

    Reads (batch, events) ints, the chord before each event counted from 1; gives the logits
    (batch, events, n_chords) of its own chord. skip: whether the output sees the chord besides the
    LSTM. embed: whether it sees a row of learned numbers; else the number alone, as a float.
    Notebook: 03.
    """
    before = keras.Input((None,), dtype="int32")
    if embed:
        known = layers.Embedding(n_chords + 1, 32)(before)
    else:
        known = ops.cast(before, "float32")[:, :, None] * (2 / n_chords) - 1
    heard = known
    for cells in units:
        heard = layers.LSTM(cells, return_sequences=True)(heard)
    if skip:
        heard = layers.Concatenate()([heard, known])
    return keras.Model(before, layers.Dense(n_chords)(heard), name="chords")


def chord_nats(
    train: Corpus,
    test: Corpus,
    settings: Settings,
    every_position: bool = True,
    build_model: Callable[..., Any] = chord_model,
    live: bool = True,
) -> float:
    """Nats per event of a network that is trained here to name the next chord.

    settings: the numbers that begin with ``riff_``. every_position: whether each event of a window
        is a question, or the last one only, as in the classic recipe. build_model: called with the
        number of chords and the sizes of the LSTM layers. live: show a status line.
    Notebook: 03.
    """
    chords = chord_data(train, test)
    seed_everything(settings.seed)
    model = build_model(len(chords.names), settings.riff_units)

    def before(codes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
        """The chord before each event, counted from 1; 0 where there is none or a new one."""
        return np.where(np.isin(np.arange(len(codes)), offsets[:-1]), 0, np.roll(codes + 1, 1))

    X = before(chords.train, train.offsets)

    def batch(place: np.ndarray, mask: np.ndarray, _: Any) -> tuple[np.ndarray, ...]:
        if not every_position:
            mask = mask & (np.cumsum(mask, axis=1) == mask.sum(axis=1, keepdims=True))
        return X[place], chords.train[place], mask.astype(np.float32)

    def batches(epoch: int) -> Any:
        return window_batches(train.offsets, settings, epoch, batch)

    steps = settings.riff_epochs * len(batches(1))
    rate = keras.optimizers.schedules.CosineDecay(settings.riff_rate, steps, alpha=0.1)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    compile_model(model, keras.optimizers.Adam(rate, clipnorm=1.0), loss)
    line = LiveChart(steps) if live else None
    for epoch in range(1, settings.riff_epochs + 1):
        fit_epoch(model, batches(epoch), ["loss"], line, f"epoch {epoch} of {settings.riff_epochs}")
    if line:
        line.say("Trained in {}.")

    asked, chance = before(chords.test, test.offsets), np.zeros(len(chords.test))
    for place, _, counts in overlapping_windows(test.offsets):
        logits = np.asarray(model.predict_on_batch(asked[place]), np.float64)[counts]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        answers = np.maximum(chords.test[place[counts]], 0)
        chance[place[counts]] = odds[np.arange(len(odds)), answers] / odds.sum(axis=1)
    return chords.nats(np.maximum(chance, 1e-12))
