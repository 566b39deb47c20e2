"""Folders of nnU-Net: cases by their label files, the file of the CT channel, what is unused."""

from __future__ import annotations

from pathlib import Path

import pytest
from lnmbench_table.nnunet_folder import find_index, list_cases
from lnmbench_table.nnunet_index import NnunetIndex

from lnmbench import UserError


def make(root: Path, *files: str, channels: int = 1, training: int | None = None) -> NnunetIndex:
    for name in ("imagesTr", "labelsTr"):
        (root / name).mkdir(exist_ok=True)
    for file in files:
        (root / file).touch()
    return NnunetIndex(
        path=root / "dataset.json",
        channels={0: "CT", 1: "PET"} if channels > 1 else {0: "CT"},
        labels={"tumor": (1,)},
        ending=".nii.gz",
        training=training,
    )


def test_a_case_is_a_label_file_with_the_image_of_the_ct_channel(tmp_path: Path) -> None:
    files = [f"imagesTr/a_{channel}.nii.gz" for channel in ("0000", "0001")]
    index = make(tmp_path, *files, "labelsTr/a.nii.gz", "labelsTr/._a.nii.gz", channels=2)
    manifest = list_cases(index, 1)
    (entry,) = manifest.entries
    assert (entry.case, entry.region_name) == ("a", "1")
    assert entry.image == tmp_path / "imagesTr" / "a_0000.nii.gz"
    assert entry.region == tmp_path / "labelsTr" / "a.nii.gz"
    assert manifest.notes == ("channels that are not used: 0001 ('PET')",)


def test_images_of_the_decathlon_have_no_channel(tmp_path: Path) -> None:
    files = ["imagesTr/lung_0001.nii.gz", "labelsTr/lung_0001.nii.gz", "imagesTr/lung_0002.nii.gz"]
    manifest = list_cases(make(tmp_path, *files, training=3), 1)
    assert [entry.image for entry in manifest.entries] == [tmp_path / files[0]]
    assert "dataset.json says 3 training cases, labelsTr has 1" in manifest.notes


def test_images_without_a_label_are_counted(tmp_path: Path) -> None:
    files = ["imagesTr/a_0000.nii.gz", "labelsTr/a.nii.gz", "imagesTr/b_0000.nii.gz"]
    (tmp_path / "imagesTs").mkdir()
    assert list_cases(make(tmp_path, *files), 1).notes == (
        "1 case of imagesTr without a label file: not used",
        "imagesTs has no labels and is not used",
    )


def test_folders_that_lack_are_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no dataset.json in .*; give its folder as root"):
        find_index(tmp_path)
    with pytest.raises(UserError, match="no folder .*nowhere; check the path"):
        find_index(tmp_path / "nowhere")
    (tmp_path / "Dataset501_Lung").mkdir()
    (tmp_path / "Dataset501_Lung" / "dataset.json").touch()
    with pytest.raises(UserError, match="give Dataset501_Lung in it as root"):
        find_index(tmp_path)
    inner = tmp_path / "Dataset501_Lung" / "dataset.json"
    assert find_index(inner) == find_index(inner.parent) == inner
    index = make(tmp_path)
    with pytest.raises(UserError, match="no label file in .*labelsTr: expected CASE.nii.gz"):
        list_cases(index, 1)
    (tmp_path / "labelsTr").rmdir()
    with pytest.raises(UserError, match="no folder .*labelsTr: expected imagesTr and labelsTr"):
        list_cases(index, 1)
