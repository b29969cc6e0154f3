"""The panel of notebook 04."""

import datetime
import json

import ipywidgets as widgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances as alive
from traitlets.utils.bunch import Bunch

import rockonet_utils as ru
from rockonet.common.saved import write_json
from rockonet.generation import riff_card
from rockonet.generation.favourites import Favourites, load_riff, save_riff


@pytest.fixture
def machine(starter, riff_recipe, tmp_path):
    machine = ru.RiffMachine(riff_recipe, starter[0], starter[1], tmp_path / "favourites")
    machine.settings.bars.value = 1
    machine.seed = 0  # the riffs of every run are the same
    return machine


@pytest.fixture
def silent(monkeypatch):
    """Cards without sound and score, which take long and are tested elsewhere."""
    monkeypatch.setattr(ru.Riff, "player", lambda riff, **_: widgets.HTML(riff.title))


def pressed(machine):
    machine.button.click()
    machine.worker.wait(120)
    return machine.message.value


def parts_of(card):
    """A card's row of fields, its files, its verdict, and the box of its player."""
    row, files, verdict, shown = card.children
    return *row.children, *files.children[:2], verdict, shown


def uploaded(machine, name, data):
    machine.prompts.source.value = "a file"
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    file = Bunch(name=name, type="", size=len(data), content=memoryview(data), last_modified=now)
    machine.prompts.upload.value = (file,)


def test_the_machine_makes_five_cards_and_saves_favourites(machine, silent, tmp_path):
    machine.settings.bars.value = 2
    machine.settings.scale.value, machine.settings.tuning.value = "E minor", "drop D"
    machine.button.click()
    machine.button.click()  # a second press while it works
    assert machine.busy and machine.button.disabled
    machine.worker.wait(120)
    assert len(machine.cards.children) == 5 and not machine.button.disabled
    assert "Five riffs" in machine.message.value
    card = machine.cards.children[2]
    _, star, _, _, get, links, verdict, shown = parts_of(card)
    assert "of 2 new bars repeat" in verdict.value and "playable" in verdict.value
    assert shown.children[0].value == machine.riffs[2].title
    get.click()
    machine.worker.wait(120)
    assert all(f'{suffix}"' in links.value for suffix in ru.FORMATS)
    star.value = True
    assert card in machine.starred.children and card not in machine.cards.children
    machine.keep.click()
    machine.worker.wait(120)
    assert "1 saved in the folder" in machine.count.value
    saved = {path.suffix for path in (tmp_path / "favourites").iterdir()}
    assert saved == {*ru.FORMATS, ".json"}
    star.value = False
    assert not machine.favourites and machine.keep.disabled and card in machine.cards.children
    classes = {p % 12 for r in machine.riffs for e in r.generated for p in ru.event_pitches(e)}
    assert classes <= set(ru.scale_pitch_classes("E minor"))


def test_a_card_changes_its_sound_its_tempo_and_its_name(machine, silent, monkeypatch):
    pressed(machine)
    monkeypatch.undo()  # the card has a real player from here on
    name, star, sound, tempo, _, links, _, shown = parts_of(machine.cards.children[0])
    star.value = True
    first = machine.favourites[0]
    links.value = "old links"
    sound.value, tempo.value = "clean", 90.0
    name.value = "  Mine  "
    machine.worker.wait(60)
    (riff,) = machine.favourites
    assert (riff.program, riff.tempo_bpm, riff.title) == (27, 90.0, "Mine") and links.value == ""
    (player,) = shown.children
    assert isinstance(player, ru.Player) and player.riff.tempo_bpm == 90
    assert (riff.events == first.events).all()
    assert [path.name for path in machine.folder.iterdir()] == ["mine.riff.json"]


