"""Where learning rates decay."""

import keras
import numpy as np
import pytest

from rockonet.training.schedules import (
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
