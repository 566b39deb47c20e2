"""Radiomics in a cohort file against those of MIRP, called by hand on the files of the images.

    python benchmarks/radiomics_by_hand.py IMAGE MASK

ingests a CT and its tumor mask twice, with the default settings of `radiomics` and with
`margin_mm=none`, reads the features from the cohort files, and compares them by family with
those that MIRP computes from the files: cropped around the tumor, and whole. To show how much
features depend on the grid alone, it compares those of the whole CT with those of the CT without
its last slice, row and column, too.
"""

from __future__ import annotations

import argparse
import logging
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from lnmbench_radiomics.settings import FAMILIES, family_of

from lnmbench.progress import make_progress
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, ingest
from lnmbench.store.cohort_file import read_cohort

Features = Mapping[str, float]

DICTIONARY = """
[columns.case]
role = "id"
[columns.nodes]
role = "target"
kind = "ordinal"
label = "pn"
categories = ["N0", "N1"]
"""
MARGIN_MM = 20.0


def extract_at_ingest(image: Path, mask: Path, folder: Path, **parameters: object) -> Features:
    """Return the features of a cohort file with this case alone, by their names in MIRP."""
    (folder / "cases.csv").write_text(f"case,image,region\nA,{image},{mask}\n", encoding="utf-8")
    (folder / "clinical.csv").write_text("case,nodes\nA,N1\n", encoding="utf-8")
    (folder / "columns.toml").write_text(DICTIONARY, encoding="utf-8")
    files = {
        "manifest": folder / "cases.csv",
        "table": folder / "clinical.csv",
        "columns": folder / "columns.toml",
    }
    with make_progress() as progress:
        path = ingest(
            Choice(name="folder", parameters={name: str(path) for name, path in files.items()}),
            Registry(),
            home=folder,
            workers=1,
            progress=progress,
            options=IngestOptions(extract=(Choice(name="radiomics", parameters=parameters),)),
        )
    values = read_cohort(path).values
    return {
        name.removeprefix("radiomics: "): float(column[0])
        for name, column in values.items()
        if name.startswith("radiomics: ")
    }


def extract_by_hand(image: Path, mask: Path) -> Features:
    """Return the features of MIRP, with the default settings of `radiomics` in MIRP's words."""
    from mirp import extract_features

    (table,) = extract_features(
        image=str(image),
        mask=str(mask),
        image_modality="ct",
        new_spacing=1.0,
        spline_order=1,
        resegmentation_intensity_range=[-1000.0, 400.0],
        base_discretisation_method="fixed_bin_size",
        base_discretisation_bin_width=25.0,
        base_feature_families="all",
    )
    row = table.iloc[0]
    return {str(name): float(row[name]) for name in row.index if family_of(str(name))}


def crop(image: Path, mask: Path, folder: Path) -> tuple[Path, Path]:
    """Return files of image and mask around the tumor, with whole voxels of the margin."""
    volumes = sitk.ReadImage(str(image)), sitk.ReadImage(str(mask))
    tumor = np.argwhere(sitk.GetArrayViewFromImage(volumes[1]) != 0)[:, ::-1]  # (voxels, x y z)
    margin = np.ceil(MARGIN_MM / np.array(volumes[0].GetSpacing())).astype(int)
    first = np.maximum(tumor.min(axis=0) - margin, 0)
    stop = np.minimum(tumor.max(axis=0) + margin + 1, volumes[0].GetSize())
    box = tuple(slice(int(a), int(b)) for a, b in zip(first, stop, strict=True))
    return write(folder, "cropped", *(volume[box] for volume in volumes))


def trim(image: Path, mask: Path, folder: Path) -> tuple[Path, Path]:
    """Return files of image and mask without the last slice, row and column."""
    volumes = (sitk.ReadImage(str(path)) for path in (image, mask))
    return write(folder, "trimmed", *(volume[:-1, :-1, :-1] for volume in volumes))


def write(folder: Path, name: str, image: sitk.Image, mask: sitk.Image) -> tuple[Path, Path]:
    paths = folder / f"{name}_image.nrrd", folder / f"{name}_mask.nrrd"
    for path, volume in zip(paths, (image, mask), strict=True):
        sitk.WriteImage(volume, str(path))
    return paths


def difference(value: float, reference: float) -> float:
    """Return the difference as a share of the reference, 0 where both are undefined."""
    if value == reference or (math.isnan(value) and math.isnan(reference)):
        return 0.0
    return abs(value - reference) / abs(reference)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image", type=Path)
    parser.add_argument("mask", type=Path)
    arguments = parser.parse_args()
    image, mask = arguments.image.resolve(), arguments.mask.resolve()
    logging.getLogger().addHandler(logging.NullHandler())  # keeps MIRP silent
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        default = extract_at_ingest(image, mask, folder)
        uncropped = extract_at_ingest(image, mask, folder, margin_mm=None)
        cropped_by_hand = extract_by_hand(*crop(image, mask, folder))
        whole_by_hand = extract_by_hand(image, mask)
        trimmed_by_hand = extract_by_hand(*trim(image, mask, folder))
    pairs = (
        (default, cropped_by_hand),
        (uncropped, whole_by_hand),
        (default, whole_by_hand),
        (trimmed_by_hand, whole_by_hand),
    )
    print("| family | features | equal, cropped | equal, whole | cropped and whole | trimmed |")
    print("|---|--:|--:|--:|--:|--:|")
    for family in FAMILIES:
        names = [feature for feature in default if family_of(feature) == family]
        cells = [
            np.array([difference(a[feature], b[feature]) for feature in names]) for a, b in pairs
        ]
        equal = " | ".join(str(int((each == 0).sum())) for each in cells[:2])
        percent = (100 * each for each in cells[2:])
        apart = " | ".join(f"{np.median(each):.1f} %, {each.max():.1f} %" for each in percent)
        print(f"| `{family}` | {len(names)} | {equal} | {apart} |")


if __name__ == "__main__":
    main()
