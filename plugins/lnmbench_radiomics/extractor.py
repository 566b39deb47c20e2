"""Radiomics features of the tumor mask in the CT."""

from __future__ import annotations

import logging
import math
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from lnmbench import Column, UserError
from lnmbench.records import LARGEST_NUMBER
from lnmbench_radiomics.settings import (
    BIN_WIDTH,
    Interpolation,
    Settings,
    family_of,
    parse_families,
)

if TYPE_CHECKING:
    import SimpleITK as sitk

# Without the option, MIRP estimates them from random voxels, others in each call.
_PAIRWISE = ("morph_moran_i", "morph_geary_c")
_HU_STATISTICS = ("mean", "median", "min", "max", "p10", "p90", "iqr", "range", "mad", "rms")


class Radiomics:
    """Radiomics features of the tumor mask, as the IBSI defines them, by MIRP (pip extra).

    Image and mask are cropped around the tumor, resampled to voxels of one size, and re-segmented:
    voxels outside of the range of HU count for the shape alone. Texture features use intensities in
    bins. The names of the features are those of MIRP.

    Parameters
    ----------
    families
        Families of features, joined by plus signs: morphology, local_intensity, statistics,
        histogram, volume_histogram, glcm, glrlm, glszm, gldzm, ngtdm, ngldm; or all.
    spacing_mm
        Voxel spacing after resampling, in mm along all axes, or within slices with by_slice; none
        to keep the voxels of the CT.
    by_slice
        Compute features of each slice (2D) and average them.
    interpolation
        Interpolation of the image. Masks are interpolated linearly.
    anti_aliasing
        Smooth the image before it is sampled more coarsely.
    lowest_hu
        Lowest HU of the tumor, and the lower edge of the first bin (-1000 HU for none).
    highest_hu
        Highest HU of the tumor, or none.
    outlier_sd
        Leave out voxels that differ from the mean by more standard deviations than this.
    bin_width
        Width of the bins in HU; with bins, another than the default is refused.
    bins
        A fixed number of bins between the least and the greatest HU instead of a fixed width.
    margin_mm
        Margin around the tumor to which the images are cropped before they are resampled; the grid
        of the resampled image has its center there. none for the whole image.
    autocorrelation
        Compute the spatial autocorrelation (Moran's I, Geary's C), which takes minutes for a large
        tumor: its time grows with the square of the number of voxels.
    """

    def __init__(
        self,
        families: str = "all",
        spacing_mm: float | None = 1.0,
        by_slice: bool = False,
        interpolation: Interpolation = "linear",
        anti_aliasing: bool = True,
        lowest_hu: float | None = -1000.0,
        highest_hu: float | None = 400.0,
        outlier_sd: float | None = None,
        bin_width: float = BIN_WIDTH,
        bins: int | None = None,
        margin_mm: float | None = 20.0,
        autocorrelation: bool = False,
    ) -> None:
        self.settings = Settings(
            families=parse_families(families),
            spacing_mm=spacing_mm,
            by_slice=by_slice,
            interpolation=interpolation,
            anti_aliasing=anti_aliasing,
            lowest_hu=lowest_hu,
            highest_hu=highest_hu,
            outlier_sd=outlier_sd,
            bin_width=bin_width,
            bins=bins,
            margin_mm=margin_mm,
            autocorrelation=autocorrelation,
        )
        self.software = f"MIRP {_mirp_version()}"

    @property
    def columns(self) -> Sequence[Column]:
        """One column for each feature of MIRP."""
        return tuple(
            Column(
                name=name,
                role="feature",
                unit=_unit_of(name),
                modality="radiomics",
                description=family_of(name),
            )
            for name in _list_features(self.settings)
        )

    def extract(self, image: sitk.Image, mask: sitk.Image) -> Mapping[str, float]:
        """Return the features of one tumor; those that MIRP cannot compute are omitted.

        Parameters
        ----------
        image
            The CT in HU.
        mask
            The tumor mask on the same grid: 0 outside, 1 inside.

        Raises
        ------
        UserError
            If no voxel of the tumor is left after re-segmentation.
        """
        import SimpleITK as sitk

        box = _tumor_box(mask, self.settings.margin_mm)
        # by_slice needs axial slices
        axial, tumor = (sitk.DICOMOrient(each[box], "LPS") for each in (image, mask))
        names = _list_features(self.settings)
        features = {
            name: value
            for name, value in _run_mirp(axial, tumor, self.settings).items()
            if name in names and math.isfinite(value) and abs(value) <= LARGEST_NUMBER
        }
        if not features:
            raise UserError(
                "no voxel of the tumor is left",
                expected=f"voxels of {self.settings.describe_hu()}",
            )
        return features


