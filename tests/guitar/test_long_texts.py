"""Whatever is pasted as a prompt is answered soon: in a second, and mostly in a tenth of one."""

import time

import pytest

import rockonet_utils as ru

LONG = {
    "lines of one string": "x-------|\n" * 2000,
    "open triplets": "trip{" * 3000,
    "open triplets, apart": "trip{ " * 3000,
    "open chords": "[<(" * 6000,
    "one word": "tuning " + "x" * 19_000,
    "tabulators before a tuning": "\t" * 10_000 + "tuning " * 1400,
    "tunings": "tuning: " * 2400,
    "steps": "tuning a step" * 1500,
    "notes and no tuning": "tuning: " + "A B C D " * 2400,
    "one row": "e|" + "-0" * 9500,
    "bars of nothing": "|" * 20_000,
    "dashes": "-" * 20_000,
    "brackets": "\n".join(f"{name}|5b{'(' * 3000}" for name in "eBGDAE"),
    "quotation marks": "> " * 10_000,
    "systems": "e|-0-|\nB|---|\nG|---|\nD|---|\nA|---|\nE|---|\n" * 450,
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in LONG.items()])
@pytest.mark.filterwarnings("ignore")
def test_a_long_text_is_answered_soon(text):
    begin = time.process_time()
    try:
        assert len(ru.prompt_from_text(text[:20_000]).events)
    except ValueError as error:
        assert str(error).endswith(".")
    ru.unread_signs(text[:20_000])
    assert time.process_time() - begin < 1.5


def test_a_tuning_is_found_in_a_long_line():
    line = "and so on " * 100 + "Tuning: D A D G B E " + "and so on " * 100
    tab = "".join(f"{name}|0-2-3---|\n" for name in "eBGDAE")
    riff = ru.prompt_from_text(f"{line}\n{tab}")
    assert riff.open_strings == (38, 45, 50, 55, 59, 64)
