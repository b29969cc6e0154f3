"""Frets that were typed: shown, saved and played as they are, also after a model has gone on."""

import io
from xml.etree import ElementTree

import guitarpro
import mido
import numpy as np
import pytest
from helpers import notes_by_mido

import rockonet_utils as ru

TYPED = {  # the frets of two events, lowest string first
    "a chord over two strings of one pitch each": [(0, 7, 6, 7, 8, 0), (0, 7, 6, 7, 8, 0)],
    "two strings, one pitch": [(-1, -1, -1, -1, 5, 0), (-1, -1, -1, 9, 5, 0)],
    "the highest frets": [(-1, -1, -1, -1, -1, 24), (-1, -1, -1, -1, 23, -1)],
    "a wide stretch": [(1, -1, -1, -1, -1, 15), (-1, 12, -1, -1, 3, -1)],
    "far up where it is easy below": [(12, -1, -1, -1, -1, -1), (-1, 17, 17, -1, -1, -1)],
}


def typed(frets):
    """A typed bar with two events, half a bar each."""
    rows = [
        "".join(("-" if fret < 0 else str(fret)).ljust(8, "-") for fret in string)
        for string in zip(*frets, strict=True)
    ]
    text = "\n".join(f"{n}|{row}|" for n, row in zip("eBGDAE", reversed(rows), strict=True))
    return ru.prompt_from_text(text)


def sounding(frets):
    """The pitches of an event, each string by itself."""
    pairs = zip(ru.STANDARD_TUNING, frets, strict=True)
    return sorted(string + fret for string, fret in pairs if fret >= 0)


@pytest.fixture(params=TYPED)
def frets(request):
    return TYPED[request.param]


def test_a_typed_prompt_keeps_its_frets_when_a_model_goes_on(frets, riff_recipe):
    prompt = typed(frets)
    assert list(map(tuple, prompt.fingering.frets.tolist())) == frets
    assert not prompt.fingering.unplayable
    (riff,) = ru.generate(
        riff_recipe, bars=1, prompt=prompt, seed=2, best_of=1, limits=ru.Limits(frets=(0, 12))
    )
    np.testing.assert_array_equal(riff.events[:2]["shape"], prompt.events["shape"])
    assert list(map(tuple, riff.fingering.frets[:2].tolist())) == frets
    assert riff.fingering.frets[2:].max() <= 12
    again = ru.prompt_from_text(riff.tab())
    np.testing.assert_array_equal(again.fingering.frets, riff.fingering.frets)


def test_typed_frets_are_written_in_every_format(frets):
    riff = typed(frets)
    places = [[(s, f) for s, f in enumerate(row) if f >= 0] for row in frets]
    assert [sorted((n.string, n.fret) for n in notes) for notes in riff.notes if notes] == places
    for notes, row in zip(riff.notes, frets, strict=True):
        assert [note.pitch for note in notes] == sounding(row)
    song = guitarpro.parse(io.BytesIO(riff.encoded(".gp5")))
    beats = [beat for beat in song.tracks[0].measures[0].voices[0].beats if beat.notes]
    assert [sorted((6 - n.string, n.value) for n in beat.notes) for beat in beats] == places
    score = ElementTree.fromstring(riff.encoded(".musicxml"))
    technical = [
        (6 - int(found.findtext("string")), int(found.findtext("fret")))
        for found in score.iter("technical")
    ]
    assert sorted(technical) == sorted(sum(places, []))
    gpif = ElementTree.fromstring(ru.gpif(riff))
    assert sorted(
        tuple(
            int(note.findtext(f".//Property[@name='{name}']/{name}")) for name in ("String", "Fret")
        )
        for note in gpif.iter("Note")
        if note.find("Properties") is not None
    ) == sorted(sum(places, []))


def test_each_string_that_was_typed_sounds(frets):
    riff = typed(frets)
    file = mido.MidiFile(file=io.BytesIO(riff.encoded(".mid", band=False)))
    ticks = file.ticks_per_beat
    for beat, row in zip((0, 2), frets, strict=True):
        begun = [pitch for onset, _, pitch, _ in notes_by_mido(file) if onset == beat * ticks]
        assert sorted(begun) == sounding(row)
    assert all(length > 0 for _, length, *_ in notes_by_mido(file))


def test_a_string_or_a_pitch_that_is_struck_again_ends_what_sounded():
    riff = typed([(-1, -1, -1, -1, 5, 0), (-1, -1, -1, -1, 5, -1)])
    riff.events["duration"] = 48, 24
    notes = ru.sounding_notes(riff.events, riff.fingering.frets, riff.open_strings)
    assert notes["pitch"].tolist() == [64, 64, 64] and notes["duration"].tolist() == [24, 24, 24]


def test_frets_of_another_tuning_are_not_kept(riff_recipe):
    prompt = typed([(0, 2, -1, -1, -1, -1), (-1, 2, -1, -1, -1, -1)])
    (riff,) = ru.generate(riff_recipe, bars=1, prompt=prompt, tuning="drop D", best_of=1)
    assert riff.fingering.frets[:2, :2].tolist() == [[2, 2], [-1, 2]]


def test_a_typed_seven_string_riff_goes_on_there(riff_recipe):
    rows = ["-" * 8] * 5 + ["--------", "0-3-5-3-"]
    text = "\n".join(f"{n}|{r}|" for n, r in zip("eBGDAEB", [*rows[:5], *rows[5:]], strict=True))
    with pytest.warns(UserWarning, match="hears the guitar 5 semitones higher"):
        (riff,) = ru.generate(riff_recipe, bars=1, prompt=ru.prompt_from_text(text), best_of=1)
    assert len(riff.open_strings) == 7 and riff.fingering.frets[:4, 0].tolist() == [0, 3, 5, 3]
    assert not riff.fingering.unplayable
