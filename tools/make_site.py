"""The executed course as a small web site in ``site/`` that needs no network: `make html`.

Every notebook and every text of the project becomes a page. What they link to and is no page, such
as a picture, is copied beside them. A policy in the head of each page lets the scripts of this
project run and no others, whatever stands in an output.
"""

import base64
import hashlib
import html
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html
from pygments.formatters import HtmlFormatter

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "site"
# Those that stand in outputs of notebooks.
SCRIPTS = [ROOT / "rockonet" / name for name in ("guitar/player.js", "explore/sound.js")]
PAGES = {
    "README.md": "index.html",
    "notebooks/01_explore_midi.ipynb": "01_explore_midi.html",
    "notebooks/02_build_dataset.ipynb": "02_build_dataset.html",
    "notebooks/03_train_model.ipynb": "03_train_model.html",
    "notebooks/04_generate_music.ipynb": "04_generate_music.html",
    "docs/instructor.md": "instructor.html",
    "docs/troubleshooting.md": "troubleshooting.html",
    "docs/glossary.md": "glossary.html",
    "docs/formats.md": "formats.html",
    "docs/architecture.md": "architecture.html",
    "docs/gpu.md": "gpu.html",
    "docs/rivals.md": "rivals.html",
    "data/README.md": "starter_songs.html",
    "figures/README.md": "figures.html",
    "models/README.md": "models.html",
}
MENU = {
    "index.html": "Contents",
    "01_explore_midi.html": "1. Explore",
    "02_build_dataset.html": "2. Data",
    "03_train_model.html": "3. Train",
    "04_generate_music.html": "4. Generate",
    "glossary.html": "Words",
    "instructor.html": "Teach",
    "troubleshooting.html": "Help",
}
PANEL = "The riff machine: a prompt, settings, and five riffs as cards with player and score"
STYLE = """
:root { color-scheme: light dark; --text: #1c1e21; --back: #fff; --soft: #f3f4f6; --line: #d0d4da;
  --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e6ea; --back: #16181c; --soft: #22252b; --line: #40454e; --link: #7db7f5; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1.05rem/1.6 system-ui, sans-serif; color: var(--text);
  background: var(--back); }
main, nav ul, footer { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
nav { border-bottom: 1px solid var(--line); background: var(--soft); }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.2rem; list-style: none; }
nav a { display: block; padding: .7rem 0; text-decoration: none; }
nav a[aria-current] { font-weight: bold; border-bottom: 3px solid; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, pre:focus-visible, .scroll:focus-visible,
.engraving:focus-visible {
  outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 .8rem; }
p, li { overflow-wrap: break-word; }
pre, code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .9rem; }
pre { overflow-x: auto; padding: .7rem .9rem; margin: .6rem 0; line-height: 1.45; }
code, .highlight, .highlight pre { background: var(--soft); border-radius: 4px; }
.output_area { border-left: 3px solid var(--line); padding-left: .8rem; margin: .6rem 0; }
.output_area pre { padding: 0; }
.output_stream pre { white-space: pre-wrap; }
.output_stream pre.tab { white-space: pre; }
.output_html { overflow-x: auto; }
.output_html > .engraving { overflow-x: auto; }
.output_html > .engraving > svg { min-width: 42rem; }
/* A shadow at the side says that there is more; it goes when the end is reached. */
.scroll { display: block; overflow-x: auto; background:
  linear-gradient(to right, var(--back) 30%, transparent) left / 2rem 100% no-repeat local,
  linear-gradient(to left, var(--back) 30%, transparent) right / 2rem 100% no-repeat local,
  linear-gradient(to right, var(--line), transparent) left / .6rem 100% no-repeat scroll,
  linear-gradient(to left, var(--line), transparent) right / .6rem 100% no-repeat scroll; }
table { border-collapse: collapse; margin: .8rem 0; }
th, td { border: 1px solid var(--line); padding: .3rem .45rem; font-size: .92rem; }
img { max-width: max(100%, 32rem); height: auto; background: #fff; border-radius: 4px; }
audio { max-width: 100%; }
@media (max-width: 30rem) { th, td { padding: .2rem .35rem; font-size: .85rem; } }
footer { margin: 3rem auto 2rem; color: inherit; font-size: .9rem; }
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
</head>
<body>
<a class="skip" href="#text">Skip to the text</a>
<nav aria-label="Course"><ul>
{menu}
</ul></nav>
<main id="text">
{body}
</main>
<footer>Rock-o-net · made from the executed notebooks · code MIT, songs CC0</footer>
</body>
</html>
"""


