"""Labels of a linear probe: which are taken, and how well they are predicted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import r2_score, roc_auc_score

from lnmbench.records import Cohort, Column, Kind, Outcomes, Plan, ProbedLabel
from lnmbench.stages.run.probed_labels import LabelValues, collect_labels, score_labels
from lnmbench.stats.linear_probe import cross_validated_ridge
from lnmbench.stats.resampled import corrected_interval

N = 120
RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.standard_normal((N, 8))
FOLDS = np.stack([np.arange(N) % 4, (np.arange(N) // 7) % 4])


def label(kind: Kind, values: NDArray[np.float64], classes: int = 0) -> LabelValues:
    record = ProbedLabel(name="x", role="aux", kind=kind, known=int((~np.isnan(values)).sum()))
    return LabelValues(record=record, values=values, classes=classes)


def score(one: LabelValues) -> ProbedLabel:
    (scored,) = score_labels(FEATURES, [one], FOLDS)
    return scored


def test_numbers_are_those_of_scikit_learn_and_scipy() -> None:
    size = FEATURES[:, 0] + RANDOM.standard_normal(N)
    size[:9] = np.nan
    grade = (size > 0.5).astype(float)
    scored = score_labels(FEATURES, [label("continuous", size), label("binary", grade)], FOLDS)
    correlations, areas, r2 = [], [], []
    for fold in FOLDS:
        predicted = cross_validated_ridge(FEATURES, np.column_stack([size, grade]), fold)
        known = ~np.isnan(size)
        r2.append(r2_score(size[known], predicted[known, 0]))
        for number in range(4):
            test = known & (fold == number)
            correlations.append(spearmanr(size[test], predicted[test, 0]).statistic)
            everyone = fold == number
            areas.append(roc_auc_score(grade[everyone], predicted[everyone, 1]))
    continuous, binary = scored
    assert continuous.spearman is not None
    assert continuous.spearman.value == pytest.approx(np.mean(correlations))
    assert continuous.r2 == pytest.approx(np.mean(r2))
    assert continuous.auc is None
    assert binary.auc is not None
    assert binary.auc.value == pytest.approx(np.mean(areas))
    interval = corrected_interval(areas, test_train_ratio=1 / 3)
    assert (binary.auc.low, binary.auc.high) == (
        pytest.approx(interval.low),
        pytest.approx(min(interval.high, 1.0)),
    )
    assert (binary.spearman, binary.r2) == (None, None)


def test_nominal_classes_are_predicted_each_against_the_others() -> None:
    visible = np.argmax(FEATURES[:, :3], axis=1).astype(float)
    unrelated = RANDOM.integers(0, 3, N).astype(float)
    areas = [score(label("nominal", values, classes=4)).auc for values in (visible, unrelated)]
    assert areas[0] is not None
    assert areas[1] is not None
    assert areas[0].low > 0.8
    assert areas[1].low < 0.5 < areas[1].high


def test_a_label_that_no_fold_can_rank_has_no_scores() -> None:
    rare = np.zeros(N)
    rare[0] = 1.0
    assert score(label("binary", rare)).auc is None


def test_the_target_comes_first_then_columns_that_serve_a_task(
    make_cohort: type[Cohort], plan: Plan
) -> None:
    cohort = make_cohort(30)
    values = {
        "few": np.where(np.arange(30) < 19, np.arange(30.0), np.nan),
        "same": np.ones(30),
        "size": np.where(np.arange(30) < 20, np.arange(30.0), np.nan),
        "pT": np.arange(30.0) % 3,
    }
    columns = [
        Column(
            name=name,
            role="aux",
            known="after",
            kind="ordinal" if name == "pT" else "continuous",
            categories=("a", "b", "c") if name == "pT" else (),
            label="pt" if name == "pT" else None,
        )
        for name in values
    ]
    cohort = replace(
        cohort, columns=(*cohort.columns, *columns), values={**cohort.values, **values}
    )
    labels = list(collect_labels(cohort, plan, np.arange(30)))
    records = [(one.record.name, one.record.role, one.record.known) for one in labels]
    assert records == [("n2", "target", 30), ("pT", "aux", 30), ("size", "aux", 20)]
    assert np.array_equal(labels[0].values, plan.truth)
    # in units of the largest number, so that squares do not overflow
    assert np.nanmax(labels[2].values) == 1.0
    some = list(collect_labels(cohort, plan, np.arange(5, 30)))
    assert np.array_equal(some[1].values, values["pT"][5:])


def test_huge_numbers_are_probed_like_any_other(make_cohort: type[Cohort], plan: Plan) -> None:
    values = 1e300 * np.linspace(-1.0, 1.0, 30)
    column = Column(name="huge", role="aux", known="after")
    cohort = make_cohort(30)
    cohort = replace(
        cohort, columns=(*cohort.columns, column), values={**cohort.values, "huge": values}
    )
    labels = list(collect_labels(cohort, plan, np.arange(30)))
    folds = plan.splits.outer.astype(np.int64)
    _, huge = score_labels(values[:, None] / 1e300, labels, folds)
    assert huge.r2 == pytest.approx(1.0, abs=0.01)


def test_each_outcome_of_a_target_is_a_label(
    make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    second = np.where(np.arange(30) < 8, np.nan, np.arange(30) % 2)
    few = np.where(np.arange(30) < 12, np.arange(30) % 2, np.nan)
    values = np.column_stack([plan.truth, second, few])
    outcomes = Outcomes(kind="multilabel", names=("II", "III", "V"), values=values)
    several = replace(plan, outcomes=outcomes)
    labels = list(collect_labels(make_cohort(30), several, np.arange(30)))
    assert [(each.record.name, each.record.known) for each in labels] == [
        ("n2, any outcome", 30),
        ("n2, II", 30),
        ("n2, III", 22),
    ]
    np.testing.assert_array_equal(labels[2].values, second)
