"""LNM008: auxiliary tasks whose labels most cases lack."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import AuxLabels, NetworkMethod, Results, is_shuffled
from lnmbench_checks.messages import docs_address, join_messages


class MissingAuxLabels:
    """At least half of the cases must have a label of each auxiliary task.

    Labels that a task leaves out on purpose (keep) count. Labels of cases whose missing images are
    masked do not, as no network with images learns from them. Not applicable without an auxiliary
    task; controls do not count.
    """

    title = "most cases have auxiliary labels"
    severity: Literal["warning"] = "warning"
    remedy = "report how many cases have labels; prefer a cohort with more labels"
    docs = docs_address("LNM008")

    def __call__(self, results: Results) -> str | None:
        """Return the tasks with their numbers of labeled cases."""
        tasks = unshuffled_labels(results)
        messages = list(filter(None, (_describe(results, labels) for labels in tasks)))
        return join_messages(messages) if tasks else None


def _describe(results: Results, labels: AuxLabels) -> str:
    """Return a message on a task whose labels most cases lack, else an empty text."""
    unused = _count_masked(results, labels)
    cases = len(labels.values)
    if max(labels.known, int(labels.scored.sum())) - unused >= cases / 2:
        return ""
    images = " and images" if unused else ""
    known = max(labels.known - unused, 0)
    return f"{labels.task}: {known} of {cases} cases have a label{images}"


def _count_masked(results: Results, labels: AuxLabels) -> int:
    """Return the number of labels of cases without images, if networks with images have the task.

    Labels from examples are made from images, so that other cases have none.
    """
    counts = None if results.profile is None else results.profile.images
    with_images = any(
        isinstance(each.method, NetworkMethod) and each.method.level != "none"
        for each in results.method_results
        if not each.method.is_control and any(c.key == labels.task for c in each.method.aux)
    )
    if counts is None or not with_images:
        return 0
    import numpy as np

    is_masked = np.isin(np.arange(len(labels.values)), counts.masked)
    return int((labels.scored & is_masked).sum())


def unshuffled_labels(results: Results) -> list[AuxLabels]:
    """Return the labels of each auxiliary task, without those of controls."""
    methods = [result.method for result in results.method_results]
    choices = {choice.key: choice for m in methods if not m.is_control for choice in m.aux}
    return [
        results.aux_labels[task]
        for task, choice in choices.items()
        if task in results.aux_labels and not is_shuffled(choice)
    ]
