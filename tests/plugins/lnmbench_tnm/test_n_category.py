"""Pathological N category as an ordinal target."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lnmbench_tnm.n_category import NCategory

from lnmbench import Card, Cohort, Column, UserError

NAN = math.nan


def cohort(*categories: str, label: str = "pn", kind: str = "ordinal") -> Cohort:
    column = Column(
        name="nodes", role="target", kind=kind, label=label, categories=categories, known="after"
    )
    codes = np.append(np.arange(len(categories), dtype=float), NAN)
    return Cohort(
        name="toy",
        ids=tuple(f"c{code}" for code in range(len(codes))),
        columns=(column,),
        values={"nodes": codes},
        offsets=np.zeros(len(codes) + 1, dtype=np.int64),
        card=Card(title="t", license="l", source="s", citation="c", labels="x"),
        fingerprint="0",
    )


def test_each_cut_point_is_a_label() -> None:
    made = cohort("N0", "pN1a", "N2", "N3b", "N+", "NX")
    outcomes = NCategory().outcomes(made)
    assert list(outcomes) == ["N1 or higher", "N2 or higher", "N3"]
    np.testing.assert_array_equal(outcomes["N1 or higher"], [0, 1, 1, 1, 1, NAN, NAN])
    np.testing.assert_array_equal(outcomes["N2 or higher"], [0, 0, 1, 1, NAN, NAN, NAN])
    np.testing.assert_array_equal(outcomes["N3"], [0, 0, 0, 1, NAN, NAN, NAN])
    np.testing.assert_array_equal(NCategory().labels(made), [0, 1, 1, 1, 1, NAN, NAN])
    (note,) = NCategory().notes(made)
    assert "N1 or higher: 4 of 5, N2 or higher: 2 of 4, N3: 1 of 4" in note


def test_a_cohort_without_the_n_category_is_refused() -> None:
    with pytest.raises(UserError, match="no column labeled pn"):
        NCategory().labels(cohort("N0", "N1", label="n1"))
    with pytest.raises(UserError, match="unknown category 'no'"):
        NCategory().labels(cohort("no", "yes"))
