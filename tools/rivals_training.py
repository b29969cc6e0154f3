"""What rivals share: how one learns for a given time, what it is asked, and causal attention."""

import functools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops

import rockonet_utils as ru
from rockonet.training.checkpoints import model_state, set_model_state
from rockonet.training.experiment import compile_model

PRICED = ("step", "chord", "duration")  # in this order: each is told of those before it
TIMED = 3.0  # seconds in which it is seen how fast a network learns


@dataclass(frozen=True)
class Prices:
    """What a rival pays for each event of some songs, and whether its first guess was right.

    nats, right: (n_events, 3), the columns as in `PRICED`; NaN for what it does not predict.
    """

    nats: np.ndarray
    right: np.ndarray

    @classmethod
    def unknown(cls, n: int) -> "Prices":
        """Of n events, to be filled in."""
        return cls(np.full((n, len(PRICED)), np.nan), np.full((n, len(PRICED)), np.nan))

    def means(self) -> dict[str, float]:
        """The mean of each part that it predicts, and of all parts if it predicts them all."""
        found = {}
        for i, part in enumerate(PRICED):
            if not np.isnan(self.nats[:, i]).all():
                found[part] = float(np.nanmean(self.nats[:, i]))
                if not np.isnan(self.right[:, i]).all():
                    found[f"{part} right"] = float(np.nanmean(self.right[:, i]))
        if all(part in found for part in PRICED):
            found["total"] = sum(found[part] for part in PRICED)
        return found


class Course(keras.optimizers.schedules.LearningRateSchedule):
    """The course of the riff recipe's rate, see `warmup_cosine`, over any number of steps.

    Rate and steps are variables of the optimiser, so that one compiled network learns at any.
    """

    rate: keras.Variable
    steps: keras.Variable

    def __call__(self, step: keras.KerasTensor) -> keras.KerasTensor:
        done = ops.cast(step, "float32")
        rising = ops.minimum(1.0, (done + 1) / ops.minimum(100.0, 1 + self.steps / 10))
        falling = 0.6 + 0.4 * ops.cos(math.pi * ops.minimum(1.0, done / self.steps))
        return self.rate * rising * falling


