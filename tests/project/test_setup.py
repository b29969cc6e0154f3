"""Installing where something is missing: the network, or a Python that fits."""

import os
import shutil
import subprocess
import sys

import pytest
import setup_venv
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
    with pytest.raises(wheelhouse.Stop, match=r"linux-3\.11 to linux-3\.14, mac-3\.11"):
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


# Stand-ins: a Python of some version that can make environments, and a uv that "fetches" one.
PYTHON = """#!/bin/sh
case "$*" in
  -c*) printf '{version}\\n{venv}\\n' ;;
  "-m venv "*) eval last=\\${{$#}}; mkdir -p "$last/bin" && cp "$0" "$last/bin/python" ;;
  "-m pip install"*) cp {uv} "${{0%/*}}/uv" ;;
esac
"""
UV = """#!/bin/sh
echo "$*" >> {folder}/asked
if [ -e {folder}/offline ]; then
  printf 'error: cannot install\\n cause: a\\n cause: no network\\n'
  exit 2
fi
mkdir -p "$UV_PYTHON_INSTALL_DIR/cpython-$3.9-any/bin"
cp {folder}/new "$UV_PYTHON_INSTALL_DIR/cpython-$3.9-any/bin/python3"
"""


@pytest.fixture
def old_system(tmp_path, monkeypatch):
    """A folder of a system that has Python 3.9 and no other; a uv lies in it, but not on PATH."""

    def program(name, text):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)

    program("uv", UV.format(folder=tmp_path))
    program("old", PYTHON.format(version="3.9", venv="venv", uv=tmp_path / "uv"))
    program("new", PYTHON.format(version="3.13", venv="venv", uv=""))
    program("bare", PYTHON.format(version="3.12", venv="", uv=""))
    (tmp_path / "bin").mkdir()
    for tool in ("mkdir", "cp"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    monkeypatch.setattr(setup_venv, "FETCHED", tmp_path / ".python")
    monkeypatch.setattr(setup_venv, "OFFLINE", False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "old"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("FETCH_PYTHON", raising=False)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    return tmp_path


def refusal():
    with pytest.raises(setup_venv.Stop) as stop:
        setup_venv.find_python()
    return str(stop.value)


def test_without_a_terminal_nothing_is_fetched_and_the_command_is_named(old_system):
    said = refusal()
    assert said.startswith("Rock-o-net needs Python 3.11 to 3.14") and "uv itself" in said
    assert said.endswith("type: make venv FETCH_PYTHON=1")
    assert not (old_system / "asked").exists() and not (old_system / ".python").exists()


@pytest.mark.parametrize("answer", ["y", "Yes ", "", "n", EOFError])
def test_at_a_terminal_the_answer_decides(old_system, monkeypatch, capsys, answer):
    def answered(question):
        assert question == "Fetch it now? [y/N] "
        if answer is EOFError:
            raise EOFError
        return answer

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answered)
    if answer in ("y", "Yes "):
        python = str(old_system / ".python/cpython-3.13.9-any/bin/python3")
        assert setup_venv.find_python() == (python, "3.13")
        # Another time it is there, and nobody asks.
        monkeypatch.setattr("builtins.input", None)
        assert setup_venv.find_python() == (python, "3.13")
        assert (old_system / "asked").read_text() == "python install 3.13\n"
    else:
        assert refusal() == "Nothing is fetched." and not (old_system / "asked").exists()
    assert "uv can fetch Python 3.13 into the folder .python here" in capsys.readouterr().out


def test_a_uv_that_is_there_is_taken_also_for_a_python_without_venv(old_system, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(old_system / "bare"))
    assert "uv" not in refusal()  # and none can be had: the sentence alone
    (old_system / "bin" / "uv").symlink_to(old_system / "uv")
    said = refusal()
    assert "sudo apt install python3.12-venv" in said and "here (Python, some" in said
    monkeypatch.setenv("FETCH_PYTHON", "1")
    assert setup_venv.find_python()[1] == "3.13"
    assert not (old_system / ".python" / "uv").exists()


def test_what_hinders_uv_is_said_and_without_a_network_it_is_not_offered(old_system, monkeypatch):
    monkeypatch.setenv("FETCH_PYTHON", "1")
    (old_system / "offline").touch()
    assert refusal().startswith(
        "No Python was fetched (cannot install: no network). Rock-o-net needs Python"
    )
    monkeypatch.setattr(setup_venv, "OFFLINE", True)
    assert "uv" not in refusal()


@pytest.mark.parametrize("has_uv", [False, True])
def test_make_without_any_python_names_what_to_type(tmp_path, has_uv):
    if has_uv:
        (tmp_path / "uv").symlink_to(shutil.which("true"))
    high, *_, low = setup_venv.supported_minors()
    make = [shutil.which("make"), "--no-print-directory", "-C", str(ROOT), "venv"]
    environment = {"PATH": str(tmp_path)}
    run = subprocess.run(make, env=environment, capture_output=True, text=True)
    assert (
        run.returncode == 2
        and f"There is no python3 here: install Python 3.{low} to 3.{high}," in run.stderr
    )
    assert ("uv python install 3.13 && make run PYTHON=" in run.stderr) == has_uv
