"""Radiomics features: IBSI reference values, and those of MIRP called by hand."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from lnmbench_radiomics.extractor import Radiomics
from lnmbench_radiomics.phantom import make_phantom
from lnmbench_radiomics.settings import FAMILIES, family_of

from lnmbench import UserError
from lnmbench.cli.app import app
from lnmbench.store.cohort_file import read_cohort
from lnmbench.testing import parametrize_with_contract_checks
from lnmbench.testing.sample_volume import sample_volume

needs_mirp = pytest.mark.skipif(find_spec("mirp") is None, reason="needs mirp")
FEW = "statistics+glszm"


@pytest.mark.skipif(find_spec("mirp") is not None, reason="mirp is installed")
def test_without_mirp_the_message_says_what_to_install() -> None:
    with pytest.raises(UserError, match=r"needs the package mirp; .*lnmbench\[radiomics\]"):
        Radiomics()


@needs_mirp
@parametrize_with_contract_checks(
    "feature extractor", [Radiomics(families=FEW)] if find_spec("mirp") else []
)
def test_contract(contract_check):
    contract_check()


def name_in_references(feature: str) -> str:
    name = re.sub(r"_fbn_n6$", "", feature)
    name = re.sub(r"(_d1)?_3d_v_mrg$", "_3D_comb", name)
    return re.sub(r"(_d1_a0.0)?_3d$", "_3D", name)


@needs_mirp
def test_the_digital_phantom_has_the_reference_values_of_the_ibsi() -> None:
    path = Path(__file__).with_name("ibsi_1_digital_phantom.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    extractor = Radiomics(
        bins=6, spacing_mm=None, lowest_hu=None, highest_hu=None, autocorrelation=True
    )
    features = extractor.extract(*make_phantom())
    values = {name_in_references(name): value for name, value in features.items()}
    assert len(rows) == 169
    for row in rows:
        value, reference = values[row["feature"]], float(row["value"])
        digits = 2 - math.floor(math.log10(abs(value))) if value else 0
        difference = abs(round(value, digits) - reference)
        assert difference <= float(row["tolerance"]) + 1e-12, row["feature"]


@dataclass(frozen=True)
class CalledByHand:
    """Parameters of `radiomics`, and the arguments of MIRP that a reader of the docs would use."""

    parameters: Mapping[str, object]
    arguments: Mapping[str, object]
    cropped: bool = False


FIXED_WIDTH = {
    "resegmentation_intensity_range": [-1000.0, 400.0],
    "base_discretisation_method": "fixed_bin_size",
    "base_discretisation_bin_width": 25.0,
}
CALLS = {
    "defaults": CalledByHand(
        parameters={},
        arguments={"new_spacing": 1.0, "spline_order": 1, **FIXED_WIDTH},
        cropped=True,
    ),
    "voxels of the CT": CalledByHand(
        parameters={"families": "statistics+glcm", "spacing_mm": None},
        arguments={"base_feature_families": ["statistics", "glcm"], **FIXED_WIDTH},
        cropped=True,
    ),
    "whole image": CalledByHand(
        parameters={"families": "statistics+glcm", "spacing_mm": 3.0, "margin_mm": None},
        arguments={
            "base_feature_families": ["statistics", "glcm"],
            "new_spacing": 3.0,
            "spline_order": 1,
            **FIXED_WIDTH,
        },
    ),
    "every other setting": CalledByHand(
        parameters={
            "spacing_mm": 1.5,
            "by_slice": True,
            "interpolation": "cubic",
            "anti_aliasing": False,
            "lowest_hu": None,
            "highest_hu": None,
            "outlier_sd": 3.0,
            "bins": 32,
        },
        arguments={
            "new_spacing": 1.5,
            "by_slice": True,
            "spline_order": 3,
            "anti_aliasing": False,
            "resegmentation_sigma": 3.0,
            "base_discretisation_method": "fixed_bin_number",
            "base_discretisation_n_bins": 32,
        },
        cropped=True,
    ),
}
DICTIONARY = """
[columns.case]
role = "id"
[columns.nodes]
role = "target"
kind = "ordinal"
label = "pn"
categories = ["N0", "N1"]
"""


@pytest.fixture(scope="session")
def lung(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A chest CT, 0.570 × 0.570 × 5 mm, and a mask of the middle of its tumor, 7 mm wide.

    MIRP would take three times as long for the whole tumor.
    """
    image, whole = (shared_data / "ct" / f"lung1_{name}.nrrd" for name in ("image", "label"))
    tumor = sitk.ReadImage(str(whole))
    inside = sitk.GetArrayFromImage(tumor)
    _, y, x = np.indices(inside.shape, sparse=True)
    middle = sitk.GetImageFromArray(inside * ((y - 359) ** 2 + (x - 217) ** 2 <= 6**2))
    middle.CopyInformation(tumor)
    mask = tmp_path_factory.mktemp("middle") / whole.name
    sitk.WriteImage(middle, str(mask))
    return image, mask


