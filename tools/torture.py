"""A campaign against all that is opened, saved or interrupted: `make torture`, an hour at most.

Each try is told by its number and the seed alone, so that what failed can be tried again; what was
tried is kept in output/torture, and a campaign that was stopped goes on there. A table at the end
says how many tries held, and what the worst of those that were refused took. A try fails if it is
refused with anything but a sentence of this project, reads something wrong, takes over 5 seconds or
1 GB, or ends the process.

    python tools/torture.py [--seed 0] [--minutes 60] [--share 1.0] [--jobs 2] [NAME ...]
    python tools/torture.py --again NAME NUMBER
"""

import argparse
import importlib
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS, MOST_MEGABYTES = 5, 1024
HANGS = 900  # seconds of the clock: other programs are working too
MOST_ADDRESSES = 8 << 30  # bytes: a flood ends the worker, not the machine
BATCH = 2_500  # tries of one process, whose memory is measured


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


class Try(NamedTuple):
    """What came of a try: why it failed, nothing if it held; whether it was refused, in a sentence;
    seconds of the processor; megabytes beyond those that the process had before."""

    failed: str
    refused: bool
    seconds: float
    megabytes: int


def campaigns() -> Iterator[Campaign]:
    """All of them; the first rooms are imported soonest, the others need Keras."""
    for room in ("songs", "texts", "saved", "disks", "cells"):
        yield from importlib.import_module(f"torture_{room}").CAMPAIGNS


def campaign_of(name: str) -> Campaign:
    return next(campaign for campaign in campaigns() if campaign.name == name)


def refused_well(error: BaseException) -> bool:
    """Whether an error is one that this project raised on purpose, in a sentence."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = bool(frames) and f"{ROOT / 'rockonet'}{os.sep}" in frames[-1].filename
    said = isinstance(error, (ValueError, OSError, RuntimeError)) and len(str(error)) > 10
    return ours and said and not isinstance(error.__cause__, MemoryError)


def judged(campaign: Campaign, state: Any, seed: int, number: int) -> Try:
    """Make one try."""
    rng = random.Random(f"{seed} {campaign.name} {number}")
    failed, refused = "", False
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, begin = memory_begun(), time.process_time()
        try:
            campaign.attempt(state, rng, Path(folder))
        except Exception as error:
            refused = refused_well(error)
            if not refused:
                where = traceback.extract_tb(error.__traceback__)[-1]
                place = f"{Path(where.filename).name}:{where.lineno}"
                failed = f"{type(error).__name__}: {str(error)[:150]} ({place})"
        seconds = time.process_time() - begin
        more = megabytes("VmHWM") - before
    if not failed and seconds > campaign.seconds:
        failed = f"{seconds:.1f} s"
    if not failed and more > MOST_MEGABYTES:
        failed = f"{more} MB"
    return Try(failed, refused, round(seconds, 3), more)


def memory_begun() -> int:
    """Begin to measure the peak of this process anew; what it has now, in megabytes."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:  # another system than Linux
        pass
    return megabytes("VmRSS")


