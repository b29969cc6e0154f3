"""Training at each learning rate, with every epoch on disk before the next begins."""

from __future__ import annotations

import itertools
import shutil
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rockonet.common.settings import Settings, project_folder, settings
from rockonet.dataset.build import corpus_for
from rockonet.dataset.classic_windows import Vocabulary, classic_data
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.split import split_by_song
from rockonet.training.classic_recipe import classic_experiment, classic_model
from rockonet.training.experiment import (
    Experiment,
    fit_epoch,
    load_model_state,
    read_model_state,
    save_model_state,
    seed_dropout,
)
from rockonet.training.history import Epoch, History, load_history
from rockonet.training.loss_chart import LiveChart, loss_chart, parts_chart
from rockonet.training.measuring import held_out_nats
from rockonet.training.riff_network import riff_model
from rockonet.training.riff_recipe import riff_experiment
from rockonet.training.riff_vocabulary import RiffVocabulary, riff_vocabulary
from rockonet.training.trained import Trained, load_trained


def learning_rate_sweep(
    train: Any,
    validation: Any,
    vocabulary: Vocabulary | RiffVocabulary,
    settings: Settings,
    build_model: Callable[..., Any] | None = None,
    live: bool = True,
    keep: bool = True,
) -> History:
    """Train a fresh model of either recipe at each learning rate of `settings` and compare.

    train, validation, vocabulary: for the classic recipe (X, Y) of `classic_windows` and their
        vocabulary, as from `classic_data`; for the riff recipe two corpora of `split_by_song` and
        the `riff_vocabulary` of the first.
    build_model: called with the arguments of `classic_model` or `riff_model`, which are used
        without it; returns an uncompiled Keras model. live: draw a status line and a chart that
        grow while it trains. keep: save the model with the lowest validation loss, of any rate
        after any epoch, for notebook 04.
    After every epoch the model and the history are on disk. Interrupt at any time (the stop button
    of the notebook); the same call goes on after the last whole epoch, and when all is trained
    it returns at once. An interrupt before the first whole epoch is a KeyboardInterrupt.
    Returns the `History`: loss and validation loss in nats per event for each rate and epoch.
    Source: Rock-o-net as published (Adam, categorical cross-entropy, 200 epochs a rate).
    Notebook: 03.
    """
    if isinstance(vocabulary, Vocabulary):
        experiment = classic_experiment(
            train, validation, vocabulary, settings, build_model or classic_model
        )
    else:
        experiment = riff_experiment(
            train, validation, vocabulary, settings, build_model or riff_model
        )
    folder = settings.output / "training" / experiment.key
    history = _train(experiment, settings.learning_rates, folder, settings.seed, live, loss_chart)
    if keep:
        best_model(experiment, history, folder).save(settings.output / f"{experiment.recipe}.zip")
    return history


def train_riff_model(
    train: Corpus,
    validation: Corpus,
    settings: Settings,
    live: bool = True,
    build_model: Callable[..., Any] | None = None,
) -> Trained:
    """Train the riff recipe at its own rate: every event of every window is a target.

    train, validation: corpora of `split_by_song`. settings: the numbers that begin with ``riff_``.
    live: draw a status line and a chart of every part that grow while it trains. build_model: as
    for `learning_rate_sweep`.
    It can be interrupted and goes on as `learning_rate_sweep` does. It stops early when the
    validation loss does not fall for 6 epochs. The weights of the epoch with the lowest one are
    kept, and ``riff.zip`` is saved for notebook 04 if the network is `riff_model`.
    Returns the bundle; ``trained.history`` holds a series for the total and for each part.
    Notebook: 03.
    """
    vocabulary = riff_vocabulary(train)
    experiment = riff_experiment(train, validation, vocabulary, settings, build_model or riff_model)
    folder = settings.output / "training" / experiment.key
    history = _train(experiment, (settings.riff_rate,), folder, settings.seed, live, parts_chart)
    trained = best_model(experiment, history, folder)
    if not build_model:
        trained.save(settings.output / "riff.zip")
    return trained


