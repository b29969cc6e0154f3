"""Music made for the tests, and what is read from it by other means than the project's.

MIDI files are written with mido, so that what is read is not checked with what wrote it.
"""

import dataclasses
import io
import itertools
import re
from pathlib import Path

import mido
import numpy as np

import rockonet_utils as ru

ROOT = Path(ru.__file__).parent
STARTER_SONGS = sorted((ROOT / "data" / "starter").rglob("*.mid"))


def midi_bytes(tracks, ticks_per_quarter=480, tempo_bpm=120, meter=(4, 4)):
    """The bytes of a MIDI file; a track is (name, program, notes), program None being drums.

    notes: (onset, duration, pitch, velocity) each, times in file ticks.
    """
    file = mido.MidiFile(ticks_per_beat=ticks_per_quarter)
    meta = mido.MidiTrack(
        [
            mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_bpm)),
            mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1]),
        ]
    )
    file.tracks.append(meta)
    for number, (name, program, notes) in enumerate(tracks):
        channel = 9 if program is None else number
        changes = []
        for onset, duration, pitch, velocity in notes:
            changes.append((onset, 1, "note_on", pitch, velocity))
            changes.append((onset + duration, 0, "note_off", pitch, 0))
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        if program is not None:
            track.append(mido.Message("program_change", channel=channel, program=program))
        now = 0
        for tick, _, kind, pitch, velocity in sorted(changes):
            track.append(
                mido.Message(kind, channel=channel, note=pitch, velocity=velocity, time=tick - now)
            )
            now = tick
        file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def melody(pitches, program=30, step=240, name="Lead"):
    """A track of one note after the other, an eighth note apart by default."""
    return (name, program, [(i * step, step, p, 90) for i, p in enumerate(pitches)])


def notes_by_mido(file):
    """(onset, duration, pitch, velocity) of every note of a mido.MidiFile, in file ticks."""
    found = []
    for track in file.tracks:
        now, sounding = 0, {}
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                begun = sounding.setdefault((message.channel, message.note), [])
                begun.append((now, message.velocity))
            elif message.type in ("note_on", "note_off"):
                begun = sounding.get((message.channel, message.note))
                if begun:
                    onset, velocity = begun.pop(0)
                    found.append((onset, now - onset, message.note, velocity))
    return sorted(found)


def notes_by_symusic(score):
    """The same of a symusic.Score."""
    return sorted((n.time, n.duration, n.pitch, n.velocity) for t in score.tracks for n in t.notes)


def a_riff(chords, steps, durations=None, **more):
    """A riff of chords (tuples of pitches), each so many ticks after the one before."""
    events = np.zeros(len(chords), ru.EVENT)
    events["bass"] = [min(chord) for chord in chords]
    events["shape"] = [sum(1 << (p - min(chord)) for p in chord) for chord in chords]
    events["step"], events["velocity"] = steps, 90
    events["duration"] = durations or [*steps[1:], 12]
    return ru.Riff(events, **more)


def played_by_rule(corpus):
    """The corpus with techniques that follow from its notes, so that they can be learned.

    Short low notes are muted, long high ones are bent by a whole tone, and a single note that
    follows another within a beat, up to three frets away, is hammered or pulled.
    """
    events = corpus.events.copy()
    single, bass = events["shape"] == 1, events["bass"].astype(int)
    first = np.isin(np.arange(len(events)), corpus.offsets[:-1])
    near = np.isin(np.abs(bass - np.roll(bass, 1)), (1, 2, 3)) & np.roll(single, 1) & ~first
    bent = single & (events["duration"] >= 12) & (bass >= 60)
    events["technique"] = (
        np.where((events["duration"] <= 6) & (bass < 48), ru.Technique.PALM_MUTE, 0)
        | np.where(single & near & (events["step"] <= 12), ru.Technique.LEGATO, 0)
        | np.where(bent, ru.Technique.BEND, 0)
    )
    events["bend"], events["bent"] = np.where(bent, 4, 0), bent
    return dataclasses.replace(corpus, events=events)


def random_riff(seed, meter=(4, 4), n=24):
    rng = np.random.default_rng(seed)
    chords = [tuple(rng.integers(40, 60) + np.array(shape)) for shape in [(0,), (0, 7)] * (n // 2)]
    steps = rng.choice([1, 2, 3, 4, 6, 8, 9, 12, 18, 30], n).tolist()
    return a_riff(chords, steps, rng.choice([1, 3, 4, 6, 12, 40], n).tolist(), meter=meter)


def low_riff(
    rows="------,--5-5---5---3---,0-0-0-0-3-3-0-0-", write="{name}|{row}|", names="eBGDAE"
):
    """The text of a tab whose upper strings are silent."""
    _, *low = rows.split(",")
    rows = ["-" * len(low[0])] * 4 + low
    return "\n".join(write.format(name=n, row=r) for n, r in zip(names, rows, strict=True))


def longest_run(riff):
    chords = [(int(e["bass"]), int(e["shape"])) for e in riff.events]
    return max(len(list(group)) for _, group in itertools.groupby(chords))


def a_tune(pitches=(40, 43, 45, 40), step=6, **more):
    events = np.zeros(len(pitches), ru.EVENT)
    events["bass"], events["shape"], events["duration"], events["velocity"] = pitches, 1, step, 90
    events["step"] = step
    events["step"][:1] = 0
    return ru.Riff(events, **more)


def heard(sound, begin, seconds, candidates):
    """Which of the candidate pitches has most energy at its first four harmonics."""
    piece = sound.samples.mean(1)[int(begin * sound.rate) : int((begin + seconds) * sound.rate)]
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 8 * len(piece))) ** 2
    frequency = np.fft.rfftfreq(8 * len(piece), 1 / sound.rate)

    def energy(pitch):
        partials = 440 * 2 ** ((pitch - 69) / 12) * np.arange(1, 5)
        return sum(spectrum[np.abs(frequency / f - 1) < 0.01].sum() for f in partials)

    return max(candidates, key=energy)


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


def titled(*titles):
    """A corpus of songs with these titles and one event each."""
    events = np.zeros(len(titles), ru.EVENT)
    events["bass"], events["shape"] = np.arange(len(titles)) % 40 + 40, 1
    return ru.Corpus(
        events,
        np.arange(len(titles) + 1),
        tuple(ru.TrackInfo(i, "", 30) for i in range(len(titles))),
        tuple(ru.Song(title, title, 120.0, (4, 4)) for title in titles),
    )


def shown(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def tiny_settings(folder, **changes):
    """Settings of a classic recipe that is trained in seconds, at two rates for three epochs."""
    small = dict(units=(8, 8, 8), dense=8, batch_size=32, epochs=3, learning_rates=(0.01, 0.001))
    return ru.settings("quick", "starter").replace(output=folder, **{**small, **changes})


def same_corpus(a, b):
    """Whether two corpora are equal in everything."""
    return all(
        np.array_equal(x, y) if isinstance(x, np.ndarray) else x == y
        for x, y in ((getattr(a, f), getattr(b, f)) for f in a.__dataclass_fields__)
    )


def with_cut_list(zipped):
    """The bytes of a zip that lists its first member only: the rest passes for its comment."""
    whole = bytearray(zipped)
    first, second = (found.start() for found in itertools.islice(re.finditer(b"PK\1\2", whole), 2))
    end = whole.rfind(b"PK\5\6")
    whole[first + 32 : first + 34] = (end - second).to_bytes(2, "little")
    return bytes(whole)
