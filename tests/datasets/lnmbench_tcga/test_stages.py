"""Stages of TCGA: counts of the real files, merged subcategories, labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_tcga.tcga import Tcga

WriteBiotab = Callable[..., Path]
PATIENTS = (
    "u1 P1 MALE 61 WHITE Never [Unknown] N0 T1 No 05 Dead",
    "u2 P2 FEMALE [Unknown] ASIAN Smoker 20 N3a T4a No 05 Alive",
    "u3 P3 MALE 70 WHITE Smoker 5 NX TX No 44 Alive",
    "u4 P4 MALE 71 WHITE Smoker 5 N2 T2 Yes 44 Alive",
)


def stages(data: Tcga, name: str) -> Counter[object]:
    return Counter(case.values[name] for case in data.cases())


@pytest.mark.parametrize(
    ("cancer", "expected"),
    [
        ("luad", {"N0": 335, "N1": 98, "N2": 75, "N3": 2, "": 12}),
        ("lusc", {"N0": 320, "N1": 133, "N2": 40, "N3": 5, "": 6}),
        ("stad", {"N0": 132, "N1": 119, "N2": 86, "N3": 88, "": 18}),
    ],
)
def test_nodal_classes_of_the_files(
    shared_data: Path, cancer: str, expected: dict[str, int]
) -> None:
    data = Tcga(shared_data / "tcga", cancer=cancer, neoadjuvant=True)
    assert stages(data, "pn") == expected


def test_classes_of_other_organs_are_labeled_so(tmp_path: Path, write_biotab: WriteBiotab) -> None:
    patients = (PATIENTS[0].replace("T1", "T1b1"), PATIENTS[1].replace("T4a", "T2a2"))
    data = Tcga(write_biotab(tmp_path, *patients, cancer="cesc"), cancer="cesc")
    (tumor,) = (column for column in data.columns if column.name == "pt")
    assert (tumor.label, tumor.categories) == ("pt_names", ("T1b", "T2a"))
    assert "pt: subcategories are merged into their category: T1b1 1, T2a2 1" in data.notes
    lung = Tcga(write_biotab(tmp_path / "lung", *PATIENTS), cancer="luad")
    assert [column.label for column in lung.columns if column.name == "pt"] == ["pt"]
