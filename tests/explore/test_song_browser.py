"""The panel of notebook 01."""

import rockonet_utils as ru
from rockonet.explore import song_browser
from rockonet.explore.song_browser import SongBrowser


def test_song_browser_follows_the_choice(folder):
    (folder / "bad.mid").write_bytes(b"no")
    panel = ru.song_browser(folder)
    (song, track), (hear, hear_all) = (row.children for row in panel.children[:2])
    song.label = "Two.MID"
    assert [label for label, _ in track.options] == [
        "Lead (jazz guitar, 24 notes)",
        "Drums (drums, 8 notes)",
    ]
    for button in (hear, hear_all):
        button.click()
    seen = []
    track.observe(lambda change: seen.append(change.new), "value")
    song.label = "one.mid"
    assert seen[-1] == (folder / "one.mid", 0)  # a change, though its place is the same
    song.label = "bad.mid"
    assert track.options == () and track.value is None
    hear.click()
    song.label = "one.mid"
    assert track.value == (folder / "one.mid", 0)


def test_what_stands_in_the_way_is_said_where_it_was_to_be_seen(folder, monkeypatch, tmp_path):
    browser = SongBrowser(folder)
    said = []
    monkeypatch.setattr(song_browser, "show", lambda place, *things: said.append((place, things)))
    (tmp_path / "damaged.sf2").write_bytes(b"RIFF" + bytes(100))
    for name, words in (("none.sf2", "There is no SoundFont"), ("damaged.sf2", "damaged")):
        monkeypatch.setenv("ROCKONET_SOUNDFONT", str(tmp_path / name))
        browser.hear_track.click()
        place, (shown,) = said[-1]
        assert place is browser.player and words in shown.data
    (folder / "one.mid").unlink()
    browser.song.label = "one.mid"
    place, (shown,) = said[-1]
    assert place is browser.picture and "cannot be opened" in shown.data
    (tmp_path / "empty").mkdir()
    SongBrowser(tmp_path / "empty")
    assert "no song in this folder" in said[-1][1][0].data
