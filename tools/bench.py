"""How fast a folder of MIDI becomes a corpus, and what predicts it best: `make bench`.

Measured on the zip or folder that ROCKONET_ARCHIVE names, else on data/rock if it is there, else on
the starter songs. Each step runs in a process of its own, so that its peak memory is its own too;
what counts are the ratios, all from this one run.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import rockonet_utils as ru

MUSIC21_FILES = 6  # of the folder, chosen at random with a fixed seed: it takes seconds for each


def contents(source: Path) -> list[bytes]:
    """The bytes of every MIDI file of a folder or a zip."""
    if source.is_dir():
        return [path.read_bytes() for path in ru.midi_files(source)]
    with zipfile.ZipFile(source) as archive:
        return [archive.read(name) for name in ru._stamps(source)]


def symusic_alone(source: Path, _: Path) -> dict:
    import symusic

    files = contents(source)
    start = time.perf_counter()
    for data in files:
        try:
            symusic.Score.from_midi(data, sanitize_data=True)
        except RuntimeError:
            pass  # damaged
    return {"files": len(files), "seconds": time.perf_counter() - start}


def corpus_built_and_saved(source: Path, cache: Path) -> dict:
    cache.unlink(missing_ok=True)
    start = time.perf_counter()
    corpus = ru.build_corpus(source, cache=cache)
    return {
        "files": len(corpus.report),
        "seconds": time.perf_counter() - start,
        "read": sum(row.status != "unreadable" for row in corpus.report),
        "songs": len(corpus.songs),
        "events": corpus.n_events,
    }


def nothing_changed(source: Path, cache: Path) -> dict:
    start = time.perf_counter()
    corpus = ru.build_corpus(source, cache=cache)
    return {"files": len(corpus.report), "seconds": time.perf_counter() - start}


def classic_windows(_: Path, cache: Path) -> dict:
    corpus = ru.load_corpus(cache)
    start = time.perf_counter()
    X, _, vocabulary = ru.classic_windows(corpus, sequence_length=100, unique_factor=10)
    return {
        "seconds": time.perf_counter() - start,
        "windows": len(X),
        "symbols": len(vocabulary.symbols),
    }


def music21_route(source: Path, _: Path) -> dict:
    """As the original read songs: parse, part by instrument, keep the notes and chords."""
    import music21

    files = random.Random(0).sample(contents(source), MUSIC21_FILES)
    start = time.perf_counter()
    for data in files:
        song = music21.converter.parseData(data, format="midi")
        parts = music21.instrument.partitionByInstrument(song)
        for part in parts.parts if parts else ():
            [element.pitches for element in part.recurse().notes if not element.isRest]
    return {"files": len(files), "seconds": time.perf_counter() - start}


def predictors(source: Path, cache: Path) -> dict:
    """Nats for the chord of an event of the validation songs: by counting, by the riff recipe."""
    corpus = ru.load_corpus(cache)
    train, validation, _ = ru.split_by_song(corpus)
    nats = {f"{order}-gram": ru.ngram_nats(train, validation, order) for order in range(5)}
    nats["copy a bar ago"] = ru.copy_nats(train, validation, "bar")
    nats["copy the longest match"] = ru.copy_nats(train, validation, "match")
    choice = ru.settings("quick", "starter").replace(output=cache.parent)
    if corpus.n_events > 200_000:  # two rounds over a large corpus take five minutes
        choice = choice.replace(riff_units=(192,), riff_batch=32, riff_epochs=2)
    start = time.perf_counter()
    trained = ru.train_riff_model(train, validation, choice, live=False)
    seconds = time.perf_counter() - start
    held = ru.held_out_nats(trained, validation)
    nats |= {f"riff recipe, {part}": held[part] for part in ("pitch", "step", "duration", "total")}
    targets = choice.riff_epochs * train.n_events / seconds
    return {"seconds": seconds, **{name: round(value, 2) for name, value in nats.items()}} | {
        "targets a second": round(targets)
    }


def classic_step(_: Path, __: Path) -> dict:
    """Targets a second of the classic recipe at its published size: a window has one."""
    import numpy as np

    model = ru.classic_model(100, 1990)
    model.compile(ru.classic_optimizer(0.01), "categorical_crossentropy", jit_compile=False)
    X, Y = np.zeros((64, 100, 1), np.float32), np.eye(1990, dtype=np.float32)[:64]
    model.train_on_batch(X, Y)
    start = time.perf_counter()
    for _ in range(3):
        model.train_on_batch(X, Y)
    seconds = (time.perf_counter() - start) / 3
    return {"seconds": seconds, "targets a second": round(64 / seconds)}


STEPS = (
    symusic_alone,
    corpus_built_and_saved,
    nothing_changed,
    classic_windows,
    music21_route,
    predictors,
    classic_step,
)
ONCE = (music21_route, predictors, classic_step)


def in_own_process(step: str, source: Path, cache: Path) -> dict:
    """What a step returns, with the peak memory of its process in MB."""
    command = [sys.executable, __file__, step, str(source), str(cache)]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(run.stdout)


def main() -> None:
    rock = Path("data/rock")
    named = os.environ.get("ROCKONET_ARCHIVE")
    source = Path(named) if named else rock if rock.is_dir() else ru.settings().folder
    print(
        f"Songs: {source.name}. Best of 3 runs; what trains runs once, and music21 on "
        f"{MUSIC21_FILES} files.\n"
    )
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for step in STEPS:
            times = 1 if step in ONCE else 3
            runs = [
                in_own_process(step.__name__, source, Path(folder) / "corpus.npz")
                for _ in range(times)
            ]
            results[step.__name__] = best = min(runs, key=lambda run: run["seconds"])
            rate = f"{best['files'] / best['seconds']:9,.1f} files/s" if "files" in best else ""
            extra = ", ".join(
                f"{value:,} {key}"
                for key, value in best.items()
                if key not in ("files", "seconds", "peak_mb")
            )
            name = step.__name__.replace("_", " ")
            print(
                f"{name:24}{best['seconds']:8.2f} s {rate:19} {best['peak_mb']:6,.0f} MB  {extra}",
                flush=True,
            )
    seconds = {
        name: result["seconds"] / result["files"]
        for name, result in results.items()
        if "files" in result
    }
    ours = seconds["corpus_built_and_saved"]
    to_symusic, to_music21 = ours / seconds["symusic_alone"], seconds["music21_route"] / ours
    print(
        f"\nA file costs build_corpus {to_symusic:.1f} times what symusic alone takes, "
        f"and music21 {to_music21:,.0f} times what build_corpus takes."
    )
    targets = [results[name]["targets a second"] for name in ("predictors", "classic_step")]
    print(
        f"The riff recipe learns from {targets[0] / targets[1]:,.0f} times as many events a second "
        "as the classic recipe at its published size."
    )


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        import resource

        step, *paths = sys.argv[1:]
        result = {s.__name__: s for s in STEPS}[step](*map(Path, paths))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        result["peak_mb"] = peak / (2**20 if sys.platform == "darwin" else 2**10)
        print(json.dumps(result))
