"""The texts beside the notebooks agree with them."""

import re

from helpers import ROOT
from notebook_helpers import NOTEBOOKS, read, texts


def paragraphs():
    """Number of the notebook and text of each paragraph, in the order in which they are read."""
    for path in NOTEBOOKS:
        for text in texts(read(path), "markdown")[1:]:  # the first says what will be learned
            prose = re.sub(r"<details>.*?</details>|```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
            for paragraph in re.split(r"\n\s*\n|\n(?=- |\||\d\. )", prose):
                if not paragraph.startswith("#"):
                    yield path.stem[:2], paragraph


def test_every_term_is_explained_where_it_is_first_used():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) \| [^|]+ \| (\d\d) \|$", glossary, re.M)
    assert len(rows) >= 40
    for terms, number in rows:
        for term in filter(None, re.split(r", | songs", terms)):
            word = re.compile(rf"(?<![\w-]){re.escape(term)}e?s?(?![\w-])", re.IGNORECASE)
            where, first = next(found for found in paragraphs() if word.search(found[1]))
            stressed = " ".join(re.findall(r"\*+([^*]+)\*+", first))
            assert where == number and term.lower() in stressed.lower(), (term, where, first)


def test_the_timetable_names_headings_that_are_there():
    timetable = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
    named = 0
    for row in re.findall(r"^(?:\| \d:\d\d )?(\| \d+ \|.*)$", timetable, re.M):
        if found := re.search(r"notebook 0(\d)", row):
            text = "\n".join(texts(read(NOTEBOOKS[int(found[1]) - 1]), "markdown"))
            headings = re.findall(r"^#+ (.+)$", text, re.M)
            for part in re.findall(r"\*([^*]+)\*", row.split("|")[3]):
                assert any(heading.startswith(part) for heading in headings), (row, part)
                named += 1
    assert named >= 4
    for block in timetable.split("## ")[1:]:
        rows = re.findall(r"^\|(?: (\d):(\d\d) \|)? (\d+) \|", block, re.M)
        minutes = [int(m) for _, _, m in rows]
        clock = [60 * int(h) + int(m) for h, m, _ in rows if h]
        assert clock in ([], [sum(minutes[:i]) for i in range(len(minutes))])
        if block.startswith("90 minutes"):
            assert sum(minutes) == 90
        if block.startswith("Half a day"):
            assert 180 <= sum(minutes) <= 220  # three hours and a break
