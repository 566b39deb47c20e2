"""The comparisons on pairs of fold scores and of predictions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lnmbench_comparisons import areas, register_comparisons
from lnmbench_comparisons.posterior import Bayes
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import roc_auc_score

from lnmbench.contracts import Comparison
from lnmbench.errors import UserError
from lnmbench.records import Pair, TestResult
from lnmbench.stats.cv_auc import placement_test
from lnmbench.stats.delong import delong_test

TRUTH = (np.arange(60) % 3 == 0).astype(float)
FOLD = np.array([(np.arange(60) // 3 + repeat) % 4 for repeat in range(3)], dtype=np.int16)


def pair(a: NDArray[np.float64], b: NDArray[np.float64], *, metric: str = "auc") -> Pair:
    nothing = np.zeros((a.shape[0], 0))
    return Pair(
        metric=metric,
        method_a="a",
        method_b="b",
        a=a,
        b=b,
        truth=np.zeros(0),
        predicted_a=nothing,
        predicted_b=nothing,
        fold=nothing.astype(np.int16),
    )


def predicting(
    predicted_a: NDArray[np.float64],
    predicted_b: NDArray[np.float64],
    *,
    metric: str = "auc",
    methods: tuple[str, str] = ("a", "b"),
) -> Pair:
    """A pair with predictions (repeats, n) and the AUC of every fold."""
    a, b = (
        np.array(
            [
                [roc_auc_score(TRUTH[of == fold], one[of == fold]) for fold in range(4)]
                for one, of in zip(predicted, FOLD, strict=True)
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


def drawn(seed: int, strength: float = 1.0) -> NDArray[np.float64]:
    return strength * TRUTH + np.random.default_rng(seed).normal(size=(3, 60))


def made() -> dict[str, Comparison]:
    return {name: factory() for name, factory in register_comparisons().items()}


def said(name: str, of: Pair) -> TestResult:
    result = made()[name](of)
    assert result is not None
    return result


def test_exactly_one_is_primary_and_the_plain_t_is_as_published() -> None:
    assert {name: test.role for name, test in made().items()} == {
        "corrected": "primary",
        "bayes": "beside",
        "placement": "beside",
        "delong": "beside",
        "paired": "as published",
    }


def test_difference_is_b_minus_a_with_the_ratio_of_the_folds() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.uniform(size=(2, 5)), rng.uniform(size=(2, 5))
    d = (b - a).ravel()
    result = said("corrected", pair(a, b))
    assert result.estimate == pytest.approx(d.mean())
    error = d.std(ddof=1) * math.sqrt(1 / 10 + 1 / 4)
    assert result.statistic == pytest.approx(d.mean() / error)
    assert result.df == 9
    assert result.low < result.estimate < result.high
    assert result.detail == "J = 10, n2/n1 = 1/4"


def test_plain_t_is_scipys() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.uniform(size=(3, 4)), rng.uniform(size=(3, 4))
    expected = stats.ttest_rel(b.ravel(), a.ravel())
    assert said("paired", pair(a, b)).pvalue == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("name", ["corrected", "paired"])
def test_scores_equal_to_rounding_show_no_difference(name: str) -> None:
    a = np.full((2, 5), 0.7)
    b = a + 2.0**-52
    result = said(name, pair(a, b))
    assert (result.estimate, result.pvalue) == (0.0, 1.0)


def test_equal_scores_are_equivalent_for_certain() -> None:
    a = np.full((2, 5), 0.7)
    result = said("bayes", pair(a, a + 2.0**-52, metric="brier"))
    assert (result.worse, result.equivalent, result.better) == (0.0, 1.0, 0.0)
    assert (result.low, result.high) == (0.0, 0.0)


def test_the_posterior_has_no_p_value_and_the_interval_of_the_corrected_test() -> None:
    rng = np.random.default_rng(2)
    of = pair(rng.normal(0.7, 0.02, (10, 10)), rng.normal(0.72, 0.02, (10, 10)), metric="ap")
    posterior, corrected = said("bayes", of), said("corrected", of)
    assert math.isnan(posterior.pvalue)
    assert posterior.estimate == pytest.approx(corrected.estimate)
    # the uninformative prior makes the credible interval that of the corrected test
    assert (posterior.low, posterior.high) == pytest.approx((corrected.low, corrected.high))
    assert posterior.worse + posterior.equivalent + posterior.better == pytest.approx(1.0)
    assert posterior.better > posterior.equivalent > posterior.worse
    assert posterior.rope == 0.01
    wide = Bayes(rope=0.1)(of)
    assert wide.equivalent > 0.99


@pytest.mark.parametrize("rope", [-0.01, math.nan, math.inf])
def test_a_rope_that_is_none_is_refused(rope: float) -> None:
    with pytest.raises(UserError, match="wrong rope"):
        Bayes(rope=rope)


def test_areas_are_tested_with_the_case_as_the_unit() -> None:
    a, b = drawn(0), drawn(1, strength=2.0)
    of = predicting(a, b)
    placed, averaged = said("placement", of), said("delong", of)
    # all folds hold the same number of each class, so that cases and folds weigh alike
    assert placed.estimate == pytest.approx((of.b - of.a).mean())
    assert placed.pvalue == placement_test(TRUTH, a, b, FOLD).pvalue
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    aucs = [roc_auc_score(TRUTH, mean) for mean in (mean_a, mean_b)]
    assert averaged.estimate == pytest.approx(aucs[1] - aucs[0])
    assert averaged.pvalue == delong_test(TRUTH, mean_a, mean_b).pvalue
    for result in (placed, averaged):
        assert result.low < result.estimate < result.high


@pytest.mark.parametrize("name", ["placement", "delong"])
def test_areas_are_for_the_auc_alone(name: str) -> None:
    a, b = drawn(0), drawn(1)
    assert made()[name](predicting(a, b, metric="brier")) is None
    assert made()[name](predicting(a, b, metric="macro_auc")) is None


@pytest.mark.parametrize("name", ["placement", "delong"])
def test_methods_that_predict_alike_do_not_differ(name: str) -> None:
    a = drawn(3)
    result = said(name, predicting(a, a.copy(), methods=("a", "c")))
    assert (result.estimate, result.pvalue) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("name", "costly"), [("placement", "placements"), ("delong", "delong_components")]
)
def test_the_work_for_a_method_is_done_once_and_never_for_other_predictions(
    name: str, costly: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = {method: drawn(seed) for seed, method in enumerate("abcd")}
    couples = [(one, two) for one in "abcd" for two in "abcd" if one < two]
    pairs = [predicting(scores[one], scores[two], methods=(one, two)) for one, two in couples]
    calls = []
    real = getattr(areas, costly)
    monkeypatch.setattr(areas, costly, lambda *given: (calls.append(costly), real(*given))[1])
    test = made()[name]
    found = [test(one) for one in pairs]
    assert len(calls) == 4
    assert found == [made()[name](one) for one in pairs]
    other = predicting(drawn(9), scores["b"])
    assert test(other) == made()[name](other), "another run's predictions of the same method"
