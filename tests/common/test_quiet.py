"""Other packages are silent behind the door."""

import os
import subprocess
import sys


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
