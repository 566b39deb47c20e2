"""One sample of each patient: the primary tumor, the first of several."""

from __future__ import annotations

from pathlib import Path

import pytest
from lnmbench_cbioportal.clinical_file import Attribute, ClinicalFile
from lnmbench_cbioportal.samples import choose_samples

from lnmbench import UserError

OWNERS = ("A", "A", "B", "C", "C")


def make_file(types: tuple[str, ...] | None) -> ClinicalFile:
    name = "SAMPLE_TYPE" if types else "OTHER"
    return ClinicalFile(
        path=Path("s.txt"),
        attributes=(Attribute(id=name, title=""),),
        rows=tuple((cell,) for cell in types or "abcde"),
    )


@pytest.mark.parametrize(
    ("types", "indices"),
    [
        (("Metastasis", "Primary", "Primary", "Primary", "Primary"), (1, 2, 3)),
        (("", "primary", "Recurrence", "Primary Solid Tumor", ""), (1, 3)),
        (("", "", "Primary", "Metastasis", "Recurrence"), (0, 2)),
        (("", "", "", "", ""), (0, 2, 3)),
        (None, (0, 2, 3)),
    ],
)
def test_the_primary_tumor_is_chosen(
    types: tuple[str, ...] | None, indices: tuple[int, ...]
) -> None:
    assert choose_samples(make_file(types), OWNERS).indices == indices


def test_notes_count_the_others() -> None:
    file = make_file(("Metastasis", "Primary", "Recurrence", "Primary", "Primary"))
    assert choose_samples(file, OWNERS).notes == (
        "2 patients have more than one sample: the first sample of the primary tumor of each is "
        "used",
        "1 patient has no sample of the primary tumor, but of a metastasis or recurrence: left out",
    )
    assert choose_samples(make_file(None), "ABCDE").notes == ()


def test_a_study_of_metastases_is_refused() -> None:
    with pytest.raises(UserError, match="no sample of the study is a primary tumor.*'Metastasis'"):
        choose_samples(make_file(("Metastasis",) * 5), OWNERS)
