"""What the riff network reads, all at once and event by event."""

import dataclasses

import numpy as np

import rockonet_utils as ru
from rockonet.training.riff_features import RunningFeatures
from rockonet.training.riff_network import trust_in
from rockonet.training.riff_recipe import riff_examples


def events_of(*rows):
    events = np.zeros(len(rows), ru.EVENT)
    for event, row in zip(events, rows, strict=True):
        event["step"], event["bass"], event["shape"], event["duration"], event["velocity"] = row
    return events


def test_inputs_worked_out_by_hand():
    # Bars of 12 ticks; the riff A B C of 6 + 3 + 3 ticks, twice, then A.
    a, b, c = (50, 1), (52, 1), (53, 1)
    rows = [(0, a), (6, b), (3, c), (3, a), (6, b), (3, c), (3, a)]
    events = events_of(*((step, *note, 3, 90) for step, note in rows))
    vocabulary = ru.RiffVocabulary((1,), (), (0.5,) * 64, (), (), ())
    inputs = ru.riff_inputs(events, np.array([0, 7]), np.array([12]), vocabulary)

    def column(name, part=0):
        return inputs[:, ru.RIFF_COLUMNS[name].start + part].tolist()

    assert column("target", 1) == [51, 53, 54, 51, 53, 54, 51]  # counted from 1
    assert column("previous", 1) == [0, 51, 53, 54, 51, 53, 54]
    assert column("lags", 1) == [0, 0, 0, 51, 53, 54, 51]  # one bar ago
    two_bars = len(ru.PARTS) + 1
    assert column("lags", two_bars) == [0, 0, 0, 0, 0, 0, 51]
    assert column("now") == [0, 1, 25, 37, 1, 25, 37]
    assert column("then") == [1, 25, 37, 1, 25, 37, 1]
    # From the second C on the run of the last events was heard before; what followed?
    # (The first A had a step of 0, so the run "A" itself was not.)
    assert column("match", 1) == [0, 0, 0, 0, 0, 54, 51]
    assert column("match_length") == [0, 0, 0, 0, 0, 1, 2]
    # One bar before the fourth event's time is the first A; the next event comes 6 ticks later.
    assert column("lag_steps")[4] == 6 + 1


def test_nothing_looks_ahead(beginning, trained):
    at = 25

    def told(changed):
        corpus = dataclasses.replace(beginning, events=changed)
        rows, heard, *_ = riff_examples(corpus, trained.vocabulary)
        answers = trained.model.predict_on_batch([rows[None].astype(np.int32), heard[None]])
        return {name: np.asarray(answer)[0, : at + 1] for name, answer in answers.items()}

    before = told(beginning.events)
    for i, part in enumerate(ru.PARTS):
        changed = beginning.events.copy()
        changed["bass"][at + 1 :] += 3
        changed["step"][at + 1 :] += 2
        changed["technique"][at + 1 :] ^= np.uint16(ru.Technique.PALM_MUTE)
        other = {"shape": 1 << 5 | 1, "velocity": 3, "technique": ru.Technique.VIBRATO}
        changed[part][at] = other.get(part, changed[part][at] + 7)
        after = told(changed)
        for earlier in ru.PARTS[: i + 1]:  # the part itself and those before it see no difference
            for name in (earlier, trust_in(earlier)):
                np.testing.assert_allclose(after[name], before[name], atol=1e-5)
        for later in ru.PARTS[i + 1 :]:
            for name in (later, trust_in(later)):
                assert np.abs(after[name][at] - before[name][at]).max() > 1e-4


def test_the_ear_hears_what_riff_inputs_sees(small, trained):
    tracks = [small[2].track_events(0)[:120], small[0].track_events(0)[:120]]
    rows = [
        ru.riff_inputs(events, np.array([0, 120]), np.array([48]), trained.vocabulary)
        for events in tracks
    ]
    features = RunningFeatures(2, 48, trained.vocabulary)
    for k in range(120):
        row = features.row()
        features.complete_row(row, np.array([events["step"][k] for events in tracks]))
        for i in range(2):
            wanted = rows[i][k].copy()
            wanted[ru.RIFF_COLUMNS["target"]] = 0  # that is for the network to find out
            np.testing.assert_array_equal(row[i], wanted, err_msg=f"event {k}")
        features.append(np.array([events[k] for events in tracks]))
