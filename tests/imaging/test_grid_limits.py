"""Grids of CT pass; NaN, infinity and what no scanner makes do not."""

from __future__ import annotations

import math

import pytest

from lnmbench import UserError
from lnmbench.imaging.grid_limits import require_plausible_grid

SOUND = {
    "spacing_mm": (0.57, 0.57, 5.0),
    "origin_mm": (-180.0, -200.0, -1204.75),
    "direction": (1.0, 0.0, 0.0, 0.0, 0.8, -0.6, 0.0, 0.6, 0.8),
}


@pytest.mark.parametrize(
    "fact",
    [{}, {"spacing_mm": (0.05, 30.0, 1.0)}, {"direction": (-1, 0, 0, 0, 1.001, 0, 0, 0, 1)}],
)
def test_grids_of_ct_pass(fact: dict[str, tuple[float, ...]]) -> None:
    require_plausible_grid("it", **{**SOUND, **fact})


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e200])
@pytest.mark.parametrize("fact", SOUND)
@pytest.mark.parametrize("position", [0, 2])
def test_no_number_beyond_passes(fact: str, position: int, bad: float) -> None:
    numbers = list(SOUND[fact])
    numbers[position] = bad
    with pytest.raises(UserError, match="^the series has (an unlikely|broken)"):
        require_plausible_grid("the series", **{**SOUND, fact: tuple(numbers)})
