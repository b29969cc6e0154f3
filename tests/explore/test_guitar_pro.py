"""Guitar Pro 3, 4 and 5: files written by PyGuitarPro, with what was worked out by hand."""

import io
import time
import warnings

import guitarpro
import numpy as np
import pytest
from guitarpro import models as gp
from helpers import random_riff
from tab_songs import RICH, a_song

import rockonet_utils as ru

T = ru.Technique
QUARTER = ru.SONG_TICKS


def parsed(*lines, name="x.gp5", version=(5, 1, 0), bars=None, meters=(), tempo=120, **track):
    data = a_song(
        dict(lines=lines, **track), bars=bars, version=version, meters=meters, tempo=tempo
    )
    return ru.parse_guitar_pro(data, name)


def notes_of(song, *fields, track=0):
    """The notes of a track; times in quarter notes, as far as fields ask for them."""
    notes = song.tracks[track].notes
    columns = [notes[f] / QUARTER if f in ("time", "duration") else notes[f] for f in fields]
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("version", [(3, 0, 0), (4, 0, 6), (5, 0, 0), (5, 1, 0)])
def test_strings_frets_times_and_ties_of_every_version(version):
    song = parsed("6.0/8 5.2+4.2/8 r/4 6.3/4. 6.5/8", "6.5/2,tie 6.7/4t3:2 6.8/4t3:2 6.7/4t3:2",
                  version=version, tempo=133)  # fmt: skip
    third = 2 / 3
    assert notes_of(song, "time", "duration", "pitch", "string", "fret") == [
        (0, 0.5, 40, 0, 0),
        (0.5, 0.5, 47, 1, 2),
        (0.5, 0.5, 52, 2, 2),
        (2, 1.5, 43, 0, 3),
        (3.5, 2.5, 45, 0, 5),
        (6, third, 47, 0, 7),
        (6 + third, pytest.approx(third, abs=0.01), 48, 0, 8),
        (pytest.approx(6 + 2 * third, abs=0.01), pytest.approx(third, abs=0.01), 47, 0, 7),
    ]
    (track,) = song.tracks
    assert (song.title, track.name, track.program) == ("A song", "Guitar", 30)
    assert track.tuning == ru.STANDARD_TUNING and track.capo == 0 and song.remarks == ()
    assert song.score.tempos[0].qpm == pytest.approx(133, abs=0.01)


def test_capo_seven_strings_and_meters():
    lines = ("6.0/4 1.3/4 r/4", "6.2/8 6.2/8 6.2/8 6.2/4. r/8")
    song = parsed(*lines, capo=3, meters=[(3, 4), (7, 8)])
    assert notes_of(song, "time", "pitch", "fret")[:3] == [(0, 43, 0), (1, 70, 3), (3, 45, 2)]
    assert song.tracks[0].tuning == ru.STANDARD_TUNING and song.tracks[0].capo == 3
    meters = [(s.time / QUARTER, s.numerator, s.denominator) for s in song.score.time_signatures]
    assert meters == [(0, 3, 4), (3, 7, 8)]
    seven = parsed("7.0/2 1.0/2", strings=(35, *ru.STANDARD_TUNING))
    assert notes_of(seven, "pitch", "string") == [(35, 0), (64, 6)]


def test_two_voices_and_tuplets_keep_their_own_time():
    song = parsed("1.0/2. 1.3/4 | 6.0/4t5:4 6.1/4t5:4 6.2/4t5:4 6.3/4t5:4 6.4/4t5:4")
    times = [time for time, string in notes_of(song, "time", "string") if string == 0]
    assert times == [0, 0.8, 1.6, 2.4, 3.2]
    assert [time for time, string in notes_of(song, "time", "string") if string == 5] == [0, 3]


def test_techniques_are_flags_of_the_notes_that_they_belong_to():
    song = parsed(
        "6.0/8,pm 5.5/8,h 5.7/8 5.7/8,slide=1 5.9/8 5.9/8,v 4.7/8,tremolo=1 4.7/8,ring",
        "3.7/4,bend=0:4 3.7/4,bend=4:0 3.9/4,bend=0:2:0 3.9/4,slide=-1",
    )
    flags = [
        *(T.PALM_MUTE, 0, T.LEGATO, 0, T.SLIDE, T.VIBRATO, T.TREMOLO, T.LET_RING),
        *(T.BEND, T.PREBEND | T.RELEASE, T.BEND | T.RELEASE, 0, T.SLIDE),
    ]
    assert notes_of(song, "technique") == [(flag,) for flag in flags]
    assert [bend for (bend,) in notes_of(song, "bend")] == [0] * 8 + [4, 4, 2, 0, 0]


