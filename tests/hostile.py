"""Songs with one hostile text in every field that there is."""

import io
from xml.etree import ElementTree

import guitarpro
import mido
from helpers import ROOT, STARTER_SONGS, a_tune, melody, midi_bytes

# What would run leaves a mark; no field is so short that the beginning does not fit.
HOSTILE = (
    '<img src=x onerror="window.hit=1"><script>window.hit=2</script> `a` | b\n'
    "[c](javascript:window.hit=3) $\\frac$ {{7*7}} </td></table>"
)
FILE = "<img src=x onerror=window.hit=4> `d` | $x$ e\n"  # without a slash, as names of files are


def hostile_midi(data):
    """A song whose tracks, markers, words and sung syllables are hostile."""
    file = mido.MidiFile(file=io.BytesIO(data))
    for track in file.tracks[1:]:
        track[:] = [message for message in track if message.type != "track_name"]
        for kind in ("marker", "cue_marker", "lyrics", "text", "copyright"):
            track.insert(0, mido.MetaMessage(kind, text=HOSTILE))
        for kind in ("instrument_name", "track_name"):
            track.insert(0, mido.MetaMessage(kind, name=HOSTILE))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def hostile_guitar_pro():
    """A song of Guitar Pro 5: all that is written about it, its tracks, markers, lyrics, texts."""
    song = guitarpro.parse(ROOT / "data" / "guitar_pro" / "rooftop_radio.gp5")
    text = HOSTILE[:200]
    for field in "title subtitle artist album words music copyright tab instructions".split():
        setattr(song, field, text)
    song.notice = [text]
    song.lyrics.lines[0].lyrics = text
    for header in song.measureHeaders[:2]:
        header.marker = guitarpro.Marker(title=text)
    for track in song.tracks:
        track.name = HOSTILE[:40]
        track.measures[0].voices[0].beats[0].text = text
    buffer = io.BytesIO()
    guitarpro.write(song, buffer, version=(5, 1, 0))
    return buffer.getvalue()


def hostile_musicxml():
    """A score with a hostile title, composer, part, word over the staff and syllable."""
    root = ElementTree.fromstring(a_tune((40, 43, 45, 40) * 4).encoded(".musicxml"))
    (title,), (part,) = root.iter("work-title"), root.iter("part-name")
    title.text = part.text = HOSTILE
    work = root.find("work")
    about = ElementTree.Element("identification")
    ElementTree.SubElement(about, "creator", type="composer").text = HOSTILE
    root.insert(list(root).index(work) + 1, about)
    for note in list(root.iter("note"))[:2]:
        lyric = ElementTree.SubElement(note, "lyric")
        ElementTree.SubElement(lyric, "text").text = HOSTILE
    return ElementTree.tostring(root)


def hostile_songs(folder):
    """A folder below `folder` with such songs and a damaged one, all under hostile names."""
    place = folder / FILE
    place.mkdir(parents=True)
    (place / f"{FILE}.mid").write_bytes(hostile_midi(midi_bytes([melody([40, 43, 45, 47] * 8)])))
    (place / f"{FILE}.gp5").write_bytes(hostile_guitar_pro())
    (place / f"{FILE} 2.gp").write_bytes(a_tune((45, 47, 48, 50) * 5, title=HOSTILE).encoded(".gp"))
    (place / f"{FILE} 3.mid").write_bytes(b"MThd damaged")
    return place


def hostile_album(folder):
    """Enough such songs for the course."""
    place = hostile_songs(folder)
    for path in STARTER_SONGS[::8]:
        (place / f"{FILE} {path.stem}.mid").write_bytes(hostile_midi(path.read_bytes()))
    return place
