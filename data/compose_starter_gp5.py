"""Write the guitars of the starter songs in Guitar Pro 5: ``python data/compose_starter_gp5.py``.

The strokes are those of the MIDI files; strings and frets are found by Rock-o-net, which has to be
installed. ``--out FOLDER`` writes elsewhere than to data/starter_gp5.
"""

import argparse
import io
from collections.abc import Iterable
from pathlib import Path

import guitarpro
import numpy as np
from composer.book import Book, Plan, read_riffs
from composer.form import Meter
from composer.song import arrange, file_name, guitar_program, numbered_songs
from composer.strokes import Stroke
from composer.styles import KEYBOARDS, STYLES
from guitarpro import models as gp

import rockonet_utils as ru

TECHNIQUE = ru.Technique
FLAGS = {
    "h": TECHNIQUE.LEGATO,
    "s": TECHNIQUE.SLIDE,
    "v": TECHNIQUE.VIBRATO,
    "d": TECHNIQUE.DEAD,
    "n": TECHNIQUE.HARMONIC,
    "t": TECHNIQUE.TREMOLO,
    "l": TECHNIQUE.LET_RING,
}
BENDS = {
    "^": TECHNIQUE.BEND,
    "^r": TECHNIQUE.BEND | TECHNIQUE.RELEASE,
    "=": TECHNIQUE.PREBEND,
    "=r": TECHNIQUE.PREBEND | TECHNIQUE.RELEASE,
}
LOUD, ACCENT = 95, 111  # velocities


def stroke_events(strokes: Iterable[Stroke]) -> np.ndarray:
    """The strokes of a guitar as events of Rock-o-net."""
    rows = []
    for s in strokes:
        flags = int(TECHNIQUE.PALM_MUTE) * s.muted | sum(int(FLAGS[mark]) for mark in s.how)
        length = ru.MUTED_TICKS if s.muted or "d" in s.how else s.length
        for number, pitch in enumerate(s.pitches):
            bends = s.bend and number == s.bent
            played = (flags | BENDS[s.bend_kind], s.bend) if bends else (flags, 0)
            loud = ACCENT if s.accent else LOUD
            rows.append((0, s.start, length, pitch, loud, *map(int, played)))
    names = ("track", "onset", "duration", "pitch", "velocity", "technique", "bend")
    ordered = sorted(set(rows), key=lambda row: (row[1], row[3]))
    return ru.events_from_notes(dict(zip(names, np.array(ordered).T, strict=True)))[0]


def starter_guitars(plan: Plan, number: int, book: Book) -> tuple[Meter, dict[str, np.ndarray]]:
    """The meter of a song and the events of its guitars; number: the place of it in its style."""
    song = arrange(plan, number, book)
    guitars = {name: part for name, part in song.parts.items() if name not in KEYBOARDS}
    return song.meter, {name: stroke_events(part) for name, part in guitars.items()}


def guitar_song(plan: Plan, number: int, book: Book) -> gp.Song | None:
    """The guitars of a song, a track each; None if it has none."""
    meter, guitars = starter_guitars(plan, number, book)
    songs = []
    for name, events in guitars.items():
        riff = ru.Riff(
            events,
            tempo_bpm=plan.bpm * meter.beat_quarters,
            meter=(meter.beats, meter.value),
            program=guitar_program(name, STYLES[plan.style]),
            title=plan.title,
        )
        songs.append(guitarpro.parse(io.BytesIO(riff.encoded(".gp5", band=False))))
        songs[-1].tracks[0].name = name
    if not songs:
        return None
    tracks = [song.tracks[0] for song in songs]
    whole = max(songs, key=lambda song: len(song.measureHeaders))
    whole.tracks, whole.artist, whole.copyright = tracks, "Rock-o-net", "CC0 1.0"
    for place, track in enumerate(tracks):
        track.song, track.number = whole, place + 1
        track.channel.channel, track.channel.effectChannel = 2 * place, 2 * place + 1
        for header in whole.measureHeaders[len(track.measures) :]:
            measure = gp.Measure(track, header)
            beats = measure.voices[0].beats
            beats.append(gp.Beat(measure.voices[0], status=gp.BeatStatus.empty))
            track.measures.append(measure)
        for measure, header in zip(track.measures, whole.measureHeaders, strict=True):
            measure.header = header
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the starter songs in Guitar Pro 5.")
    default = Path(__file__).parent / "starter_gp5"
    parser.add_argument("--out", type=Path, default=default, help="folder, data/starter_gp5")
    out = parser.parse_args().out
    book = read_riffs()
    plans = numbered_songs()
    for plan, number in plans:
        song = guitar_song(plan, number, book)
        if song is not None:
            path = out / plan.style / Path(file_name(plan.title)).with_suffix(".gp5")
            path.parent.mkdir(parents=True, exist_ok=True)
            guitarpro.write(song, str(path), version=(5, 1, 0))
    print(f"guitars of {len(plans)} songs written to {out}")


if __name__ == "__main__":
    main()