def test_a_card_shows_another_position_and_comes_back_to_the_first(machine, silent):
    pressed(machine)
    panel = machine.cards.children[0]
    _, files, *_ = panel.children
    *_, note, position = files.children
    parts_of(panel)[1].value = True
    riff = machine.favourites[0]
    expected = riff.positions(riff_card.POSITIONS)
    for turn in range(1, len(expected) + 1):
        position.click()
        machine.worker.wait(120)
        (shown,) = machine.favourites
        wanted = expected[turn % len(expected)]
        np.testing.assert_array_equal(shown.fingering.frets, wanted.frets)
        assert (shown.events == riff.events).all()
        assert "Now it lies" in note.value or len(expected) == 1


def test_a_position_is_named_by_where_it_lies():
    low, high = (
        ru.Fingering(np.array([row] * 2), np.array([hand] * 2), 1.0, cost=cost)
        for row, hand, cost in (((-1, 0, 2, 2, -1, -1), 1, 3), ((5, 7, 7, -1, -1, -1), 5, 7.2))
    )
    assert riff_card.position_name(high, low) == (
        "Now it lies higher up the neck: frets 5 to 7; it costs +4 frets of moving."
    )
    assert "lower on the neck, with more open strings: frets 2 to 2" in (
        riff_card.position_name(low, high)
    )


def test_a_cell_that_runs_again_shows_the_same_panel(machine, silent, starter, riff_recipe):
    pressed(machine)
    again = ru.RiffMachine(riff_recipe, starter[0], starter[1], machine.folder)
    assert again is machine and len(again.cards.children) == 5


def test_widgets_of_old_cards_are_closed(machine, silent):
    pressed(machine)
    before = len(alive)
    for _ in range(3):
        pressed(machine)
    assert len(alive) == before


def test_favourites_are_read_back_and_what_cannot_be_is_named(machine, silent, tmp_path):
    pressed(machine)
    for card in machine.cards.children[:2]:
        parts_of(card)[1].value = True
    (machine.folder / "a.riff.json").write_text('{"events": {"bass": [300]}}')
    (machine.folder / "b.riff.json").write_text("")
    kept = Favourites(machine.folder)
    assert [riff.title for riff in kept.riffs] == [riff.title for riff in machine.favourites]
    for one, other in zip(kept.riffs, machine.favourites, strict=True):
        assert (one.events == other.events).all() and one.open_strings == other.open_strings
        assert one.prompt_events == other.prompt_events and one.meter == other.meter
    assert len(kept.doubts) == 2
    assert all("is not a favourite riff, or it is damaged" in doubt for doubt in kept.doubts)


def test_a_favourite_is_the_same_riff_in_its_file(tmp_path, starter):
    riff = ru.random_excerpt(starter[0], 12, seed=2)
    drop_d, title = (38, 45, 50, 55, 59, 64), "<b>Ünïcode</b>\n\udce9"
    odd = ru.Riff(riff.events, 3, 99.5, (6, 8), 27, title, drop_d)
    save_riff(odd, tmp_path / "odd.riff.json")
    again = load_riff(tmp_path / "odd.riff.json")
    assert again.events.dtype == ru.EVENT and (again.events == odd.events).all()
    for name in ("prompt_events", "tempo_bpm", "meter", "program", "title", "tuning", "scale"):
        assert getattr(again, name) == getattr(odd, name)
    for change in ({"bass": [127], "shape": [3]}, {"step": [-1]}, {"shape": [2]}):
        told = json.loads(json.loads((tmp_path / "odd.riff.json").read_text())["told"])
        columns = {name: riff.events[name][:1].tolist() for name in ru.EVENT.names}
        told |= {"events": columns | change, "prompt_events": 0}
        write_json(tmp_path / "bad.riff.json", told)
        with pytest.raises(ValueError, match="is not a favourite riff"):
            load_riff(tmp_path / "bad.riff.json")


def test_favourites_in_an_impossible_place_are_told(riff_recipe, starter, tmp_path, silent):
    (tmp_path / "file").write_text("in the way")
    machine = ru.RiffMachine(riff_recipe, starter[0], starter[1], tmp_path / "file" / "favourites")
    machine.settings.bars.value = 1
    pressed(machine)
    star = parts_of(machine.cards.children[0])[1]
    star.value = True
    note = machine.cards.children[0].children[1].children[2].value
    assert "could not be written" in note and not star.value and not machine.favourites


