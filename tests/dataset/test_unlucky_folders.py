"""A folder, a zip or a cache that is damaged, strange or shared: nothing is lost, all is named."""

import os
import random
import shutil
import subprocess
import sys
import warnings
import zipfile

import joblib
import pytest
from helpers import melody, midi_bytes, same_corpus

import rockonet_utils as ru
from rockonet.common.errors import Remark
from rockonet.dataset import build


def test_a_damaged_cache_is_named_and_the_songs_are_read_again(folder, tmp_path, files_read):
    cache = tmp_path / "corpus.npz"
    right = ru.build_corpus(folder, cache=cache)
    whole, rng = cache.read_bytes(), random.Random(4)
    said = 0
    for _ in range(40):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        cache.write_bytes(damaged)
        del files_read[:]
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            assert same_corpus(ru.build_corpus(folder, cache=cache), right)
        texts = [str(one.message) for one in warned]
        assert len(texts) <= 1 and len(files_read) == 4 * len(texts)
        for text in texts:
            assert text.startswith(f"{cache} is not a corpus, or it is damaged (")
            assert text.endswith("All songs are read again.")
            assert same_corpus(ru.load_corpus(cache), right)  # mended
            said += 1
    assert said > 20
    cache.unlink()
    os.mkfifo(cache)
    with pytest.warns(Remark, match="it is no regular file"):
        assert same_corpus(ru.build_corpus(folder, cache=cache), right)
    assert same_corpus(ru.load_corpus(cache), right)


def test_a_cache_is_of_one_folder_and_one_version_of_the_readers(
    folder, tmp_path, files_read, monkeypatch
):
    cache = tmp_path / "corpus.npz"
    ru.build_corpus(folder, cache=cache)
    shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copy2)
    for change in (lambda: None, lambda: monkeypatch.setattr(build, "_readers", lambda: "new")):
        change()
        del files_read[:]
        ru.build_corpus(tmp_path / "copy", cache=cache)
        assert len(files_read) == 4
        ru.build_corpus(tmp_path / "copy", cache=cache)
        assert len(files_read) == 4


def test_a_cache_that_cannot_be_written_costs_no_songs(folder, tmp_path):
    right = ru.build_corpus(folder)
    (tmp_path / "a file").write_text("")
    with pytest.warns(Remark, match="ROCKONET_OUTPUT.*The songs are here all the same"):
        assert same_corpus(ru.build_corpus(folder, cache=tmp_path / "a file" / "corpus.npz"), right)


def test_what_was_read_before_a_stop_is_kept(folder, tmp_path, files_read, monkeypatch):
    cache = tmp_path / "corpus.npz"
    parse = build.parse_song

    def stop(data, name):
        if name == "one.mid":
            raise KeyboardInterrupt
        return parse(data, name)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(build, "FILES_PER_TASK", 2)
        patch.setattr(build, "parse_song", stop)
        ru.build_corpus(folder, cache=cache)
    assert files_read == ["Two.MID", "deep/one copy.mid"]
    corpus = ru.build_corpus(folder, cache=cache)
    assert files_read[2:] == ["one.mid", "piano.mid"]
    assert same_corpus(corpus, ru.build_corpus(folder))


def test_threads_and_processes_share_a_cache(folder, tmp_path):
    cache = tmp_path / "corpus.npz"
    right = ru.build_corpus(folder)

    def use(_):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            corpora = []
            for _ in range(8):
                corpora.append(ru.build_corpus(folder, cache=cache))
                cache.unlink(missing_ok=True)
        return all(same_corpus(corpus, right) for corpus in corpora)

    assert all(joblib.Parallel(4, backend="threading")(joblib.delayed(use)(i) for i in range(4)))
    script = (
        "import sys, warnings, rockonet_utils as ru; warnings.simplefilter('error')\n"
        "for _ in range(15): c = ru.build_corpus(sys.argv[1], cache=sys.argv[2])\n"
        "print(c.fingerprint())"
    )
    command = [sys.executable, "-c", script, folder, cache]
    others = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for _ in range(15):
        cache.unlink(missing_ok=True)
        ru.build_corpus(folder, cache=cache)
    assert [other.communicate()[0].strip() for other in others] == [right.fingerprint()] * 2
    assert list(tmp_path.iterdir()) == [folder, cache] or set(tmp_path.iterdir()) == {folder, cache}


