"""JupyterLab on a copy of the notebooks, and a browser that opens them."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest
from helpers import ROOT
from lab import CHROMIUM, Notebook


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start `make lab` on a copy of the notebooks; give its address, its token and the folder."""
    home = tmp_path_factory.mktemp("lab")
    copy = home / "project"
    shutil.copytree(ROOT / "notebooks", copy / "notebooks")  # JupyterLab saves what it has run
    shutil.copy(ROOT / "README.md", copy)
    # All cells stay in the page, so that those out of sight can be looked at too.
    settings = home / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = f"--no-browser --port={port}" + (" --allow-root" if os.geteuid() == 0 else "")
    env = {
        **os.environ,
        "ROCKONET_OUTPUT": str(home / "output"),
        "ROCKONET_FIGURES": str(home / "figures"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "SDL_AUDIODRIVER": "",
    }
    env.pop("PYTEST_CURRENT_TEST", None)  # or the kernel shows nothing of what C libraries print
    log = home / "log"
    with open(log, "w") as out:
        server = subprocess.Popen(
            ["make", "lab", f"LAB_ROOT={copy}", f"LAB_ARGS={arguments}"],
            cwd=ROOT, env=env, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        for _ in range(240):
            found = re.search(rf"http://127\.0\.0\.1:{port}/lab\S*\?token=(\w+)", log.read_text())
            if found:
                break
            assert server.poll() is None, log.read_text()
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}", found[1], copy
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, lab, request):
    notebook = Notebook(browser, lab, request.param)
    yield notebook
    notebook.page.close()
