"""The notebooks in a real JupyterLab, in a headless browser.

Set ROCKONET_SCREENSHOTS to a folder to keep pictures of what was seen.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import nbformat
import pytest

import rockonet_utils as ru

ROOT = Path(ru.__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]


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


class Notebook:
    """One notebook in JupyterLab, driven as a person would."""

    def __init__(self, browser, lab, name):
        address, token, folder = lab
        self.name, self.path = name, folder / "notebooks" / f"{name}.ipynb"
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.elsewhere = []
        self.page.on("request", lambda r: self.elsewhere.append(r.url) if not r.url.startswith(
            (address, address.replace("http", "ws"), "data:", "blob:")) else None)  # fmt: skip
        start = time.monotonic()
        self.page.goto(f"{address}/lab/workspaces/{name}/tree/notebooks/{name}.ipynb?token={token}")
        self.page.locator(".jp-Notebook h1").first.wait_for(timeout=60_000)
        self.opened_after = time.monotonic() - start
        self.wait_for_kernel()
        assert self.page.locator(".jp-Dialog").count() == 0

    def wait_for_kernel(self, seconds=60):
        self.page.get_by_text(re.compile(r"\| Idle")).first.wait_for(timeout=seconds * 1000)

    def menu(self, *names):
        for name in names:
            self.page.get_by_role("menuitem", name=name, exact=True).first.click()

    def cell(self, text):
        """The code cell whose source holds `text`."""
        return self.page.locator(
            ".jp-CodeCell", has=self.page.locator(".cm-content", has_text=text)
        ).first

    def run_all(self, seconds=240):
        """Run → Run All Cells; yields now and then until the kernel is idle for good."""
        last = self.page.locator(".jp-CodeCell").last
        before = last.locator(".jp-InputPrompt").inner_text()
        self.menu("Run", "Run All Cells")
        end = time.monotonic() + seconds
        self.page.locator(".jp-InputPrompt", has_text="[*]").first.wait_for(timeout=30_000)
        while self.page.locator(".jp-InputPrompt", has_text="[*]").count():
            assert time.monotonic() < end, "Run All did not end"
            yield
            self.page.wait_for_timeout(250)
        assert last.locator(".jp-InputPrompt").inner_text() != before or "[" in before
        self.wait_for_kernel()

    def saved(self):
        """The notebook as JupyterLab writes it, with all that the cells gave."""
        self.page.keyboard.press("Control+s")
        self.page.wait_for_timeout(1500)
        return nbformat.read(self.path, as_version=4)

    def picture(self, what, target=None):
        folder = os.environ.get("ROCKONET_SCREENSHOTS")
        if folder:
            path = Path(folder, f"{self.name}_{what}.png")
            path.parent.mkdir(parents=True, exist_ok=True)
            (target or self.page).screenshot(path=path)

    def pictures_top_to_bottom(self):
        if os.environ.get("ROCKONET_SCREENSHOTS"):
            panel = self.page.locator(".jp-WindowedPanel-outer").first
            height = panel.evaluate("e => e.scrollHeight")
            for i, top in enumerate(range(0, height, 800)):
                panel.evaluate(f"e => e.scrollTo(0, {top})")
                self.page.wait_for_timeout(200)
                self.picture(f"part_{i:02d}")


def finish(notebook):
    """What holds for every notebook after Run All."""
    saved = notebook.saved()
    for cell in saved.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output.text
    printed = "\n".join(o.text for c in saved.cells for o in c.get("outputs", []) if "text" in o)
    assert "✔" in printed and "✘" not in printed
    assert notebook.errors == [] and notebook.elsewhere == []
    notebook.pictures_top_to_bottom()


def durations(scope):
    """Seconds of every player that the browser has found in `scope`."""
    scope.locator("audio").first.wait_for(timeout=30_000)
    scope.page.wait_for_timeout(1000)
    return scope.locator("audio").evaluate_all("players => players.map(p => p.duration)")


@pytest.fixture
def opened(browser, lab, request):
    notebook = Notebook(browser, lab, request.param)
    yield notebook
    notebook.page.close()


def open_notebook(name):
    return pytest.mark.parametrize("opened", [name], indirect=True)


@open_notebook("01_explore_midi")
def test_explore(opened):
    for _ in opened.run_all():
        pass
    assert min(durations(opened.cell("first_bars = "))) > 5
    panel = opened.cell("ru.song_browser(")
    panel.scroll_into_view_if_needed()
    picture = panel.locator("img").first
    picture.wait_for(timeout=20_000)
    before = picture.get_attribute("src")
    panel.locator("select").first.select_option(index=60)
    opened.page.wait_for_function(
        "([e, old]) => e.querySelector('img') && e.querySelector('img').src !== old",
        arg=[panel.element_handle(), before],
        timeout=20_000,
    )
    panel.get_by_role("button", name="Hear the song").click()
    assert max(durations(panel)) > 20
    opened.picture("browser")
    finish(opened)


@open_notebook("02_build_dataset")
def test_build(opened):
    for _ in opened.run_all():
        pass
    cell = opened.cell("@interact(")
    cell.scroll_into_view_if_needed()
    text = cell.locator(".jp-OutputArea-output", has_text="windows are kept").first
    text.wait_for(timeout=20_000)
    before = text.inner_text()
    handle = cell.locator(".noUi-handle").last
    handle.focus()
    for _ in range(6):
        opened.page.keyboard.press("ArrowRight")
    opened.page.wait_for_timeout(1500)
    after = cell.locator(".jp-OutputArea-output", has_text="windows are kept").first.inner_text()
    kept = [int(t.split(" of ")[0].split()[-1].replace(",", "")) for t in (before, after)]
    assert kept[1] < kept[0]
    opened.picture("sliders")
    finish(opened)


@open_notebook("03_train_model")
def test_train(opened):
    charts, statuses = set(), set()
    cell = opened.cell("history = ru.learning_rate_sweep(")
    for _ in opened.run_all(400):
        for image in cell.locator("img").all():
            charts.add(image.get_attribute("src"))
        status = cell.locator(".jp-OutputArea-output").first
        if status.count():
            statuses.add(status.inner_text())
        if len(charts) == 12:
            opened.picture("training", None)
    assert len(charts) >= 8, "the chart did not move"
    assert any("left" in text for text in statuses)
    assert cell.locator("img").count() == 1  # updated in place, not one under the other
    finish(opened)


@open_notebook("04_generate_music")
def test_generate(opened):
    for _ in opened.run_all():
        pass
    for text in ("prompt.audio()", "stuck.audio()", "sound = riff.audio()"):
        opened.cell(text).scroll_into_view_if_needed()
        assert min(durations(opened.cell(text))) > (2 if text.startswith("prompt") else 5)
    opened.cell("riff.piano_roll()").scroll_into_view_if_needed()
    opened.picture("riff")
    cell = opened.cell("@interact_manual(")
    cell.scroll_into_view_if_needed()
    cell.get_by_role("button").click()
    assert min(durations(cell)) > 5
    cell.locator("img").first.wait_for(timeout=20_000)
    opened.picture("try_it")
    # Play: the browser's clock must run.
    player = opened.cell("sound = riff.audio()").locator("audio").first
    player.evaluate("p => { p.muted = true; return p.play(); }")
    opened.page.wait_for_timeout(1500)
    assert player.evaluate("p => p.currentTime") > 0.5
    finish(opened)
