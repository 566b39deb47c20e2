from __future__ import annotations

import math
from typing import Any

import pytest
from lnmbench_radiomics.settings import FAMILIES, Settings, family_of, parse_families

from lnmbench import UserError

DEFAULTS: dict[str, Any] = {
    "families": ("glcm",),
    "spacing_mm": 1.0,
    "by_slice": False,
    "interpolation": "linear",
    "anti_aliasing": True,
    "lowest_hu": -1000.0,
    "highest_hu": 400.0,
    "outlier_sd": None,
    "bin_width": 25.0,
    "bins": None,
    "margin_mm": 20.0,
    "autocorrelation": False,
}


def make(**changed: Any) -> dict[str, Any]:
    return dict(Settings(**(DEFAULTS | changed)).to_mirp())


def test_the_arguments_of_mirp() -> None:
    arguments = make(families=("glcm", "histogram"), outlier_sd=3.0)
    assert arguments["base_feature_families"] == ["glcm", "intensity_histogram"]
    assert arguments["resegmentation_intensity_range"] == [-1000.0, 400.0]
    assert arguments["resegmentation_sigma"] == 3.0
    assert arguments["base_discretisation_method"] == "fixed_bin_size"
    assert arguments["base_discretisation_bin_width"] == 25.0
    assert (arguments["new_spacing"], arguments["spline_order"]) == (1.0, 1)
    assert make(bins=32)["base_discretisation_method"] == "fixed_bin_number"
    assert make(lowest_hu=None, highest_hu=None)["resegmentation_intensity_range"] is None
    low, high = make(highest_hu=None)["resegmentation_intensity_range"]
    assert low == -1000.0
    assert math.isnan(high)


def test_the_range_of_hu_in_words() -> None:
    settings = Settings(**DEFAULTS)
    assert settings.describe_hu() == "-1000 to 400 HU"
    open_ended = Settings(**(DEFAULTS | {"highest_hu": None}))
    assert open_ended.describe_hu() == "-1000 HU or more"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"families": ()}, "families of radiomics: expected at least one family, or all"),
        ({"families": ("glcn",)}, "expected all, or some of morphology, .*, got 'glcn'"),
        ({"spacing_mm": 0.0}, r"spacing_mm of radiomics.*expected 0.05 to 20, got 0"),
        ({"bin_width": math.nan}, "bin_width of radiomics.*got nan"),
        (
            {"bins": 32, "bin_width": 10.0},
            "both bins and bin_width.*got bins=32,bin_width=10; omit",
        ),
        ({"bins": 1}, "bins of radiomics.*expected 2 to 4096, got 1"),
        ({"highest_hu": -1000.0}, r"highest_hu.*expected more than lowest_hu \(-1000\), got -1000"),
        ({"lowest_hu": None}, "lowest_hu of radiomics.*with highest_hu, got none"),
        ({"lowest_hu": math.inf}, "expected a number of HU, or none, got inf"),
    ],
)
def test_wrong_settings_are_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        make(**changed)


def test_families_are_joined_by_plus_signs() -> None:
    assert parse_families("all") == tuple(FAMILIES)
    assert parse_families("glcm+ glcm+ngtdm") == ("glcm", "ngtdm")
    assert parse_families("") == ()


@pytest.mark.parametrize(
    ("feature", "family"),
    [
        ("morph_volume", "morphology"),
        ("szm_sze_3d_fbs_w25.0", "glszm"),
        ("ngt_contrast_3d", "ngtdm"),
        ("image_modality", ""),
    ],
)
def test_the_family_of_a_feature(feature: str, family: str) -> None:
    assert family_of(feature) == family
