"""The rivals of the riff recipe: they pay exactly, look back only, and go on."""

import itertools
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import rivals
import rivals_published
import rivals_recipe
import rivals_tokens
from rivals_tokens import BASE, FIRST, KIND
from rivals_training import CausalBlock, Course, going_on, log_chances

import rockonet_utils as ru
from rockonet.training.riff_recipe import riff_examples
from rockonet.training.riff_vocabulary import PARTS


def events(*rows):
    """Events of (step, pitches, duration)."""
    made = np.zeros(len(rows), ru.EVENT)
    for event, (step, pitches, duration) in zip(made, rows, strict=True):
        event["step"], event["duration"], event["velocity"] = step, duration, 90
        event["bass"] = min(pitches)
        event["shape"] = sum(1 << (pitch - min(pitches)) for pitch in pitches)
    return made


def songs(*tracks):
    """A corpus of one song for each track of events."""
    info = tuple(ru.TrackInfo(i, "Guitar", 30) for i in range(len(tracks)))
    return ru.Corpus(
        np.concatenate(tracks),
        np.cumsum([0, *map(len, tracks)]),
        info,
        tuple(ru.Song(f"Song {i}", f"{i}.mid", 120.0, (4, 4)) for i in range(len(tracks))),
    )


RIFF = [(0, {40, 47}, 6), (6, {40}, 6), (12, {43, 50, 55}, 9), (6, {40}, 3)]


@pytest.fixture(scope="module")
def few():
    return songs(events(*4 * RIFF), events(*reversed(3 * RIFF)))


@pytest.fixture(scope="module")
def untrained(few, quick_graphs):
    """Every kind of rival, small, with the weights it begins with."""
    settings = ru.settings("quick", "starter").replace(riff_units=(8,), riff_batch=2)
    kinds = {
        "memory": lambda: rivals_recipe.RiffRecipe(few, settings),
        "no memory": lambda: rivals_recipe.RiffRecipe(few, settings, memory=False),
        "attention": lambda: rivals_recipe.AttentionRecipe(few, settings, memory=False),
        "tokens": lambda: rivals_tokens.TokenTransformer(few, few, settings, 60_000),
        "small GPT": lambda: rivals_published.SmallGPT(few, settings),
        "deepjazz": lambda: rivals_published.DeepJazz(few, settings),
    }
    made = {name: make() for name, make in kinds.items()}
    for name in ("memory", "no memory", "attention"):
        made[name].at_once = 32  # the windows it is asked in: quicker
    return made


def answering(logits):
    """A stand-in for a network that gives these logits (n_classes,) everywhere."""

    def predict_on_batch(asked):
        return np.broadcast_to(logits, (*asked.shape, len(logits)))

    return SimpleNamespace(predict_on_batch=predict_on_batch)


def test_tokens_lose_nothing():
    rng = np.random.default_rng(0)
    some = np.zeros(500, ru.EVENT)
    some["bass"] = rng.integers(20, 65, 500)
    some["shape"] = rng.integers(0, 2**63, 500, dtype=np.uint64) << np.uint64(1) | np.uint64(1)
    for name in ("step", "duration"):
        some[name] = BASE ** rng.uniform(0, 3.4, 500)  # from one digit to four
    some["step"][:3] = 0, BASE - 1, BASE
    tokens, event, part = rivals_tokens.tokens_of(some)
    again = rivals_tokens.events_of(tokens)
    for name in ("step", "bass", "shape", "duration"):
        assert (again[name] == some[name]).all()
    assert (np.diff(4 * event + part) >= 0).all()
    assert set(zip(event.tolist(), part.tolist(), strict=True)) == {
        *itertools.product(range(500), (0, 1, 3)),
        *((i, 2) for i in np.flatnonzero(some["shape"] > 1).tolist()),
    }


