"""Nats of songs that were held out."""

import dataclasses
import itertools

import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.training import riff_recipe


def test_held_out_nats_count_every_event_once(small, trained):
    corpus = small[2].select([0, 1])
    inputs = ru.corpus_inputs(corpus, trained.vocabulary)
    surprise = riff_recipe.nats_model(trained.model)
    # Track by track in one go, with a softmax of our own.
    total = np.zeros(len(ru.PARTS))
    for begin, end in itertools.pairwise(corpus.offsets):
        rows = inputs[begin:end]
        answers = trained.model.predict_on_batch(rows[None].astype(np.int32))
        for i, part in enumerate(ru.PARTS):
            odds = np.asarray(answers[part], np.float64)[0]
            odds = np.exp(odds - odds.max(axis=1, keepdims=True))
            p = odds[np.arange(len(rows)), rows[:, i] - 1] / odds.sum(axis=1)
            total[i] -= np.log(p).sum()
    in_one = riff_recipe.mean_nats(surprise, inputs, corpus.offsets, length=4096, size=2)
    np.testing.assert_allclose(in_one, total / corpus.n_events, rtol=1e-4)
    in_windows = riff_recipe.mean_nats(surprise, inputs, corpus.offsets, length=64, size=4)
    np.testing.assert_allclose(in_windows, in_one, rtol=0.05)  # only the state is a little shorter
    nats = ru.held_out_nats(trained, corpus)
    parts = nats["pitch"] + nats["step"] + nats["duration"]
    assert nats["total"] == pytest.approx(parts)
    extra = trained.vocabulary.extra_nats(corpus.events).mean(axis=0)
    longer = riff_recipe.mean_nats(surprise, inputs, corpus.offsets)
    assert nats["step"] == pytest.approx(longer[0] + extra[0])


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
