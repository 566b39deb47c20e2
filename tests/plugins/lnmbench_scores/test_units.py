"""Units of variables."""

from __future__ import annotations

import pytest
from lnmbench_scores.units import conversion_factor

from lnmbench import Column, UserError


@pytest.mark.parametrize(
    ("unit", "needed", "factor"),
    [
        ("mm", "mm", 1.0),
        ("mm", "cm", 0.1),
        ("cm", "mm", 10.0),
        ("a", "years", 1.0),
        ("µg/L", "ng/ml", 1.0),
        ("anything", "anything", 1.0),
        (None, "", 1.0),
        ("mm", "", 1.0),
    ],
)
def test_units_that_mean_the_same_or_can_be_converted(
    unit: str | None, needed: str, factor: float
) -> None:
    column = Column(name="x", role="feature", unit=unit)
    assert conversion_factor(column, needed, where="score s") == factor


def test_a_unit_is_never_guessed() -> None:
    with pytest.raises(UserError, match=r"'x' has no unit \(score s\): expected mm; add unit"):
        conversion_factor(Column(name="x", role="feature"), "mm", where="score s")
    with pytest.raises(UserError, match="another unit .*expected years, got months"):
        conversion_factor(Column(name="x", role="feature", unit="months"), "years", where="score s")
