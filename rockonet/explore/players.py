"""Which tracks of a MIDI file one player plays: their names are made to say so.

After `name_players` tracks of one player have the same name, and no others do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from symusic.core import ScoreTick, TrackTick

from rockonet.explore.track_marks import Origin, program_changes
from rockonet.explore.tracks import GUITAR_NAMES

STRINGS = range(4, 9)  # so many tracks with one note at a time may be the strings of a guitar
CLEAN_GUITAR = 27
SETUP_BYTES = 4_000  # of a chunk: where a program that holds for a whole track is set
_STRING = re.compile(
    r"[\W_]*(?:(?:string|str|channel|chan|ch)?[\W_]*\d+|[A-G][#b]?\d?)?[\W_]*$", re.I
)
_OTHERS = re.compile(
    r"bass|piano|keys|keyboard|organ|string|vo[cx]|voice|vocal|sing|melod|choir|drum|perc|flute|sax"
    r"|violin|cello|hand|horn|trumpet|brass|synth|lyric",
    re.IGNORECASE,
)


def set_programs(
    score: ScoreTick, origins: Sequence[Origin], bodies: Sequence[bytes]
) -> tuple[str, ...]:
    """Give tracks without a program one, and say so: that of their channel, if another chunk of
    the file sets it; if no chunk sets any, the track that looks like a guitar becomes one."""
    bare = [
        (track, origin)
        for track, origin in zip(score.tracks, origins, strict=True)
        if not (track.program or track.is_drum)
        and len(track.notes)
        and origin.chunk >= 0
        and origin.channel not in dict(_changes(bodies[origin.chunk], origin.channel))
    ]
    found, remarks = 0, []
    for track, (_, channel) in bare:
        elsewhere = [change for body in bodies for change in _changes(body, channel)]
        if elsewhere and elsewhere[0][1]:
            track.program = elsewhere[0][1]
            found += 1
    if found:
        remarks.append(f"sounds of tracks that are set in another track: {found}")
    pitched = [track for track in score.tracks if not track.is_drum and len(track.notes)]
    if bare and len(bare) == len(pitched) and not remarks:
        alike = [track for track in pitched if looks_like_a_guitar(track)]
        if alike:
            track = max(alike, key=lambda track: ("guit" in track.name.lower(), len(track.notes)))
            for same in pitched:
                if same.name == track.name and same in alike:
                    same.program = CLEAN_GUITAR
            remarks.append(
                f"no track names its instrument: {track.name.strip() or 'the first'!r} is taken "
                "for a guitar by its notes"
            )
    return tuple(remarks)


def _changes(body: bytes, channel: int) -> list[tuple[int, int]]:
    """The program changes of one channel at the beginning of a chunk."""
    if bytes([0xC0 | channel]) not in body[:SETUP_BYTES]:
        return []
    return [change for change in program_changes(body[:SETUP_BYTES]) if change[0] == channel]


def looks_like_a_guitar(track: TrackTick) -> bool:
    """Whether a hand could play these notes on a guitar, and few others would."""
    columns = track.notes.numpy()
    pitch = columns["pitch"]
    if _OTHERS.search(track.name) or pitch.min() < 28 or pitch.max() > 88:
        return False
    _, size = np.unique(columns["time"], return_counts=True)
    return 38 <= np.median(pitch) <= 67 and pitch.min() <= 60 and size.max() <= STRINGS[-1]


def name_players(score: ScoreTick, origins: Sequence[Origin]) -> None:
    """Give the tracks of a guitarist one name, and no other guitarist the same."""
    programs = [track.program for track in score.tracks]
    guitars = {origins[i].chunk for i, p in enumerate(programs) if p in GUITAR_NAMES} - {-1}
    by_chunk: dict[int, list[int]] = {}
    for place, origin in enumerate(origins):
        if origin.chunk in guitars:
            track = score.tracks[place]
            if not track.is_drum and len(track.notes):
                by_chunk.setdefault(origin.chunk, []).append(place)
    players: list[list[int]] = []
    for places in by_chunk.values():
        players += _players_of_chunk(score, origins, places)
    _join_chunks(score, origins, players)
    chunks = Counter(origins[places[0]].chunk for places in players)
    taken = set()
    for places in players:
        origin, own = origins[places[0]], score.tracks[places[0]].name
        name = own.strip()
        if chunks[origin.chunk] > 1:
            name = f"{name} (channel {origin.channel + 1})".strip()
        if name in taken:
            name = f"{name or 'track'} {origin.chunk + 1}"
        while name in taken:
            name += "'"
        taken.add(name)
        if name != own.strip() or len(places) > 1:
            for place in places:
                score.tracks[place].name = name


def _players_of_chunk(
    score: ScoreTick, origins: Sequence[Origin], places: list[int]
) -> list[list[int]]:
    """The places of the tracks of one chunk, player by player."""
    channels: dict[int, list[int]] = {}
    for place in places:
        channels.setdefault(origins[place].channel, []).append(place)
    if len(channels) == 1:
        return [places]
    tracks = [score.tracks[place] for place in places]
    if all(track.program in GUITAR_NAMES for track in tracks) and _one_hand(tracks):
        return [places]
    # Many instruments in one chunk, as in a file of type 0: each channel is a player, but for
    # channels that are the strings of one guitar.
    strings = [mine[0] for mine in channels.values() if len(mine) == 1]
    for program in GUITAR_NAMES:
        some = [place for place in strings if score.tracks[place].program == program]
        if _are_strings([score.tracks[place] for place in some]):
            for place in some:
                del channels[origins[place].channel]
            channels[origins[some[0]].channel] = some
    return sorted(channels.values())


def _join_chunks(score: ScoreTick, origins: Sequence[Origin], players: list[list[int]]) -> None:
    """Join players of several chunks that are one: a guitar's strings, or a part by its effects."""
    alike: dict[tuple[str, int], list[list[int]]] = {}
    programs = [score.tracks[places[0]].program for places in players]
    for places, program in zip(players, programs, strict=True):
        if program in GUITAR_NAMES and programs.count(program) > 1:
            stem = _STRING.sub("", score.tracks[places[0]].name).strip().lower()
            alike.setdefault((stem, program), []).append(places)
    for some in alike.values():
        if len(some) < 2:
            continue
        tracks = [score.tracks[place] for places in some for place in places]
        names = {track.name.strip().lower() for track in tracks}
        chunks = {origins[places[0]].chunk for places in some}
        if len(chunks) < len(some):
            continue  # a chunk with several players was looked at by itself
        torn = len(names) == 1 and "" not in names and _take_turns(tracks)
        if torn or _are_strings(tracks):
            for places in some[1:]:
                some[0].extend(places)
                players.remove(places)


