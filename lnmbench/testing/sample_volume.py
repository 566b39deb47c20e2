"""A small made-up CT with a tumor mask, for contract checks of feature extractors."""

from __future__ import annotations

import numpy as np

from lnmbench.records import Volume


def sample_volume() -> Volume:
    """Return a CT of 40 × 36 × 12 voxels of 1 × 1 × 3 mm with a tumor of about 500 voxels."""
    import SimpleITK as sitk

    rng = np.random.default_rng(0)
    z, y, x = np.meshgrid(np.arange(12), np.arange(36), np.arange(40), indexing="ij")
    inside = ((x - 20) / 8) ** 2 + ((y - 17) / 6.5) ** 2 + ((z - 6) / 2.6) ** 2 <= 1
    hu = np.where(inside, rng.normal(35, 30, inside.shape), rng.normal(-800, 60, inside.shape))
    image = sitk.GetImageFromArray(np.round(hu).astype(np.int16))
    mask = sitk.GetImageFromArray(inside.astype(np.uint8))
    for each in (image, mask):
        each.SetSpacing((1.0, 1.0, 3.0))
        each.SetOrigin((-20.0, -18.0, 100.0))
    return Volume(image=image, mask=mask)
