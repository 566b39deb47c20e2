"""SVG of matplotlib for use inside a page: small, without styles, with the page's colors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from lnmbench.rendering.figures import LIGHT

_DECIMALS = re.compile(r"-?\d+\.\d{2,}")
_COLOR = {value: f"var(--{name})" for name, value in LIGHT.items()}
# properties that the style sheet sets for all texts and lines of a page
_DROPPED = {"font-family", "font", "stroke-linejoin", "font-weight"}
_GROUP = re.compile(r"(mark|row)-(\d+)")


def inline_svg(svg: str, *, prefix: str, groups: Mapping[str, str]) -> str:
    """Return the content of an SVG element for use inside a page.

    Parameters
    ----------
    svg
        A drawing of matplotlib.
    prefix
        The prefix of ids that are referred to, so that they are unique on the page; other ids are
        removed.
    groups
        The `data-methods` of the groups in the drawing by their id (`mark-0`, `row-2`); these
        groups get the class `mark` or `row` and `data-number`.
    """
    root = ET.fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.text = (element.text or "").strip() if element.tag != "text" else element.text
        element.tail = None
    for useless in ("metadata", "defs/style"):
        parent = root.find(useless.rpartition("/")[0] or ".")
        child = root.find(useless)
        if parent is not None and child is not None:
            parent.remove(child)
    used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', svg))
    for element in root.iter():
        attributes = dict(_attributes(element.attrib, prefix, used, groups))
        element.attrib.clear()
        element.attrib.update(attributes)
    _prune(root)
    return "".join(ET.tostring(child, encoding="unicode") for child in root)


def view_box(svg: str) -> tuple[float, float]:
    """Return width and height of an SVG's view box."""
    _, _, width, height = ET.fromstring(svg).attrib["viewBox"].split()
    return float(width), float(height)


def _attributes(
    attributes: Mapping[str, str], prefix: str, used: set[str], groups: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for key, value in attributes.items():
        name = key.rpartition("}")[2]
        if name == "id":
            yield from _group_attributes(value, prefix, used, groups)
        elif name == "style":
            yield from _style_attributes(value)
        elif name == "href":
            yield "href", f"#{prefix}{value[1:]}"
        elif name == "clip-path":
            yield name, value.replace("url(#", f"url(#{prefix}")
        elif not (name == "transform" and value.startswith("rotate(-0 ")):
            yield name, _round_numbers(value)


def _group_attributes(
    name: str, prefix: str, used: set[str], groups: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if name in used:
        yield "id", prefix + name
    if group := _GROUP.fullmatch(name):
        yield "class", group[1]
        yield "data-number", group[2]
        if groups.get(name):
            yield "data-methods", groups[name]


def _style_attributes(style: str) -> Iterator[tuple[str, str]]:
    """Yield a style as attributes, which need no permission of a content security policy."""
    for part in filter(None, style.split(";")):
        name, _, value = (piece.strip() for piece in part.partition(":"))
        if name == "font" and (size := re.search(r"([\d.]+)px", value)):
            yield "font-size", size[1]
        if "bold" in value or value in ("700", "600"):
            yield "font-weight", "600"
        if name not in _DROPPED:
            yield name, _COLOR.get(value.lower(), value.removesuffix("px"))


def _round_numbers(value: str) -> str:
    rounded = _DECIMALS.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), value)
    return " ".join(rounded.split())


def _prune(parent: ET.Element) -> None:
    """Remove empty groups, and replace groups without attributes by their children."""
    children: list[ET.Element] = []
    for child in parent:
        _prune(child)
        if child.tag == "g" and not child.attrib:
            children += list(child)
        elif child.tag not in ("g", "defs") or len(child):
            children.append(child)
    parent[:] = children
