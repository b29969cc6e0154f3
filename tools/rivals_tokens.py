"""A rival: a decoder-only Transformer over tokens of steps, pitches and durations."""

import functools
from types import SimpleNamespace

import keras
import numpy as np
from keras import layers, ops
from rivals_training import CausalBlock, Prices, Rival, before, drawn, going_on, log_chances

import rockonet_utils as ru
from rockonet.dataset.events import sounding_intervals
from rockonet.training.batches import overlapping_windows, window_batches
from rockonet.training.experiment import compile_model
from rockonet.training.riff_network import expert_trust
from rockonet.training.riff_recipe import mixed_nats
from rockonet.training.schedules import AdamW
from rockonet.training.song_memory import EXPERTS, experts_of, song_memory

PARTS = ("step", "bass", "shape", "duration")  # a chord's first pitch is its bass, others its shape
WINDOW, BLOCKS, HEADS = 512, 3, 4
BASE, DIGITS = 96, 4  # a time is a number to this base: two bars of 4/4 and longer need more digits
# An event is its step, its pitches from the lowest, and its duration. Of a time the last digit has
# tokens of its own, so that nobody has to ask where it ends.
SIZES = {"begin": 1, "step": BASE, "step+": BASE, "pitch": 128, "duration": BASE, "duration+": BASE}
KINDS = list(SIZES)
FIRST = dict(zip(KINDS, np.cumsum([0, *SIZES.values()])[:-1].tolist(), strict=True))
KIND = np.repeat(np.arange(len(KINDS)), list(SIZES.values()))  # of each token
FOLLOWED_BY = {
    "begin": ("step+", "step"),
    "step+": ("step+", "step"),
    "step": ("pitch",),
    "pitch": ("pitch", "duration+", "duration"),
    "duration+": ("duration+", "duration"),
    "duration": ("step+", "step"),
}


def followers() -> np.ndarray:
    """Which tokens may follow which: bools (n_tokens, n_tokens)."""
    table = np.array([[kind in FOLLOWED_BY[other] for kind in KINDS] for other in KINDS])
    allowed, pitch = table[KIND[:, None], KIND], KIND == KINDS.index("pitch")
    number = np.arange(len(KIND))
    return allowed & ~(pitch[:, None] & pitch & (number <= number[:, None]))


FOLLOWS = followers()
ENDS_CHORD = np.isin(KIND, [KINDS.index(kind) for kind in ("duration", "duration+")])


