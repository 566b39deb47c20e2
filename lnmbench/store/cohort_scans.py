"""Scans of a cohort before resampling: spacing, size and tumor volume, nothing identifying."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Volume of one case before ingest, and its tumor before and after.

    Spacing (mm) and size (voxels) are along the patient's axes: right to left, front to back, feet
    to head. `tumor_ml` is the tumor's volume in the source and in the patches.
    """

    spacing_mm: tuple[float, float, float]
    size: tuple[int, int, int]
    tumor_ml: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scans:
    """Scans of all cases: spacing float64 (n, 3), size int64 (n, 3), volumes float64 (n, 2).

    A case without images has NaN, and sizes of 0.
    """

    spacing_mm: NDArray[np.float64]
    size: NDArray[np.int64]
    tumor_ml: NDArray[np.float64]

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> Scans:
        """Return the scans of arrays by name."""
        return cls(**{name: np.asarray(stored[name]) for name in cls.__dataclass_fields__})

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name."""
        return {name: getattr(self, name) for name in type(self).__dataclass_fields__}


def missing_scan() -> Scan:
    """Return the scan of a case without images."""
    return Scan(spacing_mm=(math.nan,) * 3, size=(0, 0, 0), tumor_ml=(math.nan, math.nan))


def stack_scans(scans: Sequence[Scan]) -> Scans:
    """Return the scans of all cases in their order."""
    return Scans(
        spacing_mm=np.array([s.spacing_mm for s in scans], dtype="<f8").reshape(-1, 3),
        size=np.array([s.size for s in scans], dtype="<i8").reshape(-1, 3),
        tumor_ml=np.array([s.tumor_ml for s in scans], dtype="<f8").reshape(-1, 2),
    )
