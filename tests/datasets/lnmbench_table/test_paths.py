"""Paths of a manifest on a disk that spells them otherwise."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from lnmbench_table.paths import PathFinder, does_exist, explain_missing


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A file with accents as a Mac stores them, in a folder with blanks."""
    scan = tmp_path / unicodedata.normalize("NFD", "Mün ster") / "Größe_é.nii.gz"
    scan.parent.mkdir()
    scan.write_bytes(b"")
    return scan


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("Mün ster/Größe_é.nii.gz", "1 path differs from the disk in case or in the form of"),
        ("mün ster/größe_é.NII.gz", "1 path differs from the disk in case or in the form of"),
        ("Mün ster\\Größe_é.nii.gz", "1 path of the manifest read with / instead of"),
        (".\\Mün ster\\Größe_é.nii.gz", "1 path of the manifest read with / instead of"),
        ('"Mün ster/Größe_é.nii.gz" ', "1 path differs"),
    ],
)
def test_a_path_is_found_in_the_spelling_of_the_disk(scan: Path, cell: str, note: str) -> None:
    paths = PathFinder(folder=scan.parents[1])
    path = paths.find(cell)
    assert path is not None
    assert path.samefile(scan)
    assert any(line.startswith(note) for line in paths.notes)


def test_a_path_is_literal_where_it_exists(tmp_path: Path) -> None:
    literal = tmp_path / "a\\b"
    literal.write_bytes(b"")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"")
    paths = PathFinder(folder=tmp_path)
    assert paths.find("a\\b") == literal
    assert paths.find(str(literal)) == literal
    assert paths.find(literal.as_uri()) == literal
    assert paths.find(" ") is None
    assert not list(paths.notes)


def test_two_names_that_differ_in_case_are_never_confused(tmp_path: Path) -> None:
    for name in ("ct", "Ct"):
        (tmp_path / name).mkdir(exist_ok=True)
    if len(list(tmp_path.iterdir())) == 2:
        assert PathFinder(folder=tmp_path).find("CT") == tmp_path / "CT"


@pytest.mark.parametrize("cell", ["x" * 5000, "a\0b", "~nobody-of-this-name/a", "a/" * 3000])
def test_a_path_that_no_system_can_have_does_not_exist(tmp_path: Path, cell: str) -> None:
    path = PathFinder(folder=tmp_path).find(cell)
    assert path is not None
    assert not does_exist(path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("C:\\ct\\a.dcm", "a Windows computer"),
        ("\\\\server\\ct", "a Windows computer"),
        ("D:/scans/ct", "a Windows computer"),
        ("b\\ct", "backslashes of Windows"),
        ("a.nrrd", "check the path"),
    ],
)
def test_the_cause_of_a_missing_file_is_named(tmp_path: Path, name: str, words: str) -> None:
    assert words in explain_missing(tmp_path / name)
