"""Make ``.venv`` and install the project into it; ``make`` calls this before every target.

It does nothing when what is installed is what pyproject.toml and requirements.lock ask for, and
starts over when an earlier install was cut short. It keeps to the Python of 3.6, since an old
Python has to get far enough to say that it is too old.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
LOG = VENV / "install.log"
INSTALLED = VENV / "rockonet.installed"  # what was asked for, written when all of it is in place
UNFINISHED = VENV / "rockonet.unfinished"  # there from the first step to the last
LAB_SETTINGS = VENV / "share/jupyter/lab/settings/overrides.json"
KERNEL_SETTINGS = VENV / "etc/ipython/ipython_kernel_config.py"
AGAIN = "then type the same command again"
# A Python of its own, where the system has none that fits: the newest that every package knows.
FETCHED_VERSION = "3.13"
FETCHED = ROOT / ".python"
WHEELHOUSE = ROOT / "wheelhouse"  # what `make wheelhouse` fetched
HAS_WHEELS = any(WHEELHOUSE.glob("*.whl"))
# The network is left alone where the wheels are, or for `make run OFFLINE=1`.
OFFLINE = HAS_WHEELS or bool(os.environ.get("OFFLINE"))

# What pip prints for each cause, and the sentence a person gets instead.
CAUSES = [
    (
        r"No space left on device|Disk quota exceeded",
        "the disk is full: free about 3 GB, " + AGAIN,
    ),
    (
        r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|NameResolutionError"
        r"|Max retries exceeded|Connection (broken|reset|refused)|IncompleteRead|SSLError"
        r"|Temporary failure in name resolution|Network is unreachable|Could not fetch URL",
        "the package index cannot be reached: connect to the internet, " + AGAIN,
    ),
]


class Stop(Exception):
    """What is wrong, and what to type, in one sentence."""


def say(text):
    print(text, flush=True)


def supported_minors():
    """The Python 3 minor versions of requires-python, newest first."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    low, above = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', text).groups()
    return list(range(int(above) - 1, int(low) - 1, -1))


