"""How what is generated is played."""

import dataclasses
import warnings

import numpy as np
import pytest
from helpers import a_riff, a_tune

import rockonet_utils as ru
from rockonet.generation.constraints import TechniqueConstraints, chosen_techniques
from rockonet.generation.quality import technique_rows
from rockonet.guitar.playable_techniques import technique_ways
from rockonet.training.riff_vocabulary import manners

T = ru.Technique
ALL = ~T(0)


def played(technique, pitch=40, shape=1):
    """One event, played so."""
    event = np.zeros(1, ru.EVENT)
    event["bass"], event["shape"], event["technique"] = pitch, shape, technique
    if technique & T.BEND:
        event["bend"], event["bent"] = 4, 1
    return event


KINDS = np.concatenate([played(kind) for kind in (0, T.PALM_MUTE, T.LEGATO, T.BEND)])


def allowed(prompt, pitch, chosen=ALL):
    """Which of `KINDS` may be the way to play a pitch after a prompt."""
    rules = TechniqueConstraints(manners(KINDS).tolist(), chosen, prompt, 1)
    return rules.allowed(played(0, pitch))[0].tolist()


def test_only_what_a_hand_can_do_may_come_next():
    low_e = a_tune([40])
    assert allowed(low_e, 42) == [True, True, True, False]  # a wound string near the nut is stiff
    assert allowed(low_e, 40) == [True, True, False, False]  # nothing to hammer, nor to bend
    assert allowed(low_e, 82)[1:] == [False, False, True]  # a thin string, and no way from the E
    assert allowed(a_tune([]), 42) == [True, True, False, False]  # there is none before it
    assert allowed(low_e, 42, T.PALM_MUTE | T.BEND) == [True, True, False, False]


def test_a_chain_of_legato_stays_on_one_string():
    # E2 to E3 is possible on the E string alone, E3 to C♯4 on the A string alone.
    tune = a_tune([40, 52], frets=(0, 20))
    assert allowed(tune, 61)[2]
    tune.events["technique"][1] = T.LEGATO
    assert not allowed(tune, 61)[2] and allowed(tune, 60)[2]


def test_typed_frets_say_on_which_string_it_goes_on():
    prompt = ru.prompt_from_text("e|----|\nB|----|\nG|----|\nD|----|\nA|----|\nE|15--|\n")
    assert ru.event_pitches(prompt.events[0]) == (55,)
    anywhere = dataclasses.replace(prompt, given_frets=())
    assert allowed(anywhere, 53)[2] and allowed(prompt, 53)[2]
    assert allowed(anywhere, 62)[2] and allowed(prompt, 62)[2]
    assert allowed(anywhere, 64)[2] and not allowed(prompt, 64)[2]  # the E string ends at D4


