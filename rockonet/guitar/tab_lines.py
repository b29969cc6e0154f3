"""The systems of a pasted tab: which lines are strings, which belong together, where bars begin."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rockonet.common.theory import is_meter
from rockonet.common.tunings import FEWEST_STRINGS, MOST_STRINGS
from rockonet.guitar.tab_signs import signs_over
from rockonet.guitar.typed_text import plain_lines

MOST_LINES_OVER = 5  # of a system that say how it is played: beats, chords, PM---, let ring---


@dataclass(frozen=True)
class Row:
    """A line that is a string.

    number: of the line, from 1. name: of the string, or nothing. body: from behind the first bar
    line on. tail: text after the last one. gap: whether the line before is no string. readable:
    else it begins like a string and goes on otherwise.
    """

    number: int
    name: str
    body: str
    tail: str
    gap: bool
    readable: bool = True


@dataclass(frozen=True)
class System:
    """Strings that are played together.

    names: of the strings, from the top. lines: their numbers, from 1. bars: for each the
    text on every string, from the top, without signs of repeats. beats: of each bar what stands
    over it. meters: that are written on the strings. repeats: of each bar whether it had signs of
    them. over: of each bar the flags of `Technique` that stand over it, by column.
    """

    names: tuple[str, ...]
    lines: tuple[int, ...]
    bars: tuple[tuple[str, ...], ...]
    beats: tuple[str, ...]
    meters: tuple[tuple[int, int], ...]
    repeats: tuple[bool, ...]
    over: tuple[dict[int, int], ...]


_NAME = r"[A-Ga-g][#b]?\d?"
_BARRED = re.compile(rf"\|?\s{{0,9}}(-?{_NAME}-{{1,2}}|[^\s|-]{{0,3}}?)[\s:;.)\]]{{0,9}}\|(.*)")
_BARE = re.compile(rf"({_NAME})?[\s:;.)\]]*([\dxX(<]*-[^|]*-[^|]*-.*)")
_SIGNS = re.compile(r"(?:[hpbrtsxovwmn]+|P\.?M|let|ring|harm|full|half)", re.IGNORECASE)
_CHORD = re.compile(r"[A-G][#b]?(?:m|maj|min|dim|sus|aug|add)?\d*|N\.?C\.?|[DUdux%.*/-]+")


def is_tab(text: str) -> bool:
    """Whether a text has lines that are strings of a tab, or begin like one."""
    return any(_row(number, line.lstrip(), False) for number, line in enumerate(plain_lines(text)))


def tab_rows(lines: Sequence[str]) -> list[Row]:
    """The lines that are strings, and those between them that look so but cannot be read."""
    rows: list[Row] = []
    gap = True
    for number, line in enumerate(lines, 1):
        row = _row(number, line.lstrip(), gap)
        gap = row is None
        rows += [row] if row else []
    blocks = _blocks(rows)
    return [row for block in blocks if any(r.readable for r in block) for row in block]


def _row(number: int, line: str, gap: bool) -> Row | None:
    """A line as a string, or nothing."""
    if "|" in line and "--" not in line and re.search(r"==|__|\.\.\.", line):
        line = re.sub("[=_.]", "-", line)  # strings drawn of other signs
    barred = _BARRED.fullmatch(line)
    found = barred or _BARE.fullmatch(line)
    if not found or not barred and re.search(r"\d\s+[A-Ga-gr]+[-#b]?\d", line):
        return None  # or notes as words
    name, body = found[1] or "", found[2]
    if not name and re.fullmatch(_NAME, body.partition("|")[0].strip()):
        name, _, body = body.partition("|")  # a bar line before the name too
    name = name.strip(" -") if re.fullmatch(_NAME, name.strip(" -")) else ""
    bars, bar_line, last = body.rpartition("|")
    kept = re.split(r"\s{2,}|\s(?=[^-\d\s])" if "-" in last else r"(?<=\S)\s{3,}", last)[0]
    if bar_line and not (re.fullmatch(r"\S*-\S*", kept) and _ratio(kept) >= 0.5):
        kept = ""  # text after the last bar line
    body = bars + bar_line + kept
    tail = last[len(kept) :].strip()
    if _is_string(body, bool(barred and name)):
        return Row(number, name, body, tail, gap)
    words = re.split(r"[\s|]+", body)
    if name and re.match(r"\S+\|\S", line) and not all(map(_CHORD.fullmatch, filter(None, words))):
        return Row(number, name, "", "", gap, readable=False)
    return None


def _is_string(body: str, named: bool) -> bool:
    """Whether this is what stands on a string: dashes and frets, or blanks if it has a name."""
    known = all(map(_SIGNS.fullmatch, re.findall(r"[A-Za-z]+", body)))
    if re.search(r"--|\d-|-\d|\|-\|", f"|{body}|"):
        return _ratio(body) >= 0.5 and (named or known)
    blank = re.search(r"\s\s|\d|^\|?$", body) and not re.search(r"[-A-G]", body)
    return bool(named and known and blank)


def _ratio(body: str) -> float:
    """How much of what is written are dashes and frets."""
    written = re.sub(r"[\s|]", "", body)
    return len(re.findall(r"[-\d]", written)) / max(1, len(written))


def _blocks(rows: Sequence[Row]) -> list[list[Row]]:
    """Lines that stand together. If all stand alone, the blank lines are only for looks; nor does
    a line of text in the midst of a system make two of it."""
    blocks: list[list[Row]] = []
    for row in rows:
        if row.gap or not blocks:
            blocks.append([])
        blocks[-1].append(row)
    if len(blocks) > 1 and all(len(block) == 1 for block in blocks):
        return [[row for (row,) in blocks]]
    joined: list[list[Row]] = []
    for block in blocks:
        before = joined[-1] if joined else []
        names = "".join(row.name.upper() for row in [*before, *block])
        near = before and block[0].number - before[-1].number == 2
        if near and names == "EBGDAE" and len(before[-1].body) == len(block[0].body):
            before += block
        else:
            joined.append(block)
    return joined


def tab_systems(lines: Sequence[str]) -> tuple[list[System], list[str]]:
    """The systems of a tab, and what could not be read, in sentences that name the line."""
    systems: list[System] = []
    left_out, remarks = [], []
    for block in _blocks(tab_rows(lines)):
        strings, others = _strings_of_block(_unwrapped(block))
        remarks += [f"Line {row.number} has no name of a string: left out." for row in others]
        for rows in _split_block(strings):
            named = all(row.name for row in rows)
            if len(rows) > MOST_STRINGS or not named and len(rows) < FEWEST_STRINGS:
                left_out.append(rows)
                continue
            remarks += [
                f"Line {row.number} looks like a string but cannot be read: it was left silent."
                for row in rows
                if not row.readable
            ]
            system, uneven = _system(rows, lines)
            systems.append(system)
            remarks += [f"Line {n} has its bar lines elsewhere than the others." for n in uneven]
    for rows in left_out:
        if not systems or any(re.search(r"\d", row.body) for row in rows):  # else a line for looks
            remarks.append(
                "A tab has six lines, one for each string, or has names before them; "
                f"{len(rows)} stand together from line {rows[0].number} on and were left out. "
                "Begin them with e| B| G| D| A| E|."
            )
    return systems, remarks


def _unwrapped(block: Sequence[Row]) -> Sequence[Row]:
    """With lines whole that a mail program has broken in two."""
    if len(block) < 4 or any(bool(row.name) == (i % 2 > 0) for i, row in enumerate(block)):
        return block
    pairs = zip(block[::2], block[1::2], strict=False)
    return [dataclasses.replace(row, body=row.body + end.body) for row, end in pairs]


def _strings_of_block(block: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The strings of a block, and what has frets but is none.

    Beside strings with names, lines without one are no strings if they have no fret, as brackets
    and strokes have not, or if there are six without them.
    """
    named = [row for row in block if row.name]
    if len(named) < 2 or len(named) == len(block):
        return list(block), []
    odd = [row for row in block if not row.name]
    rules = [row for row in odd if not re.search(r"\d", re.sub(r"-+3-+", "", row.body))]
    others = [row for row in odd if row not in rules] if len(named) >= 6 else []
    return [row for row in block if row not in rules and row not in others], others


