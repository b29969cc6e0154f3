"""Damaged songs of every format that is read, texts that nobody would type, and damaged zips."""

import functools
import io
import random
import zipfile
from pathlib import Path

import guitarpro
import numpy as np
from torture import Campaign

import rockonet_utils as ru
from rockonet.explore.midi_file import MAX_MIDI_BYTES

ROOT = Path(ru.__file__).parent
SONGS = sorted((ROOT / "data" / "starter").rglob("*.mid"))
GUITAR_PRO = ROOT / "data" / "guitar_pro" / "rooftop_radio.gp5"
TAB = "Tempo: 96\n3/4\n" + "".join(f"{name}|--0-2-3h5-|-(7)-x-5b7-|\n" for name in "eBGDAE")
WORDS = (
    *("e|", "--", "0-", "12", "x-------|", "|", "\n", "\t", " ", "trip{", "}", "<EE B>", "chord{"),
    *("EE8 ", "gg4. ", "r ", "E~", "tuning: ", "D A D G B E", "drop ", "capo 3", "tempo 90 "),
    *("4/4\n", "> ", "&amp;", "[tab]", "5b7r5", "(5)", "P.M.", "%", "||o", "1 + 2 +", "half step"),
    *("<img src=x>", "$\\frac$", "\x00", "\u202e", "日本", "{{1}}", "٣", "#"),
)


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Bytes after flips, cuts, repeats, insertions or a piece that was moved."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        place = (
            rng.randrange(len(data)) if rng.random() < 0.7 else rng.randrange(min(80, len(data)))
        )
        size = rng.choice((1, 2, 4, 30, 200))
        kind = rng.choice(("flip", "set", "delete", "insert", "move", "repeat", "cut"))
        if kind == "flip":
            data[place] ^= 1 << rng.randrange(8)
        elif kind == "set":
            data[place] = rng.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif kind == "delete":
            del data[place : place + size]
        elif kind == "insert":
            data[place:place] = rng.randbytes(size)
        elif kind == "move":
            other = rng.randrange(len(data))
            data[place : place + size] = data[other : other + size]
        elif kind == "repeat":
            data[place:place] = data[place : place + size] * rng.choice((1, 20))
        elif rng.random() < 0.3:
            del data[max(place, 1) :]
        if len(data) < 8:
            break
    return bytes(data)


def midi(_: Path) -> list[bytes]:
    return sorted((path.read_bytes() for path in SONGS), key=len)[:50]


def guitar_pro(_: Path, version: tuple[int, int, int]) -> list[bytes]:
    """A song with all that Guitar Pro 3 to 5 writes, in one of its formats."""
    buffer = io.BytesIO()
    guitarpro.write(guitarpro.parse(GUITAR_PRO), buffer, version=version)
    return [buffer.getvalue()]


def written(_: Path, suffix: str) -> list[bytes]:
    """Songs in a format that the project writes itself."""
    corpus = ru.build_corpus(ROOT / "data" / "starter" / "metal")
    return [ru.random_excerpt(corpus, 40, seed).encoded(suffix) for seed in range(3)]


def unzipped(_: Path) -> list[bytes]:
    """The score within a ``.gp`` file alone, which is damaged before it is packed."""
    archive = zipfile.ZipFile(io.BytesIO(written(_, ".gp")[0]))
    return [archive.read(name) for name in archive.namelist() if name.endswith("score.gpif")]


def as_prompt(songs: list[bytes], rng: random.Random, _: Path) -> None:
    checked(ru.prompt_from_file(damaged(rng, rng.choice(songs)), 2, "damaged"))


def as_song(songs: list[bytes], rng: random.Random, _: Path) -> None:
    song = ru.parse_guitar_pro(damaged(rng, rng.choice(songs)), "damaged.gp")
    assert song.score.start() >= 0


