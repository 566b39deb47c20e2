"""The grid of voxels that an encoder of volumes was trained on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lnmbench.errors import UserError

_SIDES = ({"L", "R"}, {"A", "P"}, {"I", "S"})
_MOST_VOXELS = 1 << 27
_SPACING_MM = (0.05, 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderGrid:
    """Voxels around the tumor's center as an encoder of volumes takes them.

    `spacing_mm` and `size` (voxels) are along x, y, z: right to left, front to back, feet to head.
    `orientation` has the direction of rising indices along the three axes of the tensor, in their
    order: `SPL` is (z, y, x) from feet to head, front to back, right to left; `RAS` is (x, y, z).
    HU of `window_hu` become `intensity`, linearly; beyond the window they are clipped, or not
    without `clip`. Voxels outside of the scan have `outside_hu`.

    Raises `UserError` for a grid that no CT has.

    Examples
    --------
    >>> grid = EncoderGrid(spacing_mm=(1, 1, 3), size=(64, 64, 24), window_hu=(-1024, 2048))
    >>> grid.shape, grid.reach_mm
    ((24, 64, 64), 34.5)
    """

    spacing_mm: tuple[float, float, float]
    size: tuple[int, int, int]
    window_hu: tuple[float, float]
    intensity: tuple[float, float] = (-1.0, 1.0)
    orientation: str = "SPL"
    clip: bool = True
    outside_hu: int = -1024

    def __post_init__(self) -> None:
        for name in ("spacing_mm", "window_hu", "intensity"):  # as records are stored
            object.__setattr__(self, name, tuple(map(float, getattr(self, name))))
        object.__setattr__(self, "size", tuple(map(int, self.size)))
        letters = [set(self.orientation) & sides for sides in _SIDES]
        low, high = _SPACING_MM
        self._require(
            "spacing_mm",
            all(low <= mm <= high for mm in self.spacing_mm),
            f"three lengths of {low:g} to {high:g} mm",
        )
        self._require(
            "size",
            all(n >= 1 for n in self.size) and math.prod(self.size) <= _MOST_VOXELS,
            f"three numbers of voxels, {_MOST_VOXELS} together at most",
        )
        self._require(
            "orientation",
            len(self.orientation) == len(_SIDES) and all(len(each) == 1 for each in letters),
            "three letters, one each of L or R, A or P, I or S",
        )
        for name in ("window_hu", "intensity"):
            first, last = getattr(self, name)
            finite = math.isfinite(first) and math.isfinite(last)
            self._require(name, finite and first < last, "two numbers, the smaller one first")

    def _require(self, name: str, is_right: bool, expected: str) -> None:
        if not is_right:
            got = repr(getattr(self, name))[:60]
            raise UserError(f"wrong {name} of an encoder's grid", expected=expected, got=got)

    @property
    def axes(self) -> tuple[int, int, int]:
        """The axis of an array (z, y, x) that each axis of the tensor is."""
        z, y, x = (self._find(sides) for sides in reversed(_SIDES))
        positions = {z: 0, y: 1, x: 2}
        return positions[0], positions[1], positions[2]

    @property
    def flips(self) -> tuple[int, ...]:
        """The axes of the tensor along which indices rise to the right, front or feet."""
        return tuple(axis for axis, letter in enumerate(self.orientation) if letter in "RAI")

    @property
    def shape(self) -> tuple[int, int, int]:
        """The number of voxels along the axes of the tensor."""
        of_array = self.size[::-1]
        first, second, third = (of_array[axis] for axis in self.axes)
        return first, second, third

    @property
    def reach_mm(self) -> float:
        """The largest distance of a voxel from the center, along one of the axes."""
        pairs = zip(self.size, self.spacing_mm, strict=True)
        return max((n - 1) / 2 * mm for n, mm in pairs)

    def describe(self) -> str:
        """Return the grid in words.

        Examples
        --------
        >>> EncoderGrid(spacing_mm=(1, 1, 2), size=(9, 9, 4), window_hu=(-50, 50)).describe()
        '9 × 9 × 4 voxels of 1 × 1 × 2 mm, SPL, −50 to 50 HU as −1 to 1'
        """
        size = " × ".join(map(str, self.size))
        spacing = " × ".join(f"{mm:g}" for mm in self.spacing_mm)
        low, high, first, last = (
            f"{number:g}".replace("-", "−") for number in (*self.window_hu, *self.intensity)
        )
        clipped = "" if self.clip else ", not clipped"
        grid = f"{size} voxels of {spacing} mm, {self.orientation}"
        return f"{grid}, {low} to {high} HU as {first} to {last}{clipped}"

    def _find(self, sides: set[str]) -> int:
        return next(axis for axis, letter in enumerate(self.orientation) if letter in sides)
