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
LEAST_SWING, LARGEST_SWING = 0.15, 1.5  # of vibrato, from valley to peak: not heard, or bends
# In seconds. A program may set the wheel a little after a note begins, or put it back a little
# before the note ends: nobody hears that as music.
LATE, EARLY = 0.03, 0.03
STRUM = 0.03  # the strings of a chord are struck so far apart
HALF_WAVE = 0.2  # of vibrato at most, from valley to peak: 2.5 waves a second
LEAST_HALF_WAVES = 2  # between peaks and valleys; of one wave that goes as far below as above, none
MANY_REPEATS = 3  # so many notes under a wheel that stands still are no bent string struck again
# Who slides to the next note arrives so shortly before it, or at its fret, if the wheel goes by
# frets; who arrives earlier has bent the string, and strikes the same pitch on another one.
LAST_ARRIVAL, LAST_STEP = 0.06, 0.15
LONGEST_SLIDE = 0.5  # what takes longer, and stays for less, is a dive of the tremolo bar
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
    reach: Sequence[float] | np.ndarray,
    second: Sequence[float] | np.ndarray,
) -> WheelReading:
    """How the notes of some tracks are played, by the wheels of their channels.

    notes: int columns ``track time duration pitch velocity technique bend``, sorted by track and
        time, in ticks. wheels: of each track ``time value`` by time, values from −8,192 to 8,191;
        nothing if it has none. reach: of each wheel to either side, in semitones. second: in ticks
        of each track.
    """
    of_track = np.repeat(
        np.arange(len(wheels)), [1 + len(wheel.get("time", ())) for wheel in wheels]
    )
    begin = np.flatnonzero(np.diff(of_track, prepend=-1))
    turned = np.ones(len(of_track), bool)
    turned[begin] = False
    times, curve = np.full(len(of_track), -1), np.zeros(len(of_track))  # at rest at first
    if turned.any():
        times[turned] = np.concatenate([wheel["time"] for wheel in wheels if wheel])
        curve[turned] = np.concatenate([wheel["value"] for wheel in wheels if wheel])
    curve *= np.array(reach)[of_track] / 8192
    return _Reading({**notes}, times, curve, of_track, np.array(second)).fingered()


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
        first = np.searchsorted(self.keys, self.note_keys, "right")
        following = np.append(self.keys, 1 << 62)  # the wheel's next change
        late = np.minimum(LATE * second[track], notes["duration"] / 4).astype(np.int64)
        soon = np.flatnonzero(following[first] <= self.note_keys + late)
        later = np.searchsorted(self.keys, (self.note_keys + late)[soon], "right")
        at, then = curve[first[soon] - 1], curve[later - 1]
        put_back = (np.abs(then) < np.abs(at)) | (then <= -SMALLEST_BEND)
        first[soon] = np.where(put_back, later, first[soon])
        self.struck = curve[first - 1]
        self.semitones = self._rest(of_track, len(second))
        changes = following[first] < self.note_keys + notes["duration"]
        self.rows = np.flatnonzero(changes | (np.abs(self.struck) >= SMALLEST_BEND))
        # The changes of the wheel during a note are those from first to last, without that.
        self.first, duration = first[self.rows], notes["duration"][self.rows]
        early = np.minimum(EARLY * second[track[self.rows]], duration / 4).astype(np.int64)
        last = np.searchsorted(self.keys, self.note_keys[self.rows] + duration - early, "left")
        self.last = np.maximum(last, self.first)
        self.track = track[self.rows]
        self.second = second[self.track]
        self.time = notes["time"][self.rows]
        self.stop = self.time + duration
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
            moved = np.rint(rest)[track].astype(np.int64)
            self.notes["pitch"] = np.clip(self.notes["pitch"] + moved, 0, 127)
        return np.rint(rest).astype(np.int64)

    def fingered(self) -> WheelReading:
        if len(self.rows) == 0:
            nothing = np.zeros(len(self.semitones), np.int64)
            return WheelReading(self.notes, self.semitones, nothing)
        for name in ("pitch", "duration", "technique", "bend"):
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
        if len(turn) < 2:
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
        bent = (np.abs(middle) >= SMALLEST_BEND) & (np.abs(middle) - width >= LEAST_SWING)
        level = np.where(bent, middle, 0.0)
        most, least = np.maximum(self.high, -self.low), np.minimum(self.high, -self.low)
        swings |= (least >= LEAST_SWING) & (most <= 2 * least) & (most <= LARGEST_SWING / 2)
        for value in (self.strike, self.end):
            near = swings & (np.abs(value - level) <= width + SMALLEST_BEND)
            value[near] = level[near]
        # What is beyond the swings, a bend before them, stays.
        swung = swings & (self.high <= level + width + SMALLEST_BEND)
        self.high = np.where(swung, np.maximum(level, self.strike), self.high)
        swung = swings & (self.low >= level - width - SMALLEST_BEND)
        self.low = np.where(swung, np.minimum(level, self.strike), self.low)
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
            sliding, there = rows[fits], there[fits]
            arrival = self._arrivals(sliding, frets[sliding], self.stop[sliding])
            latest = np.where(self._steps(sliding), LAST_STEP, LAST_ARRIVAL) * self.second[sliding]
            slides = self.stop[sliding] - arrival <= latest
            self.notes["technique"][there[slides]] |= _SLIDE
            self._done(sliding[slides])
            rows = rows[~fits]

    def _changes(self, rows: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The places of the wheel's changes from the first of each row to the last, without it, and
        to which of the rows each belongs."""
        size = np.maximum(last - self.first[rows], 0)
        which = np.repeat(np.arange(len(rows)), size)
        return np.arange(len(which)) + (self.first[rows] - np.cumsum(size) + size)[which], which

    def _arrivals(self, rows: np.ndarray, level: np.ndarray, stop: np.ndarray) -> np.ndarray:
        """When the wheel comes to the level of each row at which it is at a time, and stays there
        until then; the start of the note if it is there all the time."""
        last = np.searchsorted(self.keys, (self.track[rows] << _TRACK) + stop + 1)
        place, which = self._changes(rows, last)
        away = np.abs(self.curve[place] - level[which]) > NEAR
        back = self.first[rows]
        np.maximum.at(back, which, np.where(away, place + 1, 0))
        arrival = np.where(back < last, self.times[np.minimum(back, len(self.times) - 1)], stop)
        never = (back == self.first[rows]) & (np.abs(self.strike[rows] - level) <= NEAR)
        return np.where(never, self.time[rows], arrival)

    def _leaves(self, rows: np.ndarray) -> np.ndarray:
        """When the wheel leaves the level at which the note of each row is struck."""
        place, which = self._changes(rows, self.last[rows])
        away = np.abs(self.curve[place] - self.strike[rows][which]) > NEAR
        leaves = self.stop[rows]
        np.minimum.at(leaves, which, np.where(away, self.times[place], 1 << _TRACK))
        return leaves

    def _steps(self, rows: np.ndarray) -> np.ndarray:
        """Whether the wheel goes from fret to fret during each row, and is nowhere else."""
        place, which = self._changes(rows, self.last[rows])
        between = np.abs(self.curve[place] - np.rint(self.curve[place])) > NEAR
        return np.bincount(which, between, len(rows)) == 0

    def _take_transposed(self) -> None:
        """Move notes that are struck one after the other under a wheel that stands still, but not
        where it rests: nobody bends strings so, but to strike a bent one again."""
        off = (np.abs(self.strike) >= SMALLEST_BEND) & (self.high - self.low < LEAST_SWING)
        same = off[1:] & off[:-1] & (self.first[1:] == self.first[:-1])
        begin = np.flatnonzero(np.append(True, ~same))  # of each run of such notes
        size = np.diff(begin, append=len(off))
        pitch = self.notes["pitch"][self.rows]
        lowest, highest = (f.reduceat(pitch, begin) for f in (np.minimum, np.maximum))
        chord = self.time[begin] == self.time[begin + size - 1]
        before = np.maximum(begin - 1, 0)
        held = (np.diff(self.rows, prepend=-1)[begin] == 1) & (pitch[before] == pitch[begin])
        held &= (np.abs(self.end[before] - self.strike[begin]) <= NEAR) & ~off[before]
        several = (lowest != highest) | ((size >= MANY_REPEATS) & ~held)
        moved = off & np.repeat(several & ~chord, size)
        moved |= off & (np.abs(self.strike) > LARGEST_BEND)
        self._move(moved)

    def _move(self, which: np.ndarray) -> None:
        """Let notes have the pitch with which they are struck."""
        self.notes["pitch"][self.rows[which]] += np.rint(self.strike[which]).astype(np.int64)
        self.strike[which] = 0.0
        self._done(which)

    def _take_bends(self) -> None:
        """Find bends, and put the notes that come from below where the finger is."""
        near, key = (STRUM * self.second).astype(np.int64), self.note_keys[self.rows]
        strings = np.searchsorted(self.note_keys, key + near, "right")
        strings -= np.searchsorted(self.note_keys, key - near, "left")
        largest = np.select([strings == 1, strings == 2], [LARGEST_BEND, LARGEST_DOUBLE_BEND], 0.0)
        # From below: the finger holds a lower fret, and the string is bent up to where it is noted.
        below = np.rint(-self.strike).astype(np.int64)
        rises = (below > 0) & (self.high > -SMALLEST_BEND) & (self.high + below <= largest)
        rises &= self.strike - self.low <= NEAR
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
        there &= self.high - np.maximum(self.strike, self.end) <= 2 * NEAR
        there &= np.minimum(self.strike, self.end) - self.low <= 2 * NEAR
        held = (self.stop - (EARLY + HELD) * self.second).astype(np.int64)
        held = np.searchsorted(self.keys, (self.track << _TRACK) + held + 1, "right") - 1
        there &= np.abs(self.curve[held] - frets) <= NEAR
        rows = np.flatnonzero(there)
        stop = self.stop[rows] - (EARLY * self.second[rows]).astype(np.int64)
        arrival = self._arrivals(rows, frets[rows], stop)
        ride = arrival - self._leaves(rows)
        slides = ride <= np.maximum(LONGEST_SLIDE * self.second[rows], stop - arrival)
        slides &= (self.time[rows] < arrival) & (arrival <= stop - HELD * self.second[rows])
        rows, arrival = rows[slides], arrival[slides]
        moved[rows] = False
        left_out = np.bincount(self.track[moved], minlength=len(self.semitones))
        self._move(moved)
        if len(rows):
            self._cut(rows, arrival, start[rows], frets[rows])
        return left_out

    def _cut(
        self, rows: np.ndarray, arrival: np.ndarray, start: np.ndarray, frets: np.ndarray
    ) -> None:
        """Let notes end where a finger has slid on, by so many frets, and others begin there."""
        notes, cut = self.notes, self.rows[rows]
        more = {name: column[cut] for name, column in notes.items()}
        more |= {"time": arrival, "duration": self.stop[rows] - arrival}
        more |= {"pitch": more["pitch"] + frets, "technique": more["technique"] & _VIBRATO | _SLIDE}
        notes["duration"][cut] = arrival - self.time[rows]
        notes["pitch"][cut] += start
        notes["technique"][cut] &= ~_VIBRATO
        notes = {name: np.append(column, more[name]) for name, column in notes.items()}
        order = np.argsort((notes["track"] << _TRACK) + notes["time"], kind="stable")
        self.notes = {name: column[order] for name, column in notes.items()}