def as_packed_song(songs: list[bytes], rng: random.Random, _: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Content/score.gpif", damaged(rng, rng.choice(songs)))
    song = ru.parse_guitar_pro(buffer.getvalue(), "damaged.gp")
    assert song.score.start() >= 0


def checked(riff: ru.Riff) -> None:
    """Whether a prompt is one."""
    events = riff.events
    assert len(events) == riff.prompt_events > 0 and (events["duration"] > 0).all()
    assert events["step"][0] < riff.ticks_per_bar
    assert all(0 <= pitch <= 127 for event in events[:50] for pitch in ru.event_pitches(event))


def as_text(_: None, rng: random.Random, __: Path) -> None:
    """A text of words that mean something to a reader, of a few characters or of all allowed."""
    if rng.random() < 0.3:
        text = damaged(rng, TAB.encode()).decode("utf-8", "replace")
    else:
        some = rng.sample(WORDS, rng.choice((1, 2, 3, 10)))
        text = "".join(rng.choices(some, k=rng.choice((10, 300, 20_000))))
    ru.unread_signs(text[: ru.MAX_TEXT])
    checked(ru.prompt_from_text(text[: ru.MAX_TEXT]))


def zips(_: Path) -> list[tuple[bytes, dict[str, int]]]:
    """Zips of eight songs in each way of packing, and how many events each song has."""
    paths = SONGS[::13][:8]
    events = {}
    for number, path in enumerate(paths):
        alone = io.BytesIO()
        with zipfile.ZipFile(alone, "w") as archive:
            archive.write(path, f"{number}.mid")
        (_ / "one.zip").write_bytes(alone.getvalue())
        try:
            events[f"{number}.mid"] = ru.build_corpus(_ / "one.zip").n_events
        except ValueError:  # it has no guitar
            events[f"{number}.mid"] = 0
    made = []
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", packing) as archive:
            for number, path in enumerate(paths):
                archive.write(path, f"{number}.mid")
        made.append((buffer.getvalue(), events))
    return made


def as_zip(state: list[tuple[bytes, dict[str, int]]], rng: random.Random, folder: Path) -> None:
    """One entry is damaged, its bytes or its sizes: it costs that entry, and no other."""
    data, events = rng.choice(state)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    entry = rng.choice(entries)
    end = min(
        [e.header_offset for e in entries if e.header_offset > entry.header_offset], default=0
    )
    place = entry.header_offset + 30 + len(entry.filename)
    end = end or place + entry.compress_size
    data = bytearray(data)
    if rng.random() < 0.8:
        for _ in range(rng.choice((1, 5, 100))):
            data[rng.randrange(place, end)] = rng.randrange(256)
    else:  # the central directory says another size
        where = data.rfind(b"PK\1\2", 0, data.rfind(entry.filename.encode()))
        data[where + 24 : where + 28] = rng.choice((0, 10, MAX_MIDI_BYTES - 1)).to_bytes(
            4, "little"
        )
    (folder / "damaged.zip").write_bytes(data)
    corpus = ru.build_corpus(folder / "damaged.zip")
    found = dict.fromkeys(events, 0)
    for track, info in enumerate(corpus.tracks):
        found[corpus.song_info[info.song].path] += len(corpus.track_events(track))
    whole = {name: n for name, n in events.items() if name != entry.filename}
    assert whole == {name: found[name] for name in whole}, "another song was lost"
    assert np.isin(entry.filename, [row.path for row in corpus.report])


CAMPAIGNS = (
    Campaign("MIDI files", 10_000, midi, as_prompt),
    *(
        Campaign(
            f"Guitar Pro {v[0]} files", 10_000, functools.partial(guitar_pro, version=v), as_song
        )
        for v in ((3, 0, 0), (4, 0, 6), (5, 1, 0))
    ),
    Campaign("Guitar Pro 8 files", 10_000, functools.partial(written, suffix=".gp"), as_song),
    Campaign("scores within Guitar Pro 8 files", 10_000, unzipped, as_packed_song),
    Campaign("MusicXML", 10_000, functools.partial(written, suffix=".musicxml"), as_prompt),
    Campaign("typed texts", 10_000, lambda _: None, as_text, seconds=2),
    Campaign("zips", 1_000, zips, as_zip),
)