def test_a_bend_ends_in_the_scale(small, trained):
    classes = ru.scale_pitch_classes("A minor pentatonic")
    rules = TechniqueConstraints(manners(KINDS).tolist(), ALL, a_tune([]), 1, classes)
    assert rules.allowed(played(0, 74))[0, 3]  # from D to E
    assert not rules.allowed(played(0, 76))[0, 3]  # from E to F♯
    low = a_tune([35, 69, 74, 74], tuning=(35, 40, 45, 50, 54, 59))
    for prompt in (ru.random_excerpt(small[2], 16, seed=2), low):
        ask = dict(prompt=prompt, scale="A minor pentatonic", temperature=2, top_p=1, best_of=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is changed for the scale, of the low guitar
            riffs = ru.generate(trained, 8, 8, **ask)
        bent = np.concatenate([riff.generated for riff in riffs])
        bent = bent[bent["bend"] > 0]
        assert len(bent) > 3 and {int(pitch) % 12 for pitch in bent["bass"] + 2} <= set(classes)


def test_a_low_guitar_is_heard_higher_and_played_as_low(small, trained):
    prompt = a_tune([35, 35, 38, 35], tuning=(35, 40, 45, 50, 54, 59))
    with pytest.warns(UserWarning, match="5 semitones higher"):
        riffs = ru.generate(trained, 2, 4, prompt=prompt, temperature=1.5, top_p=1, seed=1)
    for riff in riffs:
        assert riff.open_strings[0] == 35 and not riff.fingering.impossible_techniques


def test_no_technique_is_impossible_and_all_that_were_learned_occur(small, trained):
    riffs = [
        riff
        for seed in range(3)
        for riff in ru.generate(
            trained,
            n=8,
            temperature=1.3,
            top_p=1,
            prompt=ru.random_excerpt(small[2], 16, seed=seed),
            seed=seed,
            best_of=1,
        )
    ]
    assert not any(riff.fingering.impossible_techniques for riff in riffs)
    new = np.concatenate([riff.generated for riff in riffs])
    assert set(ru.technique_shares(new)) == {"palm mute", "legato", "bend"}
    bent = new["technique"] & T.BEND > 0
    assert set(new["bend"][bent].tolist()) == {4} and not new["bend"][~bent].any()
    np.testing.assert_array_equal(new["bent"], bent)


def test_a_player_chooses(small, trained):
    prompt = ru.random_excerpt(small[2], 16, seed=6)  # it has muted and hammered notes itself
    ask = dict(n=4, bars=4, prompt=prompt, best_of=1, seed=2)

    def flags(techniques):
        riffs = ru.generate(trained, techniques=techniques, **ask)
        return {int(f) for riff in riffs for f in riff.generated["technique"]}

    assert flags("none") == {0}
    assert flags({T.PALM_MUTE}) == flags(T.PALM_MUTE) == {0, T.PALM_MUTE}
    assert flags([T.LEGATO, T.PALM_MUTE]) == flags(T.LEGATO | T.PALM_MUTE) > {0, T.PALM_MUTE}
    assert chosen_techniques([]) == 0 and chosen_techniques("as learned") & T.LET_RING
    for wrong in ("bends", {"bend"}, None, 8):
        with pytest.raises(ValueError, match="'as learned', 'none' or a set like"):
            ru.generate(trained, techniques=wrong, **ask)


def test_temperature_0_plays_the_likeliest_way(small, trained):
    prompt = ru.random_excerpt(small[2], 16, seed=3)
    riffs = ru.generate(trained, bars=4, prompt=prompt, temperature=0, seed=1)
    assert riffs[0].events.tobytes() == (
        ru.generate(trained, bars=4, prompt=prompt, top_k=1, best_of=1, seed=9)[0].events.tobytes()
    )


def test_shares_of_techniques_by_hand(starter):
    songs, made = (a_riff([(40,)] * 8, [0] + [6] * 7, prompt_events=4) for _ in range(2))
    songs.events["technique"][2:5] = T.PALM_MUTE  # of the four new events one
    made.events["technique"][4:] = [T.PALM_MUTE, T.PALM_MUTE | T.VIBRATO, 0, 0]
    rows = technique_rows([[songs], [made]])
    assert rows == [["with palm mute", "25.0%", "50.0%"], ["with vibrato", "0.0%", "25.0%"]]
    shown = ru.quality_table({"songs": [songs], "made": [made]}, starter[0]).data
    assert shown.splitlines()[-1].split("|")[1:-1] == [" with vibrato ", " 0.0% ", " 25.0% "]
    assert ru.technique_shares(songs.events) == {"palm mute": 3 / 8}
    assert ru.technique_shares(songs.events[:0]) == {}


def test_what_is_remembered_is_what_a_hand_can_do(small):
    prompt = ru.random_excerpt(small[2], 16, seed=4)
    numbers = manners(KINDS).tolist()
    rules = TechniqueConstraints(numbers, ALL, prompt, 6)
    rng = np.random.default_rng(0)
    for kind in (0, T.LEGATO, T.PALM_MUTE, 0, 0):
        events = np.concatenate([played(kind, pitch) for pitch in rng.integers(40, 70, 6)])
        for _ in range(2):  # asked again, it is the same
            fresh = TechniqueConstraints(numbers, ALL, prompt, 6)
            fresh.ways = rules.ways
            np.testing.assert_array_equal(rules.allowed(events), fresh.allowed(events))
        for row, event, before in zip(rules.allowed(events), events, rules.ways, strict=True):
            ways = technique_ways((int(event["bass"]),), int(T.LEGATO), 0, 0, before)
            assert row[2] == bool(ways)
        rules.append(events)
