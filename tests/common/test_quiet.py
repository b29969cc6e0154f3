"""The door opens at once, and other packages are silent behind it."""

import os
import subprocess
import sys


def test_import_is_fast_and_leaves_tensorflow_alone():
    code = (
        "import time; t = time.perf_counter(); import rockonet_utils, sys; "
        "print(time.perf_counter() - t, 'tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    answers = [run.stdout.split() for run in runs]
    assert min(float(seconds) for seconds, *_ in answers) < 1.5
    assert all(rest == ["False", "False"] for _, *rest in answers)
    assert all(run.stderr == "" for run in runs)


def test_importing_keras_prints_nothing_and_what_comes_after_is_seen(tmp_path):
    """A package in its place, since not every processor makes TensorFlow talk."""
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").write_text("import os; os.write(2, b'hello')")
    code = "import rockonet_utils as ru, os; ru.History; import keras; os.write(2, b'after')"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == "after"
