"""The band in its room: who stands where, how loud, and that it can be had one by one."""

import dataclasses
import time
import tracemalloc

import numpy as np
import pytest
from helpers import a_riff, a_tune, heard
from pyloudnorm import Meter
from scipy.signal import resample_poly

import rockonet_utils as ru
from rockonet.explore import dry_sound
from rockonet.explore.amp import AMPS
from rockonet.guitar import mix
from rockonet.guitar.takes import take

RATE = 48_000
FIFTHS = [(40, 47), (43, 50), (45, 52), (40, 47)] * 2


def rhythm(**more):
    return a_riff(FIFTHS, [0] + [12] * 7, **more)


def lead(**more):
    return a_tune((64, 67, 69, 71), step=12, **more)


def dbfs(samples):
    return 20 * np.log10(max(np.abs(samples).max(), 1e-9))


@pytest.mark.parametrize("name", ru.SOUNDS)
def test_every_sound_is_as_loud_as_the_others_and_never_too_high(name):
    for riff in (rhythm(), lead()):
        for band in (False, True):
            sound = riff.sounding(name).audio(band=band)
            assert sound.samples.dtype == np.float32 and sound.samples.shape[1] == 2
            samples = sound.samples.astype(float)
            assert Meter(RATE).integrated_loudness(samples) == pytest.approx(-16, abs=1)
            assert dbfs(resample_poly(samples, 8, 1)) <= -1
            assert np.abs(samples.mean(axis=0)).max() < 1e-3


def test_names_of_sounds_and_amplifiers_agree():
    assert AMPS.keys() == ru.SOUNDS.keys()
    for name, program in ru.SOUNDS.items():
        assert mix.ELECTRIC.get(program, "acoustic") == name


def test_stems_are_the_mix_one_by_one():
    riff = rhythm()
    stems = ru.stems(riff, band=True, count_in=True)
    assert set(stems) == {"guitar", "bass", "drums", "click"}
    whole = riff.audio(band=True, count_in=True)
    total = sum(stem.samples for stem in stems.values())
    assert {stem.samples.shape for stem in stems.values()} == {whole.samples.shape}
    alike = np.corrcoef(total.ravel(), whole.samples.ravel())[0, 1]
    assert alike > 0.98  # but for the limiter
    bar = 2 * RATE  # of sticks, at 120
    for name, stem in stems.items():
        loud = dbfs(stem.samples[: bar - 100]), dbfs(stem.samples[bar + 1000 :])
        assert (loud[0] > loud[1] + 20) if name == "click" else (loud[0] < -60 < loud[1])
    assert list(ru.stems(riff, band=False)) == ["guitar"]


def test_chords_are_two_takes_left_and_right_and_a_lead_stands_in_the_middle_with_an_echo():
    left, right = ru.stems(rhythm(), band=False)["guitar"].samples.T
    assert np.corrcoef(left, right)[0, 1] < 0.9
    assert abs(dbfs(left) - dbfs(right)) < 3
    short = a_tune((64,), step=3, tempo_bpm=100)  # its sixteenth ends after 0.15 s
    stem = ru.stems(short, band=False)["guitar"]
    left, right = stem.samples.T
    assert np.corrcoef(left, right)[0, 1] > 0.9  # all but the room
    echo = round(0.75 * 0.6 * RATE)  # a dotted eighth at 100
    gap, back = left[echo - 2000 : echo - 500], left[echo + 500 : echo + 5000]
    assert dbfs(back) > dbfs(gap) + 20
    assert dbfs(left) - dbfs(back) == pytest.approx(-20 * np.log10(mix.ECHO[0]), abs=2)


def test_takes_differ_by_milliseconds_and_cents_and_are_the_same_twice():
    riff = rhythm()
    one, other = take(riff, 0), take(riff, 1)
    assert one == take(riff, 0) and len(one) == 16
    late = [abs(a.onset - b.onset) for a, b in zip(one, other, strict=True)]
    cents = [100 * abs(a.pitch - b.pitch) for a, b in zip(one, other, strict=True)]
    assert 0.001 < max(late) < 0.02 and 1 < max(cents) < 25
    assert [round(pluck.pitch) for pluck in one] == [p for chord in FIFTHS for p in chord]
    assert one[1].onset - one[0].onset == pytest.approx(0.004)  # from string to string
    assert (one[0].string, one[0].fret, one[1].string, one[1].fret) == (5, 0, 4, 2)


