"""Galleries of images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lnmbench.records import Gallery, Picture, freeze


def test_galleries_can_be_compared_collected_and_frozen() -> None:
    picture = Picture(pixels=np.zeros((2, 2, 3), dtype=np.uint8), alt="black")
    gallery = Gallery(key="g", title="g", pictures=(picture,))
    assert len({gallery, gallery, replace(gallery)}) == 2
    frozen = freeze(gallery).pictures[0].pixels
    with pytest.raises(ValueError, match="read-only"):
        frozen[0, 0] = 1
