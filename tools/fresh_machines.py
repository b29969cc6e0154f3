"""Try the two commands on fresh systems, the oldest and the newest Python among them.

`make fresh-machines` builds each Debian of `SYSTEMS` with debootstrap in a folder of its own, with
nothing in it but what README asks for, copies the tracked files there, and types `make run` and a
short `make test`. When all went well, ``fresh_machines.txt`` beside this file says so, with the
times: commit it. With ``--if-changed`` nothing is done while what decides the outcome is as it was
then. It needs Linux, root, debootstrap, 8 GB of disk and the network, and says what is missing.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = Path(__file__).with_name("fresh_machines.txt")
SYSTEMS = {"bookworm": "3.11", "trixie": "3.13", "forky": "3.14"}
COMMANDS = {
    "install": "make venv",
    "run": "make run",
    "test": 'make test PYTEST_ARGS="-q tests/common tests/explore tests/project"',
}
TRIED = r"\w+ \?=|(venv|run|test):"
NEEDED = "make,python3,python3-venv,ca-certificates"  # the last for the index, as on any system
HERE = "/root/rockonet"  # where the project lies in the new system
# What this machine needs to reach the package index, a new one at the same place needs too.
NETWORK = ("etc/resolv.conf", "etc/hosts", "etc/pip.conf", "etc/ssl/certs/ca-certificates.crt")
# In namespaces of its own, so that nothing stays mounted and no process is left, however it ends.
INSIDE = (
    'mount --make-rprivate / && mount -t proc proc "$1/proc" '
    '&& mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm" '
    "&& exec env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "
    'chroot "$1" sh -c "$2"'
)


class Skip(Exception):
    """Why there is nothing to try here."""


class Stop(Exception):
    """What went wrong on a fresh system, in one sentence."""


def fingerprint() -> str:
    """Of all that decides whether the two commands work on a fresh system."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    digest = hashlib.sha256()
    tests = project["optional-dependencies"]["test"]
    digest.update(repr([project["requires-python"], project["dependencies"], tests]).encode())
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    digest.update("\n".join(line.split("#")[0].rstrip() for line in lock).encode())
    # Of the Makefile the variables and the targets that are tried, each up to an empty line.
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").split("\n\n")
    digest.update("".join(part for part in makefile if re.match(TRIED, part)).encode())
    for name in ("tools/setup_venv.py", "tools/fresh_machines.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()[:16]


def is_stamped() -> bool:
    return STAMP.exists() and STAMP.read_text(encoding="utf-8").split()[-1] == fingerprint()


def mirror() -> str:
    """The Debian archive that this machine's apt uses."""
    wanted = ["--format", "$(REPO_URI)", "Origin: Debian", "Label: Debian"]
    answer = subprocess.run(["apt-get", "indextargets", *wanted], capture_output=True, text=True)
    if not answer.stdout.strip():
        raise Skip("apt knows no archive of Debian here (apt-get update)")
    return answer.stdout.split()[0]


def look_for_tools() -> None:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise Skip("a system can be built by root on Linux only")
    for tool in ("debootstrap", "apt-get", "unshare"):
        if not shutil.which(tool):
            raise Skip(f"there is no {tool} here (apt install debootstrap)")


def build(system: str, folder: Path, archive: str) -> None:
    """A new system with the project in it, as a newcomer has it."""
    command = ["debootstrap", "--variant=minbase", f"--include={NEEDED}", system]
    # All of them are made by one recipe; an older debootstrap does not know the newest by name.
    run = subprocess.run([*command, str(folder), archive, "sid"], capture_output=True, text=True)
    if run.returncode:
        raise Skip(f"debootstrap failed on {system} ({' '.join(run.stdout.splitlines()[-1:])})")
    for name in NETWORK:
        if (Path("/") / name).exists():
            shutil.copyfile(Path("/") / name, folder / name)
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True
    )
    for name in tracked.stdout.split("\0")[:-1]:
        target = folder / HERE[1:] / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)


def inside(folder: Path, command: str) -> str:
    """What a command says in the new system; whatever it says is shown if it fails."""
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", INSIDE, "sh"]
    run = subprocess.run(
        [*unshare, str(folder), f"cd {HERE} && {command}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    if run.returncode:
        print(run.stdout)
        raise Stop(f"`{command}` failed on {folder.name}")
    return run.stdout


def gigabytes(folder: Path) -> float:
    used = subprocess.run(["du", "-s", "-k", str(folder)], stdout=subprocess.PIPE, text=True)
    return int(used.stdout.split()[0]) / 1e6


def try_system(system: str, archive: str) -> str:
    """Both commands on one system; a line with the times in seconds."""
    with tempfile.TemporaryDirectory(prefix="fresh-") as parent:
        folder = Path(parent) / system
        build(system, folder, archive)
        python = inside(folder, "python3 --version").split()[1]
        if not python.startswith(SYSTEMS[system] + "."):
            raise Stop(f"{system} has Python {python} now: mend SYSTEMS in {Path(__file__).name}")
        empty, seconds = gigabytes(folder), []
        for what, command in COMMANDS.items():
            begun = time.monotonic()
            inside(folder, command)
            seconds.append(f"{what} {time.monotonic() - begun:.0f} s")
        disk = gigabytes(folder) - empty
    return f"{system}, Python {python}: {', '.join(seconds)}; {disk:.1f} GB"


def main(arguments: list[str]) -> int:
    if "--if-changed" in arguments and is_stamped():
        print("Nothing that a fresh machine depends on has changed since the last try.")
        return 0
    lines = []
    try:
        look_for_tools()
        archive = mirror()
        for system in SYSTEMS:
            lines.append(try_system(system, archive))
            print(lines[-1], flush=True)
    except Skip as skip:
        print(f"Fresh machines are skipped: {skip}.")
        return 0
    except Stop as stop:
        print(f"{stop}.", file=sys.stderr)
        return 1
    STAMP.write_text("\n".join([*lines, f"for {fingerprint()}", ""]), encoding="utf-8")
    print(f"All went well: commit {STAMP.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
