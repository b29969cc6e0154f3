"""What was saved is opened by one function, which says what is wrong with it."""

import io
import os
import random
import struct
import subprocess
import sys
import warnings
import zipfile
import zlib

import numpy as np
import pytest
from helpers import with_cut_list

from rockonet.common.saved import (
    fingerprint,
    open_arrays,
    open_zip,
    read_at_most,
    read_csv,
    read_json,
    reading,
    unpacked,
    write_csv,
    write_json,
)

HEADER = ["song", "notes"]


def table(path):
    with reading(path, "a table", "Make it again.") as file:
        return read_csv(file, HEADER)


def arrays(path):
    with reading(path, "a table", "Make it again.") as file, open_arrays(file) as stored:
        return {name: stored[name] for name in stored.files}


def test_tables_are_written_whole_with_a_check_sum(tmp_path):
    path = tmp_path / "table.csv"
    write_csv(path, HEADER, [["Angie", 1200], ["a, b", 7]])
    header, *rows = path.read_bytes().split(b"\n")
    assert header == b"song,notes,check" and rows[-1] == b""
    assert [row[:-17] for row in rows[:-1]] == [b"Angie,1200", b'"a, b",7']
    assert table(path) == [
        {"song": "Angie", "notes": "1200"},
        {"song": "a, b", "notes": "7"},
    ]
    with pytest.raises(ZeroDivisionError):
        write_csv(path, ["song"], ([1 / n] for n in (1, 0)))
    assert len(table(path)) == 2
    path.write_text("song,notes\nAngie,1200\n")  # as of version 0.2
    assert table(path) == [{"song": "Angie", "notes": "1200"}]


def test_a_table_that_was_changed_is_never_read(tmp_path):
    path = tmp_path / "table.csv"
    write_csv(path, HEADER, [[f"song {i}", i * 1.5] for i in range(20)])
    whole, right = path.read_bytes(), table(path)
    changed = [
        whole.replace(b"28.5", b"29.5"),
        b"\n".join(whole.split(b"\n")[:-2]) + b"\n",  # without its last line
        whole.replace(b"check", b"chuck"),
        whole.replace(b"song 3", b"song 4"),
        whole + b"\x00",
        b"\xff\xfe",
        b"",
    ]
    rng = random.Random(0)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(rng.choice([1, 1, 3])):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        changed.append(bytes(damaged[: rng.choice([len(damaged), rng.randrange(len(damaged))])]))
    refused = 0
    for content in changed:
        path.write_bytes(content)
        try:
            assert table(path) == right  # such as with the line ends of another system
        except ValueError as error:
            assert str(error).startswith(f"{path} is not a table, or it is damaged (")
            assert str(error).endswith("). Make it again.")
            refused += 1
    assert refused > 390


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
    with pytest.raises(FileNotFoundError if content is None else ValueError) as refused:
        arrays(path)
    assert said.replace("FILE", str(path)) in str(refused.value)


def test_json_that_was_changed_is_never_read(tmp_path):
    path, told = tmp_path / "riff.json", {"title": "岩 ♭", "events": [40, 43, 45], "tempo_bpm": 0.1}
    write_json(path, told)

    def read():
        with reading(path, "a riff", "Save it again.") as file:
            return read_json(file, 1_000)

    assert read() == told
    whole, rng, refused = path.read_bytes(), random.Random(6), 0
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged[: rng.choice([len(damaged), rng.randrange(len(damaged))])])
        try:
            assert read() == told  # such as with a letter of its number in capitals
        except ValueError as error:
            assert "is not a riff, or it is damaged (" in str(error)
            refused += 1
    assert refused > 280
    write_json(path, {"title": "a" * 1_000})
    with pytest.raises(ValueError, match="more than 1,000 bytes"):
        read()


def test_only_archives_of_arrays_are_opened(tmp_path):
    np.savez(tmp_path / "good.npz", a=np.arange(3))
    assert arrays(tmp_path / "good.npz")["a"].tolist() == [0, 1, 2]
    np.save(tmp_path / "pickled.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "pickled.npz", a=np.array([{}], dtype=object))
    for name in ("pickled.npy", "pickled.npz"):
        with pytest.raises(ValueError, match="is not a table"):
            arrays(tmp_path / name)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_damaged_arrays_are_refused_or_read_right(tmp_path, save):
    path, right = tmp_path / "a.npz", {"a": np.arange(200), "b": np.array("text")}
    save(path, **right)
    whole, rng, refused = path.read_bytes(), random.Random(1), 0
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(rng.choice([1, 1, 4])):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged[: rng.choice([len(damaged)] * 3 + [rng.randrange(len(damaged))])])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a header that is nearly Python
                got = arrays(path)
            assert all(np.array_equal(got[name], right[name]) for name in got)
        except ValueError as error:
            assert "is not a table, or it is damaged (" in str(error)
            refused += 1
    assert refused > 150


