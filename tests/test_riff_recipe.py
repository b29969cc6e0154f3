"""Sections 8 and 9: the riff recipe, and measuring in nats."""

import dataclasses
import functools
import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from conftest import melody, midi_bytes

import rockonet_utils as ru
from rockonet.training import riff_recipe
from rockonet.training.batches import overlapping_windows, riff_batches, riff_windows
from rockonet.training.counting import chord_data
from rockonet.training.riff_features import BASS_COLUMNS, RunningFeatures
from rockonet.training.riff_network import stateful_model
from rockonet.training.runs import longest_matches


@pytest.fixture(scope="module")
def starter():
    return ru.split_by_song(ru.build_corpus(ru.settings(data="starter").folder))


@pytest.fixture(scope="module")
def small(starter):
    """A few songs of each side."""
    return [part.select(range(6)) for part in starter]


@pytest.fixture(scope="module")
def choice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("riff")
    return ru.settings("quick", "starter").replace(
        output=folder, riff_units=(16,), riff_epochs=2, riff_batch=8, riff_rate=0.004
    )


@pytest.fixture(scope="module")
def trained(small, choice):
    return ru.train_riff_model(small[0], small[1], choice, live=False)


def events_of(*rows):
    events = np.zeros(len(rows), ru.EVENT)
    for event, row in zip(events, rows, strict=True):
        event["step"], event["bass"], event["shape"], event["duration"], event["velocity"] = row
    return events


def test_classes_and_back(small):
    vocabulary = ru.riff_vocabulary(small[0])
    events = small[0].events
    codes = vocabulary.encode(events)
    assert all((codes >= 0).all(axis=0)) and all(
        codes.max(axis=0) < list(vocabulary.sizes.values())
    )
    back = vocabulary.decode(codes)
    short = events["step"] <= 96
    for name in ("bass", "shape"):
        np.testing.assert_array_equal(back[name], events[name])
    np.testing.assert_array_equal(back["step"][short], events["step"][short])
    np.testing.assert_array_equal(vocabulary.encode(back), codes)


def test_what_a_class_leaves_open_is_told_by_a_proper_probability(small):
    vocabulary = ru.riff_vocabulary(small[0], n_shapes=3)
    events = np.zeros(40_000, ru.EVENT)
    events["shape"], events["duration"], events["velocity"] = 1, 1, 1
    events["step"] = np.arange(len(events))
    chance = np.exp(-vocabulary.extra_nats(events)[:, 0])
    step_class = vocabulary.encode(events)[:, 0]
    sums = np.bincount(step_class, chance)
    np.testing.assert_allclose(sums[:-1], 1)
    assert 0.99 < sums[-1] < 1  # the last class goes on for ever
    events["velocity"] = 1 + np.arange(len(events)) % 127
    loud = np.exp(-vocabulary.extra_nats(events[:127])[:, 4])
    np.testing.assert_allclose(np.bincount(vocabulary.encode(events[:127])[:, 4], loud), 1)
    # Of the shapes without a class: 9 in 10 for those that were heard, 1 in 10 for all shapes.
    heard = np.array([mask for mask, _ in vocabulary.rare], np.uint64)
    events["shape"][: len(heard)] = heard
    assert 0.9 < np.exp(-vocabulary.extra_nats(events[: len(heard)])[:, 2]).sum() < 1


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
    assert column("lags", 6) == [0, 0, 0, 0, 0, 0, 51]  # two bars ago
    assert column("now") == [0, 1, 25, 37, 1, 25, 37]
    assert column("then") == [1, 25, 37, 1, 25, 37, 1]
    # From the second C on the run of the last events was heard before; what followed?
    # (The first A had a step of 0, so the run "A" itself was not.)
    assert column("match", 1) == [0, 0, 0, 0, 0, 54, 51]
    assert column("match_length") == [0, 0, 0, 0, 0, 1, 2]
    # One bar before the fourth event's time is the first A; the next event comes 6 ticks later.
    assert column("lag_steps")[4] == 6 + 1


