"""What each step of notebook 03 is worth."""

import functools
import itertools

import numpy as np
import pytest
from helpers import chords_in_a_row

import rockonet_utils as ru


def test_chord_network_that_learns_nothing_pays_what_blind_guessing_does(small, choice, capsys):
    def blind(n_chords, units):
        model = ru.chord_model(n_chords, units)
        model.layers[-1].kernel.assign(0 * model.layers[-1].kernel)
        return model

    once = choice.replace(riff_rate=0.0, riff_epochs=1)
    nats = ru.chord_nats(small[0], small[2], once, build_model=blind)
    assert capsys.readouterr().out.splitlines()[-1].startswith("Trained in ")
    assert nats == pytest.approx(ru.ngram_nats(small[0], small[2], 0), rel=1e-6)


def test_chord_network_learns_more_from_every_position_than_from_the_last(choice):
    tune = [40, 43, 45, 47, 43, 40, 50, 52] * 40
    train, test = chords_in_a_row(tune, tune[3:]), chords_in_a_row(tune[5:90])
    few = choice.replace(riff_epochs=12, riff_batch=4, riff_rate=0.01)
    every, last = (ru.chord_nats(train, test, few, every_position=which) for which in (True, False))
    assert every < 0.2 and every < last - 0.1 < ru.ngram_nats(train, test, 1) + 1


def test_chord_network_without_embedding_has_only_the_place_in_a_list_to_go_by(choice):
    bare = ru.chord_model(100, (8,), skip=False, embed=False)
    assert bare.layers[-2].cell.kernel.shape[0] == 1  # the LSTM reads one number
    rng = np.random.default_rng(0)
    follows = rng.permutation(40)  # of each chord the next one, in no order that numbers show
    tune = list(itertools.accumulate(range(800), lambda chord, _: int(follows[chord]), initial=0))
    train = chords_in_a_row([40 + chord for chord in tune])
    few = choice.replace(riff_epochs=6, riff_batch=4, riff_rate=0.01)
    nats = [
        ru.chord_nats(
            train, train, few, build_model=functools.partial(ru.chord_model, skip=False, embed=e)
        )
        for e in (True, False)
    ]
    assert nats[0] < nats[1] - 0.3
