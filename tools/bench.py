"""How fast songs become a corpus, what predicts them best, how riffs turn out: `make bench`.

Measured on the zip or folder that ROCKONET_ARCHIVE names, else on data/rock if it is there, else on
the starter songs. Each step runs in a process of its own, so that its peak memory is its own too;
what counts are the ratios, all from this one run. Given names of steps, it takes those alone, and
what they need.
"""

import functools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench_families import families_held_out
from bench_report import kept_nats, report
from bench_sound import the_sound
from fit_fingering import fingerings_by_people

import rockonet_utils as ru
from rockonet.dataset.build import file_stamps

TOLD = ("pitch", "step", "duration", "total", "technique", "velocity")
OWN_PROCESS = "--in-own-process"  # before a step, its source and its cache
MUSIC21_FILES = 6  # of the folder, chosen at random with a fixed seed: it takes seconds for each


def contents(source: Path) -> list[bytes]:
    """The bytes of every MIDI file of a folder or a zip."""
    if source.is_dir():
        return [path.read_bytes() for path in ru.midi_files(source)]
    with zipfile.ZipFile(source) as archive:
        return [archive.read(name) for name in file_stamps(source)]


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

    files = contents(source)
    files = random.Random(0).sample(files, min(MUSIC21_FILES, len(files)))
    start = time.perf_counter()
    for data in files:
        song = music21.converter.parseData(data, format="midi")
        parts = music21.instrument.partitionByInstrument(song)
        for part in parts.parts if parts else ():
            [element.pitches for element in part.recurse().notes if not element.isRest]
    return {"files": len(files), "seconds": time.perf_counter() - start}


def technique_nats(train: ru.Corpus, test: ru.Corpus) -> dict[str, float]:
    """What counting pays for how an event of the test songs is played, in nats."""
    part = "technique"
    return {
        "by frequency": ru.ngram_nats(train, test, 1, part),
        "by how the last one was played (bigram)": ru.ngram_nats(train, test, 2, part),
        "as the event before": ru.copy_nats(train, test, "before", part),
        "as what stood a bar ago": ru.copy_nats(train, test, "bar", part),
        "as what followed the longest match": ru.copy_nats(train, test, "match", part),
    }


def predictors(source: Path, cache: Path) -> dict:
    """Nats for the chord of an event of the test songs: by counting, and by each network."""
    corpus = ru.load_corpus(cache)
    train, validation, test = ru.split_by_song(corpus)
    choice = ru.settings("quick", "starter").replace(output=cache.parent, learning_rates=(0.01,))
    if corpus.n_events > 200_000:  # three rounds over a large corpus take ten minutes
        choice = choice.replace(
            riff_units=(192,),
            riff_batch=32,
            riff_rate=0.004,
            riff_epochs=3,
            riff_epoch_windows=0,
            epoch_windows=40_000,
        )
    order = ("blind", "by frequency", "by the last chord (bigram)", "by the last two chords")
    counted = {name: ru.ngram_nats(train, test, i) for i, name in enumerate(order)}
    counted["by the last three chords"] = ru.ngram_nats(train, test, 4)
    counted["copy what stood a bar ago"] = ru.copy_nats(train, test, "bar")
    counted["copy what followed the longest match"] = ru.copy_nats(train, test, "match")

    size = choice.sequence_length, choice.unique_factor
    X, Y, vocabulary = ru.classic_windows(train, *size)
    X_held, Y_held, _ = ru.classic_windows(validation, *size, vocabulary)
    ru.learning_rate_sweep((X, Y), (X_held, Y_held), vocabulary, choice, live=False)
    classic = ru.load_trained(choice.output / "classic.zip")
    learned = {"the classic recipe": ru.held_out_nats(classic, test)["pitch"]}

    plain = functools.partial(ru.chord_model, skip=False)
    bare = functools.partial(plain, embed=False)
    in_parts = functools.partial(ru.riff_model, candidates=False, memory=False)
    forgetful = functools.partial(ru.riff_model, memory=False)
    last = dict(every_position=False, live=False)
    learned["0. a small network"] = ru.chord_nats(train, test, choice, **last, build_model=bare)
    learned["1. an embedding"] = ru.chord_nats(train, test, choice, **last, build_model=plain)
    learned["2. every position asks"] = ru.chord_nats(
        train, test, choice, build_model=plain, live=False
    )
    learned["3. a skip"] = ru.chord_nats(train, test, choice, live=False)
    by_parts = ru.train_riff_model(train, validation, choice, live=False, build_model=in_parts)
    learned["4. told in parts"] = ru.held_out_nats(by_parts, test)["pitch"]
    looking = ru.train_riff_model(train, validation, choice, live=False, build_model=forgetful)
    looked = ru.held_out_nats(looking, test)
    learned["5. candidates"] = looked["pitch"]
    riff = ru.train_riff_model(train, validation, choice, live=False)
    tested = ru.held_out_nats(riff, test)
    learned["6. a memory: the riff recipe"] = tested["pitch"]

    ru.save_nats(cache.parent / "nats.csv", counted, learned)
    totals = [row for row in riff.history.epochs if row.recipe == "riff"]
    after = sum(row.seconds for row in totals)
    before = sum(row.seconds for row in looking.history.epochs if row.recipe == "riff")
    whole = {f"5. candidates, after {before:.0f} s, {part}": looked[part] for part in TOLD}
    whole |= {f"riff recipe after {after:.0f} s, {part}": tested[part] for part in TOLD}
    nats = {name: round(value, 2) for name, value in (counted | learned | whole).items()}
    played = technique_nats(train, test) | {
        "4. told in parts": ru.held_out_nats(by_parts, test)["technique"],
        "5. candidates": looked["technique"],
        "6. a memory: the riff recipe": tested["technique"],
    }
    return {"seconds": after, "nats": nats, "technique_nats": played}