def time_digits(times: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Tokens of times (n,), and which of them are said: (n, DIGITS) each."""
    power = BASE ** np.arange(DIGITS)[::-1]
    times = times.astype(np.int64)[:, None]
    digits, first = times // power % BASE, np.full(DIGITS, FIRST[f"{kind}+"])
    first[-1] = FIRST[kind]
    return digits + first, (times >= power) | (power == 1)


def tokens_of(events: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The tokens of events, and of each the place of its event and of its part in `PARTS`."""
    steps, durations = (time_digits(events[kind], kind) for kind in ("step", "duration"))
    sounding = sounding_intervals(events["shape"])
    pitches = FIRST["pitch"] + events["bass"][:, None].astype(np.int16) + np.arange(64)
    grid = np.concatenate([steps[0], pitches, durations[0]], axis=1).astype(np.int16)
    said = np.concatenate([steps[1], sounding, durations[1]], axis=1)
    event, column = np.nonzero(said)
    part = np.repeat(np.arange(len(PARTS)), (DIGITS, 1, 63, DIGITS))[column]
    return grid[said].astype(np.int32), event, part


def events_of(tokens: np.ndarray) -> np.ndarray:
    """Back again: the events that tokens say, whole ones only."""
    made, time, event = [], 0, np.zeros((), ru.EVENT)
    for token in tokens.tolist():
        kind, value = KINDS[KIND[token]], token - FIRST[KINDS[KIND[token]]]
        if kind == "pitch":
            if not event["shape"]:
                event["bass"] = value
            event["shape"] |= np.uint64(1) << np.uint64(value - int(event["bass"]))
            continue
        time = min(
            BASE * time + value, 2**31 - 1
        )  # there is no end to the digits that may be drawn
        if kind in ("step", "duration"):
            event[kind], time = time, 0
        if kind == "duration":
            made.append(event)
            event = np.zeros((), ru.EVENT)
    return np.array(made, ru.EVENT)


class TokenTransformer(Rival):
    """What somebody with a tokeniser would build, with about as many weights as ours.

    Beside it the same with our memory of the song: heads that are told what the Transformer heard
    say how far to trust it and each expert. They learn once it has learned, on the validation
    songs, since what it thinks of songs that it knows would be trusted too far.
    settings: the numbers that begin with ``riff_``, but for the window. weights: how many at most.
    """

    name = "Transformer over tokens"
    rates, rate, starter_rate = (0.001, 0.002, 0.004), 0.002, 0.004

    def __init__(
        self, train: ru.Corpus, validation: ru.Corpus, settings: ru.Settings, weights: int
    ):
        self.validation = validation
        self.settings = settings.replace(
            riff_window=WINDOW, riff_batch=max(1, settings.riff_batch // 4), riff_epoch_windows=0
        )
        self.tokens, event, _ = tokens_of(train.events)
        self.offsets = np.searchsorted(event, train.offsets)
        self.before = before(self.tokens, self.offsets, FIRST["begin"])
        # Weights of a block 12 × width², of tables for tokens and scores the rest.
        tables = 2 * len(KIND)
        width = (np.sqrt(tables**2 + 48 * BLOCKS * weights) - tables) / (24 * BLOCKS)
        self.width = max(16, int(width) // 8 * 8)
        self.network = self.model = self._network(settings.riff_dropout)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.compile(AdamW, loss, weight_decay=1e-3, clipnorm=1.0)
        self.events_a_batch = train.n_events / len(self.batches(1))

    def _network(self, dropout: float) -> keras.Model:
        asked = keras.Input((WINDOW,), dtype="int32")
        self.token = layers.Embedding(len(KIND), self.width)
        self.blocks = [CausalBlock(self.width, HEADS, dropout, turned=True) for _ in range(BLOCKS)]
        self.norm, self.score = layers.LayerNormalization(), layers.Dense(len(KIND))
        heard = self.token(asked)
        for block in self.blocks:
            heard = block(heard)
        heard = self.norm(heard)
        logits = self.score(heard)
        self.listening = keras.Model(asked, [logits, heard], name="listening")
        return keras.Model(asked, logits, name="tokens")

    def batches(self, epoch: int) -> keras.utils.PyDataset:
        """Windows in random order, each moved up or down by up to half an octave, as ours."""
        pitch = KINDS.index("pitch")

        def moved(tokens: np.ndarray, shift: np.ndarray) -> np.ndarray:
            new = np.clip(tokens + shift, FIRST["pitch"], FIRST["pitch"] + 127)
            return np.where(KIND[tokens] == pitch, new, tokens)

        def batch(
            place: np.ndarray, mask: np.ndarray, rng: np.random.Generator
        ) -> tuple[np.ndarray, ...]:
            said = self.tokens[place]
            high = np.where(mask & (KIND[said] == pitch), said - FIRST["pitch"], -1)
            lowest = np.where(high >= 0, high, 128).min(axis=1)
            shift = rng.integers(-5, 7, len(place))
            shift = np.clip(shift, np.minimum(0, 40 - lowest), np.maximum(0, 88 - high.max(axis=1)))
            shift = shift[:, None]
            return moved(self.before[place], shift), moved(said, shift), mask.astype(np.float32)

        return window_batches(self.offsets, self.settings, epoch, batch)

    def price(self, songs: ru.Corpus) -> Prices:
        """The tokens of a part are paid for together, those of a chord's two parts too."""
        nats, right, _ = self.part_prices(songs)
        return as_prices(nats, right)

    def part_prices(self, songs: ru.Corpus) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Nats of the parts of each event, whether its first guesses were right, and what it heard.

        That a chord has no more pitches is told by the token after it, some duration or other: the
        shape pays for that, and the duration for which. Tokens that cannot follow cost nothing.
        Returns two arrays (n_events, n_parts) and one (n_events, n_parts, width), of where the
        first token of each part is asked for.
        """
        tokens, event, part = tokens_of(songs.events)
        offsets = np.searchsorted(event, songs.offsets)
        asked = before(tokens, offsets, FIRST["begin"])
        nats, wrong = np.zeros((2, songs.n_events, len(PARTS)))
        heard = np.zeros((len(tokens), self.width), np.float32)
        for place, _, counts in overlapping_windows(offsets, WINDOW):
            logits, states = map(np.asarray, self.listening.predict_on_batch(asked[place]))
            at = place[counts]
            heard[at] = states[counts]
            row, told = np.arange(len(at)), tokens[at]
            ln = log_chances(np.where(FOLLOWS[asked[at]], logits[counts], -1e9))
            guess = ln.argmax(axis=1)
            ends = ENDS_CHORD[told] & (KIND[asked[at]] == KINDS.index("pitch"))
            some = np.log(np.exp(ln[ends][:, ENDS_CHORD]).sum(axis=1))
            np.add.at(nats, (event[at], part[at]), -ln[row, told])
            np.add.at(nats, (event[at][ends], 3), some)
            np.add.at(nats, (event[at][ends], 2), -some)
            np.add.at(wrong, (event[at][ends], 2), ~ENDS_CHORD[guess[ends]])
            guess[ends] = np.where(ENDS_CHORD, ln[ends], -1e9).argmax(axis=1)
            np.add.at(wrong, (event[at], part[at]), guess != told)
        first = np.flatnonzero(np.diff(4 * event + part, prepend=-1))
        first = {number: first[part[first] == number] for number in (0, 1, 3)}
        begins = np.stack([first[0], first[1], first[1] + 1, first[3]], axis=1)
        return nats, (wrong == 0).astype(float), heard[begins]

    def prices(self, songs: ru.Corpus) -> dict[str, Prices]:
        mixing = self._learn_trust()
        nats, right, states = self.part_prices(songs)
        mixed = mixing.predict(self._to_mix(songs, nats, states), 256, verbose=0)[:, 0]
        return {
            self.name: as_prices(nats, right),
            f"{self.name}, our memory": as_prices(mixed, np.full(mixed.shape, np.nan)),
        }

    def _learn_trust(self) -> keras.Model:
        """From what `_to_mix` gives to the nats of the mixture, trained."""
        states = [keras.Input((None, self.width)) for _ in PARTS]
        nats, chance = keras.Input((None, len(PARTS))), keras.Input((None, len(EXPERTS)))
        reader = SimpleNamespace(heard=keras.Input((None, len(EXPERTS))))
        mixed = [
            mixed_nats(
                nats[:, :, i], expert_trust(reader, part, states[i]), chance[:, :, experts_of(part)]
            )
            for i, part in enumerate(PARTS)
        ]
        inputs = [*states, nats, reader.heard, chance]
        mixing = keras.Model(inputs, ops.stack(mixed, axis=-1))
        optimizer = keras.optimizers.Adam(0.002)
        compile_model(mixing, optimizer, lambda _, paid: ops.mean(ops.sum(paid, axis=-1)))
        given = self._to_mix(self.validation, *self.part_prices(self.validation)[::2])
        mixing.fit(given, np.zeros(len(given[0])), 256, epochs=5, verbose=0)
        return mixing

    def _to_mix(self, songs: ru.Corpus, nats: np.ndarray, states: np.ndarray) -> list[np.ndarray]:
        """What the heads are told, each event a track by itself."""
        told = [*np.moveaxis(states, 1, 0), nats, *song_memory(songs)]
        return [array[:, None].astype(np.float32) for array in told]

    @functools.cached_property
    def one_by_one(self) -> tuple[keras.Model, list[np.ndarray]]:
        """The network that goes on token by token, see `going_on`."""
        token = keras.Input((1,), dtype="int32")
        heard = self.token(token)
        return going_on([token], heard, self.blocks, lambda last: self.score(self.norm(last)))

    def continued(
        self, prompt: np.ndarray, n: int, events: int, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """Token by token, with the keys and values of those before it kept."""
        given, (model, nothing) = tokens_of(prompt)[0], self.one_by_one
        past = [np.repeat(one, n, axis=0) for one in nothing]
        said, done = np.full((n, 1), FIRST["begin"]), np.zeros(n, int)
        while done.min() < events and said.shape[1] < WINDOW:
            k = said.shape[1]
            place = np.array([k - 1], np.float32)
            logits, *past = map(np.asarray, model.predict_on_batch([said[:, -1:], place, *past]))
            logits = logits[:, 0]
            if k <= len(given):
                new = np.repeat(given[k - 1], n)
            else:
                ln = log_chances(np.where(FOLLOWS[said[:, -1]], logits, -1e9))
                new = drawn(np.exp(ln), rng)
                done += KIND[new] == KINDS.index("duration")
            said = np.concatenate([said, new[:, None]], axis=1)
        return [events_of(row[1 + len(given) :])[:events] for row in said]


def as_prices(nats: np.ndarray, right: np.ndarray) -> Prices:
    """Of arrays (n_events, n_parts)."""
    return Prices(
        np.stack([nats[:, 0], nats[:, 1] + nats[:, 2], nats[:, 3]], axis=1),
        np.stack([right[:, 0], right[:, 1] * right[:, 2], right[:, 3]], axis=1),
    )
