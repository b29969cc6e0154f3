"""A notebook in a real JupyterLab, in a headless browser, driven as a person would.

Set ROCKONET_SCREENSHOTS to a folder to keep pictures of what was seen.
"""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
import scipy.signal

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
in_a_browser = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]


def open_notebook(name):
    return pytest.mark.parametrize("opened", [name], indirect=True)


class Notebook:
    """One notebook in JupyterLab: its page, its menus, its cells."""

    def __init__(self, browser, lab, name, record=False):
        address, token, folder = lab
        self.name, self.path = name, folder / "notebooks" / f"{name}.ipynb"
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        if record:
            self.page.add_init_script(RECORDER)
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

    def with_side_bar(self, wanted):
        """The list of files at the left, which takes half of a small screen; Ctrl+B."""
        bar = self.page.locator("#jp-left-stack")
        if bar.is_visible() != wanted:
            self.page.keyboard.press("Control+b")
            bar.wait_for(state="visible" if wanted else "hidden")

    def theme(self, scheme):
        """JupyterLab in 'light' or 'dark', as the system of a learner may have it."""
        wanted = "false" if scheme == "dark" else "true"
        if self.page.locator("body").get_attribute("data-jp-theme-light") == wanted:
            return
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.keyboard.press("Control+Shift+c")
        palette = self.page.locator("#modal-command-palette input")
        palette.fill(f"Use Theme: JupyterLab {scheme.title()}")
        palette.press("Enter")
        self.page.locator(f"body[data-jp-theme-light='{wanted}']").wait_for(state="attached")

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

    def violations(self, selector):
        """What axe-core finds that is serious or worse in a part of the page, one line each."""
        return axe_violations(self.page, selector)

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


def axe_core():
    """The text of axe-core, from npm, in a folder of its own; skips the test where it is not."""
    folder = Path(os.environ.get("ROCKONET_AXE") or Path.home() / ".cache" / "rockonet-axe")
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        if not shutil.which("npm"):
            pytest.skip("there is no npm on this machine, which brings axe-core")
        folder.mkdir(parents=True, exist_ok=True)
        call = ["npm", "install", "--silent", "--prefix", str(folder), "axe-core@4"]
        done = subprocess.run(call, capture_output=True, text=True, timeout=300)
        if done.returncode or not script.exists():
            pytest.skip(f"npm cannot fetch axe-core here: {done.stderr.strip()[-200:]}")
    return script.read_text(encoding="utf-8")


# Style sheets are not fetched a second time: the policy of the site would not let it.
AXE = """(selector) => axe.run(selector, { resultTypes: ["violations"], preload: false }).then(
    (found) => found.violations.filter((one) => ["serious", "critical"].includes(one.impact)).map(
        (one) => `${one.id}: ${one.help}: ` +
            one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")))"""


def axe_violations(page, selector):
    """What axe-core finds that is serious or worse in a part of a page, one line each."""
    page.evaluate(axe_core() + "; null")
    return page.evaluate(AXE, selector)


def durations(scope):
    """Seconds of every player that the browser has found in `scope`."""
    scope.locator("audio").first.wait_for(timeout=30_000)
    scope.page.wait_for_timeout(1000)
    return scope.locator("audio").evaluate_all("players => players.map(p => p.duration)")


def plays_with_cursor(scope):
    """Whether a riff's player runs: the clock, the cursor over score and roll, the lit notes."""
    page, player = scope.page, scope.locator(".rockonet").first
    player.locator(".play").click()
    player.locator(".play", has_text="stop").wait_for()
    seen = []
    for _ in range(40):
        page.wait_for_timeout(250)
        line = player.locator(".line")
        seen.append(
            (
                float(player.locator(".head").get_attribute("x") or 0),
                line.evaluate("e => e.hidden + e.style.left + e.style.top"),
                player.locator(".time").inner_text(),
                player.locator(".on").count(),
            )
        )
        if len({cursor for _, cursor, _, _ in seen}) > 4 and len(seen) > 7 and seen[-1][0] > 200:
            break
    assert all(a[0] <= b[0] for a, b in zip(seen, seen[1:], strict=False))
    assert len({cursor for _, cursor, _, _ in seen}) > 3  # it moves
    assert len({head for head, *_ in seen}) > 6
    assert max(lit for *_, lit in seen) >= 3  # a note in the score, the tab and the roll
    slower = player.get_by_role("button", name="slower", exact=True)
    slower.click()
    assert player.locator(".speed").inner_text() == "95 %"
    player.get_by_role("button", name="faster", exact=True).click()
    player.locator(".play").click()
    box = player.locator(".roll").bounding_box()
    player.locator(".roll").click(position={"x": 0.75 * box["width"], "y": 20})
    assert float(player.locator(".head").get_attribute("x")) == pytest.approx(750, abs=10)
    player.get_by_role("button", name="to start").click()


