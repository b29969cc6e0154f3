"""Notebook 04 and the web site in a browser: players that play, and the riff machine."""

import os

import make_site
import pytest
from lab import (
    axe_violations,
    durations,
    finish,
    in_a_browser,
    one_sound_at_a_time,
    open_notebook,
    plays_with_cursor,
)

import rockonet_utils as ru

pytestmark = in_a_browser


def five_cards(opened, cell, seconds=120):
    cell.get_by_role("button", name="Generate 5").click()
    cell.get_by_role("button", name="Generate 5").click(force=True)  # does nothing
    cell.get_by_text("Five riffs in").wait_for(timeout=seconds * 1000)
    opened.page.wait_for_timeout(3000)
    opened.picture("five_cards")
    cell.locator(".rockonet").nth(4).wait_for(timeout=20_000, state="attached")


def saved_players_are_shown(opened):
    """Before anything runs, what was saved is shown, with its players and scores: it is trusted."""
    opened.page.locator(".rockonet svg").first.wait_for()
    opened.page.locator(".rockonet .play").first.wait_for()  # alive, without a kernel
    assert opened.page.locator("audio").count() >= 3
    assert not opened.page.get_by_text("Engraved by Verovio").first.is_visible()
    one_sound_at_a_time(opened.page.locator("audio"), opened.page.locator(".rockonet").first)
    # A link leads to where it says, on the first click.
    top = opened.page.locator(".jp-WindowedPanel-outer").first
    opened.page.get_by_role("link", name="the riff machine").first.click()
    opened.page.wait_for_timeout(1500)
    heading = opened.page.locator("h2", has_text="The riff machine").first.bounding_box()
    assert -20 < heading["y"] - top.bounding_box()["y"] < 150
    top.evaluate("e => e.scrollTo(0, 0)")
    opened.picture("as_it_comes", opened.cell("riff.player("))


def players_play(opened):
    for text in ("prompt.audio()", "stuck.audio()", "sound = riff.audio()"):
        opened.cell(text).scroll_into_view_if_needed()
        assert min(durations(opened.cell(text))) > (2 if text.startswith("prompt") else 5)
    cell = opened.cell("riff.player(")
    cell.scroll_into_view_if_needed()
    plays_with_cursor(cell)
    opened.picture("player", cell)


def machine_goes_on_from_a_typed_tab(opened, cell):
    cell.get_by_role("button", name="typed").click()
    rows = zip("eBGDAD", "---000", "---555", strict=True)
    tab = "\n".join(f"{name}|--{a}--{a}-----|--{b}--{b}--{a}--|" for name, a, b in rows)
    cell.locator("textarea:visible").fill(tab)
    cell.get_by_label("scale", exact=True).select_option("another …")
    scale = cell.get_by_label("scale is")
    scale.fill("E nonsense")
    scale.press("Tab")
    cell.get_by_label("tuning", exact=True).locator("visible=true").select_option("drop D")
    cell.get_by_role("button", name="Generate 5").click()
    cell.get_by_text("There is no scale").wait_for(timeout=30_000)
    scale.fill("D minor")
    scale.press("Tab")
    five_cards(opened, cell)


def machine_offers_every_format(opened, cell):
    cell.get_by_role("button", name="Downloads").first.click()
    cell.locator("a[download]").nth(len(ru.FORMATS) - 1).wait_for(timeout=60_000)
    for suffix in ru.FORMATS:
        with opened.page.expect_download() as arriving:
            cell.locator(f"a[download$='{suffix}']").first.click()
        path = arriving.value.path()
        assert arriving.value.suggested_filename.endswith(suffix)
        assert path.stat().st_size > 300
    cell.locator(".widget-toggle-button", has_text="favourite").last.click()
    cell.get_by_role("button", name="Save favourites").click()
    cell.get_by_text("saved in the folder").wait_for(timeout=60_000)


def machine_goes_on_from_a_file(opened, cell):
    cell.get_by_role("button", name="a file").click()
    song = ru.midi_files(ru.settings("quick", "starter").folder)[0].read_bytes()
    for name, data, said in (
        ("garbled.mid", b"not music", "garbled.mid"),
        ("mine.mid", song, "Five riffs in"),
    ):
        with opened.page.expect_file_chooser() as choosing:
            cell.get_by_role("button", name="Choose a file").click()
        file = {"name": name, "mimeType": "audio/midi", "buffer": data}
        choosing.value.set_files([file])
        cell.get_by_role("button", name="Choose a file (1)").wait_for(timeout=30_000)
        cell.get_by_role("button", name="Generate 5").click()
        cell.get_by_text(said).first.wait_for(timeout=120_000)
    names = [field.input_value() for field in cell.get_by_label("name", exact=True).all()]
    assert any(name.startswith("after mine") for name in names)
    opened.picture("upload", cell)


@open_notebook("04_generate_music")
def test_generate_and_the_riff_machine(opened):
    saved_players_are_shown(opened)
    for again in range(2):  # the second time after Restart and Run All
        for _ in opened.run_all(restart=bool(again)):
            pass
        if not again:
            players_play(opened)
            finish(opened)
        cell = opened.cell("ru.RiffMachine(")
        cell.scroll_into_view_if_needed()
        machine_goes_on_from_a_typed_tab(opened, cell)
        opened.picture(f"machine_{again}", cell)
        plays_with_cursor(cell)
        machine_offers_every_format(opened, cell)
    machine_goes_on_from_a_file(opened, cell)
    assert opened.errors == [] and opened.elsewhere == []


def cursor_stays_in_sight(player):
    """On a small page the line of music that plays is scrolled to."""
    page = player.page
    page.set_viewport_size({"width": 390, "height": 420})
    player.get_by_role("button", name="to start").click()
    player.locator(".play").click()
    player.locator(".play", has_text="stop").wait_for()
    systems = set()
    for _ in range(120):
        page.wait_for_timeout(250)
        box = player.locator(".line").bounding_box()
        if box:
            above = player.locator("div.score").bounding_box()["y"]
            systems.add(round(box["y"] - above))
            if len(systems) > 1:  # it was followed to another line at least
                assert 0 <= box["y"] < 420 and 0 <= box["x"] < 390
        if len(systems) > 2:
            break
    assert len(systems) > 2
    player.locator(".play").click()
    page.set_viewport_size({"width": 390, "height": 800})


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
        assert axe_violations(page, "html") == [], path.name
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
            one_sound_at_a_time(page.locator("audio"), player)
            if width < 500:
                cursor_stays_in_sight(player)
        if folder := os.environ.get("ROCKONET_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/site_{path.stem}_{width}.png")
    page.goto((tmp_path / "site" / "04_generate_music.html").as_uri() + "#The-riff-machine")
    assert -5 < page.locator("h2", has_text="The riff machine").bounding_box()["y"] < 100
    # With the keyboard: the first stop skips the menu, the third is the next page.
    page.goto((tmp_path / "site" / "index.html").as_uri())
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/01_explore_midi.html")
    assert errors == [] and elsewhere == []
    context.close()
