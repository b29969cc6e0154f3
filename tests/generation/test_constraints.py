"""What may come next."""

import dataclasses

import numpy as np
import pytest
from helpers import longest_run, melody, midi_bytes

import rockonet_utils as ru
from rockonet.generation.constraints import Constraints


def test_masks_are_never_violated_in_10_000_events(starter, riff_recipe):
    limits = ru.Limits(frets=(0, 12), polyphony=3)
    rules = dict(scale="A minor pentatonic", tuning="drop D", limits=limits)
    allowed = set(ru.scale_pitch_classes("A minor pentatonic"))
    count, seed = 0, 0
    while count < 10_000:
        prompt = ru.random_excerpt(starter[1], 16, seed=seed)
        for riff in ru.generate(
            riff_recipe, 128, 16, 1.5, top_p=1, prompt=prompt, seed=seed, best_of=1, **rules
        ):
            for event in riff.generated:
                pitches = ru.event_pitches(event)
                assert {p % 12 for p in pitches} <= allowed and len(pitches) <= 3
                assert ru.voicings(pitches, ru.tuning_pitches("drop D"), (0, 12))
            assert (riff.generated["step"][1:] > 0).all()
            count += len(riff.generated)
        seed += 1


def test_repeats_and_copies_are_kept_short(starter, riff_recipe):
    prompt = ru.random_excerpt(starter[0], 16, seed=9)  # it knows this one by heart
    index = ru.CopyIndex(starter[0])
    free = ru.generate(riff_recipe, n=8, bars=8, temperature=0.3, prompt=prompt, max_repeats=10**6)
    held = ru.generate(
        riff_recipe,
        n=8,
        bars=8,
        temperature=0.3,
        prompt=prompt,
        max_repeats=3,
        training=index,
        limits=ru.Limits(max_copied=10),
    )
    assert max(ru.originality(riff, index).longest for riff in free) > 10
    assert max(ru.originality(riff, index).longest for riff in held) <= 10
    new = [dataclasses.replace(riff, events=riff.events[16:]) for riff in held]
    assert max(map(longest_run, new)) <= 3


@pytest.mark.parametrize("held", [1, 3, 12, 24])
@pytest.mark.parametrize("max_copied", [1, 8, 23])
def test_the_guard_stops_a_copy_of_a_pedal_as_well(tmp_path, held, max_copied):
    # A song that stays on each of its notes for so many eighths; a riff that plays it note by note.
    roots = [40, 43, 45, 40, 47, 50, 45, 43, 52, 48, 43, 41]
    song = [root for root in roots for _ in range(held)] * 2
    (tmp_path / "pedal.mid").write_bytes(midi_bytes([melody(song)]))
    index = ru.CopyIndex(ru.build_corpus(tmp_path))
    playable = ru.playable_chords((1,))
    played = index.corpus.track_events(0)
    rules = Constraints((1,), playable, 1, played[:0], 99, index, max_copied)
    stopped = len(played)
    for place, event in enumerate(played):
        if not rules.allowed_chords(np.array([event["step"]]))[0, event["bass"], 0]:
            stopped = place
            break
        rules.append(np.array([event]))
    copied = ru.originality(ru.Riff(played[:stopped]), index).longest
    assert copied <= max_copied
    one_more = ru.originality(ru.Riff(played[: stopped + 1]), index).longest
    assert one_more > max_copied  # nothing was refused too early


def test_frets_of_the_fingering_stay_where_they_are_wanted(riff_recipe):
    riff = ru.generate(riff_recipe, bars=4, limits=ru.Limits(frets=(5, 9)), prompt=None, seed=2)[0]
    assert len(riff.generated) > 2
    frets = riff.fingering.frets
    assert set(frets[frets >= 0].tolist()) <= set(range(5, 10))