def one_sound_at_a_time(sounds, player):
    """Plain players stop each other, a riff's player stops them, and they stop it."""
    play = player.locator(".play")
    for number in (0, 1, 0):
        sounds.nth(number).evaluate("e => { e.currentTime = 0; return e.play(); }")
        sounds.page.wait_for_timeout(300)
        playing = sounds.evaluate_all("all => all.flatMap((e, i) => e.paused ? [] : [i])")
        assert playing == [number]
    play.click()
    player.locator(".play", has_text="stop").wait_for()
    assert sounds.evaluate_all("all => all.every((e) => e.paused)")
    sounds.nth(1).evaluate("e => { e.currentTime = 0; return e.play(); }")
    player.locator(".play", has_text="play").wait_for()
    sounds.nth(1).evaluate("e => e.pause()")


# What goes to the loudspeakers is kept too, block by block with the number of its first sample.
RECORDER = """
const worklet = URL.createObjectURL(new Blob([`registerProcessor("recorder",
    class extends AudioWorkletProcessor {
        process(inputs) {
            if (inputs[0].length) this.port.postMessage([currentFrame, inputs[0][0].slice()]);
            return true;
        }
    })`], { type: "text/javascript" }));
globalThis.recorded = [];
const connect = AudioNode.prototype.connect, recorders = new WeakMap();
AudioNode.prototype.connect = function (target, ...more) {
    if (target instanceof AudioDestinationNode) {
        const context = this.context;
        if (!recorders.has(context)) {
            recorders.set(context, context.audioWorklet.addModule(worklet).then(() => {
                const recorder = new AudioWorkletNode(context, "recorder");
                recorder.port.onmessage = (e) => recorded.push(e.data);
                return recorder;
            }));
        }
        recorders.get(context).then((recorder) => connect.call(this, recorder));
    }
    return connect.call(this, target, ...more);
};
"""


def heard_sound(player, seconds):
    """What the loudspeakers get while a player plays: samples (n,), and how many a second."""
    page = player.page
    player.locator(".play").click()
    player.locator(".play", has_text="stop").wait_for()
    page.wait_for_function("globalThis.rockonetPlayers.context?.state === 'running'")
    page.evaluate("recorded.length = 0")
    page.wait_for_timeout(1000 * seconds)
    player.locator(".play").click()
    frames, data, rate = page.evaluate("""() => [
        recorded.map(([frame]) => frame),
        recorded.map(([, block]) => [...block].map((x) => Math.round(x * 1e4))),
        globalThis.rockonetPlayers.context.sampleRate]""")
    samples = np.zeros(frames[-1] - frames[0] + len(data[-1]))
    for frame, block in zip(frames, data, strict=True):
        samples[frame - frames[0] :][: len(block)] = np.array(block) / 1e4
    return samples, rate


def times_heard(samples, rate, sound, seconds):
    """When a short sound is heard in samples: about every so many seconds, as exactly as it is."""
    like = scipy.signal.correlate(samples, sound, "valid")
    energy = scipy.signal.correlate(samples**2, np.ones(len(sound)), "valid")
    like /= np.sqrt(np.maximum(energy, 1e-6) * np.square(sound).sum())
    reach, every = int(0.15 * rate), int(seconds * rate)
    place = int(like[:every].argmax())
    times = [place / rate]
    while place + every + reach < len(like):
        window = like[place + every - reach : place + every + reach]
        place += every - reach + int(window.argmax())
        times.append(place / rate)
    return times
