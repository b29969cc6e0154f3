"""The riff network cut in pieces answers as the whole does."""

import numpy as np

import rockonet_utils as ru
from rockonet.training.riff_network import stateful_model


def test_carried_state_answers_as_the_whole_sequence_does(small, trained):
    events = small[2].track_events(0)[:30]
    rows = ru.riff_inputs(events, np.array([0, 30]), np.array([48]), trained.vocabulary)
    rows = rows[None].astype(np.int32)
    whole = trained.model.predict_on_batch(rows)
    listen, heads, cells = stateful_model(trained.model)
    state = [np.zeros((1, size), np.float32) for size in cells for _ in range(2)]
    for k in range(30):
        row = rows[:, k : k + 1]
        known, *state = map(np.asarray, listen.predict_on_batch([row, *state]))
        for part in ru.PARTS:
            answer = np.asarray(heads[part].predict_on_batch([row, known]))
            np.testing.assert_allclose(answer[0, 0], np.asarray(whole[part])[0, k], atol=1e-4)
