"""Where a riff is fingered: the cheapest path of the hand."""

import re

import numpy as np
import pytest
from helpers import a_riff

import rockonet_utils as ru
from rockonet.guitar.fingering import hand_positions


def test_fingering_is_the_cheapest_of_all_paths():
    rng = np.random.default_rng(1)
    for _ in range(20):
        pitches = rng.integers(40, 70, 4)
        pitches[2] = pitches[1]  # a note that is struck again
        riff = a_riff([(int(p),) for p in pitches], [0, 6, 3, 12])
        choices = [
            hand_positions(ru.voicings(ru.event_pitches(e)), ru.STANDARD_TUNING)
            for e in riff.events
        ]
        seconds = np.array([0, 6, 3, 12]) / 24  # at 120 beats a minute

        def moving(one, two, seconds, again):
            """What it costs from each state of one chord to each of the next, (before, after)."""
            moved = np.abs(one.hand[:, None].astype(int) - two.hand)
            jumped = np.abs(one.string[:, None].astype(int) - two.string)
            hurry = min(4, max(0.5, 0.25 / seconds))
            otherwise = (one.frets[:, None] != two.frets).any(axis=2)
            shifts = ru.SHIFT_COST * hurry * (moved + (moved > 0))
            return shifts + ru.STRING_COST * jumped + ru.AGAIN_COST * (again & otherwise)

        # The price of every path, an axis for each chord.
        price = choices[0].cost
        for k in range(1, 4):
            ways = moving(choices[k - 1], choices[k], seconds[k], again=k == 2)
            price = price[..., None] + ways + choices[k].cost
        found = riff.fingering
        same = [
            [i for i in range(len(h.hand)) if (h.frets[i] == row).all() and h.hand[i] == hand]
            for h, row, hand in zip(choices, found.frets, found.hand, strict=True)
        ]
        best = np.unravel_index(price.argmin(), price.shape)
        wanted = [h.frets[i] for h, i in zip(choices, best, strict=True)]
        assert price[tuple(options[0] for options in same)] <= price[best] + 1e-9, wanted


def test_a_chord_that_is_struck_again_is_held_as_before():
    # Three of each, some slow enough to go elsewhere in between, which a guitarist does not.
    rng = np.random.default_rng(0)
    moves = []
    for _ in range(30):
        lowest = rng.integers(40, 70, 12).tolist()
        chords = [(p, p + 7) if p % 2 else (p,) for p in lowest for _ in range(3)]
        frets = a_riff(chords, rng.choice([1, 3, 6, 12, 24], 36), tempo_bpm=100).fingering.frets
        held = (np.diff(frets, axis=0) == 0).all(axis=1)
        moves += [not held[i] for i in range(35) if chords[i] == chords[i + 1]]
    assert len(moves) > 700 and np.mean(moves) < 0.02


def written_frets(text, power):
    """Six frets of a stroke of the riff book: 'x02210', 'E0+A2', or 'E3' with the power 'p'."""
    if len(text) == 6 and "+" not in text:
        return [-1 if fret == "x" else int(fret) for fret in text]
    strings, row = "EADGBe", [-1] * 6
    for note in text.split("+"):
        row[strings.index(note[0])] = int(note[1:])
    root = strings.index(text[0])
    for string, above in enumerate({"": (), "p": (7,), "P": (7, 12)}[power], root + 1):
        pitch = ru.STANDARD_TUNING[root] + row[root] + above
        row[string] = pitch - ru.STANDARD_TUNING[string]
    return row


@pytest.fixture
def book(monkeypatch):
    """Chords, steps and written frets of every riff of the riff book."""
    monkeypatch.syspath_prepend("data")
    from composer.book import RIFFS, entries, read_riff
    from composer.tablature import PLACES_PER_BAR, TOKEN

    ticks = {"straight": 3, "eighths": 6, "shuffle": 4, "waltz": 3}  # of a place
    found = []
    for _, head, music in entries(RIFFS):
        riff = read_riff(head, music)
        bars, written = [], []
        for text in "|".join(music).split("|"):
            bars.append(bars[-1] if text.strip() == "%" else text)
        for token in TOKEN.finditer("".join(bars)):
            if token["notes"] == "/":
                written.append(written[-1])
            elif token["notes"]:
                fretted = re.sub(r"[\^=]\d+r?", "", token["notes"])  # without bends
                written.append(written_frets(fretted, token["power"]))
        places = PLACES_PER_BAR[riff.feel]
        strokes = [(b * places + s.start, s) for b, bar in enumerate(riff.bars) for s in bar]
        onsets = [place * ticks[riff.feel] for place, _ in strokes]
        steps = np.diff(onsets, prepend=onsets[0])
        found.append(([s.pitches for _, s in strokes], steps, np.array(written)))
    assert len(found) > 150
    return found


def test_fingerings_are_mostly_those_that_the_riff_book_writes(book):
    same = [
        (a_riff(chords, steps, tempo_bpm=130).fingering.frets == written).all(axis=1)
        for chords, steps, written in book
    ]
    # The costs were chosen on the first half; what the book writes is not the only good way.
    for half in (same[::2], same[1::2]):
        assert np.concatenate(half).mean() > 0.9


def test_riffs_for_six_strings_are_played_on_the_same_ones_of_seven_and_eight(book):
    for tuning, more in (("7-string", 1), ("8-string", 2)):
        same = []
        for chords, steps, _ in book:
            usual = a_riff(chords, steps, tempo_bpm=130).fingering.frets
            wide = a_riff(chords, steps, tempo_bpm=130, tuning=tuning).fingering.frets
            same.append((wide[:, more:] == usual).all(axis=1))
        assert np.concatenate(same).mean() > 0.99


def test_power_chords_lie_on_strings_side_by_side():
    fifths = [(root, root + 7) for root in (48, 45, 43, 48, 40, 50)]
    for row in a_riff(fifths, [0] + [6] * 5, tempo_bpm=190).fingering.frets:
        low, high = np.flatnonzero(row >= 0)
        assert high == low + 1
    barre = a_riff([(43, 50, 55), (41, 48, 53)], [0, 12], tuning="drop D").fingering
    np.testing.assert_array_equal(barre.frets[:, :3], [[5, 5, 5], [3, 3, 3]])
    assert (barre.frets[:, 3:] == -1).all()


def test_a_pentatonic_scale_needs_hardly_a_move():
    box = [(45,), (48,), (50,), (52,), (55,), (57,), (60,), (62,), (64,), (67,), (69,), (72,)]
    fingering = a_riff(box, [0] + [6] * 11).fingering
    assert (np.diff(fingering.hand) != 0).sum() <= 1 and fingering.playability >= 11 / 12
    sounding = np.array(ru.STANDARD_TUNING) + fingering.frets
    assert [int(s[f >= 0][0]) for s, f in zip(sounding, fingering.frets, strict=True)] == [
        chord[0] for chord in box
    ]
    assert fingering.verdict.startswith("playable")


def test_what_cannot_be_played_is_named_with_its_bar():
    riff = a_riff([(40,), (40, 41), (45,)], [0, 48, 6])
    assert riff.fingering.verdict == "unplayable: bar 2: E2 F2 cannot be fingered"
    quick = a_riff([(40, 47, 52), (74, 81, 86)] * 2, [0, 1, 1, 1], tempo_bpm=200)
    assert "bar 1: the hand jumps" in quick.fingering.verdict
    with pytest.raises(ValueError, match=r"bar 2: E2 F2 cannot.*revoiced\(\)"):
        riff.encoded(".gp5")
    assert not riff.revoiced().fingering.unplayable
    assert a_riff((), []).fingering.playability == 1
