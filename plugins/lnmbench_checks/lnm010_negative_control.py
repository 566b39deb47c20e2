"""LNM010: gains of an auxiliary task that do not exceed its negative control."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lnmbench.records import Method, Results
from lnmbench.results import (
    Effect,
    aux_questions,
    control_questions,
    format_difference,
    format_p_equation,
    question_effects,
)
from lnmbench_checks.messages import docs_address, join_messages


class NegativeControl:
    """A gain of an auxiliary task must exceed each negative control.

    A gain is a primary metric in which the network with the task is better than the same network
    without it, with Holm's p of the primary test below .05. By the same test in the same family, it
    must also be better than each of its negative controls: the same network with randomly permuted
    labels in all of its tasks. Not applicable if no gain is shown.
    """

    title = "gains exceed the negative control"
    severity: Literal["warning"] = "warning"
    remedy = (
        "add the negative control, e.g. --aux pt --aux pt:shuffled=1; do not attribute a gain to"
        " the labels if it does not exceed the control"
    )
    docs = docs_address("LNM010")

    def __call__(self, results: Results) -> str | None:
        """Return the gains that no control confirms."""
        gains = list(_gains(results))
        messages = [_describe(results, method, gain) for method, gain in gains]
        return join_messages(list(filter(None, messages))) if gains else None


def _gains(results: Results) -> Iterator[tuple[Method, Effect]]:
    for question in aux_questions(results):
        for effect in question_effects(results, question):
            if effect.direction == "better":
                yield question.method, effect


def _describe(results: Results, method: Method, gain: Effect) -> str:
    """Return the gain with its weakest difference from a control, "" if it exceeds each of them."""
    effects = [
        effect
        for question in control_questions(results)
        if question.method.fingerprint == method.fingerprint
        for effect in question_effects(results, question)
        if effect.metric == gain.metric and not effect.undefined
    ]
    difference = format_difference(gain.estimate)
    message = f"{method.label} gains {difference} in {gain.metric_title}"
    if not effects:
        return f"{message}, but no negative control was run"
    weakest = max(effects, key=lambda effect: (effect.direction != "better", effect.holm))
    if weakest.direction == "better":
        return ""
    return (
        f"{message}, but {format_difference(weakest.estimate)} against its negative control"
        f" (Holm {format_p_equation(weakest.holm)})"
    )
