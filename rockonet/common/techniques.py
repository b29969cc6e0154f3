"""How a note is played, as flags: what readers find, events hold and writers write."""

from __future__ import annotations

import enum

import numpy as np


class Technique(enum.IntFlag):
    """Techniques of a guitarist; a note or an event has any number of them.

    PALM_MUTE: damped by the palm. LEGATO: hammered on or pulled off from the note before. SLIDE:
    the finger slides there from the note before. BEND: the string is bent up. RELEASE: and let down
    again. PREBEND: it was bent before it is struck. VIBRATO. DEAD: a click without a pitch.
    HARMONIC. TREMOLO: picked again and again. LET_RING: it sounds on over what follows.
    They fit into 16 bits.
    Notebook: 01 and 02.
    """

    PALM_MUTE = 1
    LEGATO = 2
    SLIDE = 4
    BEND = 8
    RELEASE = 16
    PREBEND = 32
    VIBRATO = 64
    DEAD = 128
    HARMONIC = 256
    TREMOLO = 512
    LET_RING = 1024


def technique_name(flag: Technique) -> str:
    """What players call a technique: 'palm mute'."""
    return str(flag.name).lower().replace("_", " ")


BENDS = Technique.BEND | Technique.RELEASE | Technique.PREBEND
JOINED = Technique.LEGATO | Technique.SLIDE  # what needs the note before
# Of techniques that no note has together, the first ones are kept: (those, what goes with them).
_EXCLUDED = (
    (Technique.DEAD, ~Technique.DEAD),
    (Technique.PALM_MUTE, Technique.LET_RING | Technique.HARMONIC),
    (Technique.HARMONIC, BENDS | Technique.VIBRATO),
    (Technique.SLIDE, Technique.LEGATO),
    (Technique.PREBEND, Technique.BEND),
)


def settled(technique: np.ndarray, bend: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Flags that say one thing in one way; what contradicts itself is made plain.

    technique: flags of `Technique` (n,). bend: quarter tones (n,). A bend has a height, and a
    height a bend; what is let down was up before; a dead note is nothing else.
    Returns both as arrays of their own, uint16 and int8.
    """
    flags, height = np.array(technique, np.uint16), np.clip(bend, 0, 127).astype(np.int8)
    for one, others in _EXCLUDED:
        flags = np.where(flags & one, flags & ~np.uint16(int(others) & 0xFFFF), flags)
    bent = (flags & (Technique.BEND | Technique.PREBEND) > 0) & (height > 0)
    flags = np.where(bent, flags, flags & ~np.uint16(BENDS))
    return flags.astype(np.uint16), np.where(bent, height, 0).astype(np.int8)


# Where a string is touched, and how many semitones over the open string it sounds then: the 2nd to
# the 8th partial.
_NODES = {2.4: 36, 2.7: 34, 3.2: 31, 4: 28, 5: 24, 7: 19, 8.2: 34, 9: 28, 9.6: 34, 12: 12, 14.7: 34,
          16: 28, 17: 36, 19: 19, 21.7: 34, 24: 24}  # fmt: skip


def harmonic_semitones(fret: float) -> int:
    """How far over its fundamental a string sounds that is touched there; 0 if it has no node."""
    node = min(_NODES, key=lambda place: abs(place - fret))
    return _NODES[node] if abs(node - fret) < 0.5 else 0
