"""Section 5: the corpus."""

import json
import zipfile

import joblib
import numpy as np
import pytest
from conftest import melody, midi_bytes

import rockonet_utils as ru
from rockonet.dataset import build


def test_events_worked_out_by_hand():
    notes = {
        "track": np.array([0, 0, 0, 0, 1]),
        "onset": np.array([6, 6, 6, 18, 0]),
        "duration": np.array([3, 12, 6, 6, 1]),
        "pitch": np.array([40, 47, 52, 43, 60]),
        "velocity": np.array([80, 100, 90, 70, 64]),
    }
    events, track = ru.events_from_notes(notes)
    assert track.tolist() == [0, 0, 1]
    assert events["bass"].tolist() == [40, 43, 60]
    assert events["shape"].tolist() == [1 + 2**7 + 2**12, 1, 1]  # a power chord, then single notes
    assert events["step"].tolist() == [6, 12, 0]
    assert events["duration"].tolist() == [12, 6, 1]
    assert events["velocity"].tolist() == [100, 70, 64]
    assert [ru.event_pitches(event) for event in events] == [(40, 47, 52), (43,), (60,)]


def test_notes_and_events_are_inverse():
    rng = np.random.default_rng(1)
    onset = np.repeat(np.cumsum(rng.integers(1, 9, 200)), 3)
    pitch = np.sort(rng.permuted(np.tile(np.arange(40, 80), (200, 1)), axis=1)[:, :3], axis=1)
    notes = {
        "track": np.zeros(600, int),
        "onset": onset,
        "duration": np.ones(600, int),
        "pitch": pitch.ravel(),
        "velocity": np.repeat(rng.integers(1, 128, 200), 3),
    }
    events, _ = ru.events_from_notes(notes)
    back = ru.notes_from_events(events)
    for name in notes:
        np.testing.assert_array_equal(back[name], notes[name])


def test_a_note_struck_again_ends_the_one_before():
    events = np.zeros(2, ru.EVENT)
    events["bass"], events["shape"], events["step"], events["duration"] = 40, 1, (0, 6), 24
    assert ru.notes_from_events(events)["duration"].tolist() == [6, 24]


def test_build_corpus_keeps_guitars_and_reports_every_file(folder):
    (folder / "broken.mid").write_bytes(b"no music")
    (folder / "cut.mid").write_bytes(midi_bytes([melody([47, 48, 49])])[:-3])
    (folder / "link.mid").symlink_to("nowhere")
    (folder / "empty.mid").mkdir()
    corpus = ru.build_corpus(folder)
    assert corpus.songs == ["Two", "cut", "one copy"]  # one.mid repeats deep/one copy.mid
    assert [t.program for t in corpus.tracks] == [26, 30, 30]
    report = {row.path: (row.status, row.notes) for row in corpus.report}
    assert report == {
        "Two.MID": ("kept", 24),
        "broken.mid": ("unreadable", 0),
        "cut.mid": ("kept", 3),
        "deep/one copy.mid": ("kept", 32),
        "link.mid": ("unreadable", 0),
        "one.mid": ("skipped", 0),
        "piano.mid": ("skipped", 0),
    }
    assert corpus.n_events == 24 + 3 + 32
    assert corpus.track_events(0)["bass"].tolist() == [52, 55, 57, 59] * 6
    table = ru.report_table(corpus).data
    assert "no guitar" in table and "cut off" in table and "cannot be opened" in table


def test_shape_table_counts_shapes(tmp_path):
    power = [(0, 240, p, 90) for p in (40, 47, 52)] + [(240, 240, p, 90) for p in (45, 52, 57)]
    (tmp_path / "song.mid").write_bytes(midi_bytes([("Rhythm", 30, [*power, (480, 240, 40, 90)])]))
    shapes, counts = ru.build_corpus(tmp_path).shape_table()
    assert shapes.tolist() == [1 + 2**7 + 2**12, 1] and counts.tolist() == [2, 1]


def test_track_names_are_an_argument(folder):
    corpus = ru.build_corpus(folder, programs=(), track_names="lead")
    assert {t.program for t in corpus.tracks} == {0, 26, 30}


@pytest.fixture
def files_read(monkeypatch):
    """The names of the files that were read, as a list that grows."""
    names, parse = [], build.parse_midi
    monkeypatch.setattr(
        build, "parse_midi", lambda data, name: names.append(name) or parse(data, name)
    )
    return names


def same(a, b):
    """Whether two corpora are equal in everything."""
    return all(
        np.array_equal(x, y) if isinstance(x, np.ndarray) else x == y
        for x, y in ((getattr(a, f), getattr(b, f)) for f in a.__dataclass_fields__)
    )


def test_only_what_changed_is_read_again(folder, tmp_path, files_read):
    cache = tmp_path / "corpus.npz"

    def build(**options):
        del files_read[:]
        corpus = ru.build_corpus(folder, cache=cache, **options)
        names = files_read[:]
        assert same(corpus, ru.build_corpus(folder, **options))
        assert same(corpus, ru.load_corpus(cache))
        return names

    def write(name, pitches):
        (folder / name).write_bytes(midi_bytes([melody(pitches)]))

    assert len(build()) == 4
    assert build() == []
    write("new.mid", [60, 62, 64])
    assert build() == ["new.mid"]
    write("new.mid", [60, 62, 64, 65])  # another size
    assert build() == ["new.mid"]
    (folder / "new.mid").unlink()
    assert build() == []
    (folder / "deep" / "one copy.mid").unlink()  # one.mid was left out because of it
    assert build() == ["one.mid"]
    write("a first.mid", [40, 43, 45, 40, 43, 46, 45, 40] * 4)  # now one.mid repeats this one
    assert build() == ["a first.mid"]
    assert sorted(build(programs=[26])) == ["Two.MID", "a first.mid", "one.mid", "piano.mid"]
    cache.write_bytes(cache.read_bytes()[:-50])  # damaged: built anew
    assert len(build(programs=[26])) == 4


