"""A corpus counts, selects and survives saving."""

import json

import numpy as np
import pytest
from helpers import midi_bytes
from numpy.lib.recfunctions import repack_fields

import rockonet_utils as ru


def test_shape_table_counts_shapes(tmp_path):
    power = [(0, 240, p, 90) for p in (40, 47, 52)] + [(240, 240, p, 90) for p in (45, 52, 57)]
    (tmp_path / "song.mid").write_bytes(midi_bytes([("Rhythm", 30, [*power, (480, 240, 40, 90)])]))
    shapes, counts = ru.build_corpus(tmp_path).shape_table()
    assert shapes.tolist() == [1 + 2**7 + 2**12, 1] and counts.tolist() == [2, 1]


def test_corpus_survives_saving(corpus, tmp_path):
    corpus.save(tmp_path / "corpus.npz")
    again = ru.load_corpus(tmp_path / "corpus.npz")
    np.testing.assert_array_equal(again.events, corpus.events)
    np.testing.assert_array_equal(again.offsets, corpus.offsets)
    assert (again.tracks, again.song_info, again.report) == (
        corpus.tracks,
        corpus.song_info,
        corpus.report,
    )


def test_damaged_and_foreign_corpus_files_are_refused(corpus, tmp_path):
    path = tmp_path / "corpus.npz"
    corpus.save(path)
    whole = path.read_bytes()
    foreign = {"format": 99, "tracks": [], "songs": [], "report": [], "filters": ""}
    np.savez(tmp_path / "format.npz", events=corpus.events, offsets=corpus.offsets,
             about=np.array(json.dumps(foreign)))  # fmt: skip
    np.savez(tmp_path / "foreign.npz", a=np.arange(3))
    np.save(tmp_path / "pickled.npy", np.array([{}], dtype=object), allow_pickle=True)
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.npz").write_text("no")
    (tmp_path / "empty.npz").write_bytes(b"")
    for name in ("format.npz", "foreign.npz", "pickled.npy", "cut.npz", "text.npz", "empty.npz"):
        with pytest.raises(ValueError, match="Build it again"):
            ru.load_corpus(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        ru.load_corpus(tmp_path / "none.npz")


def test_a_corpus_that_does_not_say_how_it_is_played_is_refused_with_the_remedy(corpus, tmp_path):
    corpus.save(tmp_path / "corpus.npz")
    with np.load(tmp_path / "corpus.npz") as stored:
        content = dict(stored)
    old = [name for name in ru.EVENT.names if name not in ("technique", "bend", "bent")]
    content["events"] = repack_fields(content["events"][old])
    told = json.loads(content["about"].tobytes())
    for about in (told | {"format": 3}, told):
        content["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
        np.savez(tmp_path / "old.npz", **content)
        with pytest.raises(ValueError, match=r"Build it again with ru\.build_corpus\(folder\)"):
            ru.load_corpus(tmp_path / "old.npz")


def test_chords_are_sorted_names(corpus):
    names, codes = corpus.chords()
    assert names == sorted(names)
    assert [names[code] for code in codes[:4]] == ["E3", "G3", "A3", "B3"]


def test_select_renumbers_songs(corpus):
    part = corpus.select([1])
    assert part.songs == ["one copy"] and [t.song for t in part.tracks] == [0]
    np.testing.assert_array_equal(part.events, corpus.track_events(1))