def megabytes(what: str) -> int:
    """A line of what the system says of this process; on other systems than Linux nothing."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return int(re.search(rf"{what}:\s*(\d+)", status)[1]) // 1024


def work(name: str, first: int, last: int, seed: int, log: Path) -> None:
    """Make some tries, each with a line in the log; a worker that dies leaves the number there."""
    campaign = campaign_of(name)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    with tempfile.TemporaryDirectory() as folder, open(log, "a") as lines:
        state = campaign.prepare(Path(folder))
        for number in range(first, last):
            print(json.dumps({"begun": number}), file=lines, flush=True)
            signal.alarm(HANGS)
            made = judged(campaign, state, seed, number)
            signal.alarm(0)
            print(json.dumps({"number": number, **made._asdict()}), file=lines, flush=True)
        print(json.dumps({"processor": round(sum(os.times()[:4]), 1)}), file=lines)


def read_log(log: Path) -> tuple[dict[int, Try], float]:
    """The tries by their numbers, and the seconds of the processor that all of it took."""
    rows = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    tries = {row.pop("number"): Try(**row) for row in rows if "number" in row}
    return tries, sum(row.get("processor", 0) for row in rows)


def run(name: str, count: int, seed: int, end: float, log: Path) -> None:
    """All tries of a campaign that are not in its log yet, as long as there is time."""
    while (first := len(read_log(log)[0])) < count and time.monotonic() < end:
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
                row = {"number": json.loads(lines[-1])["begun"], **Try(why, False, 0, 0)._asdict()}
                print(json.dumps(row), file=more)


def run_all(chosen: dict[str, tuple[int, Path]], seed: int, minutes: float, jobs: int) -> None:
    """The tries of all campaigns, several at a time; each has its share of the time that is left.

    chosen: how many tries of a campaign, and its log.
    """
    end, waiting = time.monotonic() + 60 * minutes, len(chosen)

    def one(name: str) -> None:
        nonlocal waiting
        count, log = chosen[name]
        left = (end - time.monotonic()) * min(1, jobs / waiting)
        waiting -= 1
        run(name, count, seed, time.monotonic() + left, log)
        tries = [made for number, made in read_log(log)[0].items() if number < count]
        failed = {number: made.failed for number, made in enumerate(tries) if made.failed}
        print(f"{name}: {len(tries):,} of {count:,} tried, {len(failed)} failed", flush=True)
        for number, why in list(failed.items())[:10]:
            print(f"  {number}: {why}", flush=True)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, chosen))


def table(rows: dict[str, tuple[int, Sequence[Try], float]]) -> str:
    """What came of each campaign, as Markdown.

    rows: by its name how many tries were asked for, those that were made, seconds of the processor.
    """
    lines = [
        "| what | tried | held | failed | refused | slowest refusal | most memory of one |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for name, (asked, tries, _) in rows.items():
        refused = [made for made in tries if made.refused]
        failed = sum(bool(made.failed) for made in tries)
        left = "" if len(tries) == asked else f" of {asked:,}"
        slowest, most = "", ""
        if refused:
            slowest = f"{max(made.seconds for made in refused):.1f} s"
            most = f"{max(made.megabytes for made in refused):,} MB"
        lines.append(
            f"| {name} | {len(tries):,}{left} | {len(tries) - failed:,} | {failed:,} | "
            f"{len(refused):,} | {slowest} | {most} |"
        )
    minutes = sum(seconds for *_, seconds in rows.values()) / 60
    return "\n".join([*lines, "", f"{minutes:.0f} minutes of a processor."])


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("names", nargs="*", help="of campaigns; all by default")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--minutes", type=float, default=60)
    asked.add_argument("--share", type=float, default=1.0, help="of the tries of each campaign")
    asked.add_argument("--jobs", type=int, default=os.cpu_count(), help="campaigns at a time")
    asked.add_argument("--again", action="store_true", help="one try: NAME NUMBER")
    asked.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.worker:
        name, first, last, seed, log = told.names
        work(name, int(first), int(last), int(seed), Path(log))
        return 0
    if told.again:
        campaign, number = campaign_of(told.names[0]), int(told.names[1])
        with tempfile.TemporaryDirectory() as folder:
            made = judged(campaign, campaign.prepare(Path(folder)), told.seed, number)
            print(made, made.failed or "held", sep="\n")
        return 0
    known = {campaign.name: campaign for campaign in campaigns()}
    if unknown := set(told.names) - set(known):
        asked.error(f"no campaign {sorted(unknown)[0]!r}: there are {', '.join(known)}")
    folder = ROOT / "output" / "torture" / f"seed-{told.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    chosen = {
        name: (
            max(1, round(known[name].count * told.share)),
            folder / f"{name.replace(' ', '_')}.jsonl",
        )
        for name in told.names or known
    }
    run_all(chosen, told.seed, told.minutes, told.jobs)
    rows = {}
    for name, (count, log) in chosen.items():
        tries, seconds = read_log(log)
        rows[name] = count, [made for number, made in tries.items() if number < count], seconds
    print(f"\n{table(rows)}")
    return int(any(made.failed for _, tries, _ in rows.values() for made in tries))


if __name__ == "__main__":
    sys.exit(main())
