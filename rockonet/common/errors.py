"""What a notebook shows when something is refused: one sentence below the cell."""

from __future__ import annotations

import dataclasses
import difflib
import os
import types
from pathlib import Path
from typing import Any

import IPython

_ROOMS = Path(__file__).resolve().parents[1]
_HOUSE, _DOOR = f"{_ROOMS}{os.sep}", str(_ROOMS.parent / "rockonet_utils.py")


def explain_errors(shell: Any = None) -> None:
    """Have notebooks say what to do when a cell uses a name that a cell above it makes, cannot be
    read or was stopped; and keep to the cell and the sentence when this project refuses something.

    shell: the notebook's interpreter; without one, that of the notebook which imports the door.
    """

    def show(shell: Any, kind: type, error: Exception, trace: Any, tb_offset: Any = None) -> list:
        if issubclass(kind, SyntaxError):
            lines = shell.SyntaxTB.structured_traceback(kind, error, [])
            lines.append(
                "The computer cannot read this cell. A text has to stand in quotes, as in "
                'answer = "candle smoke", and what opens with a bracket has to close.'
            )
        else:
            short = trace
            if kind is not AttributeError:  # that one this project never raises on purpose
                short = cut_at_the_door(trace, stopped=kind is KeyboardInterrupt)
            if short is not trace:  # the sentence holds the cause
                error.__cause__, error.__suppress_context__ = None, True
            lines = shell.InteractiveTB.structured_traceback(kind, error, short, tb_offset)
        if kind is NameError:
            lines.append(
                f"'{error.name}' is not known here. If it is made in a cell that has not run yet, "
                "click the cell that you want and choose Run → Run All Above Selected Cell in the "
                "menu; then run it again. Otherwise it is misspelt, or a text that needs quotes."
            )
        if kind is AttributeError:
            near = difflib.get_close_matches(str(error.name), dir(error.obj), 1)
            lines += [f"There is no '{error.name}' here. Do you mean '{name}'?" for name in near]
        if kind is KeyboardInterrupt:
            lines.append("This cell was stopped before its end. Run it again when you want to.")
        if kind is dataclasses.FrozenInstanceError:
            lines.append(
                "It is never changed in place, so that cells may run in any order. Make a copy "
                "that differs, as in settings = settings.replace(epochs=3)."
            )
        shell._showtraceback(kind, error, lines)
        return lines

    if shell := shell or IPython.get_ipython():
        ours = (ValueError, OSError, RuntimeError)
        ours += (KeyboardInterrupt, AttributeError, dataclasses.FrozenInstanceError)
        shell.set_custom_exc((NameError, SyntaxError, *ours), show)


def cut_at_the_door(trace: Any, stopped: bool = False) -> Any:
    """A traceback up to the first call of this project, if the error was raised in it.

    stopped: or if it was stopped there, in whichever library that it called.
    """
    chain = [trace]
    while chain[-1].tb_next:
        chain.append(chain[-1].tb_next)
    files = [link.tb_frame.f_code.co_filename for link in chain]
    ours = [file.startswith(_HOUSE) or file == _DOOR for file in files]
    if not any(ours if stopped else ours[-1:]):
        return trace
    kept = None
    for link in reversed(chain[: ours.index(True)]):
        kept = types.TracebackType(kept, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return kept
