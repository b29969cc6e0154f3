"""The visitor's map tells of the house as it is: its picture, its files, its names."""

import importlib
import itertools
import re
import xml.etree.ElementTree as ET

import draw_house
import pytest
from helpers import ROOT

import rockonet
import rockonet_utils as ru

SVG = "{http://www.w3.org/2000/svg}"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FILES = {
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "rockonet").glob("*/*.py")
    if path.name != "__init__.py"
}


@pytest.fixture(scope="module")
def house():
    return draw_house.read_house()


@pytest.fixture(scope="module")
def picture(house):
    return ET.fromstring(draw_house.draw(house))


def boxes_of(picture):
    """For each file what its box shows: left, top, right, bottom."""
    boxes = {}
    for group in picture.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect[@class]")
        if box is not None:
            x, y, width, height = (float(box.get(key)) for key in ("x", "y", "width", "height"))
            name = group.find(f"{SVG}title").text.partition("\n")[0]
            boxes[name] = x, y, x + width, y + height
    return boxes


def test_the_picture_is_drawn_from_the_imports_as_they_are(house):
    drawn = draw_house.PICTURE.read_text(encoding="utf-8")
    assert draw_house.draw(house) == drawn, "the house has changed: run `make house`"


def test_every_file_has_a_box_of_its_own(picture):
    boxes = boxes_of(picture)
    assert set(boxes) == FILES
    for a, b in itertools.combinations(boxes.values(), 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]


def test_arrows_lead_down_from_box_to_box_and_say_all_that_is_imported(house, picture):
    boxes = boxes_of(picture)
    drawn = {file: set() for file in FILES}
    for path in picture.iter(f"{SVG}path"):
        if path.get("class") != "arrow":
            continue
        numbers = [float(number) for number in re.findall(r"[\d.]+", path.get("d"))]
        assert "V" in path.get("d") or len(numbers) == 8
        (x1, y1), (x2, y2) = numbers[:2], numbers[-2:]
        (upper,) = (f for f, (a, _, b, y) in boxes.items() if a < x1 < b and y == y1)
        (lower,) = (f for f, (a, y, b, _) in boxes.items() if a < x2 < b and y == y2)
        assert y1 < y2
        drawn[upper].add(lower)

    def reached(file):
        return drawn[file].union(*map(reached, drawn[file]))

    for wing in house.wings:
        for file, others in house.within(wing).items():
            path, *paths = (f"rockonet/{f.replace('.', '/')}.py" for f in (file, *others))
            assert set(paths) <= reached(path)  # in one step or in several
            assert drawn[path] <= set(paths)


def test_numbers_between_wings_count_all_other_imports(house, picture):
    rings = [
        int(group.find(f"{SVG}text").text)
        for group in picture.iter(f"{SVG}g")
        if group.find(f"{SVG}circle[@class='ring']") is not None
    ]
    inside = sum(len(others) for wing in house.wings for others in house.within(wing).values())
    assert sum(rings) == sum(map(len, house.imports.values())) - inside
    wings = list(house.wings)
    for file, others in house.imports.items():
        for other in others:
            upper, lower = draw_house.wing_of(file), draw_house.wing_of(other)
            assert wings.index(upper) <= wings.index(lower)


def test_a_circle_is_named():
    with pytest.raises(SystemExit, match="circle"):
        draw_house.levels({"a.b": {"a.c"}, "a.c": {"a.b"}})


def test_every_file_and_name_on_the_page_exists():
    paths = re.findall(r"`(\w+/[\w./]*)`", PAGE)
    assert len(paths) > 20
    for path in paths:
        assert (ROOT / path).exists() or (ROOT / "rockonet" / path).exists(), path
    names = re.findall(r"`ru\.(\w+)", PAGE)
    assert len(names) > 10
    for name in names:
        assert name in rockonet.__all__ and hasattr(ru, name), name


def test_names_live_in_the_file_that_the_page_names_first_on_their_line():
    for line in PAGE.splitlines():
        if (file := re.search(r"`(\w+)/(\w+)\.py`", line)) and "`ru." in line:
            module = importlib.import_module(f"rockonet.{file[1]}.{file[2]}")
            for name in re.findall(r"`ru\.(\w+)", line):
                assert getattr(module, name) is getattr(ru, name), (file[0], name)


def test_the_way_of_the_data_has_the_numbers_of_the_picture(picture):
    told = re.findall(r"^(\d+)\. `(\w+)/(\w+)\.py`", PAGE, flags=re.MULTILINE)
    assert told == [
        (str(number), *file.split(".")) for number, file in enumerate(draw_house.WAY, 1)
    ]
    shown = [group.find(f"{SVG}circle[@class='badge']") for group in picture.iter(f"{SVG}g")]
    assert len(told) == len(shown) - shown.count(None)


def test_wings_are_told_in_the_order_of_the_import_rule(house):
    order = list(house.wings)[::-1]
    assert re.findall(r"^- \*\*(\w+)\*\*", PAGE, flags=re.MULTILINE) == order
    rule = re.search(r"^    (common < .*)", PAGE, flags=re.MULTILINE)[1]
    assert rule.split(" < ") == [*order, "rockonet_utils"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^    (\w+)/ ", readme, flags=re.MULTILINE) == order


def test_the_page_is_read_aloud_in_five_minutes():
    assert len(re.findall(r"\w+", re.sub(r"!\[.*?\)|\]\(.*?\)", "", PAGE))) < 5 * 150
