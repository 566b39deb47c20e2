"""Images joined with a clinical table: cases that only one of them has, spellings of ids."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lnmbench_table.folder import Folder

OpenFolder = Callable[..., Folder]
RefuseFolder = Callable[..., str]
ReadVolumes = Callable[[Folder], dict[str, str]]


def test_every_mismatch_is_counted_and_such_cases_say_why(
    open_folder: OpenFolder, read_volumes: ReadVolumes
) -> None:
    dataset = open_folder(table="id,age,n1\nA,61,0\nX,70,1\nY,55,0\n")
    assert list(dataset.notes) == [
        "2 of 3 cases of the manifest have no row in the clinical table and cannot be used: "
        "'B', 'C'",
        "2 of 3 cases of the clinical table have no row in the manifest and cannot be used: "
        "'X', 'Y'",
    ]
    said = read_volumes(dataset)
    assert list(said) == ["A", "B", "C", "X", "Y"]
    assert said["B"] == "the clinical table has no row for this case"
    assert said["X"] == "the manifest has no row for this case"


def test_ids_that_differ_only_in_spelling_are_said(
    open_folder: OpenFolder, manifest_text: str
) -> None:
    manifest = manifest_text.replace("A,", "pat-Smith-00,").replace("B,", "pat 01,")
    dataset = open_folder(manifest, "id,age,n1\nPAT-SMITH-00,61,0\npat01,70,1\nC,55,0\n")
    assert dataset.notes[-1] == (
        "2 ids differ only in spelling, e.g. 'pat-Smith-00' in the manifest and 'PAT-SMITH-00' in "
        "the clinical table (case): spell them alike"
    )


def test_no_case_in_common_is_refused_with_both_spellings(refuse_folder: RefuseFolder) -> None:
    message = refuse_folder(table="id,age,n1\n001,61,0\n")
    assert "no case in common" in message
    assert "'A' and '001'" in message


@pytest.mark.parametrize(
    ("case", "cause"),
    [("7", "leading zeros"), ("007.0", "decimals that a spreadsheet added"), ("00 7", "blanks")],
)
def test_ids_of_other_spelling_are_refused_with_the_cause(
    open_folder: OpenFolder,
    refuse_folder: RefuseFolder,
    read_volumes: ReadVolumes,
    case: str,
    cause: str,
) -> None:
    row = f"{case},a.nrrd,a-mask.nrrd\n"
    message = refuse_folder(f"case,image,region\n{row}", "id,age,n1\n007,61,0\n")
    assert f"which differ in {cause}" in message
    manifest = f"case,image,region\nA,a.nrrd,a-mask.nrrd\n{row}"
    dataset = open_folder(manifest, "id,age,n1\nA,61,0\n007,1,1\n")
    assert f"({cause}): spell them alike" in dataset.notes[-1]
    assert read_volumes(dataset)[case].endswith("it has one for '007': spell them alike")


def test_accents_of_ids_are_one_in_both_forms(open_folder: OpenFolder) -> None:
    manifest = "case,image,region\nBe\u0301,a.nrrd,a-mask.nrrd\n"
    dataset = open_folder(manifest, "id,age,n1\nB\u00e9,61,0\n")
    assert [(case.id, case.values["age"]) for case in dataset.cases()] == [("B\u00e9", "61")]
    assert dataset.notes == ()
