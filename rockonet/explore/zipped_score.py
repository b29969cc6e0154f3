"""One file out of a zip archive that somebody brings; nothing is written, and it has a limit."""

from __future__ import annotations

import io
import zipfile

from rockonet.common.saved import UNREADABLE, USUAL_PACKING, unpacked


def zipped_file(data: bytes, name: str, most: int) -> bytes:
    """The bytes of the first file of a name in an archive, in whichever folder there.

    most: bytes that it has at most, whatever the archive says of its size.
    Raises: ValueError with the reason.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except UNREADABLE as error:
        raise ValueError(f"cannot be unpacked ({error})") from error
    for info in archive.infolist():
        if f"/{info.filename}".endswith(f"/{name}"):
            if info.compress_type not in USUAL_PACKING:
                raise ValueError("it is packed in an unusual way")
            return unpacked(archive, info, most)
    raise ValueError(f"there is no {name} in it")
