"""Elements of XML, one in the other: what writers of XML are written in."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement


def add(parent: Element, path: str, text: object = None, **attributes: object) -> Element:
    """Add XML elements, one in the other, as in ``add(note, "notations/tied")``; the last one.

    attributes: of the last one; an underscore in a name is written as a hyphen.
    """
    for tag in path.split("/"):
        parent = SubElement(parent, tag)
    parent.attrib.update({name.replace("_", "-"): str(v) for name, v in attributes.items()})
    parent.text = None if text is None else str(text)
    return parent
