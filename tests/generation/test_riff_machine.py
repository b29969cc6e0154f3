"""The panel of notebook 04."""

import pytest

import rockonet_utils as ru


@pytest.fixture
def machine(starter, riff_recipe, tmp_path):
    return ru.RiffMachine(riff_recipe, starter[0], starter[1], tmp_path / "favourites")


def test_the_machine_makes_five_cards_and_saves_favourites(machine, tmp_path):
    machine.bars.value = 2
    machine.scale.value, machine.tuning.value = "E minor", "drop D"
    machine.button.click()
    first = machine.thread
    machine.button.click()  # a second press while it works
    assert machine.thread is first and machine.button.disabled
    first.join(120)
    assert len(machine.cards.children) == 5 and not machine.button.disabled
    assert machine.message.value.startswith("Five riffs")
    row, verdict, player, links = machine.cards.children[2].children
    assert "of 2 new bars repeat" in verdict.value
    assert "playable" in verdict.value and "<audio" in str(player.outputs[0]["data"])
    _, star, get = row.children
    get.click()
    assert all(f'{suffix}"' in links.value for suffix in ru.FORMATS)
    star.value = True
    machine.keep.click()
    saved = {path.suffix for path in (tmp_path / "favourites").iterdir()}
    assert saved == set(ru.FORMATS)
    star.value = False
    assert not machine.favourites and machine.keep.disabled
    classes = {p % 12 for r in machine.riffs for e in r.generated for p in ru.event_pitches(e)}
    assert classes <= set(ru.scale_pitch_classes("E minor"))


def test_the_machine_names_the_song_of_an_excerpt(machine, starter):
    titles = set()
    for machine.song_seed.value in range(12):
        titles.add(machine.song.value)
        assert machine.song.value == f"of {machine.prompt().title}"
    assert len(titles) > 3 and titles <= {f"of {song.title}" for song in starter[1].song_info}


def test_the_machine_says_what_it_cannot_read_of_a_typed_tab(machine):
    machine.source.value, machine.bars.value = "typed", 1
    machine.button.click()
    machine.thread.join(120)
    assert "signs" not in machine.message.value
    machine.text.value = "\n".join(
        f"{name}|{'0-0*3-x-5=7-0-0-' if name == 'E' else '-' * 16}|" for name in "eBGDAE"
    )
    machine.button.click()
    machine.thread.join(120)
    assert "without its signs * =, which" in machine.message.value and len(machine.riffs) == 5
    assert [e["bass"] for e in machine.riffs[0].events[:7]] == [40, 40, 43, 45, 47, 40, 40]
    machine.text.value = "\n".join(f"{name}|{'0--' * 5}|" for name in "eBGDAE")
    machine.button.click()
    machine.thread.join(120)
    assert "Bar 1 of the tab has 15 places" in machine.message.value


def test_the_machine_offers_low_tunings_and_says_what_they_do(machine):
    assert {"drop A", "7-string", "8-string"} <= set(machine.tuning.options)
    machine.bars.value, machine.tuning.value = 1, "8-string"
    machine.button.click()
    machine.thread.join(120)
    assert "Five riffs" in machine.message.value and "10 semitones higher" in machine.message.value
    assert all(len(riff.open_strings) == 8 for riff in machine.riffs)
    _, _, _, links = machine.cards.children[0].children
    machine.cards.children[0].children[0].children[2].click()
    assert '.gp"' in links.value and '.gp5"' not in links.value


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (dict(scale="E nothing"), "There is no scale"),
        (dict(tuning="rubber"), "There is no tuning"),
        (dict(source="typed", text="what?"), "is no note"),
        (dict(source="typed", text=""), "nothing in this prompt"),
        (dict(source="typed", text="E8 G5 A5"), "is no note of tinyNotation: write"),
        (dict(source="a file"), "Choose a file first"),
    ],
)
def test_bad_input_is_one_sentence_and_the_panel_stays_usable(machine, change, said):
    before = {name: getattr(machine, name).value for name in change}
    for name, value in change.items():
        getattr(machine, name).value = value
    machine.button.click()
    machine.thread.join(60)
    assert said in machine.message.value and not machine.button.disabled
    for name, value in before.items():
        getattr(machine, name).value = value
    machine.bars.value = 1
    machine.button.click()
    machine.thread.join(120)
    assert len(machine.cards.children) == 5
