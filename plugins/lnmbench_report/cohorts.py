"""Several cohorts: the methods that all of them have, and their scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Method, Results
from lnmbench_report.arms import Question, aux_questions, complete
from lnmbench_report.by_metric import metric_title
from lnmbench_report.marks import cohort_name, synthetic_mark
from lnmbench_report.printed import listed

NAMED = 3
"""Methods that a sentence names as not defining a metric; of others it gives the number."""


def shared(cohorts: Sequence[Results]) -> list[Method]:
    """Return the methods that are complete in every cohort, in the first one's order."""
    everywhere = set.intersection(
        *({outcome.method.fingerprint for outcome in complete(one)} for one in cohorts)
    )
    return [o.method for o in complete(cohorts[0]) if o.method.fingerprint in everywhere]


def shared_questions(cohorts: Sequence[Results]) -> list[Question]:
    """Return the first cohort's questions on auxiliary tasks whose arms all cohorts have."""
    there = {method.fingerprint for method in shared(cohorts)}
    return [question for question in aux_questions(cohorts[0]) if question.couple <= there]


def comparable(cohorts: Sequence[Results]) -> list[str]:
    """Return the primary metrics that every fold of every shared method defines."""
    return [
        metric
        for metric in cohorts[0].primary_metrics
        if not any(True for _ in _undefined(cohorts, metric))
    ]


def left_out(cohorts: Sequence[Results]) -> Iterator[str]:
    """Yield a sentence for each primary metric that cannot be compared, with the reason."""
    for metric in cohorts[0].primary_metrics:
        where = list(_undefined(cohorts, metric))
        if where:
            more = [f"{len(where) - NAMED} more"] if len(where) > NAMED else []
            yield (
                f"Not compared across cohorts: {metric_title(cohorts[0], metric)}, which is not "
                f"defined on {listed([*where[:NAMED], *more])}."
            )


def label(results: Results) -> str:
    """Return a cohort's name with the first digits of its fingerprint: names may be equal."""
    return f"{cohort_name(results.cohort)} {results.fingerprint[:6]}"


def any_synthetic(cohorts: Sequence[Results]) -> str:
    """Return what a title says where one of the cohorts is synthetic, else an empty text."""
    return next(filter(None, (synthetic_mark(one.card) for one in cohorts)), "")


def sign(results: Results, metric: str) -> float:
    """Return 1 where a greater number is better, else −1."""
    return 1.0 if results.metric_better.get(metric, True) else -1.0


def values(
    cohorts: Sequence[Results], methods: Sequence[Method], metric: str
) -> NDArray[np.float64]:
    """Return the mean scores, (cohorts, methods)."""
    rows = []
    for one in cohorts:
        mean = {o.method.fingerprint: o.summary[metric].value for o in complete(one)}
        rows.append([mean[method.fingerprint] for method in methods])
    return np.array(rows)


def differences(
    cohorts: Sequence[Results], question: Question, metric: str
) -> list[NDArray[np.float64]]:
    """Return each cohort's differences method − reference on its outer folds, (repeats, folds)."""
    found = []
    for one in cohorts:
        scores = {o.method.fingerprint: o.scores for o in complete(one)}
        method, reference = question.method.fingerprint, question.reference.fingerprint
        found.append(scores[method][metric].values - scores[reference][metric].values)
    return found


def _undefined(cohorts: Sequence[Results], metric: str) -> Iterator[str]:
    there = {method.fingerprint for method in shared(cohorts)}
    for one in cohorts:
        for outcome in complete(one):
            folds = outcome.scores[metric].values
            missing = int(np.count_nonzero(~np.isfinite(folds)))
            if missing and outcome.method.fingerprint in there:
                name = outcome.method.label
                yield f"{missing} of {folds.size} folds of {name} in {label(one)}"
