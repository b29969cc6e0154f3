"""Files are written whole."""

import pytest

from rockonet.common.files import atomic_write


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "result.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