def test_a_chord_that_no_hand_can_play_is_heard():
    riff = a_riff([(40, 41, 42, 43)] * 2, [0, 12])
    assert riff.fingering.unplayable
    assert [(p.string, p.fret) for p in take(riff)[:4]] == [(5, 0), (5, 1), (5, 2), (5, 3)]
    assert riff.audio().peak_dbfs > -20


def test_palm_mutes_are_short_and_heard():
    chugs = a_riff([(40,)] * 4, [0, 12, 12, 12], [1] * 4)
    ringing = a_riff([(40,)] * 4, [0, 12, 12, 12], [12] * 4)
    assert all(pluck.technique for pluck in take(chugs))
    assert not any(pluck.technique for pluck in take(ringing))
    # A note of one tick that the next one follows at once is no palm mute.
    assert not any(pluck.technique for pluck in take(a_riff([(40,), (41,)], [0, 1], [1, 1]))[:1])

    def late_level(riff):  # of the second half of a beat beside its first
        samples = ru.amplify(ru.pickup_sound(riff)).samples[: 2 * RATE, 0].reshape(4, 2, -1)
        return 10 * np.log10(np.square(samples).mean(axis=(0, 2)))

    first, second = late_level(chugs)
    assert second < first - 20
    first, second = late_level(ringing)
    assert second > first - 6


def test_rests_are_silent():
    riff = a_riff([(40, 47), (40, 47)], [0, 96], [6, 12])  # an eighth, then nearly two bars
    for name in ("distortion", "overdrive", "clean"):
        samples = riff.sounding(name).audio().samples
        rest = samples[round(1.2 * RATE) : round(3.9 * RATE)]
        assert dbfs(rest) < -60, name


def test_pitches_are_those_of_the_riff_and_the_wooden_guitar_needs_no_strings_of_ours():
    pitches = (45, 50, 55, 59)
    for name in ru.SOUNDS:
        sound = a_tune(pitches, step=12).sounding(name).audio()
        found = tuple(heard(sound, i / 2 + 0.05, 0.35, pitches) for i in range(4))
        assert found == pitches, name


def test_a_riff_sounds_the_same_twice_and_its_end_is_silent():
    for name in ("distortion", "acoustic"):
        one, two = (rhythm().sounding(name).audio(band=True) for _ in range(2))
        np.testing.assert_array_equal(one.samples, two.samples)
        assert dbfs(one.samples[-10:]) < -40


def test_what_has_no_note_or_no_end_is_refused():
    for call in (lambda riff: riff.audio(), ru.pickup_sound, ru.stems):
        with pytest.raises(ValueError, match="no note"):
            call(a_tune(()))
    endless = dataclasses.replace(rhythm(), tempo_bpm=10)
    endless.events["duration"][-1] = 4000
    with pytest.raises(ValueError, match="30 minutes"):
        endless.audio()


def test_a_minute_of_the_band_takes_seconds():
    chords, steps = [(40, 47), (43, 50), (45, 52), (40, 47)] * 16, [0] + [6] * 63
    a_riff(chords, steps).audio(band=True)
    begin = time.process_time()
    sound = a_riff(chords, steps).audio(band=True)
    # `make bench` says how long it takes, a tenth at most; other work on the machine may double it.
    assert time.process_time() - begin < 0.2 * sound.seconds


def test_a_mix_takes_no_memory_but_for_the_sound(monkeypatch):
    monkeypatch.setattr(mix, "LEVEL_SECONDS", 2)
    monkeypatch.setattr(mix, "KEPT_SECONDS", 2)
    monkeypatch.setattr(dry_sound, "PIECE_SECONDS", 2)

    def beyond_the_sound(n_bars):  # in MB
        riff = a_riff([(40, 47)] * (4 * n_bars), [0] + [12] * (4 * n_bars - 1))
        tracemalloc.start()
        sound = riff.audio(band=True)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return (peak - sound.samples.nbytes) / 2**20

    short, long = beyond_the_sound(4), beyond_the_sound(10)  # 9 and 21 s: 3 and 8 MB of sound
    assert long < short + 2 and long < 40


def test_guitars_of_eight_strings_and_two_strings_of_one_pitch_are_heard():
    low = a_riff([(28,), (35, 42)], [0, 12], tuning="8-string drop E")
    assert [(p.string, p.fret) for p in take(low)] == [(7, 0), (6, 0), (5, 2)]
    assert np.abs(low.audio().samples).max() > 0.1
    unison = ru.prompt_from_text("B|--5---|\nG|--9---|")  # E4 twice
    assert [round(p.pitch) for p in take(unison)] == [64, 64]
    assert {p.string for p in take(unison)} == {1, 2}
