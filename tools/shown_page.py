"""What a page shows and, of what was only to be shown, what would run in it."""

import re
from html.parser import HTMLParser


class Shown(HTMLParser):
    """The text of a page and its tags, each a name and its attributes; scripts apart."""

    def __init__(self, page: str):
        super().__init__()
        self.text, self.scripts = "", ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style"):
            self.scripts += data
        else:
            self.text += data


def assert_nothing_runs(page: str) -> Shown:
    """Nothing in a page is an image of x, a handler or a link that runs; returns what it shows."""
    shown = Shown(page)
    for tag, attributes in shown.tags:
        assert attributes.get("src") != "x", tag
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert not re.match(r"\s*javascript:", str(attributes.get("href")), re.I), tag
    assert "window.hit" not in shown.scripts
    return shown
