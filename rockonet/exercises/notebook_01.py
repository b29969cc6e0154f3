"""The exercises of notebook 01."""

from __future__ import annotations

import numpy as np
import symusic

from rockonet.common.tunings import STANDARD_TUNING, TUNINGS
from rockonet.exercises.verdicts import exercise, is_share


@exercise("1.1", "the number of a fret")
def _fret_in_drop_d(answer: int) -> tuple[bool, str]:
    answer, wanted, usual = int(answer), 43, STANDARD_TUNING[0]
    low = TUNINGS["drop D"][0]
    if answer == wanted - usual:
        return False, f"that is where G2 lies in standard tuning, {wanted - usual} frets above E2."
    if answer < wanted - usual:
        return False, "the open string sounds lower now, so the finger has to go up, not down."
    if answer > wanted - low:
        return False, "that is too high: count the semitones from D2 up to G2, one for each fret."
    return answer == wanted - low, f"from D2 up to G2 it is {wanted - low} semitones, a fret each."


@exercise("1.2", "a copy of `first_bars` whose track has another program")
def _as_a_piano(answer: symusic.Score, first_bars: symusic.Score) -> tuple[bool, str]:
    (track,), (before,) = answer.tracks, first_bars.tracks
    if before.program == 0:
        return False, (
            "`first_bars` itself was changed. Run the cell under 'Hear it' again, and change a "
            "copy: `first_bars.copy()`."
        )
    if track.program != 0:
        return False, f"the program is still {track.program}; a piano is 0."
    return track.notes == before.notes, "the same notes, and another instrument: that is MIDI."


@exercise("1.3", "a share, a number from 0 to 1")
def _share_of_chords(answer: float, notes: dict[str, np.ndarray]) -> tuple[bool, str]:
    _, size = np.unique(notes["onset"], return_counts=True)
    if abs(answer - size[size > 1].sum() / size.sum()) <= 0.005:
        return False, "that is the share of notes within chords. Count the times, each once."
    later = np.diff(notes["onset"], prepend=-1) == 0
    if abs(answer - later.mean()) <= 0.005:
        return False, "that counts notes that start with the one before. Count times, each once."
    return is_share(answer, float((size > 1).mean()), "of the times at which something starts")


@exercise("1.4", "a number of notes a second")
def _notes_a_second(answer: float, score: symusic.Score, notes: dict) -> tuple[bool, str]:
    n_notes = len(notes["pitch"])
    rate = n_notes / score.copy().to("Second").end()
    if abs(answer - rate) <= 0.1:
        return True, f"{rate:.1f} notes a second, each note of a chord counted."
    if abs(answer - n_notes / (score.end() / score.ticks_per_quarter)) <= 0.1:
        return False, "that is notes for each quarter note; how long is the song in seconds?"
    return False, f"{answer:.3g} is too {'low' if answer < rate else 'high'}."
