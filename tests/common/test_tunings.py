"""Tunings by name, by notes and by numbers."""

import pytest

import rockonet_utils as ru


def test_tunings_by_name_by_notes_and_by_numbers():
    assert ru.tuning_pitches("standard") == (40, 45, 50, 55, 59, 64)
    assert ru.tuning_pitches("eb") == ru.tuning_pitches("E♭") == (39, 44, 49, 54, 58, 63)
    assert ru.tuning_pitches("Drop D")[0] == 38 and ru.tuning_pitches("drop c")[:2] == (36, 43)
    assert ru.tuning_pitches("D2 A2 D3 F#3 A3 D4") == (38, 45, 50, 54, 57, 62)
    assert ru.tuning_pitches([38, 45, 50, 55, 57, 62]) == (38, 45, 50, 55, 57, 62)
    for wrong in ("open Q", "E2 A2", [1, 2, 3, 4, 5, 6], "E4 B3 G3 D3 A2 E2"):
        with pytest.raises(ValueError, match="no tuning .*choose one of standard"):
            ru.tuning_pitches(wrong)
