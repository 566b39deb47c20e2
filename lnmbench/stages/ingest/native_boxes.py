"""Native boxes of the cases: cut while images are prepared, stored with them as parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnmbench.imaging.native_box import cut_box
from lnmbench.records import NativeBox, Preprocessing, Volume


def box_arrays(volume: Volume, preprocessing: Preprocessing) -> dict[str, NDArray[Any]]:
    """Return the arrays of the native box of a case; none unless ingest keeps boxes.

    Parameters
    ----------
    volume
        CT in HU and tumor mask on one grid.
    preprocessing
        Its `native_mm` is the extent of a box.
    """
    if not preprocessing.native_mm:
        return {}
    box = cut_box(volume, preprocessing.native_mm)
    return {
        "box_hu": box.hu,
        "box_mask": np.packbits(box.mask),
        "box_spacing_mm": np.array(box.spacing_mm),
        "box_center": np.array(box.center),
    }


def unpack_box(stored: Mapping[str, NDArray[Any]]) -> NativeBox | None:
    """Return the native box in the arrays of a case, None without any."""
    if "box_hu" not in stored:
        return None
    hu = stored["box_hu"]
    spacing, center = (stored[name].tolist() for name in ("box_spacing_mm", "box_center"))
    return NativeBox(
        hu=hu,
        mask=np.unpackbits(stored["box_mask"], count=hu.size).reshape(hu.shape),
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
        center=(center[0], center[1], center[2]),
    )