def _split_block(block: Sequence[Row]) -> Iterator[list[Row]]:
    """Lines that stand together as systems: where the names begin again, or six by six."""
    names = [row.name for row in block]
    begins = [0]
    for place in range(2, len(block) - 1 if block else 0):
        begin, size = begins[-1], min(3, len(block) - place)
        one, two = names[begin : begin + size], names[place : place + size]
        if size == 3:
            one, two = [[name.upper() for name in three] for three in (one, two)]
        elif not any(map(str.islower, one)):
            continue  # the last two of seven strings have the names of the first two
        if one == two and all(one) and place - begin >= size:
            begins.append(place)
    if begins == [0] and len(block) > MOST_STRINGS:
        sizes = [size for size in (6, 7, 8, 5, 4) if len(block) % size == 0]
        begins = list(range(0, len(block), next(iter(sizes), len(block))))
    for begin, end in itertools.pairwise([*begins, len(block)]):
        yield list(block[begin:end])


def _system(rows: Sequence[Row], lines: Sequence[str]) -> tuple[System, list[int]]:
    """A system of its lines, and the numbers of those that were cut where the others are.

    It has no repeat dots, and no meter that stands on the strings.
    """
    places = [[found.span() for found in re.finditer(r"[^|]+", row.body)] for row in rows]
    counts = collections.Counter(len(spans) for spans in places if spans)
    usual = max(counts, key=lambda count: (counts[count], count), default=0)
    model, row = next(pair for pair in zip(places, rows, strict=True) if len(pair[0]) == usual)
    offset = max(0, lines[row.number - 1].find(row.body))
    above = lines[rows[0].number - 2] if rows[0].number > 1 else ""
    flags = signs_over(_lines_over(rows[0].number, lines))
    longest = max((end - begin for begin, end in model), default=0)
    bars: list[tuple[str, ...]] = []
    repeats: list[bool] = []
    beats, meters, over = [], [], []
    for number, (begin, end) in enumerate(model):
        cells = [_cell(row, spans, model, number) for row, spans in zip(rows, places, strict=True)]
        width = max(map(len, cells))
        cells = [cell.ljust(width, "-").replace(" ", "-") for cell in cells]
        meter = _meter_on_strings(cells)
        if meter and 2 * width <= longest:
            meters.append(meter)
            continue
        sides = (f"|{row.body}"[max(0, begin - 1) : begin + 1], row.body[end : end + 2])
        plain = _without_dots(cells, *(side == "||" for side in sides))
        dotted = plain != cells
        if bars and {cell.strip("-") for cell in plain} in ({"%"}, {"%", ""}):
            plain, dotted = list(bars[-1]), repeats[-1]  # the bar before is played again
        if any(re.search(r"[-\d]", cell) for cell in plain):
            bars.append(tuple(plain))
            repeats.append(dotted)
            beats.append(above[offset + begin : offset + end])
            first = offset + begin
            over.append({c - first: flag for c, flag in flags.items() if c >= first})
    names = tuple(row.name for row in rows)
    uneven = [
        row.number
        for row, spans in zip(rows, places, strict=True)
        if len(spans) != usual and row.body.strip("- |")
    ]
    return System(
        names,
        tuple(row.number for row in rows),
        tuple(bars),
        tuple(beats),
        tuple(meters),
        tuple(repeats),
        tuple(over),
    ), uneven


