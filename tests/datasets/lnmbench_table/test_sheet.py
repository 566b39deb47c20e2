"""Tables as text: encodings, separators, files that are refused."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from lnmbench_table.layout import Layout
from lnmbench_table.sheet import Sheet, read_sheet

from lnmbench import UserError


def sheet(path: Path, content: bytes) -> Sheet:
    path.write_bytes(content)
    return read_sheet(path)


@pytest.mark.parametrize(
    "content",
    [
        b"id,name\n1,M\xc3\xbcller\n",
        b"\xef\xbb\xbfid,name\r\n1,M\xc3\xbcller\r\n",
        "id,name\n1,Müller\n".encode("utf-16"),
        b"id;name\n1;M\xc3\xbcller\n",
        b"id\tname\n1\tM\xc3\xbcller\n",
        b'"id" , name \n1,"M\xc3\xbcller"\n\n,\n'.replace(b'"id" ', b'"id"'),
        b"id,name,\n1,M\xc3\xbcller,,\n",
    ],
)
def test_one_table_in_many_spellings(tmp_path: Path, content: bytes) -> None:
    found = sheet(tmp_path / "t.csv", content)
    assert found.header[:2] == ("id", "name")
    assert [row.cells[:2] for row in found.rows] == [("1", "Müller")]
    assert found.notes == ()


def test_another_encoding_is_said(tmp_path: Path) -> None:
    found = sheet(tmp_path / "t.csv", b"id,name\n1,M\xfcller\n")
    assert found.rows[0].cells == ("1", "Müller")
    assert "cp1252" in found.notes[0]


def test_quoted_separators_and_line_breaks_stay_in_their_cell(tmp_path: Path) -> None:
    found = sheet(tmp_path / "t.csv", b'id,"a;b,c;d"\n1,"x, ""y""\nz"\n')
    assert found.header == ("id", "a;b,c;d")
    assert found.rows[0].cells == ("1", 'x, "y"\nz')


def test_tsv_keeps_commas(tmp_path: Path) -> None:
    assert sheet(tmp_path / "t.tsv", b"id\tx\n1\t2,5\n").rows[0].cells == ("1", "2,5")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "is empty"),
        ("t.csv", b"id,x\n\n", "is empty"),
        ("t.csv", b"id,x\n1\n", "row 2"),
        ("t.csv", b"id,x\n1,2\n1,2,3\n", "row 3"),
        ("t.csv", b'id,x\n1,"2\n', "is broken"),
        ("t.csv", b"id,x\n1,\x00\n", "NUL"),
        ("t.csv", b"id," + b"x" * 200_000 + b"\n1,2\n", "is broken"),
        ("t.xlsx", b"PK not really", "not a readable Excel file"),
        ("t.xlsx", b"", "not a readable Excel file"),
        ("t.xls", b"\xd0\xcf\x11\xe0", "save it as .xlsx"),
        ("t.json", b"{}", "expected a table"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(UserError) as refusal:
        sheet(tmp_path / name, content)
    assert message in str(refusal.value)
    assert name in str(refusal.value)


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        read_sheet(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UserError, match="cannot read"):
        read_sheet(tmp_path / "folder.csv")


def test_keys_without_effect_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,x\n1,2\n")
    with pytest.raises(UserError, match=r"key 'sheet' of \[table\] has no effect .*a text file"):
        read_sheet(path, Layout(sheet="Data"))
    openpyxl.Workbook().save(tmp_path / "t.xlsx")
    for layout in (Layout(encoding="utf-8"), Layout(separator=";")):
        with pytest.raises(UserError, match="has no effect .*an Excel file"):
            read_sheet(tmp_path / "t.xlsx", layout)
