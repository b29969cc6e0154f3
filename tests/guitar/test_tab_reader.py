"""Typed tab, as guitarists write it."""

import dataclasses
import time
import warnings

import numpy as np
import pytest
from helpers import low_riff

import rockonet_utils as ru


@pytest.mark.parametrize(
    ("bar", "ticks"),
    [
        ("0---3---5---3---", [0, 12, 24, 36]),  # 16 places are sixteenths
        ("----3---5---3---", [12, 24, 36]),  # and begin with a rest
        ("--3---5---3-----", [6, 18, 30]),
        ("-0---3---5---3---", [0, 12, 24, 36]),  # a dash for the looks
        ("--0---3---5---3---", [0, 12, 24, 36]),
        ("0---3---5---3----", [0, 12, 24, 36]),  # a dash too many before the bar line
        ("0000000033333333", list(range(0, 48, 3))),  # a gallop without dashes
        ("12-7-55-0-------", [0, 9, 15, 18, 24]),  # fret 12, but twice fret 5
        ("0-3-5-0-3-5-", [0, 8, 16, 24, 32, 40]),  # triplets
        ("5--7--8--" * 4, list(range(0, 48, 4))),  # 12 places of three characters
        ("5-----8--" * 4, [0, 8, 12, 20, 24, 32, 36, 44]),
        ("5-----------7-----------8-----------", [0, 16, 32]),  # on the places 0, 4 and 8 of 12
        ("-" + "5--7--8--" * 4, list(range(0, 48, 4))),  # a dash for the looks
        ("5----7----" * 4, list(range(0, 48, 6))),  # 8 places of five
    ],
)
def test_places_in_a_typed_bar(bar, ticks):
    tab = "\n".join(f"{s}|{'-' * len(bar)}|" for s in "eBGDA") + f"\nE|{bar}|"
    assert np.cumsum(ru.prompt_from_text(tab).events["step"]).tolist() == ticks


@pytest.mark.parametrize("write", ["{name} {row}", "{name}:{row}", "{row}"])
def test_a_tab_may_be_written_in_several_ways(write):
    usual = ru.prompt_from_text(low_riff())
    np.testing.assert_array_equal(ru.prompt_from_text(low_riff(write=write)).events, usual.events)
    upside_down = "\n".join(reversed(low_riff().splitlines()))
    again = ru.prompt_from_text(upside_down)
    assert again.given_frets == usual.given_frets and again.open_strings == ru.STANDARD_TUNING


def test_blank_strings_open_strings_as_letters_and_bends_are_understood():
    blank = "e|      |\nB|      |\nG|      |\nD|2 2 5 |\nA|2 2 5 |\nE|0 0 3 |"
    events = ru.prompt_from_text(blank).events
    assert [ru.event_pitches(e) for e in events] == [(40, 47, 52)] * 2 + [(43, 50, 55)]
    bent = ru.prompt_from_text(low_riff("-,7b9-----7b(9)r7-,o-------o-------"))
    assert [ru.event_pitches(e) for e in bent.events] == [(40, 52)] * 2


def test_a_bar_with_few_notes_is_divided_like_others_of_its_width():
    def ticks(*bars):
        rows = [
            "".join(f"|{bar if name == 'A' else '-' * 36}" for bar in bars) for name in "eBGDAE"
        ]
        text = "\n".join(f"{n}{row}|" for n, row in zip("eBGDAE", rows, strict=True))
        return np.cumsum(ru.prompt_from_text(text).events["step"]).tolist()

    few = "5--------------------------------7--"  # on the places 0 and 11 of 12
    assert ticks("5--7--8--" * 4, few) == [*range(0, 48, 4), 48, 92]
    assert ticks(few, few) == [0, 45, 48, 93]  # alone it may be untidy: sixteenths


def test_two_bars_without_a_bar_line_are_doubted(recwarn):
    ru.prompt_from_text(low_riff())
    assert not recwarn
    with pytest.warns(UserWarning, match="Bar 1 .* If it is two bars, write | between them"):
        ru.prompt_from_text(low_riff("-," + 2 * "--5-5---5---3---" + "," + 32 * "-"))


def test_a_typed_tab_keeps_its_strings_and_frets():
    rows = {"G": "-----4----9-", "D": "2----4----9-", "A": "--7--2--12--", "E": "--------11--"}
    tab = "\n".join(f"{s}|{rows.get(s, '-' * 12)}|" for s in "eBGDAE")
    riff = ru.prompt_from_text(tab)
    kept = riff.fingering.frets[:, :4].tolist()  # E A D G
    assert kept == [
        [-1, -1, 2, -1],
        [-1, 7, -1, -1],
        [-1, 2, 4, 4],
        [11, 12, -1, -1],
        [-1, -1, 9, 9],
    ]
    assert ru.finger(riff.events).frets[:, :4].tolist() != kept  # others would be easier
    moved = dataclasses.replace(riff, tuning="drop D")  # the low string has other frets there
    assert moved.fingering.frets[3, 0] != 11 and not moved.fingering.unplayable


def test_a_dead_note_is_a_short_event_and_signs_that_are_not_known_are_named():
    rows = ("----------------", "----------------", "--------x-------", "----------------")
    tab = "\n".join(f"{n}|{r}|" for n, r in zip("eBGD", rows, strict=True))
    tab += "\nA|2---2----*--4---|\nE|0---------------|"
    events = ru.prompt_from_text(tab).events
    assert np.cumsum(events["step"]).tolist() == [0, 12, 24, 36]
    assert events["duration"].tolist() == [12, 12, 1, 12]  # the second ends at the x
    assert events["technique"].tolist() == [0, 0, ru.Technique.DEAD, 0]
    assert ru.unread_signs("PM-----\n" + tab) == ["*"]
    assert ru.unread_signs("E8 PM") == []


