"""Damaged corpora, windows, tables, favourites, states and models: refused, or read right."""

import functools
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from torture import Campaign
from torture_songs import ROOT, damaged

import rockonet_utils as ru
from rockonet.generation.favourites import load_riff, save_riff
from rockonet.training.checkpoints import read_state, write_state


class Kind(NamedTuple):
    """A kind of saved things. save: writes one at a path. opened: what it says, as plain data that
    can be compared. suffix: of its name."""

    save: Callable[[Path], Any]
    opened: Callable[[Path], Any]
    suffix: str


def corpus() -> ru.Corpus:
    return ru.build_corpus(ROOT / "data" / "starter" / "metal").select(range(3))


def opened_corpus(path: Path) -> Any:
    corpus = ru.load_corpus(path)
    return corpus.events.tolist(), corpus.offsets.tolist(), corpus.tracks, corpus.song_info


def opened_windows(path: Path) -> Any:
    X, Y, vocabulary = ru.load_windows(path)
    return X[:].tolist(), Y.codes.tolist(), list(vocabulary.symbols)


def opened_history(path: Path) -> Any:
    history = ru.load_history(path)
    return repr([list(history.of(rate)) for rate in history.learning_rates])


def opened_favourite(path: Path) -> Any:
    riff = load_riff(path)
    return riff.events.tolist(), riff.title, riff.tempo_bpm, riff.meter, riff.tuning, riff.frets


def opened_model(path: Path) -> Any:
    trained = ru.load_trained(path)
    weights = [np.asarray(weight).tobytes() for weight in trained.model.get_weights()]
    return weights, repr(trained.vocabulary), repr(trained.history)


def opened_state(path: Path) -> Any:
    return [array.tolist() for array in read_state(path, "an experiment")]


FIGURES = ROOT / "figures"
STATE = [np.arange(12.0).reshape(3, 4), np.array(7), np.zeros(0)]
KINDS = {
    "corpora": Kind(lambda path: corpus().save(path), opened_corpus, ".npz"),
    "windows": Kind(
        lambda path: ru.save_windows(path, *ru.classic_windows(corpus(), 12, 4)),
        opened_windows,
        ".npz",
    ),
    "loss histories": Kind(
        lambda path: ru.load_history(FIGURES / "loss_history.csv").save(path),
        opened_history,
        ".csv",
    ),
    "tables of nats": Kind(
        lambda path: ru.save_nats(path, *ru.load_nats(FIGURES / "rock_nats.csv")),
        ru.load_nats,
        ".csv",
    ),
    "favourite riffs": Kind(
        lambda path: save_riff(ru.random_excerpt(corpus(), 24), path),
        opened_favourite,
        ".riff.json",
    ),
    "states of networks": Kind(
        lambda path: write_state(path, STATE, "an experiment"), opened_state, ".npz"
    ),
    "classic models": Kind(
        lambda path: shutil.copy(ru.shipped_model("classic"), path), opened_model, ".zip"
    ),
    "riff models": Kind(
        lambda path: shutil.copy(ru.shipped_model("riff"), path), opened_model, ".zip"
    ),
}


def prepare(folder: Path, kind: Kind) -> tuple[bytes, Any]:
    """The bytes of a whole one, and what it says."""
    path = folder / f"whole{kind.suffix}"
    kind.save(path)
    return path.read_bytes(), kind.opened(path)


def attempt(state: tuple[bytes, Any], rng: random.Random, folder: Path, kind: Kind) -> None:
    """A damaged file is refused by whoever opens it, or holds what it held."""
    whole, held = state
    path = folder / f"damaged{kind.suffix}"
    path.write_bytes(damaged(rng, whole))
    assert kind.opened(path) == held, "it was read wrong"


CAMPAIGNS = tuple(
    Campaign(
        name,
        2_000,
        functools.partial(prepare, kind=kind),
        functools.partial(attempt, kind=kind),
    )
    for name, kind in KINDS.items()
)
