"""Fits matplotlib's SVG into a page: small, without styles, colored by the page's variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from lnmbench.rendering.figures import LIGHT

_PLACE = re.compile(r"-?\d+\.\d{2,}")
_COLOR = {value: f"var(--{name})" for name, value in LIGHT.items()}
# what is drawn only where it is needed; the rest is the same for all texts and lines of a page
_DROPPED = {"font-family", "font", "stroke-linejoin", "font-weight"}
_GROUP = re.compile(r"(mark|row)-(\d+)")


def fitted(svg: str, *, prefix: str, groups: Mapping[str, str]) -> str:
    """Return the inside of an SVG element, to stand inline in a page.

    `groups` maps the group ids that matplotlib was given (`mark-0`, `row-2`) to what becomes
    their `data-methods`; they get the class `mark` or `row` and `data-number`. Ids that are
    referred to get `prefix`, so that they are unique on the page; other ids are removed.
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
    own: Mapping[str, str], prefix: str, used: set[str], groups: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for key, value in own.items():
        name = key.rpartition("}")[2]
        if name == "id":
            yield from _identity(value, prefix, used, groups)
        elif name == "style":
            yield from _styled(value)
        elif name == "href":
            yield "href", f"#{prefix}{value[1:]}"
        elif name == "clip-path":
            yield name, value.replace("url(#", f"url(#{prefix}")
        elif not (name == "transform" and value.startswith("rotate(-0 ")):
            yield name, _short(value)


def _identity(
    name: str, prefix: str, used: set[str], groups: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if name in used:
        yield "id", prefix + name
    if found := _GROUP.fullmatch(name):
        yield "class", found[1]
        yield "data-number", found[2]
        if groups.get(name):
            yield "data-methods", groups[name]


def _styled(style: str) -> Iterator[tuple[str, str]]:
    """Style becomes attributes: those need no permission of a content security policy."""
    for part in filter(None, style.split(";")):
        name, _, value = (piece.strip() for piece in part.partition(":"))
        if name == "font" and (size := re.search(r"([\d.]+)px", value)):
            yield "font-size", size[1]
        if "bold" in value or value in ("700", "600"):
            yield "font-weight", "600"
        if name not in _DROPPED:
            yield name, _COLOR.get(value.lower(), value.removesuffix("px"))


def _short(value: str) -> str:
    rounded = _PLACE.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), value)
    return " ".join(rounded.split())


def _prune(parent: ET.Element) -> None:
    """Remove groups that hold nothing, and open those that say nothing."""
    kept: list[ET.Element] = []
    for child in parent:
        _prune(child)
        if child.tag == "g" and not child.attrib:
            kept += list(child)
        elif child.tag not in ("g", "defs") or len(child):
            kept.append(child)
    parent[:] = kept
