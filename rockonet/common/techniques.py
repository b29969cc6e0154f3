"""How a note is played, as flags: what readers find, events hold and writers write."""

from __future__ import annotations

import enum


class Technique(enum.IntFlag):
    """Techniques of a guitarist; a note or an event has any number of them.

    PALM_MUTE: damped by the palm. LEGATO: hammered on or pulled off from the note before. SLIDE:
    the finger slides there from the note before. BEND: the string is bent up. RELEASE: and let down
    again. PREBEND: it was bent before it is struck. VIBRATO. DEAD: a click without a pitch.
    HARMONIC. TREMOLO: picked again and again. LET_RING: it sounds on over what follows.
    They fit into 16 bits.
    Notebook: 01.
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