def test_without_a_soundfont_it_says_so(machine, monkeypatch, tmp_path):
    monkeypatch.setenv("ROCKONET_SOUNDFONT", str(tmp_path / "none.sf2"))
    assert "There is no SoundFont" in pressed(machine) and not machine.button.disabled
    (tmp_path / "none.sf2").write_bytes(b"no sounds at all")
    assert "<b>" in pressed(machine) and not machine.button.disabled


def test_the_machine_names_the_song_of_an_excerpt(machine, starter):
    titles = set()
    for machine.prompts.song_seed.value in range(12):
        titles.add(machine.prompts.song.value)
        assert machine.prompts.song.value == f"of {machine.prompt().title}"
    assert len(titles) > 3 and titles <= {f"of {song.title}" for song in starter[1].song_info}


def test_the_machine_says_what_it_cannot_read_of_a_typed_tab(machine, silent):
    machine.prompts.source.value = "typed"
    assert "signs" not in pressed(machine)
    machine.prompts.text.value = "\n".join(
        f"{name}|{'0-0*3-x-5=7-0-0-' if name == 'E' else '-' * 16}|" for name in "eBGDAE"
    )
    assert "without its signs * =, which" in pressed(machine) and len(machine.riffs) == 5
    assert [e["bass"] for e in machine.riffs[0].events[:7]] == [40, 40, 43, 40, 45, 47, 40]
    machine.prompts.text.value = "\n".join(f"{name}|{'0--' * 5}|" for name in "eBGDAE")
    assert "Bar 1 of the tab has 15 places" in pressed(machine)


def test_a_typed_prompt_has_the_meter_that_was_chosen(machine):
    machine.prompts.source.value, machine.prompts.meter.value = "typed", "6/8"
    machine.prompts.text.value = "\n".join(f"{name}|{'0-' * 6}|" for name in "eBGDAE")
    prompt = machine.prompt()
    assert prompt.meter == (6, 8) and (np.diff(ru.onsets(prompt.events)) == 6).all()


def test_a_file_is_shown_as_it_is_read_and_can_be_changed(machine):
    song = ru.settings(data="starter").folder.parent / "guitar_pro" / "rooftop_radio.gp5"
    said, machine.prompts.say = [], lambda text: said.append(text)
    uploaded(machine, "rooftop_radio.gp5", song.read_bytes())
    assert said == ["", "reading rooftop_radio.gp5 …", ""]
    read, panel = ru.prompt_from_file(song, 2), machine.prompts
    assert "rooftop_radio.gp5: " in panel.about.value and "12 bars became 15" in panel.about.value
    labels = [label for label, _ in panel.track.options]
    assert labels[0] == "Rhythm guitar (the guitar with the most notes)" and "Bass" in labels[-1]
    assert panel.file_tempo.value == read.tempo_bpm and panel.file_tuning.value == "standard"
    assert (machine.prompt().events == read.events).all()
    assert machine.prompt().given_frets == read.given_frets
    panel.track.value = panel.track.options[-1][1]  # the bass
    assert max(machine.prompt().events["bass"]) < 45 and machine.prompt().program == 30
    panel.track.index, panel.file_bars.value = 0, 1
    panel.file_tempo.value, panel.file_meter.value = 77, "3/4"
    panel.file_tuning.value = "drop D"
    changed = machine.prompt()
    assert (changed.tempo_bpm, changed.meter, changed.open_strings[0]) == (77, (3, 4), 38)
    assert len(changed.events) < len(read.events) and not changed.given_frets
    uploaded(machine, "garbled.mid", b"no music")
    assert "garbled.mid" in machine.message.value and "rooftop" not in panel.about.value
    assert "garbled.mid" in pressed(machine)


