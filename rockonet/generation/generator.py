"""A prompt is continued, event by event."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Sequence

import numpy as np

from rockonet.common.theory import TICKS_PER_QUARTER, chord_name
from rockonet.common.tunings import tuning_pitches
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import EVENT, bass_and_shape, event_pitches, onsets
from rockonet.generation.constraints import MAX_REPEATS, Constraints
from rockonet.generation.originality import WARN_COPIED, CopyIndex
from rockonet.generation.quality import most_typical
from rockonet.generation.sampling import sample
from rockonet.guitar.playability import NECK
from rockonet.guitar.riff import Riff
from rockonet.training.riff_features import RIFF_COLUMNS, RunningFeatures
from rockonet.training.riff_network import stateful_model
from rockonet.training.riff_vocabulary import PARTS
from rockonet.training.trained import Trained


def generate(
    trained: Trained,
    n: int = 1,
    bars: int = 8,
    temperature: float = 1.0,
    top_p: float = 0.95,
    prompt: Riff | None = None,
    scale: str | None = None,
    tuning: str | Sequence[int] | None = None,
    seed: int = 0,
    *,
    top_k: int = 0,
    events: int | None = None,
    frets: tuple[int, int] = NECK,
    polyphony: int = 6,
    max_repeats: int = MAX_REPEATS,
    training: Corpus | CopyIndex | None = None,
    max_copied: int = WARN_COPIED - 1,
    revoice: bool = True,
    rhythm: str = "prompt",
    tries: int = 6,
) -> list[Riff]:
    """Continue a prompt with new events.

    n: how many riffs. bars: how many bars to add to the prompt, 1 or more.
    temperature, top_p, top_k: see `sample`. prompt: a `Riff`, as from `random_excerpt` or
        `prompt_from_text`; without one the model starts from silence.
    tries: so many are made side by side for each riff, and the one that is most like real songs is
        kept: see `TYPICAL`. With 1 you get what the model says, as it says it.
    scale, tuning, frets, polyphony: what may be played, see `playable_chords`. Nothing else is.
        Without a tuning it is that of the prompt. revoice: a prompt that cannot be fingered in it
        is changed as little as possible; else it is refused.
    events: stop after so many new events, if that comes before the end of the last bar.
    max_repeats: a chord is not played more often than that in a row. training: the songs that the
        model learned from; at most `max_copied` events in a row are copied (see `originality`).
    rhythm: the classic recipe predicts which notes come next but not when. "prompt" repeats the
        prompt's rhythm for as long as needed; "even" puts 0.3 quarter notes (rounded to 4 ticks)
        between all events, as published.
    Returns n riffs; ``riff.prompt_events`` tells the prompt from what was generated.
    Raises: ValueError for numbers out of range, for what does not exist, and if nothing fits.
    Source: the window that moves on by one event is that of Rock-o-net as published.
    Notebook: 04.
    """
    counts = (n, bars, tries, max_copied, max_repeats, 1 if events is None else events)
    if min(counts) < 1 or top_k < 0 or not temperature >= 0 or not 0 < top_p <= 1:
        raise ValueError(
            "n, bars, events, tries, max_copied and max_repeats must be 1 or more, temperature and "
            "top_k 0 or more, top_p over 0 and at most 1."
        )
    if isinstance(prompt, str):
        raise ValueError("A text becomes a prompt with ru.prompt_from_text(text): give that.")
    if rhythm not in ("prompt", "even"):
        raise ValueError(f"rhythm must be 'prompt' or 'even', not {rhythm!r}.")
    given = prompt or Riff(np.zeros(0, EVENT), title="silence")
    strings = tuning_pitches(tuning or given.tuning)
    given = dataclasses.replace(given, tuning=strings, frets=tuple(frets), scale=scale)
    if revoice:
        given = given.revoiced()
    elif given.fingering.unplayable:
        raise ValueError(f"The prompt is {given.fingering.verdict}; revoice=True changes it.")
    tries = tries if temperature else 1  # without chance they are all alike
    constraints = Constraints(
        limits=(scale, strings, tuple(frets), polyphony),
        sampler=functools.partial(sample, temperature=temperature, top_p=top_p, top_k=top_k),
        rngs=[np.random.default_rng([seed, i, j]) for i in range(n) for j in range(tries)],
        max_repeats=max_repeats,
        index=CopyIndex(training) if isinstance(training, Corpus) else training,
        max_copied=max_copied,
    )
    go_on = continue_classic if trained.recipe == "classic" else continue_riff
    rest = dict(rhythm=rhythm) if trained.recipe == "classic" else {}
    end = given.bar_line_after + bars * given.ticks_per_bar
    made = []
    for i, new in enumerate(go_on(trained, given, bars, constraints, **rest)):
        together = np.concatenate([given.events, new[:events]])
        room = end - onsets(together)  # nothing sounds on after the last bar
        together["duration"] = np.minimum(together["duration"], room)
        number = f", {i // tries + 1} of {n}" if n > 1 else ""
        song = re.sub(r"^(after )+|,? seed \d+.*$", "", given.title)  # it may be a riff itself
        title = f"after {song[:50]}, seed {seed}{number}"
        made.append(
            dataclasses.replace(
                given, events=together, prompt_events=len(given.events), title=title
            )
        )
    return [most_typical(made[i : i + tries]) for i in range(0, len(made), tries)]


def continue_classic(
    trained: Trained, prompt: Riff, bars: int, constraints: Constraints, rhythm: str
) -> list[np.ndarray]:
    """New events for each riff: the window moves on by one event."""
    steps, durations, velocities = prompt_rhythm(prompt, bars, rhythm)
    vocabulary, length, n = trained.vocabulary, trained.sequence_length, len(constraints.rngs)
    bass, shape = (
        np.array(column, np.uint64)
        for column in zip(*map(bass_and_shape, vocabulary.symbols), strict=True)
    )
    shapes, place = np.unique(shape, return_inverse=True)
    constraints.start(shapes.tolist(), prompt.events)
    names = [chord_name(event_pitches(event)) for event in prompt.events[-length:]]
    # A standardised code of 0 is the mean: it stands for "nothing known" before the prompt.
    window = np.zeros((n, length), np.float32)
    if names:
        window[:, -len(names) :] = vocabulary.standardise(vocabulary.encode(names)[0])
    new = np.zeros((n, len(steps)), EVENT)
    new["step"], new["duration"], new["velocity"] = steps, durations, velocities
    for k, step in enumerate(steps):
        odds = np.asarray(trained.model.predict_on_batch(window[..., None]))
        allowed = constraints.allowed_chords(np.repeat(step, n))[:, bass.astype(int), place]
        codes = constraints.draw(odds, allowed)
        new["bass"][:, k], new["shape"][:, k] = bass[codes], shape[codes]
        constraints.append(new[:, k], new=True)
        window = np.roll(window, -1, axis=1)
        window[:, -1] = vocabulary.standardise(codes)
    return list(new)


def continue_riff(
    trained: Trained, prompt: Riff, bars: int, constraints: Constraints
) -> list[np.ndarray]:
    """New events for each riff, the state of the LSTM carried along."""
    vocabulary, n, given = trained.vocabulary, len(constraints.rngs), len(prompt.events)
    listen, heads, cells = stateful_model(trained.model)
    features = RunningFeatures(n, prompt.ticks_per_bar, vocabulary)
    constraints.start(vocabulary.shapes, prompt.events)
    onset = np.full(n, prompt.events["step"].sum())
    end = prompt.bar_line_after + bars * prompt.ticks_per_bar
    times = np.array(vocabulary.steps)
    state = [np.zeros((n, size), np.float32) for size in cells for _ in range(2)]

    def read(part: str) -> np.ndarray:
        logits = np.asarray(heads[part].predict_on_batch([row, told]), np.float64)[:, 0]
        return np.exp(logits - logits.max(axis=1, keepdims=True))

    any_time = np.repeat(np.arange(len(times))[None] > 0, n, axis=0)
    new: list[np.ndarray] = []
    for k in range(given + 64 * bars):
        row = features.row()
        told, *state = map(np.asarray, listen.predict_on_batch([row, *state]))
        if k < given:
            event = np.repeat(prompt.events[k], n)
        else:
            codes = np.zeros((n, len(PARTS)), int)
            codes[:, 0] = constraints.draw(read("step"), any_time if k else any_time | True)
            steps = times[codes[:, 0]]
            features.complete_row(row, steps)
            target = row[:, 0, RIFF_COLUMNS["target"]]
            target[:, 0] = codes[:, 0] + 1
            chords = constraints.allowed_chords(steps)
            codes[:, 1] = constraints.draw(read("bass"), chords.any(axis=2))
            target[:, 1] = codes[:, 1] + 1
            allowed = np.pad(chords[np.arange(n), codes[:, 1]], ((0, 0), (1, 0)))  # no rare shape
            codes[:, 2] = constraints.draw(read("shape"), allowed)
            target[:, 2] = codes[:, 2] + 1
            codes[:, 3] = constraints.draw(read("duration"), any_time)
            target[:, 3] = codes[:, 3] + 1
            odds = read("velocity")
            codes[:, 4] = constraints.draw(odds, np.ones(odds.shape, bool))
            event = vocabulary.decode(codes)
            constraints.append(event, new=True)
            new.append(event)
            onset = onset + event["step"]
            if (onset >= end).all():
                break
        features.append(event)
    made = np.stack(new, axis=1)
    begin = int(prompt.events["step"].sum())
    inside = begin + np.cumsum(made["step"], axis=1) < end
    return [events[keep] for events, keep in zip(made, inside, strict=True)]


def prompt_rhythm(
    prompt: Riff, bars: int, rhythm: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Steps, durations and velocities of new events that fill `bars` bars after the prompt."""
    onset = onsets(prompt.events)
    last = int(onset[-1]) if len(onset) else -1
    end = prompt.bar_line_after
    if rhythm == "even" or len(onset) < 2:
        ticks = 4 if rhythm == "even" else TICKS_PER_QUARTER // 2
        first = last + ticks if len(onset) else 0
        begins = np.arange(first, end + bars * prompt.ticks_per_bar, ticks)
        return np.diff(begins, prepend=max(0, last)), 0 * begins + ticks, 0 * begins + 90
    # The prompt is repeated from its last bar line on, so that accents stay where they were.
    repeats = -(-bars * prompt.ticks_per_bar // end)
    begins = (onset + end * np.arange(1, repeats + 1)[:, None]).ravel()
    keep = begins < end + bars * prompt.ticks_per_bar
    durations, velocities = (
        np.tile(prompt.events[name], repeats)[keep] for name in ("duration", "velocity")
    )
    return np.diff(begins[keep], prepend=onset[-1]), durations, velocities