def _lines_over(number: int, lines: Sequence[str]) -> Iterator[str]:
    """The lines of text right over the line with this number, counted from 1."""
    for place in range(number - 2, max(-1, number - 2 - MOST_LINES_OVER), -1):
        line = lines[place]
        if not line.strip() or _row(place + 1, line.lstrip(), False):
            return
        yield line


def _cell(
    row: Row, spans: Sequence[tuple[int, int]], model: Sequence[tuple[int, int]], number: int
) -> str:
    """Bar `number` of a line; if it has fewer or more bars than the others, by their columns."""
    if len(spans) == len(model):
        return row.body[slice(*spans[number])]
    begin, end = model[number]
    return row.body.replace("|", "-")[begin : None if number + 1 == len(model) else end]


def _meter_on_strings(cells: Sequence[str]) -> tuple[int, int] | None:
    """The meter if a narrow bar has two numbers amid the strings and nothing else."""
    numbers = [(place, cell.strip("-")) for place, cell in enumerate(cells) if cell.strip("-")]
    if len(cells[0]) > 4 or len(numbers) != 2:
        return None
    (upper, beats), (lower, value) = numbers
    if lower - upper > 2 and upper + lower != len(cells) - 1:
        return None
    if not (beats.isdigit() and value.isdigit() and is_meter(int(beats), int(value))):
        return None
    return int(beats), int(value)


def _without_dots(cells: Sequence[str], *double: bool) -> list[str]:
    """A bar without the dots of repeat signs beside its bar lines.

    double: whether the bar line in front and the one behind are. An ``o`` is a dot there, or if
    there are two as far from the middle; else it is an open string.
    """
    plain = list(cells)
    for side, is_double in zip((0, -1), double, strict=True):
        letters = [place for place, cell in enumerate(plain) if cell[side] in "oO"]
        pair = len(letters) == 2 and sum(letters) == len(plain) - 1
        dots = "*:.•°●·" + ("oO" if pair or is_double else "")
        for place, cell in enumerate(plain):
            if cell[side] in dots:
                plain[place] = f"-{cell[1:]}" if side == 0 else f"{cell[:-1]}-"
    return plain


def left_over(lines: Sequence[str]) -> list[tuple[int, str]]:
    """The lines that are no strings, with their numbers, and the text after those that are."""
    rows = {row.number: row for row in tab_rows(lines)}
    return [
        (number, rows[number].tail if number in rows else line)
        for number, line in enumerate(lines, 1)
    ]
