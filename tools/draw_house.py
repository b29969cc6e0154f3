"""The picture of the house, from its imports, for docs/architecture.md: `make house`.

The same imports give the same bytes of figures/house.svg, on any machine. A file's size is drawn in
bricks of 50 lines, so that the picture changes when the house does and not at every edit.
"""

import ast
import dataclasses
import itertools
import math
import statistics
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from rockonet.common.drawing import BLUE, GREY, ORANGE  # noqa: E402

PICTURE = ROOT / "figures" / "house.svg"
# The way of the data, in the numbers of the picture; docs/architecture.md tells it step by step.
WAY = (
    "explore.midi_file",
    "explore.tracks",
    "dataset.build",
    "dataset.split",
    "training.sweep",
    "generation.prompts",
    "generation.generator",
    "guitar.riff",
    "guitar.formats",
)
LEGEND = (
    f"Orange, 1 to {len(WAY)}: the way of the data, from a MIDI file to a saved riff.",
    "A box is a file, a brick in it 50 lines. A thin arrow is an import inside a wing, left out",
    "where a longer way leads to the same file. A number in a ring counts the imports from the",
    "wing where its line begins. Opened by itself, the picture names what the pointer rests on.",
)

DARK, FLOOR, WHITE = "#1C1E21", "#EFF3F7", "#FFFFFF"
STYLE = f"""
text {{ font: 12px Helvetica, Arial, "DejaVu Sans", sans-serif; fill: {DARK}; }}
.wing, .door {{ font-size: 18px; font-weight: bold; }}
.name, .number, .door {{ text-anchor: middle; }}
.number {{ font-size: 11.5px; font-weight: bold; }}
.box {{ fill: {WHITE}; stroke: {DARK}; }}
.box.way {{ stroke: {ORANGE}; stroke-width: 2px; }}
.badge {{ fill: {ORANGE}; }} .badge + .number {{ fill: {WHITE}; }}
.brick {{ fill: {GREY}; }} .floor {{ fill: {FLOOR}; }}
.ring {{ fill: {WHITE}; stroke: {BLUE}; stroke-width: 2px; }}
.arrow {{ fill: none; stroke: {BLUE}; stroke-width: 1.3px; marker-end: url(#tip); }}
.shaft {{ fill: none; stroke: {BLUE}; stroke-width: 2.5px; stroke-linecap: round; }}
"""
LINES_OF_A_BRICK, BRICK = 50, 10
LETTER, LARGE_LETTER = 7, 13  # of 12 and of 18 pixels, in the widest font that may be at hand
MARGIN, PAD, GAP = 10, 12, 12  # round the picture, inside a wing, between boxes
BOX, BETWEEN, HEAD, DOOR = 32, 17, 36, 66  # heights: a box, between rows, a wing's name, the roof
BADGE, RING, LANE, LINE = 9, 11.5, 30, 18  # two radii; between wings' lines; between lines of text


@dataclasses.dataclass
class House:
    """What is drawn: the wings from top to bottom, and their files, named as 'guitar.riff'.

    Attributes:
        wings: the files of each wing.
        says: for each wing and file the first line of its docstring.
        bricks: for each file its number of lines, in fifties.
        imports: for each file, and for a wing's own ``__init__``, what it imports.
    """

    wings: dict[str, list[str]]
    says: dict[str, str] = dataclasses.field(default_factory=dict)
    bricks: dict[str, int] = dataclasses.field(default_factory=dict)
    imports: dict[str, set[str]] = dataclasses.field(default_factory=dict)

    def within(self, wing: str) -> dict[str, set[str]]:
        """For each file of a wing, which others of the wing it imports."""
        files = self.wings[wing]
        return {file: self.imports[file] & set(files) for file in files}

    def between(self, upper: str, lower: str) -> list[str]:
        """The imports from one wing to another, such as 'riff → theory'."""
        return [
            f"{name_of(file)} → {name_of(other)}"
            for file in sorted(self.imports)
            for other in sorted(self.imports[file])
            if (wing_of(file), wing_of(other)) == (upper, lower)
        ]


def wing_of(file: str) -> str:
    return file.partition(".")[0]


def name_of(file: str) -> str:
    return file.partition(".")[2] or file


