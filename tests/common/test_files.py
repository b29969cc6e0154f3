"""Files are written whole or not at all, and nothing is left behind."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from rockonet.common.errors import Remark
from rockonet.common.files import (
    TEMPORARY,
    NotWritten,
    are_free,
    atomic_write,
    saved_if_possible,
    temporary_beside,
    write_together,
)


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "result.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with atomic_write(path) as temporary:
        temporary.write_text("new")
        assert temporary.suffix == ".txt" and path.read_text() == "old"
    assert path.read_text() == "new" and list(tmp_path.iterdir()) == [path]


def test_what_is_written_has_the_rights_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    with atomic_write(tmp_path / "ours"):
        pass
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_names_may_be_as_long_as_the_file_system_takes(tmp_path):
    for name in ("a" * 251 + ".txt", "岩" * 83 + ".txt"):
        with atomic_write(tmp_path / name) as temporary:
            temporary.write_text("all")
        assert (tmp_path / name).read_text() == "all"
    with (
        pytest.raises(NotWritten, match="File name too long"),
        atomic_write(tmp_path / ("a" * 300)),
    ):
        pass


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.ENOSPC, "No space left on device"), (errno.EROFS, "Read-only")]
)
def test_what_cannot_be_written_is_named_with_the_remedy(tmp_path, number, reason):
    path = tmp_path / "corpus\udcff.npz"
    with pytest.raises(NotWritten) as refused, atomic_write(path):
        raise OSError(number, os.strerror(number))
    said = str(refused.value)
    assert said.startswith(f"{tmp_path}/corpus\ufffd.npz could not be written ({reason}")
    assert "ROCKONET_OUTPUT" in said and refused.value.errno == number
    with pytest.warns(Remark) as warned, saved_if_possible("It is here all the same."):
        raise refused.value
    assert str(warned[0].message) == f"{said} It is here all the same."
    (tmp_path / "a file").write_text("")
    with pytest.raises(NotWritten), atomic_write(tmp_path / "a file" / "below.txt"):
        pass
    assert list(tmp_path.iterdir()) == [tmp_path / "a file"]


FULL = """
import resource, signal, sys
import numpy as np
from rockonet.common.files import NotWritten, atomic_write
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
rng = np.random.default_rng(0)
for save in (np.savez, np.savez_compressed):
    try:
        with atomic_write(sys.argv[1]) as temporary:
            save(temporary, a=rng.integers(0, 255, 99_999, np.uint8), b=np.zeros(9))
    except NotWritten as error:
        print(error)
"""


def test_a_disk_that_is_full_in_the_middle_of_an_array(tmp_path):
    path = tmp_path / "array.npz"
    path.write_text("old")
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True)
    assert done.stdout.count(f"{path} could not be written (File too large). Make room") == 2
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


WAITS = """
import pathlib, sys, time
from rockonet.common.files import temporary_beside
with temporary_beside(pathlib.Path(sys.argv[1], "a.npz")) as one:
    with temporary_beside(pathlib.Path(sys.argv[1], "b"), pathlib.Path.mkdir) as two:
        one.write_text("half"), (two / "half").write_text("half")
        print("ready", flush=True)
        time.sleep(60)
"""


def test_leftovers_of_a_killed_run_are_removed_by_the_next_one(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", WAITS, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    with atomic_write(tmp_path / "mine.txt"):
        pass
    assert len(list(tmp_path.glob(f"{TEMPORARY}*"))) == 2  # they are in use
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(list(tmp_path.iterdir())) == 3
    with atomic_write(tmp_path / "mine.txt"):
        pass
    assert list(tmp_path.iterdir()) == [tmp_path / "mine.txt"]


def test_threads_that_write_the_same_file_do_not_meet(tmp_path):
    path, failed = tmp_path / "one.txt", []

    def write(number):
        try:
            for _ in range(20):
                with atomic_write(path) as temporary:
                    temporary.write_text(str(number) * 5_000)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and len(path.read_text()) == 5_000 and len(set(path.read_text())) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_several_files_are_written_together_or_none(tmp_path, monkeypatch):
    contents = {tmp_path / "new" / name: name.encode() * 3 for name in "abc"}
    write_together(contents)
    assert {path: path.read_bytes() for path in (tmp_path / "new").iterdir()} == contents
    assert are_free(contents) and not are_free({tmp_path / "new" / "a": b"other"})
    for path in contents:
        path.unlink()
    replace = os.replace
    for stop in (KeyboardInterrupt, OSError(errno.EIO, "Input/output error")):
        done = []

        def put(*paths, stop=stop, done=done):
            if len(done) == 2:
                raise stop
            done.append(paths)
            replace(*paths)

        monkeypatch.setattr(os, "replace", put)
        with pytest.raises((KeyboardInterrupt, NotWritten)):
            write_together(contents)
        assert len(done) == 2 and list((tmp_path / "new").iterdir()) == []


def test_a_temporary_folder_is_gone_afterwards(tmp_path):
    with temporary_beside(tmp_path / "rock", Path.mkdir) as folder:
        np.save(folder / "a.npy", np.arange(3))
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []
