"""LNM018: auxiliary tasks that hardly change the predictions."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench.results import aux_questions, prediction_change
from lnmbench_checks.messages import docs_address, join_messages


class UnchangedPredictions:
    """An auxiliary task must change the predictions of the network.

    The out-of-fold probabilities of the target with and without the task must have a correlation
    below .9995, as the mean over the repeats. Otherwise the comparison could not have shown an
    effect. Not applicable if no network was run with and without auxiliary tasks.
    """

    title = "auxiliary tasks change the predictions"
    severity: Literal["warning"] = "warning"
    remedy = (
        "do not conclude that the task has no effect; use an encoder of images, or a greater weight"
        " of the task (--weighting)"
    )
    docs = docs_address("LNM018")

    def __call__(self, results: Results) -> str | None:
        """Return the networks whose tasks hardly change the predictions, with both numbers."""
        changes = [
            (question, change)
            for question in aux_questions(results)
            if (change := prediction_change(results, question)) is not None
        ]
        messages = [
            f"{question.method.label} predicts like {question.reference.label} ({change.numbers})"
            for question, change in changes
            if change.is_negligible
        ]
        return join_messages(messages) if changes else None