def read_house() -> House:
    """The house as it stands: its wings from the import rule, the rest from the files."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        rules = tomllib.load(file)["tool"]["importlinter"]
    (layers,) = (rule["layers"] for rule in rules["contracts"] if rule["type"] == "layers")
    graph = grimp.build_graph(
        "rockonet",
        exclude_type_checking_imports=rules["exclude_type_checking_imports"],
        cache_dir=None,
    )
    house = House({wing: [] for wing in layers})
    for module in sorted(graph.modules - {"rockonet"}):
        name = module.removeprefix("rockonet.")
        path = ROOT / "rockonet" / name.replace(".", "/")
        path = path / "__init__.py" if name in layers else path.with_suffix(".py")
        text = path.read_text(encoding="utf-8")
        house.says[name] = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
        imported = graph.find_modules_directly_imported_by(module)
        house.imports[name] = {other.removeprefix("rockonet.") for other in imported}
        if name not in layers:
            house.wings[wing_of(name)].append(name)
            house.bricks[name] = math.ceil(text.count("\n") / LINES_OF_A_BRICK)
    if gone := [file for file in WAY if file not in house.bricks]:
        raise SystemExit(f"The way of the data leads through {gone[0]}, which is gone: mend WAY.")
    return house


# Which box stands where


@dataclasses.dataclass
class Plan:
    """A wing as it is drawn.

    Attributes:
        rows: from top to bottom, from left to right; what is no file is a point of a long arrow.
        paths: for each arrow the file it comes from, its points, and the file it leads to.
        x: the middle of each file and point, from the left edge of the wing.
    """

    rows: list[list[str]]
    paths: list[list[str]]
    x: dict[str, float] = dataclasses.field(default_factory=dict)

    @property
    def height(self) -> int:
        return HEAD + len(self.rows) * (BOX + BETWEEN) - BETWEEN + PAD


def not_implied(imports: dict[str, set[str]]) -> dict[str, set[str]]:
    """The imports to draw: those left out lead where a longer way leads, too."""

    def below(file: str) -> set[str]:
        return imports[file].union(*map(below, imports[file]))

    return {file: others - set().union(*map(below, others)) for file, others in imports.items()}


def levels(imports: dict[str, set[str]]) -> dict[str, int]:
    """The row of each file, counted from the ground: every arrow leads down, and few are long."""
    level: dict[str, int] = {}

    def settle(file: str) -> int:
        level[file] = 1 + max(map(settle, imports[file]), default=-1)
        return level[file]

    try:
        for file in imports:
            settle(file)
    except RecursionError:
        raise SystemExit("Files import each other in a circle: see `make lint`.") from None
    for file in imports:
        users = [level[user] for user in imports if file in imports[user]]
        if users and not imports[file]:
            level[file] = min(users) - 1  # what stands on nothing rises to just below its users
    return level


def plan(house: House, wing: str) -> Plan:
    """The rows of a wing: files that are linked in layers, the others where there is room."""
    level = levels(house.within(wing))
    arrows = not_implied(house.within(wing))
    linked = {file for file in arrows if arrows[file]}.union(*arrows.values())
    rows: list[list[str]] = [[] for _ in range(1 + max(level.values()))]
    for file in sorted(linked):
        rows[level[file]].append(file)
    paths = []
    for file, other in sorted((user, used) for user in arrows for used in arrows[user]):
        passed = range(level[file] - 1, level[other], -1)
        points = [f"from {file} to {other} past {row}" for row in passed]
        for row, point in zip(passed, points, strict=True):
            rows[row].append(point)
        paths.append([file, *points, other])
    for file in sorted(set(arrows) - linked):
        min(rows, key=lambda row: row_width(house, row)).append(file)
    return Plan(rows[::-1], paths)


def box_width(house: House, file: str) -> float:
    """A box holds its name and its bricks; a point of an arrow needs no room of its own."""
    if file not in house.bricks:
        return 0
    badge = 2 * BADGE + 2 if file in WAY else 0
    return max(len(name_of(file)) * LETTER + 20, house.bricks[file] * BRICK + 12) + badge


def row_width(house: House, row: list[str]) -> float:
    return sum(box_width(house, file) + GAP for file in row) - GAP


def heading_width(house: House, wing: str) -> float:
    return len(wing) * LARGE_LETTER + 10 + len(house.says[wing]) * LETTER


def arrange(house: House, plan: Plan, room: float) -> None:
    """Order the rows and place the boxes so that arrows are short and hardly cross.

    Source: the barycentre heuristic of Sugiyama, Tagawa and Toda, 1981.
    """
    near: dict[str, list[str]] = {file: [] for row in plan.rows for file in row}
    for upper, lower in steps(plan):
        near[upper].append(lower)
        near[lower].append(upper)
    x = dict.fromkeys(near, room / 2)
    rows, shortest = plan.rows, math.inf
    for sweep in range(60):
        for row in rows[:: 1 if sweep % 2 else -1]:
            # A file without arrows stands at the right. (`sum` rounds as the Python does.)
            wish = {f: statistics.fmean(x[n] for n in near[f]) if near[f] else room for f in row}
            row.sort(key=lambda file, wish=wish: (wish[file], file))
            widths = [box_width(house, file) for file in row]
            x.update(zip(row, placed([wish[file] for file in row], widths, room), strict=True))
        length = math.fsum(abs(x[upper] - x[lower]) for upper, lower in steps(plan))
        if length < shortest - 1:
            shortest, plan.x, plan.rows = length, dict(x), [list(row) for row in rows]
    align_left(house, plan, [file for file in near if near[file]])


def align_left(house: House, plan: Plan, linked: list[str]) -> None:
    """Move the linked files to the left edge, and the others up to them."""
    half = {file: box_width(house, file) / 2 for file in plan.x}
    left = min((plan.x[file] - half[file] for file in linked), default=0)
    right = max((plan.x[file] - left + half[file] for file in linked), default=-GAP)
    for row in plan.rows:
        free = right + GAP
        for file in row:
            if file in linked:
                plan.x[file] -= left
            else:
                plan.x[file] = min(plan.x[file], free + half[file])
                free += 2 * half[file] + GAP


def steps(plan: Plan) -> list[tuple[str, str]]:
    """The arrows, cut where they pass a row."""
    return [step for path in plan.paths for step in itertools.pairwise(path)]


def placed(wishes: list[float], widths: list[float], room: float) -> list[float]:
    """Middles as near as may be to where they wish to be, none upon another, all inside."""

    def pushed_right(wishes: list[float]) -> list[float]:
        x, taken = [], -GAP
        for wish, width in zip(wishes, widths, strict=True):
            x.append(max(wish, taken + GAP + width / 2))
            taken = x[-1] + width / 2
        free = room + GAP
        for n in reversed(range(len(x))):
            x[n] = min(x[n], free - GAP - widths[n] / 2)
            free = x[n] - widths[n] / 2
        return x

    right = pushed_right(wishes)
    widths = widths[::-1]
    left = [room - x for x in pushed_right([room - wish for wish in wishes[::-1]])[::-1]]
    return [(a + b) / 2 for a, b in zip(left, right, strict=True)]


# The drawing, as SVG


def add(parent: ET.Element, name: str, words: str = "", **attributes: object) -> ET.Element:
    """Add an element; 'class_' is its class, and numbers have one decimal at most."""
    element = ET.SubElement(parent, name)
    element.text = words or None
    for key, value in attributes.items():
        element.set(key.rstrip("_"), pixels(value) if isinstance(value, float) else str(value))
    return element


def pixels(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def add_box(picture: ET.Element, house: House, file: str, x: float, y: float) -> None:
    """A file: its name, its bricks, and its number on the way of the data."""
    width = box_width(house, file)
    group = add(picture, "g")
    imported = ", ".join(name_of(other) for other in sorted(house.imports[file]))
    said = [f"rockonet/{file.replace('.', '/')}.py", house.says[file]]
    add(group, "title", "\n".join([*said, f"imports {imported}"] if imported else said))
    look = "box way" if file in WAY else "box"
    add(group, "rect", x=x - width / 2, y=y, width=width, height=BOX, rx=4, class_=look)
    if file in WAY:
        middle = x - width / 2 + BADGE + 5
        add(group, "circle", cx=middle, cy=y + BOX / 2, r=BADGE, class_="badge")
        step = str(WAY.index(file) + 1)
        add(group, "text", step, x=middle, y=y + BOX / 2 + 4, class_="number")
        x += BADGE + 1
    add(group, "text", name_of(file), x=x, y=y + 14, class_="name")
    left = x - house.bricks[file] * BRICK / 2
    for n in range(house.bricks[file]):
        add(group, "rect", x=left + n * BRICK + 1, y=y + 20, width=8, height=6, class_="brick")


def add_arrows(picture: ET.Element, house: House, plan: Plan, left: float, top: float) -> None:
    """The imports inside a wing; where several begin or end at a box, they spread along it."""
    y = {file: top + n * (BOX + BETWEEN) for n, row in enumerate(plan.rows) for file in row}

    def port(file: str, end: str, ends: list[str]) -> float:
        ends = sorted(ends, key=lambda other: plan.x[other])
        apart = min(16, (box_width(house, file) - 20) / len(ends))
        return left + plan.x[file] + (ends.index(end) - (len(ends) - 1) / 2) * apart

    for path in plan.paths:
        line = []
        for upper, lower in itertools.pairwise(path):
            x1 = port(upper, lower, [b for a, b in steps(plan) if a == upper])
            x2 = port(lower, upper, [a for a, b in steps(plan) if b == lower])
            y1, y2 = y[upper] + BOX, y[lower]
            line += ["V", y1] if line else ["M", x1, y1]  # straight down past a row of boxes
            line += ["C", x1, (y1 + y2) / 2, x2, (y1 + y2) / 2, x2, y2]
        add(picture, "path", d=drawn(line), class_="arrow")


def drawn(line: list[str | float]) -> str:
    return " ".join(part if isinstance(part, str) else pixels(part) for part in line)


def shaft(house: House, wing: str) -> float:
    """How far right of the files the line goes down that begins at a wing."""
    return LANE * (len(house.wings) - list(house.wings).index(wing) - 1.5)


def add_shafts(picture: ET.Element, house: House, y: dict[str, float], left: float) -> None:
    """From each wing a line down, with the number of imports where it passes one that it uses."""
    wings = list(house.wings)
    for n, upper in enumerate(wings):
        x = left + shaft(house, upper)
        used = {lower: house.between(upper, lower) for lower in wings[n + 1 :]}
        used = {lower: imports for lower, imports in used.items() if imports}
        if not used:
            continue
        begin, end = y[upper], y[list(used)[-1]]
        line = ["M", x - 20, begin, "H", x - 10, "Q", x, begin, x, begin + 10, "V", end]
        add(picture, "path", d=drawn(line), class_="shaft")
        add(picture, "circle", cx=x - 20, cy=begin, r=4, fill=BLUE)
        for lower, imports in used.items():
            group = add(picture, "g")
            add(group, "title", "\n".join([f"{upper} imports from {lower}:", *imports]))
            add(group, "circle", cx=x, cy=y[lower], r=RING, class_="ring")
            add(group, "text", str(len(imports)), x=x, y=y[lower] + 4, class_="number")


def add_roof(picture: ET.Element, width: float) -> None:
    """Over all wings the module through which everybody comes in."""
    left, middle, right = MARGIN, width / 2, width - MARGIN
    edge = MARGIN + DOOR - 6
    roof = ["M", left, edge, "V", edge - 22, "L", middle, MARGIN, right, edge - 22, "V", edge, "Z"]
    add(picture, "path", d=drawn(roof), class_="floor")
    add(picture, "text", "rockonet_utils", x=middle, y=edge - 26, class_="door")
    words = "the door: import rockonet_utils as ru"
    add(picture, "text", words, x=middle, y=edge - 9, class_="name")


def add_wing(picture: ET.Element, house: House, wing: str, plan: Plan, y: float) -> None:
    """A floor of the house: its name, what it is for, and its files."""
    left, wide = MARGIN + PAD, float(picture.get("width")) - 2 * MARGIN
    look = {"rx": 6, "class_": "floor"}
    add(picture, "rect", x=MARGIN, y=y, width=wide, height=plan.height - 6, **look)
    heading = add(picture, "text", x=left, y=y + 25)
    add(heading, "tspan", wing, class_="wing")
    add(heading, "tspan", house.says[wing].rstrip("."), dx=10)
    y += HEAD
    add_arrows(picture, house, plan, left, y)
    for row in plan.rows:
        for file in filter(house.bricks.get, row):
            add_box(picture, house, file, left + plan.x[file], y)
        y += BOX + BETWEEN


def draw(house: House) -> str:
    """The picture as SVG."""
    plans = {wing: plan(house, wing) for wing in house.wings}
    room = max(row_width(house, row) for plan in plans.values() for row in plan.rows)
    for wing in plans:  # a heading ends before the line of its wing begins
        room = max(room, heading_width(house, wing) + 30 - PAD - shaft(house, wing))
    right = MARGIN + PAD + room + PAD
    width = pixels(right + LANE * (len(plans) - 1) + MARGIN)
    floors = list(itertools.accumulate((p.height for p in plans.values()), initial=MARGIN + DOOR))
    height = pixels(floors[-1] + LINE * len(LEGEND) + MARGIN)
    picture = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
    for key, value in (("viewBox", f"0 0 {width} {height}"), ("width", width), ("height", height)):
        picture.set(key, value)
    add(picture, "title", "The house: seven wings, their files, and who imports whom")
    add(picture, "style", STYLE)
    tip = add(picture, "marker", id="tip", viewBox="0 0 7 7", refX=6.5, refY=3.5, orient="auto")
    tip.attrib.update(markerUnits="userSpaceOnUse", markerWidth="7", markerHeight="7")
    add(tip, "path", d="M 0 0 L 7 3.5 L 0 7 Z", fill=BLUE)
    add(picture, "rect", width="100%", height="100%", fill=WHITE)
    add_roof(picture, float(width))
    for y, wing in zip(floors, plans, strict=False):
        arrange(house, plans[wing], room)
        add_wing(picture, house, wing, plans[wing], y)
    heads = {wing: y + HEAD / 2 + 1 for y, wing in zip(floors, plans, strict=False)}
    add_shafts(picture, house, heads, right)
    for n, line in enumerate(LEGEND, 1):
        add(picture, "text", line, x=MARGIN + PAD, y=floors[-1] + LINE * n)
    ET.indent(picture)
    return ET.tostring(picture, encoding="unicode") + "\n"


if __name__ == "__main__":
    PICTURE.write_text(draw(read_house()), encoding="utf-8")
    print(f"{PICTURE.relative_to(ROOT)} is drawn.")
