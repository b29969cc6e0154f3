"""What would others have built? The riff recipe beside its rivals: `tools/bench.py the_rivals`.

Each learns from the same training songs, for the same time on the same machine, one after the
other, and pays for the same events of the test songs: in nats for the step, for the chord when the
step is known, and for the duration when both are. `docs/rivals.md` says how it is kept fair.

ROCKONET_RIVAL_SECONDS: how long each learns, 30 for the starter songs and else 300. With
ROCKONET_RIVAL_RATES=tune each first tries three learning rates, a third of that time each; the
validation songs choose. Without, it takes the one that was chosen so before.
"""

import gc
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from rivals_published import (
    ClassicalPianoComposer,
    DeepJazz,
    SmallGPT,
    in_windows,
    of_windows,
)
from rivals_recipe import AttentionRecipe, RiffRecipe
from rivals_tokens import TokenTransformer
from rivals_training import PRICED, Prices, Rival

import rockonet_utils as ru
from rockonet.training.experiment import seed_everything

LARGE = 200_000  # events, from which on songs are learned as the rock archive is
SIDE_BY_SIDE, NEW_EVENTS = 32, 64  # what is generated


def all_rivals(
    train: ru.Corpus, validation: ru.Corpus, settings: ru.Settings
) -> Iterator[Callable[[], Rival]]:
    """What makes each of them."""
    sizes = ru.riff_vocabulary(train).sizes
    weights = ru.riff_model(sizes, settings.riff_units).count_params()
    yield lambda: RiffRecipe(train, settings)
    yield lambda: RiffRecipe(train, settings, memory=False)
    yield lambda: AttentionRecipe(train, settings)
    yield lambda: AttentionRecipe(train, settings, memory=False)
    yield lambda: TokenTransformer(train, validation, settings, weights)
    yield lambda: SmallGPT(train, settings)
    yield lambda: DeepJazz(train, settings)
    yield lambda: ClassicalPianoComposer(train, settings)


def summed(prices: Prices) -> float:
    """The nats of all parts that are predicted; infinite if some are no numbers."""
    means = prices.means()
    total = sum(means[part] for part in PRICED if part in means)
    return total if np.isfinite(total) else np.inf


def tuned_rate(rival: Rival, validation: ru.Corpus, seconds: float) -> tuple[float, dict]:
    """The best of three rates after a third of the time, and what each paid for the validation."""
    steps = rival.steps_in(seconds / 3)
    paid = {}
    for rate in rival.rates:
        rival.learn(rate, steps)
        paid[rate] = summed(rival.price(validation))
    return min(paid, key=paid.__getitem__), paid


def notes_a_second(rival: Rival, prompt: np.ndarray) -> float | None:
    """How many notes it makes, 32 riffs at once; nothing if it cannot go on."""
    made: list[np.ndarray] = []
    for seed in range(2):  # the first time compiles
        begin = time.perf_counter()
        made = rival.continued(prompt, SIDE_BY_SIDE, NEW_EVENTS, np.random.default_rng(seed))
        took = time.perf_counter() - begin
    return count_notes(made) / took if made else None


def count_notes(riffs: list[np.ndarray]) -> int:
    """The notes of arrays of events."""
    return sum(int(np.bitwise_count(events["shape"]).sum()) for events in riffs)


def measured(rival: Rival, rate: float, seconds: float) -> dict:
    """A rival, trained: what is said of its training."""
    steps, took = rival.learn_for(rate, seconds)
    return {
        "weights": rival.network.count_params(),
        "rate": rate,
        "steps": steps,
        "seconds": took,
        "events a second": steps * rival.events_a_batch / took,
        "epochs": steps / len(rival.batches(1)),
    }


def random_windows(corpus: ru.Corpus, settings: ru.Settings, rate: float, seconds: float) -> dict:
    """The small GPT on windows of all songs dealt at random, as its authors did: a lesson.

    A tenth of the windows is the test; as many as the validation songs have are left out.
    """
    windows = in_windows(corpus)
    order = np.random.default_rng(settings.seed).permutation(len(windows))
    n = len(windows) // 10
    test, train = (of_windows([windows[i] for i in part]) for part in (order[:n], order[2 * n :]))
    seed_everything(settings.seed)
    rival = SmallGPT(train, settings)
    row = measured(rival, rate, seconds)
    return row | window_answers(rival, test)


def window_answers(rival: SmallGPT, songs: ru.Corpus) -> dict:
    """What it pays for windows that begin anew each, and the share of beats guessed right."""
    prices, beats = rival.answers(songs)
    return prices.means() | {"beats right": float(np.nanmean(beats))}


def the_rivals(source: Path, cache: Path) -> dict:
    """Train and price them all: how long that took, and a table of what came of it.

    All that was measured is kept in `output/bench_rivals.json`, too.
    """
    corpus = ru.build_corpus(source, cache=cache)
    train, validation, test = ru.split_by_song(corpus)
    large = corpus.n_events > LARGE
    seconds = float(os.environ.get("ROCKONET_RIVAL_SECONDS", 300 if large else 30))
    settings = ru.settings("quick", "starter")
    if large:
        settings = settings.replace(riff_units=(192,), riff_batch=32)
    prompt = ru.random_excerpt(validation, 16, seed=1).events
    kept = ru.settings().output.parent / "bench_rivals.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    begin, rows, lesson = time.perf_counter(), {}, {}
    for make in all_rivals(train, validation, settings):
        seed_everything(settings.seed)
        rival = make()
        rate, paid = (rival.rate if large else rival.starter_rate), {}
        if os.environ.get("ROCKONET_RIVAL_RATES") == "tune":
            rate, paid = tuned_rate(rival, validation, seconds)
        row = measured(rival, rate, seconds) | {"tuned": paid}
        row["notes a second"] = notes_a_second(rival, prompt)
        rows |= {name: row | prices.means() for name, prices in rival.prices(test).items()}
        if isinstance(rival, SmallGPT):
            lesson["by song"] = window_answers(rival, of_windows(in_windows(test)))
            lesson["at random"] = random_windows(corpus, settings, rate, seconds)
        del rival
        gc.collect()  # the next one wants the memory
        found = {"seconds each": seconds, "rivals": rows, "windows": lesson}
        kept.write_text(json.dumps(found, indent=1, default=float))
    return {"seconds": time.perf_counter() - begin, "table": rivals_table(found)}


def rivals_table(result: dict) -> str:
    """What was measured, as `docs/rivals.md` shows it."""
    head = (
        "| | weights | rate | events learned/s | step | chord | duration | total "
        "| first guess right: step, chord, duration | notes/s |"
    )
    lines = [f"Each learned for {result['seconds each']:.0f} s.", "", head, "|---" * 10 + "|"]
    for name, row in result["rivals"].items():
        cells = [f"{row['weights']:,}", f"{row['rate']:g}", f"{row['events a second']:,.0f}"]
        cells += [f"{row[part]:.3f}" if part in row else "–" for part in (*PRICED, "total")]
        right = [row.get(f"{part} right") for part in PRICED]
        cells.append(", ".join("–" if share is None else f"{share:.0%}" for share in right))
        cells.append(f"{row['notes a second']:,.0f}" if row["notes a second"] else "–")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    for how, row in result["windows"].items():
        lines.append(
            f"\n{SmallGPT.name}, windows split {how}: chord {row['chord']:.2f}, "
            f"step {row['step']:.2f} nats, {row['beats right']:.0%} of beats guessed right."
        )
    return "\n".join(lines)