def riff_step(_: Path, __: Path) -> dict:
    """Targets a second of the riff recipe with 192 cells: every event of a window is one."""
    from rockonet.training.riff_recipe import riff_experiment  # Keras: it is no step's memory else

    train, validation, _ = ru.split_by_song(ru.build_corpus(ru.settings(data="starter").folder))
    choice = ru.settings("quick", "starter").replace(riff_units=(192,), riff_batch=32)
    experiment = riff_experiment(
        train, validation, ru.riff_vocabulary(train), choice, ru.riff_model
    )
    _, model = experiment.start(0.004)
    X, mask = experiment.batches(1)[0]
    model.train_on_batch(X, mask)
    start = time.perf_counter()
    for _ in range(10):
        model.train_on_batch(X, mask)
    seconds = (time.perf_counter() - start) / 10
    return {"seconds": seconds, "targets a second": round(mask.sum() / seconds)}


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


def generating(_: Path, cache: Path) -> dict:
    """Notes a second of 32 riffs at once, and the times of one riff and of its player."""
    import numpy as np

    corpus = ru.load_corpus(cache)
    train, validation, _ = ru.split_by_song(corpus)
    model, index = ru.load_trained(cache.parent / "riff.zip"), ru.CopyIndex(train)
    prompt = ru.random_excerpt(validation, 16, seed=1)

    def timed(n: int, **more: int) -> tuple[float, list]:
        ru.generate(model, n, 1, prompt=prompt, training=index, **more)  # fills caches
        start = time.perf_counter()
        riffs = ru.generate(model, n, prompt=prompt, training=index, seed=2, **more)
        return time.perf_counter() - start, riffs

    one, _ = timed(1)
    seconds, riffs = timed(32, best_of=1)
    notes = sum(len(ru.notes_from_events(riff.generated)["pitch"]) for riff in riffs)
    (long,) = ru.generate(model, bars=16, prompt=ru.Riff(prompt.events[:1], 1), seed=3)
    start = time.perf_counter()
    long.player().html()
    shown = time.perf_counter() - start
    start = time.perf_counter()
    ru.originality(riffs[0], index)
    compared = time.perf_counter() - start

    # The loop of the original: one window of 100, one guess, at its published size.
    classic = ru.classic_model(100, 1990)
    window = np.zeros((1, 100, 1), np.float32)
    classic.predict(window, verbose=0)
    start = time.perf_counter()
    for _ in range(5):
        classic.predict(window, verbose=0)
    loop = 5 / (time.perf_counter() - start)
    return {
        "seconds": seconds,
        "notes a second": round(notes / seconds),
        "times the original's loop": round(notes / seconds / loop),
        "s for one riff of 8 bars": round(one, 2),
        "s to render and show 16 bars": round(shown, 2),
        "s to look for copies": round(compared, 3),
    }


