"""How each recipe goes on from a prompt, event by event, within constraints."""

from __future__ import annotations

import numpy as np

from rockonet.common.theory import TICKS_PER_QUARTER, chord_name
from rockonet.dataset.events import EVENT, bass_and_shape, event_pitches, onsets
from rockonet.generation.constraints import Constraints, TechniqueConstraints
from rockonet.generation.sampling import Sampler
from rockonet.guitar.riff import Riff
from rockonet.training.measuring import softmax
from rockonet.training.riff_decoder import RiffDecoder
from rockonet.training.riff_features import RIFF_COLUMNS, RunningFeatures
from rockonet.training.riff_vocabulary import PARTS
from rockonet.training.trained import Trained

MOST_EVENTS_A_BAR = 64  # more than anybody plays: there the riff recipe is stopped


def known_shapes(trained: Trained) -> tuple[int, ...]:
    """The shapes of all chords that a model can play, ascending."""
    if trained.recipe == "riff":
        return trained.vocabulary.shapes
    return tuple(sorted({bass_and_shape(symbol)[1] for symbol in trained.vocabulary.symbols}))


def continue_classic(
    trained: Trained,
    prompt: Riff,
    bars: int,
    constraints: Constraints,
    sampler: Sampler,
    rhythm: str,
) -> list[np.ndarray]:
    """New events for each riff: the window moves on by one event."""
    vocabulary, length, n = trained.vocabulary, trained.sequence_length, constraints.n
    bass, shape = (
        np.array(column, np.uint64)
        for column in zip(*map(bass_and_shape, vocabulary.symbols), strict=True)
    )
    # Where each symbol stands in the array of allowed chords.
    row, column = bass.astype(int), np.searchsorted(np.array(constraints.shapes, np.uint64), shape)
    names = [chord_name(event_pitches(event)) for event in prompt.events[-length:]]
    # A standardised code of 0 is the mean: it stands for "nothing known" before the prompt.
    window = np.zeros((n, length), np.float32)
    if names:
        window[:, -len(names) :] = vocabulary.standardise(vocabulary.encode(names)[0])
    steps, durations, velocities = prompt_rhythm(prompt, bars, rhythm)
    new = np.zeros((n, len(steps)), EVENT)
    new["step"], new["duration"], new["velocity"] = steps, durations, velocities
    for k, step in enumerate(steps):
        odds = np.asarray(trained.model.predict_on_batch(window[..., None]))
        allowed = constraints.allowed_chords(np.repeat(step, n))[:, row, column]
        codes = sampler.draw(odds, allowed)
        new["bass"][:, k], new["shape"][:, k] = bass[codes], shape[codes]
        constraints.append(new[:, k])
        window = np.roll(window, -1, axis=1)
        window[:, -1] = vocabulary.standardise(codes)
    return list(new)


