"""Figure of the effects of auxiliary tasks, with those of their controls."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from lnmbench.records import Axis, Figure, Mark, Panel, Results
from lnmbench.results import (
    Claim,
    control_tests,
    format_with_interval,
    method_labels,
    metric_heading,
    positive_controls,
    question_effects,
)
from lnmbench.text import plural
from lnmbench_report.figure_parts import draw_estimate, figure_title, reference_line, scatter

MOST_ROWS = 30
"""The largest number of questions in the figure."""
MOST_IN_TEXT = 8
_CLOUD, _CLOUD_HEIGHT, _ORACLE = 0.25, 0.1, -0.25
_NEGATIVE, _POSITIVE = "negative controls", "positive control"


def draw_effects(results: Results, claims: Sequence[Claim]) -> Figure:
    """Return the effects of ranked questions with a panel for each metric.

    Parameters
    ----------
    results
        The results.
    claims
        The claims of the questions in each metric, the greatest improvement first.
    """
    labels = method_labels(results)
    keys = list(dict.fromkeys(claim.question.method.fingerprint for claim in claims))
    drawn = keys[:MOST_ROWS]
    metrics = list(dict.fromkeys(claim.effect.metric for claim in claims))
    by_metric = {
        metric: [c for c in claims if c.effect.metric == metric and _key(c) in drawn]
        for metric in metrics
    }
    texts = [
        f"{labels[_key(claim)]} {_describe(claim)}"
        for claim in by_metric[metrics[0]][:MOST_IN_TEXT]
    ]
    heading = metric_heading(results, metrics[0])
    panels = tuple(
        Panel(
            title=metric_heading(results, metric),
            x=Axis(title=f"Difference in {metric_heading(results, metric)}"),
            y=Axis(title="", categories=tuple(labels[key] for key in drawn)),
            marks=(
                reference_line([0.0, 0.0], [-0.5, len(drawn) - 0.5]),
                *(
                    mark
                    for claim in by_metric[metric]
                    for mark in _draw_claim(results, claim, drawn.index(_key(claim)))
                ),
            ),
        )
        for metric in metrics
    )
    controls = {mark.name for panel in panels for mark in panel.marks} & {_NEGATIVE, _POSITIVE}
    title = "Effects of auxiliary tasks" + (" and of their controls" if controls else "")
    return Figure(
        key="effects",
        title=figure_title(results, title),
        alt=f"Differences in {heading} from the network without the task: {'; '.join(texts)}.",
        panels=panels,
        notes=tuple(_write_notes(len(keys) - len(drawn), controls)),
    )


def _key(claim: Claim) -> str:
    return claim.question.method.fingerprint


def _describe(claim: Claim) -> str:
    effect = claim.effect
    if effect.undefined:
        return effect.undefined
    text = format_with_interval(effect.estimate, effect.low, effect.high)
    return f"{text}, {plural(claim.controls, 'control')}"


def _draw_claim(results: Results, claim: Claim, row: int) -> Iterator[Mark]:
    question, effect = claim.question, claim.effect
    key = question.method.fingerprint
    for test in control_tests(results, question.method):
        alone = _mean_score(results, question.reference.fingerprint, effect.metric)
        if test.metric == effect.metric and test.defined and not math.isnan(alone):
            scores = np.array(test.scores) - alone
            yield Mark(
                kind="points",
                x=scores,
                y=row + _CLOUD + _CLOUD_HEIGHT * scatter(scores.size),
                name=_NEGATIVE,
                methods=(key,),
                color="reference",
            )
    for control in positive_controls(results, question):
        for bound in question_effects(results, control):
            if bound.metric == effect.metric and not bound.undefined:
                yield Mark(
                    kind="points",
                    x=np.array([bound.estimate]),
                    y=np.array([row + _ORACLE]),
                    name=_POSITIVE,
                    methods=(key,),
                    color="positive",
                )
    if not effect.undefined:
        yield from draw_estimate(
            effect.estimate,
            effect.low,
            effect.high,
            row,
            methods=(key,),
            color=key,
            name=question.method.label,
        )


def _mean_score(results: Results, fingerprint: str, metric: str) -> float:
    (score,) = [
        float(result.scores[metric].values.mean()) if metric in result.scores else math.nan
        for result in results.method_results
        if result.method.fingerprint == fingerprint
    ]
    return score


def _write_notes(undrawn: int, controls: Collection[str]) -> Iterator[str]:
    note = (
        "Mean difference from the network without the task over the outer folds, with the "
        "corrected 95 % interval."
    )
    if _NEGATIVE in controls:
        note += " Below it each network with permuted labels (its height has no meaning)."
    if _POSITIVE in controls:
        note += " Above it the positive control: the target itself as the label."
    yield note
    if undrawn:
        yield f"{plural(undrawn, 'more question is', 'more questions are')} in the table."
