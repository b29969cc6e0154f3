"""Installing without a network: what the wheelhouse holds, and what is said when it does not."""

import os
import subprocess
import sys

import pytest
import wheelhouse
from helpers import ROOT


def test_each_system_gets_its_own_packages():
    linux, _ = wheelhouse.pins("linux-3.12")
    mac, options = wheelhouse.pins("mac-3.13")
    names = [{pin.split("==")[0] for pin in pins} for pins in (linux, mac)]
    assert names[0] - names[1] >= {"tensorflow-cpu"} and names[1] - names[0] >= {"appnope"}
    assert not names[0] & {"appnope", "colorama"} and "tensorflow-cpu" not in names[1]
    assert options[:2] == ["--python-version", "3.13.9"] and "macosx_13_0_arm64" in options
    old, new = (wheelhouse.pins(f"linux-3.{minor}")[0] for minor in (11, 12))
    assert "contourpy" in {pin.split("==")[0] for pin in set(new) - set(old)}  # in two versions


@pytest.mark.parametrize("target", ["linux-3.9", "amiga-3.12", "linux", "mac-3.12;x"])
def test_an_unknown_target_is_refused_with_those_that_are_known(target):
    with pytest.raises(wheelhouse.Stop, match=r"linux-3\.11 to linux-3\.13, mac-3\.11"):
        wheelhouse.pins(target)


def test_without_the_right_wheels_it_says_what_to_do(tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "wheelhouse").mkdir()
    for name in ("tools/setup_venv.py", "pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for offline, wheel, said in (
        ("1", None, "which is not here: make it with a network"),
        ("1", "other-1.0-py3-none-any.whl", "wheelhouse is for something else, and this is"),
        # Whoever forgets OFFLINE=1 gets no download either; what was begun goes on from there.
        ("", "tensorflow_cpu-2-cp39-cp39-manylinux1_x86_64.whl", "is for linux-3.9, and this is"),
    ):
        for old in (tmp_path / "wheelhouse").iterdir():
            old.unlink()
        if wheel:
            (tmp_path / "wheelhouse" / wheel).touch()
        run = subprocess.run(
            [sys.executable, str(tmp_path / "tools" / "setup_venv.py")],
            env=os.environ | {"OFFLINE": offline},
            capture_output=True,
            text=True,
        )
        assert run.returncode == 1
        assert said in run.stderr and len(run.stderr.splitlines()) == 1
        assert (tmp_path / ".venv").exists() == bool(wheel)  # nothing is begun in vain
        assert not (tmp_path / ".venv" / "rockonet.installed").exists()
