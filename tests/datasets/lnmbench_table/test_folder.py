"""The data set `folder`: a manifest of files joined with a clinical table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_table.folder import Folder

from lnmbench import UserError
from lnmbench.imaging.geometry import to_patches
from lnmbench.records import Preprocessing
from lnmbench.testing import check_contract

OpenFolder = Callable[..., Folder]
ReadVolumes = Callable[[Folder], dict[str, str]]


def test_images_and_rows_are_joined_by_case(
    open_folder: OpenFolder, read_volumes: ReadVolumes
) -> None:
    dataset = open_folder(table="id,age,n1\nB,70,1\nA,61,0\nC,55,0\n")
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
    assert read_volumes(dataset)["A"] == "tumor: label 1 of 1: 32 voxels"
    assert dataset.notes == ()


def test_seed_points_are_spheres_of_the_radius(
    open_folder: OpenFolder, read_volumes: ReadVolumes, folder: Path
) -> None:
    # the voxel 10, 8, 3 of a grid with its origin at 0 and 0.7 × 0.7 × 5 mm
    (folder / "seeds.csv").write_text(
        "case,x,y,z,coordinate_system\nA,7,5.6,15,LPS\nB,-7,-5.6,15,RAS\nC,10,8,3,voxel\n"
        "D,-7,-5.6,15,LPS\n",
        encoding="utf-8",
    )
    manifest = "case,image,region\n" + "".join(f"{case},a.nrrd,seeds.csv\n" for case in "ABCD")
    table = "id,age,n1\nA,61,0\nB,70,1\nC,55,0\nD,50,0\n"
    notes = read_volumes(open_folder(manifest, table, radius_mm=2.0))
    assert notes["A"] == notes["B"] == notes["C"]
    # 0.7 mm pixels within 2 mm: 25 whose squared offset is at most 8
    assert notes["A"] == "tumor: sphere of 2 mm around (7, 5.6, 15) mm: 25 voxels"
    assert "if the coordinates are RAS, say so in the column coordinate_system" in notes["D"]


def test_a_radius_that_is_none_is_refused(open_folder: OpenFolder) -> None:
    for radius in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(UserError, match="radius of the points is not a length"):
            open_folder(radius_mm=radius)