def test_a_token_is_followed_by_what_may_follow_alone():
    tokens, _, _ = rivals_tokens.tokens_of(events(*RIFF, (100, {60}, 9_999)))
    asked = np.append(FIRST["begin"], tokens[:-1])
    assert rivals_tokens.FOLLOWS[asked, tokens].all()
    high, low = (FIRST["pitch"] + pitch for pitch in (50, 45))
    assert not rivals_tokens.FOLLOWS[high, [low, high, FIRST["step"]]].any()
    assert not rivals_tokens.FOLLOWS[FIRST["step"], FIRST["duration"]]


def tiny_transformer(kinds):
    """A Transformer that knows these tokens alone, all with odds of its own, whatever came."""
    logits = np.full(len(KIND), -1e9)
    known = np.array([FIRST[kind] + value for kind, values in kinds.items() for value in values])
    logits[known] = np.random.default_rng(0).normal(size=len(known))
    rival = rivals_tokens.TokenTransformer.__new__(rivals_tokens.TokenTransformer)
    rival.width, network = 1, answering(logits)
    rival.listening = SimpleNamespace(
        predict_on_batch=lambda asked: (network.predict_on_batch(asked), asked[..., None] * 1.0)
    )
    return rival, np.exp(logits)


def test_the_transformers_chances_of_all_events_sum_to_one():
    rival, _ = tiny_transformer({"step": (3, 6), "pitch": (40, 43, 47), "duration": (5, 9)})
    chords = [set(c) for n in (1, 2, 3) for c in itertools.combinations((40, 43, 47), n)]
    every = list(itertools.product((3, 6), chords, (5, 9)))
    # After one event that is the same for all.
    prices = rival.price(songs(*(events((3, {40}, 5), event) for event in every)))
    nats = prices.nats[1::2]
    assert np.exp(-nats.sum(axis=1)).sum() == pytest.approx(1)
    of_chords = {(s, tuple(c)): n for (s, c, _), n in zip(every, nats[:, 1], strict=True)}
    assert sum(np.exp(-n) for (s, _), n in of_chords.items() if s == 3) == pytest.approx(1)
    assert np.exp(-nats[:2, 2]).sum() == pytest.approx(1)  # two durations of the same chord


def test_the_transformer_pays_as_counted_by_hand():
    rival, odds = tiny_transformer({"step": (3, 6), "pitch": (40, 47), "duration": (5, 9)})
    (step, other), (low, high), lengths = (
        odds[[FIRST[kind] + value for value in values]]
        for kind, values in {"step": (3, 6), "pitch": (40, 47), "duration": (5, 9)}.items()
    )
    (nats,) = rival.price(songs(events((3, {40}, 9)))).nats
    chord = low / (low + high) * lengths.sum() / (high + lengths.sum())
    chances = step / (step + other), chord, lengths[1] / lengths.sum()
    assert np.exp(-nats) == pytest.approx(chances)
    (nats,) = rival.price(songs(events((3, {40, 47}, 9)))).nats
    assert np.exp(-nats[1]) == pytest.approx(low / (low + high) * high / (high + lengths.sum()))


def test_first_guesses_of_the_transformer():
    kinds = {"step": (3, 6), "pitch": (40, 47), "duration": (5, 9)}
    rival, odds = tiny_transformer(kinds)
    best = {
        kind: max(values, key=lambda value, kind=kind: odds[FIRST[kind] + value])
        for kind, values in kinds.items()
    }
    ends = max(odds[FIRST["duration"] + np.array([5, 9])])
    goes_on = best["pitch"] == 40 and odds[FIRST["pitch"] + 47] > ends
    chord = {40, 47} if goes_on else {best["pitch"]}
    guessed = events((best["step"], chord, best["duration"]))
    wrong = events((9 - best["step"], {40, 47} ^ chord or {40}, 14 - best["duration"]))
    prices = rival.price(songs(guessed, wrong))
    assert prices.right.tolist() == [[1, 1, 1], [0, 0, 0]]


