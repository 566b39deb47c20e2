from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_tumor_masks.masks import measure_mask, measure_masks
from numpy.typing import NDArray

from lnmbench import UserError
from lnmbench.testing import sample_cohort
from lnmbench.testing.sample_images import add_images

SPACING = (0.7, 0.7, 5.0)


def ellipsoid(*half_axes_mm: float, spacing_mm: tuple[float, float, float]) -> NDArray[np.uint8]:
    """A mask (z, y, x) of an ellipsoid with half axes along x, y, z."""
    grids = np.meshgrid(*(np.arange(-40, 41) * step for step in spacing_mm[::-1]), indexing="ij")
    scaled = (grid / axis for grid, axis in zip(grids, half_axes_mm[::-1], strict=True))
    mask: NDArray[np.uint8] = (sum(part**2 for part in scaled) <= 1.0).astype(np.uint8)  # type: ignore[union-attr]
    return mask


def test_an_ellipsoid_has_its_volume_and_axes() -> None:
    mask = ellipsoid(24.0, 12.0, 6.0, spacing_mm=(1.0, 1.0, 1.0))
    measures = measure_mask(mask, (1.0, 1.0, 1.0))
    assert measures.volume_mm3 == pytest.approx(4 / 3 * math.pi * 24 * 12 * 6, rel=0.02)
    assert measures.elongation == pytest.approx(2.0, rel=0.02)
    assert measures.flatness == pytest.approx(2.0, rel=0.03)
    assert 0.5 < measures.roundness < 1.0
    assert not measures.is_regular


@pytest.mark.parametrize("radius_mm", [8.0, 15.0])
def test_a_ball_a_cylinder_and_a_box_are_regular(radius_mm: float) -> None:
    ball = ellipsoid(radius_mm, radius_mm, radius_mm, spacing_mm=SPACING)
    assert measure_mask(ball, SPACING).is_regular
    cylinder = np.stack([ball[40]] * 4)
    assert measure_mask(cylinder, SPACING).is_regular
    box = np.zeros((6, 30, 30), np.uint8)
    box[1:4, 5:20, 5:15] = 1
    assert measure_mask(box, SPACING).is_regular


def test_a_mask_of_one_slice_has_no_shape_and_an_empty_one_no_volume() -> None:
    mask = np.zeros((3, 20, 20), np.uint8)
    assert math.isnan(measure_mask(mask, SPACING).volume_mm3)
    mask[1, 2:8, 3:17] = 1
    mask[1, 2, 3:10] = 0
    measures = measure_mask(mask, SPACING)
    assert measures.volume_mm3 == pytest.approx(mask.sum() * 0.7 * 0.7 * 5.0)
    assert math.isnan(measures.elongation)


def test_cohorts_without_segmentations_are_refused() -> None:
    tabular = sample_cohort()
    with pytest.raises(UserError, match=r"aux task shape needs tumor masks \(cohort sample\)"):
        measure_masks(tabular, "shape")
    cohort = add_images(tabular)
    assert len(measure_masks(cohort, "shape")) == 40

    def box(case: int) -> NDArray[np.uint8]:
        mask = np.zeros((3, 20, 20), np.uint8)
        mask[:, 4:9, 4:9] = 1
        return mask

    boxes = replace(cohort, read_masks=box, fingerprint="1" * 32)
    with pytest.raises(UserError, match="got boxes, balls or points in 40 of 40 cases"):
        measure_masks(boxes, "segment")


def test_whole_scans_have_no_masks() -> None:
    cohort = replace(sample_cohort(), offsets=np.arange(len(sample_cohort()) + 1))
    with pytest.raises(UserError, match="needs tumor masks.*got a cohort of whole scans"):
        measure_masks(cohort, "segment")