def test_a_zip_is_cached_too(folder, tmp_path, files_read):
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        for path in folder.glob("*.*"):
            archive.write(path, path.name)
    first = ru.build_corpus(tmp_path / "songs.zip", cache=tmp_path / "corpus.npz")
    assert len(files_read) == 3
    assert same(first, ru.build_corpus(tmp_path / "songs.zip", cache=tmp_path / "corpus.npz"))
    assert len(files_read) == 3


@pytest.fixture
def many(tmp_path):
    """A folder of more files than one task reads."""
    rng = np.random.default_rng(3)
    for i in range(ru.FILES_PER_TASK + 50):
        (tmp_path / f"{i:03}.mid").write_bytes(
            midi_bytes([melody(rng.integers(40, 80, 9).tolist())])
        )
    (tmp_path / "100.mid").write_bytes(b"no music")
    return tmp_path


def test_processes_and_a_dask_cluster_read_the_same(many):
    distributed = pytest.importorskip("distributed")
    alone = ru.build_corpus(many, n_jobs=1)
    assert len(alone.songs) == ru.FILES_PER_TASK + 49
    assert same(ru.build_corpus(many, n_jobs=2), alone)
    with (
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        joblib.parallel_config(backend="dask"),
    ):
        assert same(ru.build_corpus(many, n_jobs=None), alone)
        done = client.run(lambda dask_worker: dask_worker.state.executed_count)
    assert len(done) == 2 and sum(done.values()) >= 2  # the workers read, not this process


def test_repeated_tracks_of_a_song_are_kept_once(tmp_path):
    twice = [melody([40, 43, 45]), melody([40, 43, 45], program=29), melody([40, 43, 46])]
    (tmp_path / "song.mid").write_bytes(midi_bytes(twice))
    assert [t.program for t in ru.build_corpus(tmp_path).tracks] == [30, 30]


def test_tempo_and_meter_are_kept(tmp_path):
    (tmp_path / "waltz.mid").write_bytes(midi_bytes([melody([40])], tempo_bpm=96, meter=(3, 4)))
    (song,) = ru.build_corpus(tmp_path).song_info
    assert (song.tempo_bpm, song.meter) == (96.0, (3, 4))


def test_a_zip_gives_the_same_corpus_as_its_folder(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        for path in folder.rglob("*.*"):
            archive.write(path, path.relative_to(folder).as_posix())
        archive.writestr("../../escape.mid", midi_bytes([melody([70, 71])]))
    before = sorted(tmp_path.rglob("*"))
    zipped = ru.build_corpus(tmp_path / "songs.zip")
    plain = ru.build_corpus(folder)
    assert sorted(tmp_path.rglob("*")) == before  # nothing was unpacked
    assert zipped.songs == ["escape", *plain.songs]
    np.testing.assert_array_equal(zipped.events[2:], plain.events)


def test_a_folder_without_a_guitar_says_what_to_do(folder, tmp_path):
    with pytest.raises(ValueError, match="programs"):
        ru.build_corpus(folder, programs=[31])
    with pytest.raises(ValueError, match=r"write \[30\], not 30"):
        ru.build_corpus(folder, programs=30)
    with pytest.raises(FileNotFoundError, match="neither a folder nor"):
        ru.build_corpus(tmp_path / "nowhere")


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


def test_chords_are_sorted_names(corpus):
    names, codes = corpus.chords()
    assert names == sorted(names)
    assert [names[code] for code in codes[:4]] == ["E3", "G3", "A3", "B3"]


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Angie", "angie"),
        ("Angie_2", "angie"),
        ("angie (live)", "angie"),
        ("ANGIE [v2]", "angie"),
        ("Angie live", "angie"),
        ("1979", "1979"),
        ("Summer of 69", "summer of"),
        ("...", "..."),
    ],
)
def test_variants_share_a_key(title, key):
    assert ru.song_key(title) == key


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


def test_split_keeps_variants_together_and_is_stable():
    titles = [
        f"{name} {kind}" for name in map(str, range(1000, 1300)) for kind in ("x", "x (live)")
    ]
    parts = ru.split_by_song(titled(*titles))
    keys = [{ru.song_key(title) for title in part.songs} for part in parts]
    assert sum(map(len, keys)) == len(set.union(*keys)) == 300
    assert [round(len(k) / 300, 1) for k in keys] == [0.8, 0.1, 0.1]
    assert sum(part.n_events for part in parts) == 600
    more = ru.split_by_song(titled(*titles, "another song", "and another"))
    for before, after in zip(parts, more, strict=True):
        assert set(before.songs) <= set(after.songs)
    assert ru.split_by_song(titled(*titles), seed=1)[2].songs != parts[2].songs


def test_split_leaves_no_side_empty_in_a_small_folder():
    for n in range(3, 12):
        parts = ru.split_by_song(titled(*(f"song {chr(97 + i)}" for i in range(n))))
        assert all(part.songs for part in parts)
        assert sum(len(part.songs) for part in parts) == n


def test_split_of_too_few_songs_says_so():
    with pytest.raises(ValueError, match="only 2 titles.*add songs"):
        ru.split_by_song(titled("one", "two", "two (live)"))


def test_select_renumbers_songs(corpus):
    part = corpus.select([1])
    assert part.songs == ["one copy"] and [t.song for t in part.tracks] == [0]
    np.testing.assert_array_equal(part.events, corpus.track_events(1))
