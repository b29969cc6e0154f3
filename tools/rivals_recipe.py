"""The riff recipe among its rivals: with memory and without, and with attention for its LSTM."""

import functools
import itertools
from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import layers
from rivals_training import CausalBlock, Prices, Rival, drawn, going_on, log_chances

import rockonet_utils as ru
from rockonet.training.batches import masked_examples, overlapping_windows, riff_batches
from rockonet.training.history import History
from rockonet.training.riff_features import RIFF_COLUMNS, RunningFeatures
from rockonet.training.riff_network import EventReader, chained_heads, embed_inputs, join, trust_in
from rockonet.training.riff_recipe import nats_model, riff_examples, riff_loss
from rockonet.training.riff_vocabulary import CHORD, PARTS
from rockonet.training.schedules import AdamW
from rockonet.training.song_memory import EXPERTS, LEAST, event_words, experts_of, standing

BLOCKS, HEADS = 2, 4
ASKED = ("step", "bass", "shape", "duration")
NOTHING = np.uint64(2**64 - 1)  # stands for what was before a track began


def attention_stack(
    known: keras.KerasTensor, units: Sequence[int], dropout: float
) -> keras.KerasTensor:
    """Two blocks of causal attention in place of `ru.lstm_stack`.

    They know nothing of places: where in the bar an event is, and what stood some bars before, the
    input says.
    """
    heard = layers.Dense(units[0], name="narrowed")(known)
    for number in range(BLOCKS):
        heard = CausalBlock(units[0], HEADS, dropout, name=f"attention_{number}")(heard)
    return heard


def add_votes(
    chances: np.ndarray, songs: ru.Corpus, part: str, trust: np.ndarray, codes: np.ndarray
) -> None:
    """Add to the chances (n_events, n_classes) of a part what its experts give to each class.

    trust: of each expert, (n_events, experts). codes: the classes of the events, (n_events,).
    `song_memory` says what experts give to what came; this is what they give to all that may come.
    """
    experts = EXPERTS[experts_of(part)]
    for track, (begin, end) in enumerate(itertools.pairwise(songs.offsets.tolist())):
        events, own, place = songs.track_events(track), slice(begin, end), np.arange(end - begin)
        words = event_words(events, ru.onsets(events), np.array(songs.ticks_per_bar(track)))
        back, said = place[:, None] - place, np.zeros((len(place), len(place)))
        faded = {
            half_life: np.where(back > 0, 0.5 ** (np.maximum(back, 0) / half_life), 0)
            for half_life in {expert.half_life for expert in experts}
        }
        for number, expert in enumerate(experts):
            stands = np.broadcast_to(standing(expert, words_back(words)), place.shape)
            weight = faded[expert.half_life] * (stands[:, None] == stands)
            count = weight.sum(axis=1)
            share = trust[own, number] / np.where(count >= LEAST, count, np.inf)
            said += share[:, None] * weight
        chances[own] += said @ (codes[own, None] == np.arange(chances.shape[1]))


def words_back(words: dict[str, np.ndarray]) -> Callable[[str, int], np.ndarray]:
    """What is told of the events that lie so far back in their track, see `standing`."""

    def word(name: str, back: int) -> np.ndarray:
        return np.concatenate([np.full(back, NOTHING), words[name]])[: len(words[name])]

    return word


