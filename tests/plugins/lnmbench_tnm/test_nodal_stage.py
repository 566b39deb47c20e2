from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_tnm.nodal_stage import pn

from lnmbench import Cohort, Column, UserError


def test_ambiguous_classes_are_sets(
    make_cohort: Callable[..., Cohort],
) -> None:
    column = Column(
        name="N", role="target", kind="ordinal", label="pn", categories=("N0", "pN2a", "N+", "NX")
    )
    cohort = make_cohort((column, [0, 1, 2, 3, math.nan]))
    expected = [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 1, 1], [math.nan] * 4, [math.nan] * 4]
    np.testing.assert_array_equal(pn().targets(cohort), expected)
    first, second = pn().notes(cohort)
    assert "known in 3 of 5 cases" in first
    assert "contains the nodal target" in second
    assert "never a feature" in second


def test_perineural_invasion_is_no_n_category(make_cohort: Callable[..., Cohort]) -> None:
    nerve = Column(name="Pn", role="aux", kind="ordinal", label="nerve", categories=("Pn0", "Pn1"))
    with pytest.raises(UserError, match="expected a column labeled pn; "):
        pn().targets(make_cohort((nerve, [0, 1])))
