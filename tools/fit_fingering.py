"""Choose the costs of a fingering anew, on tablature of your own, or measure those that there are.

    .venv/bin/python tools/fit_fingering.py FOLDER             the share that people agree with
    .venv/bin/python tools/fit_fingering.py FOLDER --passes 6 choose costs on half of them

FOLDER holds Guitar Pro or MusicXML files with strings and frets; each guitar track is read. It may
also be an .npz of runs of events: flat arrays `run_song run_tuning run_tempo run_offsets
event_onset event_offsets note_pitch note_string note_fret note_duration`, where run i has the
events `run_offsets[i]:run_offsets[i + 1]` and event j has notes in the same way.

The costs are chosen so that what people played is as likely as can be, if of two fingerings that
one is e times as likely that costs 1 less (a conditional random field; the place of the hand is
not known). A run that no costs explain counts less and less. One song of two is never looked at:
on those is measured.
"""

import argparse
import collections
import itertools
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import rockonet_utils as ru
from rockonet.guitar import fingering_costs as priced

sys.path.append(str(Path(__file__).parent.parent / "data"))
from composer.book import RIFFS, entries, read_riff  # noqa: E402
from composer.tablature import PLACES_PER_BAR, TOKEN  # noqa: E402

WAYS, AMONG, MOVES = priced.WAY_COSTS, priced.SURROUNDED_COSTS, priced.MOVE_COSTS
PATIENCE = 30.0  # a run that is this much too dear counts half
SUFFIXES = (".gp3", ".gp4", ".gp5", ".gp", ".gpx", ".musicxml", ".mxl", ".xml")
MOST_BARS = 10_000
RUN = 64  # events in a row that are one run
LEAST = 16  # notes of a kind that a song needs to count in the mean of songs
KINDS = {(0,): "single notes", (0, 7): "power chords", (0, 7, 12): "power chords"}
ROWS = ("all notes", "single notes", "power chords", "other chords")


@dataclass(frozen=True)
class Run:
    """Some events of a song, and the frets that a person gave them, as in `ru.Fingering`."""

    song: str
    events: np.ndarray
    frets: np.ndarray
    tempo_bpm: float
    tuning: tuple[int, ...]


