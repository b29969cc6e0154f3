"""The riff network written out in NumPy answers as the one of Keras does."""

import keras
import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.generation.continuing import part_chances
from rockonet.training.riff_decoder import RiffDecoder
from rockonet.training.riff_features import RunningFeatures
from rockonet.training.riff_network import lstm_stack, trust_in
from rockonet.training.riff_recipe import nats_model, riff_examples
from rockonet.training.song_memory import experts_of


@pytest.mark.parametrize("units", [(16,), (8, 12)], ids=["one layer", "two layers"])
def test_event_by_event_it_answers_as_the_whole_sequence_does(beginning, trained, units):
    model = trained.model if units == (16,) else ru.riff_model(trained.vocabulary.sizes, units, 24)
    rows, heard, *_ = riff_examples(beginning, trained.vocabulary)
    whole = model.predict_on_batch([rows[None].astype(np.int32), heard[None]])
    decoder = RiffDecoder(model)
    states = decoder.begin(2)
    for k in range(40):
        row = np.repeat(rows[k : k + 1], 2, axis=0)
        told, states = decoder.listen(row, states)
        for part in ru.PARTS:
            own = np.repeat(heard[k : k + 1, experts_of(part)], 2, axis=0)
            answers = decoder.answer(part, row, own, told)
            for name, answer in zip((part, trust_in(part)), answers, strict=True):
                wanted = np.repeat(np.asarray(whole[name])[0, k : k + 1], 2, axis=0)
                np.testing.assert_allclose(answer, wanted, rtol=1e-5, atol=1e-5)


def test_a_riff_is_drawn_by_the_chances_that_a_song_is_priced_by(beginning, trained):
    vocabulary, events = trained.vocabulary, beginning.events
    examples = riff_examples(beginning, vocabulary)
    rows = examples[0][None].astype(np.int32)
    nats = nats_model(trained.model).predict_on_batch([rows, *(a[None] for a in examples[1:])])
    decoder = RiffDecoder(trained.model)
    states = decoder.begin(1)
    features = RunningFeatures(1, beginning.ticks_per_bar(0), vocabulary)
    codes, extra = vocabulary.encode(events), examples[3]
    compared = 0
    for k in range(40):
        row = features.row()
        told, states = decoder.listen(row, states)
        for i, part in enumerate(ru.PARTS):
            chances = part_chances(decoder, part, told, row, features, events[k : k + 1])[0]
            assert chances.sum() == pytest.approx(1, abs=1e-6)
            if extra[k, i] == 0:  # a class of one value: its chance is that of the value
                price = np.asarray(nats)[0, k, i]
                assert -np.log(chances[codes[k, i]]) == pytest.approx(price, abs=1e-3)
                compared += 1
            row[0, ru.RIFF_COLUMNS["target"].start + i] = codes[k, i] + 1
            if part == "step":
                features.complete_row(row, events["step"][k : k + 1])
        features.append(events[k : k + 1])
    assert compared > 100


@pytest.mark.parametrize(
    "changed",
    [
        {"memory": False},
        {"candidates": False},
        {"skip": False},
        {"stack": lambda known, units, dropout: known},
        {"stack": lambda *asked: keras.layers.Dense(8, name="more")(lstm_stack(*asked))},
    ],
    ids=["no memory", "no candidates", "no skip", "no LSTM", "one more layer"],
)
def test_a_network_of_an_experiment_does_not_go_on_with_a_riff(trained, changed):
    network = ru.riff_model(trained.vocabulary.sizes, (8,), 8, **changed)
    with pytest.raises(ValueError, match="built for an experiment"):
        RiffDecoder(network)
