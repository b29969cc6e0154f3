"""Rivals that others published, at their sizes, on our events.

What their code does not say is as in the riff recipe: the course of the rate, and that every track
is learned by itself.
"""

import collections
import itertools
from collections.abc import Iterator

import keras
import numpy as np
from keras import layers, ops
from rivals_training import Prices, Rival, before, drawn, log_chances, track_begins

import rockonet_utils as ru
from rockonet.dataset.events import bass_and_shape
from rockonet.training.batches import full_batch, overlapping_windows, window_batches
from rockonet.training.counting import symbol_data
from rockonet.training.riff_vocabulary import (
    TIME_EDGES,
    class_of,
    interval_chances,
    nats_within_class,
    shape_nats,
)


class ChordCounts:
    """What chords cost that a network cannot name, by how often such chords came.

    One part in ten is kept for those that never came, which are told by their lowest pitch and
    interval by interval, as in the riff recipe.
    """

    def __init__(self, events: np.ndarray, rare: np.ndarray):
        self.counts = collections.Counter(chord_pairs(events[rare]))
        self.intervals = interval_chances(events["shape"])

    def chances(self, events: np.ndarray) -> np.ndarray:
        """The chance of the chord of each event, (n_events,)."""
        spelled = np.exp(-shape_nats(events["shape"], self.intervals)) / 128
        if not self.counts:
            return spelled
        heard = np.array([self.counts[pair] for pair in chord_pairs(events)])
        return 0.9 * heard / self.counts.total() + 0.1 * spelled


def chord_pairs(events: np.ndarray) -> list[tuple[int, int]]:
    """Bass and shape of each event."""
    return list(zip(events["bass"].tolist(), events["shape"].tolist(), strict=True))


def steps_after(songs: ru.Corpus) -> np.ndarray:
    """The step of the event after each one in its track; 0 after the last."""
    steps = np.roll(songs.events["step"].astype(np.int64), -1)
    steps[songs.offsets[1:][np.diff(songs.offsets) > 0] - 1] = 0
    return steps


def beats_of(songs: ru.Corpus) -> Iterator[tuple[int, int, int]]:
    """The beat of each event: bass, shape, and how long until the next event."""
    for chord, step in zip(chord_pairs(songs.events), steps_after(songs).tolist(), strict=True):
        yield (*chord, step)


