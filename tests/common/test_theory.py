"""Names of pitches, chords and scales."""

import itertools

import music21
import pytest

import rockonet_utils as ru
from rockonet.common.theory import pitch_number


def test_pitch_and_chord_names_worked_out_by_hand():
    assert [ru.pitch_name(p) for p in (0, 40, 60, 61, 127)] == ["C-1", "E2", "C4", "C#4", "G9"]
    assert ru.chord_name([52, 40, 47, 40]) == "E2 B2 E3"
    assert all(pitch_number(ru.pitch_name(p)) == p for p in range(128))


def test_scales_agree_with_music21_and_with_the_textbook():
    assert set(ru.scale_pitch_classes("E minor pentatonic")) == {4, 7, 9, 11, 2}
    assert set(ru.scale_pitch_classes("a blues")) == {9, 0, 2, 3, 4, 7}
    assert set(ru.scale_pitch_classes("Bb major")) == {10, 0, 2, 3, 5, 7, 9}
    for tonic, kind in itertools.product(("E", "F#", "B♭"), ("dorian", "harmonic minor")):
        scale = {
            "dorian": music21.scale.DorianScale,
            "harmonic minor": music21.scale.HarmonicMinorScale,
        }
        pitches = scale[kind](tonic.replace("♭", "-")).getPitches("C3", "C5")
        assert set(ru.scale_pitch_classes(f"{tonic} {kind}")) == {p.pitchClass for p in pitches}
    for wrong in ("", "E", "H minor", "E foo", "E abstract", "__class__"):
        with pytest.raises(ValueError, match="There is no scale"):
            ru.scale_pitch_classes(wrong)


def test_short_names_of_scales_and_tunings():
    for short, whole in (("Em", "E minor"), ("E min", "E minor"), ("F#m", "F# minor"),
                         ("E penta", "E minor pentatonic"), ("Am pentatonic", "A minor pentatonic"),
                         ("C maj", "C major")):  # fmt: skip
        assert ru.scale_pitch_classes(short) == ru.scale_pitch_classes(whole)
    for short, whole in (("dropd", "drop D"), ("DADGBE", "drop D"), ("EADGBe", "standard")):
        assert ru.tuning_pitches(short) == ru.tuning_pitches(whole)