class RiffRecipe(Rival):
    """Ours: `ru.riff_model`, its loss and its windows, with or without its memory of the song."""

    name = "riff recipe"
    rates, rate, starter_rate = (0.004, 0.008, 0.016), 0.008, 0.016
    build_model = staticmethod(ru.riff_model)
    at_once = 256  # events in a window when it is asked, of which the second half counts

    def __init__(self, train: ru.Corpus, settings: ru.Settings, memory: bool = True):
        self.name += "" if memory else ", no memory"
        self.memory, self.settings = memory, settings.replace(riff_epoch_windows=0)
        self.vocabulary, self.offsets = ru.riff_vocabulary(train), train.offsets
        self.examples = riff_examples(train, self.vocabulary)
        units, dropout = settings.riff_units, settings.riff_dropout
        self.network = self.build_model(
            self.vocabulary.sizes, units, dropout=dropout, memory=memory
        )
        self.model = nats_model(self.network)
        self.compile(AdamW, riff_loss, weight_decay=1e-3, clipnorm=1.0)
        self.events_a_batch = train.n_events / len(self.batches(1))

    def batches(self, epoch: int) -> keras.utils.PyDataset:
        return riff_batches(self.examples, self.offsets, self.settings, epoch)

    def price(self, songs: ru.Corpus) -> Prices:
        """As `ru.held_out_nats`, event by event; with a memory no first guesses."""
        nats, chances = self._answers(songs)
        return self._as_prices(nats, np.nan if self.memory else self._right(songs, chances))

    def prices(self, songs: ru.Corpus) -> dict[str, Prices]:
        """With first guesses, which take a minute of many songs."""
        nats, chances = self._answers(songs)
        if self.memory:
            codes = self.vocabulary.encode(songs.events)
            for part in ASKED:
                trust = chances[trust_in(part)]
                chances[part] *= trust[:, :1]
                answers = codes[:, PARTS.index(part)]
                add_votes(chances[part], songs, part, trust[:, 1:], answers)
        return {self.name: self._as_prices(nats, self._right(songs, chances))}

    def _answers(self, songs: ru.Corpus) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Nats (n_events, n_parts), and what the network says: chances, and shares of its trust."""
        examples = riff_examples(songs, self.vocabulary)
        nats, sizes = np.zeros((songs.n_events, len(PARTS))), self.network.output
        names = [name for part in ASKED for name in (part, trust_in(part)) if name in sizes]
        said = {n: np.zeros((songs.n_events, sizes[n].shape[-1]), np.float32) for n in names}
        for place, inside, counts in overlapping_windows(songs.offsets, self.at_once):
            batch, at = masked_examples(examples, place, inside), place[counts]
            nats[at] = np.asarray(self.model.predict_on_batch(batch))[counts]
            asked = batch[:2] if self.memory else batch[0]
            answers = self.network.predict_on_batch(asked)
            for name in names:
                said[name][at] = np.exp(log_chances(np.asarray(answers[name])[counts]))
        return nats, said

    def _right(self, songs: ru.Corpus, chances: dict[str, np.ndarray]) -> np.ndarray:
        """Whether the likeliest class of each part is right, and stands for what came."""
        codes = self.vocabulary.encode(songs.events)
        guesses = np.ones_like(codes)
        for part in ASKED:
            guesses[:, PARTS.index(part)] = chances[part].argmax(axis=1)
        right, made = guesses == codes, self.vocabulary.decode(guesses)
        right[:, PARTS.index("shape")] &= guesses[:, PARTS.index("shape")] > 0  # no rare one
        for part in ("step", "duration"):
            right[:, PARTS.index(part)] &= made[part] == songs.events[part]
        return right.astype(float)

    def _as_prices(self, nats: np.ndarray, right: np.ndarray | float) -> Prices:
        """Of arrays (n_events, n_parts)."""
        right = np.broadcast_to(right, nats.shape)
        columns = [[PARTS.index(p) for p in parts] for parts in (("step",), CHORD, ("duration",))]
        return Prices(
            np.stack([nats[:, some].sum(axis=1) for some in columns], axis=1),
            np.stack([right[:, some].prod(axis=1) for some in columns], axis=1),
        )

    def continued(
        self, prompt: np.ndarray, n: int, events: int, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """As `ru.generate` does it by itself: within what a guitar can play, and with a memory."""
        if not self.memory:
            return []
        trained = ru.Trained("riff", self.network, self.vocabulary, 64, History((), {}))
        riff = ru.Riff(prompt)
        made = ru.generate(trained, n, max(1, events // 8), prompt=riff, best_of=1)
        return [riff.generated[:events] for riff in made]


class AttentionRecipe(RiffRecipe):
    """The same with `attention_stack`, all else alike."""

    name = "riff recipe with attention"
    rates, rate, starter_rate = (0.002, 0.004, 0.008), 0.004, 0.008
    build_model = staticmethod(functools.partial(ru.riff_model, stack=attention_stack))

    @functools.cached_property
    def pieces(self) -> tuple[keras.Model, list[np.ndarray], dict[str, keras.Model]]:
        """The network without its memory in pieces with its weights, that go on event by event.

        The first goes on to what the heads are told, see `going_on`.
        """
        sizes, width = self.vocabulary.sizes, self.settings.riff_units[0]
        reader = EventReader(sizes)
        known = embed_inputs(reader)
        narrowed = layers.Dense(width, name="narrowed")(known)
        blocks = [self.network.get_layer(f"attention_{number}") for number in range(BLOCKS)]
        listen, nothing = going_on(
            [reader.inputs], narrowed, blocks, lambda heard: join(heard, known)
        )
        told = keras.Input((None, width + known.shape[-1]))
        logits = chained_heads(reader, told, sizes, 128, memory=False)
        heads = {part: keras.Model([reader.inputs, told], logits[part]) for part in PARTS}
        learned = {layer.name: layer for layer in self.network.layers if layer.weights}
        for piece in (listen, *heads.values()):
            for layer in piece.layers:
                if layer.weights and layer.name in learned:  # blocks' own layers are shared
                    layer.set_weights(learned[layer.name].get_weights())
        return listen, nothing, heads

    def continued(
        self, prompt: np.ndarray, n: int, events: int, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """Event by event, with the keys and values of those before it kept; without a memory."""
        if self.memory:
            return []
        listen, nothing, heads = self.pieces
        past = [np.repeat(one, n, axis=0) for one in nothing]
        features, new = RunningFeatures(n, 4 * ru.TICKS_PER_QUARTER, self.vocabulary), []
        for k in range(len(prompt) + events):
            row, place = features.row()[:, None], np.array([k], np.float32)
            told, *past = map(np.asarray, listen.predict_on_batch([row, place, *past]))
            if k < len(prompt):
                features.append(np.repeat(prompt[k], n))
                continue
            codes = np.ones((n, len(PARTS)), int)
            for i, part in enumerate(PARTS):
                logits = np.asarray(heads[part].predict_on_batch([row, told]))[:, 0]
                odds = np.exp(log_chances(logits))
                if part in ("shape", "technique"):
                    odds[:, 0] = 0  # what is rare has no class of its own
                codes[:, i] = drawn(odds, rng)
                row[:, 0, RIFF_COLUMNS["target"].start + i] = codes[:, i] + 1
                if part == "step":
                    features.complete_row(row[:, 0], np.array(self.vocabulary.steps)[codes[:, i]])
            new.append(self.vocabulary.decode(codes))
            features.append(new[-1])
        return list(np.stack(new, axis=1))