class SmallGPT(Rival):
    """The small GPT of Metal-Music-Interpolator: a token is a beat, a chord and its length.

    In a tab a beat lasts until the next one, so a token says the chord of an event and the step of
    the one after it; how long notes sound it does not say. The most frequent beats that came twice
    have a token, all others share the token 0 and are told by how often their chord and their
    length came.
    Source: Josuelmet/Metal-Music-Interpolator, `_Training.ipynb`: 3 blocks, 72 wide, 10 heads of
    72, 512 within, dropout 0.3, windows of 100; Adam with beta 0.96. Its songs make ten batches of
    512 windows; here a batch has as many as ours, so that there is time for some steps.
    """

    name = "Metal-Music-Interpolator"
    rates, rate, starter_rate = (0.0001, 0.0003, 0.001), 0.0003, 0.001
    window, most_beats = 100, 2_000

    def __init__(self, train: ru.Corpus, settings: ru.Settings):
        self.settings = settings.replace(riff_window=self.window, riff_epoch_windows=0)
        frequent = collections.Counter(beats_of(train)).most_common(self.most_beats)
        self.beats = sorted(beat for beat, count in frequent if count > 1)  # chord by chord
        self.place = {beat: number for number, beat in enumerate(self.beats, 1)}
        chords = [beat[:2] for beat in self.beats]
        self.chords = {chord: number for number, chord in enumerate(dict.fromkeys(chords))}
        self.chord_of = np.array([self.chords[chord] for chord in chords])
        self.steps = np.array([beat[2] for beat in self.beats])
        self.codes, self.offsets = self.encode(train), train.offsets
        self.rare = ChordCounts(train.events, self.codes == 0)
        lengths = class_of(TIME_EDGES, steps_after(train))
        counts = np.bincount(lengths, minlength=len(TIME_EDGES)) + 1
        self.step_chances = counts / counts.sum()
        self.network = self.model = self._network(len(self.beats) + 1)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.compile(keras.optimizers.Adam, loss, beta_1=0.96)
        self.events_a_batch = train.n_events / len(self.batches(1))

    def encode(self, songs: ru.Corpus) -> np.ndarray:
        """The token of each event."""
        return np.array([self.place.get(beat, 0) for beat in beats_of(songs)])

    def _network(self, n: int, width: int = 72) -> keras.Model:
        asked = keras.Input((self.window,), dtype="int32")
        places = ops.cumsum(ops.ones_like(asked), axis=1) - 1
        x = layers.Embedding(n + 1, width)(asked) + layers.Embedding(self.window, width)(places)
        for _ in range(3):
            heard = layers.MultiHeadAttention(10, width)(x, x, use_causal_mask=True)
            x = layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.3)(heard))
            thought = layers.Dense(width)(layers.Dense(512, activation="relu")(x))
            x = layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.3)(thought))
        return keras.Model(asked, layers.Dense(n)(layers.Dense(n, activation="sigmoid")(x)))

    def batches(self, epoch: int) -> keras.utils.PyDataset:
        asked = before(self.codes, self.offsets, len(self.beats) + 1)

        def batch(
            place: np.ndarray, mask: np.ndarray, _: np.random.Generator
        ) -> tuple[np.ndarray, ...]:
            return asked[place], self.codes[place], mask.astype(np.float32)

        return window_batches(self.offsets, self.settings, epoch, batch)

    def price(self, songs: ru.Corpus) -> Prices:
        return self.answers(songs)[0]

    def answers(self, songs: ru.Corpus) -> tuple[Prices, np.ndarray]:
        """The prices of events, and of each whether its beat was the likeliest; NaN after the last.

        The chance of a chord is that of all its beats, and that of a step follows from it.
        """
        events, prices = songs.events, Prices.unknown(songs.n_events)
        codes, after = self.encode(songs), steps_after(songs)
        asked = before(codes, songs.offsets, len(self.beats) + 1)
        chord = np.array([self.chords.get(pair, -1) for pair in chord_pairs(events)])
        rare_chord = self.rare.chances(events)
        length = self.step_chances[class_of(TIME_EDGES, after)]
        length = length * np.exp(-nats_within_class(TIME_EDGES, after))
        first_beat = np.searchsorted(self.chord_of, np.arange(len(self.chords)))
        followed, step_right = np.zeros((2, songs.n_events))  # of the event after each
        beat_right = np.zeros(songs.n_events)
        for place, _, counts in overlapping_windows(songs.offsets, self.window):
            at = place[counts]
            p = np.exp(log_chances(np.asarray(self.network.predict_on_batch(asked[place]))[counts]))
            row, named = np.arange(len(at)), chord[at] >= 0
            chords = np.add.reduceat(p[:, 1:], first_beat, axis=1)
            known = np.where(named, chords[row, chord[at]], 0) + p[:, 0] * rare_chord[at]
            beat = np.where(codes[at] > 0, p[row, codes[at]], 0)
            beat += p[:, 0] * rare_chord[at] * length[at]
            prices.nats[at, 1] = -np.log(known)
            prices.right[at, 1] = chords.argmax(axis=1) == chord[at]
            followed[at] = np.log(known) - np.log(beat)
            like = np.where(self.chord_of == chord[at][:, None], p[:, 1:], -1)
            step_right[at] = named & (self.steps[like.argmax(axis=1)] == after[at])
            beat_right[at] = p.argmax(axis=1) == np.where(codes[at] > 0, codes[at], -1)
        begins = songs.offsets[:-1][np.diff(songs.offsets) > 0]
        prices.nats[1:, 0], prices.right[1:, 0] = followed[:-1], step_right[:-1]
        first = events["step"][begins]  # nothing comes before it
        kind = class_of(TIME_EDGES, first)
        prices.nats[begins, 0] = nats_within_class(TIME_EDGES, first)
        prices.nats[begins, 0] -= np.log(self.step_chances[kind])
        prices.right[begins, 0] = kind == self.step_chances.argmax()
        beat_right[np.append(begins[1:], len(events)) - 1] = np.nan
        return prices, beat_right

    def continued(
        self, prompt: np.ndarray, n: int, events: int, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """As its `_Generation.py`: the whole window again for each beat."""
        given = self.encode(ru.Corpus(prompt, np.array([0, len(prompt)]), (), ()))
        said = np.tile(np.append(len(self.beats) + 1, given), (n, 1))
        for _ in range(events):
            window = said[:, -self.window :]
            padded = np.pad(window, ((0, 0), (0, self.window - window.shape[1])))
            logits = self.network.predict_on_batch(padded)[:, window.shape[1] - 1]
            p = np.exp(log_chances(np.asarray(logits)))
            p[:, 0] = 0  # the token of rare beats has no chord
            said = np.concatenate([said, drawn(p, rng)[:, None]], axis=1)
        rows = np.array(self.beats, object)[said[:, -events:] - 1]
        made = np.zeros(rows.shape[:2], ru.EVENT)
        made["bass"], made["shape"] = rows[..., 0].astype(int), rows[..., 1].astype(np.uint64)
        made["duration"] = rows[..., 2].astype(int)
        made["step"][:, 1:] = made["duration"][:, :-1]
        return list(made)


class ChordNetwork(Rival):
    """A network that reads the chords of a window and names the next one; of rhythm it knows none.

    window: chords that it reads. every: of how many windows one is learned from. most: of how many
    events it is asked at most, since each is a window by itself.
    """

    window: int
    every: int
    batch_size: int
    most = 2_000

    def __init__(self, train: ru.Corpus, settings: ru.Settings):
        self.train_songs, self.seed = train, settings.seed
        chords = symbol_data(train, train)
        self.names, self.n = train.chords()[0], chords.n_known
        self.codes, self.begins = chords.train + 1, track_begins(train.offsets)
        self.network = self.model = self._network(self.n)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.compile(keras.optimizers.RMSprop, loss)
        self.events_a_batch = self.batch_size

    def _network(self, n: int) -> keras.Model:
        raise NotImplementedError

    def windows(self, codes: np.ndarray, begins: np.ndarray, at: np.ndarray) -> np.ndarray:
        """The chords before events, counted from 1; 0 where there is none."""
        place = at[:, None] - np.arange(self.window, 0, -1)
        return np.where(place >= begins[at][:, None], codes[np.maximum(place, 0)], 0)

    def batches(self, epoch: int) -> keras.utils.PyDataset:
        rival, rng = self, np.random.default_rng([self.seed, epoch])
        order = rng.permutation(len(self.codes) // self.every) * self.every

        class Chosen(keras.utils.PyDataset):
            def __len__(self) -> int:
                return max(1, len(order) // rival.batch_size)

            def __getitem__(self, i: int) -> tuple[np.ndarray, np.ndarray]:
                size = rival.batch_size
                at = order[full_batch(i * size, size, len(order))]
                return rival.windows(rival.codes, rival.begins, at), rival.codes[at] - 1

        return Chosen()

    def price(self, songs: ru.Corpus) -> Prices:
        """Of `most` events at random; of new chords as counting does, see `SymbolData`."""
        chords, prices = symbol_data(self.train_songs, songs), Prices.unknown(songs.n_events)
        codes, begins = chords.test + 1, track_begins(songs.offsets)
        nats = np.where(codes > 0, -np.log1p(-chords.escape), -np.log(chords.escape))
        nats[codes == 0] += chords.new_nats
        chosen = np.random.default_rng(self.seed).permutation(songs.n_events)[: self.most]
        for i in range(0, len(chosen), 256):
            at = chosen[full_batch(i, 256, len(chosen))]
            ln = log_chances(self.network.predict_on_batch(self.windows(codes, begins, at)))
            known = np.where(codes[at] > 0, ln[np.arange(256), codes[at] - 1], 0)
            prices.nats[at, 1] = nats[at] - known
            prices.right[at, 1] = ln.argmax(axis=1) == codes[at] - 1
        return prices

    def continued(
        self, prompt: np.ndarray, n: int, events: int, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """The window moves on by one chord; the events made have no rhythm."""
        chords = [bass_and_shape(name) for name in self.names]
        place = {chord: number for number, chord in enumerate(chords, 1)}
        said = np.zeros((n, self.window), int)
        given = [place.get(pair, 0) for pair in chord_pairs(prompt)][-self.window :]
        said[:, self.window - len(given) :] = given
        made = np.zeros((n, events), ru.EVENT)
        bass, shape = (np.array(column, np.uint64) for column in zip(*chords, strict=True))
        for k in range(events):
            p = np.exp(log_chances(self.network.predict_on_batch(said[:, -self.window :])))
            codes = drawn(p, rng)
            made["bass"][:, k], made["shape"][:, k] = bass[codes], shape[codes]
            said = np.concatenate([said, codes[:, None] + 1], axis=1)
        return list(made)


class ClassicalPianoComposer(ChordNetwork):
    """Three LSTM layers of 512 cells that read 100 chords as numbers from 0 to 1.

    Source: Skuldur/Classical-Piano-Composer, `lstm.py`: RMSprop with its own rate, 0.001.
    """

    name = "Classical-Piano-Composer"
    rates, rate, starter_rate = (0.0003, 0.001, 0.003), 0.001, 0.001
    window, every, batch_size = 100, 1, 64

    def _network(self, n: int) -> keras.Model:
        asked = keras.Input((self.window,), dtype="int32")
        x = ops.cast(asked, "float32")[:, :, None] / n
        for again in (True, True, False):
            x = layers.LSTM(512, return_sequences=again)(x)
            x = layers.Dropout(0.3)(x) if again else layers.Dense(256)(x)
        return keras.Model(asked, layers.Dense(n)(layers.Dropout(0.3)(x)))


class DeepJazz(ChordNetwork):
    """Two LSTM layers of 128 cells that read 20 chords, each as one out of all.

    Source: jisungk/deepjazz, `lstm.py`: every third window, RMSprop with its own rate, 0.001.
    """

    name = "deepjazz"
    rates, rate, starter_rate = (0.003, 0.01, 0.03), 0.01, 0.01
    window, every, batch_size = 20, 3, 128

    def _network(self, n: int) -> keras.Model:
        asked = keras.Input((self.window,), dtype="int32")
        x = ops.one_hot(asked - 1, n)
        for again in (True, False):
            x = layers.Dropout(0.2)(layers.LSTM(128, return_sequences=again)(x))
        return keras.Model(asked, layers.Dense(n)(x))


def in_windows(songs: ru.Corpus, length: int = SmallGPT.window) -> list[np.ndarray]:
    """The events of all tracks, cut into windows."""
    edges = [
        edge
        for begin, end in itertools.pairwise(songs.offsets.tolist())
        for edge in range(begin, end, length)
    ]
    return [songs.events[a:b] for a, b in itertools.pairwise([*edges, songs.n_events])]


def of_windows(windows: list[np.ndarray]) -> ru.Corpus:
    """Songs of which each is a window."""
    return ru.Corpus(np.concatenate(windows), np.cumsum([0, *map(len, windows)]), (), ())
