"""Damaged or unsuitable manifests, and files that a manifest names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import SimpleITK as sitk
from lnmbench_table.folder import Folder
from lnmbench_table.nnunet import Nnunet

_COLUMNS = """
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
_TABLE = "id,age,n1\nA,61,0\nB,70,1\n"
_HEAD = "case,image,region\n"


def _made(folder: Path) -> None:
    image = sitk.Image(12, 10, 6, sitk.sitkInt16) - 800
    mask = sitk.Image(12, 10, 6, sitk.sitkUInt8)
    mask.CopyInformation(image)
    mask[4:8, 3:6, 2:4] = 1
    sitk.WriteImage(image, str(folder / "a.nrrd"))
    sitk.WriteImage(mask, str(folder / "mask.nrrd"))
    (folder / "columns.toml").write_text(_COLUMNS, encoding="utf-8")


def _opened(manifest: str, table: str = _TABLE) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        _made(folder)
        (folder / "cases.csv").write_text(manifest, encoding="utf-8")
        (folder / "clinical.csv").write_text(table, encoding="utf-8")
        return Folder(folder / "cases.csv", folder / "clinical.csv", folder / "columns.toml")

    return read


def _first(manifest: str, table: str = _TABLE, points: str = "") -> Callable[[Path], object]:
    """Return a function that reads the images of the first case."""

    def read(folder: Path) -> object:
        (folder / "empty").mkdir()
        (folder / "notes.txt").write_text("none", encoding="utf-8")
        if points:
            (folder / "points.csv").write_text(points, encoding="utf-8")
        dataset = _opened(manifest, table)(folder)
        assert isinstance(dataset, Folder)
        case = next(dataset.cases())
        assert case.volume is not None
        return case.volume()

    return read


def _nnunet(index: str, file: str = "a_0000.nii.gz") -> Callable[[Path], object]:
    """Return a function that writes a data set of nnU-Net and reads its first case."""

    def read(folder: Path) -> object:
        _made(folder)
        for name, source, target in (("imagesTr", "a", file), ("labelsTr", "mask", "a.nii.gz")):
            (folder / name).mkdir()
            image = sitk.ReadImage(str(folder / f"{source}.nrrd"))
            image.SetSpacing((0.7, 0.7, 5.0))
            sitk.WriteImage(image, str(folder / name / target))
        (folder / "dataset.json").write_text(index, encoding="utf-8")
        (folder / "clinical.csv").write_text("id,age,n1\na,61,0\n", encoding="utf-8")
        dataset = Nnunet(folder, folder / "clinical.csv", folder / "columns.toml")
        case = next(dataset.cases())
        assert case.volume is not None
        return case.volume()

    return read


_CT = '{"channel_names": {"0": "CT"}, "labels": {"background": 0, %s}}'

KINDS: dict[str, Callable[[Path], object]] = {
    "nnU-Net: an MR data set": _nnunet(_CT.replace("CT", "T2") % '"tumor": 1'),
    "nnU-Net: two labels that can be the tumor": _nnunet(_CT % '"lesion": 1, "nodule": 2'),
    "nnU-Net: a region of several labels": _nnunet(_CT % '"tumor": [1, 2], "core": 2'),
    "nnU-Net: a mask without the label": _nnunet(_CT % '"lung": 1, "tumor": 2'),
    "nnU-Net: a truncated dataset.json": _nnunet(_CT[:40]),
    "nnU-Net: an image without its channel": _nnunet(_CT % '"tumor": 1', "a_0001.nii.gz"),
    "no column of images": _opened("case,region\nA,mask.nrrd\n"),
    "neither regions nor coordinates": _opened("case,image\nA,a.nrrd\n"),
    "a row without a case": _opened(_HEAD + ",a.nrrd,mask.nrrd\n"),
    "a repeated case": _opened(_HEAD + "A,a.nrrd,mask.nrrd\nA,a.nrrd,mask.nrrd\n"),
    "a row without its patient": _opened("case,patient,image,region\nA,,a.nrrd,mask.nrrd\n"),
    "a row that lacks a cell": _opened(_HEAD + "A,a.nrrd\n"),
    "both a region and a point": _opened(
        "case,image,region,x_mm,y_mm,z_mm,radius_mm\nA,a.nrrd,mask.nrrd,1,2,3,4\n"
    ),
    "manifest and table spell cases differently": _opened(
        _HEAD + "001,a.nrrd,mask.nrrd\n", _TABLE.replace("A,", "R01-001,")
    ),
    "a header of another word": _opened("case,ct,region\nA,a.nrrd,mask.nrrd\n"),
    "ids that lost their zeros": _opened(
        _HEAD + "7,a.nrrd,mask.nrrd\n", _TABLE.replace("A,", "007,")
    ),
    "a path of Windows": _first(_HEAD + "A,D:\\ct\\a.nrrd,mask.nrrd\n"),
    "a case that the table lacks": _first(_HEAD + "X,a.nrrd,mask.nrrd\nA,a.nrrd,mask.nrrd\n"),
    "no image": _first(_HEAD + "A,,mask.nrrd\n"),
    "no region": _first(_HEAD + "A,a.nrrd,\n"),
    "a missing image": _first(_HEAD + "A,absent.nii.gz,mask.nrrd\n"),
    "a missing region": _first(_HEAD + "A,a.nrrd,absent.dcm\n"),
    "an image folder without images": _first(_HEAD + "A,empty,mask.nrrd\n"),
    "an image that is a text file": _first(_HEAD + "A,notes.txt,mask.nrrd\n"),
    "a case that the table of points lacks": _first(
        _HEAD + "A,a.nrrd,points.csv\n", points="case,x_mm,y_mm,z_mm,radius_mm\nB,1,2,3,4\n"
    ),
}
_INGEST = ("data", "ingest", "folder:manifest=cases.csv,table=clinical.csv,columns=columns.toml")
COMMANDS: dict[str, tuple[str, ...]] = {
    "no column of images": _INGEST,
    "manifest and table spell cases differently": _INGEST,
}