def runs_of_folder(folder: Path) -> Iterator[Run]:
    """All tracks with strings and frets of the files of a folder, cut in runs."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES:
            continue
        try:
            tracks = ru.prompt_tracks(path.read_bytes(), path.name).values()
            riffs = [ru.prompt_from_file(path, bars=MOST_BARS, track=track) for track in tracks]
        except ValueError as error:
            print(error)
            continue
        for riff in riffs:
            silent = (-1,) * len(riff.open_strings)
            rows = np.array([row or silent for row in riff.given_frets])
            for first in range(0, len(rows), RUN):
                some = slice(first, first + RUN)
                yield Run(path.name, riff.events[some], rows[some], riff.tempo_bpm,
                          riff.open_strings)  # fmt: skip


def runs_of_arrays(path: Path) -> Iterator[Run]:
    """The runs of an .npz, see above, on six strings; pitches that two strings sound are left out
    of what is compared, and so are those off the neck."""
    with np.load(path, allow_pickle=False) as file:
        a = {name: file[name] for name in file.files}
    columns = [a[f"note_{name}"] for name in ("pitch", "string", "fret", "duration")]
    notes = np.stack([column.astype(int) for column in columns], axis=1)
    for i, tuning in enumerate(a["run_tuning"].tolist()):
        strings = tuple(pitch for pitch in tuning if pitch >= 0)
        if len(strings) != 6 or min(np.diff(strings)) <= 0:
            continue
        events, frets, before = [], [], 0
        for j in range(a["run_offsets"][i], a["run_offsets"][i + 1]):
            chord = notes[a["event_offsets"][j] : a["event_offsets"][j + 1]]
            on_neck = strings[0] <= chord[:, 0]
            chord = chord[on_neck & (chord[:, 0] <= strings[-1] + ru.FRETS)]
            if not len(chord):
                continue
            row, struck = [-1] * 6, collections.Counter(chord[:, 0].tolist())
            for pitch, string, fret, _ in chord.tolist():
                if struck[pitch] == 1:
                    row[string] = fret
            shape = sum(1 << pitch - min(struck) for pitch in struck)
            onset = int(a["event_onset"][j])
            duration = chord[:, 3].max()
            events.append((min(struck), shape, onset - before, duration, 96, 0, 0, 0))
            frets.append(row)
            before = onset
        tempo = float(a["run_tempo"][i])
        song = str(a["run_song"][i])
        if events:
            events[0] = (*events[0][:2], 0, *events[0][3:])
            yield Run(song, np.array(events, ru.EVENT), np.array(frets), tempo, strings)


def runs_of_book() -> Iterator[Run]:
    """The riffs of data/riff_book, each as a song; their strings were written by hand."""
    ticks = {"straight": 3, "eighths": 6, "shuffle": 4, "waltz": 3}  # of a place
    for number, (_, head, music) in enumerate(entries(RIFFS)):
        riff = read_riff(head, music)
        bars: list[str] = []
        frets: list[list[int]] = []
        for text in "|".join(music).split("|"):
            bars.append(bars[-1] if text.strip() == "%" else text)
        for token in TOKEN.finditer("".join(bars)):
            if token["notes"] == "/":
                frets.append(frets[-1])
            elif token["notes"]:
                bare = re.sub(r"[\^=](\d+|q)r?", "", token["notes"])  # without bends
                frets.append(_written_frets(bare, token["power"]))
        places = PLACES_PER_BAR[riff.feel]
        strokes = [(b * places + s.start, s) for b, bar in enumerate(riff.bars) for s in bar]
        events = np.zeros(len(strokes), ru.EVENT)
        onset = [place * ticks[riff.feel] for place, _ in strokes]
        events["step"] = np.diff(onset, prepend=onset[0])
        for event, (_, stroke) in zip(events, strokes, strict=True):
            lowest = min(stroke.pitches)
            event["bass"], event["duration"], event["velocity"] = lowest, 3, 96
            event["shape"] = sum(1 << pitch - lowest for pitch in stroke.pitches)
        yield Run(f"riff {number}", events, np.array(frets), 130, ru.STANDARD_TUNING)


def _written_frets(text: str, power: str) -> list[int]:
    """Six frets of a stroke of the riff book: 'x02210', 'E0+A2', or 'E3' with the power 'p'."""
    if len(text) == 6 and "+" not in text:
        return [-1 if fret == "x" else int(fret) for fret in text]
    strings, row = "EADGBe", [-1] * 6
    for note in text.split("+"):
        row[strings.index(note[0])] = int(note[1:])
    root = strings.index(text[0])
    for string, above in enumerate({"": (), "p": (7,), "P": (7, 12)}[power], root + 1):
        pitch = ru.STANDARD_TUNING[root] + row[root] + above
        row[string] = pitch - ru.STANDARD_TUNING[string]
    return row


def shares(runs: Sequence[Run], frets: Sequence[np.ndarray]) -> dict[str, tuple[int, float, float]]:
    """Of each of `ROWS`: notes, the share of them on people's string and fret, mean of songs."""
    hits: dict[str, dict[str, list[bool]]] = {row: collections.defaultdict(list) for row in ROWS}
    for run, found in zip(runs, frets, strict=True):
        for event, person, row in zip(run.events, run.frets, found, strict=True):
            held = person >= 0
            same = (person == row)[held].tolist()
            steps = tuple(pitch - int(event["bass"]) for pitch in ru.event_pitches(event))
            for name in ("all notes", KINDS.get(steps, "other chords")):
                hits[name][run.song] += same
    table = {}
    for name, songs in hits.items():
        every = list(itertools.chain(*songs.values()))
        means = [np.mean(song) for song in songs.values() if len(song) >= LEAST]
        table[name] = (len(every), *(float(np.mean(x)) if x else np.nan for x in (every, means)))
    return table


def fingered(run: Run) -> np.ndarray:
    """Where the project's fingers go."""
    return ru.finger(run.events, run.tempo_bpm, tuning=run.tuning).frets


