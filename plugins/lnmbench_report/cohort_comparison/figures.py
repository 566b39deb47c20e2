"""Figures across cohorts: the differences in each, and the mean ranks over all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.records import Axis, Figure, Mark, Method, Panel, Results
from lnmbench.results import Question, format_difference, method_labels, metric_heading
from lnmbench.stats import corrected_resampled_ttest, critical_difference
from lnmbench_report.cohort_comparison.scores import (
    any_synthetic_suffix,
    cohort_label,
    fold_differences,
    mean_scores,
    metric_sign,
    shared_questions,
)


def draw_forest(cohorts: Sequence[Results], metrics: Sequence[str]) -> Iterator[Figure]:
    """Yield, for each auxiliary question, its difference in each cohort with the corrected CI."""
    labels = method_labels(cohorts[0])
    for number, question in enumerate(shared_questions(cohorts), start=1):
        method, reference = (labels[m.fingerprint] for m in (question.method, question.reference))
        means = " ".join(_describe_means(cohorts, question, metric) for metric in metrics)
        yield Figure(
            key=f"across_forest_{number}",
            title=f"In each cohort: {method} against {reference}{any_synthetic_suffix(cohorts)}",
            alt=f"Differences with corrected 95 % intervals. {means}",
            panels=tuple(_draw_forest_panel(cohorts, question, metric) for metric in metrics),
        )


def draw_ranks(
    cohorts: Sequence[Results], methods: Sequence[Method], metrics: Sequence[str]
) -> Iterator[Figure]:
    """Yield a figure of the mean ranks with half of Nemenyi's critical difference on either side.

    Parameters
    ----------
    cohorts
        The cohorts.
    methods
        The methods that all of them share.
    metrics
        The metrics, each in a panel.
    """
    first = cohorts[0]
    labels = method_labels(first)
    panels, sentences = [], []
    for metric in metrics:
        scores = metric_sign(first, metric) * mean_scores(cohorts, methods, metric)
        diagram = critical_difference(scores)
        ordered = [methods[index] for index in diagram.order]
        ranks = diagram.average_ranks[list(diagram.order)]
        rows = np.arange(len(ordered), dtype=float)
        half = np.full(len(ordered), diagram.critical / 2)
        title = metric_heading(first, metric)
        panels.append(
            Panel(
                title=title,
                x=Axis(title="Mean rank (1 is best)"),
                y=Axis(title="", categories=tuple(labels[m.fingerprint] for m in ordered)),
                marks=(
                    Mark(
                        kind="interval",
                        x=ranks,
                        y=rows,
                        low=ranks - half,
                        high=ranks + half,
                        along="x",
                        color="reference",
                    ),
                    Mark(kind="points", x=ranks, y=rows, color="reference"),
                ),
            )
        )
        by_rank = ", ".join(
            f"{labels[m.fingerprint]} {rank:.2f}" for m, rank in zip(ordered, ranks, strict=True)
        )
        sentences.append(f"{title}: {by_rank}; critical difference {diagram.critical:.2f}.")
    yield Figure(
        key="across_ranks",
        title=f"Mean ranks, with Nemenyi's critical difference{any_synthetic_suffix(cohorts)}",
        alt=" ".join(sentences),
        panels=tuple(panels),
        notes=(
            "Two methods with overlapping bars do not differ at α = .05 (Nemenyi 1963). The bars "
            "hold for many cohorts; for few cohorts, use the p values of the table.",
        ),
    )


def _draw_forest_panel(cohorts: Sequence[Results], question: Question, metric: str) -> Panel:
    differences = fold_differences(cohorts, question.method, question.reference, metric)
    tests = [
        corrected_resampled_ttest(d, test_train_ratio=results.protocol.test_train_ratio)
        for results, d in zip(cohorts, differences, strict=True)
    ]
    rows = np.arange(len(cohorts), dtype=float)
    estimates = np.array([test.estimate for test in tests])
    color = question.method.fingerprint
    title = metric_heading(cohorts[0], metric)
    return Panel(
        title=title,
        x=Axis(title=f"Difference in {title}"),
        y=Axis(title="", categories=tuple(cohort_label(results) for results in cohorts)),
        marks=(
            Mark(
                kind="rule",
                x=np.zeros(2),
                y=np.array([-0.5, len(cohorts) - 0.5]),
                color="reference",
            ),
            Mark(
                kind="interval",
                x=estimates,
                y=rows,
                low=np.array([test.interval.low for test in tests]),
                high=np.array([test.interval.high for test in tests]),
                along="x",
                color=color,
            ),
            Mark(kind="points", x=estimates, y=rows, color=color),
        ),
    )


def _describe_means(cohorts: Sequence[Results], question: Question, metric: str) -> str:
    differences = fold_differences(cohorts, question.method, question.reference, metric)
    means = [float(d.mean()) for d in differences]
    by_cohort = ", ".join(
        f"{cohort_label(results)} {format_difference(mean)}"
        for results, mean in zip(cohorts, means, strict=True)
    )
    overall = format_difference(float(np.mean(means)))
    return f"{metric_heading(cohorts[0], metric)}: {by_cohort}; mean {overall}."
