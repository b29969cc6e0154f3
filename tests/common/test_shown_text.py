"""What a file, a name or an error says is shown as it is, in pages, tables and figures."""

import html
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import pytest
from nbconvert.filters import markdown2html

from rockonet.common.notebook import table
from rockonet.common.shown_text import as_html, as_label, as_markdown, visible

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</td></table><script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![](https://example.org/seen.png) <https://example.org> www.example.org a@example.org",
    "``` `a` ``b`` \\`c\\`",
    "a | b || c",
    "**bold** __bold__ *it* _it_ ~~gone~~ snake_case_name",
    "$\\frac$ $$x$$ \\(y\\) \\[z\\] \\begin{align}1\\end{align} A$AP and Ke$ha",
    "&lt;b&gt; &amp; &#60;i&#62; \\<u\\> \\& 'single' \"double\"",
    "# head",
    "[a]: javascript:alert(1)",
    "{{ braces }} {% raw %}",
]


class Shown(HTMLParser):
    """The text of a page, and the tags that it has."""

    def __init__(self, page):
        super().__init__()
        self.text, self.tags = "", []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, *attributes))

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text_in_a_table(text):
    shown = Shown(markdown2html(table(["name", text], [(text, 1), ("b", 2)]).data))
    assert shown.text.count(text) == 2
    tags = [tag for tag, *_ in shown.tags]
    row = ["tr", "td", "td"]
    whole = ["table", "thead", "tr", "th", "th", "tbody", *row, *row]
    assert [tag for tag in tags if tag != "span"] == whole
    assert all(not attributes for tag, *attributes in shown.tags if tag == "span")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text_in_html(text):
    shown = Shown(as_html(text, "second", bold=True))
    assert shown.text == f"{text}second" and shown.tags == [("b",), ("br",)]
    (tag,) = Shown(f'<a download="{as_html(text)}">').tags
    assert tag == ("a", ("download", text))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_begins_a_formula_stands_alone_in_the_page(text):
    """MathJax joins the text of neighbours, but does not look across a tag."""
    pieces = html.unescape(as_markdown(text)).replace("</span>", "<span>").split("<span>")
    assert not any(sign in piece for piece in pieces for sign in "$\\" if piece != sign)
    assert "$" not in as_markdown(text) and "\\" not in as_markdown(text)


@pytest.mark.parametrize("text", [*HOSTILE, "$", "a\\$b", "\\\\$"])
def test_a_figure_shows_dollars_and_no_formula(text):
    figure, ax = plt.subplots()
    plt.close(figure)
    drawn = ax.set_title(as_label(text))._preprocess_math(as_label(text))
    assert drawn == (text, False)


def test_what_cannot_be_seen_is_shown_by_its_picture():
    assert visible("a\nb\t\x00\x1b[31m\x7f") == "a␊b␉␀␛[31m␡"
    assert visible(b"caf\xe9".decode(errors="surrogateescape")) == "caf�"
    assert visible("Motörhead 日本 🎸") == "Motörhead 日本 🎸"
