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


def test_labels_and_truth_are_known_after_surgery_and_the_truth_is_no_feature() -> None:
    dataset = Synthetic(n=3, images=False)
    labeled = {c.label: c for c in dataset.columns if c.label}
    assert set(labeled) == {"pn", "pt", "latent", "risk_n2"}
    truth = [c for c in dataset.columns if c.name.startswith("truth_")]
    assert {c.known for c in (*labeled.values(), *truth)} == {"after"}
    assert {c.role for c in truth} == {"aux"}
    assert {c.name: c.label for c in truth if c.label} == {
        "truth_invasiveness": "latent",
        "truth_risk": "risk_n2",
    }
    assert (labeled["pn"].role, labeled["pt"].role) == ("target", "aux")
    named = {c.name for c in dataset.columns}
    assert all(set(case.values) == named for case in dataset.cases())
    features = {c.name for c in dataset.columns if c.role == "feature"}
    assert not features & {"invasiveness", "risk", "score", "solid", *(c.name for c in truth)}
    assert len(truth) == 6


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


def test_a_redrawn_outcome_changes_nodal_status_alone() -> None:
    usual, again, other = (Synthetic(n=300, seed=4, outcome_seed=k) for k in (0, 7, 8))
    changing = {"pn", "truth_risk"}
    for case, redrawn in zip(usual.cases(), again.cases(), strict=True):
        assert case.volume == redrawn.volume
        same = {name for name in case.values if case.values[name] == redrawn.values[name]}
        assert set(case.values) - same <= changing - {"truth_risk"}
    np.testing.assert_array_equal(usual.nodes.risk, again.nodes.risk)
    assert (usual.nodes.n2 != again.nodes.n2).any()
    assert (again.nodes.n2 != other.nodes.n2).any()
    assert again.nodes.n2[:50].tolist() == Synthetic(n=50, seed=4, outcome_seed=7).nodes.n2.tolist()


def test_images_depend_on_seed_and_visibility_alone() -> None:
    dials = {"effect": 3.0, "prevalence": 0.4, "noise": 3.0, "pt": "latent", "known_pt": 0.5}
    usual, changed, clear = (
        [case.volume for case in Synthetic(n=9, seed=4, **parameters).cases()]  # type: ignore[arg-type]  # the names are those of the parameters
        for parameters in ({}, dials, {"visibility": 2.0})
    )
    assert usual == changed
    assert usual != clear


def test_unknown_labels_are_missing_at_random_and_those_of_a_smaller_share_are_among_them() -> None:
    few, many, usual = (
        list(Synthetic(n=400, seed=4, images=False, known_pt=pt, known_n=pn).cases())
        for pt, pn in ((0.3, 0.5), (0.6, 1.0), (1.0, 1.0))
    )
    known = [{c.id for c in cases if c.values["pt"] is not None} for cases in (few, many, usual)]
    assert known[0] < known[1] < known[2]
    assert (len(known[0]), len(known[1])) == (
        pytest.approx(120, abs=30),
        pytest.approx(240, abs=30),
    )
    for case, complete in zip(many, usual, strict=True):
        assert case.values == complete.values | {"pt": case.values["pt"]}
    assert sum(c.values["pn"] is not None for c in few) == pytest.approx(200, abs=30)
    assert sum(c.values["pn"] is not None for c in many) == 400


def test_images_are_missing_at_random_and_change_nothing_else() -> None:
    few, many, usual = (
        list(Synthetic(n=400, seed=4, known_images=share).cases()) for share in (0.3, 0.7, 1.0)
    )
    known = [{c.id for c in cases if c.volume is not None} for cases in (few, many, usual)]
    assert known[0] < known[1] < known[2]
    assert (len(known[0]), len(known[1]), len(known[2])) == (
        pytest.approx(120, abs=30),
        pytest.approx(280, abs=30),
        400,
    )
    assert [case.values for case in few] == [case.values for case in usual]
    with_n2 = sum(c.values["pn"] == "N2" for c in few if c.id in known[0])
    share = sum(c.values["pn"] == "N2" for c in few) / 400
    assert with_n2 / len(known[0]) == pytest.approx(share, abs=0.12)


def test_the_usual_cohort_does_not_change() -> None:
    """Runs of earlier versions are compared with it."""
    case = list(Synthetic(n=3, seed=0, images=False).cases())[2]
    expected = {"age": 65.0, "cea": 2.9, "long_axis": 29.0, "pn": "N2", "pt": "T2a"}
    assert {name: case.values[name] for name in expected} == expected
    assert case.values["truth_risk"] == pytest.approx(0.909496, abs=1e-6)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"n": 0}, "'n'"),
        ({"seed": -1}, "'seed'"),
        ({"effect": -0.5}, "'effect'"),
        ({"effect": float("nan")}, "'effect'"),
        ({"prevalence": 0.0}, "'prevalence'"),
        ({"prevalence": 0.9}, "'prevalence'"),
        ({"noise": 0.0}, "'noise'"),
        ({"noise": float("inf")}, "'noise'"),
        ({"visibility": 0.5}, "'visibility'"),
        ({"visibility": float("nan")}, "'visibility'"),
        ({"known_pt": 1.2}, "'known_pt'"),
        ({"known_n": -0.1}, "'known_n'"),
        ({"outcome_seed": -1}, "'outcome_seed'"),
        ({"known_images": 1.1}, "'known_images'"),
    ],
)
def test_parameters_out_of_range_are_refused(parameters: dict[str, float], says: str) -> None:
    with pytest.raises(UserError, match=says):
        Synthetic(**parameters)  # type: ignore[arg-type]  # the names are those above
