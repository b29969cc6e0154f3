"""The network of the riff recipe written out in NumPy, to go on with riffs event by event."""

from __future__ import annotations

import keras
import numpy as np

from rockonet.training.riff_features import N_COLUMNS, RIFF_COLUMNS, part_columns
from rockonet.training.riff_network import FARTHEST, FIRST_TRUST
from rockonet.training.riff_vocabulary import CHORD, PARTS
from rockonet.training.song_memory import EXPERTS, experts_of

States = list[tuple[np.ndarray, np.ndarray]]  # of each LSTM layer what it shows, and its cells


class RiffDecoder:
    """A trained `riff_model` that answers for one event of some riffs at a time.

    It computes the same with the same weights. Keras takes ten times as long to be asked a small
    question as to answer it, and seven are asked for each event.
    Raises: ValueError for a network that was changed for an experiment.
    """

    def __init__(self, model: keras.Model):
        self.weights = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
        self.cells = [layer.units for layer in model.layers if layer.name.startswith("lstm_")]
        kinds = ("embed", "candidate", "hidden", "score", "trust", "judge", "memory")
        expected = {f"{kind}_{part}" for kind in kinds for part in PARTS}
        expected |= {f"embed_{name}" for name in ("position", "match_length", "interval")}
        expected |= {f"lstm_{number}" for number in range(len(self.cells))}
        if not (self.cells and expected == self.weights.keys() and self._fits()):
            raise ValueError(
                "This network was built for an experiment, or before riffs had a memory: it can be "
                "measured, but not go on with a riff. Train one with ru.train_riff_model."
            )

    def _fits(self) -> bool:
        """Whether the layers fit one another as they are put together here."""
        row, heard = np.zeros((1, N_COLUMNS), int), np.zeros((1, len(EXPERTS)))
        try:
            told, _ = self.listen(row, self.begin(1))
            for part in PARTS:
                self.answer(part, row, heard[:, experts_of(part)], told)
        except ValueError:
            return False
        return True

    def begin(self, n: int) -> States:
        """The states before the first event of n riffs."""
        return [(nothing, nothing) for nothing in (np.zeros((n, c), "f4") for c in self.cells)]

    def listen(self, row: np.ndarray, states: States) -> tuple[np.ndarray, States]:
        """What the heads are told of all events so far, (n, width), and the states after this row.

        row: ints (n, N_COLUMNS), see `RIFF_COLUMNS`; nothing of its target is read.
        """
        heard = known = self._known(row)
        after = []
        for number, (shown, cells) in enumerate(states):
            kernel, recurrent, bias = self.weights[f"lstm_{number}"]
            sums = heard @ kernel + shown @ recurrent + bias
            let_in, keep, candidate, show = np.split(sums, 4, axis=1)
            cells = sigmoid(keep) * cells + sigmoid(let_in) * np.tanh(candidate)
            heard = sigmoid(show) * np.tanh(cells)
            after.append((heard, cells))
        return join(heard, known), after

    def answer(
        self, part: str, row: np.ndarray, heard: np.ndarray, told: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The logits of a part, (n, n_classes), and of its trust, (n, 1 + n_experts).

        row: as in `listen`, with the parts of the target before this one. heard: how much the
        experts of this part have heard, (n, n_experts). told: as `listen` gives it.
        """
        suggested = suggestions(row, part)
        features = [told]
        for before in PARTS[: PARTS.index(part)]:
            features.append(self._rows_of(f"embed_{before}", codes(row, "target", before)))
        if part == "bass":
            features.append(self._rows_of("embed_position", codes(row, "then")))
        if part == "technique":
            features.append(self._rows_of("embed_interval", intervals(row)))
        if part != "step":
            features.append(self._rows_of(f"candidate_{part}", suggested))
            steps = join(codes(row, "match", "step"), codes(row, "recent", "step"))
            features.append(steps == codes(row, "target", "step"))
        if part == "technique":
            same = [suggestions(row, p) == codes(row, "target", p) for p in CHORD]
            features.append(np.logical_and(*same))
        one, other = suggested[:, :, None], suggested[:, None, :]
        features.append(((one == other) & (one > 0)).reshape(len(row), -1))
        thought = np.maximum(self._dense(f"hidden_{part}", join(*features)), 0)
        score = self._dense(f"score_{part}", thought)
        if part == "duration":
            suggested = join(suggested, codes(row, "target", "step"))
        votes = self._dense(f"trust_{part}", thought)
        riff, which = np.nonzero((suggested > 0) & (suggested <= score.shape[1]))
        np.add.at(score, (riff, suggested[riff, which] - 1), votes[riff, which])
        judged = np.maximum(self._dense(f"judge_{part}", join(thought, heard)), 0)
        trust = self._dense(f"memory_{part}", judged)
        trust[:, 0] += FIRST_TRUST
        trust[:, 1:] -= 1e9 * (heard <= 0)
        return score, trust

    def _known(self, row: np.ndarray) -> np.ndarray:
        """As `embed_inputs`: (n, width)."""
        known = [self._rows_of(f"embed_{part}", codes(row, "previous", part)) for part in PARTS]
        known.append(self._rows_of("embed_position", codes(row, "now")))
        known.append(self._rows_of("candidate_step", suggestions(row, "step")))
        for part in PARTS[1:]:
            known.append(self._rows_of(f"candidate_{part}", codes(row, "match", part)))
        known.append(self._rows_of("embed_match_length", codes(row, "match_length")))
        return join(*known)

    def _rows_of(self, table: str, numbers: np.ndarray) -> np.ndarray:
        """Rows of a table for codes (n, k), side by side: (n, k × width)."""
        return self.weights[table][0][numbers].reshape(len(numbers), -1)

    def _dense(self, layer: str, inputs: np.ndarray) -> np.ndarray:
        kernel, bias = self.weights[layer]
        return inputs @ kernel + bias


def codes(row: np.ndarray, name: str, part: str = "") -> np.ndarray:
    """As `EventReader.codes`, of one event: (n, k)."""
    return row[:, part_columns(name, part) if part else RIFF_COLUMNS[name]]


def suggestions(row: np.ndarray, part: str) -> np.ndarray:
    """As `EventReader.suggestions`, of one event: (n, k)."""
    lags = codes(row, "lag_steps") if part == "step" else codes(row, "lags", part)
    return join(lags, *(codes(row, name, part) for name in ("match", "recent", "previous")))


def intervals(row: np.ndarray) -> np.ndarray:
    """As `EventReader.intervals`, of one event: (n, 1)."""
    before, now = (codes(row, name, "bass") for name in ("previous", "target"))
    return np.where(before > 0, np.clip(now - before, -FARTHEST, FARTHEST) + FARTHEST + 1, 0)


def join(*arrays: np.ndarray) -> np.ndarray:
    """Arrays side by side."""
    return np.concatenate(arrays, axis=1)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(−x)), which does not overflow."""
    return (np.tanh(x / 2) + 1) / 2
