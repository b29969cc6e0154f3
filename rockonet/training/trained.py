"""A trained model with its vocabulary: one bundle, which cannot be mismatched."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from rockonet.common.files import atomic_write
from rockonet.dataset.classic_windows import Vocabulary
from rockonet.training.history import Epoch, History
from rockonet.training.riff_features import N_COLUMNS
from rockonet.training.riff_vocabulary import RiffVocabulary

TRAINED_FORMAT = 3


@dataclass(frozen=True)
class Trained:
    """A model with the vocabulary it was trained on: one bundle, which cannot be mismatched.

    recipe: "classic" or "riff". vocabulary: a `Vocabulary` or a `RiffVocabulary`. sequence_length:
    events that it was trained to read. history: how the training went. corpus: the fingerprint of
    the training songs.
    Notebook: 03 and 04.
    """

    recipe: str
    model: Any
    vocabulary: Any
    sequence_length: int
    history: History
    corpus: str = ""

    def __repr__(self) -> str:
        best = f"{self.history.best.validation_loss:.2f}" if self.history.epochs else "untrained"
        return f"<Trained: {self.recipe} recipe, validation loss {best}>"

    def save(self, path: str | os.PathLike) -> None:
        """Write one ``.zip`` with ``model.keras`` (no optimiser) and ``about.json``."""
        model = self.model
        if getattr(model, "optimizer", None) is not None:
            model = keras.models.clone_model(model)
            model.set_weights(self.model.get_weights())
        about = {
            "format": TRAINED_FORMAT,
            "recipe": self.recipe,
            "sequence_length": self.sequence_length,
            "vocabulary": dataclasses.asdict(self.vocabulary),
            "history": dataclasses.asdict(self.history),
            "corpus": self.corpus,
        }
        with tempfile.TemporaryDirectory() as folder, atomic_write(path) as temporary:
            weights = Path(folder, "model.keras")
            model.save(weights)
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as bundle:
                bundle.writestr("about.json", json.dumps(about))
                bundle.write(weights, "model.keras")


def load_trained(path: str | os.PathLike) -> Trained:
    """Read what `Trained.save` wrote. Nothing in the file is executed.

    Raises: FileNotFoundError; ValueError if the file is damaged, foreign or does not fit together.
    Notebook: 04.
    """
    remedy = "Run notebook 03 to train and save a model again."
    try:
        with zipfile.ZipFile(path) as bundle, tempfile.TemporaryDirectory() as folder:
            about = json.loads(bundle.read("about.json"))
            weights = Path(folder, "model.keras")
            weights.write_bytes(bundle.read("model.keras"))
            if about["format"] != TRAINED_FORMAT:
                raise ValueError(f"it has format {about['format']}, not {TRAINED_FORMAT}")
            kinds = {"classic": Vocabulary, "riff": RiffVocabulary}
            vocabulary = kinds[about["recipe"]](**_tuples(about["vocabulary"]))
            model = keras.saving.load_model(weights, compile=False, safe_mode=True)
        rows = tuple(Epoch(**row) for row in about["history"]["epochs"])
        trained = Trained(
            about["recipe"],
            model,
            vocabulary,
            int(about["sequence_length"]),
            History(rows, about["history"]["unigram_nats"]),
            str(about["corpus"]),
        )
        if trained.recipe == "classic":
            fits = (model.input_shape[1], model.output_shape[-1]) == (
                trained.sequence_length,
                len(vocabulary.symbols),
            )
        else:
            sizes = {part: logits.shape[-1] for part, logits in model.output.items()}
            fits = sizes == vocabulary.sizes and model.input_shape[-1] == N_COLUMNS
        if not fits:
            raise ValueError("its model and its vocabulary do not fit together")
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no trained model {path}. {remedy}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is not a trained model ({error}). {remedy}") from error
    return trained


def _tuples(value: Any) -> Any:
    """What came from JSON, with tuples for its lists."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
