"""A campaign against all that is opened, saved or interrupted: `make torture`, an hour at most.

Each try is told by its number and the seed alone, so that what failed can be tried again; what was
tried is kept in output/torture, and a campaign that was stopped goes on there. A table at the end
says how many tries held. A try fails if it is refused with anything but a sentence of this project,
reads something wrong, takes over 5 seconds or 1 GB, or ends the process.

    python tools/torture.py [--seed 0] [--minutes 60] [--share 1.0] [NAME ...]
    python tools/torture.py --again NAME NUMBER
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS, MOST_MEGABYTES = 5, 1024
BATCH = 500  # tries of one process, whose memory is measured


class Campaign(NamedTuple):
    """Tries of one kind.

    count: how many. prepare: makes what all of them start from, given an empty folder. attempt:
    makes one, given that, a random generator and an empty folder; it raises what must not be.
    seconds: that one may take.
    """

    name: str
    count: int
    prepare: Callable[[Path], Any]
    attempt: Callable[[Any, random.Random, Path], None]
    seconds: int = MOST_SECONDS


def campaigns() -> dict[str, Campaign]:
    """All of them by their names; importing them takes as long as importing the project."""
    import torture_cells
    import torture_disks
    import torture_saved
    import torture_songs

    rooms = (torture_songs, torture_saved, torture_disks, torture_cells)
    return {campaign.name: campaign for room in rooms for campaign in room.CAMPAIGNS}


def refused_well(error: BaseException) -> bool:
    """Whether an error is one that this project raised on purpose, in a sentence."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = bool(frames) and f"{ROOT / 'rockonet'}{os.sep}" in frames[-1].filename
    return ours and isinstance(error, (ValueError, OSError, RuntimeError)) and len(str(error)) > 10


def judged(campaign: Campaign, state: Any, seed: int, number: int) -> str:
    """What went wrong with one try; nothing if it held."""
    rng = random.Random(f"{seed} {campaign.name} {number}")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        begin = time.process_time()
        try:
            campaign.attempt(state, rng, Path(folder))
        except Exception as error:
            if not refused_well(error):
                where = traceback.extract_tb(error.__traceback__)[-1]
                place = f"{Path(where.filename).name}:{where.lineno}"
                return f"{type(error).__name__}: {str(error)[:150]} ({place})"
        seconds = time.process_time() - begin
    return f"{seconds:.1f} s" if seconds > campaign.seconds else ""


def peak_megabytes() -> int:
    """Of this process; on other systems than Linux nothing is known."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return int(re.search(r"VmHWM:\s*(\d+)", status)[1]) // 1024


def work(name: str, first: int, last: int, seed: int, log: Path) -> None:
    """Make some tries, each with a line in the log; a worker that dies leaves the number there."""
    campaign = campaigns()[name]
    with tempfile.TemporaryDirectory() as folder, open(log, "a") as lines:
        state = campaign.prepare(Path(folder))
        usual = peak_megabytes()
        for number in range(first, last):
            print(json.dumps({"begun": number}), file=lines, flush=True)
            signal.alarm(4 * campaign.seconds)  # of the clock: other programs are working too
            failed = judged(campaign, state, seed, number)
            signal.alarm(0)
            peak = peak_megabytes()
            if not failed and peak > usual + MOST_MEGABYTES:
                failed = f"{peak - usual} MB"
            print(json.dumps({"number": number, "failed": failed}), file=lines, flush=True)
            if peak > usual + MOST_MEGABYTES:
                return  # the next process measures anew


def read_log(log: Path) -> tuple[int, dict[int, str]]:
    """The number of the next try, and what went wrong with those that failed."""
    rows = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    told = {row["number"]: row["failed"] for row in rows if "number" in row}
    return max(told, default=-1) + 1, {number: why for number, why in told.items() if why}


def run(name: str, count: int, seed: int, end: float, log: Path) -> None:
    """All tries of a campaign that are not in its log yet, as long as there is time."""
    while (first := read_log(log)[0]) < count and time.monotonic() < end:
        last = min(first + BATCH, count)
        command = [sys.executable, __file__, "--worker", name, str(first), str(last), str(seed)]
        worker = subprocess.Popen([*command, str(log)], stderr=subprocess.PIPE, text=True)
        try:
            _, said = worker.communicate(timeout=max(1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            return
        if worker.returncode:
            why = f"the process ended with {worker.returncode}: {said.strip()[-150:]}"
            lines = log.read_text().splitlines()
            if not lines or "begun" not in json.loads(lines[-1]):
                raise RuntimeError(f"{name} could not begin: {why}")
            with open(log, "a") as more:
                row = {"number": json.loads(lines[-1])["begun"], "failed": why}
                print(json.dumps(row), file=more)


def table(rows: list[tuple[str, int, int, int]]) -> str:
    """Name, asked, tried and failed of each campaign, as Markdown."""
    lines = ["| what | tried | held | failed |", "| --- | --: | --: | --: |"]
    for name, asked, tried, failed in rows:
        left = "" if tried == asked else f" of {asked:,}"
        lines.append(f"| {name} | {tried:,}{left} | {tried - failed:,} | {failed:,} |")
    return "\n".join(lines)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("names", nargs="*", help="of campaigns; all by default")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--minutes", type=float, default=60)
    asked.add_argument("--share", type=float, default=1.0, help="of the tries of each campaign")
    asked.add_argument("--again", action="store_true", help="one try: NAME NUMBER")
    asked.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.worker:
        name, first, last, seed, log = told.names
        work(name, int(first), int(last), int(seed), Path(log))
        return 0
    known = campaigns()
    if told.again:
        name, number = told.names
        with tempfile.TemporaryDirectory() as folder:
            state = known[name].prepare(Path(folder))
            print(judged(known[name], state, told.seed, int(number)) or "held")
        return 0
    if unknown := set(told.names) - set(known):
        asked.error(f"no campaign {sorted(unknown)[0]!r}: there are {', '.join(known)}")
    folder = ROOT / "output" / "torture" / f"seed-{told.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    chosen = told.names or list(known)
    begin, rows = time.monotonic(), []
    for place, name in enumerate(chosen):
        count = max(1, round(known[name].count * told.share))
        left = begin + 60 * told.minutes - time.monotonic()
        log = folder / f"{name.replace(' ', '_')}.jsonl"
        run(name, count, told.seed, time.monotonic() + left / (len(chosen) - place), log)
        tried, failed = read_log(log)
        rows.append((name, count, min(tried, count), sum(number < count for number in failed)))
        print(f"{name}: {rows[-1][2]:,} of {count:,} tried, {rows[-1][3]} failed", flush=True)
        for number, why in list(failed.items())[:10]:
            print(f"  {number}: {why}")
    print(f"\n{table(rows)}")
    return int(any(failed for *_, failed in rows))


if __name__ == "__main__":
    sys.exit(main())