def said(table: Mapping[str, tuple[int, float, float]]) -> str:
    """The table as README shows it, in per cent."""
    lines = ["| | notes | on people's string and fret | mean of songs |", "|---|--:|--:|--:|"]
    lines += [
        f"| {name} | {count:,} | {share:.1%} | {mean:.1%} |"
        for name, (count, share, mean) in table.items()
    ]
    return "\n".join(lines)


@dataclass(frozen=True)
class Lattice:
    """All ways to play a run, with how much there is to pay of each cost.

    ways: of each event (n_states, `WAY_COSTS`). moves: from each event to the next (`MOVE_COSTS`,
    n_after, n_before). around: (n_events, `SURROUNDINGS`). haste: how often each of
    `MOVE_COSTS` is paid (n_events − 1, n_costs). right: of each event
    which states are held as the person did; all, where the person's way is none of them.
    """

    ways: list[np.ndarray]
    moves: list[np.ndarray]
    around: np.ndarray
    haste: np.ndarray
    right: list[np.ndarray]


def lattice(run: Run) -> Lattice:
    """The ways to play a run, as `ru.finger` looks at them."""
    chords = [ru.event_pitches(event) for event in run.events]
    ways = [ru.voicings(chord, run.tuning) or ((-1,) * len(run.tuning),) for chord in chords]
    states = [priced.hand_positions(found, run.tuning) for found in ways]
    seconds = np.cumsum(run.events["step"]) * 60 / run.tempo_bpm / ru.TICKS_PER_QUARTER
    right = [(s.frets == row).all(axis=1) for s, row in zip(states, run.frets, strict=True)]
    return Lattice(
        [state.amounts for state in states],
        [priced.move_amounts(a, b, run.tuning) for a, b in itertools.pairwise(ways)],
        priced.surroundings(chords, seconds, run.tuning),
        priced.times_paid(np.diff(seconds)),
        [row if row.any() else np.ones_like(row) for row in right],
    )


def too_much(run: Lattice, values: np.ndarray) -> tuple[float, np.ndarray]:
    """How much dearer the person's fingering is than all together, in nats, and its gradient.

    values: of the costs, in the order of their tables.
    """
    base, among, moving = np.split(values, [len(WAYS), len(WAYS) + len(AMONG)])
    around = [priced.SURROUNDINGS.index(where) for _, where in AMONG]
    column = [list(WAYS).index(name) for name, _ in AMONG]
    prices = np.tile(base, (len(run.ways), 1))
    np.add.at(prices, (slice(None), column), run.around[:, around] * among)
    hurried = run.haste * moving
    odds = []
    for amounts, price in zip(run.ways, prices, strict=True):
        cost = amounts @ price
        odds.append(np.exp(cost.min() - cost))
    steps = [np.exp(-np.tensordot(p, m, 1)) for p, m in zip(hurried, run.moves, strict=True)]
    paid, gradient = 0.0, np.zeros((len(odds), len(WAYS)))
    moves = np.zeros((len(steps), len(MOVES)))
    for sign, allowed in ((1, [1.0] * len(odds)), (-1, run.right)):
        here = [chance * mask for chance, mask in zip(odds, allowed, strict=True)]
        forward = []
        for chance in here:
            reached = chance * (steps[len(forward) - 1] @ forward[-1]) if forward else chance
            paid += sign * np.log(reached.sum())
            forward.append(reached / reached.sum())
        backward = np.ones_like(here[-1])
        for i in range(len(here) - 1, -1, -1):
            share = forward[i] * backward
            gradient[i] -= sign * (share / share.sum()) @ run.ways[i]
            if i:
                onward = here[i] * backward
                both = onward[:, None] * steps[i - 1] * forward[i - 1]
                moves[i - 1] -= sign * np.tensordot(run.moves[i - 1], both / both.sum(), 2)
                backward = onward @ steps[i - 1]
                backward /= backward.max()
    moves *= run.haste
    each = (run.around[:, around] * gradient[:, column]).sum(axis=0)
    return paid, np.concatenate([gradient.sum(axis=0), each, moves.sum(axis=0)])


