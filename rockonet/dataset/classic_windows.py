"""The data set as published: chord symbols become codes, and codes become windows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rockonet.common.drawing import BLUE, GREY, ORANGE, axes, box, figure_of
from rockonet.common.files import atomic_write, open_arrays, reading
from rockonet.common.settings import Settings
from rockonet.common.shown_text import as_label
from rockonet.dataset.build import corpus_for
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.split import split_by_song

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Index = int | slice | Sequence[int] | np.ndarray  # which windows or rows are looked at


@dataclass(frozen=True)
class Vocabulary:
    """The chord symbols a classic model knows; a symbol's code is its place in the sorted list.

    mean, deviation: of the codes in the training data, to standardise what the model reads.
    """

    symbols: tuple[str, ...]
    mean: float
    deviation: float

    def __repr__(self) -> str:
        return f"<Vocabulary: {len(self.symbols):,} symbols>"

    def standardise(self, codes: np.ndarray) -> np.ndarray:
        """Codes as float32 with mean 0 and deviation 1 over the training data."""
        return ((codes - self.mean) / self.deviation).astype(np.float32)

    def codes(self, values: np.ndarray) -> np.ndarray:
        """The codes of standardised values: takes back what `standardise` does."""
        return np.rint(values * self.deviation + self.mean).astype(int)

    def encode(self, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Codes of chord names, and which of them are known.

        An unknown name gets the code of its alphabetical neighbour, which is good enough to be
        read as input, but it must never be counted as an answer.
        """
        symbols = np.array(self.symbols)
        codes = np.minimum(np.searchsorted(symbols, names), len(symbols) - 1)
        return codes, symbols[codes] == np.asarray(names)


@dataclass(frozen=True)
class Windows:
    """Windows of one long array, shape (n_windows, length), cut only when they are looked at.

    values: (n_events,) float32. starts: (n_windows,) places where a window begins.
    """

    values: np.ndarray
    starts: np.ndarray
    length: int

    def __repr__(self) -> str:
        return f"<Windows: {len(self):,} of {self.length} events>"

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.starts), self.length

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: Index) -> np.ndarray:
        every = np.lib.stride_tricks.sliding_window_view(self.values, self.length)
        return every[self.starts[index]]


@dataclass(frozen=True)
class OneHot:
    """One-hot rows, shape (n_windows, n_classes), made only when they are looked at.

    codes: (n_windows,) ints.
    Notebook: 03.
    """

    codes: np.ndarray
    n_classes: int

    def __repr__(self) -> str:
        return f"<OneHot: {len(self):,} rows of {self.n_classes:,} classes>"

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.codes), self.n_classes

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, index: Index) -> np.ndarray:
        codes = np.asarray(self.codes[index])
        return (codes[..., None] == np.arange(self.n_classes)).astype(np.float32)


def distinct_in_windows(codes: np.ndarray, offsets: np.ndarray, width: int) -> np.ndarray:
    """For every place, how many distinct codes stand in the window of `width` that begins there.

    offsets: where tracks begin and end; 0 is given where the window would run over the end of its
    track. The time does not depend on `width`: an event is counted by exactly those windows that
    hold it but not the last event before it with the same code.
    Notebook: 02.
    """
    n = len(codes)
    track = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    order = np.lexsort((np.arange(n), codes, track))
    same = (np.diff(codes[order]) == 0) & (np.diff(track[order]) == 0)
    previous = np.full(n, -1)
    previous[order[1:][same]] = order[:-1][same]
    here = np.arange(n)
    lowest = np.maximum.reduce([previous + 1, here - width + 1, offsets[:-1][track]])
    change = np.bincount(lowest, minlength=n + 1) - np.bincount(here + 1, minlength=n + 1)
    distinct = np.cumsum(change)[:n]
    distinct[here + width > offsets[1:][track]] = 0
    return distinct


def window_picture(symbols: Sequence[str], length: int, ax: Axes | None = None) -> Figure:
    """How a window moves over a track: a row for each, its question blue, its answer hatched.

    symbols: of the events of one track. length: of the question.
    Notebook: 02.
    """
    rows = len(symbols) - length
    ax = axes(ax, (0.9 * len(symbols) + 1.5, 0.55 * rows + 0.6))
    for row in range(rows):
        for place, symbol in enumerate(symbols):
            if row <= place < row + length:
                look, colour, weight = dict(facecolor=BLUE), "white", "bold"
            elif place == row + length:
                look, colour, weight = dict(facecolor=ORANGE, hatch="//"), "white", "bold"
            else:
                look, colour, weight = dict(facecolor="none", linestyle=":"), GREY, "normal"
            ax.add_patch(box((place, row), 0.9, 0.8, **look))
            words = as_label(symbol)
            ax.text(place, row, words, ha="center", va="center", color=colour, weight=weight)
    ax.set(xlim=(-0.6, len(symbols) - 0.4), ylim=(rows - 0.4, -0.6), xticks=[])
    ax.set_yticks(range(rows), [f"window {row + 1}" for row in range(rows)])
    ax.set_title("The question is blue, the answer hatched", loc="left")
    ax.spines[:].set_visible(False)
    return figure_of(ax)


