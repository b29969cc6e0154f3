"""Execute the notebooks in order, each in a fresh kernel of this very Python.

``make run`` leaves executed copies in ``output/notebooks``; ``make notebooks`` (``--commit``)
writes the tracked files themselves, cleaned so that they say nothing of the machine they ran on.
"""

import argparse
import base64
import contextlib
import datetime
import getpass
import io
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from queue import Empty

import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image
from traitlets import Type

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
CELL_SECONDS = 300  # in the quick profile; in the others a cell may train for days
MAX_BYTES = 1_000_000
WIDGET = "application/vnd.jupyter.widget-view+json"
# A tqdm bar: '40%|####  | 4/10' or, without a total, '4it [00:01'.
PROGRESS_BAR = re.compile(r"\d+%\|.*\||\d+it \[")


class NotebookError(Exception):
    """A cell did not finish; the message names the notebook and the cell and shows its source."""


class PatientChannel(AsyncZMQSocketChannel):
    """Looks for messages every second: the socket now and then forgets to say that one is there.

    A cell that was done would else count as running until its time is up.
    """

    async def get_msg(self, timeout=None):
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            left = max(0.0, end - time.monotonic())
            try:
                return await super().get_msg(timeout=min(1.0, left))
            except Empty:
                if left <= 1:
                    raise


class PatientClient(AsyncKernelClient):
    shell_channel_class = Type(PatientChannel)
    iopub_channel_class = Type(PatientChannel)


class OwnKernelManager(AsyncKernelManager):
    """Starts this interpreter, whatever kernel the user has registered as 'python3'."""

    # Its command is sys.executable. The kernel would log on our terminal that it is being stopped.
    _kernel_spec = KernelSpec(**get_kernel_dict(["--IPKernelApp.log_level=CRITICAL"]))


def execute(path, *, env=None, cell_seconds=CELL_SECONDS, folder=NOTEBOOKS):
    """Run all cells of a notebook.

    Arguments:
        path: the notebook file; it is only read.
        env: environment variables for the kernel, on top of this process's own.
        cell_seconds: the time limit of one cell.
        folder: the working directory of the kernel.

    Returns the executed notebook, cleaned by `scrub`. Raises `NotebookError` if a cell raises,
    takes too long or takes the kernel down.
    """
    notebook = nbformat.read(path, as_version=4)
    running = [0]
    with tempfile.TemporaryDirectory() as private:
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
        # Neither the user's IPython startup files nor a writable home have a part in this.
        private_folders = {"IPYTHONDIR": private, "JUPYTER_RUNTIME_DIR": private}
        manager = OwnKernelManager(connection_file=os.path.join(private, "kernel.json"))
        manager.transport_encryption = "auto"  # or the kernel warns that it has none
        manager.client_factory = PatientClient
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=cell_seconds,
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            on_cell_start=lambda cell, cell_index: running.__setitem__(0, cell_index),
        )
        client.log.disabled = True  # what it would log is in the NotebookError
        try:
            client.execute(
                cleanup_kc=True, env={**os.environ, **quiet, **private_folders, **(env or {})}
            )
        except CellExecutionError as error:
            reason = f"{error.ename}: {error.evalue}"
        except CellTimeoutError:
            reason = f"It was not done after {cell_seconds} seconds (see --cell-seconds)."
        except DeadKernelError:
            reason = "The kernel died (out of memory?)."
        else:
            scrub(notebook)
            return notebook
    source = notebook.cells[running[0]].source
    indented = "\n".join("    " + line for line in source.splitlines()[:25])
    raise NotebookError(f"{Path(path).name}, cell {running[0] + 1} failed:\n{indented}\n{reason}")


