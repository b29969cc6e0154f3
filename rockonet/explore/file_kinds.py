"""What kind of song a file is, by its bytes: names lie."""

from __future__ import annotations

GPX_MAGICS = (b"BCFZ", b"BCFS")  # of Guitar Pro 6: a container, packed or not
_CONTAINER, _GUITAR_PRO_SCORE = b"META-INF/container.xml", b"score.gpif"  # names in zip archives
_SEARCHED = 100_000  # bytes


def is_midi(data: bytes) -> bool:
    """A RIFF wrapper puts 20 bytes before the header."""
    return b"MThd" in data[:64]


def is_zip(data: bytes) -> bool:
    return data[:4] == b"PK\x03\x04"


def is_guitar_pro(data: bytes) -> bool:
    """Of any version; those from 7 on are zip archives, in which names of files can be read."""
    old = b"GUITAR PRO" in data[:31] or data[1:13] == b"CLIPBOARD GP"
    return old or data[:4] in GPX_MAGICS or (is_zip(data) and _GUITAR_PRO_SCORE in data)


def is_musicxml(data: bytes) -> bool:
    """MusicXML in UTF-8 or UTF-16, or compressed (``.mxl``)."""
    if is_zip(data):
        return _CONTAINER in data and not is_guitar_pro(data)
    return b"<score-" in data[:_SEARCHED] or b"<\0s\0c\0o\0r\0e\0-" in data[:_SEARCHED]