def test_what_leads_on_leads_only_to_what_follows_on_its_string():
    song = parsed("5.5/4,h 4.7/4 5.7/4 r/4")
    assert notes_of(song, "technique") == [(0,), (0,), (0,)]


def test_a_bend_that_goes_on_over_a_tie_is_one_note():
    song = parsed("3.7/2,bend=0:4 3.7/2,tie,bend=4:0")
    assert notes_of(song, "duration", "technique", "bend") == [(4, T.BEND | T.RELEASE, 4)]


def test_grace_notes_are_notes_of_their_own():
    song = parsed("1.3/2 1.7/4,grace=5:hammer:before 1.8/4,grace=6:slide:on", "1.3/1")
    assert notes_of(song, "time", "duration", "fret", "technique") == [
        (0, 1.875, 3, 0),
        (1.875, 0.125, 5, 0),
        (2, 1, 7, T.LEGATO),
        (3, 0.125, 6, 0),
        (3.125, 0.875, 8, T.SLIDE),
        (4, 4, 3, 0),
    ]
    first = parsed("1.7/1,grace=5:bend:before")  # there is no time before it
    assert notes_of(first, "time", "fret", "technique", "bend") == [
        (0, 5, T.BEND, 4),
        (0.125, 7, 0, 0),
    ]


