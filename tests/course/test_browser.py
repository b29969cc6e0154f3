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

import make_site
import nbformat
import pytest
from helpers import ROOT

import rockonet_utils as ru

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

    def run_all(self, seconds=240, restart=False):
        """Run all cells; yields now and then until the kernel is idle for good."""
        if restart:
            self.menu("Kernel", "Restart Kernel and Run All Cells…")
            self.page.get_by_role("button", name="Confirm Kernel Restart").click()
            self.page.wait_for_timeout(1000)
        else:
            self.menu("Run", "Run All Cells")
        end = time.monotonic() + seconds
        self.page.locator(".jp-InputPrompt", has_text="[*]").first.wait_for(timeout=30_000)
        while self.page.locator(".jp-InputPrompt", has_text="[*]").count():
            assert time.monotonic() < end, "Run All did not end"
            yield
            self.page.wait_for_timeout(250)
        last = self.page.locator(".jp-CodeCell .jp-InputPrompt").last
        assert re.search(r"\[\d+\]", last.inner_text())
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

    def look():
        for image in cell.locator("img").all():
            charts.add(image.get_attribute("src"))
        status = cell.locator(".jp-OutputArea-output").first
        if status.count():
            statuses.add(status.inner_text())

    opened.menu("Edit", "Clear Outputs of All Cells")
    for _ in opened.run_all(400):
        look()
        if len(charts) >= 4:
            break
    (begun,) = (opened.path.parents[2] / "output").rglob("rate-0.01/history.csv")
    finished = begun.read_text().splitlines()
    assert len(finished) >= 3  # a header, and at least two epochs
    for _ in opened.run_all(400, restart=True):  # in the middle of the training
        look()
        if len(charts) == 12:
            opened.picture("training", None)
    assert begun.read_text().splitlines()[: len(finished)] == finished  # seconds and all
    assert len(charts) >= 12, "the chart did not move"
    assert any("left" in text for text in statuses)
    assert cell.locator("img").count() == 1  # updated in place, not one under the other
    finish(opened)


def plays_with_cursor(scope):
    """Whether a riff's player runs: the clock, the cursor over score and roll, the lit notes."""
    page, player = scope.page, scope.locator(".rockonet").first
    audio = player.locator("audio")
    audio.evaluate("p => { p.muted = true; return p.play(); }")
    seen = []
    for _ in range(8):
        page.wait_for_timeout(700)
        line = player.locator(".line")
        seen.append(
            (
                audio.evaluate("p => p.currentTime"),
                line.evaluate("e => e.style.display + e.style.left + e.style.top"),
                player.locator(".head").get_attribute("x"),
                player.locator(".on").count(),
            )
        )
    assert seen[-1][0] > 3 and all(a[0] < b[0] for a, b in zip(seen, seen[1:], strict=False))
    assert len({cursor for _, cursor, _, _ in seen}) > 3  # it moves
    assert len({head for _, _, head, _ in seen}) > 6
    assert max(lit for *_, lit in seen) >= 3  # a note in the score, the tab and the roll
    player.locator(".speed").select_option("0.5")
    assert audio.evaluate("p => p.playbackRate") == 0.5
    player.locator(".loop").check()
    assert audio.evaluate("p => p.loop")
    box = player.locator(".roll").bounding_box()
    player.locator(".roll").click(position={"x": 0.75 * box["width"], "y": 20})
    assert audio.evaluate("p => p.currentTime / p.duration") == pytest.approx(0.75, abs=0.05)
    audio.evaluate("p => p.pause()")


def five_cards(opened, cell, seconds=120):
    cell.get_by_role("button", name="Generate 5").click()
    cell.get_by_role("button", name="Generate 5").click(force=True)  # does nothing
    cell.get_by_text("Five riffs in").wait_for(timeout=seconds * 1000)
    opened.page.wait_for_timeout(3000)
    opened.picture("five_cards")
    cell.locator(".rockonet").nth(4).wait_for(timeout=20_000, state="attached")


@open_notebook("04_generate_music")
def test_generate(opened):
    for _ in opened.run_all():
        pass
    for text in ("prompt.audio()", "stuck.audio()", "sound = riff.audio()"):
        opened.cell(text).scroll_into_view_if_needed()
        assert min(durations(opened.cell(text))) > (2 if text.startswith("prompt") else 5)
    cell = opened.cell("riff.player(")
    cell.scroll_into_view_if_needed()
    plays_with_cursor(cell)
    opened.picture("player", cell)
    finish(opened)