class Rival:
    """A network that learns from training songs and is asked about others.

    rates: three learning rates, of which the best on the validation songs counts; rate,
    starter_rate: which that was for the rock archive and for the starter songs. model: what is
    trained, compiled by `compile`; network: what answers. events_a_batch: from how many events it
    learns in a step.
    """

    name: str
    rates: tuple[float, float, float]
    rate: float
    starter_rate: float
    network: keras.Model
    model: keras.Model
    events_a_batch: float

    def batches(self, epoch: int) -> keras.utils.PyDataset:
        """One epoch of training."""
        raise NotImplementedError

    def price(self, songs: ru.Corpus) -> Prices:
        """What it pays for each event of these songs."""
        raise NotImplementedError

    def prices(self, songs: ru.Corpus) -> dict[str, Prices]:
        """The same by name, if one training makes several rivals."""
        return {self.name: self.price(songs)}

    def continued(
        self, prompt: np.ndarray, n: int, events: int, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """n times so many events that follow the prompt's, side by side: arrays of `EVENT`.

        Nothing if it was built to be measured only.
        """
        return []

    def compile(self, optimizer: type, loss: object, **more: float) -> None:
        """Make `model` ready for training."""
        self.course = Course()
        made = optimizer(self.course, **more)
        self.course.rate = made.add_variable((), name="rate")
        self.course.steps = made.add_variable((), name="steps")
        compile_model(self.model, made, loss)
        self.fresh = model_state(self.model)

    def steps_in(self, seconds: float) -> int:
        """How many steps there is time for: it learns a while, and is to forget it."""
        self._set_course(0.0, 1)
        self._fit(1)  # compiles
        begin, steps, took = self._fit(1), 1, 0.0  # to begin takes as long as many steps
        while took < min(TIMED, seconds / 4):
            steps *= 2
            took = self._fit(steps) - begin
        return max(1, round(seconds * (steps - 1) / took))

    def learn(self, rate: float, steps: int) -> float:
        """Train anew, at a rate that falls over so many steps; the seconds it took."""
        set_model_state(self.model, self.fresh)
        self._set_course(rate, steps)
        return self._fit(steps)

    def learn_for(self, rate: float, seconds: float) -> tuple[int, float]:
        """Train anew for so long, at a rate that falls meanwhile: the steps, and the seconds.

        How many steps there is time for is seen on the way, since a machine does other things too.
        """
        left, done, took = self.steps_in(seconds), 0, 0.0
        set_model_state(self.model, self.fresh)
        while left > done / 50:
            self._set_course(rate, done + left)
            some = -(-left // 2)
            took += self._fit(some, done)
            done += some
            left = round((seconds - took) * done / took)
        return done, took

    def _set_course(self, rate: float, steps: int) -> None:
        self.course.rate.assign(rate)
        self.course.steps.assign(steps)

    def _fit(self, steps: int, done: int = 0) -> float:
        begin = time.perf_counter()
        self.model.fit(Batches(self, steps, done), shuffle=False, verbose=0)
        return time.perf_counter() - begin


class Batches(keras.utils.PyDataset):
    """So many batches of a rival after those that are done, epoch after epoch."""

    def __init__(self, rival: Rival, steps: int, done: int):
        super().__init__(workers=2)
        self.steps, self.done = steps, done
        self.epoch = functools.lru_cache(maxsize=2)(rival.batches)
        self.in_epoch = len(self.epoch(1))

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, i: int) -> tuple[np.ndarray, ...]:
        epoch, place = divmod(self.done + i, self.in_epoch)
        return self.epoch(epoch + 1)[place]


class CausalBlock(layers.Layer):
    """A block of a Transformer: each event looks back at those before it, then thinks by itself.

    turned: whether it knows how far back they are, by rotary embeddings; else it knows no places.
    Source: Radford et al., 'Language models are unsupervised multitask learners', 2019 (GPT-2); Su
    et al., 'RoFormer', 2021.
    """

    def __init__(self, width: int, heads: int, dropout: float, turned: bool = False, **named: str):
        super().__init__(**named)
        self.quiet, self.calm = layers.LayerNormalization(), layers.LayerNormalization()
        self.asked = layers.Dense(3 * width)
        self.split = layers.Reshape((-1, heads, 3 * width // heads))
        self.joined = layers.Reshape((-1, width))
        self.heard = layers.Dense(width)
        self.thought = layers.Dense(4 * width, activation="gelu")
        self.said = layers.Dense(width)
        self.dropout = layers.Dropout(dropout)
        self.turned = turned

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        query, key, value = self._asked(x, ops.arange(x.shape[1] or 0, dtype="float32"))
        heard = ops.dot_product_attention(query, key, value, is_causal=True, flash_attention=False)
        return self._after(x, heard)

    def follow(
        self, x: keras.KerasTensor, past: Sequence[keras.KerasTensor], place: keras.KerasTensor
    ) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
        """The same for one more event (batch, 1, width), at a place (1,) counted from 0.

        past: keys and values of the events before, and it returns them with its own.
        """
        query, *new = self._asked(x, place)
        seen = [ops.concatenate(pair, axis=1) for pair in zip(past, new, strict=True)]
        heard = ops.dot_product_attention(query, *seen, flash_attention=False)
        return self._after(x, heard), seen

    def _asked(self, x: keras.KerasTensor, place: keras.KerasTensor) -> list[keras.KerasTensor]:
        """Queries, keys and values of events at these places (events,)."""
        query, key, value = ops.split(self.split(self.asked(self.quiet(x))), 3, axis=-1)
        if not self.turned:
            return [query, key, value]
        half = query.shape[-1] // 2
        speed = 10_000 ** (-np.arange(half, dtype=np.float32) / half)
        angle = ops.reshape(place, (-1, 1, 1)) * speed
        cos, sin = ops.cos(angle), ops.sin(angle)

        def turn(row: keras.KerasTensor) -> keras.KerasTensor:
            one, other = ops.split(row, 2, axis=-1)
            return ops.concatenate([one * cos - other * sin, one * sin + other * cos], axis=-1)

        return [turn(query), turn(key), value]

    def _after(self, x: keras.KerasTensor, heard: keras.KerasTensor) -> keras.KerasTensor:
        x = x + self.dropout(self.heard(self.joined(heard)))
        return x + self.dropout(self.said(self.thought(self.calm(x))))


def going_on(
    inputs: Sequence[keras.KerasTensor],
    heard: keras.KerasTensor,
    blocks: Sequence[CausalBlock],
    finish: Callable[[keras.KerasTensor], keras.KerasTensor],
) -> tuple[keras.Model, list[np.ndarray]]:
    """A network that goes on event by event, and the past that it begins with, of one riff.

    It is given the inputs, of which the first block hears `heard`; the place of the event, (1,);
    and the past. It gives what `finish` makes of the last block's answer, and the new past.
    """
    place, shape = keras.Input(batch_shape=(1,)), blocks[0].split.target_shape
    shape = (*shape[:2], shape[2] // 3)
    pasts, after = [], []
    for block in blocks:
        past = [keras.Input((None, *shape[1:])) for _ in range(2)]
        heard, seen = block.follow(heard, past, place)
        pasts, after = pasts + past, after + seen
    model = keras.Model([*inputs, place, *pasts], [finish(heard), *after])
    return model, [np.zeros((1, 0, *shape[1:]), np.float32)] * len(pasts)


def log_chances(logits: np.ndarray) -> np.ndarray:
    """ln p of each class (…, n_classes)."""
    logits = np.asarray(logits, np.float64)
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def drawn(chances: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A class for each row of chances (n, n_classes): ints (n,)."""
    reached = np.cumsum(chances, axis=1)
    wanted = rng.random((len(chances), 1)) * reached[:, -1:]
    return (reached < wanted).sum(axis=1)


def before(codes: np.ndarray, offsets: np.ndarray, nothing: int) -> np.ndarray:
    """The code before each in its track, `nothing` before the first."""
    shifted = np.roll(codes, 1)
    shifted[offsets[:-1][np.diff(offsets) > 0]] = nothing
    return shifted


def track_begins(offsets: np.ndarray) -> np.ndarray:
    """Where the track of each event begins."""
    return np.repeat(offsets[:-1], np.diff(offsets))
