"""The card of TCGA and its notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lnmbench_tcga.tcga import Tcga

WriteBiotab = Callable[..., Path]
PATIENTS = (
    "u1 P1 MALE 61 WHITE Never [Unknown] N0 T1 No 05 Dead",
    "u2 P2 FEMALE [Unknown] ASIAN Smoker 20 N3a T4a No 05 Alive",
    "u3 P3 MALE 70 WHITE Smoker 5 NX TX No 44 Alive",
    "u4 P4 MALE 71 WHITE Smoker 5 N2 T2 Yes 44 Alive",
)


def test_notes_say_what_was_left_out_and_collapsed(shared_data: Path) -> None:
    assert "10 of 1026 patients" in " ".join(Tcga(shared_data / "tcga").notes)
    notes = " ".join(Tcga(shared_data / "tcga", cancer="stad").notes)
    assert "N3a 49, N3b 7" in notes
    assert "NX 17, [Discrepancy] 1" in notes


def test_n3_is_called_rare_for_lung_alone(tmp_path: Path, write_biotab: WriteBiotab) -> None:
    lung = Tcga(write_biotab(tmp_path, *PATIENTS), cancer="luad").card
    stomach = Tcga(write_biotab(tmp_path, *PATIENTS, cancer="stad"), cancer="stad").card
    assert "N3 is rare" in " ".join(lung.notes)
    assert "N3 is rare" not in " ".join(stomach.notes)
    assert stomach.notes[-1] == "Surgical series: patients without surgery are not included."
