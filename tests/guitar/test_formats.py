"""The table of formats, from which everything that names one is derived."""

import dataclasses

import pytest
from helpers import a_riff

import rockonet_utils as ru
from rockonet.guitar import formats


def test_a_new_format_is_one_row(monkeypatch):
    row = formats.FileFormat("pitches", True, lambda riff, band: bytes(riff.events["bass"]))
    monkeypatch.setitem(formats.FILE_FORMATS, ".raw", row)
    riff = a_riff([(40,), (43,)], [0, 6])
    assert ru.download_link(riff, ".raw").endswith(">pitches</a>")
    with pytest.raises(ValueError, match="Unknown format '.nothing': choose from .mid, .gp, .gp5"):
        riff.encoded(".nothing")


def test_every_format_has_a_label_and_can_be_written():
    riff = a_riff([(40,), (43,)], [0, 6])
    assert tuple(ru.KINDS) == ru.FORMATS == riff.formats
    for suffix, label in ru.KINDS.items():
        assert f">{label}</a>" in ru.download_link(riff, suffix)
        assert len(riff.encoded(suffix)) > 100


def test_what_cannot_be_fingered_can_be_heard():
    riff = a_riff([(40, 41), (40,)], [0, 12])
    assert riff.formats == (".mid", ".mp3", ".wav")
    with pytest.raises(ValueError, match=r"E2 F2 cannot .*; \.mid, \.mp3 and \.wav take it"):
        riff.encoded(".gp5")


def test_a_link_says_that_a_format_rounds_the_tempo():
    riff = a_riff([(40,)], [0], tempo_bpm=97.3)
    links = {suffix: ru.download_link(riff, suffix) for suffix in (".gp5", ".gp", ".mid")}
    assert links[".gp5"].endswith(">Guitar Pro 5, 97 bpm</a>")
    assert links[".gp"].endswith(">Guitar Pro 7 and 8</a>") and links[".mid"].endswith(">MIDI</a>")
    whole = dataclasses.replace(riff, tempo_bpm=97)
    assert ru.download_link(whole, ".gp5").endswith(">Guitar Pro 5</a>")
