"""Tabs with what stands around them on pages, in mails and in word processors."""

import warnings

import numpy as np
import pytest

import rockonet_utils as ru

E5, G5, A5 = (0, 2, 2, -1, -1, -1), (3, 5, 5, -1, -1, -1), (5, 7, 7, -1, -1, -1)
FOUR = [(0, E5), (1, E5), (2, G5), (3, E5)]  # what most of these pages say: a quarter note each
ROWS = ["-" * 16] * 3 + ["2---2---5---2---", "2---2---5---2---", "0---0---3---0---"]
AGAIN = [(quarter + 4, frets) for quarter, frets in FOUR]


def tab(rows=ROWS, names="eBGDAE", write="{}|{}|", join="\n"):
    return join.join(write.format(*pair) for pair in zip(names, rows, strict=True))


def read(text, **more):
    """A typed tab as a riff, and what was said of it."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        riff = ru.prompt_from_text(text, **more)
    return riff, " ".join(str(warning.message) for warning in said)


def held(riff):
    """When each event begins, in quarter notes, and its frets."""
    quarters = np.cumsum(riff.events["step"]) / ru.TICKS_PER_QUARTER
    return [
        (float(quarter), tuple(map(int, frets)))
        for quarter, frets in zip(quarters, riff.fingering.frets, strict=True)
    ]


PAGES = {
    "a page of chords and words": f"""
[Intro]

   E5      G5  E5
{tab()}

