"""The data set as the core reads it: columns, cases, parameters."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.dataset import Synthetic

from lnmbench import UserError
from lnmbench.contracts import Dataset


def test_it_is_a_dataset_whose_cells_its_columns_can_read() -> None:
    dataset = Synthetic(n=50, images=False)
    assert isinstance(dataset, Dataset)
    assert dataset.card.synthetic
    cases = list(dataset.cases())
    assert len({case.id for case in cases}) == 50
    for column in dataset.columns:
        encoded = [column.encode(case.values[column.name]) for case in cases]
        assert np.isfinite(encoded).any()
    assert all(case.volume is None for case in cases)


def test_labels_are_known_after_surgery_and_the_truth_is_in_no_column() -> None:
    dataset = Synthetic(n=3, images=False)
    labeled = {c.label: c for c in dataset.columns if c.label}
    assert set(labeled) == {"pn", "pt"}
    assert {c.known for c in labeled.values()} == {"after"}
    assert (labeled["pn"].role, labeled["pt"].role) == ("target", "aux")
    named = {c.name for c in dataset.columns}
    assert all(set(case.values) == named for case in dataset.cases())
    assert not named & {"invasiveness", "risk", "score", "solid"}


def test_the_same_seed_gives_the_same_cohort_and_the_first_of_a_larger_one() -> None:
    small, again, large = (list(Synthetic(n=n, seed=9).cases()) for n in (12, 12, 30))
    assert small == again
    assert small == large[:12]
    other = list(Synthetic(n=12, seed=10).cases())
    assert [case.values for case in other] != [case.values for case in small]


def test_only_nodal_status_depends_on_the_effect() -> None:
    usual, null = Synthetic(n=80, seed=4), Synthetic(n=80, seed=4, effect=0.0)
    np.testing.assert_array_equal(usual.patients.traits, null.patients.traits)
    np.testing.assert_array_equal(usual.patients.t_stage, null.patients.t_stage)
    assert (usual.nodes.n_stage != null.nodes.n_stage).any()


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"n": 0}, "'n'"),
        ({"seed": -1}, "'seed'"),
        ({"effect": -0.5}, "'effect'"),
        ({"effect": float("nan")}, "'effect'"),
        ({"prevalence": 0.0}, "'prevalence'"),
        ({"prevalence": 0.9}, "'prevalence'"),
    ],
)
def test_parameters_out_of_range_are_refused(parameters: dict[str, float], says: str) -> None:
    with pytest.raises(UserError, match=says):
        Synthetic(**parameters)  # type: ignore[arg-type]  # the names are those above
