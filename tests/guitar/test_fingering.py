"""Where a riff is fingered: the cheapest path of the hand."""

import itertools
import os
import time
from pathlib import Path

import fit_fingering
import numpy as np
import pytest
from helpers import a_riff

import rockonet_utils as ru
from rockonet.guitar.fingering import move_costs, way_costs
from rockonet.guitar.fingering_costs import (
    hand_positions,
    move_amounts,
    surroundings,
    times_paid,
    way_amounts,
)

FINGERINGS = os.environ.get("ROCKONET_FINGERINGS")


def test_fingering_is_the_cheapest_of_all_paths():
    rng = np.random.default_rng(1)
    for _ in range(20):
        pitches = rng.integers(40, 70, 4)
        pitches[2] = pitches[1]  # a note that is struck again
        riff = a_riff([(int(p),) for p in pitches], [0, 6, 3, 12])
        chords = [ru.event_pitches(event) for event in riff.events]
        ways = [ru.voicings(chord) for chord in chords]
        states = [hand_positions(way, ru.STANDARD_TUNING) for way in ways]
        seconds = np.array([0, 6, 9, 21]) / 24  # at 120 beats a minute
        held = way_costs(riff.events, chords, states, seconds, ru.STANDARD_TUNING)
        moves = move_costs(riff.events, ways, np.diff(seconds), ru.STANDARD_TUNING)
        # The price of every path, an axis for each chord.
        price = held[0]
        for move, cost in zip(moves, held[1:], strict=True):
            price = price[..., None] + move.T + cost
        best = np.unravel_index(price.argmin(), price.shape)
        assert riff.fingering.cost == pytest.approx(price[best])
        wanted = [state.frets[i] for state, i in zip(states, best, strict=True)]
        np.testing.assert_array_equal(riff.fingering.frets, wanted)


def amounts(way, hand, tuning=ru.STANDARD_TUNING):
    """What there is to pay for a way to hold a chord, by name, where it is not nothing."""
    row = way_amounts(np.array([way]), np.array([hand]), tuning)[0]
    return {name: round(float(x), 2) for name, x in zip(ru.WAY_COSTS, row, strict=True) if x}


def test_what_is_paid_for_a_way_is_counted_as_by_hand():
    assert amounts((-1, -1, -1, -1, -1, 0), 7) == {
        "open thin string": 1,
        "thinner string, note": 1,
        "open string far from the nut": 0.4,
    }
    # The little finger on the eighth fret of the A string.
    assert amounts((-1, 8, -1, -1, -1, -1), 5) == {
        "up the neck, note": 1,
        "little finger": 1,
        "thinner string, note": 0.2,
    }
    am = amounts((-1, 0, 2, 2, 1, 0), 1)
    assert am["open string in a chord"] == 2 and am["first position"] == am["open and fretted"] == 1
    # A3 and E4 on the D and the b string: one above the A string, and one between them.
    assert amounts((-1, -1, 7, -1, 5, -1), 5)["power chord elsewhere"] == 3
    # On seven strings the same string is the same.
    seven = (35, *ru.STANDARD_TUNING)
    assert amounts((-1, 3, 5, -1, -1, -1), 3) == amounts((-1, -1, 3, 5, -1, -1, -1), 3, seven)
    assert amounts((3, -1, 0, -1, -1, -1), 3)["gap"] == 1


def test_what_is_paid_for_a_move_is_counted_as_by_hand():
    g_and_c = ((3, 5, 5, -1, -1, -1),), ((-1, 3, 5, 5, -1, -1),)
    paid = dict(zip(ru.MOVE_COSTS, move_amounts(*g_and_c, ru.STANDARD_TUNING), strict=True))
    hands = [hand_positions(ways, ru.STANDARD_TUNING).hand for ways in g_and_c]
    assert [hand.tolist() for hand in hands] == [[2, 3], [2, 3]]
    np.testing.assert_array_equal(paid["fret"], [[0, 1], [1, 0]])  # (after, before)
    np.testing.assert_array_equal(paid["to or from the nut in haste"], [[0, 1], [1, 0]])
    assert (paid["string crossed"] == 1).all() and not paid["held otherwise"].any()
    assert (paid["finger kept"] == 1).all()  # the D string stays at fret 5
    haste = times_paid(np.array([0.25, 0.125, 0.01, 60]))
    np.testing.assert_allclose(haste[:, list(ru.MOVE_COSTS).index("move in haste")], [1, 2, 4, 0.1])
    assert (haste[:, list(ru.MOVE_COSTS).index("move")] == 1).all()


