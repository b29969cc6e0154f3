"""Which exercises are solved in this copy of the course: kept on disk, on this machine alone."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from IPython.display import HTML

from rockonet.common.files import atomic_write
from rockonet.common.saved import UNREADABLE
from rockonet.common.settings import project_folder
from rockonet.exercises.exercise_files import NOTEBOOKS, exercise_numbers

_CELL = "padding:.3em .6em;font-size:1.3em;text-align:left"


def progress() -> HTML:
    """A table of all exercises, large enough to be read in passing: ✔ is solved, ○ is open.

    A solved one stays solved, also after the kernel restarts. Nothing but the numbers of the
    exercises is kept, in ``progress.json`` in the folder ``output``: delete it to begin again.
    """
    solved, rows = solved_exercises(), []
    for notebook in NOTEBOOKS:
        numbers = exercise_numbers(notebook)
        marks = "".join(
            f'<td style="{_CELL}">{"✔" if number in solved else "○"} {number}</td>'
            for number in numbers
        )
        done = sum(number in solved for number in numbers)
        head = f'<th scope="row" style="{_CELL}">Notebook {notebook}: {done} of {len(numbers)}</th>'
        rows.append(f"<tr>{head}{marks}</tr>")
    caption = "Exercises solved here (✔) and open (○)"
    return HTML(f"<table><caption>{caption}</caption>{''.join(rows)}</table>")


def progress_file() -> Path:
    """Where it is kept: in ``output/``, or in ``ROCKONET_OUTPUT``."""
    output = os.environ.get("ROCKONET_OUTPUT") or project_folder() / "output"
    return Path(output) / "progress.json"


def solved_exercises() -> set[str]:
    """The numbers of those that are solved; none if the file is damaged: it is no loss."""
    try:
        solved = json.loads(progress_file().read_text(encoding="utf-8"))["solved"]
        return {number for number in solved if isinstance(number, str)}
    except UNREADABLE:
        return set()


def note_solved(exercise: str) -> None:
    """Keep that an exercise is solved; where nothing can be written, it is right all the same."""
    solved = solved_exercises()
    if exercise in solved:
        return
    with contextlib.suppress(OSError), atomic_write(progress_file()) as temporary:
        text = json.dumps({"solved": sorted({*solved, exercise})})
        temporary.write_text(text + "\n", encoding="utf-8")
