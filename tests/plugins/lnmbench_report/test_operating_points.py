"""The report's tables of operating points and of net benefit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lnmbench_metrics.threshold_metrics import sensitivity
from lnmbench_report.net_benefit import NetBenefits
from lnmbench_report.operating_points import OperatingPoints
from numpy.typing import NDArray
from statsmodels.stats.proportion import proportion_confint

from lnmbench.records import (
    BaselineMethod,
    Cell,
    Choice,
    FoldScores,
    MethodResult,
    Protocol,
    Results,
    Table,
)
from lnmbench.results import classify, list_aims
from lnmbench.stats.operating_points import threshold_for_specificity
from lnmbench.testing.sample_results import empty_results

LOGISTIC = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
TITLES = {"auc": "AUC", "npv": "NPV at sens. .90", "ppv": "PPV at sens. .90", "youden": "Youden"}
TRUTH = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
OUTER = np.array([[0, 1, 0, 1, 0, 1], [1, 0, 0, 1, 1, 0]], dtype=np.int16)
PREDICTED = np.array([[0.9, 0.3, 0.5, 0.2, 0.1, 0.6], [0.7, 0.3, 0.3, 0.2, 0.1, 0.2]])
THRESHOLDS = np.array([[0.4, 0.2], [0.4, 0.6]])  # of fold 0 and 1, in two repeats


def scores(metric: str, thresholds: NDArray[np.float64] | None) -> FoldScores:
    return FoldScores(
        method=LOGISTIC.fingerprint, metric=metric, values=np.zeros((2, 2)), thresholds=thresholds
    )


def make_results(*, thresholds: NDArray[np.float64] = THRESHOLDS, done: int = 4) -> Results:
    metric_value = {
        "auc": None,
        "npv": thresholds,
        "ppv": thresholds.copy(),
        "youden": THRESHOLDS + 0.25,
    }
    outcome = MethodResult(
        method=LOGISTIC,
        units_done=done,
        units_all=4,
        predicted=PREDICTED,
        scores={metric: scores(metric, values) for metric, values in metric_value.items()},
    )
    return replace(
        empty_results(),
        protocol=Protocol(repeats=2, folds=2),
        n=6,
        positives=2,
        method_results=(outcome,),
        metrics=tuple(TITLES),
        metric_titles=TITLES,
        truth=TRUTH,
        outer=OUTER,
    )


def tables(results: Results) -> list[Table]:
    return [block for block in OperatingPoints()(results) if isinstance(block, Table)]


def cells(table: Table, row: int = 0) -> dict[str, Cell]:
    return dict(zip((column.key for column in table.columns), table.rows[row], strict=True))


def test_a_case_is_called_by_the_threshold_of_its_fold_in_each_repeat() -> None:
    called = classify(PREDICTED, OUTER, THRESHOLDS)
    # in the two repeats: .9 ≥ .4 and .7 ≥ .6, .3 ≥ .2 and .3 < .4, .5 ≥ .4 and .3 < .4,
    # .2 ≥ .2 and .2 < .6, .1 < .4 and .1 < .6, .6 ≥ .2 and .2 < .4
    assert called.tolist() == [
        [True, True, True, True, False, True],
        [True, False, False, False, False, False],
    ]


@pytest.mark.parametrize("predicted", [PREDICTED, np.full((2, 6), 0.3), np.ones((2, 6))])
def test_the_table_counts_what_the_metric_of_a_fold_counts(predicted: NDArray[np.float64]) -> None:
    metric = sensitivity(specificity=0.9)
    for repeat, fold in np.ndindex(2, 2):
        tested = OUTER[repeat] == fold
        thresholds_of_fold = np.full((1, 2), metric.threshold(TRUTH, predicted[repeat]))
        here = classify(predicted[repeat][None], OUTER[repeat][None], thresholds_of_fold)[0, tested]
        metric_value = metric(
            TRUTH[tested], predicted[repeat][tested], float(thresholds_of_fold[0, fold])
        )
        positive = TRUTH[tested] == 1
        expected = here[positive].mean() if positive.any() else np.nan
        assert metric_value == pytest.approx(expected, nan_ok=True)


def test_nobody_is_positive_where_no_threshold_reaches_the_aim() -> None:
    for predicted in (np.ones((2, 6)), np.full((2, 6), 0.3)):
        thresholds_of_fold = np.full((2, 2), threshold_for_specificity(TRUTH, predicted[0], 0.9))
        assert not classify(predicted, OUTER, thresholds_of_fold).any()


def test_notes_say_what_the_threshold_was_chosen_on_and_that_models_are_fixed() -> None:
    notes = tables(make_results())[0].notes
    assert any("one fit each" in note and "the mean of 5 fits" in note for note in notes)
    assert any("They treat thresholds and trained models as fixed" in note for note in notes)
    (worth,) = NetBenefits()(make_results())
    assert isinstance(worth, Table)
    assert any("They treat the trained models as fixed" in note for note in worth.notes)
    assert any(note.endswith("classes, given the prevalence.") for note in worth.notes)


def test_shares_are_those_of_each_repeat_averaged() -> None:
    row = cells(tables(make_results())[0])
    expected = {
        "sensitivity": (2 / 2 + 1 / 2) / 2,
        "specificity": (1 / 4 + 4 / 4) / 2,
        "ppv": (2 / 5 + 1 / 1) / 2,
        "npv": (1 / 1 + 4 / 5) / 2,
    }
    for name, value in expected.items():
        assert row[name].value == pytest.approx(value), name
        assert row[name].low is not None
        assert row[name].high is not None
        assert row[name].low < value < row[name].high
    assert row["specificity"].text.startswith(".625 (")


def test_with_one_repeat_intervals_are_wilsons() -> None:
    results = make_results(thresholds=THRESHOLDS[:1])
    (result,) = results.method_results
    once = replace(
        results,
        outer=OUTER[:1],
        method_results=(replace(result, predicted=PREDICTED[:1]),),
    )
    row = cells(tables(once)[0])
    low, high = proportion_confint(1, 4, method="wilson")
    assert (row["specificity"].low, row["specificity"].high) == pytest.approx((low, high))


def test_metrics_that_share_thresholds_are_one_operating_point_and_none_is_lost() -> None:
    table = make_results()
    assert [(aim.metrics, aim.name) for aim in list_aims(table)] == [
        (("npv", "ppv"), "sens. .90"),
        (("youden",), "Youden"),
    ]
    assert [table.title for table in tables(table)] == [
        "Operating point chosen on the inner folds: sens. .90",
        "Operating point chosen on the inner folds: Youden",
    ]
    assert len({table.key for table in tables(table)}) == 2
    assert tables(table)[0].methods == ((LOGISTIC.fingerprint,),)


def test_a_share_of_no_case_and_a_threshold_that_is_not_there_are_dashes() -> None:
    nobody = cells(tables(make_results(thresholds=np.ones((2, 2))))[0])
    assert nobody["ppv"].text == "–"
    assert nobody["sensitivity"].value == 0.0
    unknown = cells(tables(make_results(thresholds=np.full((2, 2), np.nan)))[0])
    assert {unknown[name].text for name in ("sensitivity", "specificity", "ppv", "npv")} == {"–"}


def test_without_thresholds_there_is_no_operating_point() -> None:
    table = make_results()
    plain = replace(table.method_results[0], scores={"auc": scores("auc", None)})
    assert not tables(replace(table, method_results=(plain,)))
    assert not tables(make_results(done=3))


def test_a_real_runs_thresholds_reach_the_report(scored: Results) -> None:
    table = tables(scored)
    assert {table.title.split(": ")[1].split(" (")[0] for table in table} == {
        "sens. .90",
        "spec. .90",
    }
    assert all(len(table.rows) == len(scored.method_results) for table in table)