@pytest.mark.timeout(20)
def test_pipes_devices_and_names_that_are_no_text_stop_nothing(folder, tmp_path):
    right = ru.build_corpus(folder)
    song = folder / "piano.mid"
    os.mkfifo(folder / "pipe.mid")
    (folder / "endless.mid").symlink_to("/dev/zero")
    name = os.fsdecode(b"caf\xe9 \xff.mid")
    (folder / name).write_bytes(midi_bytes([melody([60, 62, 65, 67] * 5)]))
    cache = tmp_path / "corpus.npz"
    for _ in range(2):
        corpus = ru.build_corpus(folder, cache=cache)
        assert corpus.songs == ["Two", "caf\ufffd \ufffd", "one copy"]
        rows = {row.path: row for row in corpus.report}
        assert rows["pipe.mid"].reason == "cannot be opened (it is no regular file)"
        assert rows["endless.mid"].reason == rows["pipe.mid"].reason
        assert rows[name].status == "kept" and corpus.song_info[1].path == name
        assert corpus.n_events == right.n_events + 20
    ru.report_table(corpus).data.encode()
    assert sum(len(part.songs) for part in ru.split_by_song(corpus)) == 3
    excerpt = ru.random_excerpt(corpus.select([1]), 4)
    assert all(path.is_file() for path in excerpt.save(tmp_path / "riffs", [".mid", ".musicxml"]))
    strange = tmp_path / os.fsdecode(b"songs \xff")
    shutil.copytree(
        folder.parent / "songs", strange, ignore=shutil.ignore_patterns("pipe*", "end*")
    )
    settings = ru.settings("quick", strange)
    assert ru.build_corpus(settings.folder).songs == corpus.songs and song.exists()
    settings = settings.replace(output=tmp_path / settings.output.name)
    assert build.corpus_for(settings).songs == corpus.songs
    with pytest.raises(FileNotFoundError) as refused:
        ru.build_corpus(tmp_path / os.fsdecode(b"no\xff"))
    str(refused.value).encode()


PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_damaged_entry_of_a_zip_costs_that_entry_alone(tmp_path, packing):
    rng, path = random.Random(packing), tmp_path / "songs.zip"
    songs = {f"{i}.mid": midi_bytes([melody([40 + i, 43, 45, 47 + i] * 9)]) for i in range(3)}
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in songs.items():
            archive.writestr(name, content)
        begin, end = (archive.getinfo(f"{i}.mid").header_offset for i in (1, 2))
    whole = path.read_bytes()
    assert ru.build_corpus(path).songs == ["0", "1", "2"]
    lost = 0
    for _ in range(25):
        damaged = bytearray(whole)
        damaged[rng.randrange(begin, end)] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        corpus = ru.build_corpus(path)
        if corpus.songs != ["0", "1", "2"]:
            assert corpus.songs == ["0", "2"]
            assert corpus.report[1].status == "unreadable"
            assert corpus.report[1].reason.startswith("cannot be unpacked (")
            lost += 1
    assert lost > 12
    path.write_bytes(whole[: end + 20])
    with pytest.raises(ValueError, match="songs.zip is not a .zip of songs, or it is damaged"):
        ru.build_corpus(path)


def test_folders_in_a_zip_are_no_songs(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        archive.mkdir("a folder.mid")
        archive.write(folder / "Two.MID", "a folder.mid/Two.MID")
    assert [row.path for row in ru.build_corpus(tmp_path / "songs.zip").report] == [
        "a folder.mid/Two.MID"
    ]
    os.mkfifo(tmp_path / "pipe.zip")
    with pytest.raises(FileNotFoundError, match="neither a folder nor"):
        ru.build_corpus(tmp_path / "pipe.zip")
