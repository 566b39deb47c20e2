"""Rows of text tables: quotes, encodings, broken rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.errors import reading
from lnmbench.tables import Cells, first_rows, read_rows

TABLE = "id,age\nA,61\n"


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def is_header(rows: Cells) -> bool:
    return rows[:1] == [["id", "age"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_or_without_its_mark(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "t.csv", 'id,age\r\n"Müller, A", 61 \r\n'.encode(encoding))
    assert is_header(first_rows(path))
    table = read_rows(path)
    assert table.rows_below() == [("Müller, A", "61")]
    assert table.notes == ()


def test_without_quoting_a_quote_is_a_letter(tmp_path: Path) -> None:
    path = write(tmp_path / "t.txt", 'id\tsize\nA\t2"\nB\t"3\n')
    table = read_rows(path, delimiter="\t", quoted=False)
    assert table.rows_below() == [("A", '2"'), ("B", '"3')]


def test_rows_without_a_value_are_left_out_and_still_counted(tmp_path: Path) -> None:
    table = read_rows(write(tmp_path / "t.csv", "id,age\n\nA,61\n , \n,,,\nB,70\n"))
    assert table.rows_below() == [("A", "61"), ("B", "70")]
    table = read_rows(write(tmp_path / "t.csv", "id,age\n\nA,61\n,\nB\n"))
    with pytest.raises(UserError, match=r"is broken \(row 5\): expected 2 cells, got 1"):
        table.rows_below()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty: expected at least one patient"),
        (b"id,age\n\n", "is empty: expected at least one patient"),
        (b"id,age\nA,1,2\n", "is broken (row 2): expected 2 cells, got 3"),
        (b'id,age\nA,"1\n', "is broken (row 2): got unexpected end of data"),
        (b"id,age\nA,\0\n", "is not a text table: got NUL characters"),
    ],
)
def test_broken_tables_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = write(tmp_path / "t.csv", content)
    with pytest.raises(UserError) as refusal:
        read_rows(path).rows_below()
    assert f"{path} {message}" in str(refusal.value)


def test_what_the_system_refuses_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*none\.csv: got No such file"):
        read_rows(tmp_path / "none.csv")
    with pytest.raises(UserError, match="cannot read"):
        first_rows(tmp_path)
    with pytest.raises(ValueError, match="a bug"), reading(tmp_path):
        raise ValueError("a bug")
