"""How well each method does in the metrics that were not declared to decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Block, MethodResult, Results
from lnmbench_report.arms import complete
from lnmbench_report.by_metric import LEFT_OUT, by_metric, lacking
from lnmbench_report.printed import decimal
from lnmbench_report.reading_order import metrics_in_order


class Further:
    """Each further metric of each complete method: mean, corrected 95 % interval, SD over folds."""

    order = 43

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing without a complete method or a further metric."""
        outcomes = complete(results)
        metrics = [m for m in metrics_in_order(results) if m not in results.primary_metrics]
        if not outcomes or not metrics:
            return []
        notes = tuple(_notes(results, outcomes, metrics))
        key, title = "further", "Further metrics"
        return [by_metric(results, outcomes, metrics, key=key, title=title, notes=notes)]


def _notes(
    results: Results, outcomes: Sequence[MethodResult], metrics: Sequence[str]
) -> Iterator[str]:
    yield (
        "These describe and do not decide: they were not declared primary, no test and no Holm "
        "correction covers them. Means, intervals and SD as in the table of performance."
    )
    scores = [outcome.scores[metric] for outcome in outcomes for metric in metrics]
    if any(lacking(outcomes, metric) for metric in metrics):
        yield LEFT_OUT
    if any(one.thresholds is not None for one in scores):
        yield "Thresholds are chosen on the inner folds; the test fold has no say."
    if "ap" in metrics and results.n:
        title = results.metric_titles.get("ap", "ap")
        yield f"Prevalence {decimal(results.positives / results.n)}: the {title} of mere chance."
