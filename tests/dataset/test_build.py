"""A folder becomes a corpus: what is read, what is kept, what comes from the cache."""

import io
import tracemalloc
import warnings
import zipfile

import joblib
import numpy as np
import pytest
from helpers import melody, midi_bytes, same_corpus, with_cut_list

import rockonet_utils as ru
from rockonet.common.errors import Remark
from rockonet.dataset import build


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


def test_track_names_are_an_argument(folder):
    corpus = ru.build_corpus(folder, programs=(), track_names="lead")
    assert {t.program for t in corpus.tracks} == {0, 26, 30}


def test_only_what_changed_is_read_again(folder, tmp_path, files_read):
    cache = tmp_path / "corpus.npz"

    def built(**options):
        del files_read[:]
        corpus = ru.build_corpus(folder, cache=cache, **options)
        names = files_read[:]
        assert same_corpus(corpus, ru.build_corpus(folder, **options))
        assert same_corpus(corpus, ru.load_corpus(cache))
        return names

    def write(name, pitches):
        (folder / name).write_bytes(midi_bytes([melody(pitches)]))

    assert len(built()) == 4
    assert built() == []
    write("new.mid", [60, 62, 64])
    assert built() == ["new.mid"]
    write("new.mid", [60, 62, 64, 65])  # another size
    assert built() == ["new.mid"]
    (folder / "new.mid").unlink()
    assert built() == []
    (folder / "deep" / "one copy.mid").unlink()  # one.mid was left out because of it
    assert built() == ["one.mid"]
    write("a first.mid", [40, 43, 45, 40, 43, 46, 45, 40] * 4)  # now one.mid repeats this one
    assert built() == ["a first.mid"]
    assert sorted(built(programs=[26])) == ["Two.MID", "a first.mid", "one.mid", "piano.mid"]
    cache.write_bytes(cache.read_bytes()[:-50])  # damaged: built anew
    with pytest.warns(Remark, match="corpus.npz is not a corpus.*All songs are read again"):
        assert len(built(programs=[26])) == 4


def test_a_zip_is_cached_too(folder, tmp_path, files_read):
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        for path in folder.glob("*.*"):
            archive.write(path, path.name)
    first = ru.build_corpus(tmp_path / "songs.zip", cache=tmp_path / "corpus.npz")
    assert len(files_read) == 3
    assert same_corpus(
        first, ru.build_corpus(tmp_path / "songs.zip", cache=tmp_path / "corpus.npz")
    )
    assert len(files_read) == 3


@pytest.fixture
def many(tmp_path):
    """A folder of more files than one task reads."""
    rng = np.random.default_rng(3)
    for i in range(ru.FILES_PER_TASK + 50):
        (tmp_path / f"{i:03}.mid").write_bytes(
            midi_bytes([melody(rng.integers(40, 80, 9).tolist())])
        )
    (tmp_path / "010.mid").write_bytes(b"no music")
    return tmp_path


def test_processes_and_a_dask_cluster_read_the_same(many):
    distributed = pytest.importorskip("distributed")
    alone = ru.build_corpus(many, n_jobs=1)
    assert len(alone.songs) == ru.FILES_PER_TASK + 49
    assert same_corpus(ru.build_corpus(many, n_jobs=2), alone)
    with (
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        joblib.parallel_config(backend="dask"),
    ):
        assert same_corpus(ru.build_corpus(many, n_jobs=None), alone)
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


def test_songs_that_a_zip_does_not_list_or_lists_by_one_name_are_not_lost_in_silence(tmp_path):
    songs = {name: midi_bytes([melody(40 + np.arange(8) * k)]) for k, name in enumerate("abc", 1)}

    def built(names, change=bytes):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a name that is there already
            for name in names:
                archive.writestr(f"{names[0]}.mid" if name == "c" else f"{name}.mid", songs[name])
        (tmp_path / "songs.zip").write_bytes(change(buffer.getvalue()))
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            corpus = ru.build_corpus(tmp_path / "songs.zip")
        assert all(remark.filename == __file__ for remark in said)
        return corpus.songs, [str(remark.message) for remark in said]

    assert built("ab") == (["a", "b"], [])
    assert built("ab", lambda zipped: zipped[:-2] + b"\4\0pack") == (["a", "b"], [])  # a comment
    assert built("ab", with_cut_list) == (
        ["a"],
        [
            "songs.zip: 1 of its files cannot be found, its list is damaged. "
            "Copy or download it again."
        ],
    )
    assert built("abc") == (
        ["a", "b"],
        ["songs.zip: 1 of its songs have the name of another, and are left out."],
    )


def test_a_folder_without_a_guitar_says_what_to_do(folder, tmp_path):
    with pytest.raises(ValueError, match="programs"):
        ru.build_corpus(folder, programs=[31])
    with pytest.raises(ValueError, match=r"write \[30\], not 30"):
        ru.build_corpus(folder, programs=30)
    with pytest.raises(FileNotFoundError, match="neither a folder nor"):
        ru.build_corpus(tmp_path / "nowhere")


def test_songs_are_gathered_without_copies_and_what_repeats_takes_no_memory():
    """A tenth more than the table of events at most, whoever looks."""
    growing, per_file = build.GrowingTable(), 20_000
    tracemalloc.start()
    for number in range(150):
        events = np.full(per_file, number % 100, ru.EVENT)  # every third repeats another
        row = ru.FileReport(f"{number}.mid", "kept", "", per_file, "", f"mark {number % 100}")
        song = ru.Song(str(number), row.path, 120.0, (4, 4))
        growing.add(build.FileContent(row, song, [("Lead", 30, per_file)], events))
    corpus = growing.corpus("")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert corpus.n_events == 100 * per_file and len(corpus.report) == 150
    assert (corpus.events["bass"] == np.repeat(np.arange(100), per_file)).all()
    assert corpus.events.nbytes < peak < 1.15 * corpus.events.nbytes + 2 * events.nbytes
