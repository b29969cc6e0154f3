"""Fetch all packages as wheels into ``wheelhouse``, for rooms without a network: `make wheelhouse`.

The folder serves this system and Python; more of them are named as in WHEELS_FOR="linux-3.12
mac-3.13". Copy the project with the folder in it (and without .venv) to the other machines; there
``make run OFFLINE=1`` installs from it alone.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
WHEELHOUSE = ROOT / "wheelhouse"
# What each system calls itself in markers, and the tags of the wheels that run on it.
SYSTEMS = {
    "linux": (
        {"sys_platform": "linux", "platform_machine": "x86_64", "platform_system": "Linux"},
        [f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)]
        + [f"manylinux{name}_x86_64" for name in ("2014", "2010", "1")],
    ),
    "mac": (
        {"sys_platform": "darwin", "platform_machine": "arm64", "platform_system": "Darwin"},
        ["macosx_13_0_arm64"],
    ),
}


class Stop(Exception):
    """What is wrong, and what to type, in one sentence."""


def this_machine() -> str:
    for name, (marks, _) in SYSTEMS.items():
        if (sys.platform, platform.machine()) == (marks["sys_platform"], marks["platform_machine"]):
            return f"{name}-{sys.version_info[0]}.{sys.version_info[1]}"
    raise Stop('No wheels are known for this machine: name another, WHEELS_FOR="linux-3.12".')


def pins(target: str) -> tuple[list[str], list[str]]:
    """The pinned packages of a target such as 'linux-3.12', and pip's options to fetch for it."""
    found = re.fullmatch(rf"({'|'.join(SYSTEMS)})-(3\.1[1234])", target)
    if not found:
        systems = ", ".join(f"{name}-3.11 to {name}-3.14" for name in SYSTEMS)
        raise Stop(f"WHEELS_FOR names {target!r}; known are {systems}.")
    marks, tags = SYSTEMS[found[1]]
    python = {"python_version": found[2], "python_full_version": found[2] + ".9"}
    environment = marks | python | {"os_name": "posix", "implementation_name": "cpython"}
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line.split(" #")[0]) for line in lines if re.match(r"\w", line)]
    kept = [
        f"{pin.name}{pin.specifier}"
        for pin in wanted
        if pin.marker is None or pin.marker.evaluate(environment)
    ]
    options = ["--python-version", python["python_full_version"], "--implementation", "cp"]
    return kept, options + [word for tag in tags for word in ("--platform", tag)]


def pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", *words, "--disable-pip-version-check", "--quiet"]
    run = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    if run.returncode:
        said = re.findall(r"^ERROR: (.*)", run.stderr, flags=re.MULTILINE) or [run.stderr.strip()]
        raise Stop(f"pip failed ({said[-1]}): connect to the internet, and type it again.")


def fetch(target: str) -> None:
    wanted, options = pins(target)
    print(f"{target}: {len(wanted)} packages, about half a gigabyte to download.", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder) / "requirements.txt"
        lock.write_text("\n".join(wanted))
        pip("download", "--no-deps", "--dest", str(WHEELHOUSE), *options, "-r", str(lock))
    for source in WHEELHOUSE.glob("*.tar.gz"):  # published without a wheel: pure Python
        pip("wheel", "--no-deps", "--no-build-isolation", "-w", str(WHEELHOUSE), str(source))
        source.unlink()


def main() -> int:
    try:
        targets = os.environ.get("WHEELS_FOR", "").split() or [this_machine()]
        for target in targets:
            pins(target)  # complains before anything is fetched
        WHEELHOUSE.mkdir(exist_ok=True)
        for target in targets:
            fetch(target)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in WHEELHOUSE.iterdir())
    print(
        f"{size / 1e6:.0f} MB in wheelhouse. Copy the whole project, without .venv, to the other "
        "machines, and type there: make run OFFLINE=1"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
