"""Hostile texts wherever a text can come from: shown as they are, and nothing of them runs."""

import random
import re
from pathlib import Path

from matplotlib.cbook import is_math_text
from nbconvert.filters import markdown2html
from shown_page import assert_nothing_runs
from torture import Campaign
from torture_songs import ROOT

import rockonet_utils as ru
from rockonet.common.shown_text import as_html, as_label, visible
from rockonet.explore.written_song import plain_text
from rockonet.generation.riff_card import download_link

PIECES = (
    *('<img src=x onerror="window.hit=1">', "<script>window.hit=2</script>", "</td></table>"),
    *("<svg onload=window.hit=3>", "[a](javascript:window.hit=4)", "![](javascript:window.hit=5)"),
    *("<a href=javascript:window.hit=6>", "[b]: javascript:window.hit=7", "`", "```", "|", "||"),
    *("&lt;script&gt;", "&#60;img src=x&#62;", "&", "'", '"', ">", "<", "-->", "<!--", "]]>"),
    *("$", "$$", "$\\frac$", "\\(", "\\[", "\\begin{align}", "{{7*7}}", "{%raw%}", "%s", "{0}"),
    *("*", "**", "_", "__", "~~", "#", "- ", "> ", "\n", "\r\n", "\n\n", "\t", "\x00", "\x1b[31m"),
    *("\x7f", "\u202e", "\u2028", "\ufeff", "\udce9", "\ud83d", "\U0001f3b8", "日本", "岩" * 40),
    *("a", " ", "Angie", "A$AP and Ke$ha", "www.example.org", "https://example.org", "a@b.org"),
    *("/", "..", "../../", "C:\\", "con", "~", "-rf", ";", "\\"),
)


def prepare(_: Path) -> tuple[ru.Riff, bytes]:
    """A riff, and a song with a guitar."""
    song = ROOT / "data" / "starter" / "metal"
    riff = ru.random_excerpt(ru.build_corpus(song), 8)
    return riff, sorted(song.glob("*.mid"))[0].read_bytes()


def attempt(state: tuple[ru.Riff, bytes], rng: random.Random, folder: Path) -> None:
    """One text as the name of a track, a file and a riff, as a prompt, a tuning and a scale."""
    riff, song = state
    text = "".join(rng.choices(PIECES, k=rng.choice((1, 2, 3, 5, 12))))
    shown_in_tables(text, song, folder)
    assert not is_math_text(as_label(text))
    assert visible(text) in assert_nothing_runs(as_html(text, bold=True)).text
    named = ru.Riff(riff.events, title=text)
    assert_nothing_runs(as_html(repr(named)))
    (_, link), *others = assert_nothing_runs(download_link(named, ".txt")).tags
    assert not others and link["download"] == f"{named.file_name}.txt"
    (path, *_) = named.save(folder / "riffs", (".musicxml", ".txt"))
    assert path.parent == folder / "riffs" and path.is_file()
    assert ru.prompt_from_file(path).title == (plain_text(visible(text)) or "riff")
    for ask in (
        lambda: ru.prompt_from_text(text),
        lambda: ru.prompt_from_text("e|--0--|", tuning=text),
        lambda: ru.scale_pitch_classes(text),
        lambda: ru.settings(data=text),
    ):
        try:
            ask()
        except (ValueError, OSError) as error:
            assert len(str(error).encode().splitlines()) == 1, "more than a line"


def shown_in_tables(text: str, song: bytes, folder: Path) -> None:
    """A text as the name of a track, a folder and a file, in the tables of the notebooks."""
    name = re.sub("[/\0\ud800-\udc7f]", "-", text)[:40].strip(".") or "name"
    path = folder / "songs" / name / f"{name}.mid"
    path.parent.mkdir(parents=True)
    path.write_bytes(song)
    score = ru.read_midi(path)
    (track, *_) = score.tracks
    track.name = visible(text)
    shown = assert_nothing_runs(markdown2html(ru.table(["track"], [[ru.track_label(track)]]).data))
    assert visible(text).strip() in shown.text
    report = ru.report_table(ru.build_corpus(path.parents[1])).data
    shown = assert_nothing_runs(markdown2html(report))
    assert visible(path.name) in shown.text


CAMPAIGNS = (Campaign("hostile texts", 2_000, prepare, attempt),)
