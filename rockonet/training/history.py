"""What training measured, and the files it is kept in."""

from __future__ import annotations

import dataclasses
import math
import os
from dataclasses import dataclass

from rockonet.common.saved import read_csv, reading, write_csv
from rockonet.common.settings import project_folder

_NATS_COLUMNS = ("kind", "predictor", "nats")


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

    @property
    def is_number(self) -> bool:
        """Whether its losses are numbers; at a rate that is too high they grow beyond all."""
        return math.isfinite(self.loss) and math.isfinite(self.validation_loss)


_COLUMNS = (*(field.name for field in dataclasses.fields(Epoch)), "unigram_nats")


@dataclass(frozen=True)
class History:
    """What training measured: an `Epoch` each, and what guessing by frequency costs each recipe.

    unigram_nats, validation_unigram_nats: by recipe, on the training and on the validation songs.
    Histories of version 0.1 lack the second.
    ``history + other`` holds both.
    """

    epochs: tuple[Epoch, ...]
    unigram_nats: dict[str, float]
    validation_unigram_nats: dict[str, float] = dataclasses.field(default_factory=dict)

    def __repr__(self) -> str:
        rates = ", ".join(f"{rate:g}" for rate in self.learning_rates)
        return f"<History of {', '.join(self.recipes)}: {len(self.epochs)} rows, rates {rates}>"

    def __add__(self, other: History) -> History:
        return History(
            self.epochs + other.epochs,
            self.unigram_nats | other.unigram_nats,
            self.validation_unigram_nats | other.validation_unigram_nats,
        )

    @property
    def recipes(self) -> list[str]:
        """The recipes, without their parts."""
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
        """The rates, in the order in which they were trained."""
        return list(dict.fromkeys(row.learning_rate for row in self.epochs))

    @property
    def best(self) -> Epoch:
        """The epoch of the first recipe, at any rate, with the lowest validation loss."""
        whole = [row for row in self.epochs if row.recipe == self.recipes[0] and row.is_number]
        return min(whole, key=lambda row: row.validation_loss)

    def save(self, path: str | os.PathLike) -> None:
        """Write a CSV file with a row for each epoch, and a check sum of them all in each."""
        rows = (
            [
                *dataclasses.astuple(row),
                self.unigram_nats[_recipe_of(row.recipe)],
                self.validation_unigram_nats.get(_recipe_of(row.recipe), ""),
            ]
            for row in self.epochs
        )
        write_csv(path, [*_COLUMNS, "validation_unigram_nats"], rows)


def load_history(
    path: str | os.PathLike, remedy: str = "Run notebook 03 to write it again."
) -> History:
    """Read what `History.save` wrote.

    remedy: a sentence, what to do about a file that is no use.
    Raises: FileNotFoundError; ValueError if a column is missing, a number is not one, or its check
        sum says that it was changed.
    Notebook: 03.
    """
    with reading(path, "a loss history", remedy) as file:
        rows = read_csv(file, _COLUMNS, [*_COLUMNS, "validation_unigram_nats"])
        if not rows:
            raise ValueError("it is empty")
        epochs = tuple(
            Epoch(
                recipe=row["recipe"],
                learning_rate=float(row["learning_rate"]),
                epoch=int(row["epoch"]),
                loss=float(row["loss"]),
                validation_loss=float(row["validation_loss"]),
                seconds=float(row["seconds"]),
            )
            for row in rows
        )
        return History(
            epochs,
            {_recipe_of(row["recipe"]): float(row["unigram_nats"]) for row in rows},
            {
                _recipe_of(row["recipe"]): float(row["validation_unigram_nats"])
                for row in rows
                if row.get("validation_unigram_nats")  # version 0.1 did not write it
            },
        )


def published_history() -> History:
    """The published experiment as we ran it: 200 epochs at each rate, see figures/README.md.

    Notebook: 03.
    """
    return load_history(project_folder() / "figures" / "published" / "loss_history.csv")


def _recipe_of(name: str) -> str:
    """The recipe of a series: "riff" of "riff bass"."""
    return name.split()[0]


def save_nats(
    path: str | os.PathLike, counted: dict[str, float], learned: dict[str, float]
) -> None:
    """Write a CSV file with a row for each predictor.

    counted, learned: name and nats per event of predictors that count, and of networks.
    """
    kinds = {"counted": counted, "learned": learned}
    rows = ([kind, *item] for kind, nats in kinds.items() for item in nats.items())
    write_csv(path, _NATS_COLUMNS, rows)


def load_nats(path: str | os.PathLike | None = None) -> tuple[dict[str, float], dict[str, float]]:
    """What `save_nats` wrote, as for `nats_chart`; without a path, what the archive gave.

    Raises: as `load_history`.
    Notebook: 03.
    """
    path = path or project_folder() / "figures" / "rock_nats.csv"
    nats: dict[str, dict[str, float]] = {"counted": {}, "learned": {}}
    with reading(path, "a table of nats", "`make bench` measures them anew.") as file:
        for row in read_csv(file, _NATS_COLUMNS):
            nats[row["kind"]][row["predictor"]] = float(row["nats"])
    return nats["counted"], nats["learned"]
