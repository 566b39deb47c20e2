"""Features of cell-free DNA and their stated AUC."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.cell_free_dna import CellFreeDna
from lnmbench_synthetic.dataset import Synthetic
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score


def draw(blood: CellFreeDna, n2: np.ndarray, seed: int = 0) -> np.ndarray:
    rows = blood.draw(n2, np.random.default_rng(seed))
    values = [[np.nan if x is None else x for x in row.values()] for row in rows]
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize(("features", "auc"), [(1, 0.6), (20, 0.75), (20, 0.5), (50, 0.9)])
def test_the_best_linear_score_of_new_patients_has_the_stated_auc(
    features: int, auc: float
) -> None:
    blood = CellFreeDna(features=features, auc=auc, known=1.0)
    n2 = np.random.default_rng(1).random(20_000) < 0.3
    values, train = draw(blood, n2), np.arange(20_000) < 10_000
    score = LinearDiscriminantAnalysis().fit(values[train], n2[train]).decision_function(values)
    assert roc_auc_score(n2[~train], score[~train]) == pytest.approx(auc, abs=0.02)
    noise = values[:, blood.informative :]
    if noise.size:
        assert np.abs(noise.mean(axis=0)).max() < 0.05
    assert values[~n2].std(axis=0) == pytest.approx(1.0, abs=0.05)


def test_the_auc_with_the_true_risk_is_that_of_a_simulated_score() -> None:
    dataset = Synthetic(n=10_000, images=False, cfdna=20, cfdna_auc=0.8)
    panel = np.array(
        [[case.values[c] for c in ("cfdna_01", "cfdna_02")] for case in dataset.cases()], float
    )
    n2, risk = dataset.nodes.n2, dataset.nodes.risk
    # two informative features of twenty: their sum is the best linear score
    score = panel.sum(axis=1)
    shift = score[n2].mean() - score[~n2].mean()
    log_odds = np.log(risk / (1 - risk)) + shift / score[~n2].var() * score
    truth = dataset.card.truth
    assert roc_auc_score(n2, score) == pytest.approx(truth["AUC from cfDNA"], abs=0.02)
    both = truth["AUC of the true risk and cfDNA"]
    assert roc_auc_score(n2, log_odds) == pytest.approx(both, abs=0.02)
    assert both > truth["AUC of the true risk"] + 0.02


def test_a_patient_has_the_whole_panel_or_nothing_of_it() -> None:
    blood = CellFreeDna(features=12, auc=0.7, known=0.6)
    n2 = np.arange(4000) % 4 == 0
    values = draw(blood, n2)
    missing = np.isnan(values)
    assert (missing.all(axis=1) == missing.any(axis=1)).all()
    assert missing.all(axis=1).mean() == pytest.approx(0.4, abs=0.03)
    np.testing.assert_array_equal(draw(blood, n2[:10]), values[:10])


def test_without_features_the_cohort_is_as_before_and_with_them_the_rest_of_it_is() -> None:
    plain, with_blood = Synthetic(n=20, images=False), Synthetic(n=20, images=False, cfdna=5)
    assert [c for c in with_blood.columns if c.modality == "clinical"] == list(plain.columns)
    assert [c.name for c in with_blood.columns if c.modality == "cfdna"] == [
        f"cfdna_{number}" for number in range(1, 6)
    ]
    for case, other in zip(plain.cases(), with_blood.cases(), strict=True):
        assert {**other.values, **case.values} == dict(other.values)
    assert plain.card.truth.items() <= with_blood.card.truth.items()