def test_a_track_that_is_no_guitar_can_be_chosen_of_a_midi_file(folder):
    data = (folder / "piano.mid").read_bytes()
    with pytest.raises(ru.MidiError, match="no guitar"):
        ru.prompt_from_file(data, 1, "piano.mid")
    ((label, track),) = ru.prompt_tracks(data, "piano.mid").items()
    assert "piano" in label
    riff = ru.prompt_from_file(data, 1, "piano.mid", track)
    assert [ru.event_pitches(event)[0] for event in riff.events][:3] == [60, 62, 64]
    data = (folder / "Two.MID").read_bytes()
    labels = [*ru.prompt_tracks(data, "Two.MID").items()]
    assert labels[0][1] is None and all("drums" not in label for label, _ in labels)


def test_the_prompt_is_heard_before_anything_is_made(machine):
    machine.prompts.hear.click()
    machine.worker.wait(60)
    (player,) = machine.prompts.heard.children
    assert isinstance(player, ru.Player)
    assert (player.riff.events == machine.prompt().revoiced().events).all()
    assert not machine.cards.children
    machine.prompts.bars.value += 1  # it is another prompt now
    assert not machine.prompts.heard.children and player.comm is None


def test_techniques_are_offered_if_the_model_has_learned_any(machine, monkeypatch):
    from rockonet.generation import settings_panel

    bend, mute = ru.Technique.BEND, ru.Technique.PALM_MUTE

    class Model:
        vocabulary = Bunch(manners=(1, int(mute) << 1 | 1, (int(bend) | 4 << 16) << 1 | 1))

    panel = settings_panel.SettingsPanel(Model())
    assert {*panel.techniques} == {bend, mute} and "techniques" not in panel.request()
    panel.techniques[bend].value = False
    assert panel.request()["techniques"] == {mute}
    panel.techniques[bend].value, panel.techniques[mute].value = True, False
    bends = {bend, ru.Technique.RELEASE, ru.Technique.PREBEND}
    assert panel.request()["techniques"] == bends  # one switch for all that bends a string
    Model.vocabulary = Bunch()
    assert not settings_panel.SettingsPanel(Model()).techniques


def test_the_machine_offers_low_tunings_and_says_what_they_do(machine, silent):
    assert {"drop A", "7-string", "8-string"} <= set(machine.settings.tuning.list.options)
    machine.settings.tuning.value = "8-string"
    said = pressed(machine)
    assert "Five riffs" in said and "10 semitones higher" in said
    assert all(len(riff.open_strings) == 8 for riff in machine.riffs)
    *_, get, links, _, _ = parts_of(machine.cards.children[0])
    get.click()
    machine.worker.wait(60)
    assert '.gp"' in links.value and '.gp5"' not in links.value


@pytest.mark.parametrize(
    ("panel", "change", "said"),
    [
        ("settings", dict(scale="E nothing"), "There is no scale"),
        ("settings", dict(tuning="rubber"), "There is no tuning"),
        ("prompts", dict(source="typed", text="what?"), "is no note"),
        ("prompts", dict(source="typed", text=""), "nothing in this prompt"),
        ("prompts", dict(source="typed", text="E8 G5 A5"), "is no note of tinyNotation: write"),
        ("prompts", dict(source="a file"), "Choose a file first"),
    ],
)
def test_bad_input_is_one_sentence_and_the_panel_stays_usable(machine, silent, panel, change, said):
    fields = getattr(machine, panel)
    before = {name: getattr(fields, name).value for name in change}
    for name, value in change.items():
        getattr(fields, name).value = value
    assert said in pressed(machine) and not machine.button.disabled
    for name, value in before.items():
        getattr(fields, name).value = value
    pressed(machine)
    assert len(machine.cards.children) == 5


def test_what_nobody_foresaw_is_told_too(machine, silent, monkeypatch):
    pressed(machine)
    monkeypatch.setattr(riff_card, "download_link", lambda *_: {}["odd"])
    card = machine.cards.children[0]
    parts_of(card)[4].click()
    machine.worker.wait(60)
    assert "no fault of yours: KeyError" in card.children[1].children[2].value