def _are_strings(tracks: Sequence[TrackTick]) -> bool:
    """Whether each of these tracks is one string of a guitar: one note at a time, within two
    octaves, and no two strings are the same."""
    if len(tracks) not in STRINGS:
        return False
    lowest = []
    for track in tracks:
        columns = track.notes.numpy()
        end = np.maximum.accumulate(columns["time"] + columns["duration"])
        overlaps = int((columns["time"][1:] < end[:-1]).sum())
        if overlaps > 0.05 * len(end) or np.ptp(columns["pitch"]) > 24:
            return False
        lowest.append(int(columns["pitch"].min()))
    return len(set(lowest)) == len(lowest) and _one_hand(tracks)


def _one_hand(tracks: Iterable[TrackTick]) -> bool:
    """Whether these tracks hardly ever strike the same pitch together, as two guitars do."""
    struck = _struck(tracks)
    return len(np.unique(struck)) >= 0.95 * len(struck)


def _take_turns(tracks: Sequence[TrackTick]) -> bool:
    """Whether of these tracks one hardly ever strikes while another one sounds."""
    columns = [track.notes.numpy() for track in tracks]
    number = np.repeat(np.arange(len(columns)), [len(c["time"]) for c in columns])
    time, duration = (np.concatenate([c[name] for c in columns]) for name in ("time", "duration"))
    order = np.lexsort((number, time))
    time, end, number = time[order], (time + duration)[order], number[order]
    over = (number[1:] != number[:-1]) & (time[1:] < end[:-1])
    return over.sum() < 0.02 * len(time) and _one_hand(tracks)


def _struck(tracks: Iterable[TrackTick]) -> np.ndarray:
    columns = [track.notes.numpy() for track in tracks]
    return np.concatenate([(c["time"].astype(np.int64) << 8) + c["pitch"] for c in columns])
