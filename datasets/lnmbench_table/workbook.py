"""Excel workbooks as archives: their size, their form, and the worksheets with their state."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from lnmbench import UserError
from lnmbench.errors import nearest
from lnmbench.tables import MOST_BYTES

_MOST_STYLE_BYTES = 1 << 24
_PARTS_WITH_CELLS = ("xl/worksheets/", "xl/sharedstrings.xml")
# 'Strict Open XML' differs in its namespaces
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_USUAL = rb"http://schemas.openxmlformats.org/\1/2006/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """A worksheet: its title, the part of the archive that holds it, and whether it is hidden."""

    title: str
    part: str
    hidden: bool


def normalize_workbook(content: bytes, path: Path) -> bytes:
    """Return a workbook in the usual form, of bounded size.

    Raises `UserError` for parts that would be too large when decompressed.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        total = sum(
            entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels"))
        )
        is_large = any(
            entry.file_size > _MOST_STYLE_BYTES
            and entry.filename.endswith(".xml")
            and not entry.filename.casefold().startswith(_PARTS_WITH_CELLS)
            for entry in entries
        )
        if total > MOST_BYTES or is_large:
            raise UserError(
                f"{path} is too large when decompressed",
                expected=f"at most {MOST_BYTES >> 20} MiB",
                got=f"{total >> 20} MiB",
                then="save only the table of the cohort in a new file",
            )
        books = [name for name in archive.namelist() if _is_workbook(name)]
        is_strict = any(_STRICT.search(archive.read(name)) for name in books)
        return _replace_namespaces(archive) if is_strict else content


def _replace_namespaces(archive: zipfile.ZipFile) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for name in archive.namelist():
            data = archive.read(name)
            if name.endswith((".xml", ".rels")):
                data = _STRICT.sub(_USUAL, data)
            copy.writestr(name, data)
    return target.getvalue()


def list_worksheets(archive: zipfile.ZipFile) -> list[Worksheet]:
    """Return the worksheets in the order of their tabs; charts are left out."""
    book = next(name for name in archive.namelist() if _is_workbook(name))
    folder, name = posixpath.split(book)
    links = {
        link.get("Id", ""): link
        for link in _parse(archive, f"{folder}/_rels/{name}.rels".lstrip("/"))
    }
    return list(_list_sheets(_parse(archive, book), links, folder))


def _list_sheets(
    book: ElementTree.Element, links: dict[str, ElementTree.Element], folder: str
) -> Iterator[Worksheet]:
    for sheet in book.iter():
        if get_local_name(sheet.tag) != "sheet":
            continue
        id_ = next((value for key, value in sheet.items() if get_local_name(key) == "id"), "")
        link = links.get(id_)
        if link is not None and link.get("Type", "").endswith("/worksheet"):
            target = link.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            yield Worksheet(
                title=sheet.get("name", ""),
                part=posixpath.normpath(part),
                hidden=sheet.get("state", "visible") != "visible",
            )


def choose_worksheet(
    sheets: Sequence[Worksheet], title: str | None, path: Path
) -> tuple[Worksheet, tuple[str, ...]]:
    """Return the worksheet with a title, by default the first visible one, and notes.

    Raises `UserError` for a title that no worksheet has.
    """
    if not sheets:
        raise UserError(f"{path} is empty", expected="a worksheet")
    titles = [sheet.title for sheet in sheets]
    if title is not None and title not in titles:
        raise UserError(f"no sheet {title[:40]!r}", where=str(path), then=nearest(title, titles))
    if title is not None:
        return sheets[titles.index(title)], ()
    sheet = next((sheet for sheet in sheets if not sheet.hidden), sheets[0])
    others = [
        repr(each.title[:40]) + " (hidden)" * each.hidden for each in sheets if each is not sheet
    ]
    if not others:
        return sheet, ()
    return sheet, (
        f"{path.name}: only sheet {sheet.title[:40]!r} of {len(sheets)} sheets is read, not "
        f"{', '.join(others[:5])}; to choose another one, set sheet in [table] of the dictionary",
    )


def _is_workbook(name: str) -> bool:
    return name.casefold().endswith("workbook.xml")


def get_local_name(tag: str) -> str:
    """Return the name of an XML element or attribute without its namespace."""
    return tag.rpartition("}")[2]


def _parse(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(name))
