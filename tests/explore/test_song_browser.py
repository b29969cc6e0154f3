"""The panel of notebook 01."""

import rockonet_utils as ru


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
