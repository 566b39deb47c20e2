from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from lnmbench.testing.sample_volume import sample_volume


def test_the_tumor_is_denser_than_the_lung_around_it() -> None:
    volume = sample_volume()
    hu, inside = map(sitk.GetArrayFromImage, (volume.image, volume.mask))
    assert 450 < inside.sum() < 600
    assert hu[inside == 1].mean() > 0
    assert hu[inside == 0].mean() < -700
    assert volume.image.GetSpacing() == volume.mask.GetSpacing() == (1.0, 1.0, 3.0)
    assert np.array_equal(hu, sitk.GetArrayFromImage(sample_volume().image))
