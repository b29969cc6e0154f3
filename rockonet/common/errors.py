"""What a notebook shows when something is refused or was changed: a sentence below the cell."""

from __future__ import annotations

import dataclasses
import difflib
import os
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import IPython
from IPython.core.interactiveshell import InteractiveShell

from rockonet.common.shown_text import visible

_ROOMS = Path(__file__).resolve().parents[1]
_HOUSE, _DOOR = f"{_ROOMS}{os.sep}", str(_ROOMS.parent / "rockonet_utils.py")
_EXPLAINED = (
    *(NameError, AttributeError, SyntaxError, KeyboardInterrupt),
    *(ValueError, OSError, RuntimeError),  # what this project refuses with
)


class Remark(UserWarning):
    """What was changed, guessed or left out on the way in, in a sentence."""


def say_remarks(name: str, remarks: Iterable[str], stacklevel: int = 3) -> None:
    """Say of the file with this name what was changed, guessed or left out.

    stacklevel: as of `warnings.warn`; with 3 it is said where the caller was called.
    """
    for remark in remarks:
        warnings.warn(visible(f"{name}: {remark}"), Remark, stacklevel=stacklevel)


def explain_errors(shell: InteractiveShell | None = None) -> None:
    """Have notebooks say what to do when a cell uses a name that a cell above it makes, cannot be
    read or was stopped; and keep to the cell and the sentence when this project refuses something.
    A `Remark` is a plain line, each time that its cell runs.

    shell: the notebook's interpreter; without one, that of the notebook which imports the door.
    """

    def show(
        shell: InteractiveShell,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType,
        tb_offset: int | None = None,
    ) -> list[str]:
        if isinstance(error, SyntaxError):
            lines = shell.SyntaxTB.structured_traceback(kind, error, None)
        else:
            short = cut_at_the_door(error, trace)
            if short is not trace:  # the sentence holds the cause
                error.__cause__, error.__suppress_context__ = None, True
            lines = shell.InteractiveTB.structured_traceback(kind, error, short, tb_offset)
        lines += filter(None, [advice(error)])
        shell._showtraceback(kind, error, lines)
        return lines

    shell = shell or IPython.get_ipython()
    if shell:
        shell.set_custom_exc(_EXPLAINED, show)
        warnings.simplefilter("always", Remark)
        warnings.showwarning = _remarks_or(warnings.showwarning)


def _remarks_or(usual: Callable[..., None]) -> Callable[..., None]:
    """Shows a remark as a plain line, and any other warning in the usual way."""

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if issubclass(category, Remark):
            print(message)
        else:
            usual(message, category, *place, **more)

    return show


def advice(error: BaseException) -> str:
    """What to do about an error that learners often make, in one line; nothing for all others."""
    if isinstance(error, SyntaxError):
        return (
            "The computer cannot read this cell. A text has to stand in quotes, as in "
            'answer = "candle smoke", and what opens with a bracket has to close.'
        )
    if type(error) is NameError:
        return (
            f"'{error.name}' is not known here. If it is made in a cell that has not run yet, "
            "click the cell that you want and choose Run → Run All Above Selected Cell in the "
            "menu; then run it again. Otherwise it is misspelt, or a text that needs quotes."
        )
    if type(error) is AttributeError:
        for near in difflib.get_close_matches(str(error.name), dir(error.obj), 1):
            return f"There is no '{error.name}' here. Do you mean '{near}'?"
    if isinstance(error, KeyboardInterrupt):
        return "This cell was stopped before its end. Run it again when you want to."
    if isinstance(error, dataclasses.FrozenInstanceError):
        return (
            "It is never changed in place, so that cells may run in any order. Make a copy "
            "that differs, as in settings = settings.replace(epochs=3)."
        )
    return ""


def cut_at_the_door(error: BaseException, trace: TracebackType) -> TracebackType | None:
    """A traceback up to the first call of this project, if that explains enough.

    It does if this project raised the error on purpose, or if it was stopped there, in whichever
    library it called.
    """
    chain = [trace]
    while chain[-1].tb_next:
        chain.append(chain[-1].tb_next)
    files = [link.tb_frame.f_code.co_filename for link in chain]
    ours = [file.startswith(_HOUSE) or file == _DOOR for file in files]
    if isinstance(error, KeyboardInterrupt):
        explained = any(ours)
    elif type(error) is AttributeError:  # a misspelling at the door; in a room a mistake of ours
        explained = files[-1] == _DOOR
    else:
        explained = ours[-1]
    if not explained:
        return trace
    kept = None
    for link in reversed(chain[: ours.index(True)]):
        kept = TracebackType(kept, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return kept
