"""The exercises of notebook 04: for each its task in a line, and what is said of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rockonet.exercises.verdicts import Exercise, Verdict
from rockonet.explore.amp import amplify
from rockonet.explore.sound import Sound
from rockonet.explore.sound_pictures import tone_level_db
from rockonet.generation.originality import WARN_COPIED, CopyIndex, originality
from rockonet.generation.sampling import sample
from rockonet.guitar.riff import Riff

A2, E3 = 110.0, 164.8  # Hz: a fifth
NEAR_DB = 30.0


def top_half(answer: int) -> Verdict:
    """Exercise 4.1: Of the odds 0.4, 0.3, 0.2 and 0.1: how many can be drawn with top_p=0.5?"""
    odds = np.tile([0.4, 0.3, 0.2, 0.1], (1000, 1))
    drawn = len(set(sample(odds, 1.0, 0.5, 0, np.linspace(0, 0.999, 1000)).tolist()))
    answer = int(answer)
    if answer == 1:
        return False, "the likeliest alone has 0.4, which is less than 0.5."
    return answer == drawn, "the likeliest come in, one after the other, until 0.5 is reached."


def five_riffs(answer: list[Riff], prompt: Riff) -> Verdict:
    """Exercise 4.2: Make five riffs from the same prompt."""
    if len(answer) != 5:
        return False, f"{len(answer)} riffs; five are asked for: n=5."
    begun = [riff.events[: riff.prompt_events] for riff in answer]
    if not all(np.array_equal(one, prompt.events) for one in begun):
        return False, "they do not begin with the prompt: say prompt=prompt."
    different = len({riff.generated.tobytes() for riff in answer})
    return different == 5, f"one prompt, {different} different ways to go on."


def played_plainly(answer: Riff, lick: Riff) -> Verdict:
    """Exercise 4.3: Let the model go on from `lick` without any technique."""
    if not np.array_equal(answer.events[: answer.prompt_events], lick.events):
        return False, "it does not begin with the lick as it is: say prompt=lick."
    if not len(answer.generated):
        return False, "nothing is added to the lick: use ru.generate, with bars=2."
    played = int(np.count_nonzero(answer.generated["technique"]))
    if played:
        return False, f'new events with a technique: {played}. Say techniques="none".'
    return True, f"{len(answer.generated)} new events, each struck and left alone."


def variety(answer: tuple[list[Riff], list[Riff]]) -> Verdict:
    """Exercise 4.4: Does variety grow with temperature? Eight riffs at 0.5, eight at 1.5."""
    if min(map(len, answer)) < 8:
        return False, "of so few riffs the numbers are chance: make eight of each, n=8."
    cold, hot = (
        np.mean([len(np.unique(riff.generated[["bass", "shape"]])) for riff in riffs])
        for riffs in answer
    )
    means = f"{cold:.1f} and {hot:.1f} distinct symbols"
    if cold >= hot:
        return False, f"{means}: the first list is to be the cold one; make both with best_of=1."
    return True, f"{means}: the hotter, the more outsiders get their chance."


def least_gain(answer: int, fifth: Sound) -> Verdict:
    """Exercise 4.5: The least gain that brings the difference tone of a fifth near its root."""
    answer = int(answer)

    def below_root(gain_db: int) -> float:
        after = amplify(fifth, gain_db)
        return tone_level_db(after, A2) - tone_level_db(after, E3 - A2)

    enough, less = below_root(answer), below_root(answer - 1)
    found = f"with {answer} dB of gain it lies {enough:.1f} dB under the root"
    if enough > NEAR_DB:
        return False, f"{found}, which is too far: more gain."
    if less <= NEAR_DB:
        return False, f"{found}, but with less gain it still is near enough."
    return True, f"{found}. Nobody played that tone: the amplifier made it."


def your_riff(
    answer: Riff | list[Riff], training: CopyIndex, prompts: Sequence[Riff], folder: Path
) -> Verdict:
    """Exercise 4.6: Make a riff from a prompt of your own, and save it."""
    if isinstance(answer, list):  # favourites: the last one
        if not answer:
            return False, "mark a card of the riff machine as a favourite first."
        answer = answer[-1]
    given = answer.events[: answer.prompt_events]
    if not len(given) or any(np.array_equal(given, prompt.events) for prompt in prompts):
        return False, "begin with a prompt of your own: ru.prompt_from_text or a MIDI file."
    new_ticks = int(answer.events["step"].sum()) - answer.prompt_ticks
    if new_ticks < 3 * answer.ticks_per_bar:
        return False, "let the model add at least four bars: bars=4."
    if answer.fingering.unplayable:
        return False, f"it is {answer.fingering.verdict}. Try another seed or tuning."
    copied = originality(answer, training)
    if copied.longest >= WARN_COPIED:
        return False, f"{copied.verdict} Try another seed."
    suffix = ".gp5" if ".gp5" in answer.formats else ".gp"
    paths = sorted(folder.rglob(f"{answer.file_name}*{suffix}"))  # a number may follow
    if not paths:
        formats = "" if suffix == ".gp5" else ", answer.formats"
        return False, f"it is good. Now save it: answer.save(settings.output / 'riffs'{formats})."
    content = answer.encoded(suffix)
    path = next((path for path in paths if path.read_bytes() == content), None)
    if path is None:
        return False, "the saved Guitar Pro file is of another riff: save it again."
    where = f"{path.parent.name}/{path.name}"
    return True, f"{len(answer.generated)} new events after {len(given)} of yours, in {where}."


EXERCISES = {
    "4.1": Exercise("a whole number in digits: how many of the four can be drawn", top_half),
    "4.2": Exercise("a list of five riffs", five_riffs),
    "4.3": Exercise("a riff that goes on from `lick`", played_plainly),
    "4.4": Exercise("two lists of riffs, made at the temperatures 0.5 and 1.5", variety),
    "4.5": Exercise("a whole number of decibels, −50 to 50", least_gain),
    "4.6": Exercise("a riff of yours", your_riff),
}
