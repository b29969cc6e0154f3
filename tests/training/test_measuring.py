"""Nats of songs that were held out."""

import dataclasses
import itertools

import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.training import riff_recipe
from rockonet.training.riff_network import trust_in
from rockonet.training.song_memory import experts_of


def test_held_out_nats_count_every_event_once(small, trained):
    corpus = small[2].select([0, 1])
    examples = riff_recipe.riff_examples(corpus, trained.vocabulary)
    surprise = riff_recipe.nats_model(trained.model)

    def softmax(logits):
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)

    # Track by track in one go, with a mixture of our own.
    total = np.zeros(len(ru.PARTS))
    for begin, end in itertools.pairwise(corpus.offsets):
        rows, heard, chance, extra = (array[begin:end] for array in examples)
        answers = trained.model.predict_on_batch([rows[None].astype(np.int32), heard[None]])
        for i, part in enumerate(ru.PARTS):
            own, trust = (
                softmax(np.asarray(answers[name], np.float64)[0]) for name in (part, trust_in(part))
            )
            p = own[np.arange(len(rows)), rows[:, i] - 1] * np.exp(-extra[:, i])
            p = trust[:, 0] * p + (trust[:, 1:] * chance[:, experts_of(part)]).sum(axis=1)
            total[i] -= np.log(p).sum()
    in_one = riff_recipe.mean_nats(surprise, examples, corpus.offsets, length=4096, size=2)
    np.testing.assert_allclose(in_one, total / corpus.n_events, rtol=1e-4)
    in_windows = riff_recipe.mean_nats(surprise, examples, corpus.offsets, length=64, size=4)
    np.testing.assert_allclose(in_windows, in_one, rtol=0.05)  # only the state is a little shorter
    nats = ru.held_out_nats(trained, corpus)
    parts = nats["pitch"] + nats["step"] + nats["duration"]
    assert nats["total"] == pytest.approx(parts)
    longer = riff_recipe.mean_nats(surprise, examples, corpus.offsets)
    assert nats["step"] == pytest.approx(longer[0])


def test_a_network_without_a_memory_pays_for_its_classes_and_what_they_leave_open(small):
    corpus = small[2].select([0])
    vocabulary = ru.riff_vocabulary(small[0], n_shapes=2)
    network = ru.riff_model(vocabulary.sizes, (4,), 4, memory=False)
    rows, heard, chance, extra = riff_recipe.riff_examples(corpus, vocabulary)
    answers = network.predict_on_batch(rows[None].astype(np.int32))
    nats = riff_recipe.nats_model(network).predict_on_batch(
        [rows[None].astype(np.int32), heard[None], chance[None], extra[None]]
    )
    place = ru.PARTS.index("shape")
    logits = np.asarray(answers["shape"], np.float64)[0]
    right = logits[np.arange(len(rows)), rows[:, place] - 1]
    wanted = np.log(np.exp(logits).sum(axis=1)) - right + extra[:, place]
    assert (extra[:, place] > 0).any()
    np.testing.assert_allclose(np.asarray(nats)[0, :, place], wanted, rtol=1e-4)


def test_a_mixture_by_hand():
    # The network gives what came 1/8, the experts 1/2 and nothing; they weigh 1/2, 1/4, 1/4.
    trust = np.log([[0.5, 0.25, 0.25]])
    price = riff_recipe.mixed_nats(np.log([8.0]), trust, np.array([[0.5, 0.0]]))
    assert float(price[0]) == pytest.approx(-np.log(0.0625 + 0.125))
    # Where no expert gives it a chance, the network's share is all that is left.
    price = riff_recipe.mixed_nats(np.array([30.0]), trust, np.zeros((1, 2)))
    assert float(price[0]) == pytest.approx(30 + np.log(2))


def test_classic_recipe_is_measured_on_every_event(small):
    symbols = tuple(small[0].chords()[0])
    vocabulary = ru.Vocabulary(symbols, 10.0, 5.0)
    model = ru.classic_model(4, len(symbols), (4, 4, 4), 4)
    bundle = ru.Trained("classic", model, vocabulary, 4, ru.History((), {"classic": 0.0}))
    corpus = small[0].select([0])
    names, place = corpus.chords()
    codes, known = vocabulary.encode(names)
    assert known.all()
    total = 0.0
    for begin, end in itertools.pairwise(corpus.offsets):
        window = [0.0] * 4
        for i in range(begin, min(end, begin + 5)):
            p = np.asarray(model.predict_on_batch(np.array(window)[None, :, None]))[0]
            total -= np.log(p[codes[place[i]]] * 0.99)
            window = [*window[1:], (codes[place[i]] - 10.0) / 5.0]
    starts = [corpus.events[b : min(e, b + 5)] for b, e in itertools.pairwise(corpus.offsets)]
    short = dataclasses.replace(
        corpus,
        events=np.concatenate(starts),
        offsets=np.cumsum([0, *map(len, starts)]),
    )
    nats = ru.held_out_nats(bundle, short)
    assert nats == {"pitch": pytest.approx(total / short.n_events, rel=1e-5)}


def test_the_technique_head_beats_what_counting_knows(small, trained):
    held, counted = small[2], []
    counted += [ru.ngram_nats(small[0], held, order, "technique") for order in (1, 2)]
    counted += [ru.copy_nats(small[0], held, "before", "technique")]
    nats = ru.held_out_nats(trained, held)
    assert nats["technique"] < min(counted) - 0.1
    # It counts for nothing in the total, so that totals of all versions can be compared.
    assert nats["total"] == pytest.approx(nats["pitch"] + nats["step"] + nats["duration"])
