"""Settings of MIRP: families of features, resampling, re-segmentation and discretization."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lnmbench import UserError
from lnmbench.text import join_first

FAMILIES: Mapping[str, str] = {
    "morphology": "morph",
    "local_intensity": "loc",
    "statistics": "stat",
    "histogram": "ih",
    "volume_histogram": "ivh",
    "glcm": "cm",
    "glrlm": "rlm",
    "glszm": "szm",
    "gldzm": "dzm",
    "ngtdm": "ngt",
    "ngldm": "ngl",
}
"""The beginning of the names that MIRP gives to the features of each family."""

_MIRP_FAMILIES: Mapping[str, str] = {
    "local_intensity": "local_intensity",
    "histogram": "intensity_histogram",
    "volume_histogram": "intensity_volume_histogram",
}
_SPLINE_ORDERS: Mapping[str, int] = {"nearest": 0, "linear": 1, "cubic": 3}

Interpolation = Literal["nearest", "linear", "cubic"]

BIN_WIDTH = 25.0
"""The default width of bins in HU; without effect if `bins` is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of an extraction; see `Radiomics` for their meaning."""

    families: tuple[str, ...]
    spacing_mm: float | None
    by_slice: bool
    interpolation: Interpolation
    anti_aliasing: bool
    lowest_hu: float | None
    highest_hu: float | None
    outlier_sd: float | None
    bin_width: float
    bins: int | None
    margin_mm: float | None
    autocorrelation: bool

    def __post_init__(self) -> None:
        if not self.families:
            raise _wrong("families", "at least one family, or all", "none")
        unknown = [name for name in self.families if name not in FAMILIES]
        if unknown:
            known = join_first(list(FAMILIES), len(FAMILIES))
            raise _wrong("families", f"all, or some of {known}", repr(unknown[0][:40]))
        for name, low, high in (
            ("spacing_mm", 0.05, 20.0),
            ("outlier_sd", 0.5, 100.0),
            ("bin_width", 0.1, 2000.0),
            ("bins", 2, 4096),
            ("margin_mm", 0.0, 1000.0),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise _wrong(name, f"{low:g} to {high:g}", f"{value:g}")
        if self.bins is not None and self.bin_width != BIN_WIDTH:
            raise UserError(
                "radiomics has both bins and bin_width",
                expected="a fixed number of bins, or a fixed width in HU",
                got=f"bins={self.bins},bin_width={self.bin_width:g}",
                then="omit one of them",
            )
        for name, hu in (("lowest_hu", self.lowest_hu), ("highest_hu", self.highest_hu)):
            if hu is not None and not math.isfinite(hu):
                raise _wrong(name, "a number of HU, or none", f"{hu:g}")
        if self.lowest_hu is None and self.highest_hu is not None:
            raise _wrong("lowest_hu", "a number of HU with highest_hu", "none")
        lowest, highest = self.lowest_hu, self.highest_hu
        if lowest is not None and highest is not None and not highest > lowest:
            raise _wrong("highest_hu", f"more than lowest_hu ({lowest:g})", f"{highest:g}")

    def describe_hu(self) -> str:
        """Return the range of HU that voxels may have."""
        if self.lowest_hu is None:
            return "any HU"
        if self.highest_hu is None:
            return f"{self.lowest_hu:g} HU or more"
        return f"{self.lowest_hu:g} to {self.highest_hu:g} HU"

    def to_mirp(self) -> Mapping[str, object]:
        """Return the arguments of `mirp.extract_features`.

        Examples
        --------
        >>> from lnmbench_radiomics.extractor import Radiomics
        >>> Radiomics(bins=32).settings.to_mirp()["base_discretisation_n_bins"]
        32
        """
        discretization: dict[str, object] = {
            "base_discretisation_method": "fixed_bin_size",
            "base_discretisation_bin_width": self.bin_width,
        }
        if self.bins is not None:
            discretization = {
                "base_discretisation_method": "fixed_bin_number",
                "base_discretisation_n_bins": self.bins,
            }
        limits = None
        if self.lowest_hu is not None:
            limits = [
                float(self.lowest_hu),
                math.nan if self.highest_hu is None else self.highest_hu,
            ]
        return {
            "by_slice": self.by_slice,
            "new_spacing": self.spacing_mm,
            "spline_order": _SPLINE_ORDERS[self.interpolation],
            "anti_aliasing": self.anti_aliasing,
            "resegmentation_intensity_range": limits,
            "resegmentation_sigma": self.outlier_sd,
            "no_approximation": self.autocorrelation,
            "base_feature_families": [_MIRP_FAMILIES.get(name, name) for name in self.families],
            **discretization,
        }


def parse_families(text: str) -> tuple[str, ...]:
    """Return the families in a text: `all`, or names joined by plus signs.

    Examples
    --------
    >>> parse_families("morphology+glcm")
    ('morphology', 'glcm')
    """
    if text.strip() == "all":
        return tuple(FAMILIES)
    return tuple(dict.fromkeys(name.strip() for name in text.split("+") if name.strip()))


def family_of(feature: str) -> str:
    """Return the family of a feature of MIRP, empty for another column of its tables.

    Examples
    --------
    >>> family_of("cm_contrast_d1_3d_v_mrg_fbs_w25.0"), family_of("image_voxel_size_x")
    ('glcm', '')
    """
    beginning = feature.partition("_")[0]
    return next((name for name, start in FAMILIES.items() if start == beginning), "")


def _wrong(name: str, expected: str, got: str) -> UserError:
    return UserError(f"wrong value for {name} of radiomics", expected=expected, got=got)
