from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from lnmbench_radiomics.phantom import make_phantom


def test_the_phantom_is_that_of_the_reference_manual() -> None:
    image, mask = make_phantom()
    assert image.GetSize() == mask.GetSize() == (5, 4, 4)
    assert image.GetSpacing() == (2.0, 2.0, 2.0)
    hu, inside = sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(mask) == 1
    levels, counts = np.unique(hu[inside], return_counts=True)
    assert dict(zip(levels.tolist(), counts.tolist(), strict=True)) == {1: 50, 3: 1, 4: 16, 6: 7}
    assert hu[2, 2, 2] == 9, "the voxel inside of the region that does not belong to it"
