"""What the riff recipe pays for riffs that it never learned, as `make bench` measures it."""

import collections
import sys
import time
from pathlib import Path

import rockonet_utils as ru

FOLDS = 5


def riff_families() -> list[set[str]]:
    """The titles of the starter songs, in groups that share no riff; the largest group first."""
    sys.path.append("data")
    from composer.book import read_songs
    from composer.song import file_name

    groups: list[tuple[set[str], set[str]]] = []  # titles and riffs
    for plan in read_songs():
        title = Path(file_name(plan.title)).stem.replace("_", " ")
        titles, riffs = {title}, {*plan.verse, plan.chorus}
        for group in [group for group in groups if group[1] & riffs]:
            groups.remove(group)
            titles, riffs = titles | group[0], riffs | group[1]
        groups.append((titles, riffs))
    return sorted((titles for titles, _ in groups), key=lambda titles: (-len(titles), min(titles)))


def families_held_out(_: Path, cache: Path) -> dict:
    """Nats for a chord of the starter songs when no riff of the test songs was ever learned.

    The families are dealt to five folds; each fold is the test songs once, the next one validation.
    """
    corpus = ru.build_corpus(ru.settings(data="starter").folder)
    folds: list[set[str]] = [set() for _ in range(FOLDS)]
    for titles in riff_families():
        smallest = min(folds, key=len)
        smallest |= titles
    fold = [next(k for k, titles in enumerate(folds) if title in titles) for title in corpus.songs]
    start, sums, events = time.perf_counter(), collections.Counter(), 0
    for k in range(FOLDS):
        test, validation = (
            corpus.select(i for i, f in enumerate(fold) if f == j) for j in (k, (k + 1) % FOLDS)
        )
        train = corpus.select(i for i, f in enumerate(fold) if f not in (k, (k + 1) % FOLDS))
        choice = ru.settings("quick", "starter").replace(output=cache.parent / f"fold{k}")
        model = ru.train_riff_model(train, validation, choice, live=False)
        events += test.n_events
        for n, name in enumerate(("blind", "by frequency", "bigram")):
            sums[name] += test.n_events * ru.ngram_nats(train, test, n)
        sums["riff recipe"] += test.n_events * ru.held_out_nats(model, test)["pitch"]
    nats = {name: round(value / events, 2) for name, value in sums.items()}
    return {"seconds": time.perf_counter() - start, **nats}
