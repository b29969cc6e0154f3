"""Text of others as it may be shown: what a file, a name or an error says never becomes markup.

Titles, names and messages go through here on their way into a page, a table or a figure. They are
shown sign by sign, as they are: nothing runs, nothing is set as a formula, nothing is lost.
"""

from __future__ import annotations

import html
import re

# Signs that no font shows and no terminal should obey: the pictures that Unicode has of them.
_CONTROL = {**{code: 0x2400 + code for code in range(32)}, 0x7F: 0x2421}
# What Markdown reads as more than itself, but for an underscore within a word. Lines begin with a
# word of ours, so what counts only there may stay.
_MARKUP = re.compile(
    r"[\\`*\[\]<>&|~$@]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=www)\.", re.IGNORECASE
)
_FORMULA = "$\\"  # with which mathematics begins


def visible(text: object) -> str:
    """A text in one line that can be encoded: control characters as their pictures, such as ␊.

    Half of a surrogate pair, which is how Python keeps a file name that is no UTF-8, becomes �.
    """
    return re.sub("[\ud800-\udfff]", "\ufffd", str(text).translate(_CONTROL))


def as_html(*lines: str, bold: bool = False) -> str:
    """Lines of plain text as HTML, one below the other."""
    shown = "<br>".join(html.escape(visible(line)) for line in lines)
    return f"<b>{shown}</b>" if bold else shown


def as_markdown(text: object) -> str:
    """A text within a line of Markdown, in a cell of a table too.

    Signs are written by their numbers, which no reader of Markdown takes for markup. MathJax looks
    for formulas in the finished page: a tag beside the sign that would begin one keeps it off.
    """
    return _MARKUP.sub(_by_number, visible(text))


def _by_number(found: re.Match[str]) -> str:
    sign = f"&#{ord(found[0])};"
    return f"<span>{sign}</span>" if found[0] in _FORMULA else sign


def as_label(text: object) -> str:
    """A text for a figure: Matplotlib takes what stands between two dollars for mathematics."""
    return visible(text).replace("$", r"\$")
