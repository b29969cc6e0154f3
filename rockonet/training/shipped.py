"""The small models that come with the project, and how they are made."""

from __future__ import annotations

from pathlib import Path

from rockonet.common.settings import project_folder, settings
from rockonet.dataset.build import corpus_for
from rockonet.dataset.classic_windows import classic_data
from rockonet.dataset.split import split_by_song
from rockonet.training.measuring import held_out_nats
from rockonet.training.sweep import learning_rate_sweep, train_riff_model
from rockonet.training.trained import load_trained


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
        measured = held_out_nats(trained, validation)
        print(recipe, {name: round(nats, 3) for name, nats in measured.items()})
