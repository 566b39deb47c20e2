"""Acquisitions: the voxel grid, and the position of the tumor."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_synthetic.phantom import Phantom
from scipy.ndimage import binary_dilation

from lnmbench import Volume

Arrays = Callable[[Volume], tuple[np.ndarray, np.ndarray]]
MakePhantom = Callable[..., Phantom]


def test_image_and_mask_share_a_grid_of_512_and_a_margin(
    volumes: list[Volume], arrays: Arrays
) -> None:
    for volume in volumes:
        image, mask = volume.image, volume.mask
        assert image.GetSize()[:2] == (512, 512)
        assert image.GetOrigin() == mask.GetOrigin()
        assert image.GetSpacing() == mask.GetSpacing()
        marked = np.flatnonzero(arrays(volume)[1].any(axis=(1, 2)))
        assert marked[0] >= 2
        assert marked[-1] <= image.GetSize()[2] - 3


@pytest.mark.parametrize("lobe", range(5))
def test_the_tumor_lies_in_the_lung(lobe: int, arrays: Arrays, make_phantom: MakePhantom) -> None:
    hu, mask = arrays(make_phantom(lobe=lobe, spiculation=0.0)())
    plane = int(mask.sum(axis=(1, 2)).argmax())
    wide, near = (binary_dilation(mask[plane], iterations=k) for k in (8, 3))
    around = wide & ~near
    assert np.median(hu[plane][around]) < -750
    assert np.percentile(hu[plane][around], 80) < -600
