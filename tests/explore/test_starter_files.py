"""The starter songs as mido and music21 read them."""

import mido
import numpy as np
import pytest
from helpers import STARTER_SONGS, notes_by_mido, notes_by_symusic

import rockonet_utils as ru


@pytest.mark.parametrize("path", STARTER_SONGS, ids=lambda path: path.stem)
def test_starter_songs_read_as_mido_reads_them(path):
    score, read = ru.read_midi(path), mido.MidiFile(path)
    assert score.ticks_per_quarter == read.ticks_per_beat
    assert notes_by_symusic(score) == notes_by_mido(read)


@pytest.mark.parametrize("path", STARTER_SONGS[::9], ids=lambda path: path.stem)
def test_starter_songs_read_as_music21_reads_them(path):
    import music21

    score = ru.read_midi(path)
    ours = sorted(
        (note.time / score.ticks_per_quarter, note.pitch)
        for track in score.tracks
        if not track.is_drum
        for note in track.notes
    )
    # quarterLengthDivisors: music21's own rounding must leave triplets and sixteenths alone.
    stream = music21.converter.parse(path, quarterLengthDivisors=(12,), forceSource=True)
    theirs = sorted(
        (float(part_note.getOffsetInHierarchy(part)), pitch.midi)
        for part in stream.parts
        if not isinstance(part.getInstrument(), music21.instrument.UnpitchedPercussion)
        for part_note in part.flatten().getElementsByClass((music21.note.Note, music21.chord.Chord))
        if part_note.tie is None or part_note.tie.type == "start"
        for pitch in part_note.pitches
    )
    assert len(ours) == len(theirs)
    np.testing.assert_allclose(np.array(ours), np.array(theirs), atol=1e-6)