[Verse 1]
[ch]Em[/ch]        [ch]G[/ch]
I left the light on, 2 more miles to go - oh
""",
    "a line of chords between bars": f"| Em  -  G | A / / - |\n{tab()}",
    "strokes over it": f"  D U D U | D - U -\nx-x-x-x-x-x-x-x-\n{tab()}",
    "palm mutes over it": f"  PM------------|\n{tab()}\n  d   u   d   u",
    "a bracket over a triplet": f"     |--3--|\n{tab()}",
    "numbers of bars": f"  17\n{tab(write='{}|-{}|')}",
    "a mail": "Hi Tom,\nhere it is:\n\n> " + tab(join="\n> ") + "\n\ncheers - J.\n",
    "a mail whose lines were broken": "\n".join(
        f"{name}|{row[:9]}\n{row[9:]}|" for name, row in zip("eBGDAE", ROWS, strict=True)
    ),
    "a page in markdown": f"```\n{tab()}\n```",
    "a word processor": tab().replace("-", "–").replace("|", "│"),
    "minus signs": tab().replace("-", "−"),
    "box lines": tab(write="{}├{}┤").replace("-", "─"),
    "full width": tab().translate({ord(c): ord(c) + 0xFEE0 for c in "-|eBGDAE0235"}),
    "a line break of Word": tab(join="\x0b"),
    "Windows": tab(join="\r\n"),
    "each line a paragraph": tab(join="\n\n"),
    "signs that nobody sees": "\ufeff" + tab(write="\u200b{}|{}|\u200b"),
    "tabulators": tab(write="\t{}\t|{}|"),
    "no-break spaces": tab(write="\u00a0{}\u00a0|{}|").replace("-", "\u00a0"),
    "underscores": tab().replace("-", "_"),
    "full stops": tab().replace("-", "."),
    "names before blanks": tab(write="{} {}"),
    "colons": tab(write="{}:{}"),
    "a bar line before the names": tab(write="|{}|{}|"),
    "dashes behind the names": tab(write="{}-|{}|"),
    "a web page's signs": tab(write="&nbsp;{}|{}|").replace("-", "&#45;"),
    "no names": tab(write="|{1}|"),
    "numbers of strings": tab(names="123456"),
    "double bar lines": tab(write="{}||{}||"),
    "a remark like notes behind it": tab(write="{}|{}|  x 2 a4"),
    "remarks behind it": tab(write="{}|{}|  play 2 - 3 times (quiet)"),
    "a remark behind an open bar": tab(write="{}|{}") + "   (2nd time - louder)",
    "the lowest string first": tab(ROWS[::-1], "EADGBe"),
    "a line of text in it": tab().replace("\nD|", "\n   let ring throughout\nD|"),
    "lines between texts": f"-----------------\n{tab()}\n-----------------",
    "dashed chords over it": f"E5------G5--E5---\n{tab()}",
    "a pictured bar line missing": tab().replace("A|2---2---5---2---|", "A|2---2---5---2----"),
}


@pytest.mark.parametrize("page", PAGES)
def test_what_stands_around_a_tab_is_no_part_of_it(page):
    riff, _ = read(PAGES[page])
    assert held(riff) == FOUR
    assert riff.open_strings == ru.STANDARD_TUNING and riff.meter == (4, 4)


def test_two_systems_need_no_line_between_them():
    for names in ("eBGDAE", "EBGDAE"):
        assert held(read(f"{tab(names=names)}\n{tab(names=names)}")[0]) == FOUR + AGAIN
    unnamed = tab(write="|{1}|")
    assert held(read(f"{unnamed}\n{unnamed}")[0]) == FOUR + AGAIN
    assert held(read(f"{tab()}\nla la, 1 2 3 - la\n{tab()}")[0]) == FOUR + AGAIN


def test_a_percent_sign_is_the_bar_before():
    for sign in ("%", "-------%--------"):
        rows = [f"{row}|{sign}" for row in ROWS]
        riff, said = read(tab(rows))
        assert held(riff) == FOUR + AGAIN and not said
    middle = [
        f"{row}|{'-%--' if name in 'GD' else '----'}"
        for name, row in zip("eBGDAE", ROWS, strict=True)
    ]
    assert held(read(tab(middle))[0]) == FOUR + AGAIN


def test_heads_tell_tempo_meter_tuning_and_capo():
    head = "Tempo: 96 bpm\nTuning: D A D G B E\nCapo: 2nd fret\nTime: 3/4\n"
    riff, said = read(head + tab(["-" * 12] * 5 + ["0---3---5---"]))
    assert (riff.tempo_bpm, riff.meter) == (96, (3, 4))
    assert riff.open_strings == (40, 47, 52, 57, 61, 66)  # D A D G B E and two semitones
    assert [ru.event_pitches(event) for event in riff.events] == [(40,), (43,), (45,)]
    assert held(riff) == [(quarter, (fret, *[-1] * 5)) for quarter, fret in enumerate((0, 3, 5))]
    assert "2 semitones higher: capo 2" in said
    assert read(tab())[0].tempo_bpm == 120 and read(tab(), tempo_bpm=90)[0].tempo_bpm == 90
    riff, said = read("♩ = 96, in 6/8\n" + tab(), tempo_bpm=140, meter=(3, 4), tuning="drop D")
    assert (riff.tempo_bpm, riff.meter) == (96, (6, 8))
    assert "The tempo is that of the text, 96 bpm, and not 140 bpm." in said
    assert "The meter is that of the text, 6/8, and not 3/4." in said


@pytest.mark.parametrize(
    ("words", "strings"),
    [
        ("Tuning: Drop D", (38, 45, 50, 55, 59, 64)),
        ("drop C tuning, 140 BPM", (36, 43, 48, 53, 57, 62)),
        ("Tuning: Eb Ab Db Gb Bb Eb", (39, 44, 49, 54, 58, 63)),
        ("Tuned down half a step", (39, 44, 49, 54, 58, 63)),
        ("Tuning: 1/2 step down", (39, 44, 49, 54, 58, 63)),
        ("tuned a whole step down", (38, 43, 48, 53, 57, 62)),
        ("Tuning: Drop D, down a half step", (37, 44, 49, 54, 58, 63)),
        ("Tuning: D standard", (38, 43, 48, 53, 57, 62)),
        ("Tuning: DADGAD", (38, 45, 50, 55, 57, 62)),
        ("Tuning: eBGDAD", (38, 45, 50, 55, 59, 64)),  # from the highest string
        ("Tuning: Open G", (38, 43, 50, 55, 59, 62)),
        ("tuning D2 A2 D3 G3 A3 D4", (38, 45, 50, 55, 57, 62)),
        ("Standard tuning", ru.STANDARD_TUNING),
        ("Capo II", (42, 47, 52, 57, 61, 66)),
        ("No capo", ru.STANDARD_TUNING),
    ],
)
def test_tunings_as_people_say_them(words, strings):
    riff, said = read(f"{words}\n{tab(write='|{1}|')}")
    assert riff.open_strings == strings and held(riff) == FOUR
    assert bool(said) == (words == "Capo II")


def test_a_head_that_cannot_be_is_named():
    text = f"Tuning: as you like\nTempo: 5 bpm\nTime: 4/3\nCapo 19\n{tab()}\nTempo: 90\nTempo: 99\n"
    riff, said = read(text)
    assert held(riff) == FOUR and riff.tempo_bpm == 90 and riff.meter == (4, 4)
    for sentence in (
        "Line 1: its tuning is not known",
        "Line 2: a tempo of 5",
        "Line 3: 4/3 is no meter",
        "Line 4: a capo on fret 19",
        "Line 12: the tempo changes",
    ):
        assert sentence in said


def test_a_meter_may_stand_on_the_strings():
    low_row = "0-3-5-0-3-5-"
    for upper, lower, numbers, meter in [(2, 3, ("-6-", "-8-"), (6, 8)), (1, 4, "34", (3, 4))]:
        rows = ["-" * len(numbers[0])] * 6
        rows[upper], rows[lower] = numbers
        bars = ["-" * 12] * 5 + [low_row]
        riff, _ = read(tab([f"{a}|{b}" for a, b in zip(rows, bars, strict=True)]))
        assert riff.meter == meter and [frets[0] for _, frets in held(riff)] == [0, 3, 5, 0, 3, 5]
        assert held(riff)[1][0] == 0.5


@pytest.mark.parametrize("sign", ["o", "*", ":", "."])
@pytest.mark.parametrize("pad", ["", "-"])
@pytest.mark.parametrize("where", ["GD", "BA"])
def test_repeat_signs_are_no_notes_and_no_time(sign, pad, where):
    rows = []
    for name, row in zip("eBGDAE", ROWS, strict=True):
        side = sign if name in where else "-"
        rows.append(f"{side}{pad}{row}{pad}{side}")
    riff, said = read(tab(rows, write="{}||{}||"))
    assert held(riff) == FOUR and "repeat signs) was read once" in said
    riff, said = read("[Riff] (x4)\n" + tab(write="{}|{}| x4"))
    assert held(riff) == FOUR and "(x4) was read once" in said


def test_an_o_in_the_bar_is_an_open_string():
    assert held(read(tab([*ROWS[:5], "o---o---3---o---"]))[0]) == FOUR


@pytest.mark.parametrize(
    ("names", "strings", "played"),
    [
        ("eBG", ru.STANDARD_TUNING, (5, 4, 3)),
        ("DAE", ru.STANDARD_TUNING, (2, 1, 0)),
        ("AE", ru.STANDARD_TUNING, (1, 0)),
        ("EA", ru.STANDARD_TUNING, (0, 1)),  # from the lowest one
        ("eG", ru.STANDARD_TUNING, (5, 3)),
        ("E", ru.STANDARD_TUNING, (0,)),
        ("e", ru.STANDARD_TUNING, (5,)),
        ("DAD", (38, 45, 50, 55, 59, 64), (2, 1, 0)),
        ("BGDAE", ru.STANDARD_TUNING, (4, 3, 2, 1, 0)),
        ("eBGDAEB", (35, *ru.STANDARD_TUNING), (6, 5, 4, 3, 2, 1, 0)),
        ("EBGDAEB", (35, *ru.STANDARD_TUNING), (6, 5, 4, 3, 2, 1, 0)),
        ("eBGDAEA", (33, *ru.STANDARD_TUNING), (6, 5, 4, 3, 2, 1, 0)),
        (
            ["e", "B", "G", "D", "A", "E", "B", "F#"],
            (30, 35, *ru.STANDARD_TUNING),
            range(7, -1, -1),
        ),
        (" " * 7, (35, *ru.STANDARD_TUNING), (6, 5, 4, 3, 2, 1, 0)),
        ("GDAE", ru.STANDARD_TUNING, (3, 2, 1, 0)),
    ],
)
def test_names_tell_which_strings_are_written(names, strings, played):
    rows = ["-" * 4 * i + f"{i + 1}---" + "-" * 4 * (7 - i) for i in range(len(names))]
    riff, said = read(tab(rows, names))
    assert riff.open_strings == strings
    found = [int(np.flatnonzero(frets >= 0)[0]) for frets in riff.fingering.frets]
    assert found == list(played)
    assert [max(frets) for _, frets in held(riff)] == list(range(1, len(names) + 1))
    assert ("lowest strings of a guitar" in said) == (names == "GDAE")


def test_a_bass_is_one_if_the_text_says_so():
    riff, _ = read("Bass:\n" + tab(ROWS[2:], "GDAE"))
    assert riff.open_strings == (28, 33, 38, 43)
    assert held(riff) == [(quarter, frets[:4]) for quarter, frets in FOUR]


def test_a_line_that_cannot_be_read_is_named_and_the_rest_is_shown():
    riff, said = read(tab().replace("G|----------------|", "G|§§ what is this |"))
    assert held(riff) == FOUR and "Line 3 looks like a string but cannot be read" in said
    riff, said = read(tab().replace("D|2-", "D|29"))
    assert held(riff)[1:] == FOUR[1:] and held(riff)[0] == (0, (0, 2, -1, -1, -1, -1))
    assert "Line 4: there is no fret 29" in said
    riff, said = read(f"{tab()}\n\n|--3-5-|\n")
    assert held(riff) == FOUR and "1 stand together from line 8 on and were left out" in said
    rows = [f"{row}|{row}" for row in ROWS]
    rows[4] = rows[4].replace("|", "-")
    riff, said = read(tab(rows))
    assert held(riff)[:4] == FOUR and "Line 5 has its bar lines elsewhere" in said


def test_of_many_remarks_some_are_said():
    text = "\n\n".join([tab(), *["|--3-5-|\n|------|"] * 50])
    with pytest.warns(UserWarning) as said:
        ru.prompt_from_text(text)
    assert len(said) == 9 and "And 42 more remarks" in str(said[-1].message)


def test_what_is_no_tab_gets_a_sentence():
    for text, said in [
        ("e|abc|", "no tab of six lines"),
        ("|--3-|\n|----|", "2 stand together from line 1"),
        (tab(["x---"] * 6), "no fret in this tab"),
    ]:
        with pytest.raises(ValueError, match=said):
            ru.prompt_from_text(text)


def test_the_shape_of_a_chord_is_a_tab():
    assert held(read("e|0|\nB|1|\nG|0|\nD|2|\nA|3|\nE|x|")[0]) == [(0, (-1, 3, 2, 0, 1, 0))]