def _train(
    experiment: Experiment,
    rates: Sequence[float],
    folder: Path,
    seed: int,
    live: bool,
    draw: Callable[[History], Any],
) -> History:
    """Train at each rate for what is left of its epochs; what was trained is taken from disk."""
    rows = {rate: finished_epochs(folder / f"rate-{rate:g}") for rate in rates}

    def history() -> History:
        return History(
            tuple(itertools.chain(*rows.values())), {experiment.recipe: experiment.unigram_nats}
        )

    to_do = sum(
        not is_finished(experiment, totals) and experiment.epochs - len(totals)
        for totals in (history().of(rate) for rate in rates)
    )
    chart = LiveChart(to_do * len(experiment.batches(1)), lambda: draw(history())) if live else None
    verdict = "Trained in {}." if to_do else "All was trained before, see below."
    longest = max(len(history().of(rate)) for rate in rates)
    if longest > experiment.epochs:
        print(
            f"Here are rates that were trained for {longest} epochs before, more than the "
            f"{experiment.epochs} of the settings. To begin again, delete the folder {folder}."
        )
    try:
        for rate in rates:
            model = None
            while not is_finished(experiment, totals := history().of(rate)):
                begin = time.perf_counter()
                epoch = len(totals) + 1
                state = folder / f"rate-{rate:g}" / f"epoch-{epoch}.npz"
                if model is None:
                    network, model = experiment.start(rate)
                    if epoch > 1:
                        load_model_state(state.with_stem(f"epoch-{epoch - 1}"), model)
                seed_dropout(network, seed, epoch)
                where = f"rate {rate:g} · epoch {epoch} of {experiment.epochs}"
                losses = np.array(
                    fit_epoch(model, experiment.batches(epoch), experiment.parts, chart, where)
                )
                held = experiment.measure(model)
                names, pairs = [experiment.recipe], [(losses[:4].sum(), held[:4].sum())]
                if len(experiment.parts) > 1:
                    names += [f"{experiment.recipe} {part}" for part in experiment.parts]
                    pairs += zip(losses, held, strict=True)
                seconds = time.perf_counter() - begin
                new = [
                    Epoch(name, rate, epoch, float(loss), float(nats), seconds)
                    for name, (loss, nats) in zip(names, pairs, strict=True)
                ]
                save_model_state(state, model)
                if held[:4].sum() < min((row.validation_loss for row in totals), default=np.inf):
                    shutil.copyfile(state, state.with_stem("best"))
                kept = History((*rows[rate], *new), history().unigram_nats)
                kept.save(state.with_name("history.csv"))  # from here on the epoch counts
                state.with_stem(f"epoch-{epoch - 1}").unlink(missing_ok=True)
                rows[rate] += new
                if chart:
                    chart.on_epoch()
    except KeyboardInterrupt:
        if not history().epochs:
            raise KeyboardInterrupt("Not one epoch is trained yet.") from None
        verdict = "Stopped after {}; every whole epoch is kept. Run this cell again to go on."
    if chart:
        chart.say(verdict)
        chart.on_epoch()
    return history()


def is_finished(experiment: Experiment, totals: Sequence[Epoch]) -> bool:
    """Whether all epochs are trained, or the last ones brought no lower validation loss."""
    held = [row.validation_loss for row in totals]
    return len(held) >= experiment.epochs or (
        len(held) > experiment.patience and min(held) < min(held[-int(experiment.patience) :])
    )


def best_model(experiment: Experiment, history: History, folder: Path) -> Trained:
    """The bundle of the epoch with the lowest validation loss."""
    rate = history.best.learning_rate
    network, model = experiment.start(rate)
    load_model_state(folder / f"rate-{rate:g}" / "best.npz", model)
    return Trained(
        experiment.recipe,
        network,
        experiment.vocabulary,
        experiment.length,
        history,
        experiment.corpus,
    )


def finished_epochs(folder: Path) -> list[Epoch]:
    """The epochs that were saved; none, and a sentence, if something of them cannot be read."""
    path = folder / "history.csv"
    if not path.exists():
        return []
    try:
        epochs = list(load_history(path).epochs)
        for name in ("best", f"epoch-{max(row.epoch for row in epochs)}"):
            read_model_state(folder / f"{name}.npz")
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error):
        print(f"What was saved of {folder.name} cannot be read; it is trained anew.")
        return []
    return epochs


def shipped_model(recipe: str = "riff") -> Path:
    """A small model that comes with the project, trained on the starter songs. Notebook: 04."""
    return project_folder() / "models" / f"starter.{recipe}.zip"


def train_shipped_models() -> None:
    """Train the shipped models anew, on the starter songs alone: what `make model` does.

    Both recipes in the workshop profile, the classic one at the rate 0.01; about 6 minutes on 2
    cores.
    """
    chosen = settings("workshop", "starter").replace(learning_rates=(0.01,))
    train, validation, _ = split_by_song(corpus_for(chosen))
    train_riff_model(train, validation, chosen, live=False)
    learning_rate_sweep(*classic_data(chosen), chosen, live=False)
    for recipe in ("riff", "classic"):
        trained = load_trained(chosen.output / f"{recipe}.zip")
        trained.save(shipped_model(recipe))
        held = held_out_nats(trained, validation)
        print(recipe, {name: round(nats, 3) for name, nats in held.items()})
