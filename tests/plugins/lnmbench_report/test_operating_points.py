"""The report's tables of operating points and of net benefit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lnmbench_metrics.threshold_metrics import sensitivity
from lnmbench_report.net_benefit import NetBenefits
from lnmbench_report.operating_points import OperatingPoints, classify, list_aims
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
from lnmbench.stats.operating_points import threshold_for_specificity
from lnmbench.testing.sample_results import empty_results

LOGISTIC = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
TITLES = {"auc": "AUC", "npv": "NPV at sens. .90", "ppv": "PPV at sens. .90", "youden": "Youden"}
TRUTH = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
OUTER = np.array([[0, 1, 0, 1, 0, 1], [1, 0, 0, 1, 1, 0]], dtype=np.int16)
PREDICTED = np.array([[0.9, 0.3, 0.5, 0.2, 0.1, 0.6], [0.7, 0.3, 0.3, 0.2, 0.1, 0.2]])
AT = np.array([[0.4, 0.2], [0.4, 0.6]])  # of fold 0 and 1, in two repeats


def scores(metric: str, thresholds: NDArray[np.float64] | None) -> FoldScores:
    return FoldScores(
        method=LOGISTIC.fingerprint, metric=metric, values=np.zeros((2, 2)), thresholds=thresholds
    )


def results(*, thresholds: NDArray[np.float64] = AT, done: int = 4) -> Results:
    found = {"auc": None, "npv": thresholds, "ppv": thresholds.copy(), "youden": AT + 0.25}
    outcome = MethodResult(
        method=LOGISTIC,
        units_done=done,
        units_all=4,
        predicted=PREDICTED,
        scores={metric: scores(metric, own) for metric, own in found.items()},
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


def tables(of: Results) -> list[Table]:
    return [block for block in OperatingPoints()(of) if isinstance(block, Table)]


def cells(made: Table, row: int = 0) -> dict[str, Cell]:
    return dict(zip((one.key for one in made.columns), made.rows[row], strict=True))


def test_a_case_is_called_by_the_thresholds_of_its_own_folds_in_half_of_the_repeats() -> None:
    called = classify(PREDICTED, OUTER, AT)
    # in the two repeats: .9 ≥ .4 and .7 ≥ .6, .3 ≥ .2 and .3 < .4, .5 ≥ .4 and .3 < .4,
    # .2 ≥ .2 and .2 < .6, .1 < .4 and .1 < .6, .6 ≥ .2 and .2 < .4
    assert called.tolist() == [True, True, True, True, False, True]


@pytest.mark.parametrize("predicted", [PREDICTED, np.full((2, 6), 0.3), np.ones((2, 6))])
def test_the_table_counts_what_the_metric_of_a_fold_counts(predicted: NDArray[np.float64]) -> None:
    metric = sensitivity(specificity=0.9)
    for repeat, fold in np.ndindex(2, 2):
        tested = OUTER[repeat] == fold
        at = np.full((1, 2), metric.threshold(TRUTH, predicted[repeat]))
        here = classify(predicted[repeat][None], OUTER[repeat][None], at)[tested]
        found = metric(TRUTH[tested], predicted[repeat][tested], float(at[0, fold]))
        positive = TRUTH[tested] == 1
        expected = here[positive].mean() if positive.any() else np.nan
        assert found == pytest.approx(expected, nan_ok=True)


def test_nobody_is_positive_where_no_threshold_reaches_the_aim() -> None:
    for predicted in (np.ones((2, 6)), np.full((2, 6), 0.3)):
        at = np.full((2, 2), threshold_for_specificity(TRUTH, predicted[0], 0.9))
        assert not classify(predicted, OUTER, at).any()


def test_notes_say_what_the_threshold_was_chosen_on_and_that_patients_repeat() -> None:
    notes = tables(results())[0].notes
    assert any("one fit each" in note and "the mean of 5 fits" in note for note in notes)
    assert not any("several cases" in note for note in notes)
    twice = replace(results(), patients=np.array([0, 0, 1, 2, 2, 3]))
    told = "2 patients have several cases: the intervals treat them as independent."
    assert told in tables(twice)[0].notes
    (worth,) = NetBenefits()(twice)
    assert isinstance(worth, Table)
    assert told in worth.notes
    assert any("take the prevalence as given" in note for note in worth.notes)


def test_shares_count_every_case_once_with_wilsons_interval() -> None:
    row = cells(tables(results())[0])
    counts = {"sensitivity": (2, 2), "specificity": (1, 4), "ppv": (2, 5), "npv": (1, 1)}
    for name, (count, total) in counts.items():
        low, high = proportion_confint(count, total, method="wilson")
        assert row[name].value == count / total, name
        assert (row[name].low, row[name].high) == pytest.approx((low, high)), name
    assert row["specificity"].text == ".250 (.046 to .699)"


def test_metrics_that_share_thresholds_are_one_operating_point_and_none_is_lost() -> None:
    made = results()
    assert [(aim.metrics, aim.name) for aim in list_aims(made)] == [
        (("npv", "ppv"), "sens. .90"),
        (("youden",), "Youden"),
    ]
    assert [table.title for table in tables(made)] == [
        "Operating point chosen on the inner folds: sens. .90",
        "Operating point chosen on the inner folds: Youden",
    ]
    assert len({table.key for table in tables(made)}) == 2
    assert tables(made)[0].methods == ((LOGISTIC.fingerprint,),)


def test_a_share_of_no_case_and_a_threshold_that_is_not_there_are_dashes() -> None:
    nobody = cells(tables(results(thresholds=np.ones((2, 2))))[0])
    assert nobody["ppv"].text == "–"
    assert nobody["sensitivity"].value == 0.0
    unknown = cells(tables(results(thresholds=np.full((2, 2), np.nan)))[0])
    assert {unknown[name].text for name in ("sensitivity", "specificity", "ppv", "npv")} == {"–"}


def test_without_thresholds_there_is_no_operating_point() -> None:
    made = results()
    plain = replace(made.method_results[0], scores={"auc": scores("auc", None)})
    assert not tables(replace(made, method_results=(plain,)))
    assert not tables(results(done=3))


def test_a_real_runs_thresholds_reach_the_report(scored: Results) -> None:
    made = tables(scored)
    assert {table.title.split(": ")[1].split(" (")[0] for table in made} == {
        "sens. .90",
        "spec. .90",
    }
    assert all(len(table.rows) == len(scored.method_results) for table in made)
