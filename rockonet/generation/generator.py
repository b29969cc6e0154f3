"""A prompt is continued: tries are made side by side, and of each riff the best one is kept."""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Iterable, Sequence

import numpy as np

from rockonet.common.arguments import check_count, check_number
from rockonet.common.errors import Remark
from rockonet.common.techniques import Technique
from rockonet.common.theory import chord_name, scale_pitch_classes
from rockonet.common.tunings import STANDARD_TUNING, TUNINGS, tuning_name, tuning_pitches
from rockonet.dataset.corpus import Corpus
from rockonet.dataset.events import EVENT, event_pitches, onsets
from rockonet.generation.constraints import (
    MAX_REPEATS,
    Constraints,
    Limits,
    TechniqueConstraints,
    chosen_techniques,
)
from rockonet.generation.continuing import continue_classic, continue_riff, known_shapes
from rockonet.generation.originality import CopyIndex, copy_index
from rockonet.generation.quality import most_typical
from rockonet.generation.sampling import Sampler
from rockonet.guitar.playability import playable_chords
from rockonet.guitar.riff import Riff
from rockonet.training.trained import Trained

LOWEST_HEARD = TUNINGS["drop C"][0]  # rock songs go down to it; of what is lower models know little


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
    max_repeats: int = MAX_REPEATS,
    training: Corpus | CopyIndex | None = None,
    rhythm: str = "prompt",
    best_of: int = 6,
    limits: Limits | None = None,
    techniques: str | Technique | Iterable[Technique] = "as learned",
) -> list[Riff]:
    """Continue a prompt with new events.

    n: how many riffs. bars: how many bars to add to the prompt, 1 or more.
    temperature, top_p, top_k: see `sample`. prompt: a `Riff`, as from `random_excerpt` or
        `prompt_from_text`; without one the model starts from silence.
    best_of: so many are made side by side for each riff; the one most like real songs, and never
        silent if it can be, is kept: see `TYPICAL`. With 1 you get what the model says.
    scale, tuning: what alone may be played, see `playable_chords`; a warning says what of the
        prompt had to be changed. Without a tuning it is the prompt's; below drop C see
        `heard_higher`. max_repeats: a chord is not played more often than that in a row.
    training: the songs that the model learned from; of them not much is copied, see `limits`.
    limits: which frets, how many notes to a chord, how much of a copy and other things that few
        have to change, see `Limits`.
    techniques: how new events may be played: "as learned", "none" for plainly, or the flags that
        may occur, as in {ru.Technique.PALM_MUTE}. Nothing is played that no hand can do. The
        classic recipe plays plainly always.
    rhythm: the classic recipe predicts which notes come next but not when. "prompt" repeats the
        prompt's rhythm for as long as needed; "even" puts 0.3 quarter notes (rounded to 4 ticks)
        between all events, as published.
    Returns n riffs; ``riff.prompt_events`` tells the prompt from what was generated.
    Raises: ValueError for numbers out of range, for what does not exist, and if nothing fits.
    Source: the window that moves on by one event is that of Rock-o-net as published.
    Notebook: 03 and 04.
    """
    limits, chosen = limits or Limits(), chosen_techniques(techniques)
    check_request(n, bars, temperature, top_p, prompt, top_k, max_repeats, rhythm, best_of, seed)
    given = prepare_prompt(prompt, scale, tuning, limits)
    best_of = best_of if temperature else 1  # without chance they are all alike
    shapes = known_shapes(trained)
    playable = playable_chords(shapes, scale, given.open_strings, given.frets, limits.polyphony)
    higher = heard_higher(given.open_strings)
    heard, playable = moved(given, higher), np.roll(playable, higher, axis=0)
    index = None if training is None else copy_index(training)
    constraints = Constraints(
        shapes, playable, n * best_of, heard.events, max_repeats, index, limits.max_copied
    )
    rngs = [np.random.default_rng([seed, i, j]) for i in range(n) for j in range(best_of)]
    sampler = Sampler(temperature, top_p, top_k, rngs)
    new = go_on(trained, heard, bars, constraints, chosen, sampler, rhythm, higher)
    tries = [new[i * best_of : (i + 1) * best_of] for i in range(n)]
    return best_riffs(given, tries, bars, title_after(given.title, seed), limits.events)


def check_request(
    n: int,
    bars: int,
    temperature: float,
    top_p: float,
    prompt: Riff | None,
    top_k: int,
    max_repeats: int,
    rhythm: str,
    best_of: int,
    seed: int,
) -> None:
    """Refuse what cannot be asked of `generate`.

    Raises: ValueError in one sentence.
    """
    counts = dict(n=n, bars=bars, best_of=best_of, max_repeats=max_repeats)
    for name, value in counts.items():
        check_count(name, value)
    check_count("top_k", top_k, least=0)
    check_count("seed", seed, least=0)
    check_number("temperature", temperature)
    check_number("top_p", top_p, most=1)
    if not top_p:
        raise ValueError("top_p is 0, which leaves nothing to draw: it wants a number over 0.")
    if isinstance(prompt, str):
        raise ValueError("A text becomes a prompt with ru.prompt_from_text(text): give that.")
    if rhythm not in ("prompt", "even"):
        raise ValueError(f"rhythm must be 'prompt' or 'even', not {rhythm!r}.")


