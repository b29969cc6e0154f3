"""The published experiment, run in full: what the files, the chart and the tables say of it."""

import re

import numpy as np
import pytest
from helpers import ROOT

import rockonet_utils as ru

FOLDER = ROOT / "figures" / "published"
RATES = (0.01, 0.001, 0.0001)


@pytest.fixture(scope="module")
def history():
    return ru.published_history()


def test_it_is_600_epochs_of_the_classic_recipe(history):
    assert history.recipes == ["classic"] and history.learning_rates == list(RATES)
    for rate in RATES:
        assert [row.epoch for row in history.of(rate)] == list(range(1, 201))


def test_the_chart_is_drawn_from_the_numbers_beside_it(history, tmp_path):
    for path in ru.save_loss_chart(history, tmp_path):
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name


def test_the_chart_shows_what_the_history_holds(history):
    (ax,) = ru.loss_chart(history).axes
    lines = {line.get_label(): line for line in ax.lines}
    stars = [tuple(star.get_offsets()[0]) for star in ax.collections if len(star.get_offsets())]
    for rate, star in zip(RATES, stars, strict=True):
        rows = history.of(rate)
        training, validation = (lines[f"rate {rate:g}, {kind}"] for kind in
                                ("training", "validation"))  # fmt: skip
        np.testing.assert_array_equal(training.get_ydata(), [row.loss for row in rows])
        held = [row.validation_loss for row in rows]
        np.testing.assert_array_equal(validation.get_ydata(), held)
        assert star == (1 + int(np.argmin(held)), min(held))
        assert len(rows) / training.get_markevery() <= 20  # else 200 markers hide the line
    assert set(lines["guess by frequency, training"].get_ydata()) == {4.807443692537385}
    assert set(lines["by frequency, validation"].get_ydata()) == {4.75}


def ends(history, rate):
    """What the tables say of a rate, as they write it."""
    rows = history.of(rate)
    best = min(rows, key=lambda row: row.validation_loss)
    lowest = f"{best.validation_loss:.2f} ({best.epoch})"
    return [
        f"{rows[0].loss:.2f}",
        f"{rows[-1].loss:.2f}",
        lowest,
        f"{rows[-1].validation_loss:.2f}",
    ]


@pytest.mark.parametrize("page", ["figures/README.md", "docs/gpu.md"])
def test_tables_of_its_ends_are_true(history, page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for rate in RATES:
        decimal = np.format_float_positional(rate)
        (row,) = re.findall(rf"^\| {re.escape(decimal)} \| (.*) \|$", text, re.M)
        cells = row.split(" | ")
        if page == "figures/README.md":
            del cells[2]  # read from the picture of the original
        assert cells == ends(history, rate)


def test_what_the_text_says_of_it_is_true(history):
    validation_guess = history.validation_unigram_nats["classic"]
    assert history.best.learning_rate == 0.0001 and history.best.epoch == 2
    assert history.best.validation_loss < validation_guess
    for rate in RATES:
        assert history.of(rate)[-1].validation_loss > validation_guess
    last = {rate: history.of(rate)[-1].loss for rate in RATES}
    assert last[0.001] < last[0.01] < last[0.0001]
    # 11,968 windows in batches of 64, 200 times; what the decay leaves of so many updates.
    updates = 200 * -(-11_968 // 64)
    assert updates == 37_400
    assert round((1 / (1 + 0.01 * np.arange(updates))).sum()) == pytest.approx(593, abs=1)


def test_its_settings_are_those_of_the_profile():
    published = ru.settings("published", "starter")
    assert published.programs == (26,) and published.unique_factor == 14
    assert (published.sequence_length, published.epochs, published.batch_size) == (100, 200, 64)
    assert published.units == (512, 512, 256) and published.learning_rates == RATES
    assert published.decay == 0.01 and published.epoch_windows == 0 and published.dropout == 0.3