@pytest.mark.parametrize("width, scheme", [(1280, "light"), (390, "dark")])
def test_site(browser, tmp_path, width, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True
    )
    page, errors, elsewhere = context.new_page(), [], []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    local = ("file:", "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(local) else elsewhere.append(r.url))
    for path in make_site.make_site(tmp_path / "site"):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path.name
        assert page.evaluate("[...document.images].every(i => i.alt && i.naturalWidth)"), path.name
        # A chart stays large enough to be read on a phone, where it scrolls by itself.
        shown = "[...document.images].every(i => i.width >= Math.min(i.naturalWidth, 500))"
        assert page.evaluate(shown), path.name
        outside = """[...document.querySelectorAll('.output_stream pre:not(.tab)')]
            .filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"""
        assert page.evaluate(outside) == [], path.name  # what is told is read without scrolling
        if path.stem == "04_generate_music":
            if width > 1000:
                assert page.locator("table").evaluate_all(
                    "all => all.every(t => t.offsetWidth <= t.parentElement.clientWidth)"
                )
            player = page.locator(".rockonet").first
            player.scroll_into_view_if_needed()
            plays_with_cursor(player.locator(".."))
        if folder := os.environ.get("ROCKONET_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/site_{path.stem}_{width}.png")
    # With the keyboard: the first stop skips the menu, the third is the next page.
    page.goto((tmp_path / "site" / "index.html").as_uri())
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/01_explore_midi.html")
    assert errors == [] and elsewhere == []
    context.close()


@open_notebook("04_generate_music")
def test_riff_machine(opened):
    # Before anything runs, what was saved is shown, with its players and scores: it is trusted.
    opened.page.locator(".rockonet svg").first.wait_for()
    assert opened.page.locator("audio").count() >= 4
    assert not opened.page.get_by_text("Engraved by Verovio").first.is_visible()
    opened.picture("as_it_comes", opened.cell("riff.player("))
    for again in range(2):  # the second time after Restart and Run All
        for _ in opened.run_all(restart=bool(again)):
            pass
        cell = opened.cell("ru.RiffMachine(")
        cell.scroll_into_view_if_needed()
        cell.get_by_role("button", name="typed").click()
        rows = zip("eBGDAD", "---000", "---555", strict=True)
        tab = "\n".join(f"{name}|--{a}--{a}-----|--{b}--{b}--{a}--|" for name, a, b in rows)
        cell.locator("textarea").fill(tab)
        scale, tuning = cell.locator("input[list]").all()
        scale.fill("E nonsense")
        scale.press("Tab")
        tuning.fill("drop D")
        tuning.press("Tab")
        cell.get_by_role("button", name="Generate 5").click()
        cell.get_by_text("There is no scale").wait_for(timeout=30_000)
        scale.fill("D minor")
        scale.press("Tab")
        five_cards(opened, cell)
        opened.picture(f"machine_{again}", cell)
        plays_with_cursor(cell)
        cell.get_by_role("button", name="Downloads").first.click()
        cell.locator("a[download]").nth(len(ru.FORMATS) - 1).wait_for(timeout=60_000)
        for suffix in ru.FORMATS:
            with opened.page.expect_download() as arriving:
                cell.locator(f"a[download$='{suffix}']").first.click()
            path = arriving.value.path()
            assert arriving.value.suggested_filename.endswith(suffix)
            assert path.stat().st_size > 300
        cell.locator(".widget-toggle-button", has_text="favourite").first.click()
        cell.get_by_role("button", name="Save favourites").click()
        cell.get_by_text("saved in the folder").wait_for(timeout=60_000)

    cell.get_by_role("button", name="a MIDI file").click()
    song = ru.midi_files(ru.settings("quick", "starter").folder)[0].read_bytes()
    for name, data, said in (
        ("garbled.mid", b"not music", "garbled.mid"),
        ("mine.mid", song, "Five riffs in"),
    ):
        with opened.page.expect_file_chooser() as choosing:
            cell.get_by_role("button", name="Upload").click()
        file = {"name": name, "mimeType": "audio/midi", "buffer": data}
        choosing.value.set_files([file])
        cell.get_by_role("button", name="Upload (1)").wait_for(timeout=30_000)
        cell.get_by_role("button", name="Generate 5").click()
        cell.get_by_text(said).first.wait_for(timeout=120_000)
    cell.get_by_text("after mine").first.wait_for(timeout=30_000)
    opened.picture("upload", cell)
    assert opened.errors == [] and opened.elsewhere == []
