"""Where learning rates decay: every rate that changes with the step, of both recipes."""

from __future__ import annotations

import keras
from keras.optimizers.schedules import CosineDecay, InverseTimeDecay, LearningRateSchedule

WARMUP_STEPS = 100  # in which the rate of the riff recipe rises, so that the first do no harm


def published_decay(rate: float, decay: float) -> LearningRateSchedule:
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
    """AdamW that works its rate out once a step.

    Keras (3.15) does so anew for every weight that decays: for the riff network it would trace the
    schedule 54 times more, a fifth of the time before the first step.
    """

    _this_step: keras.KerasTensor | None = None

    @property
    def learning_rate(self) -> keras.KerasTensor:
        """The rate of this step."""
        return super().learning_rate if self._this_step is None else self._this_step

    def apply(self, *gradients: list[keras.KerasTensor]) -> None:
        """Learn from gradients; see Keras."""
        self._this_step = super().learning_rate
        try:
            super().apply(*gradients)
        finally:
            self._this_step = None
