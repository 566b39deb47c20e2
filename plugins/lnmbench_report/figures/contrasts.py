"""The differences that figures show: of each pair on every outer fold, with what the test says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.records import Mark, Results, TestResult
from lnmbench_report.arms import Question, shown
from lnmbench_report.reading_order import pairs_in_order, primary_in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-12  # what two orders of summation differ by, which is no difference


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contrast:
    """A question's method less its reference in one metric.

    `differences` (repeats, folds) are those on the outer folds, `test` is what the primary
    comparison says of them.
    """

    question: Question
    metric: str
    differences: NDArray[np.float64]
    test: TestResult

    @property
    def methods(self) -> tuple[str, str]:
        """The fingerprints of the two methods."""
        return self.question.method.fingerprint, self.question.reference.fingerprint

    @property
    def color(self) -> str:
        """The color of the method that is asked about."""
        return self.question.method.fingerprint

    @property
    def constant(self) -> bool:
        """Whether all folds show the same difference, so that nothing is spread."""
        return bool(np.ptp(self.differences) <= _ROUNDING)


def of_shown(results: Results, asked: Sequence[Question]) -> list[Question]:
    """Return those questions of which figures draw both methods, each pair once."""
    there = {outcome.method.fingerprint for outcome in shown(results)}
    pairs: dict[frozenset[str], Question] = {}
    for question in asked:
        if question.couple <= there:
            pairs.setdefault(question.couple, question)
    return list(pairs.values())


def against(question: Question) -> str:
    """Return a pair in words."""
    return f"{question.method.label} against {question.reference.label}"


def title_of(results: Results, metric: str) -> str:
    """Return a metric's title."""
    return results.metric_titles.get(metric, metric)


def difference_in(results: Results, metric: str) -> str:
    """Return the title of an axis of differences: in what, and which side is better."""
    side = "right" if results.metric_better.get(metric, True) else "left"
    return f"Difference in {title_of(results, metric)} ({side}: first is better)"


def contrasts(results: Results, asked: Sequence[Question]) -> Iterator[tuple[str, list[Contrast]]]:
    """Yield each primary metric with the questions that were compared in it, if any."""
    tests = judged(results)
    for metric in primary_in_order(results):
        found = [
            Contrast(
                question=question,
                metric=metric,
                differences=_differences(results, question, metric),
                test=tests[key],
            )
            for question in asked
            for key in [(metric, question.method.fingerprint, question.reference.fingerprint)]
            if key in tests
        ]
        if found:
            yield metric, found


def without_spread(
    results: Results, found: Sequence[tuple[str, Sequence[Contrast]]]
) -> Iterator[str]:
    """Say which contrasts are the same in every fold, so that nothing is spread."""
    for metric, own in found:
        for one in own:
            if one.constant:
                where = title_of(results, metric)
                yield f"{against(one.question)} is not drawn in {where}: the same in every fold."


def judged(results: Results) -> dict[tuple[str, str, str], TestResult]:
    """Return what the primary test says by metric, method and reference, in reading order."""
    return {
        (one.metric, one.method_b, one.method_a): one.tests[results.primary]
        for one in pairs_in_order(results)
        if results.primary in one.tests
    }


def estimate(test: TestResult, place: float, methods: tuple[str, str]) -> Iterator[Mark]:
    """Yield a mean with its interval at a place among rows, in the color of the first method."""
    x, y = np.array([test.estimate]), np.array([place])
    low, high = np.array([test.low]), np.array([test.high])
    yield Mark(
        kind="interval", x=x, y=y, low=low, high=high, along="x", methods=methods, color=methods[0]
    )
    yield Mark(kind="points", x=x, y=y, methods=methods, color=methods[0])


def _differences(results: Results, question: Question, metric: str) -> NDArray[np.float64]:
    scores = {o.method.fingerprint: o.scores for o in results.method_results}
    own, other = (scores[m.fingerprint][metric] for m in (question.method, question.reference))
    values = own.values - other.values
    return np.where(np.abs(values) <= _ROUNDING, 0.0, values)