@pytest.mark.timeout(10)
def test_only_regular_files_are_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "endless", "folder"):
        with pytest.raises(ValueError, match="is not a table, or it is damaged .it is no regular"):
            table(tmp_path / name)


def bomb(packing, size, said=None):
    """A zip with one member of zeros, which says another size of it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing, compresslevel=9) as archive:
        with archive.open("a.npy", "w") as member:
            for _ in range(size // 10**6):
                member.write(bytes(10**6))
    data = buffer.getvalue()
    if said is not None:
        sizes = struct.pack("<L", size)
        assert data.count(sizes) == 2
        data = data.replace(sizes, struct.pack("<L", said))
        data = data.replace(
            struct.pack("<L", zlib.crc32(bytes(size))), struct.pack("<L", zlib.crc32(bytes(said)))
        )
    return data


PEAK = """
import io, resource, sys, zipfile
from rockonet.common.saved import unpacked
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with zipfile.ZipFile(io.BytesIO(data)) as archive:
    try:
        print(len(unpacked(archive, "a.npy", 8_000_000)))
    except ValueError as error:
        print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("packing", "said", "answer"),
    [
        (zipfile.ZIP_DEFLATED, None, "it has more than 8,000,000 bytes"),
        (zipfile.ZIP_DEFLATED, 1_000, "1000"),
        (zipfile.ZIP_BZIP2, None, "it has more than 8,000,000 bytes"),
    ],
)
def test_a_zip_that_unpacks_to_more_than_allowed_takes_no_memory(packing, said, answer):
    data = bomb(packing, 150 * 10**6, said)
    assert len(data) < 1_000_000
    done = subprocess.run([sys.executable, "-c", PEAK], input=data, capture_output=True)
    reason, peak = done.stdout.decode().splitlines()
    assert answer in reason and int(peak) < 120


def test_what_was_saved_unpacks_to_no_more_than_we_pack(tmp_path):
    for packing, size, reason in (
        (zipfile.ZIP_DEFLATED, 200, "it would unpack to 200 MB"),
        (zipfile.ZIP_BZIP2, 1, "it is packed in an unusual way"),
        (zipfile.ZIP_LZMA, 1, "it is packed in an unusual way"),
    ):
        (tmp_path / "bomb.npz").write_bytes(bomb(packing, size * 10**6))
        with pytest.raises(ValueError, match=reason):
            arrays(tmp_path / "bomb.npz")
    np.savez_compressed(tmp_path / "zeros.npz", a=np.zeros(10**6, np.uint8))
    with open(tmp_path / "zeros.npz", "rb") as file, open_zip(file) as archive:
        assert archive.namelist() == ["a.npy"]


def test_a_list_of_members_that_is_cut_short_is_noticed(tmp_path):
    """Of the second and third nothing is left but what counts as a comment of the first."""
    path = tmp_path / "a.npz"
    np.savez(path, a=np.arange(3), b=np.arange(4), c=np.arange(5))
    path.write_bytes(with_cut_list(path.read_bytes()))
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["a.npy"]
    with pytest.raises(ValueError, match="not all of its members are found"):
        arrays(path)


def test_whatever_a_member_is_packed_with_it_is_unpacked_or_refused(tmp_path):
    content, rng, refused = bytes(range(256)) * 40, random.Random(2), 0
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", packing) as archive:
            archive.writestr("a", content)
        whole = buffer.getvalue()
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            assert unpacked(archive, "a", 10_240) == content
            with pytest.raises(ValueError, match="it has more than 10,239 bytes"):
                unpacked(archive, "a", 10_239)
            with pytest.raises(ValueError, match="cannot be unpacked"):
                unpacked(archive, "b", 10)
        size = whole.index(b"PK\x01\x02")
        for _ in range(60):
            damaged = bytearray(whole)
            damaged[rng.randrange(size)] ^= 1 << rng.randrange(8)
            with zipfile.ZipFile(io.BytesIO(damaged)) as archive:
                try:
                    assert unpacked(archive, "a", 20_000) == content
                except ValueError as error:
                    assert str(error).startswith("cannot be unpacked (")
                    refused += 1
    assert refused > 120


def test_no_more_is_read_than_allowed():
    assert read_at_most(io.BytesIO(bytes(10)), 10) == bytes(10)
    with pytest.raises(ValueError, match="more than 9 bytes"):
        read_at_most(io.BytesIO(bytes(10)), 9)


def test_a_fingerprint_changes_with_any_byte():
    a, b = np.arange(6, dtype=np.int32), np.zeros(0, np.uint8)
    assert fingerprint(a, b) == fingerprint(a.copy(), b) and len(fingerprint(a)) == 16
    assert fingerprint(a[::2]) == fingerprint(a[::2].copy())
    changed = a.copy()
    changed[-1] += 1 << 24
    assert len({fingerprint(a), fingerprint(changed), fingerprint(a, a), fingerprint(a[:-1])}) == 4
