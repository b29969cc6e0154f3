"""What a reader does wrong is named in a sentence."""

import contextlib
import io
import re

import IPython
import pytest
import run_notebooks
from notebook_helpers import NOTEBOOKS, each_notebook, executed, read

import rockonet_utils as ru


@pytest.mark.notebooks
@each_notebook
def test_a_cell_that_runs_too_early_says_what_to_do(path, tmp_path):
    notebook = read(path)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    late = next(c for c in code if c.source.startswith("ru.check("))
    notebook.cells = [code[0], late]  # all that lies between was skipped
    with pytest.raises(run_notebooks.NotebookError, match="NameError"):
        executed(notebook, tmp_path)
    shell = IPython.core.interactiveshell.InteractiveShell.instance()
    ru.explain_errors(shell)
    try:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            shell.run_cell(late.source)
            shell.run_cell("answer = nine cent coffee")
        with contextlib.redirect_stdout(io.StringIO()) as refused:
            shell.run_cell("import rockonet_utils as ru\nru.settings(data='nowhere')")
            shell.run_cell("int('a number of my own')")
            shell.run_cell("ru.load_trained(ru.__file__)")
            shell.run_cell("chosen = ru.settings()\nchosen.epochs = 3")
        with contextlib.redirect_stdout(io.StringIO()) as stopped:
            shell.run_cell("def rows():\n    raise KeyboardInterrupt\n    yield")
            shell.run_cell("ru.table(['stopped'], rows())")
    finally:
        shell.set_custom_exc((), None)
        shell.clear_instance()
    assert "is not known here. If it is made in a cell that has not run yet" in said.getvalue()
    assert "Run All Above Selected Cell" in said.getvalue()
    assert "A text has to stand in quotes" in said.getvalue()
    # What the module refuses is one sentence below the cell; other errors are as usual.
    assert "There is no folder" in refused.getvalue() and "nowhere" in refused.getvalue()
    assert "rockonet_utils.py is not a trained model" in refused.getvalue()
    assert "zipfile" not in refused.getvalue() and "direct cause" not in refused.getvalue()
    assert not re.search(r"rockonet\S*\.py:", refused.getvalue())
    assert "settings = settings.replace(epochs=3)" in refused.getvalue()
    assert "This cell was stopped before its end" in stopped.getvalue()
    assert not re.search(r"rockonet\S*\.py:", stopped.getvalue())
    assert "invalid literal for int() with base 10: 'a number of my own'" in refused.getvalue()


@pytest.mark.notebooks
def test_a_model_that_notebook_03_left_half_done_is_named(tmp_path):
    notebook, damaged, remedy = read(NOTEBOOKS[3]), "riff.zip", "Run notebook 03"
    code = [c for c in notebook.cells if c.cell_type == "code"]
    late = next(c for c in code if damaged in c.source)
    notebook.cells = [*code[:2], late]  # it needs nothing else
    folder = tmp_path / "output" / "starter-quick"
    folder.mkdir(parents=True)
    (folder / damaged).write_bytes(b"half of i")
    with pytest.raises(run_notebooks.NotebookError) as error:
        executed(notebook, tmp_path)
    last = str(error.value).splitlines()[-1]
    assert damaged in last and remedy in last
