"""Damaged MIDI files are read or refused: no crash, no hang, no flood of memory."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = 12_000  # either way; `make torture` reads more
FATAL = 19_000  # soon after this one comes a file that ends an unguarded process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="guarded memory is for Linux")


def fuzz(folder, guard, first):
    script = Path(__file__).with_name("fuzz_midi.py")
    return subprocess.run(
        [sys.executable, script, str(first), str(COUNT), str(guard)],
        cwd=folder,
        capture_output=True,
        text=True,
    )


# The guard makes up an object of CPython; on 3.14 it dies with the first file.
no_guard = pytest.mark.skipif(sys.version_info >= (3, 14), reason="the guard is for Python < 3.14")


@pytest.mark.parametrize(
    "guard",
    [pytest.param(0, id="plain"), pytest.param(1, id="guarded memory", marks=no_guard)],
)
def test_damaged_files_are_read_or_refused(tmp_path, guard):
    run = fuzz(tmp_path, guard, guard * COUNT)
    number = (tmp_path / "PROGRESS").read_text()
    assert run.returncode == 0, f"file {number} ended the process: {run.returncode}\n{run.stderr}"
    result = json.loads(run.stdout)
    assert result["read"] + result["refused"] == COUNT
    assert min(result["read"], result["refused"]) > COUNT / 10  # neither is an empty claim
    assert result["peak_mb"] < 1000


@no_guard
def test_the_guard_sees_what_an_unmended_file_does_to_the_reader(tmp_path):
    assert fuzz(tmp_path, 2, FATAL).returncode == -signal.SIGSEGV
