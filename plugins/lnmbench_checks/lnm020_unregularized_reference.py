"""LNM020: networks without the auxiliary task that permuted labels improve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import MethodResult, Results
from lnmbench.results import (
    ALPHA,
    format_difference,
    format_p_equation,
    group_controls,
    is_reference_of,
    metric_title,
    primary_metrics_in_order,
)
from lnmbench.stats.resampled import ResampledTest, corrected_resampled_ttest
from lnmbench.text import plural
from lnmbench_checks.messages import docs_address, join_messages

SPLIT_NOISE = 1.0
"""Gain of the mean of several controls, in corrected standard errors, above which it counts."""


class UnregularizedReference:
    """Permuted labels must not improve the network.

    In each primary metric, the scores of the negative controls of a network are averaged in each
    outer fold and compared with the same network without the auxiliary task. A gain is reported if
    p of the corrected resampled t-test, unadjusted, is below .05, or, with two or more controls, if
    it exceeds the corrected standard error. Not applicable without a negative control and its
    reference.
    """

    title = "permuted labels do not improve the network"
    severity: Literal["warning"] = "warning"
    remedy = (
        "the network without the task lacks regularization: judge the task against its negative"
        " controls; lower the learning rate or raise the weight decay (--training)"
    )
    docs = docs_address("LNM020")

    def __call__(self, results: Results) -> str | None:
        """Return the networks that their controls exceed, with the gain."""
        messages: list[str] | None = None
        for reference, controls in _controls_by_reference(results):
            for metric in primary_metrics_in_order(results):
                test = _compare(results, reference, controls, metric)
                if test is None:
                    continue
                messages = messages or []
                if _is_gain(results, metric, test, len(controls)):
                    messages.append(_describe(results, reference, controls, metric, test))
        return None if messages is None else join_messages(messages)


def _controls_by_reference(
    results: Results,
) -> Iterator[tuple[MethodResult, list[MethodResult]]]:
    """Yield each network without tasks with the controls of one auxiliary task."""
    complete = {r.method.fingerprint: r for r in results.method_results if r.complete}
    for group in group_controls([result.method for result in complete.values()]):
        for reference in complete.values():
            if is_reference_of(reference.method, group[0]):
                yield reference, [complete[control.fingerprint] for control in group]


def _compare(
    results: Results, reference: MethodResult, controls: list[MethodResult], metric: str
) -> ResampledTest | None:
    """Return the corrected test of the mean control against the reference, None if undefined."""
    scores = [result.scores.get(metric) for result in (reference, *controls)]
    values: list[NDArray[np.float64]] = [score.values for score in scores if score is not None]
    if len(values) < len(scores) or not np.isfinite(values).all() or values[0].size < 2:
        return None
    differences = np.mean(values[1:], axis=0) - values[0]
    return corrected_resampled_ttest(
        differences, test_train_ratio=results.protocol.test_train_ratio
    )


def _is_gain(results: Results, metric: str, test: ResampledTest, controls: int) -> bool:
    sign = 1.0 if results.metric_better.get(metric, True) else -1.0
    exceeds_noise = controls > 1 and sign * test.statistic > SPLIT_NOISE
    return sign * test.estimate > 0.0 and (test.pvalue < ALPHA or exceeds_noise)


def _describe(
    results: Results,
    reference: MethodResult,
    controls: list[MethodResult],
    metric: str,
    test: ResampledTest,
) -> str:
    subject = (
        controls[0].method.label
        if len(controls) == 1
        else f"the mean of {plural(len(controls), 'control')} like {controls[0].method.label}"
    )
    return (
        f"{subject} gains {format_difference(test.estimate)} in {metric_title(results, metric)}"
        f" over {reference.method.label} (corrected {format_p_equation(test.pvalue)}, unadjusted)"
    )
