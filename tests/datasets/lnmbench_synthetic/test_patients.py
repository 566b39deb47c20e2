"""The causal model: shares, what carries the risk, and the null cohort at effect 0."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.dataset import Synthetic
from lnmbench_synthetic.draws import Draws, draw
from lnmbench_synthetic.nodes import Nodes, nodal_score, nodes
from lnmbench_synthetic.patients import T_STAGES, Patients, expected_invasiveness, patients
from lnmbench_synthetic.truth import (
    clinical_design,
    image_and_clinical,
    t_stage_design,
)
from scipy.stats import chi2
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lnmbench import UserError

MANY = 20_000


@pytest.fixture(scope="module")
def many() -> tuple[Draws, Patients]:
    draws = draw(MANY, np.random.default_rng(77))
    return draws, patients(draws)


@pytest.fixture(scope="module")
def with_effect(many: tuple[Draws, Patients]) -> Nodes:
    return nodes(*many, effect=1.0, prevalence=0.25)


@pytest.fixture(scope="module")
def without_effect(many: tuple[Draws, Patients]) -> Nodes:
    return nodes(*many, effect=0.0, prevalence=0.25)


def _held_out_auc(design: np.ndarray, labels: np.ndarray) -> float:
    half = len(labels) // 2
    model = make_pipeline(StandardScaler(), LogisticRegression(C=100.0, max_iter=500))
    model.fit(design[:half], labels[:half])
    return float(roc_auc_score(labels[half:], model.decision_function(design[half:])))


def _pvalue_of_pt(base: np.ndarray, people: Patients, labels: np.ndarray) -> float:
    """Likelihood ratio test of the seven stages beside a design that is right without them."""
    designs = base, np.column_stack([base, t_stage_design(people)[:, 1:]])
    logs = []
    for design in designs:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf, max_iter=2000))
        odds = model.fit(design, labels).predict_proba(design)[np.arange(len(labels)), labels * 1]
        logs.append(np.log(odds).sum())
    return float(chi2.sf(2 * (logs[1] - logs[0]), len(T_STAGES) - 1))


def test_stages_have_realistic_shares(many: tuple[Draws, Patients], with_effect: Nodes) -> None:
    _, people = many
    t = np.bincount(people.t_stage, minlength=7) / MANY
    assert (t > 0.015).all()
    assert t[:3].sum() == pytest.approx(0.57, abs=0.08)
    assert t[3:5].sum() == pytest.approx(0.33, abs=0.08)
    n = np.bincount(with_effect.n_stage, minlength=3) / MANY
    assert n == pytest.approx([0.60, 0.15, 0.25], abs=0.015)
    assert np.median(people.size_mm) == pytest.approx(24, abs=1.5)
    assert people.size_mm.min() >= 8
    assert people.size_mm.max() <= 75


def test_pt_is_by_size_and_is_only_ever_raised(many: tuple[Draws, Patients]) -> None:
    _, people = many
    by_size = np.searchsorted((10, 20, 30, 40, 50, 70), people.size_mm * 0.8)
    assert (people.t_stage >= by_size).mean() > 0.999
    raised = people.t_stage[people.size_mm < 16] >= T_STAGES.index("T2a")
    assert 0.05 < raised.mean() < 0.35


@pytest.mark.parametrize("prevalence", [0.1, 0.4])
@pytest.mark.parametrize("effect", [0.0, 1.0, 3.0])
def test_the_prevalence_is_as_asked_whatever_the_effect(
    many: tuple[Draws, Patients], effect: float, prevalence: float
) -> None:
    assert nodes(*many, effect=effect, prevalence=prevalence).n2.mean() == pytest.approx(
        prevalence, abs=0.015
    )


def test_the_true_latent_beats_the_clinical_features(
    many: tuple[Draws, Patients], with_effect: Nodes
) -> None:
    _, people = many
    latent = _held_out_auc(people.invasiveness[:, None], with_effect.n2)
    clinical = _held_out_auc(clinical_design(people), with_effect.n2)
    assert latent > clinical + 0.01
    assert roc_auc_score(with_effect.n2, with_effect.risk) > latent


def test_the_image_holds_risk_that_the_clinical_features_do_not(
    many: tuple[Draws, Patients], with_effect: Nodes, without_effect: Nodes
) -> None:
    _, people = many
    clinical = clinical_design(people)
    both = np.column_stack([clinical, people.traits])
    for status in (with_effect, without_effect):
        assert _held_out_auc(both, status.n2) > _held_out_auc(clinical, status.n2) + 0.02


def test_pt_adds_to_image_and_clinical_features_only_with_an_effect(
    many: tuple[Draws, Patients], with_effect: Nodes, without_effect: Nodes
) -> None:
    _, people = many
    base = np.column_stack([clinical_design(people), people.traits])
    assert _pvalue_of_pt(base, people, without_effect.n2) > 0.01
    assert _pvalue_of_pt(base, people, with_effect.n2) < 1e-6
    with_pt = np.column_stack([base, t_stage_design(people)])
    gain = _held_out_auc(with_pt, without_effect.n2) - _held_out_auc(base, without_effect.n2)
    assert abs(gain) < 0.001


def test_at_effect_0_the_score_needs_nothing_but_image_and_clinical_features(
    many: tuple[Draws, Patients],
) -> None:
    _, people = many
    elsewhere = np.random.default_rng(0).permutation(people.invasiveness)
    np.testing.assert_array_equal(
        nodal_score(people, elsewhere, 0.0), nodal_score(people, people.invasiveness, 0.0)
    )


def test_clinical_features_follow_from_the_image_and_never_from_the_latent_itself(
    many: tuple[Draws, Patients],
) -> None:
    """So a clinical cell that is missing opens no path from pT to the nodes."""
    _, people = many
    rest = people.invasiveness - expected_invasiveness(people.traits)
    assert rest.std() > 0.4
    for feature in clinical_design(people).T:
        assert abs(np.corrcoef(feature, rest)[0, 1]) < 4 / np.sqrt(MANY)
    assert np.corrcoef(people.t_stage, rest)[0, 1] > 0.1


def test_the_expected_latent_is_what_a_regression_finds(many: tuple[Draws, Patients]) -> None:
    _, people = many
    slopes = np.linalg.lstsq(people.traits, people.invasiveness, rcond=None)[0]
    found = people.traits @ slopes
    assert np.abs(found - expected_invasiveness(people.traits)).max() < 0.15


def test_the_card_tells_the_truth_in_its_order() -> None:
    truth = Synthetic(n=400, seed=3).card.truth
    assert truth["AUC of the true risk"] > truth["AUC from image and clinical features"]
    assert truth["AUC from image and clinical features"] > truth["AUC from clinical features"]
    assert truth["AUC from clinical features"] > truth["AUC from clinical features with their gaps"]
    assert truth["AUC from clinical features and pT"] > truth["AUC from clinical features"] + 0.005
    assert truth["AUC from clinical features"] == pytest.approx(0.80, abs=0.03)
    assert truth["cohort AUC of the true risk"] == pytest.approx(
        truth["AUC of the true risk"], abs=0.05
    )


def test_without_an_effect_image_and_clinical_features_hold_all_of_the_risk() -> None:
    null = Synthetic(n=60, effect=0.0)
    truth = null.card.truth
    assert truth["AUC from image and clinical features"] == pytest.approx(
        truth["AUC of the true risk"], abs=1e-9
    )
    assert any("Null cohort" in note for note in null.card.notes)


def test_the_truth_is_what_fresh_patients_show(
    many: tuple[Draws, Patients], with_effect: Nodes
) -> None:
    _, people = many
    truth = Synthetic(n=10).card.truth
    found = {
        "AUC of the true risk": roc_auc_score(with_effect.n2, with_effect.risk),
        "AUC from image and clinical features": roc_auc_score(
            with_effect.n2, image_and_clinical(people, 1.0)
        ),
        "AUC from clinical features": _held_out_auc(clinical_design(people), with_effect.n2),
    }
    for name, value in found.items():
        assert truth[name] == pytest.approx(value, abs=0.015)


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
