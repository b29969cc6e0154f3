"""The published network."""

import pytest

import rockonet_utils as ru


def test_the_published_network_has_its_published_size():
    model = ru.classic_model(100, 1990)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["LSTM", "Dropout", "LSTM", "Dropout", "LSTM", "Dense", "Dropout", "Dense"]
    assert model.input_shape == (None, 100, 1) and model.output_shape == (None, 1990)

    def lstm(reads, cells):
        return 4 * cells * (reads + cells + 1)

    weights = lstm(1, 512) + lstm(512, 512) + lstm(512, 256) + 257 * 256 + 257 * 1990
    assert model.count_params() == weights


def test_the_rate_shrinks_as_published():
    optimizer = ru.classic_optimizer(0.01)
    schedule = optimizer._learning_rate
    assert float(schedule(0)) == pytest.approx(0.01)
    assert float(schedule(1000)) == pytest.approx(0.01 / 11)


def test_mean_loss_agrees_with_keras(tiny):
    (X, Y), _, vocabulary = tiny
    model = ru.classic_model(8, len(vocabulary.symbols), (8, 8, 8), 8)
    model.compile(loss="categorical_crossentropy", jit_compile=False)
    by_keras = model.evaluate(X[:][..., None], Y[:], verbose=0)
    assert ru.mean_loss(model, X, Y, batch_size=100) == pytest.approx(by_keras, rel=1e-5)
