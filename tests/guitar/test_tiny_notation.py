"""Notes typed as words."""

import warnings

import pytest

import rockonet_utils as ru
from rockonet.guitar.tiny_notation import read_tiny


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        # flats as people type them and as tinyNotation has them; B and b are notes too
        ("Eb4 E-4 eb4 e-", [(0, 12, 51), (12, 12, 51), (24, 12, 63), (36, 12, 63)]),
        (
            "Bb4 bb bbb BBb BB-",
            [(0, 12, 58), (12, 12, 70), (24, 12, 69), (36, 12, 46), (48, 12, 46)],
        ),
        ("E♭4 Ｆ♯４", [(0, 12, 51), (12, 12, 54)]),
        (
            "F#4 f##8 e'4 c''# c#''",
            [(0, 12, 54), (12, 6, 67), (18, 12, 76), (30, 12, 85), (42, 12, 85)],
        ),
        ("E-4 E-4 E-4 E-4 E-4 E-4 E-4 E-4", [(12 * i, 12, 51) for i in range(8)]),
        # dots, with a number or to the length before
        ("EE4. GG8 AA4.. BB16", [(0, 18, 40), (18, 6, 43), (24, 21, 45), (45, 3, 47)]),
        (
            "EE4. GG AA. BB8 BB.",
            [(0, 18, 40), (18, 18, 43), (36, 18, 45), (54, 6, 47), (60, 9, 47)],
        ),
        # ties
        ("EE4~ EE8 GG8 AA2", [(0, 18, 40), (18, 6, 43), (24, 24, 45)]),
        ("EE2~ EE~ EE4", [(0, 60, 40)]),
        ("EE4~ GG4 EE4", [(0, 12, 40), (12, 12, 43), (24, 12, 40)]),  # another note is no tie
        ("EE4~ r4 EE4", [(0, 12, 40), (24, 12, 40)]),
        # triplets and rests
        ("trip{e8 f# g} r4 e8", [(0, 4, 64), (4, 4, 66), (8, 4, 67), (24, 6, 64)]),
        ("quad{e8 e e e} r4. e", [(0, 5, 64), (5, 4, 64), (9, 5, 64), (14, 4, 64), (36, 18, 64)]),
        # chords
        (
            "<EE BB E>4 [GG D]8 (AA E)",
            [
                (0, 12, 40),
                (0, 12, 47),
                (0, 12, 52),
                (12, 6, 43),
                (12, 6, 50),
                (18, 6, 45),
                (18, 6, 52),
            ],
        ),
        ("chord{EE4 BB} GG", [(0, 12, 40), (0, 12, 47), (12, 12, 43)]),
        ("<EE BB>2~ <EE BB>4 E", [(0, 36, 40), (0, 36, 47), (36, 12, 52)]),
        # what people write between notes
        ("tinyNotation: EE8, EE8; | GG4 |", [(0, 6, 40), (6, 6, 40), (12, 12, 43)]),
        ("c4_la d4=here e", [(0, 12, 60), (12, 12, 62), (24, 12, 64)]),
    ],
)
def test_notes_worked_out_by_hand(text, notes):
    typed = read_tiny(text)
    assert sorted(map(tuple, typed.notes[:, :3].tolist())) == notes and not typed.doubts


@pytest.mark.parametrize(
    ("text", "onsets", "named"),
    [
        ("EE4 H4 GG4", [0, 24], ["H4"]),
        ("EE4 H2 GG4", [0, 36], ["H2"]),  # as long as it says
        ("EE8 EE H GG4", [0, 6, 18], ["H"]),  # as long as what was before
        ("EE8 Em7 E5 GG", [0, 18], ["Em7", "E5"]),
        ("EE4 <EE H>2 GG4", [0, 36], ["<EE H>2"]),
        ("trip{e8 h8 e8} e4", [0, 8, 12], ["h8"]),
        ("EE4 trip{e8 trip{e e} e4", [0, 12, 16, 20, 24], ["trip{"]),
        ("4/4 EE4 3/4 GG4", [0, 12], ["3/4"]),
        ("EE4 CCCCCCCC4 GG4", [0, 24], ["CCCCCCCC4"]),  # below every MIDI pitch
    ],
)
def test_what_cannot_be_read_is_named_and_its_time_is_kept(text, onsets, named):
    typed = read_tiny(text)
    assert sorted(set(typed.notes[:, 0].tolist())) == onsets
    (said,) = typed.doubts
    assert all(repr(word) in said for word in named)


def test_heads_are_read_and_are_no_notes():
    typed = read_tiny("Tempo: 96 bpm\nTuning: drop D\n6/8\nDD8 EE GG")
    assert (typed.tempo_bpm, typed.meter) == (96, (6, 8))
    assert typed.open_strings == (38, 45, 50, 55, 59, 64)
    assert typed.notes[:, 2].tolist() == [38, 40, 43] and not typed.doubts
    assert read_tiny("3/4 EE4").meter == (3, 4) and read_tiny("EE4").meter is None


@pytest.mark.parametrize(
    "text", ["this is a text, no notes", "E5 G5 A5", "111 222", "r4 r4", "0/0"]
)
def test_prose_is_refused(text):
    with pytest.raises(ValueError, match=r"no note (of|in)"):
        ru.prompt_from_text(text)


def test_music21_reads_the_same():
    import music21  # two seconds

    for text in (
        "4/4 EE8 EE GG4 AA r trip{e8 f# g} BB-4 c''2 d'n4 e##8 FF--16",
        "3/4 c4. d8 e quad{f8 g a b} r2 c1 C CC c'32 d",
    ):
        part = music21.converter.parse(f"tinyNotation: {text}")
        theirs = sorted(
            (float(note.getOffsetInHierarchy(part)) * 12, note.pitch.midi)
            for note in part.recurse().notes
        )
        ours = sorted(map(tuple, read_tiny(text).notes[:, [0, 2]].tolist()))
        assert [pitch for _, pitch in ours] == [pitch for _, pitch in theirs]
        assert all(abs(a - b) <= 0.5 for (a, _), (b, _) in zip(ours, theirs, strict=True))


def test_much_is_read_at_once():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(ru.prompt_from_text("trip{e8 " * 2000).events) == 2000
    for text in ("trip{" * 3000, "e" + "#" * 19_000, "A" * 19_999, "(" * 19_999, "<e " * 5000):
        try:
            ru.prompt_from_text(text)
        except ValueError as error:
            assert len(str(error)) < 250
