"""The data set `nnunet`: volumes, masks and the rows of a table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import SimpleITK as sitk
from lnmbench_table.nnunet import Nnunet

from lnmbench import UserError
from lnmbench.testing import check_contract

ReadVolumes = Callable[[Nnunet], dict[str, str]]


@pytest.fixture
def open_nnunet(folder: Path) -> Callable[..., Nnunet]:
    """A function that writes two cases with a lung and a tumor, and opens the data set."""

    def open_dataset(table: str = "id,age,n1\na,61,0\nb,70,1\n", **parameters: str) -> Nnunet:
        image, mask = (sitk.ReadImage(str(folder / name)) for name in ("a.nrrd", "a-mask.nrrd"))
        for name in ("imagesTr", "labelsTr"):
            (folder / name).mkdir(exist_ok=True)
        for case in "ab":
            sitk.WriteImage(image, str(folder / "imagesTr" / f"{case}_0000.nii.gz"))
            sitk.WriteImage(mask * 2, str(folder / "labelsTr" / f"{case}.nii.gz"))
        labels = {"background": 0, "lung": 1, "tumor": 2}
        index = {"channel_names": {"0": "CT"}, "labels": labels, "file_ending": ".nii.gz"}
        (folder / "dataset.json").write_text(json.dumps(index), encoding="utf-8")
        (folder / "clinical.csv").write_text(table, encoding="utf-8")
        return Nnunet(folder, folder / "clinical.csv", folder / "columns.toml", **parameters)

    return open_dataset


def test_cases_have_the_voxels_of_the_label(
    open_nnunet: Callable[..., Nnunet], read_volumes: ReadVolumes, folder: Path
) -> None:
    dataset = open_nnunet()
    check_contract("dataset", dataset)
    assert [(case.id, case.values["age"]) for case in dataset.cases()] == [("a", "61"), ("b", "70")]
    assert set(read_volumes(dataset).values()) == {"tumor: label 2 of 1: 32 voxels"}
    assert dataset.notes == ("tumor: label 2 ('tumor') of 'lung' 1, 'tumor' 2",)
    assert {folder / "dataset.json", folder / "labelsTr" / "b.nii.gz"} <= set(dataset.sources)


def test_a_case_without_the_label_or_the_image_says_so(
    open_nnunet: Callable[..., Nnunet], read_volumes: ReadVolumes, folder: Path
) -> None:
    dataset = open_nnunet(region_name="lung")
    (folder / "imagesTr" / "b_0000.nii.gz").unlink()
    reasons = read_volumes(dataset)
    assert "no label matches '1'" in reasons["a"]
    assert reasons["b"].startswith("no image ")


def test_cases_of_one_side_are_counted(open_nnunet: Callable[..., Nnunet]) -> None:
    notes = open_nnunet("id,age,n1\na,61,0\nc,70,1\n").notes
    assert "1 of 2 cases of the folder labelsTr have no row in the clinical table" in notes[1]
    with pytest.raises(
        UserError, match="folder labelsTr and clinical table have no case in common"
    ):
        open_nnunet("id,age,n1\na_0000,61,0\n")
