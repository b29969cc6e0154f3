"""What the pitch wheels of MIDI tracks say of their notes: bends, releases, slides, vibrato.

A wheel moves all notes of its channel. It is read as a guitarist would play it: a string is bent up
from the fret that the finger holds, by two whole tones at most, and let down to it again; a finger
slides to another fret; nothing but a tremolo bar goes below the fret and comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rockonet.common.techniques import Technique

# In semitones. The smallest bend that tablature writes is a quarter tone, 0.5, and the largest two
# whole tones; the wheels of people and of programs miss them by a little.
SMALLEST_BEND, LARGEST_BEND = 0.35, 4.2
LARGEST_DOUBLE_BEND = 2.2  # of two strings at a time; nobody bends three
NEAR = 0.3  # a wheel so near to a fret has arrived there
LARGEST_SLIDE = 12
LEAST_SWING, LARGEST_SWING = 0.06, 2.5  # of vibrato, from valley to peak: not heard, or a trill
# In seconds. A program may set the wheel a little after a note begins, or put it back a little
# before the note ends: nobody hears that as music.
LATE, EARLY = 0.02, 0.03
STRUM = 0.03  # the strings of a chord are struck so far apart
HALF_WAVE = 0.2  # of vibrato at most, from valley to peak: 2.5 waves a second
LEAST_HALF_WAVES = 3
LAST_ARRIVAL = 0.15  # who slides to the next note arrives so shortly before it: others bend
LONGEST_SLIDE = 0.5  # what takes longer is a dive of the tremolo bar
HELD = 0.06  # where a finger slides to, it stays for so long
_BEND, _RELEASE, _PREBEND = map(int, (Technique.BEND, Technique.RELEASE, Technique.PREBEND))
_VIBRATO, _SLIDE = int(Technique.VIBRATO), int(Technique.SLIDE)
_TRACK = 40  # bits of a key: the track, and the time in it, so that all tracks are searched at once


@dataclass(frozen=True)
class WheelReading:
    """How the notes of some tracks are played, as their wheels say.

    notes: columns as they were given, the pitch that of the fret; more of them where a finger
    slides on. semitones: ints (n_tracks,), by how many a wheel moves its whole track. left_out:
    ints (n_tracks,), how many notes it moves as no finger does, but a tremolo bar.
    """

    notes: dict[str, np.ndarray]
    semitones: np.ndarray
    left_out: np.ndarray


def read_wheels(
    notes: dict[str, np.ndarray],
    wheels: Sequence[dict[str, np.ndarray]],
    reach: Sequence[float],
    second: Sequence[float],
) -> WheelReading:
    """How the notes of some tracks are played, by the wheels of their channels.

    notes: int columns ``track time duration pitch velocity technique bend``, sorted by track and
        time, in ticks. wheels: of each track ``time value`` by time, values from −8,192 to 8,191.
    reach: of each wheel to either side, in semitones. second: in ticks of each track.
    """
    times = [np.append(-1, wheel["time"].astype(np.int64)) for wheel in wheels]
    curves = [
        np.append(0.0, wheel["value"] * (most / 8192))
        for wheel, most in zip(wheels, reach, strict=True)
    ]
    of_track = np.repeat(np.arange(len(wheels)), [len(some) for some in times])
    reading = _Reading(
        {**notes}, np.concatenate(times), np.concatenate(curves), of_track, np.array(second)
    )
    return reading.fingered()


class _Reading:
    """The notes of some tracks, and of those that the wheel moves, the rows, where the wheel is, in
    semitones from where it rests: when it is struck, at its highest and lowest, and at its end."""

    def __init__(
        self,
        notes: dict[str, np.ndarray],
        times: np.ndarray,
        curve: np.ndarray,
        of_track: np.ndarray,
        second: np.ndarray,
    ):
        self.times, self.curve = times, curve
        self.keys = (of_track << _TRACK) + times + 1
        self.notes, track = notes, notes["track"]
        self.note_keys = (track << _TRACK) + notes["time"] + 1
        quarter_long = notes["duration"] / 4
        late = np.minimum(LATE * second[track], quarter_long).astype(np.int64)
        early = np.minimum(EARLY * second[track], quarter_long).astype(np.int64)
        # The changes of the wheel during a note are those from first to last, without that.
        first = np.searchsorted(self.keys, self.note_keys + late, "right")
        last = np.searchsorted(self.keys, self.note_keys + notes["duration"] - early, "left")
        self.struck = curve[first - 1]
        self.semitones = self._rest(of_track, len(second))
        self.rows = np.flatnonzero((last > first) | (np.abs(self.struck) >= SMALLEST_BEND))
        self.first, self.last = first[self.rows], np.maximum(last, first)[self.rows]
        self.track = track[self.rows]
        self.second = second[self.track]
        self.time = notes["time"][self.rows]
        self.stop = self.time + notes["duration"][self.rows]
        self.strike = self.struck[self.rows]
        moving = self.last > self.first
        pairs = np.column_stack((self.first, self.last)).ravel()
        changes = np.append(self.curve, 0.0)
        highest, lowest = (f.reduceat(changes, pairs)[::2] for f in (np.maximum, np.minimum))
        self.high = np.where(moving, np.maximum(highest, self.strike), self.strike)
        self.low = np.where(moving, np.minimum(lowest, self.strike), self.strike)
        self.end = np.where(moving, self.curve[self.last - 1], self.strike)

    def _rest(self, of_track: np.ndarray, n_tracks: int) -> np.ndarray:
        """Let wheels count from where they are when most notes are struck; in semitones there."""
        track = self.notes["track"]
        away = np.bincount(track, np.abs(self.struck) >= LEAST_SWING, n_tracks)
        rest = np.zeros(n_tracks)
        for place in np.flatnonzero(2 * away > np.bincount(track, minlength=n_tracks)).tolist():
            rest[place] = np.median(self.struck[track == place])
        if rest.any():
            self.curve, self.struck = self.curve - rest[of_track], self.struck - rest[track]
            self.notes["pitch"] = self.notes["pitch"] + np.rint(rest)[track].astype(np.int64)
        return np.rint(rest).astype(np.int64)

    def fingered(self) -> WheelReading:
        if len(self.rows) == 0:
            nothing = np.zeros(len(self.semitones), np.int64)
            return WheelReading(self.notes, self.semitones, nothing)
        for name in ("pitch", "technique", "bend"):
            self.notes[name] = self.notes[name].copy()
        self._take_vibrato()
        self._take_slides()
        self._take_transposed()
        self._take_bends()
        left_out = self._slide_on()
        self.notes["pitch"] = np.clip(self.notes["pitch"], 0, 127)
        return WheelReading(self.notes, self.semitones, left_out)

    def _done(self, which: np.ndarray | int) -> None:
        """What the wheel does during these rows is told; it stays where it was."""
        for value in (self.high, self.low, self.end):
            value[which] = self.strike[which]

    def _take_vibrato(self) -> None:
        """Find what swings, and look at it without its swings from then on."""
        step = np.diff(self.curve)
        going = np.flatnonzero(step)
        turn = going[:-1][np.diff(np.signbit(step[going]))] + 1
        if len(turn) <= LEAST_HALF_WAVES:
            return
        peak, swing = self.curve[turn], np.abs(np.diff(self.curve[turn]))
        first = np.searchsorted(turn, self.first)
        last = np.maximum(np.searchsorted(turn, self.last) - 1, first)
        last, first = (np.minimum(place, len(swing)) for place in (last, first))
        wave = (LEAST_SWING <= swing) & (swing <= LARGEST_SWING)
        gap = np.diff(self.times[turn])
        count, middle, width, length = (
            sums[last] - sums[first]
            for value in (1.0, (peak[1:] + peak[:-1]) / 2, swing / 2, gap)
            for sums in [np.append(0.0, np.cumsum(wave * value))]
        )
        swings = (count >= LEAST_HALF_WAVES) & (length <= HALF_WAVE * self.second * count)
        middle, width = (value / np.maximum(count, 1) for value in (middle, width))
        level = np.where(np.abs(middle) - width >= SMALLEST_BEND, middle, 0.0)
        for value in (self.strike, self.end):
            near = swings & (np.abs(value - level) <= width + SMALLEST_BEND)
            value[near] = level[near]
        self.high = np.where(swings, np.maximum(level, self.strike), self.high)
        self.low = np.where(swings, np.minimum(level, self.strike), self.low)
        self.notes["technique"][self.rows[swings]] |= _VIBRATO

    def _take_slides(self) -> None:
        """Find notes to which the wheel leads the one before, which arrives there at its end."""
        key = (self.track << _TRACK) + self.stop
        before_end = self.curve[np.searchsorted(self.keys, key, "right") - 1]
        frets = np.rint(before_end).astype(np.int64)
        rows = np.flatnonzero((frets != 0) & (self.strike != before_end))
        close = (EARLY * self.second).astype(np.int64)
        follows = np.searchsorted(self.note_keys, key - close)
        for ahead in range(3):
            there = follows[rows] + ahead
            inside = there < len(self.note_keys)
            rows, there = rows[inside], there[inside]
            pitch = self.notes["pitch"][self.rows[rows]] + frets[rows]
            fits = (self.notes["pitch"][there] == pitch) & (there != self.rows[rows])
            fits &= self.note_keys[there] <= key[rows] + 2 * close[rows]
            fits &= np.abs(self.struck[there]) < SMALLEST_BEND
            for row, target in zip(rows[fits].tolist(), there[fits].tolist(), strict=True):
                arrival = self._arrival(row, float(frets[row]), int(self.stop[row]))
                if self.stop[row] - arrival <= LAST_ARRIVAL * self.second[row]:
                    self.notes["technique"][target] |= _SLIDE
                    self._done(row)
            rows = rows[~fits]

    def _arrival(self, row: int, level: float, stop: int) -> int:
        """When the wheel comes to the level at which it is at a time, and stays there until then;
        the start of the note if it is there all the time."""
        first = self.first[row]
        last = first + np.searchsorted(self.times[first : self.last[row] + 50], stop)
        away = np.flatnonzero(np.abs(self.curve[first:last] - level) > NEAR)
        place = first + (away[-1] + 1 if len(away) else 0)
        if not len(away) and abs(self.strike[row] - level) <= NEAR:
            return int(self.time[row])
        return int(self.times[place]) if place < last else stop

    def _leaves(self, row: int) -> int:
        """When the wheel leaves the level at which a note is struck."""
        curve = self.curve[self.first[row] : self.last[row]]
        away = np.flatnonzero(np.abs(curve - self.strike[row]) > NEAR)
        return int(self.times[self.first[row] + away[0]] if len(away) else self.stop[row])

    def _take_transposed(self) -> None:
        """Move notes of several pitches that are struck one after the other under a wheel that
        stands still, but not where it rests: nobody bends them."""
        pitch = self.notes["pitch"][self.rows]
        off = (np.abs(self.strike) >= SMALLEST_BEND) & (self.high - self.low < LEAST_SWING)
        same = off[1:] & off[:-1] & (self.first[1:] == self.first[:-1])
        same &= (pitch[1:] != pitch[:-1]) & (self.time[1:] != self.time[:-1])
        moved = off & (np.append(same, False) | np.append(False, same))
        moved |= off & (np.abs(self.strike) > LARGEST_BEND)
        self.notes["pitch"][self.rows[moved]] += np.rint(self.strike[moved]).astype(np.int64)
        self.strike[moved] = 0.0
        self._done(moved)

    def _take_bends(self) -> None:
        """Find bends, and put the notes that come from below where the finger is."""
        near, key = (STRUM * self.second).astype(np.int64), self.note_keys[self.rows]
        strings = np.searchsorted(self.note_keys, key + near, "right")
        strings -= np.searchsorted(self.note_keys, key - near, "left")
        largest = np.select([strings == 1, strings == 2], [LARGEST_BEND, LARGEST_DOUBLE_BEND], 0.0)
        # From below: the finger holds a lower fret, and the string is bent up to where it is noted.
        below = np.rint(-self.strike).astype(np.int64)
        rises = (below > 0) & (self.end > -SMALLEST_BEND) & (self.high + below <= largest)
        self.notes["pitch"][self.rows[rises]] -= below[rises]
        for value in (self.high, self.low, self.end):
            value[rises] += below[rises]
        self.strike[rises] = self.low[rises] = 0.0
        bent = (self.high >= SMALLEST_BEND) & (self.high <= largest) & (self.low > -SMALLEST_BEND)
        flags = np.where(self.strike >= SMALLEST_BEND, _PREBEND, _BEND)
        flags |= np.where(self.end <= self.high / 2, _RELEASE, 0)
        self.notes["technique"][self.rows[bent]] |= flags[bent]
        quarter_tones = np.maximum(np.rint(2 * self.high), 1).astype(np.int64)
        self.notes["bend"][self.rows[bent]] = quarter_tones[bent]
        self.strike[bent] = 0.0
        self._done(bent)

    def _slide_on(self) -> np.ndarray:
        """Cut notes where the wheel takes them to another fret; how often it does something else in
        each track."""
        moved = np.maximum(np.abs(self.strike), self.high - self.low) >= SMALLEST_BEND
        start, frets = (np.rint(value).astype(np.int64) for value in (self.strike, self.end))
        there = (np.abs(self.end - frets) <= NEAR) & (start != frets)
        there &= moved & (np.abs(frets - start) <= LARGEST_SLIDE)
        notes, more = self.notes, []
        for row in np.flatnonzero(there).tolist():
            i, second = self.rows[row], self.second[row]
            stop = int(self.stop[row] - EARLY * second)
            arrival = self._arrival(row, float(frets[row]), stop)
            quick = arrival - self._leaves(row) <= LONGEST_SLIDE * second
            if quick and self.time[row] < arrival <= stop - HELD * second:
                rest = {name: column[i] for name, column in notes.items()}
                rest |= {"time": arrival, "duration": self.stop[row] - arrival}
                rest |= {"pitch": rest["pitch"] + frets[row], "technique": _SLIDE}
                rest["technique"] |= notes["technique"][i] & _VIBRATO
                more.append(rest)
                notes["duration"][i] = arrival - self.time[row]
                notes["pitch"][i] += start[row]
                notes["technique"][i] &= ~_VIBRATO
                moved[row] = False
        if more:
            for name, column in notes.items():
                notes[name] = np.append(column, [rest[name] for rest in more])
            order = np.argsort((notes["track"] << _TRACK) + notes["time"], kind="stable")
            self.notes = {name: column[order] for name, column in notes.items()}
        return np.bincount(self.track[moved], minlength=len(self.semitones))
