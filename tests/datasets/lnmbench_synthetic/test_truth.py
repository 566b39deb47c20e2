"""The known truth: what carries the risk, and the null cohort at effect 0."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.dataset import Synthetic
from lnmbench_synthetic.draws import Draws
from lnmbench_synthetic.model import CausalModel
from lnmbench_synthetic.nodes import Nodes
from lnmbench_synthetic.patients import T_STAGES, Patients, compute_expected_invasiveness
from lnmbench_synthetic.truth import (
    build_clinical_design,
    build_t_stage_design,
    score_image_and_clinical,
)
from scipy.stats import chi2
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def _held_out_auc(design: np.ndarray, labels: np.ndarray) -> float:
    half = len(labels) // 2
    model = make_pipeline(StandardScaler(), LogisticRegression(C=100.0, max_iter=500))
    model.fit(design[:half], labels[:half])
    return float(roc_auc_score(labels[half:], model.decision_function(design[half:])))


def _pvalue_of_pt(base: np.ndarray, people: Patients, labels: np.ndarray) -> float:
    """Likelihood ratio test of the seven stages beside a design that is right without them."""
    designs = base, np.column_stack([base, build_t_stage_design(people)[:, 1:]])
    logs = []
    for design in designs:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=np.inf, max_iter=2000))
        odds = model.fit(design, labels).predict_proba(design)[np.arange(len(labels)), labels * 1]
        logs.append(np.log(odds).sum())
    return float(chi2.sf(2 * (logs[1] - logs[0]), len(T_STAGES) - 1))


def test_the_true_latent_beats_the_clinical_features(
    many: tuple[Draws, Patients], with_effect: Nodes
) -> None:
    _, people = many
    latent = _held_out_auc(people.invasiveness[:, None], with_effect.n2)
    clinical = _held_out_auc(build_clinical_design(people), with_effect.n2)
    assert latent > clinical + 0.01
    assert roc_auc_score(with_effect.n2, with_effect.risk) > latent


def test_the_image_holds_risk_that_the_clinical_features_do_not(
    many: tuple[Draws, Patients], with_effect: Nodes, without_effect: Nodes
) -> None:
    _, people = many
    clinical = build_clinical_design(people)
    both = np.column_stack([clinical, people.traits])
    for status in (with_effect, without_effect):
        assert _held_out_auc(both, status.n2) > _held_out_auc(clinical, status.n2) + 0.02


def test_pt_adds_to_image_and_clinical_features_only_with_an_effect(
    many: tuple[Draws, Patients], with_effect: Nodes, without_effect: Nodes
) -> None:
    _, people = many
    base = np.column_stack([build_clinical_design(people), people.traits])
    assert _pvalue_of_pt(base, people, without_effect.n2) > 0.01
    assert _pvalue_of_pt(base, people, with_effect.n2) < 1e-6
    with_pt = np.column_stack([base, build_t_stage_design(people)])
    gain = _held_out_auc(with_pt, without_effect.n2) - _held_out_auc(base, without_effect.n2)
    assert abs(gain) < 0.001


def test_clinical_features_follow_from_the_image_and_never_from_the_latent_itself(
    many: tuple[Draws, Patients],
) -> None:
    """So a clinical cell that is missing opens no path from pT to the nodes."""
    _, people = many
    rest = people.invasiveness - compute_expected_invasiveness(people.traits)
    assert rest.std() > 0.4
    for feature in build_clinical_design(people).T:
        assert abs(np.corrcoef(feature, rest)[0, 1]) < 4 / np.sqrt(len(people))
    assert np.corrcoef(people.t_stage, rest)[0, 1] > 0.1


def test_the_card_tells_the_truth_in_its_order() -> None:
    with_missing = "AUC from clinical features with missing values"
    truth = Synthetic(n=400, seed=3).card.truth
    assert truth["AUC of the true risk"] > truth["AUC from image and clinical features"]
    assert truth["AUC from image and clinical features"] > truth["AUC from clinical features"]
    assert truth["AUC from clinical features"] > truth[with_missing]
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
    assert any("effect 0" in note for note in null.card.notes)
    assert not any("Null cohort" in note for note in null.card.notes)


def test_the_truth_is_what_fresh_patients_show(
    many: tuple[Draws, Patients], with_effect: Nodes
) -> None:
    _, people = many
    truth = Synthetic(n=10).card.truth
    found = {
        "AUC of the true risk": roc_auc_score(with_effect.n2, with_effect.risk),
        "AUC from image and clinical features": roc_auc_score(
            with_effect.n2, score_image_and_clinical(people, CausalModel())
        ),
        "AUC from clinical features": _held_out_auc(build_clinical_design(people), with_effect.n2),
    }
    for name, value in found.items():
        assert truth[name] == pytest.approx(value, abs=0.015)
