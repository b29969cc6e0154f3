"""How riffs sound, as `make bench` measures it; loudness and peaks are judged by other programs."""

import dataclasses
import resource
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

import rockonet_utils as ru

RIFFS = 40
TONES = range(237, 3000, 230)  # Hz
NEIGHBOUR = 6  # Hz: so wide the window makes a tone


def power_chord(name: str) -> float:
    """How far the difference tone of A2 and E3, on strings, lies from their root, in dB."""
    events = np.zeros(1, ru.EVENT)
    events["bass"], events["shape"], events["duration"], events["velocity"] = 45, 129, 48, 100
    after = ru.amplify(ru.pickup_sound(ru.Riff(events, tempo_bpm=90)), **ru.AMPS[name])
    return ru.tone_level_db(after, 55) - ru.tone_level_db(after, 110)


def strongest_alias() -> float:
    """The strongest frequency that is no partial of the tone played, in dB beside the strongest."""
    worst = -np.inf
    for hz in TONES:
        for how in ru.AMPS.values():
            piece = ru.amplify(ru.tones(hz, hz), **how).samples[24_000:72_000, 0]
            size = np.abs(np.fft.rfft(piece * np.blackman(len(piece))))
            f = np.arange(len(size))
            strange = (np.abs((f + hz / 2) % hz - hz / 2) > NEIGHBOUR) & (f < 20_000)
            worst = max(worst, float(20 * np.log10(size[strange].max() / size.max())))
    return worst


def loudest_rest() -> float:
    """The loudest sample of a rest after a chord, in dBFS, over all sounds with an amplifier."""
    events = np.zeros(2, ru.EVENT)
    events["bass"], events["shape"], events["velocity"] = 40, 129, 100
    events["step"], events["duration"] = (0, 96), 6
    riff, loudest = ru.Riff(events), -np.inf
    for name in ("distortion", "overdrive", "clean"):
        sound = riff.sounding(name).audio()
        rest = np.abs(sound.samples[round(1.2 * sound.rate) : round(3.9 * sound.rate)]).max()
        loudest = max(loudest, float(20 * np.log10(max(rest, 1e-9))))
    return loudest


def beyond_the_sound(play: Callable[[], ru.Sound]) -> float:
    """What making a sound takes beyond the sound itself, in MB."""
    tracemalloc.start()
    sound = play()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (peak - sound.samples.nbytes) / 2**20


def amplifier_memory(seconds: int) -> float:
    """What `amplify` takes beyond its sound, in MB."""
    sound = ru.tones(110, 165, seconds=seconds)
    return beyond_the_sound(lambda: ru.amplify(sound))


def first_sound() -> float:
    """The processor seconds until the first excerpt of notebook 04 can be heard in the page."""
    test = ru.split_by_song(ru.corpus_for(ru.settings("quick", "starter")))[2]
    riff = ru.random_excerpt(test, 16, seed=5)
    begin = time.process_time()
    riff.audio()._repr_html_()
    return time.process_time() - begin


def memory_of_a_mix(seconds: int) -> float:
    """What a riff with a band takes beyond its sound, in MB: chords at 120, two a second."""
    events = np.zeros(2 * seconds, ru.EVENT)
    events["bass"], events["shape"], events["velocity"] = 40, 129, 100
    events["step"], events["duration"] = 12, 12
    return beyond_the_sound(lambda: ru.Riff(events).audio(band=True))


def in_a_fresh_process(call: str) -> float:
    """What a call of this module returns where nothing has been played before."""
    code = f"import bench_sound; print(bench_sound.{call})"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


def the_sound(_: Path, cache: Path) -> dict:
    """Forty riffs of the songs in four sounds, with a band; then the amplifier alone."""
    from pyloudnorm import Meter
    from scipy.signal import resample_poly

    songs = ru.split_by_song(ru.load_corpus(cache))[1]
    riffs = [ru.random_excerpt(songs, 16, seed=i, bars=4) for i in range(RIFFS)]
    loudness, peaks, offsets, costs, seconds = [], [], [], [], 0.0
    for riff in riffs:
        riff = dataclasses.replace(riff, prompt_events=0)  # a prompt is made quieter on purpose
        for name in ru.SOUNDS:
            begin = time.process_time()
            sound = riff.sounding(name).audio(band=True)
            spent = time.process_time() - begin
            seconds += spent
            costs.append(spent / sound.seconds)
            samples = sound.samples.astype(float)
            loudness.append(Meter(sound.rate).integrated_loudness(samples))
            peaks.append(20 * np.log10(np.abs(resample_poly(samples, 4, 1)).max()))
            offsets.append(np.abs(samples.mean(axis=0)).max())
    unit = 2**20 if sys.platform == "darwin" else 2**10
    figures = {
        "dB, difference tone of a power chord, distortion": power_chord("distortion"),
        "dB, the same, clean": power_chord("clean"),
        "dB, strongest alias, tones up to 3 kHz": strongest_alias(),
        f"LUFS, the least of {len(loudness)}": min(loudness),
        "LUFS, the most": max(loudness),
        "dBTP, the highest true peak": max(peaks),
        "dBFS, the strongest offset from 0": 20 * np.log10(max(offsets)),
        "dBFS, the loudest rest": loudest_rest(),
        "of a sound's length to make it, median": np.median(costs),
        "the most of it": max(costs),
        "s of a processor until the first excerpt is heard": in_a_fresh_process("first_sound()"),
        "MB the amplifier takes for 10 s": amplifier_memory(10),
        "MB for 100 s": amplifier_memory(100),
        **{
            f"MB a mix of {seconds} s takes beyond its sound": memory_of_a_mix(seconds)
            for seconds in (30, 120, 480)
        },
        "MB for all": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
    }
    return {"seconds": seconds, **{name: round(float(x), 3) for name, x in figures.items()}}
