"""The sound of a band: guitars through their amplifier, bass and drums beside them, in one room."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING

import numpy as np
from symusic.core import ScoreTick

from rockonet.explore.amp import AMPS, amplified
from rockonet.explore.dry_sound import dry_blocks
from rockonet.explore.filters import (
    BLOCK,
    Blocks,
    band_limit,
    filtered,
    high_pass,
    joined,
    low_pass,
    overlapping,
)
from rockonet.explore.loudness import LOUDNESS_LUFS, hop_powers, level_gains, loudness_of, turn
from rockonet.explore.sound import Sound, at_peak, sounding_seconds
from rockonet.explore.tracks import only_tracks
from rockonet.guitar.band import band_score
from rockonet.guitar.midi_writer import midi_file
from rockonet.guitar.plucked import RATE, plucked
from rockonet.guitar.takes import take

if TYPE_CHECKING:
    from rockonet.guitar.riff import Riff

# The amplifier of each electric guitar of General MIDI. Other guitars have none: the SoundFont.
ELECTRIC = {
    **{26: "clean", 27: "clean", 28: "clean", 29: "overdrive"},
    **{30: "distortion", 31: "distortion"},
}
# How loud each of them is beside the guitar, and what part of it goes into the room.
LEVELS_DB = {"guitar": 0.0, "bass": -4.0, "drums": -2.0}
CLICK_DBFS = -10.0
IN_ROOM = {"guitar": 0.25, "bass": 0.05, "drums": 0.3, "click": 0.1}
KEPT_SECONDS = 60  # longer guitars are not kept for the next who asks: they take 23 MB a minute
LEVEL_SECONDS = 20  # of which a player's level is set: longer than most riffs
CHORDS = 0.25  # with a larger share of chords a riff is rhythm guitar, else it is a lead
OTHER_SIDE = 0.3  # how loud a take is on the side where the other one stands
ECHO_QUARTERS, ECHO = 0.75, (0.28, 0.1)  # a lead comes back a dotted eighth later, twice
ROOM_SECONDS, ROOM_SAMPLES = 0.3, 12 * 1024  # in which its echo dies by 60 dB; how long it is heard
PROMPT, PROMPT_SECONDS = 0.5, 0.01  # how loud the prompt is, and how fast that changes
FADE_SECONDS = 0.2  # at the end


@functools.lru_cache(maxsize=1)  # an .mp3 and a .wav of a riff are the same sound
def mixed(riff: Riff, band: bool = False, count_in: bool = False) -> Sound:
    """A riff as a band plays it, at −16 LUFS, its true peak below −1 dBFS; a prompt half as loud.

    band: with bass and drums. count_in: after a bar of sticks. Whatever its length, it takes no
    memory but that of the sound and some 60 MB.
    Raises: as `synthesised`.
    """
    players, n_samples = _players(riff, band, count_in)
    # One alone has nobody to be louder than.
    sound = _recorded(players if len(players) == 1 else _balanced(players), n_samples)
    turn(sound, level_gains(sound))
    quieten_prompt(sound, riff, count_in)
    return sound


def quieten_prompt(sound: Sound, riff: Riff, count_in: bool) -> None:
    """Make a riff's prompt half as loud, in place, so that one hears where the model begins."""
    if not riff.prompt_ticks:
        return
    start = (riff.prompt_ticks + count_in * riff.ticks_per_bar) * riff.tick_seconds
    last = round(start * RATE)
    change = min(last, round(PROMPT_SECONDS * RATE))
    sound.samples[: last - change] *= np.float32(PROMPT)
    sound.samples[last - change : last] *= np.linspace(PROMPT, 1, change)[:, None]


def stems(riff: Riff, band: bool = True, count_in: bool = False) -> dict[str, Sound]:
    """What a band plays, one by one: its guitar, bass, drums and click, as far as there are any.

    By these names and all of one length. Their sum is the mix, before that is brought to its
    loudness. Arguments and errors as of `mixed`.
    """
    players, n_samples = _players(riff, band, count_in)
    return {
        name: _recorded({name: blocks}, n_samples) for name, blocks in _balanced(players).items()
    }


def pickup_sound(riff: Riff) -> Sound:
    """What the strings of an electric guitar give to the amplifier, its peak at −3 dBFS.

    Raises: ValueError for a riff without notes.
    Notebook: 01 and 04.
    """
    n_samples = round(sounding_seconds(band_score(riff)) * RATE)
    return at_peak(Sound(joined(plucked(take(riff), n_samples), n_samples), RATE))


def _players(riff: Riff, band: bool, count_in: bool) -> tuple[dict[str, Blocks], int]:
    """Each stem without the room, in blocks (2, n), and how many samples there are in all."""
    score = band_score(riff, band, count_in)
    n_samples = round(sounding_seconds(score) * RATE)
    begin = count_in * riff.ticks_per_bar  # what counts in comes first, and nothing else till then
    players = {"guitar": _guitar(riff, n_samples, begin * riff.tick_seconds)}
    for track in score.tracks[1:]:
        part = only_tracks(score, [track])
        if track.name == "bass":
            players["bass"] = dry_blocks(part, n_samples)
            continue
        if count_in:
            players["click"] = dry_blocks(part, n_samples, 0, begin)
        if band:
            players["drums"] = dry_blocks(part, n_samples, begin)
    return players, n_samples


