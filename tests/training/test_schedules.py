"""Where learning rates decay."""

import keras
import numpy as np
import pytest

from rockonet.training.schedules import (
    AdamW,
    ScaledSchedule,
    cosine_to_a_tenth,
    published_decay,
    warmup_cosine,
)


def rates(schedule, *steps):
    return [float(np.asarray(schedule(step))) for step in steps]


def test_published_decay_halves_the_rate_after_a_hundred_steps():
    assert rates(published_decay(0.01, 0.01), 0, 100, 900) == pytest.approx([0.01, 0.005, 0.001])


def test_the_riff_recipe_warms_up_and_ends_at_a_fifth():
    shares = warmup_cosine(steps=1000, steps_per_epoch=400)
    assert rates(shares, 0, 50, 100, 1100, 9999) == pytest.approx([0.05, 0.525, 1, 0.2, 0.2])
    short = warmup_cosine(steps=40, steps_per_epoch=10)  # warm after the first epoch
    assert rates(short, 0, 10, 50) == pytest.approx([0.05, 1, 0.2])


def test_the_steps_between_end_at_a_tenth():
    assert rates(cosine_to_a_tenth(0.01, 200), 0, 100, 200) == pytest.approx([0.01, 0.0055, 0.001])


def test_one_schedule_serves_every_rate():
    schedule = ScaledSchedule(warmup_cosine(1000, 100))
    schedule.rate = keras.Variable(0.0)
    for rate in (0.01, 0.001):
        schedule.rate.assign(rate)
        assert rates(schedule, 100, 1100) == pytest.approx([rate, rate / 5])


@pytest.mark.parametrize(("kind", "asked"), [(keras.optimizers.AdamW, 9), (AdamW, 3)])
def test_the_rate_is_worked_out_once_a_step_and_what_is_learned_is_the_same(kind, asked):
    steps = []

    class Counted(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            steps.append(int(step))
            return 0.1 / (1 + keras.ops.cast(step, "float32"))

    weights = [keras.Variable([1.0, -2.0]), keras.Variable([3.0])]
    optimizer = kind(Counted(), weight_decay=0.1)
    optimizer.build(weights)
    for _ in range(3):
        optimizer.apply([2 * weight for weight in weights], weights)
    assert len(steps) == asked and set(steps) == {0, 1, 2}
    assert float(optimizer.learning_rate) == pytest.approx(0.1 / 4)
    # Adam's steps are as long as the rate while gradients keep their sign; weights decay before.
    value = 3.0
    for rate in (0.1, 0.1 / 2, 0.1 / 3):
        value = value * (1 - 0.1 * rate) - rate
    assert float(weights[1][0]) == pytest.approx(value, rel=1e-2)


def test_it_learns_to_the_last_digit_what_adamw_of_keras_learns():
    rng = np.random.default_rng(0)
    begun, gradients = rng.normal(size=(4, 3)), rng.normal(size=(20, 4, 3))
    learned = []
    for kind in (keras.optimizers.AdamW, AdamW):
        weight = keras.Variable(begun, dtype="float32")
        optimizer = kind(cosine_to_a_tenth(0.01, 20), weight_decay=0.1, clipnorm=1.0)
        for gradient in gradients:
            optimizer.apply([keras.ops.convert_to_tensor(gradient, "float32")], [weight])
        learned.append(np.asarray(weight))
    np.testing.assert_array_equal(*learned)
    assert np.abs(learned[0] - begun).min() > 1e-4
