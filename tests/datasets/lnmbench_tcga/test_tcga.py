"""TCGA: the two lung cancers, a small file, images by barcode."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import SimpleITK as sitk
from lnmbench_tcga.tcga import Tcga

from lnmbench import UserError

WriteBiotab = Callable[..., Path]
PATIENTS = (
    "u1 P1 MALE 61 WHITE Never [Unknown] N0 T1 No 05 Dead",
    "u2 P2 FEMALE [Unknown] ASIAN Smoker 20 N3a T4a No 05 Alive",
    "u3 P3 MALE 70 WHITE Smoker 5 NX TX No 44 Alive",
    "u4 P4 MALE 71 WHITE Smoker 5 N2 T2 Yes 44 Alive",
)
IMAGE_HEADER = (
    "bcr_patient_uuid bcr_patient_barcode ajcc_nodes_pathologic_pn ajcc_tumor_pathologic_pt "
    "history_neoadjuvant_treatment"
)


def test_luad_and_lusc_have_998_patients_with_both_stages(shared_data: Path) -> None:
    cases = list(Tcga(shared_data / "tcga").cases())
    known = [case for case in cases if case.values["pn"] and case.values["pt"]]
    assert len(known) == 998
    assert sum(case.values["pn"] != "N0" for case in known) == 346
    assert sum(case.values["pn"] in ("N2", "N3") for case in known) == 119


def test_a_small_file_from_end_to_end(tmp_path: Path, write_biotab: WriteBiotab) -> None:
    data = Tcga(write_biotab(tmp_path, *PATIENTS), "LUAD")
    cases = {case.id: case.values for case in data.cases()}
    assert list(cases) == ["P1", "P2", "P3"]
    assert cases["P1"]["pack_years"] == "0"
    assert (cases["P2"]["pn"], cases["P2"]["pt"], cases["P2"]["age"]) == ("N3", "T4a", "")
    assert (cases["P3"]["pn"], cases["P3"]["pt"]) == ("", "")
    by_name = {column.name: column for column in data.columns}
    assert by_name["pt"].categories == ("T1", "T4a")
    assert by_name["center"].role == "center"
    assert "site" not in by_name
    assert "vital_status" not in {name for values in cases.values() for name in values}


BARCODES = ("TCGA-05-4244", "TCGA-05-4249", "TCGA-05-4250")


@pytest.fixture
def tree(nbia: ModuleType, tmp_path: Path) -> Path:
    """The first patient with one SEG, the second with two, the third without a file."""
    mask = np.zeros((4, 16, 16), bool)
    mask[1:3, 4:9, 4:9] = True
    for number, patient in enumerate(BARCODES[:2], start=1):
        study = nbia.Study(
            patient=patient, number=number, description="CHEST", date="20000101", folder=tmp_path
        )
        hu = np.where(mask, 20, -800).astype(np.int16)
        frame = f"{study.uid}.9"
        source = nbia.write_series(study, 2, "AX", hu, (1.0, 1.0, 5.0), (0.0, 0.0, 0.0), frame)
        nbia.write_seg(study, 7, "tumor", source, mask, "Tumor")
        if number == 2:
            nbia.write_seg(study, 8, "shifted", source, np.roll(mask, 1, axis=0), "Tumor")
    rows = [IMAGE_HEADER, IMAGE_HEADER, " ".join(["CDE_ID:"] * 5)]
    rows += [f"u{i} {b} N{i} T{i + 1} No" for i, b in enumerate(BARCODES)]
    table = tmp_path / "nationwidechildrens.org_clinical_patient_luad.txt"
    table.write_text("\n".join("\t".join(row.split()) for row in rows) + "\n", encoding="latin-1")
    return tmp_path


def test_images_are_found_by_barcode(tree: Path) -> None:
    data = Tcga(tree, cancer="luad")
    one, two, none = data.cases()
    volume = one.volume()
    assert int(sitk.GetArrayFromImage(volume.mask).sum()) == 50
    with pytest.raises(UserError, match="marked more than once.*SEG series 7.*SEG series 8"):
        two.volume()
    with pytest.raises(UserError, match="no DICOM file of the patient"):
        none.volume()
    assert "2 of 3 patients have DICOM series, 2 with SEG or RTSTRUCT" in " ".join(data.notes)
    assert len(data.sources) == 1 + 2 * 4 + 3
    assert "images" in data.card.title


def test_the_region_is_chosen_by_series_and_name(tree: Path) -> None:
    _, two, _ = Tcga(tree, cancer="luad", region_series=8, region_name="tum*").cases()
    slices = np.flatnonzero(sitk.GetArrayFromImage(two.volume().mask).any(axis=(1, 2)))
    assert slices.tolist() == [2, 3]
    _, two, _ = Tcga(tree, cancer="luad", region_series=8, region_name="node").cases()
    with pytest.raises(UserError, match="no segment matches 'node'"):
        two.volume()


def test_images_are_asked_for_or_not(tree: Path, tmp_path: Path) -> None:
    assert all(c.volume is None for c in Tcga(tree, cancer="luad", images="no").cases())
    for file in tmp_path.rglob("*.dcm"):
        file.unlink()
    assert all(c.volume is None for c in Tcga(tree, cancer="luad").cases())
    with pytest.raises(UserError, match="no images of these patients"):
        Tcga(tree, cancer="luad", images="yes")
