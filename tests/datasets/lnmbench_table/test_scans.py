"""Images and regions of a case: missing files, region names, sources, real images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import SimpleITK as sitk
from lnmbench_table.folder import Folder

from lnmbench import UserError

OpenFolder = Callable[..., Folder]
ReadVolumes = Callable[[Folder], dict[str, str]]


def test_files_that_are_not_there_are_the_fault_of_their_case_alone(
    folder: Path, open_folder: OpenFolder, read_volumes: ReadVolumes
) -> None:
    manifest = (
        "case,image,region\nA,absent.nii.gz,a-mask.nrrd\nB,a.nrrd,absent.dcm\nC,,a-mask.nrrd\n"
    )
    said = read_volumes(open_folder(manifest))
    assert said["A"] == f"no image {folder / 'absent.nii.gz'}; check the path"
    assert said["B"] == f"no region file {folder / 'absent.dcm'}; check the path"
    assert said["C"] == f"the manifest has no image for this case ({folder / 'cases.csv'}, row 4)"


def test_the_rows_own_region_name_goes_before_the_one_for_all(
    folder: Path, open_folder: OpenFolder, read_volumes: ReadVolumes
) -> None:
    mask = sitk.ReadImage(folder / "a-mask.nrrd")
    mask[0, 0, 0] = 2
    sitk.WriteImage(mask, str(folder / "a-mask.nrrd"))
    manifest = "case,image,region,region_name\nA,a.nrrd,a-mask.nrrd,2\nB,a.nrrd,a-mask.nrrd,\n"
    said = read_volumes(open_folder(manifest, region_name="1"))
    assert said["A"] == "tumor: label 2 of 2: 1 voxel"
    assert said["B"] == "tumor: label 1 of 2: 32 voxels"
    assert "2 labels, none of them selected" in read_volumes(open_folder(manifest))["B"]


def test_every_file_that_is_read_counts_as_a_source(folder: Path, open_folder: OpenFolder) -> None:
    series = folder / "series" / "inner"
    series.mkdir(parents=True)
    (series / "1").write_bytes(b"x")
    manifest = "case,image,region\nA,series,a-mask.nrrd\nB,a.nrrd,absent.nrrd\n"
    assert set(open_folder(manifest).sources) == {
        *(folder / name for name in ("cases.csv", "clinical.csv", "columns.toml")),
        *(folder / name for name in ("a.nrrd", "a-mask.nrrd")),
        series / "1",
    }


def test_real_images_of_every_kind_are_read(
    shared_data: Path, open_folder: OpenFolder, read_volumes: ReadVolumes
) -> None:
    manifest = (
        "case,image,region,region_name\n"
        f"A,{shared_data}/dicom/liver,{shared_data}/dicom/liver/liver_seg.dcm,liv*\n"
        f"B,{shared_data}/dicom/rtstruct,{shared_data}/dicom/rtstruct/rt.dcm,\n"
        f"C,{shared_data}/ct/lung1_image.nrrd,{shared_data}/ct/lung1_label.nrrd,\n"
    )
    said = read_volumes(open_folder(manifest))
    assert "which the segmentation references" in said["A"]
    assert said["A"].endswith("tumor: segment 1 'Liver' of 1: 107098 voxels")
    assert said["B"].endswith("tumor: ROI 1 'ROI-1' of 1: 2 contours, 1443 voxels")
    assert said["C"] == "tumor: label 1 of 1: 837 voxels"


def test_the_data_files_of_a_header_are_sources(folder: Path, open_folder: OpenFolder) -> None:
    image = sitk.ReadImage(folder / "a.nrrd")
    for name in ("ct.mhd", "ct.nhdr"):
        sitk.WriteImage(image, str(folder / name))
        (folder / "ct.raw").rename(folder / f"{name}.bin")
        header = (folder / name).read_text(encoding="utf-8").replace("ct.raw", f"{name}.bin")
        (folder / name).write_text(header, encoding="utf-8")
    (folder / "secret").write_bytes(b"x")
    escaping = (folder / "ct.mhd").read_text(encoding="utf-8").replace("ct.mhd.bin", "../secret")
    (folder / "below").mkdir()
    (folder / "below" / "ct.mhd").write_text(escaping, encoding="utf-8")
    manifest = "case,image,region\nA,ct.mhd,a-mask.nrrd\nB,ct.nhdr,below/ct.mhd\n"
    names = [path.name for path in open_folder(manifest).sources]
    assert {"ct.mhd", "ct.mhd.bin", "ct.nhdr", "ct.nhdr.bin", "a-mask.nrrd"} <= set(names)
    assert "secret" not in names


def test_an_image_is_read_without_a_region(folder: Path, open_folder: OpenFolder) -> None:
    manifest = "case,image,region\nA,a.nrrd,\n"
    (case, *_) = open_folder(manifest).cases()
    assert case.volume is not None
    with pytest.raises(UserError, match="neither a region nor coordinates.*--region none"):
        case.volume()
    assert case.scan is not None
    scan = case.scan()
    image = sitk.ReadImage(folder / "a.nrrd")
    assert scan.image.GetSize() == scan.mask.GetSize() == image.GetSize()
    assert not sitk.GetArrayViewFromImage(scan.mask).any()
    (case, *_) = open_folder("case,image,region\nA,a.nrrd,absent.nrrd\nB,,a-mask.nrrd\n").cases()
    assert case.scan is not None
    assert case.scan().image.GetSize() == image.GetSize()


def test_the_scan_is_the_series_to_which_the_region_belongs(
    shared_data: Path, open_folder: OpenFolder
) -> None:
    manifest = (
        "case,image,region,region_name\n"
        f"A,{shared_data}/dicom/liver,{shared_data}/dicom/liver/liver_seg.dcm,liv*\n"
    )
    (case, *_) = open_folder(manifest).cases()
    assert case.volume is not None
    assert case.scan is not None
    volume, scan = case.volume(), case.scan()
    assert scan.image.GetOrigin() == volume.image.GetOrigin()
    assert (
        sitk.GetArrayViewFromImage(scan.image) == sitk.GetArrayViewFromImage(volume.image)
    ).all()
    assert scan.identity == volume.identity
