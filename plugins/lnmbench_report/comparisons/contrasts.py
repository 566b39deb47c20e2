"""Contrasts that figures draw: a question's differences on the outer folds, with their test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.records import Mark, Results, TestResult
from lnmbench.results import (
    Question,
    comparisons_in_order,
    drawn_methods,
    metric_title,
    primary_metrics_in_order,
)
from lnmbench_report.figure_parts import draw_estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-12  # two orders of summation differ by this much


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contrast:
    """A question's method minus its reference in one metric.

    `differences` (repeats, folds) are those on the outer folds, `test` is the primary test.
    """

    question: Question
    metric: str
    differences: NDArray[np.float64]
    test: TestResult

    @property
    def methods(self) -> tuple[str, str]:
        """The fingerprints of the method and its reference."""
        return self.question.method.fingerprint, self.question.reference.fingerprint

    @property
    def color(self) -> str:
        """The color of the method."""
        return self.question.method.fingerprint

    @property
    def constant(self) -> bool:
        """True if all folds have the same difference."""
        return bool(np.ptp(self.differences) <= _ROUNDING)


def select_drawn(results: Results, questions: Sequence[Question]) -> list[Question]:
    """Return those questions whose methods are both drawn, each pair once."""
    drawn = {result.method.fingerprint for result in drawn_methods(results)}
    pairs: dict[frozenset[str], Question] = {}
    for question in questions:
        if question.fingerprints <= drawn:
            pairs.setdefault(question.fingerprints, question)
    return list(pairs.values())


def pair_label(question: Question) -> str:
    """Return the labels of both methods."""
    return f"{question.method.label} against {question.reference.label}"


def difference_heading(results: Results, metric: str) -> str:
    """Return the title of an axis of differences, with the side that is better."""
    side = "right" if results.metric_better.get(metric, True) else "left"
    return f"Difference in {metric_title(results, metric)} ({side}: first is better)"


def make_contrasts(
    results: Results, questions: Sequence[Question]
) -> Iterator[tuple[str, list[Contrast]]]:
    """Yield each primary metric with the contrasts of the questions compared in it, if any."""
    tests = primary_tests(results)
    for metric in primary_metrics_in_order(results):
        contrasts = [
            Contrast(
                question=question,
                metric=metric,
                differences=_fold_differences(results, question, metric),
                test=tests[key],
            )
            for question in questions
            for key in [(metric, question.method.fingerprint, question.reference.fingerprint)]
            if key in tests
        ]
        if contrasts:
            yield metric, contrasts


def constant_notes(
    results: Results, contrasts_by_metric: Sequence[tuple[str, Sequence[Contrast]]]
) -> Iterator[str]:
    """Yield a note on each contrast that is not drawn because its folds do not differ."""
    for metric, contrasts in contrasts_by_metric:
        for contrast in contrasts:
            if contrast.constant:
                pair, title = pair_label(contrast.question), metric_title(results, metric)
                yield f"{pair} is not drawn in {title}: the same in every fold."


def primary_tests(results: Results) -> dict[tuple[str, str, str], TestResult]:
    """Return the primary tests by metric, method and reference, in reading order."""
    return {
        (c.metric, c.method_b, c.method_a): c.tests[results.primary]
        for c in comparisons_in_order(results)
        if results.primary in c.tests
    }


def interval_marks(test: TestResult, row: float, methods: tuple[str, str]) -> Iterator[Mark]:
    """Yield the marks of a mean difference with its interval.

    Parameters
    ----------
    test
        The test with the mean and the interval.
    row
        The position along the y axis.
    methods
        The fingerprints of both methods; the first gives the color.
    """
    return draw_estimate(test.estimate, test.low, test.high, row, methods=methods, color=methods[0])


def _fold_differences(results: Results, question: Question, metric: str) -> NDArray[np.float64]:
    scores = {r.method.fingerprint: r.scores for r in results.method_results}
    method, reference = (
        scores[m.fingerprint][metric].values for m in (question.method, question.reference)
    )
    differences = method - reference
    return np.where(np.abs(differences) <= _ROUNDING, 0.0, differences)
