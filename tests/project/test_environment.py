"""What is installed is said once: pyproject.toml, the lock, environment.yml and README agree."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from helpers import ROOT
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = {
    "linux": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    "linux-arm": {"sys_platform": "linux", "platform_machine": "aarch64", "os_name": "posix"},
    "mac": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
}


def pins():
    lines = (re.sub(r"\s+#.*|^#.*", "", line).strip() for line in LOCK.splitlines())
    return [Requirement(line) for line in lines if line]


def direct_dependencies():
    extras = PROJECT["optional-dependencies"]
    return [Requirement(text) for text in PROJECT["dependencies"] + extras["test"]]


def applies(requirement, environment):
    return requirement.marker is None or requirement.marker.evaluate(environment)


def conda_environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text())


def test_conda_installs_this_project_and_nothing_besides():
    pip_parts = [part for part in conda_environment()["dependencies"] if isinstance(part, dict)]
    assert pip_parts == [{"pip": ["-e ."]}]


def test_conda_python_is_one_that_the_project_supports():
    (python,) = [
        part.removeprefix("python=")
        for part in conda_environment()["dependencies"]
        if isinstance(part, str) and part.startswith("python=")
    ]
    assert python in PYTHONS


def test_every_supported_python_is_checked_here():
    supported = SpecifierSet(PROJECT["requires-python"])
    assert [f"3.{minor}" for minor in range(30) if f"3.{minor}" in supported] == list(PYTHONS)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_lock_pins_every_dependency_once_and_within_its_range(python, platform):
    environment = PLATFORMS[platform] | {
        "python_version": python,
        "python_full_version": python + ".9",
        "implementation_name": "cpython",
        "extra": "",
    }
    pinned = {}
    for pin in pins():
        if applies(pin, environment):
            name = canonicalize_name(pin.name)
            assert name not in pinned, f"{name} is pinned twice for {python} on {platform}"
            pinned[name] = str(pin.specifier).removeprefix("==")
    for wanted in direct_dependencies():
        if applies(wanted, environment):
            assert pinned[canonicalize_name(wanted.name)] in wanted.specifier, wanted


def test_lock_is_nothing_but_exact_versions():
    for pin in pins():
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), pin
        assert pin.url is None


def test_lock_names_no_index_and_no_path():
    assert not set("/\\") & set(LOCK)
    assert not any(line.startswith("-") for line in LOCK.splitlines())


def test_only_the_newest_python_gets_versions_that_are_not_released():
    early = [pin for pin in pins() if Version(str(pin.specifier)[2:]).is_prerelease]
    assert {pin.name for pin in early} <= {"tensorflow", "tensorflow-cpu"}
    for pin in early:
        for python in PYTHONS[:-1]:
            environment = {"python_version": python, "python_full_version": python + ".9"}
            assert not pin.marker.evaluate(PLATFORMS["linux"] | environment), pin


def test_dependencies_are_ranges():
    for wanted in direct_dependencies():
        assert wanted.specifier, f"{wanted} has no lower bound"
        assert "==" not in str(wanted.specifier), f"{wanted} is an exact pin"


def test_what_is_installed_fits_together():
    check = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    said = check.stdout.splitlines() if check.returncode else []
    # The release candidate of TensorFlow asks for Keras by the name of its nightly builds.
    assert not [line for line in said if "requires keras-nightly" not in line]


def test_makefile_has_every_target():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    assert targets >= {"run", "lab", "test", "figure", "notebooks", "lint", "clean", "lock", "help"}


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_readme_names_the_command(command):
    assert command in (ROOT / "README.md").read_text()
