"""Self-checks: what is right, and what is said of what is not."""

import dataclasses
import functools
import re

import keras
import numpy as np
import pytest

import rockonet_utils as ru


@pytest.fixture(autouse=True)
def own_output(monkeypatch, tmp_path):
    """What is solved here is none of the learner's who runs the tests."""
    monkeypatch.setenv("ROCKONET_OUTPUT", str(tmp_path))


LEAST = 1  # dB of gain at which the difference tone comes within 30 dB of the root


@pytest.mark.parametrize(
    ("exercise", "answer", "made", "said"),
    [
        ("1.1", 5, {}, "✔ Right"),
        ("1.1", 3, {}, "✘ .*standard tuning"),
        ("1.1", 1, {}, "✘ .*has to go up"),
        ("1.1", "fifth", {}, "✘ .*is to be the number of a fret; this is 'fifth'"),
        ("1.3", 0.5, "notes", "✔ Right: 50.0% of the times"),
        ("1.3", 2 / 3, "notes", "✘ .*share of notes within chords"),
        ("1.3", 50, "notes", "✘ .*in percent.*0.500"),
        ("1.3", 0.2, "notes", "✘ .*0.200 is too low"),
        ("2.1", 8, {}, "✔ Right.*1 to 8"),
        ("2.1", 9, {}, "✘ .*as its answer"),
        ("2.1", 1, {}, "✘ .*overlap"),
        ("2.1", 5, {}, "✘ .*by hand"),
        ("2.2", ["ABCD"], dict(melody="ABCDA", length=3), "✘ .*1 windows; 2 of 2"),
        ("2.2", ["ABC"], dict(melody=list("ABCDA"), length=3), "✘ .*4 symbols: 3 and"),
        ("2.2", ["ABCD"], dict(melody=list("ABCDC"), length=3), "✔ Right: 1 of 2"),
        ("3.1", 0.0498, {}, "✔ Right"),
        ("3.1", 5, {}, "✘ .*percent"),
        ("3.1", 20, {}, "✘ .*equally likely"),
        ("3.1", 1.0986, {}, "✘ .*way back"),
        ("4.1", 2, {}, "✔ Right"),
        ("4.1", 1, {}, "✘ .*less than 0.5"),
        ("4.1", 3, {}, "✘ "),
        ("4.1", "two", {}, "✘ .*a whole number in digits.*this is 'two'"),
        ("4.4", (8, 5), {}, "✘ .*two lists of riffs"),
        ("4.5", LEAST, "fifth", "✔ Right.*Nobody played that tone"),
        ("4.5", LEAST - 1, "fifth", "✘ .*more gain"),
        ("4.5", LEAST + 9, "fifth", "✘ .*with less gain it still is near"),
        ("4.5", 100, "fifth", "✘ .*is to be a whole number of decibels, −50 to 50"),
    ],
)
def test_self_check_says_what_is_wrong(exercise, answer, made, said, capsys):
    if made == "notes":  # a chord of two notes, and a note: half of the onsets, two in three notes
        made = dict(notes=dict(onset=np.array([0, 0, 12])))
    if made == "fifth":
        made = dict(fifth=ru.tones(110, 164.8))
    ru.self_check(exercise, answer, **made)
    assert re.match(said, capsys.readouterr().out)


def test_self_check_of_histories(capsys):
    def sweep(rates, base=4.0, decay=0.01):
        rows = [ru.Epoch("classic", r, e, base - e * r - decay, base - 10 * r / e, 1.0)
                for r in rates for e in (1, 2)]  # fmt: skip
        return ru.History(tuple(rows), {"classic": 4.2})

    three = sweep((0.01, 0.001, 0.0001))
    close = sweep((0.0004, 0.0002))  # 3.996, 3.998 and 3.998, 3.999
    ru.self_check("3.2", (0.0002, 1), history=close)
    assert re.match("✔ .*0.0004 after epoch 1", capsys.readouterr().out)
    for exercise, answer, said in (
        ("3.2", (0.01, 1), "✔ .*3.900"),
        ("3.2", (0.01, 2), "✘ .*dashed"),
        ("3.2", (0.5, 1), "✘ .*3.900"),
        ("3.2", 0.01, "✘ .*a rate and an epoch"),
        ("3.3", sweep((0.03, 0.01, 0.001, 0.0001)), "✔ .*bolder still wins"),
        ("3.3", three, "✘ .*0.01, 0.001, 0.0001"),
        ("3.3", sweep((0.03, 0.01, 0.001, 0.0001), 3), "✘ .*trained anew"),
        ("3.4", three, "✘ .*with decay"),
        ("3.4", sweep((0.01,)), "✘ .*the same rates"),
        ("3.4", sweep((0.01, 0.001, 0.0001), 3.5), "✔ .*0.50 nats"),
    ):
        ru.self_check(exercise, answer, history=three)
        assert re.match(said, capsys.readouterr().out), (exercise, said)


