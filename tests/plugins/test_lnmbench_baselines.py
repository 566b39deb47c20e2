from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from inspect import signature

import numpy as np
import pandas as pd
import pytest
from lnmbench_baselines import register_baselines
from numpy.typing import NDArray

from lnmbench import Column, UserError
from lnmbench.contracts import Baseline

OFFERED = register_baselines()
OPTIONAL = ("xgboost", "lightgbm", "catboost")
NAMES = [
    name
    for name in OFFERED
    if name not in ("tabpfn", "tabicl", "sklearn") and (name not in OPTIONAL or find_spec(name))
]
COLUMNS = (
    Column(name="signal", role="feature"),
    Column(name="noise", role="feature"),
    Column(name="grade", role="feature", kind="ordinal", categories=("a", "b", "c")),
    Column(name="lobe", role="feature", kind="nominal", categories=("RUL", "RML", "RLL")),
    Column(name="sex", role="feature", kind="binary", categories=("f", "m")),
    Column(name="same", role="feature"),
    Column(name="empty", role="feature"),
)


@cache
def make_data(n: int, share: float) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return features, of which one predicts the labels, and labels with a share of positives."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "signal": rng.normal(size=n),
            "noise": rng.normal(60, 9, size=n),
            "grade": rng.integers(0, 3, n).astype(float),
            "lobe": rng.integers(0, 3, n).astype(float),
            "sex": rng.integers(0, 2, n).astype(float),
            "same": np.full(n, 3.0),
            "empty": np.full(n, np.nan),
        }
    )
    score = 1.5 * frame["signal"] + rng.normal(size=n)
    labels = (score.rank(ascending=False) <= round(share * n)).to_numpy().astype(float)
    for name in ("signal", "noise", "grade", "lobe", "sex"):
        frame.loc[rng.random(n) < 0.1, name] = np.nan
    return frame, labels


def predict(
    baseline: Baseline, candidate: int, frame: pd.DataFrame, labels: NDArray[np.float64]
) -> NDArray[np.float64]:
    model = baseline.estimator(COLUMNS)
    model[-1].set_params(**baseline.candidates()[candidate])
    probabilities: NDArray[np.float64] = model.fit(frame, labels).predict_proba(frame)
    assert probabilities.shape == (len(frame), 2)
    assert np.isfinite(probabilities).all()
    assert list(model.classes_) == [0, 1]
    return probabilities[:, 1]


@cache
def build(name: str) -> Baseline:
    return OFFERED[name]()


@pytest.mark.parametrize("name", NAMES)
def test_rare_events_keep_their_share(name: str) -> None:
    from sklearn.metrics import roc_auc_score

    baseline, (frame, labels) = build(name), make_data(300, 0.1)
    for candidate in (0, -1):
        p = predict(baseline, candidate, frame, labels)
        assert abs(p.mean() - 0.1) < 0.05, "classes are not balanced"
        np.testing.assert_array_equal(p, predict(baseline, candidate, frame, labels))
    assert roc_auc_score(labels, p) > 0.75


@pytest.mark.parametrize("positive", [1, 3])
@pytest.mark.parametrize("name", NAMES)
def test_a_few_events_suffice(name: str, positive: int) -> None:
    baseline, (frame, labels) = build(name), make_data(60, positive / 60)
    assert labels.sum() == positive
    for candidate in range(len(baseline.candidates())):
        p = predict(baseline, candidate, frame, labels)
        assert p.mean() < 0.2


def test_numbers_of_trees_and_folds_are_checked() -> None:
    for factory, parameter in (
        ("random_forest", "trees"),
        ("hist_gradient_boosting", "trees"),
        ("logistic", "max_iter"),
        ("gam", "knots"),
        ("svm", "folds"),
    ):
        with pytest.raises(UserError, match=f"wrong value for {parameter} .baseline {factory}"):
            OFFERED[factory](**{parameter: 0})


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "seed" in signature(OFFERED[name]).parameters]
)
def test_seeds_are_checked(name: str) -> None:
    with pytest.raises(UserError, match=f"wrong value for seed .baseline {name}"):
        OFFERED[name](seed=-1)