@pytest.fixture(scope="session")
def cropped_lung(
    lung: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The voxels of the CT up to 20 mm from the mask: 36 columns and rows, and 4 slices."""
    folder = tmp_path_factory.mktemp("cropped")
    for path in lung:
        # the mask: columns 211 to 223, rows 353 to 365, slices 32 to 34
        box = sitk.ReadImage(str(path))[175:260, 317:402, 28:39]
        sitk.WriteImage(box, str(folder / path.name))
    image, mask = (folder / path.name for path in lung)
    return image, mask


@needs_mirp
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_features_of_a_cohort_file_are_those_of_mirp_called_by_hand(
    call: CalledByHand,
    lung: tuple[Path, Path],
    cropped_lung: tuple[Path, Path],
    home: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    from mirp import extract_features

    Path("cases.csv").write_text(f"case,image,region\nA,{lung[0]},{lung[1]}\n", encoding="utf-8")
    Path("clinical.csv").write_text("case,nodes\nA,N1\n", encoding="utf-8")
    Path("columns.toml").write_text(DICTIONARY, encoding="utf-8")
    settings = ",".join(f"{name}={value}" for name, value in call.parameters.items())
    app(
        "data ingest folder:manifest=cases.csv,table=clinical.csv,columns=columns.toml "
        f"--workers 1 --extract radiomics{settings and f':{settings}'}".split(),
        standalone_mode=False,
    )
    path = Path(capfd.readouterr().out.strip())
    assert path.parent == home / "cohorts", "MIRP prints nothing"
    stored = {
        name.removeprefix("radiomics: "): float(values[0])
        for name, values in read_cohort(path).values.items()
        if name.startswith("radiomics: ")
    }
    image, mask = cropped_lung if call.cropped else lung
    (by_hand,) = extract_features(
        image=str(image),
        mask=str(mask),
        image_modality="ct",
        **{"base_feature_families": "all", **call.arguments},
    )
    assert sorted(stored) == sorted(
        name
        for name in by_hand.columns
        if family_of(name) and name not in ("morph_moran_i", "morph_geary_c")
    )
    families = str(call.parameters.get("families", "+".join(FAMILIES)))
    assert {family_of(name) for name in stored} == set(families.split("+"))
    assert stored == {name: float(by_hand[name].iloc[0]) for name in stored}


@needs_mirp
def test_features_do_not_depend_on_the_field_of_view() -> None:
    volume = sample_volume()
    padded = [
        sitk.ConstantPad(each, (7, 3, 2), (4, 9, 3), value)
        for each, value in ((volume.image, -900), (volume.mask, 0))
    ]
    extractor = Radiomics(families="statistics", spacing_mm=1.5, margin_mm=3.0)
    cropped = extractor.extract(volume.image, volume.mask)
    assert extractor.extract(*padded) == pytest.approx(cropped)
    whole = Radiomics(families="statistics", spacing_mm=1.5, margin_mm=None)
    assert whole.extract(*padded) != whole.extract(volume.image, volume.mask)


@needs_mirp
@pytest.mark.parametrize("by_slice", [False, True])
def test_features_do_not_depend_on_how_the_image_is_stored(*, by_slice: bool) -> None:
    volume = sample_volume()
    tilt = math.radians(20)
    rotation = (1, 0, 0, 0, math.cos(tilt), -math.sin(tilt), 0, math.sin(tilt), math.cos(tilt))
    extractor = Radiomics(families="morphology+statistics+glcm", by_slice=by_slice)
    expected = extractor.extract(volume.image, volume.mask)
    for change in (
        lambda image: sitk.PermuteAxes(image, (2, 0, 1)),
        lambda image: sitk.Flip(image, (False, False, True)),
        lambda image: sitk.Cast(image, sitk.sitkFloat64),
    ):
        changed = extractor.extract(change(volume.image), change(volume.mask) != 0)
        assert changed == pytest.approx(expected, rel=1e-4, abs=1e-6)
    for each in (volume.image, volume.mask):
        each.SetDirection(rotation)
    tilted = extractor.extract(volume.image, volume.mask)
    assert tilted == pytest.approx(expected, rel=1e-4, abs=1e-6)


@needs_mirp
def test_a_tumor_without_voxels_in_the_range_of_hu_has_no_features() -> None:
    volume = sample_volume()
    extractor = Radiomics(families="statistics", lowest_hu=300.0, highest_hu=400.0)
    with pytest.raises(UserError, match="no voxel of the tumor is left: .*300 to 400 HU"):
        extractor.extract(volume.image, volume.mask)
    with pytest.raises(UserError, match="the tumor mask is empty"):
        extractor.extract(volume.image, volume.mask * 0)


@needs_mirp
def test_a_tumor_of_one_voxel_has_only_some_features() -> None:
    volume = sample_volume()
    inside = np.zeros((12, 36, 40), np.uint8)
    inside[6, 17, 20] = 1
    mask = sitk.GetImageFromArray(inside)
    mask.CopyInformation(volume.mask)
    features = Radiomics(families="statistics+glcm", spacing_mm=None).extract(volume.image, mask)
    assert features["stat_mean"] == sitk.GetArrayFromImage(volume.image)[6, 17, 20]
    assert all(math.isfinite(value) for value in features.values())