def test_longest_match_agrees_with_a_plain_search(small):
    corpus = small[1].select([0])
    symbols = ru.riff_vocabulary(corpus).encode(corpus.events)[:, :3]
    track = np.repeat(np.arange(len(corpus.tracks)), np.diff(corpus.offsets))
    match, recent, length = longest_matches(symbols, track, corpus.offsets[:-1][track])
    for place in np.random.default_rng(0).choice(len(symbols), 150, replace=False):
        begin = corpus.offsets[track[place]]
        run = list(map(tuple, symbols[begin:place]))
        best, best_length, two = len(symbols), 0, len(symbols)
        for i, n in enumerate(ru.MATCH_LENGTHS, start=1):
            ends = [k for k in range(n, len(run)) if n <= len(run) and run[k - n : k] == run[-n:]]
            if ends:
                best, best_length = begin + ends[-1], i
                two = best if n <= 2 else two
        assert (match[place], length[place], recent[place]) == (best, best_length, two)


def test_nothing_looks_ahead(small, trained):
    corpus = small[2].select([0])
    vocabulary, at = trained.vocabulary, 40
    events = corpus.track_events(0)[:60].copy()

    def logits(changed):
        rows = ru.riff_inputs(changed, np.array([0, 60]), np.array([48]), vocabulary)
        answers = trained.model.predict_on_batch(rows[None].astype(np.int32))
        return {part: np.asarray(answers[part])[0, : at + 1] for part in ru.PARTS}

    before = logits(events)
    for i, part in enumerate(ru.PARTS):
        changed = events.copy()
        changed["bass"][at + 1 :] += 3
        changed["step"][at + 1 :] += 2
        changed[part][at] = {"shape": 1 << 5 | 1, "velocity": 3}.get(part, changed[part][at] + 7)
        after = logits(changed)
        for earlier in ru.PARTS[: i + 1]:  # the part itself and those before it see no difference
            np.testing.assert_allclose(after[earlier], before[earlier], atol=1e-5)
        for later in ru.PARTS[i + 1 :]:
            assert np.abs(after[later][at] - before[later][at]).max() > 1e-4


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
            np.testing.assert_array_equal(row[i, 0], wanted, err_msg=f"event {k}")
        features.append(np.array([events[k] for events in tracks]))


def test_windows_move_up_and_down_as_one(small, choice):
    corpus = small[0]
    inputs = ru.corpus_inputs(corpus, ru.riff_vocabulary(corpus))
    plain = {row.tobytes() for row in np.delete(inputs, BASS_COLUMNS, axis=1).astype(np.int32)}
    shifts = set()
    batches = riff_batches(inputs, corpus.offsets, choice, 1)
    for i in range(4):
        X, mask = batches[i]
        rows = X[mask[..., 0] > 0]
        assert {r.tobytes() for r in np.delete(rows, BASS_COLUMNS, axis=1)} <= plain
        for window, counts in zip(X, mask[..., 0] > 0, strict=True):
            codes = window[counts][:, BASS_COLUMNS]
            target, previous = window[counts][:, 1], window[counts][:, 6]
            np.testing.assert_array_equal(target[:-1], previous[1:])  # still the same melody
            assert target.min() - 1 >= 28 and codes.max() - 1 <= 100
            shifts.add(int(target[0]))
    assert len(shifts) > 3
    again = riff_batches(inputs, corpus.offsets, choice, 1)[2]
    np.testing.assert_array_equal(again[0], batches[2][0])


def test_an_epoch_covers_every_event_once(small):
    offsets = small[0].offsets
    windows = riff_windows(offsets, 64, np.random.default_rng(0))
    seen = np.concatenate([np.arange(begin, begin + count) for begin, count in windows])
    assert sorted(seen) == list(range(offsets[-1])) and windows[:, 1].max() <= 64


