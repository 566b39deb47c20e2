"""Tables of downloads: search, decoding, refusals."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lnmbench import Column, UserError
from lnmbench.errors import reading
from lnmbench.tables import (
    Cells,
    collect_files,
    files_by_depth,
    find_table,
    first_rows,
    read_rows,
    require_cells,
    require_unique_ids,
    select_files,
)

TABLE = "id,age\nA,61\n"


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def is_header(rows: Cells) -> bool:
    return rows[:1] == [["id", "age"]]


def find(root: Path) -> Path:
    return find_table(root, is_header, what="clinical table", expected="a CSV with id, age")


def test_the_table_nearest_to_the_root_is_taken(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "old.csv", TABLE)
    near = write(tmp_path / "z" / "CLINICAL.CSV", TABLE)
    write(tmp_path / "metadata.csv", "Series UID\n1.2\n")
    assert find(tmp_path) == near
    assert find(tmp_path / "a") == tmp_path / "a" / "b" / "old.csv"


def test_a_file_as_root_is_taken_whatever_it_holds(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "other\n")
    assert find(path) == path


def test_several_or_no_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no clinical table under .*: expected a CSV with id, age"):
        find(tmp_path)
    with pytest.raises(UserError, match="no folder"):
        find(tmp_path / "none")
    for folder in ("x", "y"):
        write(tmp_path / folder / "t.csv", TABLE)
    with pytest.raises(UserError, match=r"2 clinical tables under .*got x.t\.csv and y.t\.csv"):
        find(tmp_path)


def test_two_files_for_one_name_or_none_are_refused() -> None:
    first, second = Path("root/a.csv"), Path("root/b/a.csv")
    assert collect([("b", first), ("a", second)]) == {"b": first, "a": second}
    with pytest.raises(
        UserError, match=r"two files for cancer 'a' \(root\): got .*a.csv and .*a.csv"
    ):
        collect([("a", first), ("a", second)])
    with pytest.raises(UserError, match="no clinical file under root: expected NAME.csv"):
        collect([])


def collect(named_files: list[tuple[str, Path]]) -> dict[str, Path]:
    return collect_files(
        named_files, Path("root"), noun="cancer", what="clinical file", expected="NAME.csv"
    )


def test_files_are_selected_by_known_names_once() -> None:
    files = {"luad": Path("luad.txt"), "lusc": Path("lusc.txt")}
    assert list(select_files(["lusc", "luad"], files, noun="cancer")) == ["lusc", "luad"]
    with pytest.raises(UserError, match="unknown cancer 'lusd'; did you mean lusc?"):
        select_files(["lusd"], files, noun="cancer")
    with pytest.raises(UserError, match="cancer 'luad' is given twice; give it once"):
        select_files(["luad", "luad"], files, noun="cancer")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    path = write(tmp_path / "a" / "t.csv", TABLE)
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    assert [file for files in files_by_depth(tmp_path, ".csv") for file in files] == [path]


@pytest.mark.parametrize("content", [b"\x00\x01\x02" * 100, b'a,"b\n', b"x" * 400_000, b""])
def test_a_search_passes_over_files_that_are_no_tables(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "a.csv", content)
    path = write(tmp_path / "b.csv", TABLE)
    assert find(tmp_path) == path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_or_without_its_mark(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "t.csv", 'id,age\r\n"Müller, A", 61 \r\n'.encode(encoding))
    assert is_header(first_rows(path))
    table = read_rows(path)
    assert table.rows_below() == [("Müller, A", "61")]
    assert table.notes == ()


def test_another_encoding_is_a_guess_and_said(tmp_path: Path) -> None:
    table = read_rows(write(tmp_path / "t.csv", "id\nMüller\n".encode("latin-1")))
    assert table.rows_below() == [("Müller",)]
    assert table.notes == ("t.csv is not UTF-8 and was read as latin-1: check accented letters",)


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


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["A", "B", "A", "A"], "1 patient id occurs more than once (t.csv)"),
        (["A", "", ""], "2 patient ids are empty (t.csv)"),
    ],
)
def test_an_id_is_there_and_unique(ids: list[str], message: str) -> None:
    require_unique_ids(["A", "B"], where="t.csv")
    with pytest.raises(UserError) as refusal:
        require_unique_ids(ids, where="t.csv")
    assert str(refusal.value) == f"{message}: expected one row per patient, each with an id"


def test_cells_are_checked_but_for_those_that_are_no_numbers() -> None:
    columns = (Column(name="place", role="center"), Column(name="age", role="feature"))
    rows = [{"place": "here", "age": "61"}, {"place": "there", "age": "old"}]
    require_cells(columns, ["A"], rows[:1])
    with pytest.raises(UserError, match=r"column 'age' holds 'old' \(case 'B'\)"):
        require_cells(columns, ["A", "B"], rows)
