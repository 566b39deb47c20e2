"""Grid of a volume: the positions of its voxels in the patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Size = tuple[int, int, int]

# Headers are rounded differently; a tenth of a voxel still is the same position.
SAME_PLACE = 0.1


class Geometry(Protocol):
    """A SimpleITK image, or a reader that has read a header."""

    def GetSize(self) -> tuple[int, ...]:
        """Return the number of voxels along each axis."""

    def GetOrigin(self) -> tuple[float, ...]:
        """Return the center of the first voxel in mm."""

    def GetSpacing(self) -> tuple[float, ...]:
        """Return the spacing along each axis in mm."""

    def GetDirection(self) -> tuple[float, ...]:
        """Return the direction cosines, row by row."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Positions of voxels: `size` along x, y, z, and `matrix` (4, 4) from indices to LPS mm."""

    size: Size
    matrix: NDArray[np.float64]

    @classmethod
    def of_image(cls, image: Geometry) -> Self:
        """Return the grid of an image or of the header in a SimpleITK reader."""
        return cls.of_geometry(
            image.GetSize(), image.GetOrigin(), image.GetSpacing(), image.GetDirection()
        )

    @classmethod
    def of_geometry(
        cls,
        size: tuple[int, ...],
        origin_mm: tuple[float, ...],
        spacing_mm: tuple[float, ...],
        direction: tuple[float, ...],
    ) -> Self:
        """Return the grid of the first three axes of a geometry, as SimpleITK states it.

        Parameters
        ----------
        size
            Voxels along x, y, z.
        origin_mm
            Center of the first voxel in LPS mm.
        spacing_mm
            Spacings along x, y, z.
        direction
            The matrix of direction cosines, row by row.
        """
        axes = len(size)
        matrix: NDArray[np.float64] = np.eye(4)
        cosines = np.reshape(direction, (axes, axes))[:3, :3]
        matrix[:3, :3] = cosines * np.asarray(spacing_mm[:3])
        matrix[:3, 3] = origin_mm[:3]
        x, y, z = size[:3]
        return cls(size=(x, y, z), matrix=matrix)

    @property
    def spacing_mm(self) -> NDArray[np.float64]:
        """The spacing along x, y, z."""
        lengths: NDArray[np.float64] = np.linalg.norm(self.matrix[:3, :3], axis=0)
        return lengths

    def map_to(self, other: Grid) -> NDArray[np.float64]:
        """Return the matrix (4, 4) from indices of this grid to indices of another one."""
        return np.linalg.solve(other.matrix, self.matrix).astype(np.float64)

    def corners_in(self, other: Grid, margin: float = 0.0) -> NDArray[np.float64]:
        """Return the eight corners in indices of another grid.

        Parameters
        ----------
        other
            The other grid.
        margin
            0 for the centers of the corner voxels, 0.5 for the border of the grid.

        Returns
        -------
        ndarray
            Indices x, y, z, (8, 3).
        """
        which = np.array([*np.ndindex(2, 2, 2)])
        ends = np.where(which, np.array(self.size) - 1 + margin, -margin)
        between = self.map_to(other)
        corners: NDArray[np.float64] = ends @ between[:3, :3].T + between[:3, 3]
        return corners

    def shares_lattice(self, other: Grid) -> bool:
        """Return whether voxels lie on voxels of another grid, with any extent and axes."""
        between = self.map_to(other)
        permutation = np.rint(between)
        if not np.array_equal(np.abs(permutation[:3, :3]) @ np.ones(3), np.ones(3)):
            return False
        return self._deviation(between, permutation) < SAME_PLACE

    def has_points_of(self, other: Grid) -> bool:
        """Return whether the voxels are those of another grid, with any order of the axes."""
        if not self.shares_lattice(other):
            return False
        corners = np.rint(self.corners_in(other))
        last = np.array(other.size) - 1
        return bool((corners.min(axis=0) == 0).all() and (corners.max(axis=0) == last).all())

    def is_stored_as(self, other: Grid) -> bool:
        """Return whether size and position of every voxel are those of another grid."""
        return (
            self.size == other.size and self._deviation(self.map_to(other), np.eye(4)) < SAME_PLACE
        )

    def lacks_geometry(self) -> bool:
        """Return whether the grid is that of software which dropped the geometry of an image.

        It is spacing 1 mm, origin 0 and axes of the patient, as in LPS or as in RAS.
        """
        ways = (np.eye(4), np.diag([-1.0, -1.0, 1.0, 1.0]))
        return any(np.array_equal(self.matrix, way) for way in ways)

    def _deviation(self, a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
        """Return the largest disagreement of two index maps over the grid, in voxels."""
        corners = np.array([*np.ndindex(2, 2, 2)]) * (np.array(self.size) - 1)
        ends = np.column_stack([corners, np.ones(8)])
        return float(np.abs((a - b) @ ends.T).max())

    def describe(self, other: Grid) -> str:
        """Return the facts of this grid that differ from another one, in words.

        Examples
        --------
        >>> axial = Grid(size=(9, 9, 4), matrix=np.diag([0.7, 0.7, 5.0, 1.0]))
        >>> Grid(size=(9, 9, 4), matrix=np.diag([0.7, 0.7, 2.5, 1.0])).describe(axial)
        'spacing 0.7 × 0.7 × 2.5 mm'
        """
        facts = [
            fact
            for fact, others in zip(self._list_facts(), other._list_facts(), strict=True)
            if fact != others
        ]
        return ", ".join(facts or self._list_facts())

    def _list_facts(self) -> list[str]:
        directions = self.matrix[:3, :3] / self.spacing_mm
        return [
            " × ".join(map(str, self.size)) + " voxels",
            "spacing " + " × ".join(f"{number:.4g}" for number in self.spacing_mm) + " mm",
            f"origin ({', '.join(f'{number:.5g}' for number in self.matrix[:3, 3] + 0.0)}) mm",
            f"directions ({', '.join(f'{cosine:.3g}' for cosine in directions.T.ravel() + 0.0)})",
        ]