def test_surroundings_are_those_of_the_events_around():
    chords = [(64,)] * 40 + [(40, 47), (67,)]
    found = surroundings(chords, np.arange(42) / 4, ru.STANDARD_TUNING)
    column = dict(zip(ru.SURROUNDINGS, found.T, strict=True))
    assert column["lowest note"][31] == pytest.approx(24 / 12 - 0.8)
    assert column["lowest note"][32] == pytest.approx(-0.8)
    assert column["time"][0] == pytest.approx(0.25 * 4 - 1.2)
    assert column["steps"][0] == pytest.approx(1) and column["leaps"][0] == pytest.approx(-0.6)
    assert column["leaps"][41] == pytest.approx(2 / 32 * 2 - 0.6)  # down to the chord, and up
    assert column["single notes"][41] == pytest.approx(32 / 33 * 2 - 1)
    assert column["open strings"][0] == pytest.approx(2 - 0.7)


def test_another_fingering_lies_elsewhere_and_says_what_it_costs():
    pitches = [57, 60, 62, 64, 67, 64, 62, 60] * 2
    riff = a_riff([(p,) for p in pitches], [0, *[6] * 15])
    found = riff.positions(3)
    assert len(found) == 3 and found[0].cost == min(one.cost for one in found)
    np.testing.assert_array_equal(found[0].frets, riff.fingering.frets)
    for one, other in itertools.combinations(found, 2):
        assert (one.frets == other.frets).all(axis=1).mean() <= 0.5
    for one in found:
        sounding = np.where(one.frets >= 0, one.frets + np.array(ru.STANDARD_TUNING), 0)
        assert sounding.max(axis=1).tolist() == pitches
        again = riff.held(one).fingering
        np.testing.assert_array_equal(again.frets, one.frets)
    lowest = a_riff([(40,), (41,)] * 4, [0, *[6] * 7])  # on one string alone
    assert len(lowest.positions(3)) == 1


def test_a_thousand_events_are_fingered_at_once():
    rng = np.random.default_rng(2)
    notes = rng.integers(45, 76, 1000).tolist()
    riff = a_riff([(p, p + 7) if p < 55 else (p,) for p in notes], [6] * 1000)
    times = []
    for _ in range(3):
        start = time.process_time()
        assert len(ru.finger(riff.events).frets) == 1000
        times.append(time.process_time() - start)
    assert min(times) < 0.2


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


@pytest.fixture(scope="module")
def book():
    """Chords, steps and written frets of every riff of the riff book."""
    runs = list(fit_fingering.runs_of_book())
    assert len(runs) > 150
    return [
        ([ru.event_pitches(e) for e in run.events], run.events["step"], run.frets) for run in runs
    ]


def test_fingerings_are_mostly_those_that_the_riff_book_writes(book):
    same = [
        (a_riff(chords, steps, tempo_bpm=130).fingering.frets == written).all(axis=1)
        for chords, steps, written in book
    ]
    # The costs were chosen on the first half; what the book writes is not the only good way.
    for half in (same[::2], same[1::2]):
        assert np.concatenate(half).mean() > 0.9


@pytest.mark.archive
@pytest.mark.skipif(not FINGERINGS, reason="ROCKONET_FINGERINGS names no fingerings by people")
def test_fingerings_are_mostly_those_that_people_choose():
    runs = list(fit_fingering.runs_of_arrays(Path(FINGERINGS)))
    table = fit_fingering.shares(runs, [fit_fingering.fingered(run) for run in runs])
    wanted = {
        "all notes": (0.82, 0.8),
        "single notes": (0.64, 0.65),
        "power chords": (0.82, 0.77),
        "other chords": (0.88, 0.84),
    }
    for name, least in wanted.items():
        assert table[name][1] > least[0] and table[name][2] > least[1], (name, table[name])


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


@pytest.mark.parametrize("technique", ru.Technique)
def test_a_chord_that_no_hand_holds_has_no_technique_to_object_to(technique):
    riff = a_riff([(40, 41), (40, 47)], [0, 6])
    riff.events["technique"][0] = technique
    assert riff.fingering.unplayable and not riff.fingering.impossible_techniques


def test_what_cannot_be_played_is_named_with_its_bar():
    riff = a_riff([(40,), (40, 41), (45,)], [0, 48, 6])
    assert riff.fingering.verdict == "unplayable: bar 2: E2 F2 cannot be fingered"
    quick = a_riff([(40, 47, 52), (74, 81, 86)] * 2, [0, 1, 1, 1], tempo_bpm=200)
    assert "bar 1: the hand jumps" in quick.fingering.verdict
    with pytest.raises(ValueError, match=r"bar 2: E2 F2 cannot.*revoiced\(\)"):
        riff.encoded(".gp5")
    assert not riff.revoiced().fingering.unplayable
    assert a_riff((), []).fingering.playability == 1
