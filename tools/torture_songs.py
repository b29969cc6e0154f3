"""Damaged songs of every format that is read, texts that nobody would type, and damaged zips."""

import functools
import io
import random
import re
import zipfile
from pathlib import Path

import guitarpro
import numpy as np
from gpx_writer import container, packed
from torture import Campaign

import rockonet_utils as ru
from rockonet.explore.midi_file import MAX_MIDI_BYTES

ROOT = Path(ru.__file__).parent
SONGS = sorted((ROOT / "data" / "starter").rglob("*.mid"))
GUITAR_PRO = ROOT / "data" / "guitar_pro" / "rooftop_radio.gp5"
TAB = "Tempo: 96\n3/4\n" + "".join(f"{name}|--0-2-3h5-|-(7)-x-5b7-|\n" for name in "eBGDAE")
TINY = "Tempo: 96\n3/4 EE8 GG#. r BB-4~ BB- trip{e8 f# g'} chord{EE BB e}2 d''16 <EE B> r4.\n"
ANY_WORDS = (
    *("\n", "\t", " ", "4/4\n", "tuning: ", "D A D G B E", "drop ", "capo 3", "tempo 90 ", "> "),
    *("&amp;", "[tab]", "<img src=x>", "$\\frac$", "\x00", "\u202e", "日本", "{{1}}", "٣", "#"),
)
TAB_WORDS = (
    *("e|", "--", "0-", "12", "x-------|", "|", "5b7r5", "(5)", "P.M.", "%", "||o", "1 + 2 +"),
    *("half step", "<12>", "7/9\\7", "h", "p", "~~~", "===", "E|", "TAB", "2x"),
)
TINY_WORDS = (
    *("EE8 ", "gg4. ", "r ", "E~", "trip{", "quad{", "chord{", "}", "<EE B>", "b-", "##", "c''"),
    *("4..", "64 ", "E♭4 ", "Am7 "),
)
# In XML the texts and the values of attributes, and elements that hold no others.
PLACES = re.compile(rb'(?<=>)[^<>]+(?=<)|(?<==")[^"]*(?=")')
LEAVES = re.compile(rb"<(\w[\w-]*)[^<>]*?(?:/>|>[^<>]*</\1>)")
VALUES = (
    *(b"-1", b"0", b"999999999", b"1e99", b"", b"x", b"2147483648", b"128", b"3/0", b"7/64"),
    *(b"-7.5", b"nan", b"0 0 0 0", b"&lt;b&gt;"),
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


def damaged_xml(rng: random.Random, data: bytes) -> bytes:
    """XML that says something else, or is damaged as any bytes are."""
    if rng.random() < 0.3:
        return damaged(rng, data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        kind = rng.choice((PLACES, LEAVES))
        found = list(kind.finditer(data))
        if not found:
            break
        one, other = rng.choice(found), rng.choice(found)[0]
        instead = (*VALUES, other) if kind is PLACES else (b"", 2 * one[0], other, one[0] + other)
        data = data[: one.start()] + rng.choice(instead) + data[one.end() :]
    return data


def midi(_: Path) -> list[bytes]:
    """Short songs; the first in the wrapper that ``.rmi`` files have."""
    first, *others = sorted((path.read_bytes() for path in SONGS), key=len)[:50]
    sizes = [(len(first) + more).to_bytes(4, "little") for more in (12, 0)]
    return [b"RIFF" + sizes[0] + b"RMIDdata" + sizes[1] + first, *others]


def guitar_pro(_: Path, version: tuple[int, int, int]) -> list[bytes]:
    """A song with all that Guitar Pro 3 to 5 writes, in one of its formats."""
    buffer = io.BytesIO()
    guitarpro.write(guitarpro.parse(GUITAR_PRO), buffer, version=version)
    return [buffer.getvalue()]


def written(_: Path, suffix: str) -> list[bytes]:
    """Songs in a format that the project writes itself."""
    corpus = ru.build_corpus(ROOT / "data" / "starter_gp5" / "ballad")
    return [ru.random_excerpt(corpus, 16, seed).encoded(suffix) for seed in range(5)]


def zipped(**files: bytes) -> bytes:
    """A zip of files, whose names are given with ``__`` for a slash and ``_`` for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()


def scores(_: Path) -> list[bytes]:
    """The XML that files of Guitar Pro 6 to 8 hold."""
    archives = [zipfile.ZipFile(io.BytesIO(data)) for data in written(_, ".gp")]
    return [archive.read("Content/score.gpif") for archive in archives]


def guitar_pro_6(_: Path) -> list[bytes]:
    """Songs in containers, compressed and not."""
    containers = [container(score_gpif=score) for score in scores(_)]
    return [*containers, packed(containers[0])]


def packed_musicxml(_: Path) -> list[bytes]:
    """Compressed MusicXML, ``.mxl``."""
    names = '<container><rootfiles><rootfile full-path="score.xml"/></rootfiles></container>'
    return [
        zipped(**{"META-INF__container_xml": names.encode(), "score_xml": score})
        for score in written(_, ".musicxml")
    ]


def as_prompt(songs: list[bytes], rng: random.Random, _: Path) -> None:
    checked(ru.prompt_from_file(damaged(rng, rng.choice(songs)), 2, "damaged"))


def as_score(songs: list[bytes], rng: random.Random, _: Path) -> None:
    checked(ru.prompt_from_file(damaged_xml(rng, rng.choice(songs)), 2, "damaged"))


def as_song(songs: list[bytes], rng: random.Random, folder: Path) -> None:
    """A song is asked for a prompt, or is read for a corpus."""
    as_prompt_or_corpus(damaged(rng, rng.choice(songs)), rng, folder)


def as_packed_song(songs: list[bytes], rng: random.Random, folder: Path) -> None:
    """What is within an archive is damaged, and the archive is whole."""
    archive = zipped(Content__score_gpif=damaged_xml(rng, rng.choice(songs)))
    as_prompt_or_corpus(archive, rng, folder)


def as_prompt_or_corpus(data: bytes, rng: random.Random, folder: Path) -> None:
    if rng.random() < 0.5:
        checked(ru.prompt_from_file(data, 2, "damaged"))
        return
    (folder / "damaged.gp").write_bytes(data)
    corpus = ru.build_corpus(folder)
    steps = [corpus.track_events(track)["step"] for track in range(len(corpus.tracks))]
    assert all((step[1:] > 0).all() and (step >= 0).all() for step in steps)
    assert (corpus.events["duration"] > 0).all() and (corpus.events["velocity"] < 128).all()


def checked(riff: ru.Riff) -> None:
    """Whether a prompt is one."""
    events = riff.events
    assert len(events) == riff.prompt_events > 0 and (events["duration"] > 0).all()
    assert events["step"][0] < riff.ticks_per_bar
    assert all(0 <= pitch <= 127 for event in events[:50] for pitch in ru.event_pitches(event))


def as_text(words: tuple[str, ...], rng: random.Random, _: Path, text: str) -> None:
    """A text that is damaged, or one of words that mean something to a reader, short or long."""
    if rng.random() < 0.3:
        text = damaged(rng, text.encode()).decode("utf-8", "replace")
    else:
        some = rng.sample(words, rng.choice((1, 2, 3, 10)))
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


TYPED = {"typed tab": (TAB, TAB_WORDS), "tinyNotation": (TINY, TINY_WORDS)}
CAMPAIGNS = (
    Campaign("MIDI files", 10_000, midi, as_song),
    *(
        Campaign(
            f"Guitar Pro {v[0]} files", 10_000, functools.partial(guitar_pro, version=v), as_song
        )
        for v in ((3, 0, 0), (4, 0, 6), (5, 1, 0))
    ),
    Campaign("Guitar Pro 6 files", 10_000, guitar_pro_6, as_song),
    Campaign("Guitar Pro 8 files", 10_000, functools.partial(written, suffix=".gp"), as_song),
    Campaign("scores within Guitar Pro 8 files", 10_000, scores, as_packed_song),
    Campaign("MusicXML", 10_000, functools.partial(written, suffix=".musicxml"), as_score),
    Campaign("compressed MusicXML", 10_000, packed_musicxml, as_prompt),
    *(
        Campaign(
            name,
            10_000,
            lambda _, words=words: (*words, *ANY_WORDS),
            functools.partial(as_text, text=text),
            seconds=2,
        )
        for name, (text, words) in TYPED.items()
    ),
    Campaign("zips of songs", 1_000, zips, as_zip),
)
