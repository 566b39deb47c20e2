"""Grids of volumes: positions, lattices, and the axes in which voxels are stored."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench.imaging.grid import Grid


@pytest.fixture
def turned() -> sitk.Image:
    """An image of 12 × 10 × 6 voxels whose axes are not those of the patient."""
    turned = sitk.Image((12, 10, 6), sitk.sitkInt16)
    turned.SetSpacing((0.7, 0.8, 5.0))
    turned.SetOrigin((-20.0, -30.0, -100.0))
    turned.SetDirection(sitk.Euler3DTransform((0, 0, 0), 0.3, 0, 0.2).GetMatrix())
    return turned


def test_the_matrix_gives_positions(turned: sitk.Image) -> None:
    grid = Grid.of_image(turned)
    corner = (grid.matrix @ [3, 2, 1, 1])[:3]
    np.testing.assert_allclose(corner, turned.TransformIndexToPhysicalPoint((3, 2, 1)))
    np.testing.assert_allclose(grid.spacing_mm, turned.GetSpacing())


def test_only_what_differs_is_described(turned: sitk.Image) -> None:
    other = sitk.Image(turned[:9])
    other.SetDirection((1, 0, 0, 0, 1, 0, 0, 0, 1))
    grids = Grid.of_image(other), Grid.of_image(turned)
    assert (
        grids[0].describe(grids[1]) == "9 × 10 × 6 voxels, directions (1, 0, 0, 0, 1, 0, 0, 0, 1)"
    )
    assert grids[1].describe(grids[0]).startswith("12 × 10 × 6 voxels, directions (0.98, ")


def test_stored_in_other_axes_the_points_are_the_same(turned: sitk.Image) -> None:
    grid = Grid.of_image(turned)
    flipped = Grid.of_image(sitk.PermuteAxes(sitk.Flip(turned, (True, False, True)), (2, 0, 1)))
    assert flipped.has_points_of(grid)
    assert not flipped.is_stored_as(grid)
    assert Grid.of_image(sitk.Image(turned)).is_stored_as(grid)


def test_a_crop_lies_on_the_lattice_alone(turned: sitk.Image) -> None:
    crop, grid = Grid.of_image(turned[2:9, 1:7, 1:5]), Grid.of_image(turned)
    assert crop.shares_lattice(grid)
    assert not crop.has_points_of(grid)
    np.testing.assert_allclose(crop.corners_in(grid)[[0, -1]], [[2, 1, 1], [8, 6, 4]], atol=1e-9)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda image: image.SetOrigin((-19.96, -30.0, -100.0)), True),
        (lambda image: image.SetOrigin((-19.6, -30.0, -100.0)), False),
        (lambda image: image.SetSpacing((0.7, 0.8, 5.001)), True),
        (lambda image: image.SetSpacing((0.72, 0.8, 5.0)), False),
    ],
)
def test_rounding_of_headers_is_no_other_grid(turned: sitk.Image, change, same: bool) -> None:
    other = sitk.Image(turned)
    change(other)
    assert Grid.of_image(other).is_stored_as(Grid.of_image(turned)) == same
    assert Grid.of_image(other).shares_lattice(Grid.of_image(turned)) == same


@pytest.mark.parametrize("direction", [(1, 0, 0, 0, 1, 0, 0, 0, 1), (-1, 0, 0, 0, -1, 0, 0, 0, 1)])
def test_a_dropped_geometry_is_known_by_its_numbers(direction: tuple[float, ...]) -> None:
    image = sitk.Image((4, 4, 4), sitk.sitkUInt8)
    image.SetDirection(direction)
    assert Grid.of_image(image).lacks_geometry()
    image.SetOrigin((0.0, 0.0, 1.0))
    assert not Grid.of_image(image).lacks_geometry()