def scrub(notebook):
    """Take out of an executed notebook, in place, what only the machine it ran on needs."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in joined(cell.outputs) if not is_progress(output)]
            for output in cell.outputs:
                if WIDGET in output.get("data", {}):
                    del output.data[WIDGET]
                    output.data.pop("text/plain", None)
                    output.data["text/markdown"] = (
                        "Interactive: run this cell in JupyterLab (Shift+Enter)."
                    )
                if "image/png" in output.get("data", {}):
                    output.data["image/png"] = smaller(output.data["image/png"])
                    # A page that knows its sizes has its links land right before it is all there.
                    width, height = png_size(output.data["image/png"])
                    output.metadata["image/png"] = {"width": width, "height": height}


def png_size(png):
    """Width and height of a picture in base64, in pixels."""
    return Image.open(io.BytesIO(base64.b64decode(png))).size


def smaller(png):
    """A picture in base64 with at most 128 colours, which charts hardly need more of."""
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    data = io.BytesIO()
    picture.quantize(128, dither=Image.Dither.NONE).save(data, "png", optimize=True)
    return base64.b64encode(data.getvalue()).decode()


def joined(outputs):
    """The outputs with text printed in pieces put together.

    nbclient's own way of doing so takes time by the square of a line's length.
    """
    whole = []
    for output in outputs:
        if whole and output.output_type == "stream" and whole[-1].get("name") == output.name:
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def is_progress(output):
    """Whether an output is nothing but a tqdm bar, as text or as a widget."""
    if output.output_type == "stream":
        lines = [line for line in re.split(r"[\r\n]", output.text) if line.strip("\x1b[A ")]
        return output.name == "stderr" and all(PROGRESS_BAR.search(line) for line in lines)
    data = output.get("data", {})
    return WIDGET in data and bool(PROGRESS_BAR.search(data.get("text/plain", "")))


def problems(notebook):
    """What keeps an executed notebook from being committed, one line each."""
    found = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        if cell.source.strip() and not cell.execution_count:
            found.append(f"cell {number} has not run")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"cell {number} raised {output.ename}")
            elif output.get("name") == "stderr":
                found.append(f"cell {number} wrote to stderr: {output.text.strip()[:200]}")
            found += [f"cell {number} {trace}" for trace in machine_traces(output)]
    size = len(nbformat.writes(notebook).encode())
    if size >= MAX_BYTES:
        found.append(f"the file has {size:,} bytes; the limit is {MAX_BYTES:,}")
    return found


def machine_traces(output):
    """Paths, names and dates of this machine that an output shows."""
    shown = {kind: text for kind, text in output.get("data", {}).items() if "png" not in kind}
    text = output.get("text", "") + json.dumps(shown, ensure_ascii=False)
    text = re.sub(r"[A-Za-z0-9+/=]{200,}", "", text)  # sound and pictures in base64
    top_folders = {entry.name for entry in Path(ROOT.anchor).iterdir()} | {"home", "Users"}
    tops = "|".join(map(re.escape, sorted(top_folders)))
    patterns = [("path", rf"(?<![\w.:/<&])/(?:{tops})/[\w.-]+"), ("path", r"\b[A-Z]:\\+\w+")]
    patterns.append(("date", re.escape(datetime.date.today().isoformat())))
    with contextlib.suppress(KeyError, OSError):  # a container's user may have no name
        # 'root' is a word of music, and names nobody.
        if (user := getpass.getuser()) != "root":
            patterns.append(("user name", rf"\b{re.escape(user)}\b"))
    for what, pattern in patterns:
        if match := re.search(pattern, text):
            yield f"shows a {what} of this machine: {match.group()}"


def write(notebook, path):
    """Write a notebook whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    try:
        nbformat.write(notebook, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def environment(output, commit):
    """The variables that the notebooks run with, and that say where things are written."""
    # A font cache of our own: Matplotlib prints a warning where it cannot keep one at home.
    env = {"MPLCONFIGDIR": str(output / "cache" / "matplotlib")}
    if commit:
        # What is committed is the quick profile from a clean start, whatever the shell says.
        env |= {name: "" for name in os.environ if name.startswith("ROCKONET_")}
        return env | {"ROCKONET_PROFILE": "quick", "ROCKONET_OUTPUT": str(output)}
    # The tracked figures belong to `make notebooks`.
    return env | {
        "ROCKONET_PROFILE": os.environ.get("ROCKONET_PROFILE") or "quick",
        "ROCKONET_OUTPUT": str(output),
        "ROCKONET_FIGURES": str(output / "figures"),
    }


def warm_font_cache(env):
    """Have Matplotlib list the fonts now: it says so in the first notebook otherwise."""
    os.environ["MPLCONFIGDIR"] = env["MPLCONFIGDIR"]
    Path(env["MPLCONFIGDIR"]).mkdir(parents=True, exist_ok=True)
    import matplotlib.font_manager  # noqa: F401


def run(paths, output, commit, cell_seconds):
    """Execute notebooks one after another; returns the number that failed."""
    env = environment(output, commit)
    if cell_seconds is None and env["ROCKONET_PROFILE"] == "quick":
        cell_seconds = CELL_SECONDS
    warm_font_cache(env)
    failed = 0
    for path in paths:
        print(f"{path.stem:<22}", end=" ", flush=True)
        started = time.monotonic()
        try:
            notebook = execute(path, env=env, cell_seconds=cell_seconds)
        except NotebookError as error:
            # The ones that follow build on this one.
            print(f"failed after {time.monotonic() - started:.0f} s\n\n{error}", flush=True)
            return failed + 1
        print(f"{time.monotonic() - started:4.0f} s", flush=True)
        found = problems(notebook) if commit else []
        for line in found:
            print(f"  not written: {line}")
        if found:
            failed += 1
        else:
            write(notebook, path if commit else output / "notebooks" / path.name)
    return failed


def show_output(output):
    """Say what a run has left, and what to do next."""
    print(f"\nMade in {output.name}/:")
    for what, pattern in (
        ("notebooks, executed", "notebooks/*.ipynb"),
        ("the loss chart", "figures/loss_chart.png"),
        ("a new riff, to listen to", "*/riffs/*.mp3"),
    ):
        for path in sorted(output.glob(pattern)):
            print(f"  {path.relative_to(output).as_posix():<50} {what}")
    print("\nNext: make lab opens the notebooks in JupyterLab.")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all, in order")
    parser.add_argument("--commit", action="store_true", help="write the tracked notebooks")
    parser.add_argument("--cell-seconds", type=int, help="limit of a cell")
    options = parser.parse_args(arguments)
    paths = options.notebooks or sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
    if not paths:
        parser.error("there are no notebooks in notebooks/")
    if options.commit:
        with tempfile.TemporaryDirectory() as fresh:
            return bool(run(paths, Path(fresh), True, options.cell_seconds))
    output = Path(os.environ.get("ROCKONET_OUTPUT") or ROOT / "output").absolute()
    if failed := run(paths, output, False, options.cell_seconds):
        return bool(failed)
    show_output(output)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