def test_the_small_gpt_pays_as_counted_by_hand(few, untrained):
    rival = untrained["small GPT"]
    # Beats that came twice: {40, 47} for 6, {40} for 12, {43, 50, 55} for 6, {40} for 0 … and back.
    n = len(rival.beats)
    fake = rivals_published.SmallGPT.__new__(rivals_published.SmallGPT)
    fake.__dict__ |= rival.__dict__ | {"network": answering(np.zeros(n + 1))}
    prices, right = fake.answers(few)
    own = [beat for beat in rival.beats if beat[:2] == (40, 129)]
    rare = fake.rare.chances(few.events)[0]
    assert np.exp(-prices.nats[0, 1]) == pytest.approx((len(own) + rare) / (n + 1))
    length = fake.step_chances[6]
    chance = (1 + rare * length) / (len(own) + rare)
    assert np.exp(-prices.nats[1, 0]) == pytest.approx(chance)  # the step after it
    assert np.isnan(prices.nats[:, 2]).all()
    assert np.isnan(right).sum() == 2  # after a track's last event comes none


def test_a_chord_network_pays_as_counted_by_hand(few, untrained):
    rival = untrained["deepjazz"]
    fake = rivals_published.DeepJazz.__new__(rivals_published.DeepJazz)
    network = SimpleNamespace(predict_on_batch=lambda asked: np.zeros((len(asked), 3)))
    fake.__dict__ |= rival.__dict__ | {"network": network}
    new = events((0, {40, 47}, 6), (6, {41}, 6))
    nats = fake.price(songs(new)).nats
    escape = 1 / (few.n_events + 2)  # no chord came once only
    assert np.exp(-nats[0, 1]) == pytest.approx((1 - escape) / 3)
    assert nats[1, 1] > -np.log(escape) + np.log(128)
    assert np.isnan(nats[:, [0, 2]]).all()


@pytest.mark.parametrize(
    "name", ["memory", "no memory", "attention", "tokens", "small GPT", "deepjazz"]
)
def test_nothing_looks_ahead(name, few, untrained):
    """Event k is changed: no price before it moves, and its own does."""
    rival, k = untrained[name], 9
    changed = songs(few.events.copy()[:16], few.events[16:])
    changed.events[k] = events((18, {41, 53}, 30))[0]
    one, other = (rival.price(corpus).nats[:16] for corpus in (few, changed))
    assert np.allclose(one[:k], other[:k], atol=1e-4, equal_nan=True)
    assert not np.allclose(one[k], other[k], atol=1e-2, equal_nan=True)
    assert not np.allclose(one[k + 1 :], other[k + 1 :], atol=1e-6, equal_nan=True)


def test_the_transformers_memory_does_not_look_ahead_either(few, untrained):
    rival, k = untrained["tokens"], 9
    changed = songs(few.events.copy()[:16], few.events[16:])
    changed.events[k] = events((18, {41, 53}, 30))[0]
    found = []
    for corpus in (few, changed):
        keras.utils.set_random_seed(0)  # whom to trust is learned anew, from the same songs
        alone, mixed = rival.prices(corpus).values()
        assert np.nanmean(mixed.nats) < np.nanmean(alone.nats) - 1  # riffs come back
        found.append(mixed.nats)
    assert np.allclose(found[0][:k], found[1][:k], atol=1e-3)
    assert not np.allclose(found[0][k], found[1][k], atol=1e-2)


def test_a_chord_of_the_riff_recipe_is_paid_as_ever(few, untrained):
    """Event by event, what `ru.held_out_nats` gives in the mean."""
    rival = untrained["memory"]
    trained = ru.Trained("riff", rival.network, rival.vocabulary, 64, ru.History((), {}))
    nats, paid = ru.held_out_nats(trained, few), rival.price(few).means()
    assert paid["chord"] == pytest.approx(nats["pitch"], abs=1e-4)
    assert paid["total"] == pytest.approx(nats["total"], abs=1e-4)


