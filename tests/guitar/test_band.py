"""Bass and drums beside the riff."""

import mido
import numpy as np
import pytest
from helpers import a_riff

import rockonet_utils as ru
from rockonet.common.theory import meter_ticks


def test_the_band_plays_on_its_own_channels_and_programs(tmp_path):
    riff = a_riff([(40, 47), (43, 50), (45, 52), (40, 47)] * 4, [0] + [12] * 15, tempo_bpm=140)
    (path,) = riff.sounding("clean").save(tmp_path, [".mid"])
    file = mido.MidiFile(path)
    programs, notes = {}, {}
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "program_change":
                programs[message.channel] = message.program
            if message.type == "note_on" and message.velocity:
                tick = now * 12 // file.ticks_per_beat
                notes.setdefault(message.channel, []).append((tick, message.note))
    assert 9 in notes and len(notes) == 3
    guitar, bass = sorted(set(notes) - {9})
    assert programs[guitar] == 27 and programs[bass] == 33
    assert sorted(notes[guitar])[:2] == [(0, 40), (0, 47)]
    roots = dict(notes[bass])
    assert [roots[t] % 12 for t in (0, 12, 24, 36)] == [4, 7, 9, 4]
    assert all(28 <= pitch < 40 for pitch in roots.values())
    hits = {pitch for _, pitch in notes[9]}
    assert {36, 38} <= hits  # a kick and a snare
    assert max(t for t, _ in notes[9]) < 4 * 48


def test_a_groove_fits_its_meter_and_counting_in_shifts_all():
    for meter in [(4, 4), (3, 4), (6, 8), (12, 8), (7, 8), (5, 4)]:
        bar = ru.groove(meter, 120)
        assert len(bar) and (bar[:, 0] < meter_ticks(meter)).all()
    riff = a_riff([(40,), (43,)] * 4, [0] + [6] * 7, prompt_events=2)
    score = riff.midi(band=True, count_in=True)
    guitar, _, drums = score.tracks
    assert min(n.time for n in guitar.notes) == 48 and score.markers[0].time == 60
    assert [n.time for n in drums.notes if n.pitch == ru.STICK and n.time < 48] == [0, 12, 24, 36]


def test_the_prompt_is_heard_at_half_the_loudness():
    events = dict(chords=[(40,), (43,)] * 8, steps=[0] + [12] * 15, tempo_bpm=120)
    plain, told_apart = a_riff(**events), a_riff(**events, prompt_events=8)
    for count_in in (0, 1):
        one, two = (riff.audio(band=True, count_in=count_in) for riff in (plain, told_apart))
        assert ru.loudness_lufs(one) == pytest.approx(ru.LOUDNESS_LUFS, abs=0.2)
        start = round((8 + 4 * count_in) * 0.5 * one.rate)  # eight quarter notes of half a second
        ramp = one.rate // 100
        np.testing.assert_allclose(two.samples[: start - ramp], one.samples[: start - ramp] / 2)
        np.testing.assert_array_equal(two.samples[start:], one.samples[start:])
