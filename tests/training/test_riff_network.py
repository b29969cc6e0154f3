"""The riff network cut in pieces answers as the whole does."""

import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.generation.continuing import part_chances
from rockonet.training.riff_features import RunningFeatures
from rockonet.training.riff_network import stateful_model, trust_in
from rockonet.training.riff_recipe import nats_model, riff_examples


def test_carried_state_answers_as_the_whole_sequence_does(beginning, trained):
    rows, heard, *_ = riff_examples(beginning, trained.vocabulary)
    rows, heard = rows[None].astype(np.int32), heard[None]
    whole = trained.model.predict_on_batch([rows, heard])
    listen, heads, cells = stateful_model(trained.model)
    state = [np.zeros((1, size), np.float32) for size in cells for _ in range(2)]
    for k in range(40):
        row = rows[:, k : k + 1]
        told, *state = map(np.asarray, listen.predict_on_batch([row, *state]))
        for part in ru.PARTS:
            answers = heads[part].predict_on_batch([row, heard[:, k : k + 1], told])
            for name, answer in zip((part, trust_in(part)), answers, strict=True):
                wanted = np.asarray(whole[name])[0, k]
                np.testing.assert_allclose(np.asarray(answer)[0, 0], wanted, atol=1e-4)


def test_a_riff_is_drawn_by_the_chances_that_a_song_is_priced_by(beginning, trained):
    vocabulary, events = trained.vocabulary, beginning.events
    examples = riff_examples(beginning, vocabulary)
    rows = examples[0][None].astype(np.int32)
    nats = nats_model(trained.model).predict_on_batch([rows, *(a[None] for a in examples[1:])])
    listen, heads, cells = stateful_model(trained.model)
    state = [np.zeros((1, size), np.float32) for size in cells for _ in range(2)]
    features = RunningFeatures(1, beginning.ticks_per_bar(0), vocabulary)
    codes, extra = vocabulary.encode(events), examples[3]
    compared = 0
    for k in range(40):
        row = features.row()
        told, *state = map(np.asarray, listen.predict_on_batch([row, *state]))
        for i, part in enumerate(ru.PARTS):
            chances = part_chances(heads[part], part, told, row, features, events[k : k + 1])[0]
            assert chances.sum() == pytest.approx(1, abs=1e-6)
            if extra[k, i] == 0:  # a class of one value: its chance is that of the value
                price = np.asarray(nats)[0, k, i]
                assert -np.log(chances[codes[k, i]]) == pytest.approx(price, abs=1e-3)
                compared += 1
            row[0, 0, ru.RIFF_COLUMNS["target"].start + i] = codes[k, i] + 1
            if part == "step":
                features.complete_row(row, events["step"][k : k + 1])
        features.append(events[k : k + 1])
    assert compared > 100


def test_a_network_of_an_experiment_does_not_go_on_with_a_riff(trained):
    network = ru.riff_model(trained.vocabulary.sizes, (8,), 8, memory=False)
    with pytest.raises(ValueError, match="built for an experiment"):
        stateful_model(network)
