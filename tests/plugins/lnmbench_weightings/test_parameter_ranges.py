"""Values of parameters are in their ranges."""

from __future__ import annotations

import math

import pytest
from lnmbench_weightings.parameter_ranges import require_valid

from lnmbench import UserError


def test_a_valid_value_is_kept() -> None:
    assert require_valid(0.5, weighting="x", name="a", valid=True, expected="0 or more") == 0.5


@pytest.mark.parametrize(("value", "valid"), [(-1.0, False), (math.inf, True), (math.nan, True)])
def test_other_values_are_refused_in_one_line(value: float, valid: bool) -> None:
    with pytest.raises(UserError, match=r"wrong value for a \(weighting x\): expected 0 or more"):
        require_valid(value, weighting="x", name="a", valid=valid, expected="0 or more")
