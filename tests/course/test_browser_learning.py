"""Notebooks 01 to 03 in JupyterLab: a song chosen, windows counted, a training watched."""

import nbformat
import pytest
from lab import durations, finish, in_a_browser, open_notebook
from notebook_helpers import FEW_RIFF_WINDOWS, read, trained_less

pytestmark = in_a_browser


@open_notebook("01_explore_midi")
def test_explore(opened):
    for _ in opened.run_all():
        pass
    assert min(durations(opened.cell("first_bars = "))) > 5
    panel = opened.cell("ru.song_browser(")
    panel.scroll_into_view_if_needed()
    assert not panel.locator("[title=null]").locator("visible=true").count()
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
    # Wide enough to hit each of 4 to 100.
    assert cell.locator(".noUi-base").first.bounding_box()["width"] > 3 * 96
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


@pytest.fixture
def riffs_in_brief(lab):
    """Notebook 03 before it is opened: the classic sweep is watched, the riff recipe runs along."""
    path = lab[2] / "notebooks" / "03_train_model.ipynb"
    nbformat.write(trained_less(read(path), FEW_RIFF_WINDOWS), path)


@open_notebook("03_train_model")
def test_train(riffs_in_brief, opened):
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

    def rows():
        """Each without the check sum at its end, which is of the whole table."""
        return [line.rpartition(",")[0] for line in begun.read_text().splitlines()]

    finished = rows()
    assert len(finished) >= 3  # a header, and at least two epochs
    for _ in opened.run_all(400, restart=True):  # in the middle of the training
        look()
        if len(charts) == 12:
            opened.picture("training", None)
    assert rows()[: len(finished)] == finished  # seconds and all
    assert len(charts) >= 12, "the chart did not move"
    assert any("left" in text for text in statuses)
    assert cell.locator("img").count() == 1  # updated in place, not one under the other
    assert opened.cell("4. told in parts").get_by_text("Trained in").count() == 1  # it was told
    finish(opened)