def classic_windows(
    corpus: Corpus, sequence_length: int, unique_factor: int, vocabulary: Vocabulary | None = None
) -> tuple[Windows, OneHot, Vocabulary]:
    """The published data set: windows of chord codes, and the symbol that follows each.

    sequence_length: events in a window, 1 or more. unique_factor: a window and its answer must
        hold at least so many distinct symbols. vocabulary: that of the training corpus, when this
        is another one; windows whose answer is not in it are left out.
    Returns X of shape (n_windows, sequence_length), standardised; Y of shape (n_windows,
        n_symbols), one-hot; and the vocabulary. No window crosses from one track to the next.
    Raises: ValueError if no window is left, with what to change.
    Source: Rock-o-net as published (steps 3 to 6 of its README).
    Notebook: 02.
    """
    nothing_left = ValueError(
        f"No window of {sequence_length} + 1 events with {unique_factor} distinct symbols in "
        f"{len(corpus.songs)} songs. Choose a smaller sequence_length or unique_factor, or "
        "add songs."
    )
    names, place = corpus.chords()
    distinct = distinct_in_windows(place, corpus.offsets, sequence_length + 1)
    starts = np.flatnonzero(distinct >= max(unique_factor, 1))
    if len(starts) == 0:
        raise nothing_left
    vocabulary = vocabulary or _vocabulary(names, place)
    code_of_name, known = vocabulary.encode(names)
    starts = starts[known[place[starts + sequence_length]]]
    if len(starts) == 0:
        raise nothing_left
    codes = code_of_name[place]
    X = Windows(vocabulary.standardise(codes), starts, sequence_length)
    Y = OneHot(codes[starts + sequence_length].astype(np.int32), len(vocabulary.symbols))
    return X, Y, vocabulary


def _vocabulary(names: Sequence[str], place: np.ndarray) -> Vocabulary:
    """Of the sorted names of a corpus; `place` says for each of its events which name it has."""
    counts = np.bincount(place)
    codes = np.arange(len(names))
    mean = float(np.average(codes, weights=counts))
    deviation = float(np.sqrt(np.average((codes - mean) ** 2, weights=counts)))
    return Vocabulary(tuple(names), mean, deviation or 1.0)


def save_windows(
    path: str | os.PathLike[str], X: Windows, Y: OneHot, vocabulary: Vocabulary
) -> None:
    """Write a classic data set with its vocabulary, mean and deviation as one ``.npz`` file.

    Notebook: 02.
    """
    with atomic_write(path) as temporary:
        np.savez_compressed(
            temporary,
            values=X.values,
            starts=X.starts,
            length=X.length,
            answers=Y.codes,
            symbols=np.array(vocabulary.symbols),
            scale=np.array([vocabulary.mean, vocabulary.deviation]),
        )


def load_windows(path: str | os.PathLike[str]) -> tuple[Windows, OneHot, Vocabulary]:
    """Read what `save_windows` wrote.

    Raises: FileNotFoundError; ValueError if the file is damaged or foreign.
    Notebook: 02.
    """
    remedy = "Run notebook 02 again."
    with reading(path, "a data set of notebook 02", remedy), open_arrays(path) as stored:
        vocabulary = Vocabulary(tuple(stored["symbols"].tolist()), *stored["scale"].tolist())
        X = Windows(stored["values"], stored["starts"], int(stored["length"]))
        Y = OneHot(stored["answers"], len(vocabulary.symbols))
    return X, Y, vocabulary


def classic_data(
    settings: Settings,
) -> tuple[tuple[Windows, OneHot], tuple[Windows, OneHot], Vocabulary]:
    """Training and validation windows as notebook 02 saved them; cut and saved now if it did not.

    Returns (X, Y) for training, (X, Y) for validation, and the vocabulary.
    Notebook: 03.
    """
    paths = [settings.output / f"classic_{side}.npz" for side in ("train", "validation")]
    if not all(path.exists() for path in paths):
        train, validation, _ = split_by_song(corpus_for(settings))
        numbers = (settings.sequence_length, settings.unique_factor)
        X, Y, vocabulary = classic_windows(train, *numbers)
        save_windows(paths[0], X, Y, vocabulary)
        save_windows(paths[1], *classic_windows(validation, *numbers, vocabulary))
        print(f"Notebook 02 has not saved its windows yet: cut {len(X):,} of them now.")
    (X, Y, vocabulary), (X_held, Y_held, _) = map(load_windows, paths)
    return (X, Y), (X_held, Y_held), vocabulary
