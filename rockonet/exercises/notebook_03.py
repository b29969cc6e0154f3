"""The exercises of notebook 03: for each its task in a line, and what is said of an answer."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from keras import layers

from rockonet.common.settings import Settings
from rockonet.dataset.corpus import Corpus
from rockonet.exercises.verdicts import Exercise, Verdict, is_share
from rockonet.training.classic_recipe import classic_model
from rockonet.training.history import History
from rockonet.training.measuring import held_out_nats
from rockonet.training.riff_recipe import riff_examples
from rockonet.training.trained import Trained


def chance_of_three_nats(answer: float) -> Verdict:
    """Exercise 3.1: Which probability of the right answer does a loss of 3 nats stand for?"""
    if abs(answer - math.exp(3)) < 1:
        return False, "that is how many equally likely answers it stands for; one of them is right."
    if abs(abs(answer) - math.log(3)) < 0.05:
        return False, "that is ln 3. The loss is −ln of the probability; you need the way back."
    return is_share(answer, math.exp(-3), "for the right answer: one of 20 equally likely ones")


def kept_model(answer: tuple[float, int], history: History) -> Verdict:
    """Exercise 3.2: Where should the published experiment have stopped: which rate and epoch?"""
    rate, epoch = answer
    best = history.best
    last = history.of(best.learning_rate)[-1]
    if (rate, epoch) == (best.learning_rate, best.epoch):
        return True, (
            f"there the dashed lines are lowest, at {best.validation_loss:.3f} nats. To go on to "
            f"epoch {last.epoch} cost {last.validation_loss - best.validation_loss:.3f} nats on "
            "new songs, and the time."
        )
    named = [row for row in history.epochs if (row.learning_rate, row.epoch) == (rate, epoch)]
    if named and named[0].validation_loss < best.validation_loss + 0.01:
        return True, (
            f"no eye can tell it from the lowest point, which is {best.learning_rate:g} after "
            f"epoch {best.epoch}."
        )
    lowest = min(history.epochs, key=lambda row: row.loss)
    if (rate, epoch) == (lowest.learning_rate, lowest.epoch):
        return False, "there the solid line is lowest: that is training. Look at the dashed lines."
    return False, f"the lowest point of all dashed lines is {best.validation_loss:.3f} nats."


def fourth_rate(answer: History, history: History) -> Verdict:
    """Exercise 3.3: Give the sweep a fourth rate, 0.03."""
    last = {rate: answer.of(rate)[-1].loss for rate in answer.learning_rates}
    if len(last) < 4 or 0.03 not in last:
        return False, f"this sweep has the rates {', '.join(f'{rate:g}' for rate in last)}."
    if any(answer.of(rate) != history.of(rate) for rate in history.learning_rates):
        return False, "the old rates were trained anew: change nothing but `learning_rates`."
    bolder = "so bolder still wins there" if last[0.03] < last[0.01] else "so 0.03 is too bold"
    held = [min(row.validation_loss for row in answer.of(rate)) for rate in (0.03, 0.01)]
    return True, (
        f"on the training songs 0.03 ends at {last[0.03]:.2f} nats and 0.01 at {last[0.01]:.2f}, "
        f"{bolder}. On the validation songs their best are {held[0]:.2f} and {held[1]:.2f}."
    )


def without_decay(answer: History, history: History) -> Verdict:
    """Exercise 3.4: Sweep without decay: does the boldest rate win only because of it?"""
    rates = history.learning_rates
    if answer.learning_rates != rates:
        return False, "sweep over the same rates, so that they can be compared."
    if all(answer.of(rate) == history.of(rate) for rate in rates):
        return False, "these are the losses with decay; set it to 0 with settings.replace(...)."
    gain = {rate: history.of(rate)[-1].loss - answer.of(rate)[-1].loss for rate in rates}
    most = max(rates, key=lambda rate: gain[rate])
    lowest = min(rates, key=lambda rate: answer.of(rate)[-1].loss)
    held = ", ".join(f"{answer.of(rate)[-1].validation_loss:.2f}" for rate in rates)
    return True, (
        f"on the training songs {most:g} gains most, {gain[most]:.2f} nats, and {lowest:g} ends "
        f"lowest. On the validation songs the rates end at {held}."
    )


def one_layer(answer: Callable, settings: Settings) -> Verdict:
    """Exercise 3.5: Build the classic network with one LSTM layer instead of three."""
    try:
        model = answer(12, 50, settings.units, settings.dense, settings.dropout)
    except Exception as error:  # whatever Keras has against it
        return False, f"your function stops with {type(error).__name__}: {error}"
    kinds = [type(layer).__name__ for layer in model.layers]
    if kinds.count("LSTM") != 1:
        return False, f"your network has {kinds.count('LSTM')} LSTM layers; one is asked for."
    sums = np.asarray(model(np.zeros((2, 12, 1), np.float32))).sum(axis=-1)
    if sums.ndim == 2:
        return False, "it answers after every event: return_sequences=False in the LSTM."
    if sums.shape != (2,) or not np.allclose(sums, 1, atol=1e-4):
        return False, "its answers are no probabilities: the last layer needs the softmax."
    three = classic_model(12, 50, settings.units, settings.dense, settings.dropout)
    share = model.count_params() / three.count_params()
    return True, f"one LSTM, with {share:.0%} of the weights of the three."


def attention_for_lstm(answer: Trained, riff_recipe: Trained, validation: Corpus) -> Verdict:
    """Exercise 3.6: Train the riff recipe with causal attention in place of its LSTM."""
    if any(isinstance(layer, layers.LSTM) for layer in answer.model.layers):
        return False, "there is an LSTM in it still: give your function as stack=..."
    rows, *heard = riff_examples(validation, answer.vocabulary)[: len(answer.model.inputs)]
    whole = rows[None, :64].astype(np.int32)
    other_end = whole.copy()
    other_end[:, -1] = 0
    before, after = (  # asked but twice: not worth the seconds that a traced answer takes
        np.asarray(answer.model([told, *(h[None, :64] for h in heard)])["step"])
        for told in (whole, other_end)
    )
    if not np.allclose(before[:, :-1], after[:, :-1], atol=1e-4):
        return False, "it looks ahead: an event must not see those after it, use_causal_mask=True."
    nats = [held_out_nats(trained, validation) for trained in (answer, riff_recipe)]
    chord, total = ([row[name] for row in nats] for name in ("pitch", "total"))
    return True, (
        f"with attention {chord[0]:.2f} nats for a chord, with the LSTM {chord[1]:.2f}; in total "
        f"{total[0]:.2f} and {total[1]:.2f}."
    )


EXERCISES = {
    "3.1": Exercise("a probability, a number from 0 to 1", chance_of_three_nats),
    "3.2": Exercise("a rate and an epoch, as in (0.0001, 3)", kept_model),
    "3.3": Exercise("the history of a sweep over four rates", fourth_rate),
    "3.4": Exercise("the history of a sweep without decay", without_decay),
    "3.5": Exercise("a function that builds a network, as `classic_model` does", one_layer),
    "3.6": Exercise("a trained riff recipe with attention in it", attention_for_lstm),
}
