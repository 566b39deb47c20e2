"""Results as frames of pandas: predictions, scores, performance and differences."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from lnmbench.errors import UserError, nearest
from lnmbench.records import Estimate, MethodResult, Plan, Results
from lnmbench.results import comparisons_in_order, metrics_in_order
from lnmbench.stages.report.method_labels import make_labels_unique
from lnmbench.store.ledger import LedgerReader

STATISTICS = ("mean", "low", "high", "sd")
DIFFERENCE_COLUMNS = (
    *("method", "against", "metric", "difference", "low", "high", "p", "p_holm", "in_family"),
)


def read_predictions(run: Path) -> pd.DataFrame:
    """Return the predictions of a run directory, as `make_prediction_frame` does."""
    with LedgerReader.open(run) as ledger:
        labels = {m.fingerprint: m.label for m in make_labels_unique(ledger.methods())}
        return make_prediction_frame(ledger, ledger.plan(), labels)


def make_prediction_frame(
    ledger: LedgerReader, plan: Plan, labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return a row for each prediction of the target, of test and of validation cases.

    Parameters
    ----------
    ledger
        The ledger of the run.
    plan
        Its plan.
    labels
        The labels of its methods by fingerprint.
    """
    tested = ledger.frame(
        "SELECT method, repeat, fold, 'test' AS part, case_number, output, value AS probability"
        " FROM units JOIN predictions USING (unit) WHERE task = 'target'"
    )
    frames = [tested, *(_validation(ledger, plan, method) for method in labels)]
    frame = pd.concat([part for part in frames if len(part)] or [tested], ignore_index=True)
    frame = frame.sort_values(["method", "repeat", "fold", "part", "case_number", "output"])
    cases = frame.pop("case_number").to_numpy().astype(int)
    outcomes = frame.pop("output").to_numpy().astype(int)
    frame["method"] = frame["method"].map(dict(labels))
    frame.insert(4, "case", [plan.ids[number] for number in cases])
    if plan.outcomes is not None:
        frame.insert(5, "outcome", [plan.outcomes.names[number] for number in outcomes])
    truth = pd.array(plan.endpoints[cases, outcomes], dtype="Int64")  # missing if unknown
    frame.insert(len(frame.columns) - 1, "target", truth)
    return frame


def _validation(ledger: LedgerReader, plan: Plan, method: str) -> pd.DataFrame:
    frames = []
    width = plan.endpoints.shape[1]
    for repeat, fold, probabilities in ledger.validation(method):
        if not probabilities.size:  # of a method that lacks cases
            continue
        cases = np.flatnonzero(plan.splits.outer[repeat] != fold)
        frames.append(
            pd.DataFrame(
                {
                    "method": method,
                    "repeat": repeat,
                    "fold": fold,
                    "part": "validation",
                    "case_number": np.repeat(cases, width),
                    "output": np.tile(np.arange(width), len(cases)),
                    "probability": probabilities.ravel(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def make_score_frame(results: Results) -> pd.DataFrame:
    """Return a row for each metric of each method on each outer fold."""
    rows = [
        (result.method.label, repeat, fold, outcome, metric, value)
        for result in results.method_results
        for outcome, scored in {"": result, **result.by_outcome}.items()
        for metric, scores in scored.scores.items()
        for repeat, folds in enumerate(scores.values.tolist())
        for fold, value in enumerate(folds)
    ]
    columns = ["method", "repeat", "fold", "outcome", "metric", "value"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.drop(columns="outcome") if results.outcomes is None else frame


def make_performance_frame(results: Results) -> pd.DataFrame:
    """Return a row for each method, with mean, 95 % interval and SD of each metric.

    The interval is corrected for the training cases that folds share. A method that is not
    complete has NaN.
    """
    columns = pd.MultiIndex.from_product(
        [metrics_in_order(results), STATISTICS], names=["metric", "statistic"]
    )
    rows = [
        [value for metric in metrics_in_order(results) for value in _summarize(result, metric)]
        for result in results.method_results
    ]
    labels = [result.method.label for result in results.method_results]
    return pd.DataFrame(rows, index=pd.Index(labels, name="method"), columns=columns, dtype=float)


def _summarize(result: MethodResult, metric: str) -> tuple[float, float, float, float]:
    mean = result.summary.get(metric, Estimate(value=np.nan))
    return mean.value, mean.low, mean.high, result.spread.get(metric, np.nan)


def make_difference_frame(results: Results, test: str | None = None) -> pd.DataFrame:
    """Return a row for each pair of methods and primary metric, the method minus its reference.

    Parameters
    ----------
    results
        The results.
    test
        The comparison that gives interval and p; by default the primary one.

    Raises
    ------
    UserError
        If no comparison has this name.
    """
    name = results.primary if test is None else test
    if test is not None and test not in results.comparison_titles:
        raise UserError(
            f"unknown comparison {test[:40]!r}", then=nearest(test, results.comparison_titles)
        )
    labels = {result.method.fingerprint: result.method.label for result in results.method_results}
    rows = []
    for comparison in comparisons_in_order(results):
        tested = comparison.tests.get(name)
        numbers = (
            (np.nan,) * 4
            if tested is None
            else (tested.estimate, tested.low, tested.high, tested.pvalue)
        )
        pair = labels[comparison.method_b], labels[comparison.method_a], comparison.metric
        rows.append((*pair, *numbers, comparison.holm, comparison.in_family))
    return pd.DataFrame(rows, columns=list(DIFFERENCE_COLUMNS))
