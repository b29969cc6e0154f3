"""Player and riff machine in JupyterLab: what one practises with, at three widths."""

import itertools
import os
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import scipy.signal
from lab import Notebook, heard_sound, in_a_browser, one_sound_at_a_time, times_heard

import rockonet_utils as ru

pytestmark = in_a_browser

CELLS = (
    """import rockonet_utils as ru
settings = ru.settings("quick", "starter")
train, validation, test = ru.split_by_song(ru.corpus_for(settings))
riff = ru.random_excerpt(test, 16, seed=5, bars=6)
player = riff.player()
player""",
    """machine = ru.RiffMachine(
    ru.load_trained(ru.shipped_model("riff")), train, test, settings.output / "favourites"
)
machine""",
    "display(riff.audio(), riff.sounding('clean').audio())",
    """print("the page says", player.loop, player.speed, player.muted, player.bar > 0)""",
)
WIDTHS = (1440, 720, 390)
# Of everything that can be pressed within `scope`: what is cut off at the side, or too small.
UNFIT = """(scope) => [...scope.querySelectorAll(
        "button, input, select, textarea, a[href], summary")]
    .filter((e) => e.checkVisibility() && !e.closest("details:not([open]) > :not(summary)"))
    .map((e) => {
        const box = e.getBoundingClientRect(), name = e.outerHTML.slice(0, 90);
        if (e.type === "file") return null;
        if (Math.min(box.width, box.height) < 24)
            return `small, ${box.width} × ${box.height}: ${name}`;
        if (box.left < 0 || box.right > innerWidth + 1) return `cut off, ${box.right}: ${name}`;
        if (e.tagName === "BUTTON" && e.scrollWidth > e.clientWidth + 2)
            return `words cut: ${name}`;
        return null;
    }).filter(Boolean)"""


@pytest.fixture(scope="module")
def practised(browser, lab):
    """A small notebook with a player and the riff machine, run."""
    address, token, folder = lab
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Practice"), *map(nbformat.v4.new_code_cell, CELLS)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, folder / "notebooks" / "practice.ipynb")
    opened = Notebook(browser, lab, "practice", record=True)
    for _ in opened.run_all():
        pass
    opened.cell("riff.player()").locator(".rockonet .play").wait_for()
    yield opened
    opened.page.close()


@pytest.fixture
def player(practised):
    """The player in its cell, at rest: no loop, full speed."""
    scope = practised.cell("riff.player()").locator(".rockonet").first
    scope.scroll_into_view_if_needed()
    yield scope
    if "stop" in scope.locator(".play").inner_text():
        scope.locator(".play").click()
    if scope.get_by_role("checkbox", name="loop", exact=True).is_checked():
        scope.get_by_role("checkbox", name="loop", exact=True).click()
    while scope.locator(".speed").inner_text() != "100 %":
        scope.get_by_role("button", name="faster", exact=True).click()


@pytest.fixture(scope="module")
def riff():
    """The riff of the notebook's player."""
    corpus = ru.corpus_for(ru.settings("quick", "starter"))
    return ru.random_excerpt(ru.split_by_song(corpus)[2], 16, seed=5, bars=6)


def chosen_bars(player):
    ends = ("first bar of the loop", "last bar of the loop")
    return [player.get_by_label(end).input_value() for end in ends]


def test_a_loop_of_bars_repeats_on_its_bar_lines(practised, player, riff):
    bar = riff.ticks_per_bar * riff.tick_seconds
    player.get_by_label("first bar of the loop").select_option("3")
    player.get_by_label("last bar of the loop").select_option("4")
    player.get_by_label("count-in").uncheck()
    whole = np.sum([stem.samples[:, 0] for stem in ru.stems(riff, True, True).values()], axis=0)
    for speed in (100, 75):
        while player.locator(".speed").inner_text() != f"{speed} %":
            player.get_by_role("button", name="slower", exact=True).click()
        seconds = 2 * bar * 100 / speed
        heard, rate = heard_sound(player, 3.6 * seconds)
        begin = round(3 * bar * 48_000)  # of bar 3, after the bar that counts in
        sound = scipy.signal.resample_poly(whole[begin : begin + 6000], rate, 48_000)
        times = times_heard(heard, rate, sound, seconds)
        assert len(times) >= 3
        assert np.abs(np.diff(times) - seconds).max() < 0.030, (speed, times, seconds)
    player.get_by_label("count-in").check()


