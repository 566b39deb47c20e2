"""Tiles of noise, made once in a process and read at other places by every slice."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter

if TYPE_CHECKING:
    from lnmbench_synthetic.shapes import Field

_TILE = 1024


@lru_cache(maxsize=4)
def tile(grain_pixels: float) -> Field:
    """Return a float32 tile with mean 0 and SD 1 whose grains are about this wide."""
    white = np.random.default_rng((1902, int(grain_pixels * 100))).standard_normal((_TILE, _TILE))
    smooth = gaussian_filter(white, grain_pixels, mode="wrap")
    noise: Field = ((smooth - smooth.mean()) / smooth.std()).astype(np.float32)
    return noise


def cut(grain_pixels: float, rows: int, columns: int, generator: np.random.Generator) -> Field:
    """Return a (rows, columns) view of the tile at a place that is drawn."""
    source = tile(grain_pixels)
    row = int(generator.integers(0, _TILE - rows + 1))
    column = int(generator.integers(0, _TILE - columns + 1))
    return source[row : row + rows, column : column + columns]
