"""The exercises of notebook 01: for each its task in a line, and what is said of an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from symusic.core import ScoreTick

from rockonet.common.techniques import Technique
from rockonet.common.tunings import STANDARD_TUNING, TUNINGS
from rockonet.exercises.verdicts import Exercise, Verdict, is_share
from rockonet.explore.tab_song import TabTrack
from rockonet.guitar.riff import Riff


def fret_in_drop_d(answer: int) -> Verdict:
    """Exercise 1.1: On which fret of the lowest string does G2 lie in drop D?"""
    g2, e2, d2 = 43, STANDARD_TUNING[0], TUNINGS["drop D"][0]
    answer = int(answer)
    if answer == g2 - e2:
        return False, f"that is where G2 lies in standard tuning, {g2 - e2} frets above E2."
    if answer < g2 - e2:
        return False, "the open string sounds lower now, so the finger has to go up, not down."
    if answer > g2 - d2:
        return False, "that is too high: count the semitones from D2 up to G2, one for each fret."
    return answer == g2 - d2, f"from D2 up to G2 it is {g2 - d2} semitones, a fret each."


def as_a_piano(answer: ScoreTick, first_bars: ScoreTick) -> Verdict:
    """Exercise 1.2: Hear the first eight bars as a piano."""
    (track,), (before,) = answer.tracks, first_bars.tracks
    if before.program == 0:
        return False, (
            "`first_bars` itself was changed. Run the cell under 'Hear it' again, and change a "
            "copy: `first_bars.copy()`."
        )
    if track.program != 0:
        return False, f"the program is still {track.program}; a piano is 0."
    return track.notes == before.notes, "the same notes, and another instrument: that is MIDI."


def share_of_chords(answer: float, notes: dict[str, np.ndarray]) -> Verdict:
    """Exercise 1.3: At what share of the times at which something starts is it a chord?"""
    _, size = np.unique(notes["onset"], return_counts=True)
    if abs(answer - size[size > 1].sum() / size.sum()) <= 0.005:
        return False, "that is the share of notes within chords. Count the times, each once."
    later = np.diff(notes["onset"], prepend=-1) == 0
    if abs(answer - later.mean()) <= 0.005:
        return False, "that counts notes that start with the one before. Count times, each once."
    return is_share(answer, float((size > 1).mean()), "of the times at which something starts")


def notes_a_second(answer: float, score: ScoreTick, notes: dict[str, np.ndarray]) -> Verdict:
    """Exercise 1.4: How many notes a second does the guitar play, on average?"""
    in_seconds: Any = score.copy().to("Second")  # an object, as far as symusic's types know
    n_notes = len(notes["pitch"])
    rate = n_notes / in_seconds.end()
    if abs(answer - rate) <= 0.1:
        return True, f"{rate:.1f} notes a second, each note of a chord counted."
    if abs(answer - n_notes / (score.end() / score.ticks_per_quarter)) <= 0.1:
        return False, "that is notes for each quarter note; how long is the song in seconds?"
    return False, f"{answer:.3g} is too {'low' if answer < rate else 'high'}."


def share_on_thin_strings(answer: float, lead: TabTrack) -> Verdict:
    """Exercise 1.5: What share of the lead guitar's notes is played on the two thinnest strings?"""
    string = lead.notes["string"]
    if abs(answer - (string <= 1).mean()) <= 0.005:
        return False, "those are the two thickest: string 0 is the lowest."
    if abs(answer - (string == len(lead.tuning) - 1).mean()) <= 0.005:
        return False, "that is the thinnest alone: there are two."
    thin = float((string >= len(lead.tuning) - 2).mean())
    return is_share(answer, thin, "of the notes, where a lead guitar is at home")


def bent_by_a_semitone(answer: Riff, lick: Riff) -> Verdict:
    """Exercise 1.6: Type the lick with a bend of one semitone, and its release."""
    flags, height = answer.events["technique"], answer.events["bend"]
    if height.max(initial=0) == 0:
        return False, "nothing is bent: write b and the fret that it is to sound like, as in 5b7."
    if height.max() != 2:
        wrong = int(height[height != 2].max())
        return False, f"it goes up by {wrong / 2:g} semitones: count one fret for each."
    if not np.any(flags & Technique.RELEASE):
        return False, "it stays up: r and the fret let it down again."
    if not np.array_equal(answer.events[["step", "bass"]], lick.events[["step", "bass"]]):
        return False, "the bend is right; all other notes are to stay as they are, in their places."
    return True, "the fret behind the b is what the bent string sounds like, not where the hand is."


EXERCISES = {
    "1.1": Exercise("the number of a fret", fret_in_drop_d),
    "1.2": Exercise("a copy of `first_bars` whose track has another program", as_a_piano),
    "1.3": Exercise("a share, a number from 0 to 1", share_of_chords),
    "1.4": Exercise("a number of notes a second", notes_a_second),
    "1.5": Exercise("a share, a number from 0 to 1", share_on_thin_strings),
    "1.6": Exercise("a lick, as `ru.prompt_from_text` reads it", bent_by_a_semitone),
}
