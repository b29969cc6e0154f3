"""A trained model with its vocabulary: one bundle, which cannot be mismatched."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import keras

from rockonet.common.files import atomic_write, reading
from rockonet.dataset.classic_windows import Vocabulary
from rockonet.training.history import Epoch, History
from rockonet.training.riff_features import N_COLUMNS
from rockonet.training.riff_vocabulary import RiffVocabulary

TRAINED_FORMAT = 3


V = TypeVar("V", Vocabulary, RiffVocabulary)


@dataclass(frozen=True)
class Trained(Generic[V]):
    """A model with the vocabulary it was trained on: one bundle, which cannot be mismatched.

    recipe: "classic" or "riff". vocabulary: a `Vocabulary` or a `RiffVocabulary`. sequence_length:
    events that it was trained to read. history: how the training went. corpus: the fingerprint of
    the training songs.
    """

    recipe: str
    model: keras.Model
    vocabulary: V
    sequence_length: int
    history: History
    corpus: str = ""

    def __repr__(self) -> str:
        best = f"{self.history.best.validation_loss:.2f}" if self.history.epochs else "untrained"
        return f"<Trained: {self.recipe} recipe, validation loss {best}>"

    @property
    def fits_together(self) -> bool:
        """Whether the model reads and answers what the vocabulary writes."""
        model, vocabulary = self.model, self.vocabulary
        if isinstance(vocabulary, Vocabulary):
            sizes = model.input_shape[1], model.output_shape[-1]
            return sizes == (self.sequence_length, len(vocabulary.symbols))
        classes = {part: logits.shape[-1] for part, logits in model.output.items()}
        return model.input_shape[-1] == N_COLUMNS and classes == vocabulary.sizes

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
    Notebook: 03 and 04.
    """
    remedy = "Run notebook 03 to train and save a model again, 'make model' for one in models/."
    with reading(path, "a trained model", remedy):
        with zipfile.ZipFile(path) as bundle, tempfile.TemporaryDirectory() as folder:
            about = json.loads(bundle.read("about.json"))
            if about["format"] != TRAINED_FORMAT:
                raise ValueError(f"it has format {about['format']}, not {TRAINED_FORMAT}")
            weights = Path(folder, "model.keras")
            weights.write_bytes(bundle.read("model.keras"))
            model = keras.saving.load_model(weights, compile=False, safe_mode=True)
        kinds = {"classic": Vocabulary, "riff": RiffVocabulary}
        epochs = tuple(Epoch(**row) for row in about["history"]["epochs"])
        trained = Trained(
            recipe=about["recipe"],
            model=model,
            vocabulary=kinds[about["recipe"]](**_tuples(about["vocabulary"])),
            sequence_length=int(about["sequence_length"]),
            history=History(
                epochs,
                about["history"]["unigram_nats"],
                about["history"].get("validation_unigram_nats", {}),  # 0.1 did not keep it
            ),
            corpus=str(about["corpus"]),
        )
        if "manners" not in about["vocabulary"] and trained.recipe == "riff":
            raise ValueError("it was trained before events had techniques")
        if not trained.fits_together:
            raise ValueError("its model and its vocabulary do not fit together")
    return trained


def _tuples(value: Any) -> Any:
    """What came from JSON, with tuples for its lists."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
