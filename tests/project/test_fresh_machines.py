"""Fresh systems are tried when what they depend on has changed, and skipped where none can be."""

import shutil
import subprocess

import fresh_machines
import pytest
import setup_venv


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of what the outcome depends on, with its stamp."""
    for name in (
        "pyproject.toml",
        "requirements.lock",
        "Makefile",
        "tools/setup_venv.py",
        "tools/fresh_machines.py",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(fresh_machines.ROOT / name, tmp_path / name)
    monkeypatch.setattr(fresh_machines, "ROOT", tmp_path)
    monkeypatch.setattr(fresh_machines, "STAMP", tmp_path / "tools" / "fresh_machines.txt")
    monkeypatch.setattr(fresh_machines, "look_for_tools", lambda: None)
    monkeypatch.setattr(fresh_machines, "mirror", lambda: "somewhere")
    return tmp_path


def test_the_oldest_and_the_newest_python_are_tried():
    supported = [f"3.{minor}" for minor in setup_venv.supported_minors()]
    tried = set(fresh_machines.SYSTEMS.values())
    assert {supported[0], supported[-1]} <= tried <= set(supported)


def test_all_are_tried_once_and_again_only_when_something_has_changed(project, monkeypatch, capsys):
    tried = []

    def try_system(system, archive):
        tried.append(system)
        return f"{system} on {archive}"

    monkeypatch.setattr(fresh_machines, "try_system", try_system)
    systems = list(fresh_machines.SYSTEMS)
    assert fresh_machines.main(["--if-changed"]) == 0 and tried == systems
    stamp = fresh_machines.STAMP.read_text().splitlines()
    assert stamp[:-1] == [f"{system} on somewhere" for system in systems]
    assert fresh_machines.main(["--if-changed"]) == 0 and tried == systems
    assert "Nothing that a fresh machine depends on has changed" in capsys.readouterr().out
    assert fresh_machines.main([]) == 0 and tried == 2 * systems  # asked for by name: always


@pytest.mark.parametrize(
    ("name", "old", "new", "matters"),
    [
        ("pyproject.toml", "numpy>=2.0", "numpy>=2.1", True),
        ("pyproject.toml", "<3.15", "<3.16", True),
        ("pyproject.toml", "line-length = 100", "line-length = 99", False),
        ("requirements.lock", "numpy==2", "numpy==3", True),
        ("requirements.lock", "# via", "# wanted by", False),
        ("Makefile", "run: venv", "run:", True),
        ("tools/setup_venv.py", "--no-deps", "--deps", True),
    ],
)
def test_what_is_a_change(project, name, old, new, matters):
    before, text = fresh_machines.fingerprint(), (project / name).read_text()
    assert old in text
    (project / name).write_text(text.replace(old, new))
    assert (fresh_machines.fingerprint() != before) == matters


@pytest.mark.parametrize(("error", "status"), [("Skip", 0), ("Stop", 1)])
def test_a_failure_is_red_and_what_cannot_be_had_is_said(
    project, monkeypatch, capsys, error, status
):
    def try_system(system, archive):
        raise getattr(fresh_machines, error)(f"{system} is not as it should be")

    monkeypatch.setattr(fresh_machines, "try_system", try_system)
    assert fresh_machines.main([]) == status
    said = capsys.readouterr()
    assert "bookworm is not as it should be." in said.out + said.err
    assert ("skipped" in said.out) == (status == 0)
    assert not fresh_machines.STAMP.exists()


def test_without_debootstrap_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    assert fresh_machines.main([]) == 0
    assert "are skipped: there is no debootstrap here" in capsys.readouterr().out


def test_the_mirror_is_the_one_that_apt_uses(monkeypatch):
    answer = "http://mirror.example/debian/\nhttp://mirror.example/debian/\n"
    asked = subprocess.CompletedProcess([], 0, stdout=answer)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: asked)
    assert fresh_machines.mirror() == "http://mirror.example/debian/"
    asked.stdout = ""
    with pytest.raises(fresh_machines.Skip, match="apt knows no archive of Debian here"):
        fresh_machines.mirror()
