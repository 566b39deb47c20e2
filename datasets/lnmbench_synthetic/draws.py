"""Random numbers of the patients: one row per patient, one column per cause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The order and the number determine every cohort.
CAUSES = (
    "invasiveness",
    "size",
    "lobulation",
    "spiculation",
    "solid",
    "age",
    "sex",
    "smoking",
    "pack_years",
    "cea",
    "histology",
    "lobe",
    "long_axis",
    "lobulation_report",
    "spiculation_report",
    "node",
    "specimen",
    "pleura",
    "t3",
    "t4",
    "nodal_status",
    "pack_years_missing",
    "cea_missing",
    "histology_missing",
    "report_missing",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """Independent uniform numbers of shape (n, causes).

    Each patient uses one row, so a smaller cohort is the beginning of a larger one of its seed.
    """

    uniforms: NDArray[np.float64]

    def uniform(self, cause: str) -> NDArray[np.float64]:
        """Return (n,) numbers that are uniform in [0, 1)."""
        return self.uniforms[:, CAUSES.index(cause)]

    def normal(self, cause: str) -> NDArray[np.float64]:
        """Return (n,) standard normal numbers, computed from the uniform ones."""
        numbers: NDArray[np.float64] = scipy.special.ndtri(np.maximum(self.uniform(cause), 1e-12))
        return numbers

    def redraw(self, cause: str, generator: np.random.Generator) -> Draws:
        """Return the same draws with new numbers for one cause."""
        uniforms = self.uniforms.copy()
        uniforms[:, CAUSES.index(cause)] = generator.random(len(uniforms))
        return replace(self, uniforms=uniforms)


def draw(n: int, generator: np.random.Generator) -> Draws:
    """Return the draws of n patients."""
    return Draws(uniforms=generator.random((n, len(CAUSES))))