def test_it_goes_where_one_clicks_and_loops_where_one_drags(practised, player, riff):
    page = practised.page
    place = player.locator(".time")
    box = player.locator(".roll").bounding_box()
    player.locator(".roll").click(position={"x": 0.5 * box["width"], "y": 30})
    assert float(player.locator(".head").get_attribute("x")) == pytest.approx(500, abs=8)
    measures = player.locator("g.measure")
    for bar in (2, 5):
        measures.nth(bar - 1).scroll_into_view_if_needed()
        box = measures.nth(bar - 1).bounding_box()
        page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"])
        assert f"bar {bar} of" in place.inner_text()
    player.locator(".roll").scroll_into_view_if_needed()
    box, n_bars = player.locator(".roll").bounding_box(), riff.bar_line_after / riff.ticks_per_bar
    total = float(player.locator(".roll").get_attribute("viewBox").split()[2])
    lines = [float(line.get_attribute("x")) for line in player.locator(".roll > rect[fill]").all()]
    middles = [box["x"] + box["width"] * (a + b) / 2 / total for a, b in itertools.pairwise(lines)]
    page.mouse.move(middles[2], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(middles[3], box["y"] + 25, steps=4)
    page.mouse.up()
    assert player.get_by_role("checkbox", name="loop", exact=True).is_checked() and n_bars > 4
    assert chosen_bars(player) == ["3", "4"]
    assert player.locator(".score .region").count() == 2
    # Python reads it.
    cell = practised.cell("the page says")
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    cell.get_by_text("the page says [3, 4] 100 []").wait_for(timeout=20_000)


def test_the_keyboard_alone_does_everything(practised, player):
    page = practised.page
    player.locator(".play").focus()
    press = page.keyboard.press
    press("Home")
    press("ArrowRight")
    press("ArrowRight")
    assert "bar 2 of" in player.locator(".time").inner_text()
    press("[")
    press("ArrowRight")
    press("]")
    assert chosen_bars(player) == ["2", "3"]
    assert player.get_by_role("checkbox", name="loop", exact=True).is_checked()
    for key, speed in (("-", "95 %"), ("+", "100 %"), ("+", "105 %"), ("-", "100 %")):
        press(key)
        assert player.locator(".speed").inner_text() == speed
    press("2")
    mute = player.get_by_role("button", name="mute bass")
    assert mute.get_attribute("aria-pressed") == "true"
    press("2")
    assert mute.get_attribute("aria-pressed") == "false"
    press("l")
    assert not player.get_by_role("checkbox", name="loop", exact=True).is_checked()
    player.locator(".place").focus()
    press("Space")
    player.locator(".play", has_text="stop").wait_for()
    press("Space")
    player.locator(".play", has_text="play").wait_for()
    assert practised.page.locator(".jp-Notebook .jp-mod-active").count() == 1  # no cell was added


def test_a_trainer_goes_faster_each_round_with_a_count_in_before_it(practised, player):
    player.get_by_label("first bar of the loop").select_option("2")
    player.get_by_label("last bar of the loop").select_option("2")
    for _ in range(3):
        player.get_by_role("button", name="slower", exact=True).click()
    player.get_by_label("faster each round").check()
    player.locator(".play").click()
    for speed in ("85 %", "90 %", "95 %"):
        player.locator(".speed", has_text=speed).wait_for(timeout=20_000)
        player.locator(".time", has_text="count-in").wait_for(timeout=20_000)
        player.locator(".time", has_text="bar 2 of").wait_for(timeout=20_000)
    player.locator(".play").click()
    player.get_by_label("faster each round").uncheck()


def test_what_is_muted_is_silent_and_a_solo_is_heard_alone(practised, player, riff):
    stems = ("guitar", "bass", "drums", "click")
    for number in range(len(stems)):
        player.locator(".place").press(str(number + 1))
    for name in stems:
        mute = player.get_by_role("button", name=f"mute {name}")
        assert mute.get_attribute("aria-pressed") == "true"
    heard, _ = heard_sound(player, 2)
    assert np.abs(heard).max() < 1e-3
    solo = player.get_by_role("button", name="solo bass")
    solo.click()
    player.locator(".place").press("Home")
    player.locator(".place").press("ArrowRight")  # the bass waits while it is counted in
    heard, rate = heard_sound(player, 3)
    power = np.abs(np.fft.rfft(heard)) ** 2
    low = np.fft.rfftfreq(len(heard), 1 / rate) < 500
    assert np.abs(heard).max() > 0.01 and power[low].sum() > 0.8 * power.sum()
    solo.click()
    for number in range(len(stems)):
        player.locator(".place").press(str(number + 1))


def test_it_fills_the_screen_for_a_projector(practised, player):
    page = practised.page
    player.locator(".place").press("f")
    page.wait_for_function("document.fullscreenElement?.matches('.rockonet')")
    width = page.evaluate("innerWidth")
    for part in (".roll", ".score svg"):
        assert player.locator(part).first.bounding_box()["width"] > 0.9 * width
    practised.picture("projector")
    player.locator(".place").press("f")
    page.wait_for_function("!document.fullscreenElement")


def test_one_sound_at_a_time(practised, player):
    one_sound_at_a_time(practised.cell("riff.audio()").locator("audio"), player)


@pytest.fixture
def panel(practised):
    """The riff machine, with two new bars to make."""
    scope = practised.cell("ru.RiffMachine(").locator(".rockonet-machine")
    scope.scroll_into_view_if_needed()
    scope.get_by_label("new bars").fill("2")
    scope.get_by_label("new bars").press("Tab")
    return scope


def five_riffs(panel):
    panel.get_by_role("button", name="Generate 5").click()
    panel.get_by_text("Five riffs in").wait_for(timeout=240_000)
    panel.locator(".rockonet-card .rockonet").nth(4).wait_for(timeout=20_000)


def test_the_file_that_was_uploaded_is_shown_as_it_is_read(practised, panel):
    page = practised.page
    panel.get_by_role("button", name="a file").click()
    song = ru.settings("quick", "starter").folder.parent / "guitar_pro" / "rooftop_radio.gp5"
    with page.expect_file_chooser() as choosing:
        panel.get_by_role("button", name="Choose a file").click()
    choosing.value.set_files(song)
    panel.get_by_text("rooftop_radio.gp5:").wait_for(timeout=20_000)
    tracks = panel.get_by_label("track").locator("option").all_inner_texts()
    assert tracks[0].endswith("most\xa0notes)") and len(tracks) > 2
    read = ru.prompt_from_file(song, 2)
    tempo, meter = panel.locator("input[type=number]:visible"), panel.get_by_label("meter")
    values = [field.input_value() for field in tempo.all()]
    assert f"{read.tempo_bpm:g}" in values
    assert meter.locator("visible=true").input_value() == f"{read.meter[0]}/{read.meter[1]}"
    # Another track, also one that is no guitar.
    bass = next(track for track in tracks if "bass" in track.lower())
    panel.get_by_label("track").select_option(label=bass)
    page.wait_for_timeout(1000)
    panel.get_by_role("button", name="Hear and see the prompt").click()
    panel.get_by_text("The prompt, as it is read.").wait_for(timeout=60_000)
    panel.locator(".rockonet").first.wait_for()
    # A file that is none takes the place of what was there, and is named.
    with page.expect_file_chooser() as choosing:
        panel.get_by_role("button", name=re.compile("Choose a file")).click()
    choosing.value.set_files(
        {"name": "garbled.mid", "mimeType": "audio/midi", "buffer": b"not music"}
    )
    panel.get_by_text("garbled.mid").wait_for(timeout=20_000)
    assert not panel.get_by_text("rooftop_radio.gp5:").count()
    panel.get_by_role("button", name="typed").click()


def test_downloads_stand_beside_their_button(practised, panel):
    five_riffs(panel)
    card = panel.locator(".rockonet-card").nth(1)
    button = card.get_by_role("button", name="Downloads")
    button.scroll_into_view_if_needed()
    button.click()
    links = card.locator("a[download]")
    links.nth(len(ru.FORMATS) - 1).wait_for(timeout=90_000)
    at, first = button.bounding_box(), links.first.bounding_box()
    assert abs(first["y"] - at["y"]) < 80
    assert first["x"] > at["x"]
    assert links.first.evaluate("e => getComputedStyle(e).textDecorationLine") == "underline"
    assert button.is_enabled()


def test_another_position_is_said_where_there_is_one(practised, panel):
    if panel.locator(".rockonet-card").count() < 5:
        five_riffs(panel)
    card = panel.locator(".rockonet-card").first
    card.get_by_role("button", name="Another position").click()
    # Which riffs the panel makes is chance, and not every one can be held in two ways.
    said = card.get_by_text(re.compile(r"Now it lies .*frets|There is no other position"))
    said.wait_for(timeout=60_000)


def test_favourites_stay_and_survive_the_kernel(practised, panel):
    page = practised.page
    if panel.locator(".rockonet-card").count() < 5:
        five_riffs(panel)
    card = panel.locator(".rockonet-card").last
    card.get_by_role("button", name="favourite").click()
    panel.get_by_text("★ 1 favourite").wait_for(timeout=20_000)
    name = panel.locator(".rockonet-card").first.get_by_label("name")
    name.fill("My best riff")
    name.press("Tab")
    page.wait_for_timeout(500)
    assert not page.locator("[title=null]").locator("visible=true").count()
    # The page is loaded again, and then its cell: the same panel, with all its cards.
    page.reload()
    page.locator(".jp-Notebook h1").first.wait_for(timeout=60_000)
    practised.wait_for_kernel()
    cell = practised.cell("ru.RiffMachine(")
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    panel.locator(".rockonet-card .rockonet").nth(4).wait_for(timeout=30_000)
    assert panel.locator(".rockonet-card").count() == 5
    for _ in practised.run_all(restart=True):
        pass
    again = practised.cell("ru.RiffMachine(").locator(".rockonet-machine")
    again.get_by_text("★ 1 favourite").wait_for(timeout=20_000)
    card = again.locator(".rockonet-card").first
    assert card.get_by_label("name").input_value() == "My best riff"
    card.get_by_role("button", name="Hear and see it").click()
    card.locator(".rockonet .play").wait_for(timeout=60_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_or_too_small(practised, panel, width, scheme):
    page = practised.page
    practised.theme(scheme)
    page.set_viewport_size({"width": width, "height": 900})
    practised.with_side_bar(width > 1000)
    page.wait_for_timeout(500)
    for source in ("from a song", "typed", "a file"):
        panel.get_by_role("button", name=source).click()
        page.wait_for_timeout(300)
        assert panel.evaluate(UNFIT) == []
        practised.picture(f"{source.replace(' ', '_')}_{width}_{scheme}", panel)
    player = practised.cell("riff.player()").locator(".rockonet").first
    assert player.evaluate(UNFIT) == []
    practised.picture(f"player_{width}_{scheme}", player)
    # Where the page is narrow the score keeps a size that can be read, and scrolls.
    assert player.locator(".score svg").first.bounding_box()["width"] > 600
    # A tab of two bars of 32 places is not wrapped.
    panel.get_by_role("button", name="typed").click()
    text = panel.locator("textarea:visible")
    text.fill("\n".join(f"{name}|{'0-' * 16}|{'3-' * 16}|" for name in "eBGDAE"))
    assert text.evaluate("e => getComputedStyle(e).whiteSpace") == "pre"
    assert "mono" in text.evaluate("e => getComputedStyle(e).fontFamily").lower()
    assert text.evaluate("e => e.scrollHeight <= e.clientHeight + 1")  # all its lines are seen
    assert practised.errors == [] and practised.elsewhere == []


def test_axe_finds_nothing_serious_in_player_and_panel(practised, panel):
    practised.page.set_viewport_size({"width": 1280, "height": 900})
    found = []
    for scheme in ("light", "dark"):
        practised.theme(scheme)
        for source in ("from a song", "typed", "a file"):
            panel.get_by_role("button", name=source).click()
            found += practised.violations(".rockonet-machine")
        found += practised.violations(".rockonet")
    assert found == []


def test_a_hundred_players_that_came_and_went_leave_no_memory_behind(browser, riff, tmp_path):
    """A cell that shows a player is run again and again: the page grows by less than 100 MB."""
    player, page = riff.player(), browser.new_page()
    (tmp_path / "page.html").write_text("<!doctype html><title>Cell</title><div id=cell></div>")
    page.goto((tmp_path / "page.html").as_uri())
    heap = page.context.new_cdp_session(page)
    html, script = player.html().split('<script type="module">')
    sizes = []
    for number in range(100):
        page.evaluate(
            """([html, script]) => {
                const made = document.createElement("script");
                [made.type, made.textContent] = ["module", script];
                document.querySelector("#cell").innerHTML = html;
                document.querySelector("#cell").append(made);
            }""",
            [html, script.removesuffix("</script>")],
        )
        page.locator(".rockonet .play").wait_for()
        if number % 20 == 10:
            page.locator(".rockonet .play").click()
            page.locator(".rockonet .play", has_text="stop").wait_for()
            page.wait_for_timeout(500)
        if number in (20, 99):
            heap.send("HeapProfiler.collectGarbage")
            page.wait_for_timeout(500)
            sizes.append(heap.send("Runtime.getHeapUsage"))
    grown = sum(sizes[1][kind] - sizes[0][kind] for kind in ("usedSize", "backingStorageSize"))
    nodes = page.evaluate("document.querySelectorAll('*').length")
    assert grown < 100e6 and nodes < 5000, (sizes, nodes)
    page.close()


def test_pictures_of_the_course(practised, panel, player, tmp_path):
    """What README and site show of the last notebook: `make pictures` puts them into figures/."""
    page = practised.page
    practised.theme("light")
    page.set_viewport_size({"width": 1280, "height": 1000})
    practised.with_side_bar(False)
    folder = Path(os.environ.get("ROCKONET_PICTURES") or tmp_path)
    panel.get_by_role("button", name="typed").click()
    panel.locator("textarea:visible").fill(ru.TYPED)
    panel.get_by_label("new bars").fill("4")
    panel.get_by_label("new bars").press("Tab")
    five_riffs(panel)
    shown = panel.locator(".rockonet-card", has=page.locator(".rockonet")).first
    shown.scroll_into_view_if_needed()
    shown.locator(".play").click()
    page.wait_for_timeout(6000)
    shown.locator(".play").click()
    page.set_viewport_size({"width": 1280, "height": 2800})
    panel.evaluate("e => e.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(1500)
    for name, part in (("notebook_04", shown.locator(".rockonet")), ("riff_machine", panel)):
        box = part.bounding_box()
        box["height"] = min(box["height"], 1150)
        page.screenshot(path=folder / f"{name}.png", clip=box)
        assert (folder / f"{name}.png").stat().st_size > 20_000
