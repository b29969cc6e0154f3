"""Training at each learning rate, with every epoch on disk before the next begins."""

from __future__ import annotations

import functools
import itertools
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import keras

from rockonet.common.errors import Remark
from rockonet.common.files import NotWritten, alone_in
from rockonet.common.settings import Settings
from rockonet.dataset.classic_windows import Vocabulary
from rockonet.dataset.corpus import Corpus
from rockonet.training.checkpoints import Checkpoints, set_model_state
from rockonet.training.classic_recipe import WindowPair, classic_experiment, classic_model
from rockonet.training.experiment import Experiment, fit_epoch, seed_dropout
from rockonet.training.history import History
from rockonet.training.loss_chart import loss_chart, parts_chart
from rockonet.training.progress import Progress
from rockonet.training.riff_network import riff_model
from rockonet.training.riff_recipe import riff_experiment
from rockonet.training.riff_vocabulary import RiffVocabulary, riff_vocabulary
from rockonet.training.trained import Trained

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ELSEWHERE = (
    "The same training is running in another notebook or program. Stop it there or let it come to "
    "its end, then run this cell again."
)


def learning_rate_sweep(
    train: WindowPair | Corpus,
    validation: WindowPair | Corpus,
    vocabulary: Vocabulary | RiffVocabulary,
    settings: Settings,
    build_model: Callable[..., keras.Model] | None = None,
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
    elif isinstance(train, Corpus) and isinstance(validation, Corpus):
        experiment = riff_experiment(
            train, validation, vocabulary, settings, build_model or riff_model
        )
    else:
        raise ValueError("The riff recipe learns from two corpora, as split_by_song makes them.")
    with alone_in(training_folder(experiment, settings), ELSEWHERE):
        rates = dict.fromkeys(settings.learning_rates)  # each once
        runs = [RateTraining(experiment, rate, settings) for rate in rates]
        train_rates(runs, live, loss_chart)
        history = merged(runs)
        if keep:
            save_somewhere(best_model(runs), settings.output / f"{experiment.recipe}.zip")
    return history


def train_riff_model(
    train: Corpus,
    validation: Corpus,
    settings: Settings,
    live: bool = True,
    build_model: Callable[..., keras.Model] | None = None,
    chart: bool = True,
) -> Trained:
    """Train the riff recipe at its own rate: every event of every window is a target.

    train, validation: corpora of `split_by_song`. settings: the numbers that begin with ``riff_``.
    live: draw a status line and, with chart, a chart of every part that grow while it trains.
    build_model: as for `learning_rate_sweep`.
    It can be interrupted and goes on as `learning_rate_sweep` does. It stops early when the
    validation loss does not fall for 6 epochs. The weights of the epoch with the lowest one are
    kept, and ``riff.zip`` is saved for notebook 04 if the network is `riff_model`. More epochs are
    another experiment, since the rate falls over all of them.
    Returns the bundle; ``trained.history`` holds a series for the total and for each part.
    Notebook: 03.
    """
    vocabulary = riff_vocabulary(train)
    experiment = riff_experiment(train, validation, vocabulary, settings, build_model or riff_model)
    with alone_in(training_folder(experiment, settings), ELSEWHERE):
        runs = [RateTraining(experiment, settings.riff_rate, settings)]
        train_rates(runs, live, parts_chart if chart else None)
        trained = best_model(runs)
        if not build_model:
            save_somewhere(trained, settings.output / "riff.zip")
    return trained


def training_folder(experiment: Experiment, settings: Settings) -> Path:
    """Where all is that is kept of an experiment, whatever its rates."""
    return settings.output / "training" / experiment.key


class RateTraining:
    """The training of one experiment at one rate: what is done of it, and an epoch more.

    history: of this rate alone, every epoch of it on disk.
    """

    def __init__(self, experiment: Experiment, rate: float, settings: Settings):
        self.experiment, self.rate, self.seed = experiment, rate, settings.seed
        folder = training_folder(experiment, settings) / f"rate-{float(rate)!r}"
        self.checkpoints = Checkpoints(folder, experiment.key, rate)
        self.unsaved = False  # whether it was said that the disk does not take what was trained
        self.diverged = False
        self.history = experiment.history(self.checkpoints.epochs())
        # Made for the first epoch; all rates share one, so they train in turn.
        self.networks: tuple[keras.Model, keras.Model] | None = None

    @property
    def epochs_done(self) -> int:
        """How many whole epochs are trained."""
        return len(self.history.of(self.rate))

    @property
    def epochs_left(self) -> int:
        """How many are to follow; none if the last ones brought no lower validation loss, or if
        the loss has become no number."""
        if self.diverged:
            return 0
        losses = [row.validation_loss for row in self.history.of(self.rate)]
        patience = self.experiment.patience
        if len(losses) > patience and min(losses) < min(losses[-int(patience) :]):
            return 0
        return max(0, self.experiment.epochs - len(losses))

    def train_epoch(self, progress: Progress) -> None:
        """Train one epoch more, measure it, and put it on disk.

        If its losses are no numbers, it does not count, and the rate has come to its end. If the
        disk does not take it, a warning says so, and the next epoch is saved with it.
        """
        begin = time.perf_counter()
        experiment, epoch = self.experiment, self.epochs_done + 1
        if self.networks is None:
            self.networks = self._as_left()
        network, model = self.networks
        progress.where = f"rate {self.rate:g} · epoch {epoch} of {experiment.epochs}"
        seed_dropout(network, self.seed, epoch)
        losses = fit_epoch(model, experiment.batches(epoch), experiment.parts, progress)
        validation = experiment.measure(model)
        seconds = time.perf_counter() - begin
        new = experiment.epoch_rows(self.rate, epoch, losses, validation, seconds)
        if not all(row.is_number for row in new):
            self.diverged = True
            print(
                f"The rate {self.rate:g} ends in epoch {epoch}: its loss is no number any more, so "
                "its steps are too big. The other rates go on."
            )
            return
        self.history = experiment.history((*self.history.epochs, *new))
        try:
            self.checkpoints.save(model, self.history)
        except NotWritten as error:
            if not self.unsaved:
                warnings.warn(f"{error} Training goes on, and tries again.", Remark, stacklevel=2)
            self.unsaved = True

    def _as_left(self) -> tuple[keras.Model, keras.Model]:
        """The network and the model that trains it, as the last epoch left them."""
        network, model = self.experiment.start(self.rate)
        if self.epochs_done:
            set_model_state(model, self.checkpoints.state_after(self.epochs_done, self.history))
        return network, model


def train_rates(
    runs: Sequence[RateTraining], live: bool, draw: Callable[[History], Figure] | None
) -> None:
    """Train what is left at each rate of an experiment, until it is done or interrupted.

    live: whether to show how far it is; draw: makes the chart that grows, if there is to be one.
    Raises: KeyboardInterrupt if it is interrupted before the first whole epoch; ValueError if the
        loss is no number at any rate.
    """
    experiment = runs[0].experiment
    to_do = sum(run.epochs_left for run in runs)
    chart = functools.partial(_drawn, draw, runs) if draw else None
    progress = Progress(to_do * len(experiment.batches(1)), chart, live)
    longest = max(run.epochs_done for run in runs)
    if longest:  # what was there before it was stopped is there at once, and the page stays
        progress.show_chart()
    if longest > experiment.epochs:
        print(
            f"Here are rates that were trained for {longest} epochs before, more than the "
            f"{experiment.epochs} of the settings. To begin again, delete the folder "
            f"{runs[0].checkpoints.folder.parent}."
        )
    verdict = "Trained in {}." if to_do else "All was trained before, see below."
    try:
        for run in runs:
            while run.epochs_left:
                run.train_epoch(progress)
                if any(run.epochs_done for run in runs):
                    progress.show_chart()
    except KeyboardInterrupt:
        if not any(run.epochs_done for run in runs):
            raise KeyboardInterrupt("Not one epoch is trained yet.") from None
        verdict = "Stopped after {}; every whole epoch is kept. Run this cell again to go on."
    if not any(run.epochs_done for run in runs):
        raise ValueError("At no rate the loss is a number: choose smaller learning_rates.")
    progress.say(verdict)
    progress.show_chart()


def _drawn(draw: Callable[[History], Figure], runs: Sequence[RateTraining]) -> Figure:
    return draw(merged(runs))


def merged(runs: Sequence[RateTraining]) -> History:
    """The history of all rates, one after the other."""
    epochs = itertools.chain(*(run.history.epochs for run in runs))
    return runs[0].experiment.history(epochs)


def best_model(runs: Sequence[RateTraining]) -> Trained:
    """The bundle of the epoch with the lowest validation loss, at whichever rate."""
    experiment, history = runs[0].experiment, merged(runs)
    run = next(run for run in runs if run.rate == history.best.learning_rate)
    network, model = experiment.start(run.rate)
    set_model_state(model, run.checkpoints.state_after(history.best.epoch, run.history))
    return Trained(
        experiment.recipe,
        network,
        experiment.vocabulary,
        experiment.length,
        history,
        experiment.corpus,
    )


def save_somewhere(trained: Trained, path: Path) -> None:
    """Save a bundle, or where that cannot be in a folder for temporary files: a warning says so."""
    try:
        trained.save(path)
    except NotWritten as error:
        place = Path(tempfile.mkdtemp(prefix="rockonet-"), path.name)
        trained.save(place)
        warnings.warn(f"{error} Until then the model is in {place}.", Remark, stacklevel=3)
