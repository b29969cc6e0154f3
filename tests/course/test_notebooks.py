"""The committed notebooks are complete and clean."""

import ast
import itertools
import re
import statistics

import nbformat
import run_notebooks
from notebook_helpers import NAMES, NOTEBOOKS, each_notebook, exercises, read, texts

GRADES = ("Look", "Change", "Write")


def test_there_are_four_in_order():
    assert [path.stem for path in NOTEBOOKS] == NAMES


@each_notebook
def test_committed_outputs_are_complete_and_clean(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert run_notebooks.problems(notebook) == []
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata
    printed = [o.text for c in notebook.cells for o in c.get("outputs", []) if "text" in o]
    checks = [line for text in printed for line in text.splitlines() if line[:1] in "✔✘"]
    assert len(checks) >= 3
    assert [line for line in checks if line.startswith("✘")] == []


@each_notebook
def test_skeleton(path):
    notebook = read(path)
    text = texts(notebook, "markdown")
    number = NAMES.index(path.stem)
    assert re.match(rf"# {number + 1}\. \w", text[0])
    assert "**You will learn** (about " in text[0]
    assert 3 <= len(re.findall(r"^- ", text[0], re.M)) <= 5
    headings = re.findall(r"^## (.+)$", "\n".join(text), re.M)
    assert headings[0] == "Setup" and headings[-2:] == ["Summary", "Exercises"]
    for heading in headings:  # sentence case: no capital inside, but for names
        words = re.sub(r"X|Y|MIDI|LSTM", "", heading).split()[1:]
        assert all(word[0].islower() or not word[0].isalpha() for word in words), heading
    neighbours = [NAMES[i] + ".ipynb" for i in (number - 1, number + 1) if 0 <= i < 4]
    for cell in (text[0], text[-1]):
        links = re.findall(r"\]\(([^)]+)\)", cell)
        assert links.count("../README.md") == 1
        assert [link for link in links if link.endswith(".ipynb")] == neighbours
    assert "**Next:**" in text[-1] or number == 3


@each_notebook
def test_links_lead_somewhere(path):
    for text in texts(read(path), "markdown"):
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert (path.parent / link).exists(), link


@each_notebook
def test_cells_are_short_and_paragraphs_readable(path):
    notebook = read(path)
    lines = [len(source.splitlines()) for source in texts(notebook, "code")]
    assert max(lines) <= 25 and statistics.median(lines) <= 6
    assert not any(re.match(r"\s*[!%]", source) for source in texts(notebook, "code"))
    for text in texts(notebook, "markdown"):
        prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        for paragraph in re.split(r"\n\s*\n|\n(?=- |\|)", prose):
            assert len(paragraph.split()) <= 80, paragraph
    for source in texts(notebook, "code")[:1]:
        assert "ru.versions(" in source


@each_notebook
def test_pictures_have_captions_or_an_explanation_and_players_are_there(path):
    notebook = read(path)
    kinds = [
        kind for c in notebook.cells for o in c.get("outputs", []) for kind in o.get("data", {})
    ]
    assert "image/png" in kinds
    if path.stem in (NAMES[0], NAMES[3]):
        html = [o.data["text/html"] for c in notebook.cells for o in c.get("outputs", [])
                if "text/html" in o.get("data", {})]  # fmt: skip
        assert any("<audio" in text for text in html)


@each_notebook
def test_exercises_have_three_grades_a_folded_solution_and_a_self_check(path):
    found = exercises(read(path))
    last = path.stem == NAMES[-1]
    grades = [grade for grade, _, _ in found]
    assert 4 <= len(grades) <= 6 and set(GRADES) == set(grades) - {None}
    assert grades.count(None) == last and (grades[-1] is None) == last
    for number, (_, solution, cell) in enumerate(found, 1):
        assert "answer" in solution and re.search(r"^answer = None  # exercise", cell.source, re.M)
        assert f'ru.self_check("{path.stem[1]}.{number}", answer' in cell.source
        assert f"Exercise {path.stem[1]}.{number} is open" in cell.outputs[-1].text


@each_notebook
def test_no_loop_takes_the_name_that_another_cell_has_given(path):
    """Else a cell that runs again later finds another thing under that name."""

    def stored(target):
        names = (node for node in ast.walk(target) if isinstance(node, ast.Name))
        return {name.id for name in names if isinstance(name.ctx, ast.Store)}

    cells = [list(ast.walk(ast.parse(source))) for source in texts(read(path), "code")]
    loops = [[stored(node.target) for node in cell if isinstance(node, ast.For)] for cell in cells]
    given = [
        [stored(target) for node in cell if isinstance(node, ast.Assign) for target in node.targets]
        for cell in cells
    ]
    for number, names in enumerate(loops):
        others = set().union(*itertools.chain(*given[:number], *given[number + 1 :]))
        assert not set().union(*names) & others
