"""What tests of reading folders share."""

import pytest

from rockonet.dataset import build


@pytest.fixture
def files_read(monkeypatch):
    """The names of the files that were read, as a list that grows."""
    names, parse = [], build.parse_song
    monkeypatch.setattr(
        build, "parse_song", lambda data, name: names.append(name) or parse(data, name)
    )
    return names
