"""Files are written whole, and what cannot be read is named with its remedy."""

import zipfile

import numpy as np
import pytest

from rockonet.common.files import atomic_write, open_arrays, reading, write_csv


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "result.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_tables_are_written_whole(tmp_path):
    write_csv(tmp_path / "table.csv", ["song", "notes"], [["Angie", 1200], ["a, b", 7]])
    assert (tmp_path / "table.csv").read_bytes() == b'song,notes\nAngie,1200\n"a, b",7\n'
    with pytest.raises(ZeroDivisionError):
        write_csv(tmp_path / "table.csv", ["song"], ([1 / n] for n in (1, 0)))
    assert (tmp_path / "table.csv").read_text().startswith("song,notes")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no FILE; it should be a table. Make it again."),
        (b"", "FILE is not a table, or it is damaged (File is not a zip file). Make it again."),
        (b"pickled", "FILE is not a table, or it is damaged (File is not a zip file)."),
    ],
)
def test_what_cannot_be_read_is_named_with_its_remedy(tmp_path, content, said):
    path = tmp_path / "table.npz"
    if content is not None:
        path.write_bytes(content)
    kind = FileNotFoundError if content is None else ValueError
    with pytest.raises(kind) as refused, reading(path, "a table", "Make it again."):
        open_arrays(path)
    assert said.replace("FILE", str(path)) in str(refused.value)


def test_only_archives_of_arrays_are_opened(tmp_path):
    np.savez(tmp_path / "good.npz", a=np.arange(3))
    with open_arrays(tmp_path / "good.npz") as stored:
        assert stored["a"].tolist() == [0, 1, 2]
    np.save(tmp_path / "pickled.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(zipfile.BadZipFile):
        open_arrays(tmp_path / "pickled.npy")
