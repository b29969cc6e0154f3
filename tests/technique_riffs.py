"""Riffs with techniques, made for the tests: what a hand can play, chosen at random."""

import numpy as np

import rockonet_utils as ru
from rockonet.common.techniques import Technique as T
from rockonet.guitar.playable_techniques import HARMONIC_FRETS, highest_bend

STRINGS = (40, 45, 50, 55, 59, 64)
BENDS = (T.BEND, T.BEND | T.RELEASE, T.PREBEND, T.PREBEND | T.RELEASE)


def a_played_riff(rows, tuning=STRINGS, **more):
    """A riff of rows (step, duration, {string: fret}, technique, bend, bent strings), of which
    the last three may be left out; without bent strings, all are."""
    events, ways = np.zeros(len(rows), ru.EVENT), []
    for event, (step, duration, held, *how) in zip(events, rows, strict=True):
        technique, bend, bent = (*how, *(0, 0, tuple(held))[len(how) :])
        pitches = sorted((tuning[s] + fret, s) for s, fret in held.items())
        event["bass"] = pitches[0][0]
        event["shape"] = sum(1 << (pitch - pitches[0][0]) for pitch, _ in pitches)
        event["step"], event["duration"], event["velocity"] = step, duration, 95
        event["technique"], event["bend"] = int(technique), bend
        event["bent"] = sum(1 << i for i, (_, s) in enumerate(pitches) if bend and s in bent)
        ways.append(tuple(held.get(s, -1) for s in range(len(tuning))))
    return ru.Riff(events, given_frets=tuple(ways), tuning=list(tuning), **more)


def random_played_riff(seed, n=16, lengths=(3, 6, 6, 12, 24)):
    """A riff with every kind of technique here and there, as a hand can play it.

    lengths: of notes in ticks, but for the last one, which ends with its bar.
    """
    rng = np.random.default_rng(seed)
    string, fret, held = int(rng.integers(6)), int(rng.integers(3, 12)), {}
    steps = rng.choice(lengths, n).tolist()
    steps[-1] += -sum(steps) % 48  # the last note ends with its bar
    rows, technique = [], T(0)
    for place, length in enumerate(steps):
        before, was, held, bend, bent = held, technique, {}, 0, ()
        kind, technique = rng.integers(14), T(0)
        up = was & (T.BEND | T.PREBEND) and not was & T.RELEASE  # from there nobody goes on
        single = len(before) == 1 and not (up or was & (T.DEAD | T.PALM_MUTE | T.HARMONIC))
        if kind < 5 and single and fret and place:  # on the string of the note before
            fret = int(fret + rng.choice([-2, -1, 1, 2, 3]))
            fret = fret if 0 < fret < 20 else 7 if before[string] != 7 else 9
            technique = T.LEGATO if kind < 3 else T.SLIDE
        else:
            string = int(np.clip(string + rng.integers(-1, 2), 0, 5))
            fret = int(np.clip(fret + rng.integers(-2, 3), 1, 15))
        highest = highest_bend(string, fret, STRINGS)
        if kind in (0, 5, 6) and highest:
            technique |= BENDS[rng.integers(4 if kind else 2)]
            bend, bent = int(rng.integers(1, highest + 1)), (string,)
        technique |= T.VIBRATO * bool(kind in (3, 5, 7))
        if kind == 8:
            technique = T.DEAD
        if kind == 9:
            technique, fret = T.HARMONIC, int(rng.choice(HARMONIC_FRETS[1:6]))
        if kind in (10, 11):
            string = min(string, 3)
            technique = T.PALM_MUTE if kind == 10 else T.TREMOLO
        if kind == 12:
            technique = T.LET_RING
        held[string] = fret
        if kind in (10, 11, 12) and string < 3:
            held[string + 1] = fret + 2  # a power chord
        if kind == 13:  # one of two strings is bent
            string, fret = 3, max(fret, 5)
            held, technique, bend, bent = {3: fret, 4: fret - 2}, T.BEND, 4, (3,)
        short = technique & (T.DEAD | T.PALM_MUTE)
        rows.append(
            (steps[place - 1] if place else 0, 1 if short else length, held, technique, bend, bent)
        )
    return a_played_riff(rows, title=f"technique {seed}", tempo_bpm=int(rng.integers(70, 150)))
