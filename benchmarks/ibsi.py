"""Radiomics against the reference values of the Image Biomarker Standardisation Initiative.

    python benchmarks/ibsi.py FOLDER

prints, for the digital phantom and the configurations C, D and E of the CT phantom, how many
features agree with their reference values within the tolerances. FOLDER holds the folders
`ibsi_1_digital_phantom` and `ibsi_1_ct_radiomics_phantom` of github.com/theibsi/data_sets, and
`ibsi_1_reference_values`, as in `test/data` of MIRP's repository.
"""

from __future__ import annotations

import csv
import math
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import SimpleITK as sitk
from lnmbench_radiomics.extractor import Radiomics

CONFIGURATIONS: Mapping[str, Mapping[str, object]] = {
    "dig_phantom": {"bins": 6, "spacing_mm": None, "lowest_hu": None, "highest_hu": None},
    "chest_config_c": {"spacing_mm": 2.0, "bin_width": 25.0},
    "chest_config_d": {
        "spacing_mm": 2.0,
        "bins": 32,
        "outlier_sd": 3.0,
        "lowest_hu": None,
        "highest_hu": None,
    },
    "chest_config_e": {
        "spacing_mm": 2.0,
        "bins": 32,
        "outlier_sd": 3.0,
        "interpolation": "cubic",
    },
}


def name_in_references(feature: str) -> str:
    """Return the name that a feature of MIRP has in the tables of reference values."""
    name = re.sub(r"_(fbs_w[\d.]+|fbn_n\d+)$", "", feature)
    name = name.replace("_d1_a0.0_3d", "_3D").replace("_d1_3d_v_mrg", "_3D_comb")
    return name.replace("_3d_v_mrg", "_3D_comb").removesuffix("_3d") + (
        "_3D" if name.endswith("_3d") else ""
    )


def read_references(path: Path) -> Mapping[str, tuple[float, float]]:
    """Return the reference value and the tolerance of each feature that has one."""
    references = {}
    with path.open(encoding="utf-8") as stream:
        for value, tolerance, name in list(csv.reader(stream, delimiter=";"))[1:]:
            if value not in ("", "NA") and tolerance not in ("", "NA"):
                references[name] = float(value), float(tolerance)
    return references


def agrees(value: float, reference: float, tolerance: float) -> bool:
    """Return whether a value, to three digits as the reference, is within the tolerance."""
    digits = 2 - math.floor(math.log10(abs(value))) if value else 0
    return abs(round(value, digits) - reference) <= tolerance + 1e-12


def main(folder: Path) -> None:
    for name, parameters in CONFIGURATIONS.items():
        phantom = (
            "ibsi_1_digital_phantom" if name == "dig_phantom" else "ibsi_1_ct_radiomics_phantom"
        )
        images = folder / phantom / "nifti"
        image = sitk.ReadImage(str(images / "image" / "phantom.nii.gz"))
        mask = sitk.ReadImage(str(images / "mask" / "mask.nii.gz"))
        extractor = Radiomics(
            anti_aliasing=False,
            margin_mm=None,
            autocorrelation=True,
            **parameters,  # type: ignore[arg-type]
        )
        features = {name_in_references(k): v for k, v in extractor.extract(image, mask).items()}
        references = read_references(folder / "ibsi_1_reference_values" / f"ibsi_1_{name}.csv")
        compared = sorted(set(features) & set(references))
        wrong = [each for each in compared if not agrees(features[each], *references[each])]
        print(f"{name}: {len(compared) - len(wrong)} of {len(compared)} agree")
        for each in wrong:
            print(f"  {each}: {features[each]:.4g}, reference {references[each][0]:g}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
