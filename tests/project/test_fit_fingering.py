"""The costs of a fingering can be chosen anew, and measured, on anybody's tablature."""

import dataclasses

import fit_fingering as fit
import numpy as np
import pytest
from helpers import ROOT, a_riff

import rockonet_utils as ru

TABS = sorted((ROOT / "data" / "starter_gp5").rglob("*.gp5"))


@pytest.fixture
def own_costs():
    """Costs that a test may change."""
    tables = (fit.WAYS, fit.AMONG, fit.MOVES)
    kept = [dict(table) for table in tables]
    yield np.array([cost.value for table in tables for cost in table.values()])
    for table, before in zip(tables, kept, strict=True):
        table.update(before)


def a_run(pitches, frets):
    riff = a_riff(pitches, [0, *[6] * (len(pitches) - 1)])
    return fit.Run("a song", riff.events, np.array(frets), 120, ru.STANDARD_TUNING)


def far_up(first):
    """A scale that somebody plays on two thick strings, far up the neck."""
    frets = [first, first + 2, first + 3]
    rows = [(f, -1, -1, -1, -1, -1) for f in frets] + [(-1, f, -1, -1, -1, -1) for f in frets]
    pitches = [(ru.STANDARD_TUNING[0] + f,) for f in frets]
    return a_run(pitches + [(ru.STANDARD_TUNING[1] + f,) for f in frets], rows)


def test_tablature_in_a_folder_becomes_runs_with_its_own_frets(tmp_path):
    (tmp_path / "one.gp5").write_bytes(TABS[0].read_bytes())
    (tmp_path / "two.gp5").write_bytes(b"no tablature")
    (tmp_path / "readme.txt").write_text("e|---3---|")
    runs = list(fit.runs_of_folder(tmp_path))
    assert {run.song for run in runs} == {"one.gp5"} and max(len(r.events) for r in runs) == fit.RUN
    for run in runs:
        for event, row in zip(run.events, run.frets, strict=True):
            held = {s + f for s, f in zip(run.tuning, row, strict=True) if f >= 0}
            assert held <= set(ru.event_pitches(event))
    table = fit.shares(runs, [run.frets for run in runs])
    assert table["all notes"][1:] == (1, 1) and "| all notes |" in fit.said(table)


def test_runs_in_arrays_are_read_and_compared_note_by_note(tmp_path):
    a = {
        "run_song": [7], "run_tempo": [100.0], "run_offsets": [0, 3],
        "run_tuning": [[*ru.STANDARD_TUNING, -1]], "event_onset": [6, 12, 18],
        "event_offsets": [0, 1, 3, 5], "note_pitch": [45, 40, 47, 50, 50],
        "note_string": [0, 0, 1, 1, 2], "note_fret": [5, 0, 2, 5, 0], "note_duration": [6] * 5,
    }  # fmt: skip
    np.savez(tmp_path / "a.npz", **{name: np.array(column) for name, column in a.items()})
    (run,) = fit.runs_of_arrays(tmp_path / "a.npz")
    assert run.events["step"].tolist() == [0, 6, 6] and run.tempo_bpm == 100
    assert run.frets.tolist() == [
        [5, -1, -1, -1, -1, -1],
        [0, 2, -1, -1, -1, -1],
        [-1] * 6,  # two strings sound it: left out
    ]
    found = run.frets.copy()
    found[0] = [-1, 0, -1, -1, -1, -1]
    table = fit.shares([run], [found])
    assert table["all notes"][:2] == (3, pytest.approx(2 / 3))
    assert table["single notes"][:2] == (1, 0) and table["power chords"][:2] == (2, 1)


def test_the_gradient_of_what_is_fitted_is_that_of_small_steps(own_costs):
    chords = [(40, 47), (45,), (48,), (45, 52, 57), (57,), (60,)]
    frets = ru.finger(a_riff(chords, [0, *[6] * 5]).events).frets
    frets[4] = [-1, 12, -1, -1, -1, -1]
    lattice = fit.lattice(a_run(chords, frets))
    paid, gradient = fit.too_much(lattice, own_costs)
    assert paid > 0
    for i in range(len(own_costs)):
        step = np.zeros_like(own_costs)
        step[i] = 1e-5
        up, down = (fit.too_much(lattice, own_costs + s)[0] for s in (step, -step))
        assert gradient[i] == pytest.approx((up - down) / 2e-5, abs=1e-5)


def test_what_people_do_is_learned(own_costs):
    high = [dataclasses.replace(far_up(fret), song=str(fret)) for fret in range(9, 15)]
    before = fit.shares(high, [fit.fingered(run) for run in high])["all notes"][1]
    fit.put(fit.chosen(high, passes=60, rate=0.2))
    after = fit.shares(high, [fit.fingered(run) for run in high])["all notes"][1]
    assert after > 0.95 > 0.5 > before