def prompt_rhythm(
    prompt: Riff, bars: int, rhythm: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Steps, durations and velocities of new events that fill `bars` bars after the prompt.

    rhythm: see `generate`. After fewer than two events there is none to repeat: then eighths.
    """
    onset, bar_line = onsets(prompt.events), prompt.bar_line_after
    end = bar_line + bars * prompt.ticks_per_bar
    if rhythm == "even" or len(onset) < 2:
        ticks = 4 if rhythm == "even" else TICKS_PER_QUARTER // 2
        last = int(onset[-1]) if len(onset) else -ticks
        begins = np.arange(last + ticks, end, ticks)
        return (
            np.diff(begins, prepend=max(0, last)),
            np.full(len(begins), ticks),
            np.full(len(begins), 90),
        )
    # The prompt is repeated from its last bar line on, so that accents stay where they were.
    repeats = -(-bars * prompt.ticks_per_bar // bar_line)
    begins = (onset + bar_line * np.arange(1, repeats + 1)[:, None]).ravel()
    inside = begins < end
    durations, velocities = (
        np.tile(prompt.events[name], repeats)[inside] for name in ("duration", "velocity")
    )
    return np.diff(begins[inside], prepend=onset[-1]), durations, velocities


def continue_riff(
    trained: Trained,
    prompt: Riff,
    bars: int,
    constraints: Constraints,
    playing: TechniqueConstraints,
    sampler: Sampler,
) -> list[np.ndarray]:
    """New events for each riff, the state of the LSTM carried along."""
    n, given = constraints.n, len(prompt.events)
    decoder = RiffDecoder(trained.model)
    states = decoder.begin(n)
    features = RunningFeatures(n, prompt.ticks_per_bar, trained.vocabulary)
    begin = int(prompt.events["step"].sum())
    end = prompt.bar_line_after + bars * prompt.ticks_per_bar
    onset = np.full(n, begin)
    new: list[np.ndarray] = []
    for k in range(given + MOST_EVENTS_A_BAR * bars):
        row = features.row()
        told, states = decoder.listen(row, states)
        if k < given:
            events = np.repeat(prompt.events[k], n)
        else:
            events = draw_events(
                decoder, told, row, features, constraints, playing, sampler, k == 0
            )
            constraints.append(events)
            playing.append(events)
            new.append(events)
            onset = onset + events["step"]
            if (onset >= end).all():
                break
        features.append(events)
    made = np.stack(new, axis=1)
    inside = begin + np.cumsum(made["step"], axis=1) < end
    return [events[keep] for events, keep in zip(made, inside, strict=True)]


def draw_events(
    decoder: RiffDecoder,
    told: np.ndarray,
    row: np.ndarray,
    features: RunningFeatures,
    constraints: Constraints,
    playing: TechniqueConstraints,
    sampler: Sampler,
    first: bool,
) -> np.ndarray:
    """The next event of each riff, drawn part by part: each is told of those before it.

    told: what `decoder` made of the events so far. row: what it reads, as `features` gave it; what
        is drawn is written into it. first: whether nothing stands before these events.
    Returns (n,) of dtype `EVENT`.
    """
    vocabulary, n = features.vocabulary, constraints.n

    # What each part may be, as far as that is known; a part that is not named may be anything.
    def above_zero(values: tuple[int, ...]) -> np.ndarray:
        return np.tile(np.arange(len(values)) > 0, (n, 1))

    allowed = {"duration": above_zero(vocabulary.durations)}  # every note sounds
    if not first:
        allowed["step"] = above_zero(vocabulary.steps)  # what starts together is one event
    codes = np.ones((n, len(PARTS)), int)  # until it is drawn an event is played plainly
    target = row[:, RIFF_COLUMNS["target"]]
    for place, part in enumerate(PARTS):
        odds = part_chances(decoder, part, told, row, features, vocabulary.decode(codes))
        codes[:, place] = sampler.draw(odds, allowed.get(part, np.ones(odds.shape, bool)))
        target[:, place] = codes[:, place] + 1  # the next part reads it there
        if part == "step":
            steps = np.array(vocabulary.steps)[codes[:, place]]
            features.complete_row(row, steps)
            chords = constraints.allowed_chords(steps)
            allowed["bass"] = np.any(chords, axis=2)
        elif part == "bass":
            shapes = chords[np.arange(n), codes[:, place]]
            allowed["shape"] = np.pad(shapes, ((0, 0), (1, 0)))  # not class 0, that of rare shapes
        elif part == "duration":
            manners = playing.allowed(vocabulary.decode(codes))
            allowed["technique"] = np.pad(manners, ((0, 0), (1, 0)))  # nor that of rare manners
    return vocabulary.decode(codes)


def part_chances(
    decoder: RiffDecoder,
    part: str,
    told: np.ndarray,
    row: np.ndarray,
    features: RunningFeatures,
    drawn: np.ndarray,
) -> np.ndarray:
    """The chance of each class of a part of the next event, (n, n_classes).

    It is the mean of what the network and each expert of the memory say, weighted by trust.
    decoder, told, row: see `draw_events`. drawn: the next events (n,), with the parts before this.
    """
    heard, shares = features.memory.recall(part, drawn)
    logits = decoder.answer(part, row, heard.astype(np.float32), told)
    own, trust = (softmax(answer.astype(np.float64)) for answer in logits)
    mixed = trust[:, :1] * own
    # Each past event speaks for the class that it had itself.
    votes = (shares * trust[:, 1:]).sum(axis=2)
    np.add.at(mixed, (np.arange(len(row)), features.codes[:, :, PARTS.index(part)] - 1), votes)
    return mixed
