"""Workbooks as archives: forms, sizes, sheets."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lnmbench_table.sheet import read_sheet
from lnmbench_table.workbook import choose_worksheet, list_worksheets, normalize_workbook

from lnmbench import UserError

PATH = Path("t.xlsx")
USUAL = "http://schemas.openxmlformats.org/{}/2006/"
STRICT = "http://purl.oclc.org/ooxml/{}/"


@pytest.fixture
def content() -> bytes:
    """A workbook with a chart, a hidden sheet and two visible ones."""
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "Legend"
    book.active.sheet_state = "hidden"
    for title in ("Patients", "More"):
        book.create_sheet(title).append(["id", "age"])
        book[title].append([f"{title} 1", 61.5])
    book.create_chartsheet("Chart", 0).add_chart(openpyxl.chart.BarChart())
    book.active = 2
    book.save(stream)
    return stream.getvalue()


def rewrite(content: bytes, *replacements: tuple[bytes, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            for old, new in replacements:
                data = data.replace(old, new)
            target.writestr(name, data, compress_type=zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def test_worksheets_are_listed_in_the_order_of_their_tabs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = list_worksheets(archive)
        assert all(sheet.part in archive.namelist() for sheet in sheets)
    assert [(sheet.title, sheet.hidden) for sheet in sheets] == [
        ("Legend", True),
        ("Patients", False),
        ("More", False),
    ]
    sheet, (note,) = choose_worksheet(sheets, None, PATH)
    assert sheet.title == "Patients"
    assert "not 'Legend' (hidden), 'More'" in note
    assert choose_worksheet(sheets, "More", PATH) == (sheets[2], ())
    with pytest.raises(UserError, match=r"no sheet 'Patient' .*did you mean Patients\?"):
        choose_worksheet(sheets, "Patient", PATH)
    with pytest.raises(UserError, match="expected a worksheet"):
        choose_worksheet([], None, PATH)


def test_strict_open_xml_is_read(content: bytes, tmp_path: Path) -> None:
    names = ("spreadsheetml", "officeDocument", "drawingml")
    pairs = [(USUAL.format(name).encode(), STRICT.format(name).encode()) for name in names]
    strict = rewrite(content, *pairs)
    assert strict != content
    (tmp_path / "t.xlsx").write_bytes(strict)
    assert read_sheet(tmp_path / "t.xlsx").rows[0].cells == ("Patients 1", "61.5")


def test_a_workbook_that_grows_when_decompressed_is_refused(content: bytes) -> None:
    bomb = rewrite(content, (b"<fonts", b" " * (1 << 25) + b"<fonts"))
    assert len(bomb) < 1 << 20
    with pytest.raises(UserError, match="too large when decompressed"):
        normalize_workbook(bomb, PATH)
