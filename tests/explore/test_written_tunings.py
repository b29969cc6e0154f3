"""Tunings as the names of tracks tell them."""

import pytest

from rockonet.explore.written_tunings import named_tuning, part_tuning

STANDARD = (40, 45, 50, 55, 59, 64)


@pytest.mark.parametrize(
    ("name", "strings"),
    [
        ("Rhythm (Drop D)", (38, 45, 50, 55, 59, 64)),
        ("dropped D gtr", (38, 45, 50, 55, 59, 64)),
        ("Gtr drop C# L", (37, 44, 49, 54, 58, 63)),
        ("Drop Db", (37, 44, 49, 54, 58, 63)),
        ("DROP_C", (36, 43, 48, 53, 57, 62)),
        ("drop B", (35, 42, 47, 52, 56, 61)),
        ("drop A", (33, 40, 45, 50, 54, 59)),
        ("7-string", (35, *STANDARD)),
        ("Seven string drop A", (33, *STANDARD)),
        ("8 string gtr", (30, 35, *STANDARD)),
        ("Eb tuning", (39, 44, 49, 54, 58, 63)),
        ("half step down", (39, 44, 49, 54, 58, 63)),
        ("Lead D standard", (38, 43, 48, 53, 57, 62)),
        ("Gtr DADGBE", (38, 45, 50, 55, 59, 64)),
        ("D A D G A D", (38, 45, 50, 55, 57, 62)),
        ("Lead", None),
        ("Dropout", None),
        ("Cabbage", None),
        ("Drop dead", None),
        ("Distorted guitar 7", None),
    ],
)
def test_names_that_tell_a_tuning(name, strings):
    assert named_tuning(name) == strings


def test_what_is_told_is_believed_if_the_lowest_note_is_there():
    assert part_tuning("Lead", 40, 70) == ("standard", "")
    assert part_tuning("Lead", 35, 70) == ("drop B", "")
    assert part_tuning("Drop D", 45, 70) == ("drop D", "")
    assert part_tuning("Lead", 45, 70, told=(38, 45, 50, 55, 57, 62))[0][-1] == 62
    assert part_tuning("Lead", 38, 70, semitones=-2) == ("D standard", "")
    tuning, doubt = part_tuning("Drop D", 36, 60)
    assert tuning == "drop C" and "drop D by its name" in doubt