def test_dead_notes_are_silent_and_palm_mutes_short_where_it_sounds():
    song = parsed("6.3/4,dead 6.0/4,pm 6.5/4,ghost 6.5/4,stac")
    assert notes_of(song, "fret", "duration", "velocity", "technique") == [
        (3, 1, 95, T.DEAD),
        (0, 1, 95, T.PALM_MUTE),
        (5, 1, 63, 0),
        (5, 0.5, 95, 0),
    ]
    (sounds,) = song.score.tracks
    assert [(n.time // QUARTER, n.duration) for n in sounds.notes] == [(1, 80), (2, 960), (3, 480)]
    assert ru.score_notes([sounds], QUARTER)["duration"].tolist() == [1, 12, 6]


def test_harmonics_have_the_pitch_of_their_fret_and_sound_higher():
    song = parsed("6.12/4,harmonic=1 6.7/4,harmonic=1 6.5/4,harmonic=1 6.4/4,harmonic=1")
    assert notes_of(song, "pitch", "harmonic") == [(52, 0), (47, 12), (45, 19), (44, 24)]
    assert [n.pitch for n in song.score.tracks[0].notes] == [52, 59, 64, 68]
    assert all(flags == T.HARMONIC for (flags,) in notes_of(song, "technique"))


def test_drums_are_what_general_midi_calls_them():
    song = parsed("1.36+2.42/4 2.42/4 1.38+2.42/4 2.46/4", program=None)
    assert song.tracks[0].is_drum and song.score.tracks[0].is_drum
    assert notes_of(song, "time", "pitch") == [
        *((0, 36), (0, 42), (1, 42), (2, 38), (2, 42), (3, 46))
    ]


def test_repeats_are_played_out_and_said():
    bars = {1: dict(isRepeatOpen=True), 2: dict(repeatClose=2)}
    song = parsed("6.0/1", "6.1/1", "6.2/1", "6.3/1", bars=bars)
    assert [fret for (fret,) in notes_of(song, "fret")] == [0, 1, 2, 1, 2, 1, 2, 3]
    assert song.remarks == ("repeats played out: 4 bars became 8",)


def test_tempo_changes_hold_from_where_they_stand():
    song = parsed("6.0/2 6.0/2,tempo=90", "6.0/1", "6.0/1",
                  bars={0: dict(isRepeatOpen=True), 1: dict(repeatClose=1)})  # fmt: skip
    tempos = [(t.time / QUARTER, round(t.qpm)) for t in song.score.tempos]
    assert tempos == [(0, 120), (2, 90), (8, 120), (10, 90)]


def test_swing_is_played_as_it_sounds():
    song = parsed("6.0/8 6.0/8 6.0/4 6.0/8. 6.0/16 r/4",
                  bars={0: dict(tripletFeel=gp.TripletFeel.eighth)})  # fmt: skip
    assert [round(time, 3) for (time,) in notes_of(song, "time")] == [0, 0.667, 1, 2, 2.75]


def test_a_bar_that_holds_too_much_is_named():
    song = parsed("6.0/4 6.0/4 6.0/4 6.0/4 6.5/4", "6.0/1")
    assert [time for (time,) in notes_of(song, "time")] == [0, 1, 2, 3, 4, 4]
    assert song.remarks == ("bars that hold more than their meter and run into the next: 1",)


def test_the_program_is_the_one_that_holds_for_most_bars():
    song = guitarpro.parse(io.BytesIO(a_song(dict(lines=["6.0/1"] * 4, program=27))))
    beat = song.tracks[0].measures[1].voices[0].beats[0]
    beat.effect.mixTableChange = gp.MixTableChange(instrument=gp.MixTableItem(30))
    buffer = io.BytesIO()
    guitarpro.write(song, buffer)
    assert ru.parse_guitar_pro(buffer.getvalue(), "x").tracks[0].program == 30


def test_random_riffs_come_back():
    """Onsets, durations, strings, frets, palm mutes, tuning, meter, tempo and title."""
    meters = [(4, 4), (3, 4), (6, 8), (7, 8), (5, 4)]
    tried = 0
    for seed in range(40):
        riff = ru.Riff(
            random_riff(seed).events,
            tempo_bpm=60 + 3 * seed,
            meter=meters[seed % 5],
            title=f"Riff {seed}",
            tuning=["standard", "drop D", "drop C"][seed % 3],
        ).revoiced()
        if riff.fingering.unplayable:
            continue
        tried += 1
        wanted = []
        for symbol, notes in zip(riff.symbols, riff.notes, strict=True):
            onset = symbol.bar * riff.ticks_per_bar + symbol.onset
            for note in notes:
                if note.tied:
                    place = next(
                        i for i, w in enumerate(reversed(wanted), 1) if w[3] == note.string
                    )
                    wanted[-place][1] += symbol.duration
                    wanted[-place][5] |= note.muted
                else:
                    row = [onset, symbol.duration, note.pitch, note.string, note.fret, note.muted]
                    wanted.append(row)
        for suffix in (".gp5", ".gp"):
            song = ru.parse_guitar_pro(riff.encoded(suffix), riff.file_name + suffix)
            (track,) = song.tracks
            notes = track.notes
            mutes = (notes["technique"] & T.PALM_MUTE > 0).tolist()
            columns = [notes["time"] // 80, notes["duration"] // 80]
            columns += [notes[field] for field in ("pitch", "string", "fret")]
            got = [[*row, m] for *row, m in zip(*(c.tolist() for c in columns), mutes, strict=True)]
            assert sorted(got) == sorted(wanted)
            assert (notes["time"] % 80 == 0).all()
            assert track.tuning == riff.open_strings and song.title == riff.title
            assert round(song.score.tempos[0].qpm, 2) == riff.tempo_bpm
            (meter,) = song.score.time_signatures
            assert (meter.numerator, meter.denominator) == riff.meter
    assert tried > 20


def test_pyguitarpro_sees_the_same_notes():
    data = a_song(*RICH["tracks"], bars=RICH["bars"])
    song, theirs = ru.parse_guitar_pro(data, "rich.gp5"), guitarpro.parse(io.BytesIO(data))
    for mine, track in zip(song.tracks, theirs.tracks, strict=True):
        struck = [
            (note.string, note.value)
            for measure in track.measures
            for voice in measure.voices
            for beat in voice.beats
            for note in beat.notes
            if note.type != gp.NoteType.tie
        ]
        if not mine.is_drum:
            seen = zip(mine.notes["string"], mine.notes["fret"], strict=True)
            assert set(struck) <= {(len(mine.tuning) - s, f) for s, f in seen}
        assert mine.name == track.name and mine.program == track.channel.instrument
        assert mine.capo == track.offset


# Files that PyGuitarPro alone does not read


def test_of_a_file_that_is_cut_off_the_whole_bars_are_kept():
    data = a_song(dict(lines=["6.0/4 6.1/4 6.2/4 6.3/4"] * 20))
    song = ru.parse_guitar_pro(data[:-150], "cut.gp5")
    n_bars = len(song.tracks[0].notes) // 4
    assert 5 < n_bars < 20
    assert song.remarks == (f"cut off: in bar {n_bars + 1} of 20, read up to there",)
    with pytest.raises(ru.MidiError, match=r"cut\.gp5: a Guitar Pro file.*cut off.*\.gp5"):
        ru.parse_guitar_pro(data[:500], "cut.gp5")


def test_an_unknown_key_is_passed_over_and_said():
    data = a_song(
        dict(lines=["6.0/1", "6.5/1"]), bars={1: dict(keySignature=gp.KeySignature.EMinor)}
    )
    song = guitarpro.parse(io.BytesIO(data))
    place = next(i for i in range(len(data)) if data[i : i + 3] == b"\x40\x01\x01")
    broken = data[: place + 1] + b"\x01\x02" + data[place + 3 :]
    assert song.measureHeaders[1].keySignature == gp.KeySignature.EMinor
    with pytest.raises(gp.GPException, match="is not a valid KeySignature"):
        guitarpro.parse(io.BytesIO(broken))
    mended = ru.parse_guitar_pro(broken, "x")
    assert notes_of(mended, "time", "fret") == [(0, 0), (4, 5)]
    assert mended.remarks == ("unknown signs passed over: 1",)


def test_a_track_on_no_channel_is_read():
    data = a_song(dict(lines=["6.0/1"]))
    channel = (1).to_bytes(4, "little") + (2).to_bytes(4, "little") + (24).to_bytes(4, "little")
    place = data.index(channel)
    broken = data[:place] + bytes(4) + data[place + 4 :]
    with pytest.raises(gp.GPException, match="NoneType"):
        guitarpro.parse(io.BytesIO(broken))
    assert notes_of(ru.parse_guitar_pro(broken, "x"), "pitch") == [(40,)]


def test_a_stroke_without_direction_is_read():
    song = guitarpro.parse(io.BytesIO(a_song(dict(lines=["6.0/2 6.5/2"]))))
    beat = song.tracks[0].measures[0].voices[0].beats[1]
    written = []
    for value in (16, 32):
        beat.effect.stroke = gp.BeatStroke(gp.BeatStrokeDirection.down, value)
        buffer = io.BytesIO()
        guitarpro.write(song, buffer, version=(5, 1, 0))
        written.append(np.frombuffer(buffer.getvalue(), np.uint8))
    (place,) = np.flatnonzero(written[0] != written[1])
    broken = written[0].copy()
    broken[place] = 0
    with pytest.raises(gp.GPException, match="NoneType"):
        guitarpro.parse(io.BytesIO(broken.tobytes()))
    song = ru.parse_guitar_pro(broken.tobytes(), "x")
    assert notes_of(song, "time", "fret") == [(0, 0), (2, 5)]


def test_a_harmonic_of_an_unknown_kind_is_one():
    data = a_song(dict(lines=["6.12/1,harmonic=1"]))
    plain = np.frombuffer(a_song(dict(lines=["6.12/1,harmonic=1"])), np.uint8)
    other = guitarpro.parse(io.BytesIO(data))
    note = other.tracks[0].measures[0].voices[0].beats[0].notes[0]
    note.effect.harmonic = gp.PinchHarmonic()
    buffer = io.BytesIO()
    guitarpro.write(other, buffer, version=(5, 1, 0))
    (place,) = np.flatnonzero(plain != np.frombuffer(buffer.getvalue(), np.uint8))
    broken = plain.copy()
    broken[place] = 9
    with pytest.raises(gp.GPException, match="UnboundLocalError"):
        guitarpro.parse(io.BytesIO(broken.tobytes()))
    song = ru.parse_guitar_pro(broken.tobytes(), "x")
    assert notes_of(song, "fret", "technique") == [(12, T.HARMONIC)]


def test_names_in_other_alphabets_are_read():
    data = a_song(dict(lines=["6.0/1"], name="xxxx"), title="yyyyyyyy")
    cyrillic = data.replace(b"xxxx", "Соло".encode("cp1251")).replace(b"yyyyyyyy", "Ночь".encode())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        song = ru.parse_guitar_pro(cyrillic, "x")
    assert song.title == "Ночь" and song.tracks[0].notes["pitch"].tolist() == [40]


@pytest.mark.parametrize(
    "data, reason",
    [
        (b"\x18FICHIER GUITAR PRO v2.21" + bytes(90), "version is not known.*v2.21"),
        (b"\x18FICHIER GUITAR PRO v5.10" + bytes(40), "cut off"),
        (b"\x18FICHIER GUITAR PRO v5.10", "cut off"),
        (b"BCFZ" + bytes(range(60)), "too large"),
        (b"BCFZ" + bytes((100, 0, 0, 0)) + bytes(range(60)), "damaged|cut off"),
        (b"PK\x03\x04 something else", "cannot be unpacked"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_way_out(data, reason):
    with pytest.raises(ru.MidiError, match=rf"old\.gp: a Guitar Pro file.*({reason})") as refused:
        ru.parse_guitar_pro(data, "old.gp")
    assert "Save it anew as .gp5, or export it as MIDI" in str(refused.value)


def test_counts_are_not_believed():
    """Neither long loops nor much memory for files that claim to be endless."""
    data = a_song(dict(lines=["6.0/1"] * 3))
    counts = (3).to_bytes(4, "little") + (1).to_bytes(4, "little")
    place = data.index(counts)
    begin = time.perf_counter()
    for bars, tracks in ((2**31 - 1, 1), (3, 2**31 - 1), (-1, 1), (3, 0), (0, 1)):
        claimed = bars.to_bytes(4, "little", signed=True) + tracks.to_bytes(4, "little")
        broken = data[:place] + claimed + data[place + 8 :] + bytes(1_000_000)
        with pytest.raises(ru.MidiError, match="damaged|cut off"):
            ru.parse_guitar_pro(broken, "x")
    beats = data[: -len(data) // 8] + b"\xff" * 200_000
    with pytest.raises(ru.MidiError):
        ru.parse_guitar_pro(beats, "x")
    assert time.perf_counter() - begin < 5


@pytest.mark.parametrize("version", [(3, 0, 0), (4, 0, 6), (5, 1, 0)])
def test_any_damage_is_read_or_refused(version):
    data = a_song(*RICH["tracks"], bars=RICH["bars"], version=version)
    rng = np.random.default_rng(version[0])
    outcomes = set()
    for _ in range(60):
        broken = bytearray(data)
        for place in rng.integers(31, len(data), rng.choice([1, 3, 10])):
            broken[place] = rng.choice([0, 1, 127, 128, 255, rng.integers(256)])
        broken = broken[: rng.integers(len(data) // 2, len(data) + 1)]
        try:
            song = ru.parse_guitar_pro(bytes(broken), "x")
            outcomes.add("read")
        except ru.MidiError as error:
            outcomes.add("refused")
            assert "a Guitar Pro file" in str(error)
        else:
            for track in song.tracks:
                assert (track.notes["duration"] > 0).all() and (track.notes["pitch"] >= 0).all()
    assert outcomes == {"read", "refused"}


def test_read_guitar_pro_warns_of_what_was_changed(tmp_path):
    path = tmp_path / "song.GP5"
    path.write_bytes(a_song(dict(lines=["6.0/1", "6.5/1"]), bars={1: dict(repeatClose=1)}))
    with pytest.warns(UserWarning, match="song.GP5: repeats played out: 2 bars became 4"):
        score = ru.read_guitar_pro(path)
    assert [n.pitch for n in score.tracks[0].notes] == [40, 45, 40, 45]
    with pytest.raises(ru.MidiError, match="missing.gp5: cannot be opened"):
        ru.read_guitar_pro(tmp_path / "missing.gp5")


def test_tracks_of_one_name_have_names_of_their_own_in_the_score():
    song = ru.parse_guitar_pro(a_song(*(dict(lines=["6.0/1"]),) * 3), "x")
    assert [track.name for track in song.tracks] == ["Guitar"] * 3
    assert [track.name for track in song.score.tracks] == ["Guitar", "Guitar 2", "Guitar 3"]


def test_nothing_is_no_guitar_pro_file():
    with pytest.raises(ru.MidiError, match="its version is not known"):
        ru.parse_guitar_pro(b"", "empty.gp5")