def test_a_bar_that_its_places_do_not_divide_is_told():
    def tab(places):
        row = ("2-" * 12)[:places]
        return "\n".join(f"{n}|{row if n == 'A' else '-' * places}|" for n in "eBGDAE")

    with pytest.warns(UserWarning, match="Bar 1 of the tab has 19 places"):
        ru.prompt_from_text(tab(19))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for places in (8, 12, 16, 24):
            assert np.sum(ru.prompt_from_text(tab(places)).events["step"]) < 48


def struck(*rows, names="eBGDAE"):
    """When each event of one typed bar begins, in ticks, and its frets, highest string first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        riff = ru.prompt_from_text(
            "\n".join(f"{name}|{row}|" for name, row in zip(names, rows, strict=False))
        )
    ticks = np.cumsum(riff.events["step"]).tolist()
    frets = riff.fingering.frets[:, ::-1][:, : len(rows)].tolist()
    return list(zip(ticks, frets, strict=True))


def test_columns_are_time_however_wide_the_bar():
    rng = np.random.default_rng(5)
    for width in range(5, 90):
        columns = np.sort(rng.choice(width - 1, min(width - 1, 1 + width // 3), replace=False))
        row = ["-"] * width
        for column in columns:
            row[column] = "5" if column + 1 not in columns else "6"
        rows = ["".join(row), "-" * width, "-" * width]
        found = struck(*rows)
        assert len(found) == len(columns)
        ticks = [tick for tick, _ in found]
        assert ticks == sorted(set(ticks))
        assert ticks[-1] < 48 * (1 if len(columns) <= 24 else 2)


def test_a_wide_bar_is_divided_in_proportion():
    # 60 columns, 0.8 ticks each: 3 columns are 2.4 ticks.
    row = "5--6--8--5--6--8--10-8------------------6-------5-----------"
    ticks = [0, 2, 5, 7, 10, 12, 14, 17, 32, 38]
    assert struck("-" * 60, row) == [
        (tick, [-1, fret])
        for tick, fret in zip(ticks, [5, 6, 8, 5, 6, 8, 10, 8, 6, 5], strict=True)
    ]


@pytest.mark.parametrize(
    ("upper", "lower", "found"),
    [
        ("12--12--", "--------", [(0, 12, -1), (24, 12, -1)]),
        ("12------", "12------", [(0, 12, 12)]),
        ("12------", "9-------", [(0, 12, 9)]),
        ("12------", "-2------", [(0, 1, -1), (6, 2, 2)]),  # below the 2 stands a 2
        ("12------", "02------", [(0, 1, 0), (6, 2, 2)]),
        ("12------", "-9------", [(0, 12, 9)]),  # a chord, written to the right
        ("1212----", "--------", [(0, 1, -1), (6, 2, -1), (12, 1, -1), (18, 2, -1)]),
        ("1012----", "8-10----", [(0, 10, 8), (12, 12, 10)]),
        ("24--24--", "22--22--", [(0, 24, 22), (24, 24, 22)]),
    ],
)
def test_two_digits_are_a_fret_or_two_notes(upper, lower, found):
    assert [(tick, *frets) for tick, frets in struck(upper, lower)] == found


@pytest.mark.parametrize(
    "row",
    [
        "5---7---8---7---",
        "5--h7---8--p7---",
        "5h--7/--8~~~7---",
        "5---7b9-8r--7---",
        "<5>-7---8---7---",
        "(5)-7---8---<7>-",
        "5---7--<8>--7---",
        "5^7-7---8b½-7---",
        "5===7\\__8.--7---",
    ],
)
def test_signs_of_techniques_are_no_time(row):
    assert [(tick, frets[2]) for tick, frets in struck("-" * 16, "-" * 16, row)] == [
        (0, 5),
        (12, 7),
        (24, 8),
        (36, 7),
    ]


def test_counted_beats_tell_where_a_bar_begins():
    for beats in ("1 & 2 & 3 & 4 &", "1 + 2 + 3 + 4 +", "1   2   3   4", "1 e & a 2 e & a"):
        row = "--0-----3------" if "a" not in beats else "--0-----3-----"
        text = "\n".join(f"{n}|{row if n == 'E' else '-' * len(row)}|" for n in "eBGDAE")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            riff = ru.prompt_from_text(f"  {beats}\n{text}")
        assert riff.events["step"][0] == round(2 / len(row) * 48)


def test_bars_of_rest_before_the_first_note_are_no_part_of_a_prompt():
    assert struck("-" * 8 + "|" + "0-3-----")[0] == (0, [0])
    assert struck("-" * 8 + "|" + "--3-----")[0] == (12, [3])


def test_whatever_is_pasted_answers_soon():
    for text in (
        "x-------|\n" * 2000,
        "E|0-\n" * 2000,
        "E|" + "12" * 6000 + "-|",
        "|" + " " * 19_900 + "z",
        "1" * 19_999,
        "tuning " + "E A " * 4900,
        "".join(f"{name}|{'12|' * 1000}\n" for name in "eBGDAE"),
    ):
        begin = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                ru.prompt_from_text(text)
            except ValueError as error:
                assert len(str(error)) < 250
        assert time.process_time() - begin < 2
