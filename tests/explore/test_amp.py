"""The amplifier, heard by measuring: growl, aliases, silence, and what it costs."""

import time
import tracemalloc

import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.explore import amp, filters

RATE = 48_000


def spectrum_db(sound):
    """Levels at whole Hz, beside the strongest, of the second after the first half."""
    piece = sound.samples[RATE // 2 :][:RATE, 0]
    size = np.abs(np.fft.rfft(piece * np.blackman(RATE)))
    return 20 * np.log10(np.maximum(size / size.max(), 1e-9))


def difference_db(sound, low, high):
    return ru.tone_level_db(sound, high - low) - ru.tone_level_db(sound, low)


def test_a_power_chord_growls_an_octave_below_when_distorted_and_not_when_clean():
    fifth = ru.tones(110, 165)
    assert difference_db(fifth, 110, 165) < -100  # nobody played it
    after = {name: difference_db(ru.amplify(fifth, **how), 110, 165)
             for name, how in ru.AMPS.items()}  # fmt: skip
    assert after["distortion"] >= -25 and after["overdrive"] >= -25
    assert after["clean"] < -50 and after["acoustic"] < -50


@pytest.mark.parametrize("hz", [237, 997, 1733, 2137, 2801, 2997])
def test_what_distortion_adds_are_partials_and_nothing_else(hz):
    for how in ru.AMPS.values():
        level = spectrum_db(ru.amplify(ru.tones(hz, hz), **how))  # as loud as a chord
        f = np.arange(len(level))
        strange = (np.abs((f + hz / 2) % hz - hz / 2) > 6) & (f < 20_000)
        assert level[strange].max() <= -60


def test_more_gain_gives_more_partials_and_bias_the_even_ones():
    def partial(number, **how):
        after = ru.amplify(ru.tones(220), **how)
        return ru.tone_level_db(after, 220 * number) - ru.tone_level_db(after, 220)

    assert partial(3, gain_db=36) > partial(3, gain_db=6) + 10 > partial(3, gain_db=-30) + 40
    assert partial(2, bias=1.0) > partial(2, bias=0.0) + 30


def test_rests_are_silent_and_nothing_stands_beside_the_middle():
    played = ru.tones(110, 165, seconds=4)
    hiss = np.random.default_rng(0).normal(0, 1e-4, played.samples.shape)  # −80 dBFS
    shape = (np.arange(4 * RATE) < RATE) * 1.0  # a second of sound, three of rest
    dirty = ru.Sound((played.samples * shape[:, None] + hiss).astype(np.float32), RATE)
    for how in ru.AMPS.values():
        after = ru.amplify(dirty, **how)
        rest = after.samples[round(1.3 * RATE) :]
        assert 20 * np.log10(np.abs(rest).max()) < -60
        assert np.abs(after.samples[: RATE // 110 * 110].mean()) < 1e-3
        assert (after.samples[:, 0] == after.samples[:, 1]).all()
        assert after.peak_dbfs == pytest.approx(ru.PEAK_DBFS, abs=0.01)


def test_the_valve_gives_the_mean_of_its_curve():
    (out,) = amp.saturated(iter([np.array([1, 1, 0], np.float32)]), gain_db=0)
    # From 0 to 1 the mean of x / √(1 + x²) is √2 − 1; at 1 it is 1/√2; and back again.
    assert out == pytest.approx([0.41421, 0.70711, 0.41421], abs=1e-5)
    (rest,) = amp.saturated(iter([np.zeros(3, np.float32)]), gain_db=20, bias=1.0)
    assert rest == pytest.approx([0, 0, 0], abs=1e-6)


def test_where_blocks_meet_is_not_heard_and_twice_is_the_same():
    # A sound that begins elsewhere in its block comes out the same.
    rng = np.random.default_rng(1)
    pluck = rng.normal(size=RATE) * np.exp(-4 * np.arange(RATE) / RATE) * 0.3
    made = []
    for start in (0, 5000, filters.BLOCK - 100):
        wave = np.zeros(3 * RATE, np.float32)
        wave[start : start + RATE] = pluck
        sound = ru.Sound(np.stack([wave, wave], axis=1), RATE)
        made.append(ru.amplify(sound).samples[start:][:RATE])
        assert np.array_equal(ru.amplify(sound).samples, ru.amplify(sound).samples)
    for other in made[1:]:
        assert np.abs(made[0] - other).max() < 1e-3


def test_the_loudspeaker_is_a_hill_with_two_bumps():
    f = np.array([30, 110, 450, 2500, 10_000], float)
    low, full, hollow, bite, fizz = 20 * np.log10(np.abs(ru.cabinet_curve(f)))
    assert hollow + 4 < full < bite and low < hollow - 8 and fizz < bite - 25


def test_a_gain_that_no_amplifier_has_and_silence():
    with pytest.raises(ValueError, match="−60 to 60"):
        ru.amplify(ru.tones(110), gain_db=600)
    with pytest.raises(ValueError, match="more than 0"):
        ru.amplify(ru.tones(110), low_cut_hz=0)
    silent = ru.amplify(ru.Sound(np.zeros((RATE, 2), np.float32), RATE))
    assert not silent.samples.any()
    assert len(ru.amplify(ru.Sound(np.zeros((0, 2), np.float32), RATE)).samples) == 0


def test_it_takes_a_tenth_of_the_time_and_no_memory_but_for_the_sound():
    def costs(seconds):
        sound = ru.tones(110, 165, seconds=seconds)
        ru.amplify(sound)
        begin = time.process_time()
        ru.amplify(sound)
        cpu = time.process_time() - begin
        tracemalloc.start()
        ru.amplify(sound)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return cpu, peak / 2**20, sound.samples.nbytes / 2**20

    (_, small, few), (cpu, large, many) = costs(5), costs(40)
    assert cpu < 3
    assert large - small < 1.02 * (many - few)  # what comes out; nothing else grows
    assert large - many < 12
