"""Search for the tables of a download."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.tables import (
    Cells,
    collect_files,
    files_by_depth,
    find_table,
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
