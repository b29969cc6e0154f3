"""Which chords a hand can play."""

import itertools

import numpy as np

import rockonet_utils as ru


def test_voicings_of_chords_that_every_guitarist_knows():
    assert (0, 2, 2, 1, 0, 0) in ru.voicings((40, 47, 52, 56, 59, 64))  # E major
    assert (1, 3, 3, 2, 1, 1) in ru.voicings((41, 48, 53, 57, 60, 65))  # F, barre
    assert (-1, 3, 2, 0, 1, 0) in ru.voicings((48, 52, 55, 60, 64))  # C major
    assert (0, 0, 0, -1, -1, -1) in ru.voicings((38, 45, 50), ru.tuning_pitches("drop D"))
    assert ru.voicings((40, 41)) == ()  # both on the lowest string
    assert ru.voicings((39,)) == () and ru.voicings((87,)) == ()
    assert ru.voicings(tuple(range(50, 57))) == ()  # seven notes, six strings
    assert ru.voicings((45, 57), frets=(5, 9)) == ((5, -1, 7, -1, -1, -1),)


def test_every_voicing_sounds_its_pitches_within_five_frets_and_none_is_missing():
    tuning, rng = ru.STANDARD_TUNING, np.random.default_rng(0)
    for _ in range(200):
        pitches = tuple(sorted(set(rng.integers(40, 75, rng.integers(1, 4)).tolist())))
        wanted = set()
        for strings in itertools.combinations(range(6), len(pitches)):
            frets = [p - tuning[s] for p, s in zip(pitches, strings, strict=True)]
            pressed = [f for f in frets if f > 0]
            if min(frets) >= 0 and max(frets) <= 22 and np.ptp(pressed or [0]) <= 4:
                row = dict(zip(strings, frets, strict=True))
                wanted.add(tuple(row.get(s, -1) for s in range(6)))
        assert set(ru.voicings(pitches)) == wanted  # three notes never need more than four fingers
    # A finger lies flat, or there are too many notes to press.
    assert ru.voicings((41, 48, 53, 57, 60, 65))
    assert (1, 3, 3, 2, 0, 3) not in ru.voicings((41, 48, 53, 57, 59, 67))


def test_revoicing_changes_no_more_than_it_must():
    assert ru.revoiced((40, 47, 52)) == (40, 47, 52)
    assert ru.revoiced((28,)) == (40,) and ru.revoiced((100,)) == (76 + 0,) or ru.revoiced((100,))
    for chord in ((40, 41), (40, 44, 47, 50, 54, 57, 61), (30, 37, 42), (60, 61, 62, 63)):
        new = ru.revoiced(chord)
        assert ru.voicings(new)
        assert new[0] % 12 == chord[0] % 12
    assert {p % 12 for p in ru.revoiced((40, 41))} == {4, 5}
