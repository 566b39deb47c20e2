"""Settings of the ingest stage as users write them: region, spacing, patches, ids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from lnmbench.errors import UserError
from lnmbench.records import WHOLE_SPACING_MM, Choice, Preprocessing, Region
from lnmbench.stages.ingest.cohort_file_path import IngestOptions
from lnmbench.stages.ingest.pseudonyms import read_key

MOST_SLICES = 1000
PATCH_PIXELS = (16, 1024)
NATIVE_MM = (1, 1000)
SPACING_MM = (0.05, 50.0)


class IngestSettings(TypedDict, total=False):
    """Options of `lnmbench data ingest` and `lnmbench run` on the cohort file, by their names."""

    strict: bool
    pseudonymize: Path | str | None
    region: str | None
    slices: int | None
    spacing: str | Sequence[float] | None
    patch: int | None
    keep_native: float | None
    allow_implausible: bool


def make_ingest_options(
    settings: IngestSettings, *, extract: tuple[Choice, ...] = ()
) -> IngestOptions:
    """Return the options of the ingest stage.

    Parameters
    ----------
    settings
        The settings that are not left to their defaults.
    extract
        The extractors of features from the images and tumor masks.

    Raises
    ------
    UserError
        For a wrong setting, settings that exclude each other, and an unreadable key file.
    """
    region, key = _parse_region(settings), settings.get("pseudonymize")
    for option, value in (("--extract", extract), ("--keep-native", settings.get("keep_native"))):
        if region == "none" and value:
            raise UserError(
                f"{option} needs the tumor region", got="--region none", then="omit one of them"
            )
    return IngestOptions(
        preprocessing=_make_preprocessing(settings, region),
        strict=settings.get("strict", False),
        pseudonyms=None if key is None else read_key(Path(key).expanduser()),
        extract=extract,
    )


def _make_preprocessing(settings: IngestSettings, region: Region) -> Preprocessing:
    default = Preprocessing()
    spacing = settings.get("spacing")
    spacing_mm = default.spacing_mm if region == "tumor" else WHOLE_SPACING_MM
    return Preprocessing(
        region=region,
        slices=_bound("slices", settings.get("slices"), 1, MOST_SLICES) or default.slices,
        spacing_mm=spacing_mm if spacing is None else _parse_spacing(spacing),
        patch=_bound("patch", settings.get("patch"), *PATCH_PIXELS) or default.patch,
        air_hu=default.air_hu,
        allow_implausible=settings.get("allow_implausible", False),
        native_mm=_parse_native_mm(settings.get("keep_native")),
    )


def _parse_region(settings: IngestSettings) -> Region:
    value = settings.get("region")
    if value not in (None, "tumor", "none"):
        raise UserError("wrong value for --region", expected="tumor or none", got=repr(value)[:42])
    region: Region = "none" if value == "none" else "tumor"
    if region == "tumor" and settings.get("slices") is not None:
        raise UserError(
            "--slices has no effect on patches around the tumor",
            then="add --region none, or omit --slices",
        )
    return region


def _bound(name: str, value: object, low: int, high: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(
            f"wrong value for --{name}", expected=f"{low} to {high}", got=repr(value)[:40]
        )
    return value


def _parse_native_mm(value: float | None) -> float:
    low, high = NATIVE_MM
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        raise UserError("wrong value for --keep-native", expected=f"{low} to {high} mm")
    return value or 0.0


def _parse_spacing(value: str | Sequence[float]) -> tuple[float, float, float]:
    low, high = SPACING_MM
    try:
        x, y, z = (float(part) for part in (value.split(",") if isinstance(value, str) else value))
    except (TypeError, ValueError):
        x = y = z = math.nan
    if not all(low <= length <= high for length in (x, y, z)):
        raise UserError(
            "wrong value for --spacing",
            expected=f"three lengths in mm of {low:g} to {high:g}, e.g. 0.7,0.7,5",
            got=repr(value)[:42],
        )
    return x, y, z