def test_experts_vote_for_what_came_as_much_as_they_gave_it(few):
    """With all trust in one expert, the vote for what came is what `song_memory` says."""
    vocabulary = ru.riff_vocabulary(few)
    heard, chance = riff_examples(few, vocabulary)[1:3]
    codes = vocabulary.encode(few.events)
    for part in ("step", "bass", "shape", "duration"):
        own = rivals_recipe.experts_of(part)
        for number in range(own.stop - own.start):
            votes = np.zeros((few.n_events, vocabulary.sizes[part]))
            trust = np.zeros((few.n_events, own.stop - own.start))
            trust[:, number] = 1
            answers = codes[:, PARTS.index(part)]
            known = (heard[:, own.start + number] > 0).astype(float)
            rivals_recipe.add_votes(votes, few, part, trust, answers)
            assert votes[np.arange(few.n_events), answers] == pytest.approx(
                chance[:, own.start + number], abs=1e-5
            )
            assert votes.sum(axis=1) == pytest.approx(known, abs=1e-5)


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_kept_of_the_past_changes_nothing(turned):
    """Blocks that go on event by event say what they say of all at once."""
    blocks = [CausalBlock(8, 2, 0.0, turned) for _ in range(2)]
    x = np.random.default_rng(0).normal(size=(3, 7, 8)).astype(np.float32)
    whole, steps = np.asarray(blocks[1](blocks[0](x))), []
    heard = keras.Input((1, 8))
    model, nothing = going_on([heard], heard, blocks, lambda last: last)
    past = [np.repeat(one, 3, axis=0) for one in nothing]
    for k in range(7):
        given = [x[:, k : k + 1], np.array([k], np.float32), *past]
        said, *past = map(np.asarray, model.predict_on_batch(given))
        steps.append(said)
    assert np.concatenate(steps, axis=1) == pytest.approx(whole, abs=1e-4)


@pytest.mark.parametrize("name", ["memory", "attention", "tokens", "small GPT", "deepjazz"])
def test_all_go_on_and_their_notes_are_counted(name, few, untrained):
    prompt, rng = few.events[:4], np.random.default_rng(0)
    made = untrained[name].continued(prompt, 3, 8, rng)
    assert len(made) == 3 and all(len(one) <= 8 for one in made)
    notes = sum(len(ru.event_pitches(event)) for one in made for event in one)
    assert rivals.count_notes(made) == notes > 0


def test_the_rate_rises_and_falls_to_a_fifth():
    course = Course()
    course.rate, course.steps = 0.01, 2_000.0
    rates = [float(course(step)) for step in range(2_000)]
    assert max(rates) == pytest.approx(0.01, rel=0.01) and 50 < np.argmax(rates) < 150
    assert rates[0] < 0.0002 and rates[-1] == pytest.approx(0.002, rel=0.01)


def test_training_forgets_what_it_was_timed_with_and_learns(few, untrained):
    rival = untrained["no memory"]
    fresh = rival.price(few).means()["total"]
    assert rival.steps_in(0.1) >= 1
    rival.learn(0.02, 1)
    begun = rival.price(few).means()["total"]
    rival.learn(0.02, 60)
    assert rival.price(few).means()["total"] < begun - 1
    steps, seconds = rival.learn_for(0.02, 2.0)
    assert steps > 1 and seconds > 1
    assert rival.price(few).means()["total"] < begun
    rival.learn(0.0, 1)
    assert rival.price(few).means()["total"] == pytest.approx(fresh, abs=1e-4)


def test_windows_hold_all_events_once(few):
    windows = rivals_published.in_windows(few, 5)
    assert [len(window) for window in windows] == [5, 5, 5, 1, 5, 5, 2]
    assert (rivals_published.of_windows(windows).events == few.events).all()


def test_chances_are_soft_max():
    assert np.exp(log_chances([0.0, np.log(3)])) == pytest.approx([0.25, 0.75])