def probe(python):
    """An interpreter's version and whether it can make a .venv; (None, False) if it is none."""
    code = (
        "import sys; print('%d.%d' % sys.version_info[:2])\n"
        "try:\n  import ensurepip, venv; print('venv')\nexcept ImportError: pass"
    )
    try:
        answer = subprocess.run(
            [python, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return None, False
    words = answer.stdout.decode().split()
    return (words[0], "venv" in words) if answer.returncode == 0 else (None, False)


def find_python():
    """The interpreter to build on: this one, or else the newest fitting one on PATH."""
    minors = supported_minors()
    fitting = [f"3.{minor}" for minor in minors]
    without_venv = None
    candidates = [sys.executable] + [shutil.which("python" + version) for version in fitting]
    for python in candidates + fetched_pythons():
        version, has_venv = probe(python) if python else (None, False)
        if version in fitting and has_venv:
            return python, version
        if version in fitting:
            without_venv = without_venv or version
    if without_venv:
        return fetch_python(
            f"Python {without_venv} is here without its venv module: install it (on Debian or "
            f"Ubuntu: sudo apt install python{without_venv}-venv), {AGAIN}."
        )
    this = "{}.{}".format(*sys.version_info)
    return fetch_python(
        f"Rock-o-net needs Python {fitting[-1]} to {fitting[0]}, and this is {this}: install one "
        f"of them, then type for example: make run PYTHON=python{fitting[0]} (if there is none for "
        "this system, see docs/troubleshooting.md)"
    )


def fetched_pythons():
    return [str(path) for path in sorted(FETCHED.glob("cpython-*/bin/python3"))]


def fetch_python(sentence):
    """The Python that uv fetches into this folder, if that is wanted; else `sentence` is said."""
    uv = shutil.which("uv")
    if OFFLINE or not (uv or probe(sys.executable)[1]):
        raise Stop(sentence)
    offer = (
        f"Without an administrator: uv can fetch Python {FETCHED_VERSION} into the folder "
        f"{FETCHED.name} here ({'' if uv else 'uv itself, 18 MB, and '}Python, some 35 MB)."
    )
    if not os.environ.get("FETCH_PYTHON"):
        if not sys.stdin.isatty():
            raise Stop(f"{sentence}\n{offer} For that type: make venv FETCH_PYTHON=1")
        say(f"{sentence}\n{offer}")
        try:
            answer = input("Fetch it now? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            raise Stop("Nothing is fetched.")
    say(f"Fetching Python {FETCHED_VERSION}.")
    if not uv:
        own = FETCHED / "uv"
        uv = str(own / "bin/uv")
        fetch([sys.executable, "-m", "venv", "--clear", str(own)], sentence)
        fetch([str(own / "bin/python"), "-m", "pip", "install", "--quiet", "uv"], sentence)
    fetch([uv, "python", "install", FETCHED_VERSION], sentence)
    for python in fetched_pythons():
        if probe(python) == (FETCHED_VERSION, True):
            return python, FETCHED_VERSION
    raise Stop(f"What uv fetched does not run here. {sentence}")


def fetch(command, sentence):
    # Here and nowhere else: no link in the home folder.
    environment = dict(os.environ, UV_PYTHON_INSTALL_DIR=str(FETCHED), UV_PYTHON_INSTALL_BIN="0")
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if run.returncode:
        said = run.stdout.decode(errors="replace")
        # What failed, and at the end of a chain of causes why.
        why = re.findall(r"^\s*(?:error|cause): (.*)", said, re.IGNORECASE | re.MULTILINE)
        why = ": ".join(dict.fromkeys(why[:1] + why[-1:])) or "no message"
        raise Stop(f"No Python was fetched ({why}). {sentence}")


def asked_for():
    """A fingerprint of what has to be installed, and where: a moved folder needs a new install."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in (ROOT / "pyproject.toml", LOCK):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(fingerprint):
    return (
        PYTHON.exists()
        and not UNFINISHED.exists()
        and INSTALLED.exists()
        and INSTALLED.read_text() == fingerprint
    )


def make_environment():
    """A sound .venv, with the mark that an install into it is under way."""
    version, _ = probe(str(PYTHON))
    sound = version and int(version.split(".")[1]) in supported_minors()
    if sound and not UNFINISHED.exists():
        UNFINISHED.touch()
        return
    python, version = find_python()
    if VENV.exists():
        say("An earlier install was cut short: making .venv again.")
        shutil.rmtree(str(VENV))
    say(f"Making .venv with Python {version} ({python}).")
    VENV.mkdir()
    UNFINISHED.touch()
    made = subprocess.run(
        [python, "-m", "venv", str(VENV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if made.returncode:
        last = made.stdout.decode(errors="replace").strip().splitlines()[-1:]
        raise Stop(f"Python {version} could not make .venv: {' '.join(last)}")


def pip_install(*arguments):
    """Run pip, show one line of progress instead of its hundreds, and explain a failure."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--progress-bar", "off"] + list(arguments)
    environment = dict(os.environ, PYTHONUNBUFFERED="1")
    causes = CAUSES
    if OFFLINE:
        command += ["--no-index", "--find-links", str(WHEELHOUSE)]
        environment["PIP_CONFIG_FILE"] = os.devnull
        causes = [*CAUSES, (r"No matching distribution found", wrong_wheels())]
    shows_progress = sys.stdout.isatty()
    retried, said = False, []
    process = subprocess.Popen(
        command,
        cwd=str(ROOT),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
    )
    with process, LOG.open("a", encoding="utf-8") as log:
        for line in process.stdout:
            log.write(line)
            said.append(line)
            fetched = re.match(r"\s*(?:Downloading|Using cached) (\S+?)-\d\S* (\(.*\))", line)
            if fetched and shows_progress:
                print("\r\033[K  {} {}".format(*fetched.groups()), end="", flush=True)
            elif line.startswith("Installing collected packages") and shows_progress:
                print("\r\033[K  unpacking, a minute or two", end="", flush=True)
            elif "Retrying (" in line and not retried:
                retried = True
                say("  the package index does not answer, trying again")
    if shows_progress:
        print("\r\033[K", end="", flush=True)
    if process.returncode:
        output = "".join(said)
        for pattern, sentence in causes:
            if re.search(pattern, output):
                raise Stop("Nothing is installed yet, because " + sentence + ".")
        errors = re.findall(r"^ERROR: (.*)", output, flags=re.MULTILINE) or ["no message"]
        raise Stop(f"pip failed ({errors[-1]}); all it said is in {LOG.relative_to(ROOT)}.")


def wrong_wheels():
    """Why the wheelhouse does not do, and what does."""
    names = [path.name for path in WHEELHOUSE.glob("tensorflow*.whl")]
    found = [re.search(r"-cp3(\d+)-.*?(linux|mac)", name) for name in names]
    serves = " and ".join(sorted(f"{f.group(2)}-3.{f.group(1)}" for f in found if f))
    system = "mac" if sys.platform == "darwin" else "linux"
    version, _ = probe(str(PYTHON))
    return (
        f"the folder wheelhouse is for {serves or 'something else'}, and this is "
        f"{system}-{version}: name a Python that fits, if there is one (PYTHON=python3.12), make "
        f'the folder anew with a network (make wheelhouse WHEELS_FOR="{system}-{version}"), or '
        "remove it to install from the network"
    )


def install():
    LOG.write_text("")
    source = "from wheelhouse" if OFFLINE else "about 520 MB to download"
    say(
        f"Installing the packages into .venv: {source}, 2.2 GB on disk, 2 to 10 minutes, only "
        "this once."
    )
    pip_install("-r", str(LOCK))
    # setuptools is in the lock, so building the project asks the index for nothing more.
    pip_install("--no-build-isolation", "--editable", str(ROOT))
    # JupyterLab's question about news would cover a learner's first page; no flag turns it off.
    LAB_SETTINGS.parent.mkdir(parents=True, exist_ok=True)
    LAB_SETTINGS.write_text(
        '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}\n'
    )
    # A cell that is run before the first one shall get a sentence too; it binds no name.
    KERNEL_SETTINGS.parent.mkdir(parents=True, exist_ok=True)
    KERNEL_SETTINGS.write_text("c.IPKernelApp.exec_lines = [\"__import__('rockonet_utils')\"]\n")
    # Matplotlib lists the fonts when it is first imported, and says so in whatever cell that is.
    subprocess.run(
        [str(PYTHON), "-c", "import matplotlib.font_manager"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def main():
    fingerprint = asked_for()
    if is_current(fingerprint):
        return 0
    try:
        if OFFLINE and not HAS_WHEELS:
            raise Stop(
                "OFFLINE=1 installs from the folder wheelhouse, which is not here: make it with a "
                "network (make wheelhouse), or leave OFFLINE=1 out."
            )
        make_environment()
        install()
    except Stop as stop:
        print(str(stop), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next make goes on from here.", file=sys.stderr)
        return 130
    INSTALLED.write_text(fingerprint)
    UNFINISHED.unlink()
    say("Installed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
