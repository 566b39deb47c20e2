from __future__ import annotations

import math

import numpy as np
import pytest
from lnmbench_tnm.station import Station

from lnmbench import Card, Cohort, Column, UserError


def cohort(kind: str = "binary") -> Cohort:
    column = Column(
        name="level two",
        role="target",
        kind=kind,
        label="station_ipsi_II",
        categories=("no", "yes"),
        known="after",
    )
    return Cohort(
        name="toy",
        ids=("a", "b", "c"),
        columns=(column,),
        values={"level two": np.array([1.0, 0.0, math.nan])},
        offsets=np.zeros(4, dtype=np.int64),
        card=Card(title="t", license="l", source="s", citation="c", labels="x"),
        fingerprint="0",
    )


@pytest.mark.parametrize("name", ["ipsi_II", "station_ipsi_II", " ipsi_II "])
def test_a_station_that_was_not_examined_is_unknown(name: str) -> None:
    np.testing.assert_array_equal(Station(name=name).labels(cohort()), [1.0, 0.0, math.nan])
    (note,) = Station(name=name).notes(cohort())
    assert "1 of 2 cases" in note


def test_a_station_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(UserError, match="did you mean ipsi_II"):
        Station(name="ipsi_I").labels(cohort())


def test_a_station_must_be_binary() -> None:
    with pytest.raises(UserError, match="expected kind binary"):
        Station(name="ipsi_II").labels(cohort("ordinal"))