def riffs(_: Path, cache: Path) -> dict:
    """200 riffs at the default settings, beside what the songs themselves do after the prompts."""
    import itertools

    import numpy as np

    corpus = ru.load_corpus(cache)
    train, validation, test = ru.split_by_song(corpus)
    model, index = ru.load_trained(cache.parent / "riff.zip"), ru.CopyIndex(train)
    start = time.perf_counter()
    real = [ru.random_excerpt(validation, 16, seed=i, bars=8) for i in range(200)]
    prompts = [ru.random_excerpt(test, 16, seed=i) for i in range(200)]
    made = [
        ru.generate(model, prompt=prompt, training=index, seed=i)[0]
        for i, prompt in enumerate(prompts)
    ]

    def run(riff: ru.Riff) -> int:
        chords = [(event["bass"], event["shape"]) for event in riff.generated]
        return max((len(list(same)) for _, same in itertools.groupby(chords)), default=0)

    # What the same songs do after the same prompts.
    followed = [ru.random_excerpt(test, 16, seed=i, bars=8) for i in range(200)]
    shares = [
        ru.technique_shares(np.concatenate([riff.generated for riff in kind]))
        for kind in (followed, made)
    ]
    ours, theirs = ([ru.quality(riff, index) for riff in kind] for kind in (made, real))
    inside = {}
    for name in ours[0]:
        low, high = np.nanpercentile([row[name] for row in theirs], (5, 95))
        values = np.array([row[name] for row in ours])
        inside[f"{name}, real songs {low:.2f} to {high:.2f}"] = float(
            (np.isnan(values) | (low - 1e-9 <= values) & (values <= high + 1e-9)).mean()
        )
    return {
        "seconds": time.perf_counter() - start,
        "inside": inside,
        "longest run of one chord": max(map(run, made)),
        "in 99 of 100 real songs at most": int(np.percentile([run(riff) for riff in real], 99)),
        "longest copy": int(max(row["longest copy"] for row in ours)),
        "unplayable": sum(bool(riff.fingering.unplayable) for riff in made),
        "with an impossible technique": sum(
            bool(riff.fingering.impossible_techniques) for riff in made
        ),
        "shares": {
            name: [share.get(name, 0.0) for share in shares]
            for name in sorted(set().union(*shares))
        },
    }


def the_rivals(source: Path, cache: Path) -> dict:
    """Other networks beside the riff recipe, see `tools/rivals.py`."""
    import rivals  # and with it Keras, which would count as other steps' memory

    return rivals.the_rivals(source, cache)


STEPS = (
    symusic_alone,
    corpus_built_and_saved,
    nothing_changed,
    classic_windows,
    music21_route,
    predictors,
    families_held_out,
    riff_step,
    classic_step,
    generating,
    riffs,
    the_sound,
    the_rivals,
    fingerings_by_people,
)
BY_NAME = {step.__name__: step for step in STEPS}
ONCE = STEPS[4:]  # what takes long
# The steps that need a corpus, and those that need a riff model trained on it.
ON_CORPUS = (classic_windows, predictors, the_sound)
ON_MODEL = (generating, riffs)
NOT_IN_A_LINE = "files seconds peak_mb nats technique_nats inside shares table hand".split()


def in_own_process(step: str, source: Path, cache: Path) -> dict:
    """What a step returns, with the peak memory of its process in MB."""
    command = [sys.executable, __file__, OWN_PROCESS, step, str(source), str(cache)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"The step {step} failed:\n{run.stderr[-2000:]}")
    return json.loads(run.stdout)


def chosen_steps(names: Sequence[str]) -> list[Callable[..., dict]]:
    """The steps with these names and those that they need, in their order; all without a name.

    Raises: ValueError for a name that no step has.
    """
    if unknown := sorted(set(names) - BY_NAME.keys()):
        raise ValueError(f"There is no step {', '.join(unknown)}. Steps: {', '.join(BY_NAME)}.")
    chosen = {BY_NAME[name] for name in names or BY_NAME}
    if chosen.intersection(ON_MODEL):
        chosen.add(predictors)
    if chosen.intersection(ON_CORPUS):
        chosen.add(corpus_built_and_saved)
    return [step for step in STEPS if step in chosen]


def main(only: list[str]) -> None:
    try:
        steps = chosen_steps(only)
    except ValueError as error:
        sys.exit(str(error))
    rock = Path("data/rock")
    named = os.environ.get("ROCKONET_ARCHIVE")
    source = Path(named) if named else rock if rock.is_dir() else ru.settings().folder
    print(
        f"Songs: {source.name}. Best of 3 runs; what trains runs once, and music21 on "
        f"{MUSIC21_FILES} files.\n"
    )
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for step in steps:
            times = 1 if step in ONCE else 3
            runs = [
                in_own_process(step.__name__, source, Path(folder) / "corpus.npz")
                for _ in range(times)
            ]
            results[step.__name__] = best = min(runs, key=lambda run: run["seconds"])
            rate = f"{best['files'] / best['seconds']:9,.1f} files/s" if "files" in best else ""
            extra = ", ".join(
                f"{value:,} {key}" for key, value in best.items() if key not in NOT_IN_A_LINE
            )
            if "nats" in best:
                kept_nats().parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(folder) / "nats.csv", kept_nats())
            name = step.__name__.replace("_", " ")
            print(
                f"{name:24}{best['seconds']:8.2f} s {rate:19} {best['peak_mb']:6,.0f} MB  {extra}",
                flush=True,
            )
    report(results)


if __name__ == "__main__":
    if OWN_PROCESS not in sys.argv[1:2]:
        main(sys.argv[1:])
    else:
        import resource

        step, *paths = sys.argv[2:]
        result = BY_NAME[step](*map(Path, paths))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        result["peak_mb"] = peak / (2**20 if sys.platform == "darwin" else 2**10)
        print(json.dumps(result))
