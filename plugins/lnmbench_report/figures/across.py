"""Figures over several cohorts: differences in each, and ranks over all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.records import Axis, Figure, Mark, Method, Panel, Results
from lnmbench.stats import corrected_resampled_ttest, critical_difference
from lnmbench_report.arms import Question, names
from lnmbench_report.by_metric import metric_title
from lnmbench_report.cohorts import (
    any_synthetic,
    differences,
    label,
    shared_questions,
    sign,
    values,
)
from lnmbench_report.printed import signed


def forest(cohorts: Sequence[Results], metrics: Sequence[str]) -> Iterator[Figure]:
    """Yield, for each auxiliary question, its difference in each cohort with the corrected CI."""
    labels = names(cohorts[0])
    for number, question in enumerate(shared_questions(cohorts), start=1):
        method, reference = (labels[m.fingerprint] for m in (question.method, question.reference))
        panels = [_panel(cohorts, question, metric) for metric in metrics]
        yield Figure(
            key=f"across_forest_{number}",
            title=f"In each cohort: {method} against {reference}{any_synthetic(cohorts)}",
            alt="Differences with corrected 95 % intervals. "
            + " ".join(_told(cohorts, question, metric) for metric in metrics),
            panels=tuple(panels),
        )


def ranks(
    cohorts: Sequence[Results], methods: Sequence[Method], metrics: Sequence[str]
) -> Iterator[Figure]:
    """Yield the mean ranks with half of Nemenyi's critical difference on either side."""
    first = cohorts[0]
    labels = names(first)
    panels, told = [], []
    for metric in metrics:
        drawn = critical_difference(sign(first, metric) * values(cohorts, methods, metric))
        order = [methods[place] for place in drawn.order]
        average = drawn.average_ranks[list(drawn.order)]
        rows = np.arange(len(order), dtype=float)
        half = np.full(len(order), drawn.critical / 2)
        title = metric_title(first, metric)
        panels.append(
            Panel(
                title=title,
                x=Axis(title="Mean rank (1 is best)"),
                y=Axis(title="", categories=tuple(labels[m.fingerprint] for m in order)),
                marks=(
                    Mark(
                        kind="interval",
                        x=average,
                        y=rows,
                        low=average - half,
                        high=average + half,
                        along="x",
                        color="reference",
                    ),
                    Mark(kind="points", x=average, y=rows, color="reference"),
                ),
            )
        )
        listed = ", ".join(
            f"{labels[m.fingerprint]} {rank:.2f}" for m, rank in zip(order, average, strict=True)
        )
        told.append(f"{title}: {listed}; critical difference {drawn.critical:.2f}.")
    yield Figure(
        key="across_ranks",
        title=f"Mean ranks, with Nemenyi's critical difference{any_synthetic(cohorts)}",
        alt=" ".join(told),
        panels=tuple(panels),
        notes=(
            "Two methods whose bars overlap are not told apart at α = .05 (Nemenyi 1963), which "
            "holds for many cohorts; of few, go by the p values of the table.",
        ),
    )


def _panel(cohorts: Sequence[Results], question: Question, metric: str) -> Panel:
    tests = [
        corrected_resampled_ttest(d, test_train_ratio=one.protocol.test_train_ratio)
        for one, d in zip(cohorts, differences(cohorts, question, metric), strict=True)
    ]
    rows = np.arange(len(cohorts), dtype=float)
    estimate = np.array([test.estimate for test in tests])
    return Panel(
        title=metric_title(cohorts[0], metric),
        x=Axis(title=f"Difference in {metric_title(cohorts[0], metric)}"),
        y=Axis(title="", categories=tuple(label(one) for one in cohorts)),
        marks=(
            Mark(
                kind="rule",
                x=np.zeros(2),
                y=np.array([-0.5, len(cohorts) - 0.5]),
                color="reference",
            ),
            Mark(
                kind="interval",
                x=estimate,
                y=rows,
                low=np.array([test.interval.low for test in tests]),
                high=np.array([test.interval.high for test in tests]),
                along="x",
                color=question.method.fingerprint,
            ),
            Mark(kind="points", x=estimate, y=rows, color=question.method.fingerprint),
        ),
    )


def _told(cohorts: Sequence[Results], question: Question, metric: str) -> str:
    gaps = [float(d.mean()) for d in differences(cohorts, question, metric)]
    parts = [f"{label(one)} {signed(gap)}" for one, gap in zip(cohorts, gaps, strict=True)]
    mean = signed(float(np.mean(gaps)))
    return f"{metric_title(cohorts[0], metric)}: {', '.join(parts)}; mean {mean}."
