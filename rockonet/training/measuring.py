"""What a trained network pays for new songs, in nats per event."""

from __future__ import annotations

import itertools

import numpy as np

from rockonet.dataset.classic_windows import Vocabulary
from rockonet.dataset.corpus import Corpus
from rockonet.training.batches import full_batch
from rockonet.training.riff_recipe import mean_nats, nats_model, riff_examples
from rockonet.training.riff_vocabulary import CHORD, PART_TABLE, PARTS, shape_nats
from rockonet.training.trained import Trained


def softmax(logits: np.ndarray) -> np.ndarray:
    """The chances of classes (n, n_classes), of which each row sums to 1."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def held_out_nats(trained: Trained, corpus: Corpus) -> dict[str, float]:
    """Mean −ln p per event of songs: `pitch` (the whole chord), `step`, `duration` and `total`.

    Every event counts once, with all events of its track before it at hand. The classic recipe
    predicts pitch alone, so its dict holds nothing else. Not part of the total are `technique`,
    how the event is played, and `velocity`.
    Notebook: 03.
    """
    if trained.recipe == "classic":
        return {"pitch": _classic_nats(trained, corpus)}
    examples = riff_examples(corpus, trained.vocabulary)
    parts = mean_nats(nats_model(trained.model), examples, corpus.offsets)
    nats = dict(zip(PARTS, parts.tolist(), strict=True))
    measured = {"pitch": float(np.sum([nats[part] for part in CHORD]))}
    rest = [part for part in PART_TABLE if part.name not in CHORD]
    measured |= {part.name: nats[part.name] for part in rest if part.in_total}
    measured["total"] = float(np.sum(list(measured.values())))
    return measured | {part.name: nats[part.name] for part in rest if not part.in_total}


def _classic_nats(trained: Trained[Vocabulary], corpus: Corpus) -> float:
    """The recipe as published has no price for a chord it does not know: one in a hundred is new.

    Such a chord is spelled out: its lowest pitch, then 63 intervals, of which one in twenty sounds.
    """
    escape = 0.01
    names, place = corpus.chords()
    codes, known = trained.vocabulary.encode(names)
    values, length = trained.vocabulary.standardise(codes)[place], trained.sequence_length
    spelled = shape_nats(corpus.events["shape"], np.full(64, 0.05))
    new = np.log(128) + spelled - np.log(escape)
    total = 0.0
    for begin, end in itertools.pairwise(corpus.offsets.tolist()):
        padded = np.concatenate([np.zeros(length, np.float32), values[begin:end]])
        windows = np.lib.stride_tricks.sliding_window_view(padded, length)[: end - begin]
        for i in range(0, end - begin, 512):
            some = windows[full_batch(i, 512, len(windows))]
            answers = place[begin + i : min(end, begin + i + 512)]
            p = np.asarray(trained.model.predict_on_batch(some[..., None]), np.float64)
            p = p[np.arange(len(answers)), codes[answers]]
            nats = -np.log(np.maximum(p, 1e-12)) - np.log1p(-escape)
            total += np.where(known[answers], nats, new[begin + i :][: len(answers)]).sum()
    return float(total / corpus.n_events)
