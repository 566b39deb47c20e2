"""The folder data set: a manifest of files joined with a clinical table."""

from __future__ import annotations

from pathlib import Path

import pytest
import SimpleITK as sitk
from lnmbench_table.folder import Folder

from lnmbench import UserError
from lnmbench.imaging.geometry import to_patches
from lnmbench.records import Preprocessing
from lnmbench.testing import check_contract

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


def opened(folder: Path, manifest: str = MANIFEST, table: str = TABLE, **more: str) -> Folder:
    (folder / "cases.csv").write_text(manifest, encoding="utf-8")
    (folder / "clinical.csv").write_text(table, encoding="utf-8")
    return Folder(folder / "cases.csv", folder / "clinical.csv", folder / "columns.toml", **more)


def refused(folder: Path, manifest: str = MANIFEST, table: str = TABLE) -> str:
    with pytest.raises(UserError) as refusal:
        opened(folder, manifest, table)
    return str(refusal.value)


def volumes(dataset: Folder) -> dict[str, str]:
    """What each case's volume says was found, or why there is none."""
    said = {}
    for case in dataset.cases():
        assert case.volume is not None
        try:
            said[case.id] = "; ".join(case.volume().notes)
        except UserError as error:
            said[case.id] = str(error)
    return said


def test_images_and_rows_are_joined_by_case(folder: Path) -> None:
    dataset = opened(folder, table="id,age,n1\nB,70,1\nA,61,0\nC,55,0\n")
    check_contract("dataset", dataset)
    cases = list(dataset.cases())
    assert [(case.id, case.values["age"]) for case in cases] == [
        ("A", "61"),
        ("B", "70"),
        ("C", "55"),
    ]
    assert cases[0].volume is not None
    patches = to_patches(cases[0].volume(), Preprocessing(patch=16))
    assert patches.masks.sum(axis=(1, 2)).tolist() == [16, 16]
    assert volumes(dataset)["A"] == "tumor: label 1 of 1: 32 voxels"
    assert dataset.notes == ()


def test_every_mismatch_is_counted_and_such_cases_say_why(folder: Path) -> None:
    dataset = opened(folder, table="id,age,n1\nA,61,0\nX,70,1\nY,55,0\n")
    assert list(dataset.notes) == [
        "2 of 3 cases of the manifest have no row in the clinical table and cannot be used: "
        "'B', 'C'",
        "2 of 3 cases of the clinical table have no row in the manifest and cannot be used: "
        "'X', 'Y'",
    ]
    said = volumes(dataset)
    assert list(said) == ["A", "B", "C", "X", "Y"]
    assert said["B"] == "the clinical table has no row for this case"
    assert said["X"] == "the manifest has no row for this case"


def test_ids_that_differ_only_in_spelling_are_said(folder: Path) -> None:
    manifest = MANIFEST.replace("A,", "pat-Smith-00,").replace("B,", "pat 01,")
    dataset = opened(folder, manifest, "id,age,n1\nPAT-SMITH-00,61,0\npat01,70,1\nC,55,0\n")
    assert dataset.notes[-1] == (
        "2 ids differ only in spelling, e.g. 'pat-Smith-00' in the manifest and 'PAT-SMITH-00' in "
        "the clinical table: spell them alike"
    )


def test_no_case_in_common_is_refused_with_both_spellings(folder: Path) -> None:
    message = refused(folder, table="id,age,n1\n001,61,0\n")
    assert "no case in common" in message
    assert "'A' and '001'" in message


def test_files_that_are_not_there_are_the_fault_of_their_case_alone(folder: Path) -> None:
    manifest = (
        "case,image,region\nA,absent.nii.gz,a-mask.nrrd\nB,a.nrrd,absent.dcm\nC,,a-mask.nrrd\n"
    )
    said = volumes(opened(folder, manifest))
    assert said["A"] == f"there is no image {folder / 'absent.nii.gz'}"
    assert said["B"] == f"there is no region file {folder / 'absent.dcm'}"
    assert said["C"] == f"the manifest names no image ({folder / 'cases.csv'}, row 4)"


