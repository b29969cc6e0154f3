"""Techniques are heard: pitches, glides, attacks and decays, measured in the sound."""

import numpy as np
import pytest

import rockonet_utils as ru
from rockonet.explore import dry_sound
from rockonet.guitar.plucked import Pluck, pluck, string_age
from rockonet.guitar.takes import take
from rockonet_utils import Technique as T

RATE = 48_000


def played(*notes, **more):
    """A riff of notes: pitches, step, duration and, where there are any, technique and bend."""
    events = np.zeros(len(notes), ru.EVENT)
    for event, (pitches, step, duration, *how) in zip(events, notes, strict=True):
        event["bass"], event["velocity"] = pitches[0], 100
        event["shape"] = sum(1 << (pitch - pitches[0]) for pitch in pitches)
        event["step"], event["duration"] = step, duration
        event["technique"], event["bend"] = (*map(int, how), 0, 0)[:2]
        event["bent"] = event["bend"] > 0
    return ru.Riff(events, program=27, **more)


def strings(riff):
    """What the strings give, without amplifier and echo."""
    return ru.pickup_sound(riff).samples[:, 0].astype(float)


def pitch_at(wave, seconds, near, width=0.06):
    """The frequency of the strongest tone within four semitones of one, in Hz."""
    piece = wave[round(seconds * RATE) :][: round(width * RATE)]
    size = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 1 << 17))
    frequency = np.fft.rfftfreq(1 << 17, 1 / RATE)
    close = np.flatnonzero(np.abs(np.log2(frequency[1:] / near)) < 4 / 12) + 1
    return float(frequency[close[size[close].argmax()]])


def cents(hz, reference):
    return 1200 * np.log2(hz / reference)


def power_db(wave, begin, end, lowest_hz=0, highest_hz=24_000):
    """The power of some frequencies from one second to another, in decibels."""
    piece = wave[round(begin * RATE) : round(end * RATE)]
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
    frequency = np.fft.rfftfreq(len(piece), 1 / RATE)
    inside = (lowest_hz <= frequency) & (frequency <= highest_hz)
    return 10 * np.log10(power[inside].sum() / len(piece) ** 2 + 1e-15)


@pytest.mark.parametrize("sound", ["distortion", "clean", "acoustic"])
def test_a_bend_of_a_whole_tone_reaches_it_in_every_sound(sound):
    riff = played(((69,), 0, 48, T.BEND, 4))
    wave = riff.sounding(sound).audio().samples.mean(axis=1)
    assert abs(cents(pitch_at(wave, 1.2, 480), 493.88)) < 5
    assert 440 < pitch_at(wave, 0.05, 460, 0.03) < 470  # on its way


def test_bends_come_down_again_and_a_bend_before_the_stroke_is_up_at_once():
    def heights(technique, bend, *seconds):
        wave = strings(played(((69,), 0, 48, technique, bend)))
        return [cents(pitch_at(wave, second, 470), 440) for second in seconds]

    assert heights(T.BEND, 1, 1.0) == pytest.approx([50], abs=5)
    assert heights(T.BEND | T.RELEASE, 4, 0.6, 1.6) == pytest.approx([200, 0], abs=5)
    assert heights(T.PREBEND, 4, 0.05, 1.6) == pytest.approx([200, 200], abs=5)
    assert heights(T.PREBEND | T.RELEASE, 2, 0.05, 1.6) == pytest.approx([100, 0], abs=5)


def test_of_a_unison_bend_one_string_is_bent():
    riff = played(((62, 64), 0, 48, T.BEND, 4))
    bent, still = take(riff)
    assert bent.curve[-1][1] == 2 and still.curve == ()
    wave = strings(riff)
    low, high = (power_db(wave, 1, 1.9, hz - 4, hz + 4) for hz in (293.7, 329.6))
    assert high > low + 25