def test_self_check_of_networks(capsys):
    def too_many(length, n_symbols, units, dense, dropout):
        return keras.layers.LSTM(units)  # wants one number

    ru.self_check("3.5", too_many, settings=ru.settings("quick", "starter"))
    assert re.match(
        "✘ Not yet: your function stops with (Type|Value)Error", capsys.readouterr().out
    )


def test_self_check_of_attention(small, capsys):
    vocabulary = ru.riff_vocabulary(small[0])

    def attention(known, units, dropout, causal=True):
        told = keras.layers.Dense(units[0])(known)
        return keras.layers.MultiHeadAttention(2, 4)(told, told, use_causal_mask=causal)

    looking_ahead = functools.partial(attention, causal=False)
    stacks = {"an LSTM in it": None, "it looks ahead": looking_ahead, "✔ Right: with": attention}
    for said, stack in stacks.items():
        network = ru.riff_model(vocabulary.sizes, (8,), 4, stack=stack)
        answer = ru.Trained("riff", network, vocabulary, 64, ru.History((), {}))
        ru.self_check("3.6", answer, riff_recipe=answer, validation=small[1].select([0]))
        assert said in capsys.readouterr().out


def test_self_check_of_a_bend(capsys):
    lick = ru.prompt_from_text("G|5---7b9r7-------5---7~----------|", tempo_bpm=90)

    def said(tab):
        ru.self_check("1.6", ru.prompt_from_text(tab, tempo_bpm=90), lick=lick)
        return capsys.readouterr().out

    assert said("G|5---7b8r7-------5---7~----------|").startswith("✔ Right")
    assert "by 2 semitones" in said("G|5---7b9r7-------5---7~----------|")
    assert "by 1.5 semitones" in said("G|5---7b3/4r7-----5---7~----------|")
    assert "stays up" in said("G|5---7b8---------5---7~----------|")
    assert "nothing is bent" in said("G|5---7-----------5---7~----------|")
    assert "all other notes" in said("G|5---7b8r7-------3---7~----------|")
    assert "all other notes" in said("G|5---7b8r7---5-------7~----------|")


def test_self_check_of_bends_in_songs(starter_corpus, capsys):
    def said(answer):
        ru.self_check("2.3", answer, corpus=bent)
        return capsys.readouterr().out

    three = starter_corpus.select([0, 1, 2])
    sizes = [three.select([number]).n_events for number in range(3)]
    short, long = int(np.argmin(sizes)), int(np.argmax(sizes))
    bent = dataclasses.replace(three, events=three.events.copy())
    bent.events["bend"] = 0
    for song, n_bends in ((short, 50), (long, 51)):
        first = next(i for i, track in enumerate(three.tracks) if track.song == song)
        bent.events["bend"][three.offsets[first] :][:n_bends] = 4
    assert said(three.songs[short].upper()).startswith("✔ Right") and sizes[short] < sizes[long]
    assert "none has more bends, 51, but" in said(three.songs[long])
    assert "has 0.0%; the most is" in said(three.songs[3 - short - long])
    assert "no song is called 'silence'" in said("silence")


def test_self_check_of_names_with_or_without_brackets(corpus, capsys):
    def said(answer):
        ru.self_check("2.6", answer, corpus=corpus, song=0)
        return capsys.readouterr().out

    # Eighths on E, G, A and B, each as often: never one twice, and four pitch classes are 2 bits.
    right = ["repeat_share", "pitch_class_entropy"]
    assert said(right).startswith("✔ Right") and "5 of 7" in said(right)
    # How many are wrong is told, and not which: that would be the solution.
    assert said("repeat_share").startswith("✘ Not yet: 1 of the 7 numbers stand on the wrong side")
    assert "pitch_class_entropy" not in said("repeat_share")
    assert "no number 'steps'" in said([*right, "steps"]) and "no number 'foo'" in said("foo")


