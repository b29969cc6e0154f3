"""Small MIDI files, written with mido, so that what is read is not checked with what wrote it."""

import io
import os

import mido
import pytest

os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import rockonet_utils as ru  # noqa: E402


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


@pytest.fixture
def folder(tmp_path):
    """A folder with three guitar songs, one of which says the same as another, and a piano."""
    songs = {
        "one.mid": [melody([40, 43, 45, 40, 43, 46, 45, 40] * 4)],
        "Two.MID": [melody([52, 55, 57, 59] * 6, program=26), melody([30] * 8, None, name="Drums")],
        "deep/one copy.mid": [melody([40, 43, 45, 40, 43, 46, 45, 40] * 4)],
        "piano.mid": [melody([60, 62, 64, 65], program=0)],
    }
    for name, tracks in songs.items():
        path = tmp_path / "songs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(midi_bytes(tracks))
    return tmp_path / "songs"


@pytest.fixture
def corpus(folder):
    return ru.build_corpus(folder)


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
