from __future__ import annotations

from dataclasses import replace

import pytest

from lnmbench import UserError
from lnmbench.records import EncoderGrid

GRID = EncoderGrid(spacing_mm=(1.0, 2.0, 3.0), size=(10, 20, 30), window_hu=(-1000, 400))


@pytest.mark.parametrize(
    ("orientation", "axes", "flips", "shape"),
    [
        ("SPL", (0, 1, 2), (), (30, 20, 10)),
        ("LPS", (2, 1, 0), (), (10, 20, 30)),
        ("RAS", (2, 1, 0), (0, 1), (10, 20, 30)),
        ("IPR", (0, 1, 2), (0, 2), (30, 20, 10)),
        ("ASR", (1, 0, 2), (0, 2), (20, 30, 10)),
    ],
)
def test_axes_of_the_tensor(
    orientation: str, axes: tuple[int, ...], flips: tuple[int, ...], shape: tuple[int, ...]
) -> None:
    grid = replace(GRID, orientation=orientation)
    assert (grid.axes, grid.flips, grid.shape) == (axes, flips, shape)


def test_the_reach_is_the_largest_half_extent() -> None:
    assert GRID.reach_mm == 29 / 2 * 3
    assert replace(GRID, size=(101, 1, 1)).reach_mm == 50.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"spacing_mm": (1.0, 0.0, 1.0)},
        {"spacing_mm": (1.0, float("nan"), 1.0)},
        {"size": (0, 1, 1)},
        {"size": (4096, 4096, 4096)},
        {"window_hu": (400, -1000)},
        {"window_hu": (float("-inf"), 0)},
        {"intensity": (1.0, 1.0)},
        {"orientation": "RAR"},
        {"orientation": "RA"},
        {"orientation": "ras"},
        {"orientation": "RASL"},
    ],
)
def test_grids_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UserError, match=f"wrong {next(iter(wrong))} of an encoder's grid"):
        replace(GRID, **wrong)  # type: ignore[arg-type]


def test_the_description_states_what_is_not_clipped() -> None:
    assert replace(GRID, clip=False).describe().endswith("−1000 to 400 HU as −1 to 1, not clipped")
