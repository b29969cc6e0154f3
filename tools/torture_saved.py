"""Damaged corpora, windows, histories and bundles: refused in a sentence, or read right."""

import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from torture import Campaign
from torture_songs import ROOT, damaged

import rockonet_utils as ru


def saved_things(folder: Path) -> dict[str, tuple[bytes, Any]]:
    """The bytes of each kind of file, and what they hold."""
    corpus = ru.build_corpus(ROOT / "data" / "starter" / "metal").select(range(3))
    corpus.save(folder / "corpus.npz")
    X, Y, vocabulary = ru.classic_windows(corpus, 12, 4)
    ru.save_windows(folder / "windows.npz", X, Y, vocabulary)
    ru.load_history(ROOT / "figures" / "loss_history.csv").save(folder / "history.csv")
    for name in ("classic", "riff"):
        shutil.copy(ru.shipped_model(name), folder / f"{name}.zip")
    return {path.name: (path.read_bytes(), opened(path)) for path in sorted(folder.iterdir())}


def opened(path: Path) -> Any:
    """What a saved thing says, as plain data that can be compared."""
    if path.name == "corpus.npz":
        corpus = ru.load_corpus(path)
        return corpus.events.tolist(), corpus.offsets.tolist(), corpus.tracks, corpus.song_info
    if path.name == "windows.npz":
        X, Y, vocabulary = ru.load_windows(path)
        return X[:].tolist(), Y.codes.tolist(), list(vocabulary.symbols)
    if path.name == "history.csv":
        return repr(
            [list(ru.load_history(path).of(rate)) for rate in ru.load_history(path).learning_rates]
        )
    trained = ru.load_trained(path)
    return [weights.tobytes() for weights in map(np.asarray, trained.model.get_weights())]


def attempt(state: dict[str, tuple[bytes, Any]], rng: random.Random, folder: Path) -> None:
    """A damaged file is refused by whoever opens it, or holds what it held."""
    small = ("corpus.npz", "windows.npz", "history.csv")  # a bundle takes a second
    name = rng.choice(small * 10 + ("classic.zip", "riff.zip"))
    data, held = state[name]
    path = folder / name
    path.write_bytes(damaged(rng, data))
    assert opened(path) == held, f"{name} was read wrong"


CAMPAIGNS = (Campaign("saved things", 2_000, saved_things, attempt),)
