"""Fixtures for tests of `folder`: a small image, its mask, a manifest and a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import SimpleITK as sitk
from lnmbench_table.dictionary import Dictionary, parse_dictionary
from lnmbench_table.folder import Folder

from lnmbench import UserError

COLUMNS = """
[card]
title = "made"
license = "none"
source = "here"
citation = "none"
labels = "made"

[columns.id]
role = "id"

[columns.age]
role = "feature"
kind = "continuous"

[columns.n1]
role = "target"
kind = "binary"
label = "n1"
categories = ["0", "1"]
"""
TABLE = "id,age,n1\nA,61,0\nB,70,1\nC,55,0\n"
MANIFEST = "case,image,region\nA,a.nrrd,a-mask.nrrd\nB,a.nrrd,a-mask.nrrd\nC,a.nrrd,a-mask.nrrd\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one image, its mask and the dictionary."""
    image = sitk.Image(24, 20, 6, sitk.sitkInt16) - 800
    image.SetSpacing((0.7, 0.7, 5.0))
    mask = sitk.Cast(image > 0, sitk.sitkUInt8)
    mask[8:12, 6:10, 2:4] = 1
    sitk.WriteImage(image, str(tmp_path / "a.nrrd"))
    sitk.WriteImage(mask, str(tmp_path / "a-mask.nrrd"))
    (tmp_path / "columns.toml").write_text(COLUMNS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def open_folder(folder: Path) -> Callable[..., Folder]:
    """A function that writes a manifest and a table, and opens the data set."""

    def open_dataset(manifest: str = MANIFEST, table: str = TABLE, **parameters: object) -> Folder:
        (folder / "cases.csv").write_text(manifest, encoding="utf-8")
        (folder / "clinical.csv").write_text(table, encoding="utf-8")
        return Folder(
            folder / "cases.csv", folder / "clinical.csv", folder / "columns.toml", **parameters
        )

    return open_dataset


@pytest.fixture
def refuse_folder(open_folder: Callable[..., Folder]) -> Callable[..., str]:
    """A function that opens the data set in vain and returns the message."""

    def refuse(manifest: str = MANIFEST, table: str = TABLE) -> str:
        with pytest.raises(UserError) as refusal:
            open_folder(manifest, table)
        return str(refusal.value)

    return refuse


@pytest.fixture
def read_volumes() -> Callable[[Folder], dict[str, str]]:
    """A function that returns the notes on each case's volume, or the message of its refusal."""

    def read(dataset: Folder) -> dict[str, str]:
        notes = {}
        for case in dataset.cases():
            assert case.volume is not None
            try:
                notes[case.id] = "; ".join(case.volume().notes)
            except UserError as error:
                notes[case.id] = str(error)
        return notes

    return read


@pytest.fixture(scope="session")
def manifest_text() -> str:
    """A manifest of three cases with the same image."""
    return MANIFEST


@pytest.fixture
def parse_columns() -> Callable[[str], Dictionary]:
    """Return a dictionary with a column of ids and the sections of a text."""

    def parse(text: str) -> Dictionary:
        return parse_dictionary(f'[columns.case]\nrole = "id"\n{text}', Path("columns.toml"))

    return parse


@pytest.fixture
def refuse_columns(parse_columns: Callable[[str], Dictionary]) -> Callable[[str], str]:
    """Return the message, on one line, that refuses a dictionary with the sections of a text."""

    def refuse(text: str) -> str:
        with pytest.raises(UserError) as refusal:
            parse_columns(text)
        assert "columns.toml" in str(refusal.value)
        assert "\n" not in str(refusal.value)
        return str(refusal.value)

    return refuse
