"""Known truth of a synthetic cohort: AUCs that its sources of information allow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from lnmbench_synthetic.clinical_record import HISTOLOGIES, SMOKING, draw_missing
from lnmbench_synthetic.model import CausalModel
from lnmbench_synthetic.nodes import compute_nodal_score, draw_nodes
from lnmbench_synthetic.patients import LOBES, T_STAGES, compute_expected_invasiveness
from lnmbench_synthetic.population import draw_population
from lnmbench_synthetic.tumor_stage import draw_staged_population

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.draws import Draws
    from lnmbench_synthetic.nodes import Nodes
    from lnmbench_synthetic.patients import Patients


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Models:
    """Logistic models of the population's risk from the clinical features.

    `clinical` has all values, `with_missing` has missing ones, `with_pt` has pT in addition.
    """

    clinical: Pipeline
    with_missing: Pipeline
    with_pt: Pipeline


def compute_truth(patients: Patients, nodes: Nodes, model: CausalModel) -> dict[str, float]:
    """Return the known quantities of a cohort by name.

    AUCs refer to the simulated population of 20,000 patients, in expectation over the nodal status
    drawn with their risk; those marked "cohort" to the cohort's patients and their drawn status.
    The AUC from image and clinical features is that of the optimal ranking; the AUCs from clinical
    features, with and without pT, are those of logistic models of the population's risk.

    Parameters
    ----------
    patients, nodes
        The cohort's patients (n) and their nodal status.
    model
        The causal model that they were drawn with.
    """
    truth = dict(_compute_population_aucs(model))
    truth["cohort share of N2"] = float(nodes.n2.mean())
    if 0 < nodes.n2.sum() < len(patients):
        scores = {
            "cohort AUC of the true risk": nodes.risk,
            "cohort AUC from image and clinical features": score_image_and_clinical(
                patients, model
            ),
            "cohort AUC from clinical features": _predict_log_odds(
                _fit_models(model).clinical, build_clinical_design(patients)
            ),
        }
        truth |= {name: float(roc_auc_score(nodes.n2, s)) for name, s in scores.items()}
    return truth


def score_image_and_clinical(patients: Patients, model: CausalModel) -> NDArray[np.float64]:
    """Return the score (n,) with the optimal ranking from image and clinical features."""
    expected = compute_expected_invasiveness(patients.traits, model.visibility)
    return compute_nodal_score(patients, expected, model.effect)


def build_clinical_design(patients: Patients) -> NDArray[np.float64]:
    """Return the clinical features (n, 19), all known; some are logarithms."""
    return np.column_stack(
        [
            np.log(patients.cea_ng_ml),
            np.log1p(patients.pack_years),
            patients.lobulated,
            patients.spiculated,
            _encode_one_hot(patients.histology, len(HISTOLOGIES)),
            patients.age,
            patients.female,
            _encode_one_hot(patients.smoking, len(SMOKING)),
            _encode_one_hot(patients.lobe, len(LOBES)),
            np.log(patients.long_axis_mm),
            np.log(patients.node_short_axis_mm),
        ]
    ).astype(np.float64)


def build_design_with_missing(draws: Draws, patients: Patients) -> NDArray[np.float64]:
    """Return clinical features (n, 24), missing ones set to the mean, and their masks."""
    masks = draw_missing(draws)
    missing = np.stack(
        [masks[c] for c in ("cea", "pack_years", "lobulation", "spiculation")], axis=1
    )
    histology = np.repeat(masks["histology"][:, None], len(HISTOLOGIES), axis=1)
    missing = np.column_stack([missing, histology])
    filled = build_clinical_design(patients)
    width = missing.shape[1]
    known = filled[:, :width]
    filled[:, :width] = np.where(missing, known.mean(axis=0), known)
    return np.column_stack([filled, missing[:, :5]])


def build_t_stage_design(patients: Patients) -> NDArray[np.float64]:
    """Return pT (n, 7), one column per stage."""
    return _encode_one_hot(patients.t_stage, len(T_STAGES))


@lru_cache(maxsize=16)
def _compute_population_aucs(model: CausalModel) -> tuple[tuple[str, float], ...]:
    draws, patients = draw_population(model.visibility)
    risk = draw_nodes(draws, patients, model).risk
    models = _fit_models(model)
    clinical, missing = build_clinical_design(patients), build_design_with_missing(draws, patients)
    with_pt = np.column_stack(
        [clinical, build_t_stage_design(draw_staged_population(model.visibility, model.pt))]
    )
    scores = {
        "AUC of the true risk": risk,
        "AUC from image and clinical features": score_image_and_clinical(patients, model),
        "AUC from clinical features": _predict_log_odds(models.clinical, clinical),
        "AUC from clinical features with missing values": _predict_log_odds(
            models.with_missing, missing
        ),
        "AUC from clinical features and pT": _predict_log_odds(models.with_pt, with_pt),
    }
    return tuple((name, compute_expected_auc(score, risk)) for name, score in scores.items())


@lru_cache(maxsize=16)
def _fit_models(model: CausalModel) -> _Models:
    draws, patients = draw_population(model.visibility)
    risk = draw_nodes(draws, patients, model).risk
    clinical = build_clinical_design(patients)
    return _Models(
        clinical=_fit_to_risk(clinical, risk),
        with_missing=_fit_to_risk(build_design_with_missing(draws, patients), risk),
        with_pt=_fit_to_risk(
            np.column_stack(
                [clinical, build_t_stage_design(draw_staged_population(model.visibility, model.pt))]
            ),
            risk,
        ),
    )


def compute_expected_auc(score: NDArray[np.float64], risk: NDArray[np.float64]) -> float:
    """Return the AUC of a score in expectation over labels drawn with the risk.

    Parameters
    ----------
    score
        (n,), greater for a label that is more likely positive.
    risk
        (n,), probability of a positive label, between 0 and 1.
    """
    labels, weights = _repeat_with_both_labels(risk)
    return float(roc_auc_score(labels, np.concatenate([score, score]), sample_weight=weights))


def _fit_to_risk(design: NDArray[np.float64], risk: NDArray[np.float64]) -> Pipeline:
    labels, weights = _repeat_with_both_labels(risk)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=100.0, max_iter=500))
    model.fit(np.concatenate([design, design]), labels, logisticregression__sample_weight=weights)
    return model


def _repeat_with_both_labels(
    risk: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return labels and weights (2n,): each case positive, weighted by its risk, then negative."""
    labels = np.repeat([1.0, 0.0], len(risk))
    return labels, np.concatenate([risk, 1 - risk])


def _predict_log_odds(model: Pipeline, design: NDArray[np.float64]) -> NDArray[np.float64]:
    score: NDArray[np.float64] = model.decision_function(design)
    return score


def _encode_one_hot(index: NDArray[np.int64], categories: int) -> NDArray[np.float64]:
    return np.eye(categories)[index]
