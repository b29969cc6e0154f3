"""How typed notes are played: read as guitarists write it."""

import warnings

import numpy as np
import pytest

import rockonet_utils as ru

T = ru.Technique


def a_tab(row, name="G", over="", names="eBGDAE"):
    """A tab in which one string has something on it."""
    blank = "".join(sign if sign == "|" else "-" for sign in row)
    lines = [f"{n}|{row if n == name else blank}|" for n in names]
    return "\n".join([f"  {over}"] * bool(over) + lines)


def played(text):
    """The events of a typed tab: tick, pitches, flags, bend and bent strings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        riff = ru.prompt_from_text(text)
    assert riff.fingering.impossible_techniques == ()
    ticks = np.cumsum(riff.events["step"]).tolist()
    how = riff.events[["technique", "bend", "bent"]].tolist()
    return [
        (tick, ru.event_pitches(event), *one)
        for tick, event, one in zip(ticks, riff.events, how, strict=True)
    ]


C4, D4, E4 = (60,), (62,), (64,)  # the g string at frets 5, 7 and 9


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("7---h9--p7--5---", [0, T.LEGATO, T.LEGATO, 0]),
        ("7h9-----9p7-----", [0, T.LEGATO, 0, T.LEGATO]),
        ("7--/9---\\7--s5---", [0, T.SLIDE, T.SLIDE, T.SLIDE]),
        ("7-------|h9------", [0, T.LEGATO]),
        ("7------h|9-------", [0, T.LEGATO]),
        ("7-----t12-p7----", [0, T.LEGATO, T.LEGATO]),
        ("7b9/12--12b14/15", [T.BEND, T.SLIDE, T.BEND, T.SLIDE]),
        ("7~--9v--7~~~----", [T.VIBRATO] * 3),
        ("x-------7-------", [T.DEAD, 0]),
        ("<12>----<7>---5-", [T.HARMONIC, T.HARMONIC, 0]),
        ("(7)-----9-------", [0, 0]),
        ("7---h7----------", [0, 0]),  # nothing is hammered to where the finger is
        ("0---/7--h9--p0--", [0, 0, T.SLIDE, T.LEGATO, T.LEGATO]),  # nor is an open string slid
    ],
)
def test_signs_between_and_behind_notes(row, wanted):
    assert [flags for _, _, flags, _, _ in played(a_tab(row))] == list(map(int, wanted))


@pytest.mark.parametrize(
    ("sign", "flags", "bend"),
    [
        ("7b9", T.BEND, 4),
        ("7b8", T.BEND, 2),
        ("7b(9)", T.BEND, 4),
        ("7^9", T.BEND, 4),
        ("7b", T.BEND, 4),
        ("7bfull", T.BEND, 4),
        ("7b1/2", T.BEND, 2),
        ("7b(1/4)", T.BEND, 1),
        ("7b½", T.BEND, 2),
        ("7b9r7", T.BEND | T.RELEASE, 4),
        ("7b9r", T.BEND | T.RELEASE, 4),
        ("7b9--r7", T.BEND | T.RELEASE, 4),
        ("7pb9", T.PREBEND, 4),
        ("7pb9r7", T.PREBEND | T.RELEASE, 4),
        ("7b9~~", T.BEND | T.VIBRATO, 4),
        ("12b14", T.BEND, 4),
        ("7b10r7", T.BEND | T.RELEASE, 6),
    ],
)
def test_bends_begin_at_their_fret_and_say_how_far_they_go(sign, flags, bend):
    first, second = played(a_tab(f"{sign:-<12}5---"))
    fret = int(sign.split("b")[0].split("^")[0].rstrip("p"))
    assert first == (0, (55 + fret,), flags, bend, 1)
    assert second == (36, C4, 0, 0, 0)


def test_a_unison_bend_bends_the_string_on_which_it_stands():
    rows = {"B": "5---5---", "G": "7b9-7---"}
    text = "\n".join(f"{n}|{rows.get(n, '--------')}|" for n in "eBGDAE")
    assert played(text) == [(0, (62, 64), int(T.BEND), 4, 0b01), (24, (62, 64), 0, 0, 0)]


@pytest.mark.parametrize("over", ["PM------|", "P.M.-----", "P.M. . . .", "PM - - - -", "PM======"])
def test_palm_mutes_stand_over_the_strings(over):
    flags = [how for _, _, how, _, _ in played(a_tab("0-0-0-0-0-0-0-0-", "E", over))]
    count = len(over.rstrip("|")) // 2 + len(over.rstrip("|")) % 2
    assert flags == [T.PALM_MUTE] * count + [0] * (8 - count)


def test_lines_over_the_strings_stand_over_each_other_and_begin_anew_in_each_bar():
    over = "LR-------        TP----\n  1 & 2 & 3 & 4 &  1 & 2 & 3 & 4 &"
    text = a_tab("0-0-0-0-0-0-0-0-|0-------0-------", "A", over)
    flags = [how for _, _, how, _, _ in played(text)]
    assert flags == [*[T.LET_RING] * 5, 0, 0, 0, T.TREMOLO, 0]
    again = played(a_tab("0-0-----", "A", "let ring"))
    assert [how for _, _, how, _, _ in again] == [T.LET_RING] * 2


def test_a_palm_mute_and_a_dead_note_are_short():
    riff = ru.prompt_from_text(a_tab("0---0---x---0---", "E", "PM"))
    assert riff.events["duration"].tolist() == [1, 12, 1, 12]


def test_a_slide_from_nowhere_and_a_grace_note_begin_a_tick_before():
    assert played(a_tab("---/9-----------")) == [
        (11, D4, 0, 0, 0),
        (12, E4, T.SLIDE, 0, 0),
    ]
    assert played(a_tab("---\\7-----------")) == [
        (11, E4, 0, 0, 0),
        (12, D4, T.SLIDE, 0, 0),
    ]
    assert played(a_tab("5-----g7h9------")) == [
        (0, C4, 0, 0, 0),
        (26, D4, 0, 0, 0),
        (27, E4, T.LEGATO, 0, 0),
    ]


def test_dead_notes_beside_others_are_silent_and_a_rake_is_one_click():
    names = {"B": "5---x---", "G": "x---x---", "D": "x---x---"}
    text = "\n".join(f"{n}|{names.get(n, '--------')}|" for n in "eBGDAE")
    assert played(text) == [(0, (64,), 0, 0, 0), (24, (50, 55, 59), T.DEAD, 0, 0)]


def test_a_string_that_is_held_while_another_one_moves_moves_with_it():
    def chords(upper, lower):
        names = {"G": upper, "D": lower}
        text = "\n".join(f"{n}|{names.get(n, '--------')}|" for n in "eBGDAE")
        return [flags for _, _, flags, _, _ in played(text)]

    assert chords("5---h7--", "5----5--") == [0, T.LEGATO]
    assert chords("5---h7--", "5----7--") == [0, 0]  # the other string is struck
    assert chords("5---/7--", "5---/7--") == [0, T.SLIDE]