def _balanced(players: dict[str, Blocks]) -> dict[str, Blocks]:
    return {name: _at_level(blocks, name) for name, blocks in players.items()}


def _recorded(players: dict[str, Blocks], n_samples: int) -> Sound:
    """Players in a room until they are faded out."""
    samples = joined(_in_room(players), n_samples)
    end = samples[-round(FADE_SECONDS * RATE) :]
    end *= np.linspace(1, 0, len(end), dtype=np.float32)[:, None]
    return Sound(samples, RATE)


def _guitar(riff: Riff, n_samples: int, begin: float) -> Blocks:
    """The guitar through its amplifier, which begins so many seconds after the others."""
    late = round(begin * RATE)
    if n_samples - late > KEPT_SECONDS * RATE:
        return _played(riff, n_samples, begin)
    return overlapping([(late, _kept(riff))], n_samples)


@functools.lru_cache(maxsize=1)  # a riff alone, its player and its .mp3 with a band share it
def _kept(riff: Riff) -> np.ndarray:
    """The guitar of a riff, float32 (2, n_samples), for as long as a band plays it."""
    n_samples = round(sounding_seconds(band_score(riff, band=True)) * RATE)
    return joined(_played(riff, n_samples, 0.0), n_samples).T


def _played(riff: Riff, n_samples: int, begin: float) -> Blocks:
    play = _electric if riff.program in ELECTRIC else _other
    return play(riff, n_samples, begin)


def _electric(riff: Riff, n_samples: int, begin: float) -> Blocks:
    """Chords as two takes, left and right; single notes in the middle, with an echo."""

    amp = AMPS[ELECTRIC[riff.program]]
    strings = [plucked(take(riff, number, begin), n_samples) for number in (0, 1)]
    if np.mean(riff.events["shape"] != 1) > CHORDS:
        both = (np.stack(takes) for takes in zip(*strings, strict=True))
        return (
            takes + np.float32(OTHER_SIDE) * takes[::-1] for takes in amplified(both, RATE, **amp)
        )
    return _echoed(
        amplified(strings[0], RATE, **amp), round(ECHO_QUARTERS * 60 / riff.tempo_bpm * RATE)
    )


def _echoed(blocks: Blocks, late: int) -> Blocks:
    past = np.zeros(len(ECHO) * late, np.float32)
    for block in blocks:
        known = np.concatenate([past, block])
        heard = block.copy()
        for times, part in enumerate(ECHO, 1):
            heard += np.float32(part) * known[len(past) - times * late :][: len(block)]
        yield np.stack([heard, heard])
        past = known[len(block) :]


def _other(riff: Riff, n_samples: int, begin: float) -> Blocks:
    """A guitar of wood, or what else a riff is played on, as far as a MIDI file can say it.

    Bends, slides, vibrato and palm mutes are heard, but where a finger hammers or has slid to, a
    note begins; dead notes are short ones, a tremolo is one note, nothing rings longer.
    """
    score = ScoreTick.from_midi(midi_file(riff, band=False))
    middle = (sides.mean(axis=0) for sides in dry_blocks(score, n_samples, begin=begin))
    return (np.stack([x, x]) for x in amplified(middle, RATE, **AMPS["acoustic"]))


def _at_level(blocks: Blocks, name: str) -> Blocks:
    """A player as loud as it shall be, to judge by how it begins, once it does."""
    begin: list[np.ndarray] = []
    n_heard = 0
    for block in blocks:
        begin.append(block)
        n_heard += bool(block.any())
        if n_heard * BLOCK >= LEVEL_SECONDS * RATE:
            break
    if name == "click":
        level = 20 * np.log10(max(np.abs(block).max() for block in begin))
        target = CLICK_DBFS
    else:
        level = loudness_of(hop_powers(iter(begin), RATE), RATE)
        target = LOUDNESS_LUFS + LEVELS_DB[name]
    gain = np.float32(10 ** ((target - level) / 20) if np.isfinite(level) else 1)
    return (gain * block for block in itertools.chain(begin, blocks))


def _in_room(players: dict[str, Blocks]) -> Blocks:
    """All of them together, and what a room answers to what each sends into it."""
    parts = [np.float32(IN_ROOM[name]) for name in players]
    dry: list[np.ndarray] = []  # the block that the room is about to answer

    def sent() -> Blocks:
        for blocks in zip(*players.values(), strict=True):
            dry.append(sum(blocks))
            yield sum(part * block.mean(axis=0) for part, block in zip(parts, blocks, strict=True))

    for answer in filtered(sent(), _room, RATE, segment=BLOCK, memory=ROOM_SAMPLES):
        yield dry.pop() + answer


def _room(f: np.ndarray) -> np.ndarray:
    """What a room answers to a clap, (2, 1, n): noise that dies, another for each ear."""
    time = np.arange(ROOM_SAMPLES - 1024) / RATE  # the filters ring a little longer
    noise = np.random.default_rng(0).normal(size=(2, 1, len(time)))
    answer = noise * 10 ** (-3 * time / ROOM_SECONDS) * (time > 0.008)
    answer /= np.sqrt(np.square(answer).sum(axis=-1, keepdims=True))
    colour = high_pass(f, 200) * low_pass(f, 5000) * band_limit(f, RATE)  # walls swallow the highs
    return np.fft.rfft(answer, 2 * (len(f) - 1)) * colour