def test_vibrato_goes_a_quarter_tone_up_and_down_five_and_a_half_times_a_second():
    wave = strings(played(((69,), 0, 96, T.VIBRATO)))
    seconds = np.arange(1.3, 3.6, 0.01)
    height = np.array([cents(pitch_at(wave, t, 440, 0.045), 440) for t in seconds])
    assert height.max() == pytest.approx(25, abs=8) and height.min() == pytest.approx(-25, abs=8)
    size = np.abs(np.fft.rfft((height - height.mean()) * np.hanning(len(height)), 4096))
    assert np.fft.rfftfreq(4096, 0.01)[size.argmax()] == pytest.approx(5.5, abs=0.2)


def test_a_slide_passes_every_fret_and_is_one_stroke():
    riff = played(((64,), 0, 24), ((69,), 24, 24, T.SLIDE))
    (stroke,) = take(riff)
    frets = [height for _, height in stroke.curve]
    assert sorted(set(frets)) == [0, 1, 2, 3, 4, 5] and frets == sorted(frets)
    wave = strings(riff)
    way = [pitch_at(wave, t, 380, 0.03) for t in np.arange(0.84, 1.04, 0.02)]
    steps = cents(np.array(way[1:]), np.array(way[:-1]))
    assert way[0] == pytest.approx(329.6, rel=3e-3) and way[-1] == pytest.approx(440, rel=6e-3)
    assert steps.min() > -40 and steps.max() < 250  # from one to the next, and never at once
    down = strings(played(((69,), 0, 24), ((64,), 24, 24, T.SLIDE)))
    assert pitch_at(down, 1.2, 340) == pytest.approx(329.6, rel=3e-3)


def test_hammered_and_pulled_notes_have_no_stroke():
    notes = [((64,), 0, 12), ((66,), 12, 12), ((64,), 12, 12)]
    picked, legato = (
        strings(played(notes[0], *((*note, how) for note in notes[1:]))) for how in (0, T.LEGATO)
    )

    def attack(wave, second):  # what a pick gives above 3 kHz, beside what rang before
        at = power_db(wave, second - 0.005, second + 0.02, 3000)
        return at - power_db(wave, second - 0.06, second - 0.035, 3000)

    for second in (0.5, 1.0):
        assert attack(legato, second) < 3 < 15 < attack(picked, second)
    assert pitch_at(legato, 0.7, 360) == pytest.approx(370.0, rel=3e-3)
    assert pitch_at(legato, 1.2, 340) == pytest.approx(329.6, rel=3e-3)
    # Where no string sounds there is nothing to go on from: the finger strikes, and softly.
    late = take(played(((64,), 0, 6), ((66,), 48, 12, T.LEGATO)))
    assert len(late) == 2 and late[1].velocity < 0.6 * late[0].velocity


def test_a_glide_has_no_clicks():
    # The string's age never jumps: from sample to sample it grows by no more than the curve says.
    curve = ((0.0, 0.0), (0.5, 0.0), (0.505, 5.0), (1.0, 5.0))
    grows = np.diff(string_age(curve, RATE))
    assert grows.min() >= 1 and grows.max() <= 2 ** (5 / 12) + 1e-9
    assert np.abs(np.diff(grows)).max() < 0.003
    # Its own pitch is not touched: with a curve of 0 it is the same sound.
    still = Pluck(0.0, 0.5, 52, 100, string=4, fret=7)
    level = Pluck(0.0, 0.5, 52, 100, string=4, fret=7, curve=((0.0, 0.0), (0.5, 0.0)))
    np.testing.assert_allclose(pluck(level), pluck(still), atol=1e-4)


