from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from lnmbench_comparisons.auc_tests import Bootstrap, DeLong, Placement
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from lnmbench.errors import UserError
from lnmbench.records import Pair
from lnmbench.stats import cv_auc, delong, paired_bootstrap
from lnmbench.stats.cv_auc import placement_test
from lnmbench.stats.delong import delong_test

TRUTH = (np.arange(60) % 3 == 0).astype(float)
FOLD = np.array([(np.arange(60) // 3 + repeat) % 4 for repeat in range(3)], dtype=np.int16)
COMPARISONS = {"placement": Placement, "delong": DeLong, "bootstrap": Bootstrap}


def pair_of_predictions(
    predicted_a: NDArray[np.float64],
    predicted_b: NDArray[np.float64],
    *,
    metric: str = "auc",
    methods: tuple[str, str] = ("a", "b"),
) -> Pair:
    """Return a pair of methods with predictions (repeats, n) and the AUC of each fold."""
    a, b = (
        np.array(
            [
                [roc_auc_score(TRUTH[folds == fold], p[folds == fold]) for fold in range(4)]
                for p, folds in zip(predicted, FOLD, strict=True)
            ]
        )
        for predicted in (predicted_a, predicted_b)
    )
    return Pair(
        metric=metric,
        method_a=methods[0],
        method_b=methods[1],
        a=a,
        b=b,
        truth=TRUTH,
        predicted_a=predicted_a,
        predicted_b=predicted_b,
        fold=FOLD,
    )


def predictions(seed: int, strength: float = 1.0) -> NDArray[np.float64]:
    return strength * TRUTH + np.random.default_rng(seed).normal(size=(3, 60))


def test_the_case_is_the_unit() -> None:
    a, b = predictions(0), predictions(1, strength=2.0)
    pair = pair_of_predictions(a, b)
    placement, delong = Placement()(pair), DeLong()(pair)
    assert placement is not None
    assert delong is not None
    # all folds hold the same number of each class, so that cases and folds weigh the same
    assert placement.estimate == pytest.approx((pair.b - pair.a).mean())
    assert placement.pvalue == placement_test(TRUTH, a, b, FOLD).pvalue
    aucs = [np.mean([roc_auc_score(TRUTH, repeat) for repeat in p]) for p in (a, b)]
    assert delong.estimate == pytest.approx(aucs[1] - aucs[0])
    assert delong.pvalue == delong_test(TRUTH, a, b).pvalue
    bootstrap = Bootstrap()(pair)
    assert bootstrap is not None
    repeats = [[roc_auc_score(TRUTH, row) for row in scores] for scores in (a, b)]
    assert bootstrap.estimate == pytest.approx(np.mean(repeats[1]) - np.mean(repeats[0]))
    for result in (placement, delong, bootstrap):
        assert result.low < result.estimate < result.high


@pytest.mark.parametrize("name", COMPARISONS)
def test_metrics_other_than_the_auc_are_not_compared(name: str) -> None:
    a, b = predictions(0), predictions(1)
    assert COMPARISONS[name]()(pair_of_predictions(a, b, metric="brier")) is None
    assert COMPARISONS[name]()(pair_of_predictions(a, b, metric="macro_auc")) is None


@pytest.mark.parametrize("name", COMPARISONS)
def test_methods_with_equal_predictions_do_not_differ(name: str) -> None:
    a = predictions(3)
    result = COMPARISONS[name]()(pair_of_predictions(a, a.copy(), methods=("a", "c")))
    assert result is not None
    assert (result.estimate, result.pvalue) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("name", "module", "costly"),
    [
        ("placement", cv_auc, "placements"),
        ("delong", delong, "delong_components"),
        ("bootstrap", paired_bootstrap, "resample_metric"),
    ],
)
def test_components_of_a_method_are_computed_once_for_each_set_of_predictions(
    name: str, module: ModuleType, costly: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_method = {method: predictions(seed) for seed, method in enumerate("abcd")}
    pairs = [
        pair_of_predictions(by_method[a], by_method[b], methods=(a, b))
        for a in "abcd"
        for b in "abcd"
        if a < b
    ]
    calls = []
    original = getattr(module, costly)
    monkeypatch.setattr(
        module,
        costly,
        lambda *args, **named: (calls.append(costly), original(*args, **named))[1],
    )
    comparison = COMPARISONS[name]()
    results = [comparison(pair) for pair in pairs]
    assert len(calls) == 4
    assert results == [COMPARISONS[name]()(pair) for pair in pairs]
    other = pair_of_predictions(predictions(9), by_method["b"])
    expected = COMPARISONS[name]()(other)
    assert comparison(other) == expected, "another run's predictions of the same method"


@pytest.mark.parametrize("parameter", [{"resamples": 99}, {"seed": -1}])
def test_a_bootstrap_without_enough_resamples_is_refused(parameter: dict[str, int]) -> None:
    with pytest.raises(UserError, match="at least"):
        Bootstrap(**parameter)