def _mirp_version() -> str:
    try:
        return version("mirp")
    except PackageNotFoundError:
        raise UserError(
            "radiomics needs the package mirp", then="install it: pip install 'lnmbench[radiomics]'"
        ) from None


@lru_cache(maxsize=8)
def _list_features(settings: Settings) -> tuple[str, ...]:
    """Return the names of the features, which follow from the settings alone, as MIRP gives them.

    They are read from the table of a small phantom.
    """
    from lnmbench_radiomics.phantom import make_phantom

    image, mask = make_phantom()
    features = _run_mirp(image, mask, settings)
    return tuple(name for name in features if settings.autocorrelation or name not in _PAIRWISE)


def _run_mirp(image: sitk.Image, mask: sitk.Image, settings: Settings) -> dict[str, float]:
    """Return the features of MIRP by name, NaN where it has none; empty if no voxel is left."""
    import SimpleITK as sitk

    with tempfile.TemporaryDirectory(prefix="lnmbench-radiomics-") as folder, _silent():
        from mirp import extract_features

        paths = {name: Path(folder) / f"{name}.nrrd" for name in ("image", "mask")}
        sitk.WriteImage(image, str(paths["image"]))
        sitk.WriteImage(sitk.Cast(mask != 0, sitk.sitkUInt8), str(paths["mask"]))
        tables = extract_features(
            image=str(paths["image"]),
            mask=str(paths["mask"]),
            image_modality="ct",
            **settings.to_mirp(),
        )
    if not tables:
        return {}
    row = tables[0].iloc[0]
    features = {str(name): row[name] for name in row.index if family_of(str(name))}
    return {name: math.nan if value is None else float(value) for name, value in features.items()}


def _tumor_box(mask: sitk.Image, margin_mm: float | None) -> tuple[slice, ...]:
    """Return the box around the tumor with a margin, as slices along x, y, z."""
    import numpy as np

    if margin_mm is None:
        return tuple(slice(0, size) for size in mask.GetSize())
    import SimpleITK as sitk

    inside = sitk.GetArrayViewFromImage(mask) != 0
    box = []
    for axis, (spacing, size) in enumerate(zip(mask.GetSpacing(), mask.GetSize(), strict=True)):
        others = tuple({0, 1, 2} - {2 - axis})
        filled = np.flatnonzero(inside.any(axis=others))
        if not len(filled):
            raise UserError("the tumor mask is empty")
        margin = math.ceil(margin_mm / spacing)
        first, last = int(filled[0]) - margin, int(filled[-1]) + margin
        box.append(slice(max(0, first), min(size, last + 1)))
    return tuple(box)


def _unit_of(feature: str) -> str | None:
    beginning, _, rest = feature.partition("_")
    is_hu = beginning == "loc" or (beginning == "stat" and rest in _HU_STATISTICS)
    return "HU" if is_hu else None


@contextmanager
def _silent() -> Iterator[None]:
    """Keep MIRP from writing its progress to standard output, and from its warnings."""
    root = logging.getLogger()
    handler = logging.NullHandler()  # with a handler, MIRP does not configure one of its own
    root.addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        root.removeHandler(handler)
