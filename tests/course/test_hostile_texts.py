"""One hostile text in every field there is: nothing of it runs in a page, and nothing is lost."""

import warnings

import pytest
from helpers import a_tune
from hostile import FILE, HOSTILE, hostile_musicxml, hostile_songs
from matplotlib.cbook import is_math_text
from matplotlib.text import Text
from nbconvert.filters import markdown2html
from shown_page import assert_nothing_runs

import rockonet_utils as ru
from rockonet.common.shown_text import as_html, visible
from rockonet.generation.riff_card import download_link
from rockonet.generation.riff_machine import RiffMachine

SHOWN, SHOWN_FILE = visible(HOSTILE), visible(FILE)


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    return hostile_songs(tmp_path_factory.mktemp("songs"))


@pytest.fixture(scope="module")
def corpus(songs):
    return ru.build_corpus(songs.parent)


def test_tables_show_names_of_tracks_and_files_as_they_are(songs, corpus):
    score = ru.read_folder(songs)[songs / f"{FILE}.mid"]
    (track,) = (track for track in score.tracks if len(track.notes))
    shown = assert_nothing_runs(markdown2html(ru.table(["track"], [[ru.track_label(track)]]).data))
    assert SHOWN in shown.text
    assert [tag for tag, _ in shown.tags if tag not in ("span", "tr", "th", "td")] == [
        "table", "thead", "tbody",
    ]  # fmt: skip
    shown = assert_nothing_runs(markdown2html(ru.report_table(corpus).data))
    assert SHOWN_FILE in shown.text and "unreadable" in shown.text
    assert sum(tag == "td" for tag, _ in shown.tags) % 5 == 0


@pytest.mark.filterwarnings("ignore:constrained_layout")
def test_a_figure_takes_no_title_for_mathematics(songs, corpus):
    score = ru.read_folder(songs)[songs / f"{FILE}.mid"]
    notes = ru.score_notes(score.tracks, score.ticks_per_quarter)
    sound = ru.tones(440.0)
    for figure in (
        ru.piano_roll(notes, HOSTILE),
        ru.wave_chart({HOSTILE: sound}),
        ru.spectrum_chart({HOSTILE: sound}, {HOSTILE: 440.0}),
        ru.before_and_after({HOSTILE: sound, "A$AP and Ke$ha": sound}),
        ru.nats_chart({HOSTILE: 2.0}, {"$\\frac$": 1.0}),
        ru.lstm_picture(["$\\frac$", "A4"]),
        ru.window_picture(["$\\frac$", "A4", "$x$"], 2),
    ):
        figure.draw_without_rendering()  # the words at the axes come to be
        shown = [text.get_text() for text in figure.findobj(Text)]
        assert any("frac" in text for text in shown)
        assert not any(map(is_math_text, shown))
    figure.canvas.draw()
    title = ru.likeness_chart(corpus, 0).axes[0].get_title()
    assert "$x$" in title.replace("\\", "") and not is_math_text(title)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_prompt_from_any_file_is_shown_and_saved(songs, tmp_path):
    sources = [path for path in sorted(songs.iterdir()) if "3.mid" not in path.name]
    sources.append(hostile_musicxml())
    riffs = [ru.prompt_from_file(source, bars=1) for source in sources]
    riffs.append(a_tune((40, 43), title=HOSTILE))
    assert sum(riff.title.startswith("<img") for riff in riffs) == len(riffs)
    for riff in riffs[-1:]:
        shown = assert_nothing_runs(riff.player(band=False).html())
        labels = [tag.get("aria-label", "") for _, tag in shown.tags]
        assert any(riff.title in label for label in labels)
        assert riff.title in assert_nothing_runs(as_html(repr(riff), bold=True)).text
        ((_, link),) = assert_nothing_runs(download_link(riff, ".txt")).tags
        assert link["download"] == f"{riff.file_name}.txt"
        paths = riff.save(tmp_path / riff.title[:20], (".musicxml", ".gp", ".gp5", ".mid", ".txt"))
        for path in paths[:3]:
            again = ru.prompt_from_file(path)
            assert path.suffix == ".gp5" or again.title == riff.title


def test_the_machine_and_the_browser_show_names_as_they_are(songs, corpus, riff_recipe, tmp_path):
    machine = RiffMachine(riff_recipe, corpus, corpus, tmp_path / "none")
    assert_nothing_runs(machine.prompts.song.value)
    browser = ru.song_browser(songs)
    assert len(browser.children[0].children[0].options) == 4


@pytest.mark.parametrize("ask", [
    lambda: ru.prompt_from_text(HOSTILE),
    lambda: ru.prompt_from_text("e|--0--|", tuning=HOSTILE),
    lambda: ru.prompt_from_file(b"MThd" + HOSTILE.encode(), name=HOSTILE),
    lambda: ru.prompt_from_file(b"FICHIER GUITAR PRO" + bytes(99), name=HOSTILE),
    lambda: ru.scale_pitch_classes(HOSTILE),
    lambda: ru.settings(HOSTILE),
    lambda: ru.settings(data=HOSTILE),
])  # fmt: skip
def test_what_is_refused_is_said_in_one_line(ask):
    with warnings.catch_warnings(), pytest.raises((ValueError, OSError)) as refused:
        warnings.simplefilter("ignore")
        ask()
    assert "\n" not in str(refused.value)
