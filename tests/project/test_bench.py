"""What `make bench` measures if steps are named: those, what they need, and nothing else."""

import subprocess
import sys

import bench
import pytest
from helpers import ROOT


def names(*chosen):
    return [step.__name__ for step in bench.chosen_steps(chosen)]


def test_steps_come_in_their_order_with_what_they_need():
    assert names() == [step.__name__ for step in bench.STEPS]
    assert names("riff_step") == ["riff_step"]
    assert names("riffs") == ["corpus_built_and_saved", "predictors", "riffs"]
    assert names("the_sound", "nothing_changed", "symusic_alone") == [
        "symusic_alone",
        "corpus_built_and_saved",
        "nothing_changed",
        "the_sound",
    ]


def test_the_memory_of_a_step_is_its_own():
    heavy = "keras tensorflow music21 matplotlib".split()
    loaded = f"import bench, sys; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT / "tools", capture_output=True)
    assert run.stdout.strip() == b"[]"


@pytest.mark.parametrize("chosen", [["rifs"], ["riffs", "songs", "notes"]])
def test_a_step_that_does_not_exist_is_named(chosen):
    run = subprocess.run(
        [sys.executable, "tools/bench.py", *chosen], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert run.stderr.startswith(f"There is no step {', '.join(sorted({*chosen} - {'riffs'}))}.")
    assert "symusic_alone" in run.stderr
    assert not run.stdout
