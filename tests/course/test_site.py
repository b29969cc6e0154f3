"""The web site is whole: every link leads somewhere, nothing is fetched from another host."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import make_site
import pytest
from helpers import ROOT

JSON = "application/json"


class Page(HTMLParser):
    """The tags of a page, each a name and its attributes, and its scripts."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.scripts = [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        # What says that it is data is never run.
        if self.tags and self.tags[-1][0] == "script" and self.tags[-1][1].get("type") != JSON:
            self.scripts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    target = tmp_path_factory.mktemp("html") / "site"
    target.mkdir()
    (target / "old.html").touch()
    paths = make_site.make_site(target)
    assert not (target / "old.html").exists()  # an earlier site is replaced, not added to
    return {path: Page(path) for path in paths}


def test_every_notebook_and_text_is_a_page(pages):
    sources = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("notebooks/*.ipynb")}
    sources |= {path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md")}
    assert sources <= set(make_site.PAGES) and len(pages) == len(make_site.PAGES)


def test_links_lead_somewhere_and_nothing_is_fetched(pages):
    ids = {
        path.name: {attributes["id"] for _, attributes in page.tags if attributes.get("id")}
        for path, page in pages.items()
    }
    for path, page in pages.items():
        for tag, attributes in page.tags:
            link = attributes.get("href") or attributes.get("src") or ""
            if link.startswith("data:") or (tag == "a" and re.match(r"https?:", link)):
                continue
            assert not re.match(r"[a-z]+:|//", link), (path.name, tag, link)
            target, _, part = link.partition("#")
            assert (path.parent / target).exists(), (path.name, link)
            if part and (target or path.name).endswith(".html"):
                assert part in ids[target or path.name], (path.name, link)
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"@import|url\(\s*.?https?:", text)


def test_pages_are_sound_for_a_screen_reader(pages):
    for path, page in pages.items():
        assert page.all("html") == [{"lang": "en"}]
        assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
        assert page.all("nav")[0]["aria-label"]
        current = [a["href"] for a in page.all("a") if a.get("aria-current") == "page"]
        assert current == [path.name] or path.name not in make_site.MENU
        for image in page.all("img"):
            assert len(image["alt"]) > 10, path.name
        for audio in page.all("audio"):
            assert audio["aria-label"]
        depths = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        assert all(b - a <= 1 for a, b in zip(depths, depths[1:], strict=False)), path.name


def test_a_picture_takes_the_words_of_its_caption(pages):
    (page,) = (page for path, page in pages.items() if path.stem == "04_generate_music")
    alts = [image["alt"] for image in page.all("img")]
    assert any(alt.startswith("the same guess at three temperatures") for alt in alts)
    assert "Picture: A prompt" in alts


def test_code_that_is_folded_in_the_notebook_is_folded_on_its_page(pages):
    (path,) = (path for path in pages if path.stem == "02_build_dataset")
    folded = re.findall(r"<details>(.*?)</details>", path.read_text(encoding="utf-8"), re.DOTALL)
    text = re.sub(r"<[^>]+>", "", path.read_text(encoding="utf-8"))
    assert any("The code: click to unfold" in part and "parrot" in part for part in folded)
    assert text.count("def parrot(") == 1  # and it stands there once


def test_the_scripts_of_a_page_are_those_that_its_policy_allows(pages):
    found = set()
    for path, page in pages.items():
        (policy,) = (a["content"] for a in page.all("meta") if a.get("http-equiv"))
        for script in filter(str.strip, page.scripts):
            mark = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{mark}'" in policy, path.name
            found.add(path.stem)
        for tag, attributes in page.tags:
            assert not any(name.startswith("on") for name in attributes), (path.name, tag)
            assert not str(attributes.get("href")).lower().startswith("javascript:")
    assert "04_generate_music" in found


def test_the_builder_leaves_links_to_nothing_and_hidden_files_alone(tmp_path):
    body = '<img src="x" onerror="a()"><a href="../.gitignore">a</a><a href="../LICENSE">b</a>'
    made = make_site.with_site_links(body, ROOT / "docs" / "formats.md", tmp_path)
    assert 'src="x"' in made and '"../.gitignore"' in made and 'href="LICENSE"' in made
    assert [path.name for path in tmp_path.iterdir()] == ["LICENSE"]


def test_where_the_riff_machine_would_be_stand_its_picture_and_a_riff_to_play(pages):
    (path,) = (path for path in pages if path.stem == "04_generate_music")
    text = path.read_text(encoding="utf-8")
    panel = text.index("RiffMachine</span>")
    assert "Here is a riff that the same model made" in text[panel:]
    assert text[panel:].count('class="rockonet"') == 1 <= text[:panel].count('class="rockonet"')
    ids = re.findall(r'\bid="(rockonet-[^"]+)"', text)
    assert len(ids) == len(set(ids)) > 50
    pictures = [image["alt"] for image in pages[path].all("img") if "riff_machine" in image["src"]]
    assert len(pictures) == 1 and "five riffs as cards" in pictures[0]


def test_pictures_say_how_large_they_are(pages):
    """Else a link into a page lands where its aim was before they were there."""
    for path, page in pages.items():
        for image in page.all("img"):
            if image["src"].startswith("data:image/png"):
                assert int(image["width"]) > 100 and int(image["height"]) > 100, path.name