def test_palm_mutes_are_short_and_dull():
    def riff(technique):
        return played(*(((40, 47), 12 * (i > 0), 12, technique) for i in range(3)))

    muted, open_ = (
        ru.amplify(ru.pickup_sound(riff(how)), **ru.AMPS["distortion"]).samples[:, 0]
        for how in (T.PALM_MUTE, 0)
    )
    frequency = np.fft.rfftfreq(RATE // 10, 1 / RATE)

    def centre(wave):
        size = np.abs(np.fft.rfft(wave[RATE // 2 :][: RATE // 10] * np.hanning(RATE // 10))) ** 2
        return (size * frequency).sum() / size.sum()

    assert centre(muted) < 0.6 * centre(open_)
    assert power_db(muted, 0.75, 0.95) < power_db(muted, 0.5, 0.6) - 25
    assert power_db(open_, 0.75, 0.95) > power_db(open_, 0.5, 0.6) - 3
    # As short as a MIDI file says it, it is the same stroke.
    assert take(riff(T.PALM_MUTE)) == take(played(*(((40, 47), 12 * (i > 0), 1) for i in range(3))))


def test_dead_notes_are_clicks_without_a_pitch():
    wave = strings(played(((45,), 0, 12, T.DEAD), ((45,), 12, 12)))

    def periodic(second):  # how alike a twentieth of a second is to itself, a period later
        piece = wave[round(second * RATE) :][: RATE // 20]
        power = np.abs(np.fft.rfft(piece, 2 * len(piece))) ** 2
        alike = np.fft.irfft(power)[: len(piece)]
        return (alike[RATE // 1000 : RATE // 60] / alike[0]).max()

    assert periodic(0.004) < 0.4 and periodic(0.504) > 0.7
    assert power_db(wave, 0.1, 0.3) < power_db(wave, 0.0, 0.05) - 50


def test_harmonics_ring_as_high_as_they_sound():
    wave = strings(played(((47,), 0, 48, T.HARMONIC)))  # the low E string, touched at fret 7
    (stroke,) = take(played(((47,), 0, 48, T.HARMONIC)))
    assert round(stroke.pitch) == 59 and stroke.fret == 19
    twelfth = power_db(wave, 0.5, 1.5, 244, 250)
    for partial in (82.4, 164.8):  # of the string: weak
        assert power_db(wave, 0.5, 1.5, partial - 3, partial + 3) < twelfth - 30


def test_tremolo_is_picked_again_and_again():
    many = strings(played(((64,), 0, 48, T.TREMOLO)))

    def strokes(wave):  # in a second, and how far what a pick gives goes up and down with them
        levels = np.array([power_db(wave, t, t + 0.02, 3000) for t in np.arange(0.2, 1.9, 0.01)])
        size = np.abs(np.fft.rfft((levels - levels.mean()) * np.hanning(len(levels)), 4096))
        return np.fft.rfftfreq(4096, 0.01)[size[200:].argmax() + 200], levels.std()

    rate, deep = strokes(many)
    assert rate == pytest.approx(12, abs=0.3) and deep > 1
    assert len(take(played(((64,), 0, 48, T.TREMOLO)))) == 24
    bent = take(played(((64,), 0, 48, T.TREMOLO | T.BEND, 4)))
    assert np.interp(0.0, *np.transpose(bent[12].curve)) == 2


def test_let_ring_sounds_over_what_follows():
    def level_of_the_first(technique):
        notes = [(pitch, 12 * (i > 0), 12, technique) for i, pitch in enumerate([(48,), (55,)])]
        return power_db(strings(played(*notes)), 0.7, 0.95, 128, 134)

    assert level_of_the_first(T.LET_RING) > level_of_the_first(0) + 20
    again = played(((40,), 0, 12, T.LET_RING), ((41,), 12, 12))  # of the low E string
    assert take(again)[0].duration == pytest.approx(0.5)
    assert take(played(((48,), 0, 12, T.LET_RING)))[0].duration == 4


def test_the_soundfont_plays_in_pieces_what_it_plays_at_once(monkeypatch):
    ways = [(0, 0), (T.BEND, 4), (0, 0), (T.VIBRATO, 0)] * 4
    riff = played(*(((64,), 6 * (i > 0), 6, *how) for i, how in enumerate(ways)))
    riff = riff.sounding("acoustic")
    whole = ru.stems(riff, band=True)
    monkeypatch.setattr(dry_sound, "PIECE_SECONDS", 0.8)
    for name, stem in ru.stems(riff, band=True).items():
        one, other = (  # a piece begins a millisecond early or late: phases differ
            np.abs(np.fft.rfft(sound.samples[: 3 * RATE, 0].reshape(-1, 3600) * np.hanning(3600)))
            for sound in (stem, whole[name])
        )
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.95, name
