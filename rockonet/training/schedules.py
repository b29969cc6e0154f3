"""Where learning rates decay: every rate that changes with the step, of both recipes."""

from __future__ import annotations

import keras
from keras import ops
from keras.optimizers.schedules import CosineDecay, InverseTimeDecay, LearningRateSchedule

WARMUP_STEPS = 100  # in which the rate of the riff recipe rises, so that the first do no harm


def published_decay(rate: float | keras.Variable, decay: float) -> LearningRateSchedule:
    """The classic recipe, as published: rate / (1 + decay × step)."""
    return InverseTimeDecay(rate, decay_steps=1, decay_rate=decay)


def warmup_cosine(steps: int, steps_per_epoch: int) -> LearningRateSchedule:
    """The riff recipe, as shares of its rate: up from a twentieth, then by a cosine to a fifth."""
    return CosineDecay(
        1 / 20,
        decay_steps=max(1, steps),
        alpha=0.2,
        warmup_target=1.0,
        warmup_steps=min(WARMUP_STEPS, steps_per_epoch),
    )


def cosine_to_a_tenth(rate: float, steps: int) -> LearningRateSchedule:
    """The steps between the two recipes (`chord_nats`): by a cosine to a tenth of the rate."""
    return CosineDecay(rate, steps, alpha=0.1)


class ScaledSchedule(LearningRateSchedule):
    """A schedule of shares, times a rate that is a variable of the optimiser.

    So one compiled network learns at any rate: to compile one for each takes 20 seconds.
    """

    rate: keras.Variable  # set when the optimiser is there

    def __init__(self, shares: LearningRateSchedule):
        self.shares = shares

    def __call__(self, step: keras.KerasTensor) -> keras.KerasTensor:
        return self.rate * self.shares(step)


class AdamW(keras.optimizers.AdamW):
    """AdamW that works its rate out once a step, and what Adam corrects of it.

    Keras (3.15) does so anew for every weight: half as long again before the first step of the
    riff network, which has 78.
    """

    _rate: keras.KerasTensor | None = None  # of this step
    _corrected: keras.KerasTensor  # the same, since means of few gradients are too small

    @property
    def learning_rate(self) -> keras.KerasTensor:
        """The rate of this step."""
        return super().learning_rate if self._rate is None else self._rate

    def apply(self, *gradients: list[keras.KerasTensor]) -> None:
        """Learn from gradients; see Keras."""
        self._rate = super().learning_rate
        step = ops.cast(self.iterations + 1, "float32")
        unseen, unseen_squares = (ops.power(b, step) for b in (self.beta_1, self.beta_2))
        self._corrected = self._rate * ops.sqrt(1 - unseen_squares) / (1 - unseen)
        try:
            super().apply(*gradients)
        finally:
            self._rate = None

    def update_step(
        self, gradient: keras.KerasTensor, variable: keras.Variable, _: keras.KerasTensor
    ) -> None:
        """Learn one weight from its gradient; see Keras."""
        place = self._get_variable_index(variable)
        mean, squares = self._momentums[place], self._velocities[place]
        self.assign_add(mean, (gradient - mean) * (1 - self.beta_1))
        self.assign_add(squares, (ops.square(gradient) - squares) * (1 - self.beta_2))
        self.assign_sub(variable, mean * self._corrected / (ops.sqrt(squares) + self.epsilon))
