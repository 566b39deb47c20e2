"""Thumbnails of the cases of a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseThumbnails:
    """Images of the cases, which a report has only if the user asks for them.

    Attributes
    ----------
    read
        Returns the RGB values of a case by its number in the results, (height, width, 3), or None
        for a case without images. Each call reads the cohort file: read only what you show.
    outlined
        True for the slice with the largest tumor area, the tumor outlined; False for the middle
        slice of a whole scan.
    window_hu
        The HU of black and of white.
    """

    read: Callable[[int], NDArray[np.uint8] | None]
    outlined: bool
    window_hu: tuple[float, float]
