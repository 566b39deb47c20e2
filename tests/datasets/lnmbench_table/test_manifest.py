"""Manifests: coordinates, patients, unknown columns, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_table.folder import Folder

OpenFolder = Callable[..., Folder]
RefuseFolder = Callable[..., str]
ReadVolumes = Callable[[Folder], dict[str, str]]


def test_coordinates_stand_for_a_region(
    folder: Path, open_folder: OpenFolder, read_volumes: ReadVolumes
) -> None:
    manifest = (
        "case,image,region,x_mm,y_mm,z_mm,radius_mm\n"
        "A,a.nrrd,,7,5.6,12,3\nB,a.nrrd,points.csv,,,,\nC,a.nrrd,,,,,\n"
    )
    (folder / "points.csv").write_text(
        "case,x1_voxel,y1_voxel,z1_voxel,x2_voxel,y2_voxel,z2_voxel\nB,2,2,2,4,4,2\n"
    )
    dataset = open_folder(manifest)
    said = read_volumes(dataset)
    assert "sphere of 3 mm around (7, 5.6, 12) mm" in said["A"]
    assert said["B"].endswith(": 9 voxels")
    assert "neither a region nor coordinates" in said["C"]
    assert folder / "points.csv" in dataset.sources


def test_patients_of_the_manifest_become_a_column(
    open_folder: OpenFolder, refuse_folder: RefuseFolder
) -> None:
    manifest = "case,patient,image,region\nA,P1,a.nrrd,a-mask.nrrd\nB,P1,a.nrrd,a-mask.nrrd\n"
    dataset = open_folder(manifest)
    assert dataset.columns[0].role == "patient"
    assert [case.values["patient"] for case in dataset.cases()] == ["P1", "P1", "C"]
    assert "no patient in column 'patient'" in refuse_folder(manifest.replace("B,P1", "B,"))


def test_columns_that_are_not_known_are_said(open_folder: OpenFolder) -> None:
    manifest = "case,image,region,Ward\nA,a.nrrd,a-mask.nrrd,1\n"
    assert open_folder(manifest, "id,age,n1\nA,61,0\n").notes == (
        "unused columns of the manifest: 'Ward'",
    )


def test_headers_in_any_case_are_known(open_folder: OpenFolder, read_volumes: ReadVolumes) -> None:
    manifest = "CASE,Image,region,Region-Name\nA,a.nrrd,a-mask.nrrd,7\n"
    dataset = open_folder(manifest, "id,age,n1\nA,61,0\n")
    assert dataset.notes == ()
    assert "no label matches '7'" in read_volumes(dataset)["A"]


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("case,region\nA,a.nrrd\n", "the manifest has no column 'image'"),
        ("case,image\nA,a.nrrd\n", "the manifest has no tumor regions"),
        ("case,image,region\nA,a.nrrd,\nA,a.nrrd,\n", "1 case occurs more than once"),
        ("case,image,region\n,a.nrrd,a.nrrd\n", "no case in column 'case'"),
        (
            "case,image,region,x_mm,y_mm,z_mm,radius_mm\nA,a.nrrd,a.nrrd,1,2,3,4\n",
            "the row has both a region and coordinates",
        ),
        ("case,image,image,region\nA,a,a,a\n", "header 'image' occurs 2 times"),
        ("case,image,Image,region\nA,a,a,a\n", "header 'image' occurs 2 times"),
        ("case,ct,region\nA,a,a\n", "no column 'image' .*; rename the column 'ct' to 'image'"),
        (
            "Fall,Bild,Maske\nA,a,a\n",
            "rename the columns 'Fall' to 'case', 'Bild' to 'image', 'Maske' to 'region'",
        ),
        ("Cas,影像,掩膜\nA,a,a\n", "'Cas' to 'case', '影像' to 'image', '掩膜' to 'region'"),
        ("case,image,Mask\nA,a,a\n", "no tumor regions.*rename the column 'Mask' to 'region'"),
        (
            "case,image,region,x_mm\n,a,a,\nB,a,,left\nC,a,,3\nC,a,a,\n",
            "4 errors in the manifest:\n  1. no case .*row 2.*\n  2. x_mm is not a number .*row 3"
            ".*\n  3. the location has no y_mm .*row 4.*\n  4. 1 case occurs more than once",
        ),
    ],
)
def test_a_wrong_manifest_is_refused(
    manifest: str, message: str, refuse_folder: RefuseFolder
) -> None:
    assert re.search(message, refuse_folder(manifest))