def test_it_learns_and_a_resumed_run_gives_the_same(small, choice, trained, tmp_path):
    total = [row for row in trained.history.epochs if row.recipe == "riff"]
    assert total[1].validation_loss < total[0].validation_loss - 0.1
    fit, calls = riff_recipe.mean_nats, itertools.count()

    def interrupted(*arguments, **options):
        if next(calls) in (0, 2):
            raise KeyboardInterrupt
        return fit(*arguments, **options)

    elsewhere = choice.replace(output=tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(riff_recipe, "mean_nats", interrupted)
        with pytest.raises(KeyboardInterrupt, match="Not one epoch"):
            ru.train_riff_model(small[0], small[1], elsewhere, live=False)
        assert not (tmp_path / "riff.zip").exists()
        half = ru.train_riff_model(small[0], small[1], elsewhere, live=False)
    assert {row.epoch for row in half.history.epochs} == {1}
    resumed = ru.train_riff_model(small[0], small[1], elsewhere, live=False)

    def numbers(history):
        return [(row.recipe, row.epoch, row.loss, row.validation_loss) for row in history.epochs]

    assert numbers(resumed.history) == numbers(trained.history)  # to the last digit
    for one, other in zip(resumed.model.weights, trained.model.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_one_sweep_serves_the_riff_recipe_too(small, choice, trained, tmp_path):
    vocabulary = ru.riff_vocabulary(small[0])
    rates = choice.replace(learning_rates=(0.004, 0.001))
    history = ru.learning_rate_sweep(*small[:2], vocabulary, rates, live=False)
    assert history.recipes == ["riff"] and history.learning_rates == [0.004, 0.001]
    # What train_riff_model trained at its rate is not trained again.
    shared = [row for row in history.epochs if row.learning_rate == 0.004]
    assert tuple(shared) == trained.history.epochs
    for rate in history.learning_rates:
        parts = [history.series(f"riff {part}", rate) for part in ru.PARTS[:4]]
        for whole, *pieces in zip(history.of(rate), *parts, strict=True):
            assert whole.loss == pytest.approx(sum(piece.loss for piece in pieces))
            held = sum(piece.validation_loss for piece in pieces)
            assert whole.validation_loss == pytest.approx(held)
    # A rate that comes second learns as it does alone.
    other = choice.replace(output=tmp_path, riff_rate=0.001)
    alone = ru.train_riff_model(*small[:2], other, live=False).history
    for one, two in zip(alone.of(0.001), history.of(0.001), strict=True):
        assert (one.loss, one.validation_loss) == (two.loss, two.validation_loss)
    kept = ru.load_trained(choice.output / "riff.zip")
    assert kept.history == history
    total = ru.held_out_nats(kept, small[1])["total"]
    assert total == pytest.approx(history.best.validation_loss, rel=1e-5)


def test_it_stops_early_and_keeps_the_best(small, choice, tmp_path, monkeypatch):
    held = iter([3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 2.1])
    monkeypatch.setattr(riff_recipe, "PATIENCE", 3)
    monkeypatch.setattr(riff_recipe, "mean_nats", lambda *_: np.full(5, next(held)))
    many = choice.replace(output=tmp_path, riff_epochs=9, riff_units=(4,))
    corpus = small[0].select([0])
    trained = ru.train_riff_model(corpus, small[1].select([0]), many, live=False)
    assert max(row.epoch for row in trained.history.epochs) == 5
    assert trained.history.best.epoch == 2
    (best,) = tmp_path.glob("training/*/rate-*/best.npz")
    (last,) = tmp_path.glob("training/*/rate-*/epoch-5.npz")
    kept = np.load(best)["arr_0"]
    np.testing.assert_array_equal(kept, trained.model.weights[0])
    assert not np.array_equal(kept, np.load(last)["arr_0"])


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


def test_overlapping_windows_count_every_event_once():
    offsets = np.array([0, 5, 5, 700, 956, 1400])
    counted = np.zeros(1400, int)
    for place, inside, counts in overlapping_windows(offsets, length=64, size=4):
        assert place.shape == inside.shape == counts.shape == (4, 64)
        assert not (counts & ~inside).any()
        np.add.at(counted, place[counts], 1)
        track = np.searchsorted(offsets, place, side="right")
        assert all(len(set(t[i])) == 1 for t, i in zip(track, inside, strict=True))
        for row, mask in zip(place, counts, strict=True):
            if mask.any():  # half a window of the track before it, or the track from its start
                first = row[mask][0]
                assert first - row[0] == 32 or row[0] == first and first in offsets
    assert (counted == 1).all()


def chords_in_a_row(*rows):
    """A corpus with one track for each row of single pitches."""
    events = np.zeros(sum(map(len, rows)), ru.EVENT)
    events["bass"], events["shape"] = np.concatenate(rows), 1
    return ru.Corpus(
        events,
        np.cumsum([0, *map(len, rows)]),
        tuple(ru.TrackInfo(i, "", 30) for i in range(len(rows))),
        tuple(ru.Song(f"song {i}", "", 120.0, (4, 4)) for i in range(len(rows))),
    )


def test_bigram_worked_out_by_hand():
    train = chords_in_a_row([40, 41, 40, 41, 40, 42])
    # Unigram (Witten-Bell): 6 heard, 3 kinds: p(40) = (3 + 3/3) / 9, p(41) = (2 + 1) / 9.
    # After 40 (heard 3 times, 2 kinds): p(41 | 40) = (2 + 2 * 3/9) / 5.
    # At the start of a track: once 40, 1 kind: (1 + 1 * 4/9) / 2. New: (1 + 1) / (6 + 2).
    nats = ru.ngram_nats(train, chords_in_a_row([40, 41]), 2)
    known = 1 - 2 / 8
    by_hand = -np.log((1 + 4 / 9) / 2 * known) - np.log((2 + 2 * 3 / 9) / 5 * known)
    assert nats == pytest.approx(by_hand / 2)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
def test_ngram_chances_of_all_next_chords_sum_to_one(order):
    rng = np.random.default_rng(order)
    train = chords_in_a_row(*rng.integers(40, 48, (5, 40)))
    context = [41, 45, 41]
    base = ru.ngram_nats(train, chords_in_a_row(context), order) * 3
    nats = [
        ru.ngram_nats(train, chords_in_a_row([*context, pitch]), order) * 4 - base
        for pitch in range(128)
    ]
    known = np.exp(-np.array(nats)[40:48]).sum()
    escape = chord_data(train, train).escape
    assert known == pytest.approx(1 - escape)
    # All single notes that are new together have less than the rest: chords are new as well.
    assert 0 < np.exp(-np.array(nats)).sum() - known < escape


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


@pytest.mark.parametrize("what", ["bar", "match"])
def test_copying_sums_to_one_and_beats_frequency(starter, small, what):
    train, _, test = starter
    assert ru.copy_nats(train, test, what) < ru.ngram_nats(train, test, 1)
    train = small[0].select([0])
    song = test.select([0])
    short = dataclasses.replace(song, events=song.events[:60].copy(), offsets=np.array([0, 60]))
    short = dataclasses.replace(short, tracks=song.tracks[:1])
    names, codes = train.chords()
    rows = [np.flatnonzero(codes == code)[0] for code in range(len(names))]
    total = 0.0
    ends = []
    for row in rows:
        short.events["bass"][-1], short.events["shape"][-1] = train.events[row][["bass", "shape"]]
        ends.append(ru.copy_nats(train, short, what) * 60)
    without = dataclasses.replace(short, events=short.events[:59], offsets=np.array([0, 59]))
    base = ru.copy_nats(train, without, what) * 59
    total = np.exp(-(np.array(ends) - base)).sum()
    assert total == pytest.approx(1 - chord_data(train, train).escape, rel=1e-3)


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


def test_bundle_survives_saving_and_misfits_are_refused(small, trained, tmp_path):
    trained.save(tmp_path / "riff.zip")
    again = ru.load_trained(tmp_path / "riff.zip")
    assert (again.vocabulary, again.history, again.corpus) == (
        trained.vocabulary,
        trained.history,
        small[0].fingerprint(),
    )
    corpus = small[2].select([0])
    assert ru.held_out_nats(again, corpus) == ru.held_out_nats(trained, corpus)
    other = dataclasses.replace(trained.vocabulary, shapes=trained.vocabulary.shapes[:-1])
    dataclasses.replace(trained, vocabulary=other).save(tmp_path / "misfit.zip")
    with pytest.raises(ValueError, match="do not fit together.*Run notebook 03"):
        ru.load_trained(tmp_path / "misfit.zip")


def test_riffs_of_the_riff_recipe(small, trained):
    prompt = ru.random_excerpt(small[2], 16, seed=3)
    riffs = ru.generate(trained, n=3, bars=4, prompt=prompt, seed=7)
    for riff in riffs:
        np.testing.assert_array_equal(riff.events[:16], prompt.events)
        new = riff.generated
        assert len(new) and (new["step"][1:] > 0).all() and (new["duration"] > 0).all()
        assert new["bass"].min() >= 40 and new["bass"].max() <= 86
        last = int(riff.events["step"].sum())
        prompt_end = -(-int(prompt.events["step"].sum() + 1) // riff.ticks_per_bar)
        assert last < (prompt_end + 4) * riff.ticks_per_bar
        assert riff.midi().note_num() >= len(riff.events)
    assert len({riff.events.tobytes() for riff in riffs}) == 3
    same = ru.generate(trained, n=3, bars=4, prompt=prompt, seed=7)
    assert [r.events.tobytes() for r in same] == [r.events.tobytes() for r in riffs]
    (free,) = ru.generate(trained, bars=2, seed=1)
    assert free.prompt_events == 0 and len(free.events)


def test_training_under_a_mirrored_strategy(tmp_path):
    code = """
import sys
import numpy as np
import tensorflow as tf
import rockonet_utils as ru
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
parts = ru.split_by_song(ru.build_corpus(ru.settings(data="starter").folder))
choice = ru.settings("quick", "starter").replace(
    output=__import__("pathlib").Path(sys.argv[1]), riff_units=(8,), riff_epochs=1)
with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
    small = parts[0].select(range(4)), parts[1].select(range(2))
    trained = ru.train_riff_model(*small, choice, False)
(total,) = [row for row in trained.history.epochs if row.recipe == "riff"]
print("nats", total.loss, total.validation_loss)
"""
    run = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, timeout=200
    )
    assert run.returncode == 0, run.stderr[-2000:]
    loss, held = map(float, run.stdout.split("nats")[1].split())
    assert 0 < held < 25 and 0 < loss < 25


def test_the_same_code_runs_on_jax(tmp_path):
    pytest.importorskip("jax", reason="JAX is not installed")
    code = """
import sys
import rockonet_utils as ru
parts = ru.split_by_song(ru.build_corpus(ru.settings(data="starter").folder))
choice = ru.settings("quick", "starter").replace(
    output=__import__("pathlib").Path(sys.argv[1]), riff_units=(8,), riff_epochs=1)
trained = ru.train_riff_model(parts[0].select(range(4)), parts[1].select(range(2)), choice, False)
print("nats", ru.held_out_nats(trained, parts[2].select(range(2)))["total"])
"""
    run = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert 0 < float(run.stdout.split("nats")[1]) < 25


def test_three_tiny_songs_are_enough_to_train(tmp_path):
    for i, name in enumerate(("one", "two", "three")):
        path = tmp_path / f"{name}.mid"
        path.write_bytes(midi_bytes([melody([40 + i, 43, 45, 40, 43, 46] * 3)]))
    parts = ru.split_by_song(ru.build_corpus(tmp_path))
    choice = ru.settings("quick", "starter").replace(
        output=tmp_path / "out", riff_units=(8,), riff_epochs=1
    )
    trained = ru.train_riff_model(*parts[:2], choice, live=False)
    assert np.isfinite(list(ru.held_out_nats(trained, parts[2]).values())).all()