def with_alternatives(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give every picture the words of the caption below it, or else of the heading above."""
    heading = ""
    for cell, below in zip(notebook.cells, [*notebook.cells[1:], {"source": ""}], strict=True):
        if cell.cell_type == "markdown":
            heading = (re.findall(r"^#+ (.*)", cell.source, re.MULTILINE) or [heading])[-1]
        caption = re.match(r"\*Caption: (.*?)\*(?:\n|$)", below["source"], flags=re.DOTALL)
        words = re.sub(r"[`*]", "", caption[1]) if caption else f"Picture: {heading}"
        for output in cell.get("outputs", []):
            if "data" in output:
                output.metadata["alt"] = words
    return notebook


def with_folds(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Code that is folded in JupyterLab stands behind a line that unfolds it."""
    cells = []
    for cell in notebook.cells:
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            code = f"<summary>The code: click to unfold</summary>\n\n```python\n{cell.source}\n```"
            cells.append(nbformat.v4.new_markdown_cell(f"<details>{code}\n\n</details>"))
            cell.metadata["transient"] = {"remove_source": True}
        cells.append(cell)
    notebook.cells = cells
    return notebook


def with_panel(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Where the riff machine would be stand its picture and a riff that its model made, to play."""
    outputs = [(cell, output) for cell in notebook.cells for output in cell.get("outputs", [])]
    players = (
        output["data"]["text/html"]
        for cell, output in outputs
        if ".player(" in cell.source and "text/html" in output.get("data", {})
    )
    player = next(players, "")
    mark = re.search(r'class="rockonet" id="([\w-]+-)player"', player)
    for cell, output in outputs:
        if "ru.RiffMachine(" not in cell.source or "text/markdown" not in output.get("data", {}):
            continue
        picture = ROOT / "figures" / "riff_machine.png"
        shown = f"![{PANEL}](../figures/{picture.name})\n\n" if picture.exists() else ""
        output["data"]["text/markdown"] = (
            f"{shown}*{PANEL}. It needs JupyterLab. Here is a riff that the same model made:*"
        )
        if mark:  # its parts have names of their own
            again = player.replace(mark[1], f"{mark[1]}again-")
            heard = nbformat.v4.new_output("display_data", {"text/html": again})
            cell.outputs = [*cell.outputs, heard]
    return notebook


def body_of(source: Path) -> str:
    """A notebook or a text as HTML, its links as they were."""
    if source.suffix == ".md":
        return markdown2html(source.read_text(encoding="utf-8"))
    exporter = HTMLExporter(
        template_name="basic",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    notebook = with_folds(with_alternatives(with_panel(nbformat.read(source, 4))))
    return exporter.from_notebook_node(notebook)[0]


def with_site_links(body: str, source: Path, folder: Path) -> str:
    """Links lead to pages of the site; other files of the project are copied into it."""

    def replace(match: re.Match) -> str:
        target, _, part = html.unescape(match[2]).partition("#")
        path = (source.parent / target).resolve()
        if not target or re.match(r"[a-z]+:", target) or not path.is_relative_to(ROOT):
            return match[0]
        name = path.relative_to(ROOT).as_posix()
        if name not in PAGES:
            hidden = any(part.startswith(".") for part in Path(name).parts)
            if hidden or not path.is_file():
                return match[0]
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
        page = PAGES.get(name, name) + ("#" + part if part else "")
        return f'{match[1]}="{html.escape(page)}"'

    return re.sub(r'\b(href|src)="([^"]*)"', replace, body)


def page(source: Path, folder: Path) -> str:
    name = PAGES[source.relative_to(ROOT).as_posix()]
    return whole_page(name, with_site_links(body_of(source), source, folder))


def whole_page(name: str, body: str) -> str:
    """A body with all that a page of this name has around it."""
    body = re.sub(r'<a class="anchor-link".*?</a>', "", body)
    # Wide things scroll by themselves, with the keyboard too, so that the page never does.
    body = re.sub(r"<pre>(?=[^<]*\|-)", '<pre class="tab">', body)
    body = re.sub(r"<pre(?=[ >])", '<pre tabindex="0"', body)
    score = '<div class="engraving" tabindex="0" role="group" aria-label="Score and tab"'
    alone = r'(<div class="output_html[^>]*>\s*)<div class="engraving"'  # not one in a player
    body = re.sub(alone, rf"\g<1>{score}", body)
    for wide, box in ((r"<table.*?</table>", "div"), (r"<img [^>]*>", "span")):
        boxed = rf'<{box} class="scroll" tabindex="0">\g<0></{box}>'
        body = re.sub(wide, boxed, body, flags=re.DOTALL)
    heading = re.search(r"<h1.*?>(.*?)</h1>", body, flags=re.DOTALL)
    title = re.sub(r"<.*?>", "", heading[1]).strip()
    menu = "\n".join(
        f'<li><a href="{link}"{" aria-current=page" if link == name else ""}>{words}</a></li>'
        for link, words in MENU.items()
    )
    full = title if title == "Rock-o-net" else f"{title} · Rock-o-net"
    return PAGE.format(policy=policy(), title=full, menu=menu, body=body)


def policy() -> str:
    """What a page may load and run: itself, and scripts by their hashes; handlers in tags never.

    Firefox does not count files beside a page as its own if it is opened from a disk: hence file:.
    """
    hashes = (hashlib.sha256(path.read_bytes()).digest() for path in SCRIPTS)
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' file: 'unsafe-inline'; "
        "img-src 'self' file: data:; media-src data:; base-uri 'none'; form-action 'none'"
    )


def style() -> str:
    light, dark = (
        HtmlFormatter(style=name).get_style_defs(".highlight") for name in ("vs", "github-dark")
    )
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n{STYLE}"


def make_site(target: Path = SITE) -> list[Path]:
    """Write the site whole, in place of an earlier one; returns its pages."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".site-") as temporary:
        folder = Path(temporary) / "site"
        folder.mkdir()
        (folder / "style.css").write_text(style(), encoding="utf-8")
        for source, name in PAGES.items():
            (folder / name).write_text(page(ROOT / source, folder), encoding="utf-8")
        if target.exists():
            shutil.rmtree(target)
        os.replace(folder, target)
    return [target / name for name in PAGES.values()]


if __name__ == "__main__":
    pages = make_site()
    print(f"{len(pages)} pages in {SITE.name}: open {SITE.name}/{pages[0].name} in a browser.")
    sys.exit()
