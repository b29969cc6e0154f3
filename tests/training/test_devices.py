"""The same code on several devices, and on another backend."""

import os
import subprocess
import sys
from types import SimpleNamespace

import keras
import pytest

from rockonet.training.experiment import compile_model


def test_training_under_a_mirrored_strategy(tmp_path):
    code = """
import sys
import tensorflow as tf
import rockonet_utils as ru
tf.config.optimizer.set_experimental_options({"min_graph_nodes": 100_000})  # a quick graph
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
parts = ru.split_by_song(ru.build_corpus(ru.settings(data="starter").folder))
choice = ru.settings("quick", "starter").replace(
    output=__import__("pathlib").Path(sys.argv[1]), riff_units=(8,), riff_epochs=1)
with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
    small = parts[0].select([0]), parts[1].select([0])
    trained = ru.train_riff_model(*small, choice, False)
(total,) = [row for row in trained.history.epochs if row.recipe == "riff"]
print("nats", total.loss, total.validation_loss)
"""
    run = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, timeout=200
    )
    assert run.returncode == 0, run.stderr[-2000:]
    loss, held = map(float, run.stdout.split("nats")[1].split())
    assert 0 < held < 25 and 0 < loss < 25


def test_the_same_code_runs_on_jax(tmp_path):
    pytest.importorskip("jax", reason="JAX is not installed")
    code = """
import sys
import rockonet_utils as ru
parts = ru.split_by_song(ru.build_corpus(ru.settings(data="starter").folder))
choice = ru.settings("quick", "starter").replace(
    output=__import__("pathlib").Path(sys.argv[1]), riff_units=(8,), riff_epochs=1)
trained = ru.train_riff_model(parts[0].select(range(4)), parts[1].select(range(2)), choice, False)
print("nats", ru.held_out_nats(trained, parts[2].select(range(2)))["total"])
"""
    run = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert 0 < float(run.stdout.split("nats")[1]) < 25


@pytest.mark.parametrize(("backend", "compiled"), [("tensorflow", False), ("jax", True)])
def test_the_compiler_is_left_out_only_where_it_is_slower(monkeypatch, backend, compiled):
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)
    asked = {}
    model = SimpleNamespace(compile=lambda *_, **how: asked.update(how), trainable_variables=[])
    compile_model(model, keras.optimizers.Adam(), "mse")
    assert asked["jit_compile"] is compiled
