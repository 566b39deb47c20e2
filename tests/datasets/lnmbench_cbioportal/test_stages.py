"""Stages of a study: names of columns, spellings, cells that are no stage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_cbioportal.cbioportal import Cbioportal

from lnmbench import UserError

WriteStudy = Callable[..., Path]
ReplaceText = Callable[[Path, str, str], None]
FILE = "data_clinical_patient.txt"


def test_subcategories_are_merged_and_said(write_study: WriteStudy) -> None:
    notes = Cbioportal(write_study()).notes
    assert "pn: N0 2, N1 1, NX 1, empty 0 (PATH_N_STAGE)" in notes
    merged = "N0 (I+) 1, N0 (I-) 1, N1MI 1"
    assert f"pn: subcategories are merged into their category: {merged}" in notes
    assert "pt: T1b 2, T4d 1, TX 1, empty 0 (PATH_T_STAGE)" in notes


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("N1MI", "Male", "'PATH_N_STAGE' holds 'Male' .patient 'P2'.*if the columns are shifted"),
        ("N1MI", "cN1", "'PATH_N_STAGE' holds 'cN1'"),
        ("|T1B|", "|N1|", "'PATH_T_STAGE' holds 'N1'"),
        ("|N1|G3", "|pN1|G3", "'CLIN_N_STAGE' holds 'pN1'"),
        ("|T1B|", "|yT2|", "1 patient has a pathological T stage after neoadjuvant therapy"),
    ],
)
def test_cells_that_are_no_stage_are_refused(
    write_study: WriteStudy, replace_text: ReplaceText, old: str, new: str, message: str
) -> None:
    folder = write_study()
    replace_text(folder / FILE, old, new)
    with pytest.raises(UserError, match=message):
        Cbioportal(folder)


def test_stages_of_other_organs_are_labeled_so(
    write_study: WriteStudy, replace_text: ReplaceText
) -> None:
    folder = write_study()
    replace_text(folder / "data_clinical_sample.txt", "|LUSC|", "|PAAD|")
    labels = {column.name: column.label for column in Cbioportal(folder).columns}
    assert (labels["pt"], labels["cn"]) == ("pt_names", "cn")
    alone = Cbioportal(write_study(samples=None, name="alone"))
    assert {column.name: column.label for column in alone.columns}["pt"] == "pt_names"
