"""Clinical files: rows of `#`, ids and display names, shifted columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_cbioportal.clinical_file import find_attribute, read_clinical_file

from lnmbench import UserError

FILE = "data_clinical_patient.txt"
ReplaceText = Callable[[Path, str, str], None]


@pytest.mark.parametrize("comments", [0, 4])
def test_columns_are_found_by_id_or_display_name(
    write_study: Callable[..., Path], comments: int
) -> None:
    file = read_clinical_file(write_study(comments=comments) / FILE)
    assert find_attribute(file.attributes, "none", "PATH_N_STAGE") == 4
    assert find_attribute(file.attributes, "path n stage") == 4
    titled = find_attribute(file.attributes, "Lymph Node Stage")
    assert titled == (4 if comments else None)
    assert len(file.rows) == 5
    assert file.column(1) == ["61", "70", "", "55", "48"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("P2|70|", "P2|", "are shifted .row 7.: expected 10 cells, as in the header, got 9"),
        ("P2|70|", "P2||70|", "are shifted .row 7.: expected 10 cells, as in the header, got 11"),
        ("P2|70|FEMALE", "P2|FEMALE|70", "'AGE' of .* holds 'FEMALE' .row 7.: expected a number"),
        ("#1|", "1|", "rows that begin with #, then the ids of the columns, got 3 rows with #"),
        ("PATIENT_ID|", "#PATIENT_ID|", "is no clinical file of cBioPortal"),
        ("#Patient Identifier|", "#", "is broken .row 1.: expected 10 cells, as in the row of"),
        ("|GRADE|", "|SEX|", "column 'SEX' occurs more than once"),
    ],
)
def test_damaged_files_are_refused(
    write_study: Callable[..., Path], replace_text: ReplaceText, old: str, new: str, message: str
) -> None:
    path = write_study() / FILE
    replace_text(path, old, new)
    with pytest.raises(UserError, match=message):
        read_clinical_file(path).require_column("PATIENT_ID")


def test_a_file_without_patients_is_refused(write_study: Callable[..., Path]) -> None:
    with pytest.raises(UserError, match="is empty: expected at least one patient"):
        read_clinical_file(write_study([], None) / FILE)
    path = write_study([], None, name="cut") / FILE
    path.write_text("\n".join(path.read_text().splitlines()[:4]), encoding="utf-8")
    with pytest.raises(UserError, match="then the ids of the columns"):
        read_clinical_file(path)


def test_a_file_with_commas_is_refused(write_study: Callable[..., Path]) -> None:
    path = write_study(comments=0) / FILE
    path.write_text(path.read_text(encoding="utf-8").replace("\t", ","), encoding="utf-8")
    with pytest.raises(
        UserError,
        match="is no clinical file of cBioPortal: expected columns separated by tabs.*1 column",
    ):
        read_clinical_file(path).require_column("PATIENT_ID")
