"""The data set `folder`: a manifest of files joined with a clinical table."""

from __future__ import annotations

from collections.abc import Callable

from lnmbench_table.folder import Folder

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
