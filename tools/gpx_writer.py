"""A container of Guitar Pro 6, written: what rockonet reads is tried with it."""

SECTOR = 0x1000


def packed(content):
    """Compressed as a BCFZ container: bytes that came before are referred to, others stand."""
    bits, place = [], 0

    def put(number, count, reverse):
        digits = [number >> i & 1 for i in range(count)]  # the lowest first
        bits.extend(digits if reverse else reversed(digits))

    while place < len(content):
        back, count = 0, 0
        for size in (60, 30, 8, 4):
            found = content.rfind(content[place : place + size], max(0, place - 2000), place)
            if found >= 0 and place + size <= len(content) and found + size <= place:
                back, count = place - found, size
                break
        if count:
            put(1, 1, False)
            put(11, 4, False)
            put(back, 11, True)
            put(count, 11, True)
        else:
            count = min(3, len(content) - place)
            put(0, 1, False)
            put(count, 2, True)
            for byte in content[place : place + count]:
                put(byte, 8, False)
        place += count
    bits += [0] * (-len(bits) % 8)
    stream = bytes(int("".join(map(str, bits[i : i + 8])), 2) for i in range(0, len(bits), 8))
    return b"BCFZ" + len(content).to_bytes(4, "little") + stream


def container(**files):
    """A BCFS container with files, a sector of entry before each."""
    sectors = [bytes(SECTOR)]
    for name, content in files.items():
        pieces = [content[i : i + SECTOR] for i in range(0, len(content), SECTOR)]
        numbers = range(len(sectors) + 1, len(sectors) + 1 + len(pieces))
        entry = (2).to_bytes(4, "little") + name.replace("_", ".").encode().ljust(0x88, b"\0")
        entry += len(content).to_bytes(4, "little") + bytes(4)
        entry += b"".join(number.to_bytes(4, "little") for number in numbers)
        sectors += [entry.ljust(SECTOR, b"\0"), *(piece.ljust(SECTOR, b"\xff") for piece in pieces)]
    return b"BCFS" + b"".join(sectors)