def prepare_prompt(
    prompt: Riff | None, scale: str | None, tuning: str | Sequence[int] | None, limits: Limits
) -> Riff:
    """The prompt as it is played: in its tuning, on the frets that are allowed; or silence.

    A warning says what was changed, so that a hand can play it.
    Raises: ValueError if it cannot be fingered and may not be changed.
    """
    given = prompt or Riff(np.zeros(0, EVENT), title="silence")
    strings = tuning_pitches(tuning or given.tuning)
    lowest, highest = limits.frets
    # Frets that were typed for fewer or for more strings are those of the highest ones.
    more = len(strings) - len(given.open_strings)
    ways = tuple(((-1,) * max(0, more) + way)[max(0, -more) :] for way in given.given_frets)
    given = dataclasses.replace(
        given, tuning=strings, given_frets=ways, frets=(lowest, highest), scale=scale
    )
    if limits.revoice:
        revoiced = given.revoiced()
        if changes := changed_chords(given, revoiced):
            warnings.warn(changes, Remark, stacklevel=3)
        return revoiced
    if given.fingering.unplayable:
        raise ValueError(
            f"The prompt is {given.fingering.verdict}; Limits(revoice=True) changes it."
        )
    return given


def changed_chords(before: Riff, after: Riff) -> str:
    """A sentence on the chords that differ in two riffs with the same rhythm; nothing if none."""
    pairs = [
        tuple(map(event_pitches, pair)) for pair in zip(before.events, after.events, strict=True)
    ]
    changed = [place for place, (old, new) in enumerate(pairs) if old != new]
    if not changed:
        return ""
    old, new = map(chord_name, pairs[changed[0]])
    bar = int(onsets(before.events)[changed[0]]) // before.ticks_per_bar + 1
    return (
        f"{len(changed)} of the prompt's {len(pairs)} chords cannot be played in the tuning "
        f"{tuning_name(before.open_strings)} and were changed: in bar {bar} {old} became {new}."
    )


def heard_higher(strings: Sequence[int]) -> int:
    """How many semitones higher than it sounds a model hears a guitar: none down to drop C.

    A lower guitar is heard as if its lowest string were the E of standard tuning, since models
    learn from songs that go no lower, and what they play is moved down again: a riff on a low B
    goes on as one on a low E would. A warning says so.
    """
    if strings[0] >= LOWEST_HEARD:
        return 0
    higher = STANDARD_TUNING[0] - strings[0]
    warnings.warn(
        f"Models have learned little of notes so low: this one hears the guitar {higher} semitones "
        "higher, with E2 as its lowest string, and what it plays is moved down again.",
        Remark,
        stacklevel=3,
    )
    return higher


def go_on(
    trained: Trained,
    heard: Riff,
    bars: int,
    constraints: Constraints,
    chosen: Technique,
    sampler: Sampler,
    rhythm: str,
    higher: int,
) -> list[np.ndarray]:
    """New events for each riff, as they sound; the prompt is heard so many semitones higher."""
    if trained.recipe == "classic":
        new = continue_classic(trained, heard, bars, constraints, sampler, rhythm)
    else:
        scale = scale_pitch_classes(heard.scale) if heard.scale else range(12)
        classes = [(pitch + higher) % 12 for pitch in scale]
        manners = trained.vocabulary.manners
        playing = TechniqueConstraints(manners, chosen, heard, constraints.n, classes)
        new = continue_riff(trained, heard, bars, constraints, playing, sampler)
    for events in new:
        events["bass"] -= higher
    return new


def moved(riff: Riff, semitones: int) -> Riff:
    """A riff on a guitar whose strings are all so many semitones higher."""
    events = riff.events.copy()
    events["bass"] += semitones
    tuning = tuple(string + semitones for string in riff.open_strings)
    return dataclasses.replace(riff, events=events, tuning=tuning)


def title_after(title: str, seed: int) -> str:
    """The title of what goes on after a riff, which may have been made so itself."""
    song = re.sub(r"^(after )+|,? seed \d+.*$", "", title)
    return f"after {song[:50]}, seed {seed}"


def best_riffs(
    prompt: Riff, tried: Sequence[Sequence[np.ndarray]], bars: int, title: str, most: int | None
) -> list[Riff]:
    """Of the tries of each riff the best one, with at most so many new events."""
    n, riffs = len(tried), []
    for i, made in enumerate(tried, 1):
        name = f"{title}, {i} of {n}" if n > 1 else title
        tries = [assemble(prompt, new[:most], bars, name) for new in made]
        riffs.append(most_typical(tries, 0 if most else bars))  # so few need not fill the bars
    return riffs


def assemble(prompt: Riff, new: np.ndarray, bars: int, title: str) -> Riff:
    """The prompt and its new events (n_events,) as one riff, which ends with its last bar."""
    events = np.concatenate([prompt.events, new])
    end = prompt.bar_line_after + bars * prompt.ticks_per_bar
    events["duration"] = np.minimum(events["duration"], end - onsets(events))
    return dataclasses.replace(prompt, events=events, prompt_events=len(prompt.events), title=title)