def test_coordinates_stand_for_a_region(folder: Path) -> None:
    manifest = (
        "case,image,region,x_mm,y_mm,z_mm,radius_mm\n"
        "A,a.nrrd,,7,5.6,12,3\nB,a.nrrd,points.csv,,,,\nC,a.nrrd,,,,,\n"
    )
    (folder / "points.csv").write_text(
        "case,x1_voxel,y1_voxel,z1_voxel,x2_voxel,y2_voxel,z2_voxel\nB,2,2,2,4,4,2\n"
    )
    dataset = opened(folder, manifest)
    said = volumes(dataset)
    assert "sphere of 3 mm around (7, 5.6, 12) mm" in said["A"]
    assert said["B"].endswith(": 9 voxels")
    assert "no region and no coordinates" in said["C"]
    assert folder / "points.csv" in dataset.sources


def test_the_rows_own_region_name_goes_before_the_one_for_all(folder: Path) -> None:
    mask = sitk.ReadImage(folder / "a-mask.nrrd")
    mask[0, 0, 0] = 2
    sitk.WriteImage(mask, str(folder / "a-mask.nrrd"))
    manifest = "case,image,region,region_name\nA,a.nrrd,a-mask.nrrd,2\nB,a.nrrd,a-mask.nrrd,\n"
    said = volumes(opened(folder, manifest, region_name="1"))
    assert said["A"] == "tumor: label 2 of 2: 1 voxel"
    assert said["B"] == "tumor: label 1 of 2: 32 voxels"
    assert "2 labels and none is named" in volumes(opened(folder, manifest))["B"]


def test_patients_of_the_manifest_become_a_column(folder: Path) -> None:
    manifest = "case,patient,image,region\nA,P1,a.nrrd,a-mask.nrrd\nB,P1,a.nrrd,a-mask.nrrd\n"
    dataset = opened(folder, manifest)
    assert dataset.columns[0].role == "patient"
    assert [case.values["patient"] for case in dataset.cases()] == ["P1", "P1", "C"]
    assert "no patient in column 'patient'" in refused(folder, manifest.replace("B,P1", "B,"))


def test_every_file_that_is_read_counts_as_a_source(folder: Path) -> None:
    series = folder / "series" / "inner"
    series.mkdir(parents=True)
    (series / "1").write_bytes(b"x")
    manifest = "case,image,region\nA,series,a-mask.nrrd\nB,a.nrrd,absent.nrrd\n"
    assert set(opened(folder, manifest).sources) == {
        *(folder / name for name in ("cases.csv", "clinical.csv", "columns.toml")),
        *(folder / name for name in ("a.nrrd", "a-mask.nrrd")),
        series / "1",
    }


def test_columns_that_are_not_known_are_said(folder: Path) -> None:
    manifest = "case,image,region,Region_Name\nA,a.nrrd,a-mask.nrrd,1\n"
    assert opened(folder, manifest, "id,age,n1\nA,61,0\n").notes == (
        "columns of the manifest that are not used: 'Region_Name'",
    )


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("case,region\nA,a.nrrd\n", "the manifest has no column 'image'"),
        ("case,image\nA,a.nrrd\n", "does not say where the tumors are"),
        ("case,image,region\nA,a.nrrd,\nA,a.nrrd,\n", "1 case occurs more than once"),
        ("case,image,region\n,a.nrrd,a.nrrd\n", "no case in column 'case'"),
        (
            "case,image,region,x_mm,y_mm,z_mm,radius_mm\nA,a.nrrd,a.nrrd,1,2,3,4\n",
            "the row gives both a region and coordinates",
        ),
        ("case,image,image,region\nA,a,a,a\n", "the header 'image' stands 2 times"),
    ],
)
def test_a_wrong_manifest_is_refused(folder: Path, manifest: str, message: str) -> None:
    assert message in refused(folder, manifest)


def test_real_images_of_every_kind_are_read(shared_data: Path, folder: Path) -> None:
    manifest = (
        "case,image,region,region_name\n"
        f"A,{shared_data}/dicom/liver,{shared_data}/dicom/liver/liver_seg.dcm,liv*\n"
        f"B,{shared_data}/dicom/rtstruct,{shared_data}/dicom/rtstruct/rt.dcm,\n"
        f"C,{shared_data}/ct/lung1_image.nrrd,{shared_data}/ct/lung1_label.nrrd,\n"
    )
    said = volumes(opened(folder, manifest))
    assert "which the segmentation references" in said["A"]
    assert said["A"].endswith("tumor: segment 1 'Liver' of 1: 107098 voxels")
    assert said["B"].endswith("tumor: ROI 1 'ROI-1' of 1: 2 contours, 1443 voxels")
    assert said["C"] == "tumor: label 1 of 1: 837 voxels"