def halves(runs: Sequence[Run]) -> tuple[list[Run], list[Run]]:
    """The runs of every other song, to learn from, and those of the others."""
    songs = list(dict.fromkeys(run.song for run in runs))
    order = np.random.default_rng(0).permutation(len(songs))
    aside = {songs[k] for k in order[::2]}
    return [r for r in runs if r.song not in aside], [r for r in runs if r.song in aside]


def chosen(runs: Sequence[Run], passes: int, rate: float = 0.05, batch: int = 40) -> np.ndarray:
    """The costs that fit what people played best, by Adam from today's on, in their order."""
    rng = np.random.default_rng(0)
    values = np.array([cost.value for table in (WAYS, AMONG, MOVES) for cost in table.values()])
    size = collections.Counter()
    for run in runs:
        size[run.song] += int((run.frets >= 0).sum())
    weight = np.array([1 / max(1, size[run.song]) ** 0.5 for run in runs])
    lattices = [lattice(run) for run in runs]
    first, second, step = np.zeros_like(values), np.zeros_like(values), 0
    for number in range(passes):
        lost = 0.0
        for some in np.array_split(rng.permutation(len(runs)), max(1, len(runs) // batch)):
            step += 1
            gradient = np.zeros_like(values)
            for i in some:
                paid, slope = too_much(lattices[i], values)
                gradient += weight[i] * PATIENCE / (PATIENCE + paid) * slope
                lost += weight[i] * PATIENCE * np.log1p(paid / PATIENCE)
            gradient /= weight[some].sum()
            first = 0.9 * first + 0.1 * gradient
            second = 0.97 * second + 0.03 * gradient**2
            steady = np.sqrt(second / (1 - 0.97**step)) + 1e-3
            values = values - rate * (1 - number / passes) * first / (1 - 0.9**step) / steady
        print(f"pass {number + 1}: {lost / weight.sum():.3f}", flush=True)
    return values


def put(values: np.ndarray) -> None:
    """Let fingers cost that much from now on."""
    numbers = iter(values.tolist())
    for table in (WAYS, AMONG, MOVES):
        for name, cost in table.items():
            table[name] = cost._replace(value=next(numbers))


def named(values: np.ndarray) -> Iterator[str]:
    """The costs as they stand in `rockonet/guitar/fingering_costs.py`."""
    for name, value in zip([*WAYS, *AMONG, *MOVES], values.tolist(), strict=True):
        yield f"{value:7.2f}  {name if isinstance(name, str) else ', with '.join(name)}"


def fingerings_by_people(_: Path, __: Path) -> dict:
    """How often fingers go where people put them: those that ROCKONET_FINGERINGS names, and the
    riff book, one riff of two of which the costs know."""
    book = list(runs_of_book())
    kinds = {"riff book, learned": book[::2], "riff book, aside": book[1::2]}
    if named := os.environ.get("ROCKONET_FINGERINGS"):
        tabs = Path(named)
        read = runs_of_arrays if tabs.suffix == ".npz" else runs_of_folder
        learned, aside = halves(list(read(tabs)))
        kinds |= {"tablature by others": [*learned, *aside], "half of it, aside": aside}
    start, told, events = time.perf_counter(), {}, 0
    for name, runs in kinds.items():
        told[name] = said(shares(runs, [fingered(run) for run in runs]))
        events += sum(len(run.events) for run in runs)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "s for 1000 events": round(1000 * seconds / events, 3)} | {
        "hand": told
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tabs", type=Path, help="a folder of files, or an .npz of runs")
    parser.add_argument("--passes", type=int, default=0, help="how often to learn from every run")
    options = parser.parse_args()
    read = runs_of_arrays if options.tabs.suffix == ".npz" else runs_of_folder
    runs = list(read(options.tabs))
    kept, aside = halves(runs) if options.passes else ([], runs)
    print(said(shares(aside, [fingered(run) for run in aside])))
    if options.passes:
        values = chosen([*kept, *list(runs_of_book())[::2]], options.passes)
        put(values)
        print(*named(values), sep="\n")
        print(said(shares(aside, [fingered(run) for run in aside])))


if __name__ == "__main__":
    main()
