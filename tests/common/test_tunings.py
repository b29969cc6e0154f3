"""Tunings by name, by notes and by numbers."""

import pytest

import rockonet_utils as ru
from rockonet.common.tunings import named_strings, string_names, tuning_name


def test_tunings_by_name_by_notes_and_by_numbers():
    assert ru.tuning_pitches("standard") == (40, 45, 50, 55, 59, 64)
    assert ru.tuning_pitches("eb") == ru.tuning_pitches("E♭") == (39, 44, 49, 54, 58, 63)
    assert ru.tuning_pitches("Drop D")[0] == 38 and ru.tuning_pitches("drop c")[:2] == (36, 43)
    assert ru.tuning_pitches("D2 A2 D3 F#3 A3 D4") == (38, 45, 50, 54, 57, 62)
    assert ru.tuning_pitches([38, 45, 50, 55, 57, 62]) == (38, 45, 50, 55, 57, 62)
    for wrong in ("open Q", "E2 A2", [1, 2, 3, 4, 5, 6], "E4 B3 G3 D3 A2 E2", range(40, 49)):
        with pytest.raises(ValueError, match="no tuning .*choose one of standard"):
            ru.tuning_pitches(wrong)


def test_a_guitar_has_four_to_eight_strings():
    assert ru.tuning_pitches("7-string") == (35, 40, 45, 50, 55, 59, 64)
    assert ru.tuning_pitches("8-String") == (30, 35, 40, 45, 50, 55, 59, 64)
    assert ru.tuning_pitches("A1 E2 A2 D3 G3 B3 E4") == ru.tuning_pitches("7-string drop A")
    assert ru.tuning_pitches([28, 33, 38, 43]) == (28, 33, 38, 43)
    assert ru.tuning_pitches("F#BEADGBE")[:2] == (30, 35)
    # Open G without the lowest string, and the upper four of a guitar.
    assert ru.tuning_pitches("GDGBD") == (43, 50, 55, 59, 62)
    assert ru.tuning_pitches("DGBE") == (50, 55, 59, 64)
    # Seven semitones below standard tuning, and the lowest string two more.
    assert ru.tuning_pitches("AEADF#B") == ru.tuning_pitches("drop A") == (33, 40, 45, 50, 54, 59)


def test_every_tuning_is_told_by_the_names_of_its_strings():
    for name, strings in ru.TUNINGS.items():
        assert tuning_name(strings) == name
        assert named_strings(string_names(strings)) == strings
    assert string_names((35, 40, 45, 50, 55, 59, 64)) == list("BEADGBe")
    assert string_names((31, 38, 43, 48, 52, 57)) == "G1 D2 G2 C3 E3 A3".split()  # too low for that
    assert named_strings(["G", "B", "e"]) == (55, 59, 64)
    assert named_strings(["E", "?"]) is named_strings(9 * ["E"]) is named_strings([]) is None


def test_a_guitar_is_taken_to_be_in_the_first_tuning_that_has_its_notes():
    found = {pitch: ru.tuning_for(pitch) for pitch in (52, 40, 39, 38, 37, 36, 35, 34, 33, 31, 29)}
    assert found == {
        52: "standard", 40: "standard", 39: "E♭", 38: "drop D", 37: "drop C♯", 36: "drop C",
        35: "drop B", 34: "drop A", 33: "drop A", 31: "8-string", 29: "8-string drop E",
    }  # fmt: skip
    # E6, 22 frets above E4, is on no guitar that is tuned down to B or A but has six strings.
    assert ru.tuning_for(35, 86) == "7-string" and ru.tuning_for(33, 86) == "7-string drop A"
    assert ru.tuning_for(20) == "8-string drop E"  # nearest to what no guitar has
