"""The steps from the classic to the riff recipe, each trained and measured alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import layers, ops

from rockonet.common.settings import Settings
from rockonet.dataset.corpus import Corpus
from rockonet.training.batches import overlapping_windows, window_batches
from rockonet.training.counting import SymbolData, symbol_data
from rockonet.training.experiment import compile_model, fit_epoch, seed_everything
from rockonet.training.measuring import softmax
from rockonet.training.progress import Progress
from rockonet.training.schedules import cosine_to_a_tenth


def chord_model(
    n_chords: int, units: Sequence[int] = (96,), skip: bool = True, embed: bool = True
) -> keras.Model:
    """A step on the way from the classic to the riff recipe, not yet compiled.

    Reads (batch, events) ints, the chord before each event counted from 1; gives the logits
    (batch, events, n_chords) of its own chord. units: cells of the LSTM layers. skip: whether the
    output sees the chord besides the LSTM. embed: whether it sees a row of learned numbers; else
    the number alone, as a float.
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
    build_model: Callable[..., keras.Model] = chord_model,
    live: bool = True,
) -> float:
    """Nats per event of a network that is trained here to name the next chord.

    settings: the numbers that begin with ``riff_``. every_position: whether each event of a window
        is a question, or the last one only, as in the classic recipe. build_model: called with the
        number of chords and the sizes of the LSTM layers. live: show a status line.
    Notebook: 03.
    """
    chords = symbol_data(train, test)
    seed_everything(settings.seed)
    model = build_model(chords.n_known, settings.riff_units)
    X = chords_before(chords.train, train.offsets)

    def batch(
        place: np.ndarray, mask: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, ...]:
        if not every_position:
            mask = mask & (np.cumsum(mask, axis=1) == mask.sum(axis=1, keepdims=True))
        return X[place], chords.train[place], mask.astype(np.float32)

    epochs = range(1, settings.riff_epochs + 1)
    steps = len(epochs) * len(window_batches(train.offsets, settings, 1, batch))
    optimizer = keras.optimizers.Adam(cosine_to_a_tenth(settings.riff_rate, steps), clipnorm=1.0)
    compile_model(model, optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    progress = Progress(steps, live=live)
    for epoch in epochs:
        progress.where = f"epoch {epoch} of {len(epochs)}"
        batches = window_batches(train.offsets, settings, epoch, batch)
        fit_epoch(model, batches, ["loss"], progress)
    progress.say("Trained in {}.")
    chance = chord_chances(model, chords, test.offsets)
    return chords.nats(np.maximum(chance, 1e-12))


def chords_before(codes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The chord before each event, counted from 1; 0 where there is none or a new one."""
    return np.where(np.isin(np.arange(len(codes)), offsets[:-1]), 0, np.roll(codes + 1, 1))


def chord_chances(model: keras.Model, chords: SymbolData, offsets: np.ndarray) -> np.ndarray:
    """The chance that a trained model gives to the chord of each test event, (n_events,)."""
    asked, chance = chords_before(chords.test, offsets), np.zeros(len(chords.test))
    for place, _, counts in overlapping_windows(offsets):
        logits = np.asarray(model.predict_on_batch(asked[place]), np.float64)[counts]
        chances = softmax(logits)
        answers = np.maximum(chords.test[place[counts]], 0)
        chance[place[counts]] = chances[np.arange(len(chances)), answers]
    return chance
