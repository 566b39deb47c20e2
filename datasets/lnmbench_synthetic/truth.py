"""What is known of a synthetic cohort: how well its risk can be predicted, and from what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from lnmbench_synthetic.nodes import nodal_score, nodes, population
from lnmbench_synthetic.patients import LOBES, T_STAGES, expected_invasiveness
from lnmbench_synthetic.table import HISTOLOGIES, SMOKING, missing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.draws import Draws
    from lnmbench_synthetic.nodes import Nodes
    from lnmbench_synthetic.patients import Patients


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Models:
    """Logistic models of the population's risk: from the clinical features, with gaps, with pT."""

    clinical: Pipeline
    with_gaps: Pipeline
    with_pt: Pipeline


def truth(people: Patients, status: Nodes, *, effect: float, prevalence: float) -> dict[str, float]:
    """Return what is known of this cohort: names of quantities to numbers.

    The first lines hold for the population of 20,000 patients, averaged over every nodal status
    that could have been drawn for them; the lines of the cohort, for its own patients and their
    drawn status. From image and clinical features it is the best ranking there is; from clinical
    features alone, and with pT, that of a logistic model fitted to the population's risk.
    """
    known = dict(_of_population(effect, prevalence))
    known["cohort share of N2"] = float(status.n2.mean())
    if 0 < status.n2.sum() < len(people):
        scores = {
            "cohort AUC of the true risk": status.risk,
            "cohort AUC from image and clinical features": image_and_clinical(people, effect),
            "cohort AUC from clinical features": _log_odds(
                _models(effect, prevalence).clinical, clinical_design(people)
            ),
        }
        known |= {name: float(roc_auc_score(status.n2, by)) for name, by in scores.items()}
    return known


def image_and_clinical(people: Patients, effect: float) -> NDArray[np.float64]:
    """Return (n,): a score that ranks patients as well as image and clinical features allow."""
    return nodal_score(people, expected_invasiveness(people.traits), effect)


def clinical_design(people: Patients) -> NDArray[np.float64]:
    """Return (n, 19): the clinical features without gaps; lengths, CEA, smoking as logarithms."""
    return np.column_stack(
        [
            np.log(people.cea_ng_ml),
            np.log1p(people.pack_years),
            people.lobulated,
            people.spiculated,
            _one_hot(people.histology, len(HISTOLOGIES)),
            people.age,
            people.female,
            _one_hot(people.smoking, len(SMOKING)),
            _one_hot(people.lobe, len(LOBES)),
            np.log(people.long_axis_mm),
            np.log(people.node_short_axis_mm),
        ]
    ).astype(np.float64)


def design_with_gaps(draws: Draws, people: Patients) -> NDArray[np.float64]:
    """Return (n, 24): the clinical features, gaps filled with the mean, and where the gaps are."""
    lost = missing(draws)
    gaps = np.stack([lost[c] for c in ("cea", "pack_years", "lobulation", "spiculation")], axis=1)
    gaps = np.column_stack([gaps, np.repeat(lost["histology"][:, None], len(HISTOLOGIES), axis=1)])
    filled = clinical_design(people)
    means = clinical_design(population()[1])[:, : gaps.shape[1]].mean(axis=0)
    filled[:, : gaps.shape[1]] = np.where(gaps, means, filled[:, : gaps.shape[1]])
    return np.column_stack([filled, gaps[:, :5]])


def t_stage_design(people: Patients) -> NDArray[np.float64]:
    """Return (n, 7): pT, one column a stage."""
    return _one_hot(people.t_stage, len(T_STAGES))


@lru_cache(maxsize=16)
def _of_population(effect: float, prevalence: float) -> tuple[tuple[str, float], ...]:
    draws, people = population()
    risk = nodes(draws, people, effect=effect, prevalence=prevalence).risk
    models = _models(effect, prevalence)
    clinical, gaps = clinical_design(people), design_with_gaps(draws, people)
    with_pt = np.column_stack([clinical, t_stage_design(people)])
    scores = {
        "AUC of the true risk": risk,
        "AUC from image and clinical features": image_and_clinical(people, effect),
        "AUC from clinical features": _log_odds(models.clinical, clinical),
        "AUC from clinical features with their gaps": _log_odds(models.with_gaps, gaps),
        "AUC from clinical features and pT": _log_odds(models.with_pt, with_pt),
    }
    return tuple((name, expected_auc(score, risk)) for name, score in scores.items())


@lru_cache(maxsize=16)
def _models(effect: float, prevalence: float) -> _Models:
    draws, people = population()
    risk = nodes(draws, people, effect=effect, prevalence=prevalence).risk
    clinical = clinical_design(people)
    return _Models(
        clinical=_fitted(clinical, risk),
        with_gaps=_fitted(design_with_gaps(draws, people), risk),
        with_pt=_fitted(np.column_stack([clinical, t_stage_design(people)]), risk),
    )


def expected_auc(score: NDArray[np.float64], risk: NDArray[np.float64]) -> float:
    """Return the AUC of a score (n,) over all labels that could be drawn with the risk (n,)."""
    labels, weights = _both_labels(risk)
    return float(roc_auc_score(labels, np.concatenate([score, score]), sample_weight=weights))


def _fitted(design: NDArray[np.float64], risk: NDArray[np.float64]) -> Pipeline:
    labels, weights = _both_labels(risk)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=100.0, max_iter=500))
    model.fit(np.concatenate([design, design]), labels, logisticregression__sample_weight=weights)
    return model


def _both_labels(risk: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return every case twice: as a positive weighing its risk, as a negative weighing the rest."""
    labels = np.repeat([1.0, 0.0], len(risk))
    return labels, np.concatenate([risk, 1 - risk])


def _log_odds(model: Pipeline, design: NDArray[np.float64]) -> NDArray[np.float64]:
    score: NDArray[np.float64] = model.decision_function(design)
    return score


def _one_hot(index: NDArray[np.int64], categories: int) -> NDArray[np.float64]:
    return np.eye(categories)[index]
