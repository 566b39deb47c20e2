"""Scores and differences of the methods that several cohorts share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Method, Results
from lnmbench.redaction import redact_data_set
from lnmbench.results import (
    Question,
    aux_questions,
    complete_methods,
    find_family,
    join_and,
    metric_heading,
)
from lnmbench_report.cohort_text import synthetic_suffix

MOST = 3
"""The largest number of methods that a sentence names; it counts the others."""


def shared_methods(cohorts: Sequence[Results]) -> list[Method]:
    """Return the methods that are complete in every cohort, in the first one's order."""
    shared = set.intersection(
        *({r.method.fingerprint for r in complete_methods(results)} for results in cohorts)
    )
    methods = [result.method for result in complete_methods(cohorts[0])]
    return [method for method in methods if method.fingerprint in shared]


def shared_questions(cohorts: Sequence[Results]) -> list[Question]:
    """Return the first cohort's auxiliary questions whose methods all cohorts share."""
    shared = {method.fingerprint for method in shared_methods(cohorts)}
    return [q for q in aux_questions(cohorts[0]) if q.fingerprints <= shared]


def compared_pairs(cohorts: Sequence[Results]) -> list[tuple[Method, Method]]:
    """Return the pairs of shared methods, without those of two negative controls."""
    return [
        (a, b)
        for a, b in combinations(shared_methods(cohorts), 2)
        if not (a.is_control and b.is_control)
    ]


def family_pairs(cohorts: Sequence[Results]) -> set[frozenset[str]]:
    """Return the pairs of fingerprints in the declared family, or every pair without a question."""
    declared = find_family(shared_methods(cohorts), cohorts[0].protocol.family)
    return set(declared) or {
        frozenset((a.fingerprint, b.fingerprint)) for a, b in compared_pairs(cohorts)
    }


def comparable_metrics(cohorts: Sequence[Results]) -> list[str]:
    """Return the primary metrics that every fold of every shared method defines."""
    return [
        metric
        for metric in cohorts[0].primary_metrics
        if not any(True for _ in _list_undefined(cohorts, metric))
    ]


def describe_undefined_metrics(cohorts: Sequence[Results]) -> Iterator[str]:
    """Yield a sentence on each primary metric that cannot be compared, with the reason."""
    for metric in cohorts[0].primary_metrics:
        undefined = list(_list_undefined(cohorts, metric))
        if undefined:
            hidden = len(undefined) - MOST
            more = [f"{hidden} more"] if hidden > 0 else []
            yield (
                f"Not compared across cohorts: {metric_heading(cohorts[0], metric)}, which is not "
                f"defined on {join_and([*undefined[:MOST], *more])}."
            )


def cohort_label(results: Results) -> str:
    """Return a cohort's name with the first digits of its fingerprint: names may be equal."""
    return f"{redact_data_set(results.cohort)} {results.fingerprint[:6]}"


def any_synthetic_suffix(cohorts: Sequence[Results]) -> str:
    """Return the suffix of titles if a cohort is synthetic, else an empty text."""
    return next(filter(None, (synthetic_suffix(results.card) for results in cohorts)), "")


def metric_sign(results: Results, metric: str) -> float:
    """Return 1 if greater values are better, else −1."""
    return 1.0 if results.metric_better.get(metric, True) else -1.0


def mean_scores(
    cohorts: Sequence[Results], methods: Sequence[Method], metric: str
) -> NDArray[np.float64]:
    """Return the mean scores over the outer folds.

    Parameters
    ----------
    cohorts, methods
        The rows and the columns; each method is complete in each cohort.
    metric
        A metric that every fold defines.

    Returns
    -------
    numpy.ndarray
        Scores (cohorts, methods).
    """
    rows = []
    for results in cohorts:
        complete = complete_methods(results)
        means = {r.method.fingerprint: r.summary[metric].value for r in complete}
        rows.append([means[method.fingerprint] for method in methods])
    return np.array(rows)


def fold_scores(results: Results, method: Method, metric: str) -> NDArray[np.float64]:
    """Return the scores of a method on the outer folds of one cohort.

    Parameters
    ----------
    results
        The cohort.
    method
        A method that is complete in it.
    metric
        The name of the metric.

    Returns
    -------
    numpy.ndarray
        Scores (repeats, folds), NaN on folds that do not define the metric.
    """
    (result,) = [r for r in results.method_results if r.method.fingerprint == method.fingerprint]
    return result.scores[metric].values


def fold_differences(
    cohorts: Sequence[Results], method: Method, reference: Method, metric: str
) -> list[NDArray[np.float64]]:
    """Return the differences method − reference on the outer folds of each cohort.

    Parameters
    ----------
    cohorts
        The cohorts.
    method, reference
        Methods that are complete in each of them.
    metric
        The name of the metric.

    Returns
    -------
    list of numpy.ndarray
        Differences (repeats, folds) of each cohort.
    """
    return [
        fold_scores(results, method, metric) - fold_scores(results, reference, metric)
        for results in cohorts
    ]


def _list_undefined(cohorts: Sequence[Results], metric: str) -> Iterator[str]:
    shared = {method.fingerprint for method in shared_methods(cohorts)}
    for results in cohorts:
        for result in complete_methods(results):
            values = result.scores[metric].values
            undefined = int(np.count_nonzero(~np.isfinite(values)))
            if undefined and result.method.fingerprint in shared:
                folds = f"{undefined} of {values.size} folds"
                yield f"{folds} of {result.method.label} in {cohort_label(results)}"
