"""A trained model with its vocabulary: one bundle, which cannot be mismatched."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import keras

from rockonet.common.files import atomic_write, temporary_beside
from rockonet.common.saved import open_zip, reading, unpacked
from rockonet.dataset.classic_windows import Vocabulary
from rockonet.training.history import Epoch, History
from rockonet.training.riff_features import N_COLUMNS
from rockonet.training.riff_vocabulary import RiffVocabulary

TRAINED_FORMAT = 3
# The network of the published size has 16 MB.
MOST_ABOUT_BYTES, MOST_MODEL_BYTES = 50_000_000, 400_000_000

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
        classes = {part: model.output[part].shape[-1] for part in vocabulary.sizes}
        return model.inputs[0].shape[-1] == N_COLUMNS and classes == vocabulary.sizes

    def save(self, path: str | os.PathLike) -> None:
        """Write one ``.zip`` with ``model.keras`` (no optimiser) and ``about.json``."""
        model = self.model
        if getattr(model, "optimizer", None) is not None:
            model = keras.models.clone_model(model)
            model.set_weights(self.model.get_weights())
        about: dict[str, Any] = {
            "format": TRAINED_FORMAT,
            "recipe": self.recipe,
            "sequence_length": self.sequence_length,
            "vocabulary": dataclasses.asdict(self.vocabulary),
            "history": dataclasses.asdict(self.history),
            "corpus": self.corpus,
        }
        beside = Path(path).with_name("model.keras")
        with atomic_write(path) as temporary, temporary_beside(beside) as weights:
            model.save(weights)
            about["model"] = hashlib.sha256(weights.read_bytes()).hexdigest()
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as bundle:
                bundle.writestr("about.json", json.dumps(about))
                bundle.write(weights, "model.keras")


def load_trained(path: str | os.PathLike) -> Trained:
    """Read what `Trained.save` wrote. Nothing in the file is executed.

    Raises: FileNotFoundError; ValueError if the file is damaged, foreign or does not fit together.
    Notebook: 03 and 04.
    """
    remedy = "Run notebook 03 to train and save a model again, 'make model' for one in models/."
    with reading(path, "a trained model", remedy) as file, open_zip(file) as bundle:
        about = json.loads(unpacked(bundle, "about.json", MOST_ABOUT_BYTES))
        if about["format"] != TRAINED_FORMAT:
            raise ValueError(f"it has format {about['format']}, not {TRAINED_FORMAT}")
        network = unpacked(bundle, "model.keras", MOST_MODEL_BYTES)
        # Bundles of before version 0.3 do not say which network they have.
        if about.get("model", mark := hashlib.sha256(network).hexdigest()) != mark:
            raise ValueError("its network is that of another one")
        model = _network(network)
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


def _network(data: bytes) -> keras.Model:
    """The network in the bytes of a ``.keras`` file, whose members unpack to no more than it says.

    Raises: many errors.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        path.write_bytes(data)
        with open(path, "rb") as file, open_zip(file) as archive:
            for member in archive.infolist():
                if len(unpacked(archive, member, MOST_MODEL_BYTES)) != member.file_size:
                    raise ValueError("its network is packed wrongly")
        return keras.saving.load_model(path, compile=False, safe_mode=True)


def _tuples(value: Any) -> Any:
    """What came from JSON, with tuples for its lists."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
