"""Lung1: tables that are refused, tumors from RTSTRUCT or SEG."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import SimpleITK as sitk
from lnmbench_nsclc_radiomics.nsclc_radiomics import NsclcRadiomics

from lnmbench import UserError


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("LUNG1-002", "LUNG1-001", "1 patient id occurs more than once"),
        ("Clinical.N.Stage", "N", "no clinical table under"),
        (",2,3,0,", ",2,N3,0,", "'Clinical.N.Stage' holds 'N3'"),
        (",male,2165", ",m,2165", "column 'gender' holds 'm'"),
        ("78.7,", "", "is broken (row 2): expected 10 cells, got 9"),
    ],
)
def test_wrong_tables_are_refused(lung1: Path, old: str, new: str, message: str) -> None:
    (file,) = lung1.iterdir()
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        NsclcRadiomics(lung1)
    assert message in str(refusal.value)


@pytest.fixture
def tree(nbia: ModuleType, lung1: Path) -> Path:
    """Two patients with CT, RTSTRUCT and SEG; LUNG1-128 with an RTSTRUCT alone."""
    hu = np.full((6, 32, 32), -800, np.int16)
    mask = np.zeros(hu.shape, bool)
    mask[1:3, 13:19, 13:19] = True
    hu[mask] = 30
    for patient in ("LUNG1-001", "LUNG1-002", "LUNG1-128"):
        study = nbia.Study(
            patient=patient,
            number=1,
            description="StudyID",
            date="20080918",
            folder=lung1 / "NSCLC-Radiomics",
        )
        frame = f"{study.uid}.999"
        source = nbia.write_series(study, 0, "NA", hu, (1.0, 1.0, 3.0), (0.0, 0.0, 0.0), frame)
        squares = {"Lung-Left": 10.0, "GTV-1": 4.0}
        nbia.write_rtstruct(study, 3, "NA", source, squares, center=15.5, z_mm=(3.0, 6.0))
        if patient != "LUNG1-128":
            nbia.write_seg(study, 300, "Segmentation", source, mask, "Neoplasm, Primary")
    return lung1


def volumes(root: Path) -> dict[str, tuple[int, str]]:
    values = {}
    for case in NsclcRadiomics(root).cases():
        if case.id != "LUNG1-200":
            volume = case.volume()
            values[case.id] = (int(sitk.GetArrayFromImage(volume.mask).sum()), volume.notes[1])
    return values


def test_the_tumor_comes_from_the_structure_set(tree: Path) -> None:
    found = volumes(tree)
    assert set(found) == {"LUNG1-001", "LUNG1-002", "LUNG1-128"}
    assert {voxels for voxels, _ in found.values()} == {2 * 8 * 8}
    assert all("GTV-1" in message for _, message in found.values())
    assert "3 of 4 patients have DICOM series, 3 with RTSTRUCT, 2 with SEG" in " ".join(
        NsclcRadiomics(tree).notes
    )


def test_without_a_structure_set_the_segmentation_is_taken(tree: Path) -> None:
    for folder in [*tree.rglob("3.000000-*")]:
        shutil.rmtree(folder)
    cases = {case.id: case for case in NsclcRadiomics(tree).cases()}
    volume = cases["LUNG1-001"].volume()
    assert int(sitk.GetArrayFromImage(volume.mask).sum()) == 2 * 6 * 6
    assert "Neoplasm, Primary" in volume.notes[1]
    with pytest.raises(UserError, match="the tumor is not marked"):
        cases["LUNG1-128"].volume()
    with pytest.raises(UserError, match="no DICOM file of the patient"):
        cases["LUNG1-200"].volume()


def test_images_that_are_asked_for_must_be_there(lung1: Path) -> None:
    assert all(case.volume is None for case in NsclcRadiomics(lung1).cases())
    with pytest.raises(UserError, match="no images of NSCLC-Radiomics"):
        NsclcRadiomics(lung1, images="yes")
