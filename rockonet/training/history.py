"""What training measured, and the files it is kept in."""

from __future__ import annotations

import csv
import dataclasses
import os
from dataclasses import dataclass

from rockonet.common.files import atomic_write
from rockonet.common.settings import project_folder


@dataclass(frozen=True)
class Epoch:
    """One pass over the training data. Losses are in nats per event.

    recipe: "classic", "riff" (the sum of its parts, without velocity), or one part: "riff bass".
    """

    recipe: str
    learning_rate: float
    epoch: int
    loss: float
    validation_loss: float
    seconds: float


@dataclass(frozen=True)
class History:
    """What training measured: an `Epoch` each, and what guessing by frequency costs each recipe.

    ``history + other`` holds both.
    Notebook: 03.
    """

    epochs: tuple[Epoch, ...]
    unigram_nats: dict[str, float]

    def __repr__(self) -> str:
        rates = ", ".join(f"{rate:g}" for rate in self.learning_rates)
        return f"<History of {', '.join(self.recipes)}: {len(self.epochs)} rows, rates {rates}>"

    def __add__(self, other: History) -> History:
        return History(self.epochs + other.epochs, self.unigram_nats | other.unigram_nats)

    @property
    def recipes(self) -> list[str]:
        return list(self.unigram_nats)

    def series(self, name: str, learning_rate: float) -> list[Epoch]:
        """The epochs of a recipe, or of a part of it, at one learning rate, in order."""
        rows = (row for row in self.epochs if row.recipe == name)
        return [row for row in rows if row.learning_rate == learning_rate]

    def of(self, learning_rate: float) -> list[Epoch]:
        """The epochs of the first recipe at one learning rate, in order."""
        return self.series(self.recipes[0], learning_rate)

    @property
    def learning_rates(self) -> list[float]:
        return list(dict.fromkeys(row.learning_rate for row in self.epochs))

    @property
    def best(self) -> Epoch:
        """The epoch of the first recipe, at any rate, with the lowest validation loss."""
        whole = [row for row in self.epochs if row.recipe == self.recipes[0]]
        return min(whole, key=lambda row: row.validation_loss)

    def save(self, path: str | os.PathLike) -> None:
        """Write a CSV file with a row for each epoch."""
        names = [f.name for f in dataclasses.fields(Epoch)]
        with atomic_write(path) as temporary, open(temporary, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*names, "unigram_nats"])
            for row in self.epochs:
                unigram = self.unigram_nats[row.recipe.split()[0]]
                writer.writerow([*dataclasses.astuple(row), unigram])


def load_history(path: str | os.PathLike) -> History:
    """Read what `History.save` wrote.

    Raises: FileNotFoundError; ValueError if a column is missing or a number is not one.
    Notebook: 03.
    """
    kinds = (str, float, int, float, float, float)
    try:
        with open(path, newline="") as file:
            rows = list(csv.DictReader(file))
        names = [f.name for f in dataclasses.fields(Epoch)]
        epochs = tuple(
            Epoch(*(kind(row[name]) for kind, name in zip(kinds, names, strict=True)))
            for row in rows
        )
        unigram = {row["recipe"].split()[0]: float(row["unigram_nats"]) for row in rows}
        if not rows:
            raise ValueError("it is empty")
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise ValueError(
            f"{path} is not a loss history ({error!r}). Run notebook 03 to write it again."
        ) from error
    return History(epochs, unigram)


def save_nats(
    path: str | os.PathLike, counted: dict[str, float], learned: dict[str, float]
) -> None:
    """Write a CSV file with a row for each predictor."""
    with atomic_write(path) as temporary, open(temporary, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kind", "predictor", "nats"])
        for kind, nats in (("counted", counted), ("learned", learned)):
            writer.writerows([kind, *item] for item in nats.items())


def load_nats(path: str | os.PathLike | None = None) -> tuple[dict[str, float], dict[str, float]]:
    """What `save_nats` wrote, as for `nats_chart`; without a path, what the archive gave.

    Notebook: 03.
    """
    with open(path or project_folder() / "figures" / "rock_nats.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    counted, learned = (
        {row["predictor"]: float(row["nats"]) for row in rows if row["kind"] == kind}
        for kind in ("counted", "learned")
    )
    return counted, learned