def test_self_check_of_riffs(starter_corpus, tmp_path, capsys):
    def said(exercise, answer, **made):
        ru.self_check(exercise, answer, **made)
        return capsys.readouterr().out

    typed = ru.prompt_from_text("4/4 EE8 GG AA EE " + "EE4 GG AA BB " * 5, tempo_bpm=120)
    riff = dataclasses.replace(typed, prompt_events=4, title="mine")
    score, piano = riff.midi(), riff.midi()
    piano.tracks[0].program = 0
    assert said("1.2", piano, first_bars=score).startswith("✔ Right: the same notes")
    assert "still 30" in said("1.2", score, first_bars=score)
    assert "under 'Hear it' again" in said("1.2", piano, first_bars=piano)

    others = [
        dataclasses.replace(riff, events=np.append(riff.events, riff.events[-n:]))
        for n in range(1, 6)
    ]
    prompt = dataclasses.replace(riff, events=riff.events[:4])
    assert said("4.2", others, prompt=prompt).startswith("✔ Right: one prompt, 5 different")
    assert said("4.2", others[:4], prompt=prompt).startswith("✘ Not yet: 4 riffs")
    assert said("4.2", [riff] * 5, prompt=prompt).startswith("✘ Not yet: one prompt, 1 ")
    assert "do not begin" in said("4.2", others, prompt=typed)

    muted = dataclasses.replace(riff, events=riff.events.copy())
    muted.events["technique"][[1, -1]] = ru.Technique.PALM_MUTE  # one of the prompt, one new
    lick = dataclasses.replace(prompt, events=muted.events[:4])
    assert said("4.3", riff, lick=prompt).startswith("✔ Right: 20 new events")
    assert "new events with a technique: 1. Say" in said("4.3", muted, lick=lick)
    assert "as it is" in said("4.3", riff, lick=lick)
    assert "nothing is added" in said("4.3", lick, lick=lick)
    plain = dataclasses.replace(muted, events=muted.events[:-1])
    assert said("4.3", plain, lick=lick).startswith("✔ Right: 19 new events")

    # Two symbols among the new events of the cold riffs, four among those of the hot ones.
    cold = dataclasses.replace(riff, events=riff.events[[0, 1, 2, 3, 4, 5, 4, 5]])
    assert "2.0 and 4.0" in said("4.4", ([cold] * 8, [riff] * 8))
    assert said("4.4", ([cold] * 8, [riff] * 8)).startswith("✔ Right")
    assert "is to be the cold one" in said("4.4", ([riff] * 8, [cold] * 8))
    assert "eight of each" in said("4.4", ([cold], [riff]))

    made = dict(training=ru.CopyIndex(starter_corpus), prompts=[prompt], folder=tmp_path)
    assert "prompt of your own" in said("4.6", riff, **made)
    made["prompts"] = [others[0]]
    short = dataclasses.replace(riff, events=riff.events[:8])
    assert "at least four bars" in said("4.6", short, **made)
    high = dataclasses.replace(riff, events=riff.events.copy())
    high.events["bass"][-1] = 100
    assert "it is unplayable: bar 6" in said("4.6", high, **made)
    assert "Now save it" in said("4.6", riff, **made)
    dataclasses.replace(riff, tuning="drop D").save(tmp_path, [".gp5"])
    assert "of another riff" in said("4.6", riff, **made)
    riff.save(tmp_path, [".gp5"])
    assert said("4.6", riff, **made).startswith("✔ Right: 20 new events after 4 of yours")
    assert said("4.6", [typed, riff], **made).startswith("✔ Right: 20")  # of favourites the last
    song = ru.random_excerpt(starter_corpus, 4, seed=3, bars=16)
    assert "Try another seed" in said("4.6", song, **made)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("4.9", "notebook 04 has 4.1, 4.2, 4.3, 4.4, 4.5, 4.6"),
        ("7.1", "as in '1.2'"),
        ("", "'1.2'"),
    ],
)
def test_an_exercise_that_is_not_there_is_named(number, said):
    with pytest.raises(ValueError, match=f"There is no exercise '{number}'.*{said}"):
        ru.self_check(number, None)
