"""What leads from note to note in a typed tab: grace notes, slides and hammer-ons on one string."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rockonet.common.techniques import JOINED, Technique
from rockonet.guitar.tab_frets import Sign
from rockonet.guitar.tab_signs import Played

Struck = dict[int, dict[int, Sign]]  # at each tick the sign of each string


def in_time(signs: Sequence[Sign], times: Mapping[tuple[int, int], int]) -> Struck:
    """What is struck at each tick; times: of each bar and column in which something is struck.

    A grace note is a tick before its note, and so is one two frets away from which a note is slid
    to that nobody slides to from the note before. A dead note beside others is none. What is
    hammered, pulled or slid to needs a note on its string just before; else it is struck. A string
    that is held while another one moves is joined to what was before as that one is.
    """
    struck: Struck = {}
    for sign in sorted(signs, reverse=True):
        if sign.played.grace:
            after = [tick for tick, row in struck.items() if sign.string in row]
            _add_grace(struck, min(after, default=0), sign)
        else:
            struck.setdefault(times[sign.bar, sign.column], {})[sign.string] = sign
    _slide_in(struck)
    for tick, row in struck.items():
        if any(sign.fret >= 0 for sign in row.values()):
            struck[tick] = {s: sign for s, sign in row.items() if sign.fret >= 0}
    before: dict[int, Sign] = {}
    for tick in sorted(struck):
        row = struck[tick]
        flags = {
            string: sign.played.technique & JOINED if _joins(before.get(string), sign) else 0
            for string, sign in row.items()
        }
        how = max(flags.values())
        held = (s for s, flag in flags.items() if not flag)
        if all(s in before and before[s].fret == row[s].fret >= 0 for s in held):
            flags = dict.fromkeys(
                flags, how
            )  # what is held while another string moves moves with it
        for string, sign in row.items():
            technique = sign.played.technique & ~JOINED | flags[string]
            row[string] = sign._replace(played=sign.played._replace(technique=technique))
        before = row
    return struck


def _add_grace(struck: Struck, tick: int, sign: Sign) -> None:
    """Add a sign a tick before another, if there is room."""
    if tick > 0 and sign.string not in struck.get(tick - 1, {sign.string: sign}):
        struck[tick - 1][sign.string] = sign
    elif tick > 0 and tick - 1 not in struck:
        struck[tick - 1] = {sign.string: sign}


def _slide_in(struck: Struck) -> None:
    """Add the notes from which others are slid to that have none before them."""
    ticks = sorted(struck)
    for before, tick in zip([-1, *ticks], ticks, strict=False):
        for string, sign in struck[tick].items():
            from_note = struck[before].get(string) if before >= 0 else None
            if sign.played.into and not _joins(from_note, sign) and sign.fret > 1:
                fret = max(1, sign.fret + 2 * sign.played.into)
                grace = sign._replace(fret=fret, played=Played())
                if before < tick - 1:
                    _add_grace(struck, tick, grace)


def _joins(before: Sign | None, sign: Sign) -> bool:
    """Whether a finger gets from one note to the other without striking, if that is asked for."""
    if before is None or min(before.fret, sign.fret) < 0 or before.fret == sign.fret:
        return False
    return not (sign.played.technique & Technique.SLIDE and 0 in (before.fret, sign.fret))
