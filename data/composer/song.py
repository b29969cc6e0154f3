"""A song from its plan to the bytes of its file, and all songs into a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .bass import play_bass
from .book import Book, Plan, read_riffs, read_songs
from .drums import play_drums
from .form import Bar, Meter, final_chord, meter_of, song_bars
from .guitars import play_chords, play_harmony, play_riffs
from .lead import fitting_licks, lick_bars, play_lead
from .midi import TICKS_PER_QUARTER, chunk, meta, name_meta, note_messages, track_chunk
from .notes import drum_notes, notes_of
from .strokes import Stroke, on_keys, playable
from .styles import KEYBOARDS, LINE_UPS, STYLES, Style
from .techniques import guitar_messages


def conductor(plan: Plan, meter: Meter) -> bytes:
    """Track 0: the title, the tempo and the time signature."""
    microseconds = round(60_000_000 / (plan.bpm * meter.beat_quarters))
    clocks = round(24 * meter.beat_quarters)
    signature = bytes((meter.beats, meter.value.bit_length() - 1, clocks, 8))
    return track_chunk(
        [
            name_meta(plan.title),
            meta(0x51, microseconds.to_bytes(3, "big")),
            meta(0x58, signature),
        ]
    )


def guitar_program(name: str, style: Style) -> int:
    by_name = {"Guitar": style.lead, "Lead guitar": style.lead, "Second guitar": style.second}
    return KEYBOARDS.get(name, by_name.get(name, style.rhythm))


@dataclass(frozen=True)
class Arrangement:
    """What a band plays: the bars it agreed on, and the strokes of each guitar or keyboard.

    rng: the chance that decides what else is left to it.
    """

    meter: Meter
    bars: list[Bar]
    parts: dict[str, list[Stroke]]
    rng: Random


def arrange(plan: Plan, number: int, book: Book) -> Arrangement:
    """One song. number: its place in its style."""
    rng = Random(plan.title)
    style, meter = STYLES[plan.style], meter_of(plan.form)
    riffs = {name: riff for part in book.values() for name, riff in part.items()}
    bars = song_bars(plan, riffs, meter, rng)
    bars.append(final_chord(bars, plan, meter))

    feels = {"straight": {"straight", "eighths"}, "eighths": {"straight", "eighths"}}
    feel = riffs[plan.chorus].feel
    choice = fitting_licks(plan, book, feels.get(feel, {feel}))
    licks = [lick_bars(choice[(2 * number + k) % len(choice)], plan, meter) for k in range(4)]
    lead, busy = play_lead(bars, licks)

    parts = {}
    for name, roles in LINE_UPS[plan.line_up].items():
        strokes: list[Stroke] = []
        if "riff" in roles:
            silent = set().union(*busy.values()) if "lead" in roles else set()
            strokes += play_riffs(bars, silent, meter.bar if style.ring else 0)
        if "harmony" in roles:
            strokes += play_harmony(bars, plan)
        if "chords" in roles:
            strokes += play_chords(bars, plan, meter)
        if "lead" in roles:
            # A twin lead is busy with its third in the chorus.
            rests = {"C"} if "harmony" in roles else set()
            strokes += [s for s in lead if bars[s.start // meter.bar].section not in rests]
        parts[name] = strokes if name in KEYBOARDS else playable(strokes)
    return Arrangement(meter, bars, parts, rng)


def compose(plan: Plan, number: int, book: Book) -> bytes:
    """One song as the bytes of a MIDI file. number: its place in its style."""
    song = arrange(plan, number, book)
    style, meter, bars, rng = STYLES[plan.style], song.meter, song.bars, song.rng
    tracks = [conductor(plan, meter)]
    for channel, (name, strokes) in enumerate(song.parts.items()):
        program = guitar_program(name, style)
        if name in KEYBOARDS:
            head = [bytes((0xC0 | channel, program))]
            messages = note_messages(notes_of(on_keys(strokes), rng), channel)
        else:
            seconds = 60 / (plan.bpm * meter.beat_quarters)
            head, messages = guitar_messages(strokes, rng, channel, program, seconds)
        tracks.append(track_chunk([name_meta(name), *head], messages))

    bass = notes_of(play_bass(bars, plan, meter), rng)
    head = [name_meta("Bass"), bytes((0xC4, style.bass_program))]
    tracks.append(track_chunk(head, note_messages(bass, 4)))
    drums = drum_notes(play_drums(bars, plan, meter, rng), rng)
    tracks.append(track_chunk([name_meta("Drums")], note_messages(drums, 9)))
    header = b"".join(n.to_bytes(2, "big") for n in (1, len(tracks), TICKS_PER_QUARTER))
    return chunk(b"MThd", header) + b"".join(tracks)


def file_name(title: str) -> str:
    """'Mud on my sunday shoes' as mud_on_my_sunday_shoes.mid."""
    return "_".join(re.findall(r"[a-z0-9]+", title.lower().replace("'", ""))) + ".mid"


def numbered_songs() -> list[tuple[Plan, int]]:
    """The plan of every song, with its place in its style."""
    styles: dict[str, int] = {}
    plans = []
    for plan in read_songs():
        number = styles[plan.style] = styles.get(plan.style, -1) + 1
        plans.append((plan, number))
    return plans


def write_songs(folder: Path) -> int:
    """Compose every song of the riff book into a folder for each style. Returns how many."""
    book, plans = read_riffs(), numbered_songs()
    for plan, number in plans:
        path = folder / plan.style / file_name(plan.title)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compose(plan, number, book))
    return len(plans)
