"""Section 5: the rock archive, served in GitHub's layout by a server on this machine."""

import csv
import errno
import hashlib
import http.server
import io
import threading
import zipfile
from pathlib import Path

import pytest
from helpers import melody, midi_bytes

import rockonet_utils as ru
from rockonet.common import settings
from rockonet.dataset import download

SONGS = {f"midi/{p}/song {p}.MID": midi_bytes([melody([40 + p, 50])]) for p in range(5)}


def zip_of(songs, top="Rock-o-net-589b26f/"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(top + "README.md", "not music")
        for name, content in songs.items():
            archive.writestr(top + name, content)
    return buffer.getvalue()


class Server(http.server.ThreadingHTTPServer):
    """Answers every request with `status` and `body`, and claims that `missing` bytes follow."""

    body, status, missing, requests = b"", 200, 0, 0


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body) + self.server.missing))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        server.url = f"http://127.0.0.1:{server.server_port}/archive.zip"
        server.body = zip_of(SONGS)
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def data(tmp_path, monkeypatch):
    """The data folder of a project whose manifest lists SONGS."""
    folder = tmp_path / "data"
    folder.mkdir()
    with open(folder / "rock_manifest.csv", "w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["path", "bytes", "sha256"])
        for name, content in SONGS.items():
            writer.writerow([name, len(content), hashlib.sha256(content).hexdigest()])
    for module in (download, settings):
        monkeypatch.setattr(module, "project_folder", lambda: tmp_path)
    return folder


def left_behind(data):
    return [path.name for path in data.iterdir() if path.name != "rock_manifest.csv"]


def test_the_archive_is_fetched_checked_and_found_again(server, data, capsys):
    assert ru.download_rock_archive(server.url) == data / "rock"
    assert "not to be passed on" in capsys.readouterr().out
    found = {p.relative_to(data / "rock").as_posix(): p.read_bytes() for p in ru.midi_files(data)}
    assert found == SONGS and left_behind(data) == ["rock"]
    assert ru.build_corpus(ru.settings(data="rock").folder).n_events == 10
    ru.download_rock_archive(server.url)
    assert "already" in capsys.readouterr().out and server.requests == 1


def test_a_zip_put_in_place_by_hand_needs_no_network(data):
    (data / "rock.zip").write_bytes(zip_of(SONGS, top="any name/"))
    ru.download_rock_archive("http://127.0.0.1:9/nothing")
    assert (data / "rock" / "midi/3/song 3.MID").read_bytes() == SONGS["midi/3/song 3.MID"]
    assert (data / "rock.zip").exists()


def test_a_wrong_zip_put_in_place_by_hand_is_not_deleted(data):
    (data / "rock.zip").write_bytes(b"no zip")
    with pytest.raises(ValueError, match="Delete it"):
        ru.download_rock_archive("http://127.0.0.1:9/nothing")
    assert left_behind(data) == ["rock.zip"]


first = next(iter(SONGS))
WRONG = {
    "cut off": (zip_of(SONGS)[:-100], "damaged"),
    "no zip": (b"<html>Sign in to the hotel Wi-Fi</html>", "not the archive"),
    "a song is missing": (zip_of(dict(list(SONGS.items())[1:])), "is not in it"),
    "another size": (zip_of(SONGS | {first: b"MThd"}), "4 bytes instead of"),
    "another content": (zip_of(SONGS | {first: bytes(len(SONGS[first]))}), "another content"),
    "damaged inside": (zip_of(SONGS).replace(b"MTrk", b"MTrl"), "damaged"),
}


@pytest.mark.parametrize("body, message", WRONG.values(), ids=WRONG)
def test_a_wrong_download_leaves_nothing(server, data, body, message):
    server.body = body
    with pytest.raises(ValueError, match=message) as raised:
        ru.download_rock_archive(server.url)
    assert "run this again" in str(raised.value) and server.url in str(raised.value)
    assert left_behind(data) == []


def test_no_network_no_file_and_a_broken_connection(server, data):
    for status, missing, url in (
        (200, 0, "http://127.0.0.1:9/nothing"),
        (404, 0, server.url),
        (200, 1000, server.url),
    ):
        server.status, server.missing = status, missing
        with pytest.raises(ConnectionError, match="Check the network") as raised:
            ru.download_rock_archive(url)
        assert str(data / "rock.zip") in str(raised.value)
        assert left_behind(data) == []


@pytest.mark.parametrize("when", ["while downloading", "while unpacking"])
def test_a_full_disk_leaves_nothing(server, data, monkeypatch, when):
    def full(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    if when == "while unpacking":
        monkeypatch.setattr(Path, "write_bytes", full)
    else:
        monkeypatch.setattr("shutil.move", full)  # what pooch puts the download in place with
    with pytest.raises(OSError, match="No space left"):
        ru.download_rock_archive(server.url)
    assert left_behind(data) == []


def test_a_folder_with_other_content_is_left_alone(server, data):
    (data / "rock").mkdir()
    (data / "rock" / "mine.mid").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="5 of its 5 songs.*Move the folder away"):
        ru.download_rock_archive(server.url)
    assert (data / "rock" / "mine.mid").read_bytes() == b"mine" and server.requests == 0


def test_settings_say_how_to_get_the_archive(data):
    with pytest.raises(FileNotFoundError, match="download_rock_archive"):
        ru.settings(data="rock")


def test_the_shipped_manifest_is_that_of_the_whole_archive():
    project = download.project_folder()
    with open(project / "data" / "rock_manifest.csv", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len({row["path"].lower() for row in rows}) == 1546
    assert sum(row["path"].endswith(".MID") for row in rows) == 88
    assert all(row["path"].startswith("midi/") and ".." not in row["path"] for row in rows)
    assert all(len(bytes.fromhex(row["sha256"])) == 32 for row in rows)
