"""LNM008: auxiliary tasks whose labels most cases lack."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import AuxLabels, Results, is_shuffled
from lnmbench_checks.messages import docs_address, join_messages


class MissingAuxLabels:
    """At least half of the cases must have a label of each auxiliary task.

    Labels that a task leaves out on purpose (keep) count. Not applicable without an auxiliary task;
    controls do not count.
    """

    title = "most cases have auxiliary labels"
    severity: Literal["warning"] = "warning"
    remedy = "report how many cases have labels; prefer a cohort with more labels"
    docs = docs_address("LNM008")

    def __call__(self, results: Results) -> str | None:
        """Return the tasks with their numbers of labeled cases."""
        tasks = unshuffled_labels(results)
        messages = [
            f"{labels.task}: {labels.known} of {len(labels.values)} cases have a label"
            for labels in tasks
            if max(labels.known, int(labels.scored.sum())) < len(labels.values) / 2
        ]
        return join_messages(messages) if tasks else None


def unshuffled_labels(results: Results) -> list[AuxLabels]:
    """Return the labels of each auxiliary task, without those of controls."""
    methods = [result.method for result in results.method_results]
    choices = {choice.key: choice for m in methods if not m.is_control for choice in m.aux}
    return [
        results.aux_labels[task]
        for task, choice in choices.items()
        if task in results.aux_labels and not is_shuffled(choice)
    ]
