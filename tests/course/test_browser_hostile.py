"""Hostile texts in every field, in JupyterLab and on the site: nothing of them runs there."""

import json

import make_site
import nbformat
import pytest
from hostile import FILE, HOSTILE, hostile_album, hostile_songs
from lab import Notebook, in_a_browser
from notebook_helpers import NAMES, NOTEBOOKS, SHORT, read, with_fewer_riffs

from rockonet.common.shown_text import visible

pytestmark = [*in_a_browser, pytest.mark.filterwarnings("ignore")]
SHOWN, SHOWN_FILE = visible(HOSTILE), visible(FILE)

CELLS = """\
import warnings
from pathlib import Path
import rockonet_utils as ru
folder = Path(FOLDER)
scores = ru.read_folder(folder)
song, score = next(iter(scores.items()))
ru.table(["track"], [[ru.track_label(track)] for track in score.tracks])
---
corpus = ru.build_corpus(folder)
ru.report_table(corpus)
---
ru.piano_roll(ru.score_notes(score.tracks, score.ticks_per_quarter), f"{song.name} {TEXT}")
---
ru.song_browser(folder)
---
riff = ru.prompt_from_file(sorted(folder.rglob("*.gp"))[0], bars=1)
riff.player(band=False)
---
riff
---
ru.RiffMachine(ru.load_trained(ru.shipped_model("riff")), corpus, corpus, folder / "favourites")
---
print(TEXT)
ru.prompt_from_text(TEXT)"""


def run_in_lab(notebook, name, lab, browser):
    """Run a notebook in JupyterLab, whose outputs are trusted when they were made there; nothing
    of them runs. Returns what was saved, and the words that are seen."""
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab[2] / "notebooks" / f"{name}.ipynb")
    opened = Notebook(browser, lab, name)
    for _ in opened.run_all(500):
        pass
    opened.page.wait_for_timeout(3000)
    assert_nothing_ran(opened.page)
    assert opened.page.locator(".jp-OutputArea mjx-container").count() == 0
    seen = words(opened.page.locator(".jp-Notebook"))
    opened.picture("hostile")
    saved = opened.saved()
    opened.page.close()
    return saved, seen


def seen_on_the_site(notebook, browser, folder, more=""):
    """The words of a notebook's page on the site, in which nothing runs."""
    nbformat.write(notebook, folder / "it.ipynb")
    (folder / "style.css").write_text("")
    target = folder / "it.html"
    body = make_site.body_of(folder / "it.ipynb") + more
    target.write_text(make_site.whole_page("it.html", body), encoding="utf-8")
    page = browser.new_page()
    page.goto(target.as_uri())
    for link in page.locator("#link").all():
        link.click()
    page.wait_for_timeout(1000)
    assert_nothing_ran(page)
    seen = words(page.locator("main"))
    page.close()
    return seen


def assert_nothing_ran(page):
    assert page.evaluate("window.hit") is None


def words(place):
    return " ".join(place.inner_text().split())


def test_nothing_of_any_output_runs(lab, browser, tmp_path):
    songs = hostile_songs(tmp_path / "songs")
    first = f"FOLDER, TEXT = {json.dumps(str(songs))}, {json.dumps(HOSTILE)}"
    cells = [nbformat.v4.new_code_cell(code) for code in (first, *CELLS.split("\n---\n"))]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Names"), *cells])
    saved, seen = run_in_lab(notebook, "hostile", lab, browser)
    for text in (SHOWN, SHOWN_FILE):
        assert " ".join(text.split()) in seen
    raw = f'<p id="raw">{HOSTILE}</p><a id="link" href="javascript:window.hit=5">x</a>'
    seen = seen_on_the_site(saved, browser, tmp_path, raw)
    assert " ".join(SHOWN.split()) in seen


@pytest.mark.parametrize("name", NAMES)
def test_the_course_on_hostile_songs(name, lab, browser, tmp_path_factory):
    """Each notebook as it is, but for a training that takes a moment, on songs of others."""
    folder = tmp_path_factory.mktemp(name)
    songs = hostile_album(folder / "songs")
    notebook = with_fewer_riffs(read(NOTEBOOKS[NAMES.index(name)]))
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith("settings = ru.settings("):
            cell.source += f"\n{SHORT}"
            cell.source = f"import os\nos.environ['ROCKONET_DATA'] = {str(songs)!r}\n{cell.source}"
    saved, seen = run_in_lab(notebook, f"hostile_{name}", lab, browser)
    assert [o for c in saved.cells for o in c.get("outputs", []) if o.output_type == "error"] == []
    assert name != NAMES[0] or " ".join(SHOWN.split()) in seen
    assert name != NAMES[1] or " ".join(SHOWN_FILE.split()) in seen
    seen_on_the_site(saved, browser, folder)
