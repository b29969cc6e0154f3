"""Real songs: the zip of rock MIDI files that ROCKONET_ARCHIVE names."""

import contextlib
import io
import itertools
import os
import random
import time
import zipfile
from collections import Counter
from pathlib import PurePosixPath

import mido
import numpy as np
import pytest
import symusic
from helpers import notes_by_mido, notes_by_symusic

import rockonet_utils as ru
from rockonet.explore.midi_file import parse_midi

ARCHIVE = os.environ.get("ROCKONET_ARCHIVE")
pytestmark = [
    pytest.mark.archive,
    pytest.mark.skipif(not ARCHIVE, reason="ROCKONET_ARCHIVE names no archive"),
]


def midi_names(archive):
    names = archive.namelist()
    return sorted(n for n in names if PurePosixPath(n).suffix.lower() in ru.MIDI_SUFFIXES)


def test_every_file_is_in_the_report_and_only_damaged_ones_are_lost():
    corpus = ru.build_corpus(ARCHIVE)
    with zipfile.ZipFile(ARCHIVE) as archive:
        assert [row.path for row in corpus.report] == midi_names(archive)
    status = Counter(row.status for row in corpus.report)
    assert status["unreadable"] <= 9  # as many are cut off in the whole archive
    assert status["kept"] == len(corpus.songs) > 1000
    reasons = {row.reason.split(" ")[0] for row in corpus.report if row.status == "unreadable"}
    assert reasons <= {"damaged"}
    assert corpus.n_events > 1_000_000
    X, Y, _ = ru.classic_windows(corpus, 100, 10)
    assert X.shape == (len(Y), 100)
    parts = ru.split_by_song(corpus)
    keys = [set(map(ru.song_key, part.songs)) for part in parts]
    assert not (keys[0] & keys[1] or keys[0] & keys[2] or keys[1] & keys[2])
    assert sum(part.n_events for part in parts) == corpus.n_events


def strokes_by_mido(file):
    """(onset, pitch, velocity) of every stroke of a mido.MidiFile, in file ticks."""
    found = []
    for track in file.tracks:
        onsets = itertools.accumulate(message.time for message in track)
        found += [
            (onset, message.note, message.velocity)
            for onset, message in zip(onsets, track, strict=True)
            if message.type == "note_on" and message.velocity
        ]
    return sorted(found)


def test_notes_are_those_that_mido_reads():
    compared = 0
    with zipfile.ZipFile(ARCHIVE) as archive:
        names = midi_names(archive)
        random.Random(0).shuffle(names)
        for name in names[:230]:
            content = archive.read(name)
            try:
                score, remarks = parse_midi(content, name)
                by_mido = mido.MidiFile(file=io.BytesIO(content), clip=True)
            except (ru.MidiError, OSError, EOFError, ValueError, KeyError):
                continue  # one of the two cannot read it, so there is nothing to compare
            if any("notes without an end" in remark for remark in remarks):
                # No pairs then: what can be compared is that every stroke is a note, once.
                ours = [(n.time, n.pitch, n.velocity) for t in score.tracks for n in t.notes]
                assert sorted(ours) == strokes_by_mido(by_mido), name
            else:
                assert notes_by_symusic(score) == notes_by_mido(by_mido), name
            compared += 1
    assert compared >= 200


def test_a_corpus_takes_a_few_times_what_symusic_takes_to_read_the_files(tmp_path):
    """Just under six, see README; the limit leaves room for a busy machine."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        names = midi_names(archive)[::3]
        for name in names:
            archive.extract(name, tmp_path)

    def seconds(work):
        begin = time.process_time()
        work()
        return time.process_time() - begin

    def symusic_alone():
        for name in names:
            with contextlib.suppress(RuntimeError):
                symusic.Score(tmp_path / name)

    ru.build_corpus(tmp_path, n_jobs=1)  # what is imported is not measured
    times = [
        (seconds(lambda: ru.build_corpus(tmp_path, n_jobs=1)), seconds(symusic_alone))
        for _ in range(3)
    ]
    assert min(ours / alone for ours, alone in times) < 9


def test_bends_are_as_frequent_as_people_write_them():
    """In 300 tablatures by many hands 2.7 % of the single notes of distorted guitars are bent, and
    0.7 % of their chords."""
    corpus = ru.build_corpus(ARCHIVE)
    events = corpus.events
    program = np.repeat([track.program for track in corpus.tracks], np.diff(corpus.offsets))
    distorted, single = np.isin(program, (29, 30)), events["shape"] == 1
    assert 0.015 < np.mean(events["bend"][distorted & single] > 0) < 0.04
    assert 0.003 < np.mean(events["bend"][distorted & ~single] > 0) < 0.015
    heights = np.bincount(events["bend"], minlength=128)
    assert heights[4] > heights[2] > heights[3] > heights[6]  # most are of a whole tone
