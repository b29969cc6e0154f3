"""The sound of a band: guitars through their amplifier, bass and drums beside them, in one room."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from symusic.core import ControlChangeTick, ScoreTick

from rockonet.explore.amp import AMPS, amplify
from rockonet.explore.filters import band_limit, filtered, high_pass, in_blocks, joined, low_pass
from rockonet.explore.loudness import LOUDNESS_LUFS, levelled, loudness_lufs
from rockonet.explore.sound import Sound, at_peak, sounding_seconds, synthesised
from rockonet.explore.tracks import only_tracks
from rockonet.guitar.band import band_score
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
IN_ROOM = {"guitar": 0.25, "bass": 0.05, "drums": 0.3, "click": 0.1}
CHORDS = 0.25  # with a larger share of chords a riff is rhythm guitar, else it is a lead
OTHER_SIDE = 0.3  # how loud a take is on the side where the other one stands
ECHO_QUARTERS, ECHO = 0.75, (0.28, 0.1)  # a lead comes back a dotted eighth later, twice
ROOM_SECONDS, ROOM_SAMPLES = 0.3, 12 * 1024  # in which its echo dies by 60 dB; how long it is heard
CLICK_DBFS = -10.0
FADE_SECONDS = 0.2  # at the end


@functools.lru_cache(maxsize=1)  # an .mp3 and a .wav of a riff are the same sound
def mixed(riff: Riff, band: bool = False, count_in: bool = False) -> Sound:
    """A riff as a band plays it, at −16 LUFS, its true peak below −1 dBFS.

    band: with bass and drums. count_in: after a bar of sticks.
    Raises: as `synthesised`.
    """
    dry: np.ndarray | None = None
    for name, samples in _players(riff, band, count_in):
        into_room = samples.mean(axis=1) * np.float32(IN_ROOM[name])
        if dry is None:
            dry, sent = samples, into_room
        else:
            dry += samples
            sent += into_room
    assert dry is not None  # there is always a guitar
    return levelled(Sound(_in_room(dry, sent), RATE))


def stems(riff: Riff, band: bool = True, count_in: bool = False) -> dict[str, Sound]:
    """What a band plays, one by one: its guitar, bass, drums and click, as far as there are any.

    By these names and all of one length. Their sum is the mix, before that is brought to its
    loudness. Arguments and errors as of `mixed`.
    """
    return {
        name: Sound(_in_room(samples, samples.mean(axis=1) * np.float32(IN_ROOM[name])), RATE)
        for name, samples in _players(riff, band, count_in)
    }


def pickup_sound(riff: Riff) -> Sound:
    """What the strings of an electric guitar give to the amplifier, its peak at −3 dBFS.

    Raises: ValueError for a riff without notes.
    Notebook: 04.
    """
    n_samples = round(sounding_seconds(band_score(riff)) * RATE)
    strings = plucked(take(riff), n_samples)
    return at_peak(Sound(np.stack([strings, strings], axis=1), RATE))


def _players(riff: Riff, band: bool, count_in: bool) -> Iterator[tuple[str, np.ndarray]]:
    """Each stem without the room, float32 (n_samples, 2)."""
    score = band_score(riff, band, count_in)
    n_samples = round(sounding_seconds(score) * RATE)
    fade = np.linspace(1, 0, round(FADE_SECONDS * RATE), dtype=np.float32)[:, None]
    lead_in = count_in * riff.ticks_per_bar * riff.tick_seconds

    def ending(name: str, samples: np.ndarray) -> tuple[str, np.ndarray]:
        samples = np.pad(samples[:n_samples], ((0, max(0, n_samples - len(samples))), (0, 0)))
        samples[-len(fade) :] *= fade[-len(samples) :]
        return name, samples

    guitar = _electric(riff, n_samples, lead_in) if riff.program in ELECTRIC else _other(score)
    yield ending("guitar", _at_level(guitar, "guitar"))
    for track in score.tracks[1:]:
        samples = _dry(only_tracks(score, [track]))
        if track.name == "bass":
            yield ending("bass", _at_level(samples, "bass"))
            continue
        sticks = round(lead_in * RATE)  # what counts in comes first, and nothing else till then
        if count_in:
            click = at_peak(Sound(samples[:sticks], RATE), CLICK_DBFS).samples
            yield ending("click", click)
        if band:
            drums = np.concatenate([np.zeros((sticks, 2), np.float32), samples[sticks:]])
            yield ending("drums", _at_level(drums, "drums"))


def _electric(riff: Riff, n_samples: int, begin: float) -> np.ndarray:
    """Chords as two takes, left and right; single notes in the middle, with an echo."""
    amp = AMPS[ELECTRIC[riff.program]]

    def recorded(number: int) -> np.ndarray:
        strings = plucked(take(riff, number, begin), n_samples)
        return amplify(Sound(strings[:, None], RATE), **amp).samples[:, 0]

    if np.mean(riff.events["shape"] != 1) > CHORDS:
        with ThreadPoolExecutor(2) as pool:  # a core for each take
            one, other = pool.map(recorded, (0, 1))
        sides = one + OTHER_SIDE * other, other + OTHER_SIDE * one
        return np.stack(sides, axis=1)
    samples = recorded(0)
    heard = samples.copy()
    for times, part in enumerate(ECHO, 1):
        late = round(times * ECHO_QUARTERS * 60 / riff.tempo_bpm * RATE)
        if late < n_samples:
            heard[late:] += np.float32(part) * samples[: n_samples - late]
    return np.stack([heard, heard], axis=1)


def _other(score: ScoreTick) -> np.ndarray:
    """A guitar of wood, or what else a riff is played on."""
    sound = _dry(only_tracks(score, score.tracks[:1]))
    return amplify(Sound(sound, RATE), **AMPS["acoustic"]).samples


def _dry(score: ScoreTick) -> np.ndarray:
    """A score of one track from the SoundFont, without the hall that its synthesiser adds."""
    for reverb_or_chorus in (91, 93):
        score.tracks[0].controls.append(ControlChangeTick(0, reverb_or_chorus, 0))
    sound = synthesised(score)
    assert sound.rate == RATE
    return sound.samples


def _at_level(samples: np.ndarray, name: str) -> np.ndarray:
    loudness = loudness_lufs(Sound(samples, RATE))
    if np.isinf(loudness):
        return samples
    return samples * np.float32(10 ** ((LOUDNESS_LUFS + LEVELS_DB[name] - loudness) / 20))


def _in_room(dry: np.ndarray, sent: np.ndarray) -> np.ndarray:
    """A sound (n, 2) with what a room answers to what is sent into it, (n,)."""
    heard = np.empty_like(dry)
    for side in (0, 1):
        answer = _room()[side]
        curve = functools.partial(_spectrum, answer)
        wet = filtered(in_blocks(sent), curve, RATE, memory=ROOM_SAMPLES)
        heard[:, side] = dry[:, side] + joined(wet, len(dry))
    return heard


def _spectrum(answer: np.ndarray, f: np.ndarray) -> np.ndarray:
    colour = high_pass(f, 200) * low_pass(f, 5000) * band_limit(f, RATE)  # walls swallow the highs
    return np.fft.rfft(answer, 2 * (len(f) - 1)) * colour


@functools.cache
def _room() -> np.ndarray:
    """What a room answers to a clap, (2, n): noise that dies, another for each ear."""
    n_samples = ROOM_SAMPLES - 4096  # the filters ring a little longer
    time = np.arange(n_samples) / RATE
    noise = np.random.default_rng(0).normal(size=(2, n_samples))
    answer = noise * 10 ** (-3 * time / ROOM_SECONDS) * (time > 0.008)
    return answer / np.sqrt(np.square(answer).sum(axis=1, keepdims=True))
