"""What stands on the strings of a typed bar: frets, of one digit or two, and dead notes."""

from __future__ import annotations

import collections
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rockonet.common.techniques import Technique
from rockonet.common.tunings import FRETS
from rockonet.guitar.playability import REACH
from rockonet.guitar.tab_signs import Played, read_signs, without_bends

HIGHEST_FRET = max(24, FRETS)  # of guitars that people write tab for


class Bar(NamedTuple):
    """What stands between two bar lines: a row for each string that is written, from the top.

    strings: which they are, the lowest of the guitar being 0. lines: their numbers, from 1. beats:
    what stands over it, if that counts its beats. dots: whether it had those of a repeat sign.
    written: the rows with all of their signs. over: flags of `Technique` that stand over it, by
    column.
    """

    rows: tuple[str, ...]
    strings: tuple[int, ...]
    lines: tuple[int, ...]
    beats: str
    dots: bool
    written: tuple[str, ...]
    over: dict[int, int]

    @property
    def width(self) -> int:
        """How many columns it has."""
        return max(map(len, self.rows))


class Sign(NamedTuple):
    """What stands on a string: a fret, or −1 for a dead note; bar and string counted from 0."""

    bar: int
    column: int
    string: int
    fret: int
    played: Played = Played()


_TWO_DIGITS = re.compile(r"[12]\d")
_BRACKETED = re.compile(r"(?<!\d)[<(\[{](\d{1,2})[>)\]}]")


def tidy_rows(rows: Sequence[str], counted: bool = False) -> tuple[str, ...]:
    """The strings between two bar lines, as most people write them.

    Of a bend only the fret where it begins is a note; and what stands in brackets, as a harmonic
    does, is struck where other strings are, or at an even distance from the first note; if the
    beats of the bar are counted, where the bracket is.
    """
    plain = [without_bends(row) for row in rows]
    bare = [_BRACKETED.sub(lambda found: "-" * len(found[0]), row) for row in plain]
    struck = {run.start() for row in bare for run in re.finditer(r"\d+", row)}
    first = min(struck, default=None)

    def place(found: re.Match[str]) -> str:
        bracket = found.start()
        even = first is None or bracket < first or (bracket - first) % 2 == 0 or counted
        if bracket + 1 in struck and bracket not in struck and not counted:
            even = False
        return f"{found[1]}--" if even or bracket in struck else f"-{found[1]}-"

    return tuple(_BRACKETED.sub(place, row) for row in plain)


def read_frets(bars: Sequence[Bar]) -> tuple[list[Sign], list[str]]:
    """The frets and dead notes of bars, bar by bar, and those that no guitar has, in sentences.

    Raises: ValueError if there is no fret.
    """
    signs, wrong = [], []
    after: dict[int, str] = {}  # what stands on each string after its last note
    for number, bar in enumerate(bars):
        rows = zip(bar.strings, bar.lines, bar.written, _numbers(bar.rows), strict=True)
        for string, line, row, found in rows:
            played, after[string] = read_signs(row, found, after.get(string, ""))
            dead = [(place.start(), -1) for place in re.finditer("[xX]", row)]
            how = [*played, *(Played(int(Technique.DEAD)) for _ in dead)]
            for (column, fret), one in zip([*found, *dead], how, strict=True):
                if fret <= HIGHEST_FRET:
                    one = one._replace(technique=one.technique | bar.over.get(column, 0))
                    signs.append(Sign(number, column, string, fret, one))
                else:
                    wrong.append(
                        f"Line {line}: there is no fret {fret}, a guitar has {HIGHEST_FRET}."
                    )
    if not any(sign.fret >= 0 for sign in signs):
        no_fret = "There is no fret in this tab: write numbers on its lines."
        raise ValueError(wrong[0] if wrong else no_fret)
    return signs, wrong


def _numbers(rows: Sequence[str]) -> list[list[tuple[int, int]]]:
    """Columns and frets on each row of a bar: two digits are one fret or two notes."""
    runs = [[(run.start(), run[0]) for run in re.finditer(r"\d+", row)] for row in rows]
    starts: dict[int, list[tuple[int, int]]] = collections.defaultdict(list)  # row and fret
    for row, found in enumerate(runs):
        for column, text in found:
            if len(text) == 1 or _TWO_DIGITS.fullmatch(text):
                starts[column].append((row, int(text)))
            elif len(text) == 2:
                starts[column].append((row, int(text[0])))
                starts[column + 1].append((row, int(text[1])))
    columns = sorted(column for column, found in starts.items() if any(f < 10 for _, f in found))
    dense = any(len(text) > 2 for found in runs for _, text in found)
    dense |= any(b - a == 1 for a, b in itertools.pairwise(columns))
    numbers = []
    for row, found in enumerate(runs):
        others = {
            column: [fret for other, fret in starts[column] if other != row]
            for start, text in found
            for column in range(start, start + len(text) + 1)
            if column in starts
        }
        numbers.append([note for run in found for note in _split_run(*run, others, dense)])
    return numbers


def _split_run(
    start: int, text: str, others: Mapping[int, Sequence[int]], dense: bool
) -> Iterator[tuple[int, int]]:
    """The notes, column and fret, of digits without a dash between.

    others: frets that begin in the columns of other strings. dense: whether notes of this bar
    follow each other without a dash. What begins on another string under the second of two digits
    has a time of its own, and so has then that digit; unless only the whole number makes a chord
    with it, being written to the right. Of more than two digits each is a note, as in a gallop of
    open strings, where chords do not say otherwise.
    """
    place = 0
    while place < len(text):
        column, pair = start + place, text[place : place + 2]
        here, under = others.get(column, ()), others.get(column + 1, ())
        size = 1
        if _TWO_DIGITS.fullmatch(pair):
            chord = _reaches(int(pair), here) and not under
            ends = place + 2 == len(text) or bool(others.get(column + 2))
            right = (
                not here
                and not dense
                and _reaches(int(pair), under)
                and not _reaches(int(pair[1]), under)
            )
            size = 1 + (chord and ends if len(text) > 2 else not under or right)
            column += size == 2 and right
        yield column, int(text[place : place + size])
        place += size


def _reaches(fret: int, others: Sequence[int]) -> bool:
    """Whether a hand holds a fret with one of the others."""
    return fret > 0 and any(other > 0 and abs(fret - other) <= REACH for other in others)
