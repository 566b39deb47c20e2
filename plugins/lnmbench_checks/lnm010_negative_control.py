"""LNM010: gains of an auxiliary task that do not exceed its negative controls."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench.results import (
    Claim,
    aux_questions,
    format_difference,
    format_p_equation,
    make_claims,
)
from lnmbench_checks.messages import docs_address, join_messages


class NegativeControl:
    """A gain of an auxiliary task must exceed its negative controls.

    A gain is a primary metric in which the network with the task is better than the same network
    without it, with Holm's p of the primary test below .05. It must also be better than its
    negative controls, the same network with randomly permuted labels in all of its tasks: by the
    permutation test with 19 controls or more, else by the primary test against each of them,
    without adjustment. Not applicable if no gain is shown.
    """

    title = "gains exceed the negative controls"
    severity: Literal["warning"] = "warning"
    remedy = (
        "add negative controls, e.g. --aux pt --controls 19; do not attribute a gain to the labels"
        " if it does not exceed them"
    )
    docs = docs_address("LNM010")

    def __call__(self, results: Results) -> str | None:
        """Return the gains that no control confirms."""
        gains = [
            claim
            for question in aux_questions(results)
            for claim in make_claims(results, question)
            if claim.gain
        ]
        messages = [_describe(claim) for claim in gains if not claim.helps]
        return join_messages(messages) if gains else None


def _describe(claim: Claim) -> str:
    """Return the gain with its weakest difference from a control, or its permutation test."""
    difference = format_difference(claim.effect.estimate)
    message = f"{claim.question.method.label} gains {difference} in {claim.effect.metric_title}"
    if claim.evidence == "none":
        return f"{message}, but no negative control was run"
    if claim.evidence == "unfinished":
        return (
            f"{message}, but its negative controls are not finished ({claim.controls} of"
            f" {claim.planned})"
        )
    if claim.evidence == "undefined":
        return f"{message}, but its negative controls are not compared: undefined on some folds"
    if claim.permuted and claim.test is not None:
        return (
            f"{message}, but {claim.test.reaching} of {claim.controls} negative controls"
            f" {'is' if claim.test.reaching == 1 else 'are'} as good or better"
            f" (permutation {format_p_equation(claim.test.pvalue)})"
        )
    if claim.hardest is not None:
        message += (
            f", but {format_difference(claim.hardest.estimate)} against its negative control"
            f" (corrected {format_p_equation(claim.hardest.corrected)})"
        )
    return message
