"""The container of Guitar Pro 6: a compressed file system with a score in it."""

from __future__ import annotations

from rockonet.explore.gpif_reader import MAX_SCORE_BYTES

SECTOR = 0x1000  # bytes
# Where in the sector of a file's entry its name, its size and the numbers of its sectors stand.
KIND_OF_FILE, NAME, SIZE, SECTORS = 2, 0x04, 0x8C, 0x94


def contained_score(data: bytes) -> bytes:
    """The XML in a ``.gpx`` file.

    Raises: ValueError with the reason.
    Source: the compression is described in the documentation of the Power Tab Editor.
    """
    if data[:4] == b"BCFZ":
        data = unpacked(data[4:])
    if data[:4] != b"BCFS":
        raise ValueError("it is damaged: there is no container in it")
    disk = data[4:]
    for entry in range(0, len(disk) - SECTORS, SECTOR):
        name = disk[entry + NAME : entry + SIZE].split(b"\x00")[0]
        if _number(disk, entry) == KIND_OF_FILE and name == b"score.gpif":
            return _file(disk, entry)
    raise ValueError("it is damaged: there is no score.gpif in it")


def unpacked(data: bytes) -> bytes:
    """What a compressed container holds; data: what follows its first word.

    A length, then a stream of bits, the highest of each byte first. After a 0 stands a number of
    two bits, and so many bytes. After a 1 stands, in four bits, how many bits the next two numbers
    have: how far back in what is unpacked already, and how many bytes from there come again. These
    two numbers, and that of two bits, have their lowest bit first.
    """
    length = int.from_bytes(data[:4], "little")
    if length > MAX_SCORE_BYTES:
        raise ValueError("its score is too large for a song")
    bits = _Bits(data[4:])
    out = bytearray()
    while len(out) < length and bits.left > 2:
        if bits.take(1):
            size = bits.take(4)
            back, count = bits.take_reversed(size), bits.take_reversed(size)
            start = len(out) - back
            if start < 0:
                raise ValueError("it is damaged: its bytes refer to what is not there")
            out += out[start : start + min(count, back)]
        else:
            out += bytes(bits.take(8) for _ in range(bits.take_reversed(2)))
    return bytes(out[:length])


class _Bits:
    """A stream of bits; behind its end there are zeros."""

    def __init__(self, data: bytes):
        self.data, self.place, self.left = data + bytes(4), 0, 8 * len(data)

    def take(self, count: int) -> int:
        """A number of up to 15 bits, the highest first."""
        byte, shift = divmod(self.place, 8)
        window = int.from_bytes(self.data[byte : byte + 3], "big")
        self.place, self.left = self.place + count, self.left - count
        if self.left < 0:
            raise ValueError("it is cut off")
        return window >> (24 - shift - count) & ((1 << count) - 1)

    def take_reversed(self, count: int) -> int:
        """A number of up to 15 bits, the lowest first."""
        number = self.take(count)
        return int(f"{number:0{count}b}"[::-1], 2) if count else 0


def _file(disk: bytes, entry: int) -> bytes:
    """The bytes of a file; its entry ends with the numbers of its sectors, and a 0."""
    size = _number(disk, entry + SIZE)
    sectors: list[bytes] = []
    for place in range(entry + SECTORS, len(disk) - 3, 4):
        number = _number(disk, place)
        if not number or len(sectors) * SECTOR >= size:
            break
        sectors.append(disk[number * SECTOR : (number + 1) * SECTOR])
    content = b"".join(sectors)[:size]
    if len(content) < size:
        raise ValueError("it is cut off")
    return content


def _number(disk: bytes, place: int) -> int:
    return int.from_bytes(disk[place : place + 4], "little")
