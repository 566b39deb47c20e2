"""All lymph node stations as one target."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lnmbench_tnm.stations import Stations

from lnmbench import Card, Cohort, Column, UserError

NAN = math.nan
VALUES = {"ipsi_II": [1.0, 0, NAN, NAN], "ipsi_III": [0, NAN, 1, NAN], "contra_I": [0, 0, 0, NAN]}


def cohort(values: dict[str, list[float]]) -> Cohort:
    columns = [
        Column(
            name=f"level {name}",
            role="target",
            kind="binary",
            label=f"station_{name}",
            categories=("no", "yes"),
            known="after",
        )
        for name in values
    ]
    return Cohort(
        name="toy",
        ids=("a", "b", "c", "d"),
        columns=(Column(name="id", role="id"), *columns),
        values={f"level {name}": np.array(labels) for name, labels in values.items()},
        offsets=np.zeros(5, dtype=np.int64),
        card=Card(title="t", license="l", source="s", citation="c", labels="x"),
        fingerprint="0",
    )


def test_each_station_is_an_outcome_and_unknown_where_it_was_not_examined() -> None:
    made = cohort(VALUES)
    outcomes = Stations().outcomes(made)
    assert list(outcomes) == list(VALUES)
    for name, labels in VALUES.items():
        np.testing.assert_array_equal(outcomes[name], labels)
    np.testing.assert_array_equal(Stations().labels(made), [1, 0, 1, NAN])
    (note,) = Stations().notes(made)
    assert "3 stations; 3 of 4 cases with any examined, 2.3 stations each" in note


def test_some_stations_can_be_chosen() -> None:
    made = cohort(VALUES)
    assert list(Stations(names="ipsi_III+station_ipsi_II").outcomes(made)) == [
        "ipsi_III",
        "ipsi_II",
    ]
    with pytest.raises(UserError, match="no station: expected names joined by"):
        Stations(names=" + ")
    with pytest.raises(UserError, match="did you mean ipsi_II"):
        Stations(names="ipsi_I").outcomes(made)


def test_a_cohort_without_stations_is_refused() -> None:
    with pytest.raises(UserError, match="no lymph node stations.*station_NAME"):
        Stations().labels(cohort({}))
