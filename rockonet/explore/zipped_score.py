"""One file out of a zip archive that somebody brings; nothing is written, and it has a limit."""

from __future__ import annotations

import io
import zipfile
import zlib


def zipped_file(data: bytes, name: str, most: int) -> bytes:
    """The bytes of the first file of a name in an archive, in whichever folder there.

    most: bytes that it has at most, whatever the archive says of its size.
    Raises: ValueError with the reason.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            found = [info for info in infos if f"/{info.filename}".endswith(f"/{name}")]
            if not found:
                raise ValueError(f"there is no {name} in it")
            if found[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError("it is packed in an unusual way")
            with archive.open(found[0]) as file:
                content = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise ValueError(f"it cannot be unpacked ({error})") from error
    if len(content) > most:
        raise ValueError("its score is too large for a song")
    return content
