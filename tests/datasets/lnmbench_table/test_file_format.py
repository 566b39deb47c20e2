"""Formats by content: a name may be wrong, other formats are named."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lnmbench_table.file_format import is_excel, is_tab_separated
from lnmbench_table.sheet import read_sheet

from lnmbench import UserError


def workbook() -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["id", "age"])
    book.active.append(["A", 61])
    book.save(content)
    return content.getvalue()


def archive(name: str, text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.xls", "t.txt", "t.dat", "t.tsv"])
def test_the_content_decides(name: str, tmp_path: Path) -> None:
    for content in (workbook(), b"id,age\nA,61\n", "id,age\nA,61\n".encode("utf-16")):
        (tmp_path / name).write_bytes(content)
        assert read_sheet(tmp_path / name).rows[0].cells == ("A", "61")


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv.gz"
    path.write_bytes(gzip.compress(b"id\tage, years\nA\t61\n"))
    assert is_tab_separated(path)
    assert read_sheet(path).header == ("id", "age, years")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UserError, match="damaged gzip file"):
        read_sheet(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.sav", b"$FL2@(#) SPSS", "is an SPSS file"),
        ("t.csv", b"$FL2@(#) SPSS", "is an SPSS file"),
        ("t.dta", b"<stata_dta><header>", "is a Stata file"),
        ("t.dta", b"r\x02\x01", "is a Stata file"),
        ("t.sas7bdat", b"\0\0\0", "is a SAS file"),
        ("t.xpt", b"HEADER RECORD*******LIBRARY", "is a SAS transport file"),
        ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Excel file"),
        ("t.xls", b"<html><table><tr><td>id", "is a web page or XML"),
        ("t.csv", b"%PDF-1.4", "is a PDF"),
        ("t.ods", archive("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "OpenD"),
        ("t.xlsx", archive("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "OpenD"),
        ("t.xlsx", archive("xl/workbook.bin", ""), "is a binary Excel file"),
        ("t.csv", archive("t.csv", "id,age"), "is a ZIP archive without a workbook"),
        (
            "t.xlsx",
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password",
        ),
        ("t.pkl", b"\x80\x04", "expected a table"),
    ],
)
def test_another_format_is_named(name: str, content: bytes, message: str) -> None:
    with pytest.raises(UserError, match=message) as refusal:
        is_excel(content, Path(name))
    assert name in str(refusal.value)
