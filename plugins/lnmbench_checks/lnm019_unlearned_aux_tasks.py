"""LNM019: auxiliary tasks that a network does not learn."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench.results import assessable_tasks, complete_methods, describe_unlearned, is_learned
from lnmbench_checks.messages import docs_address, join_messages


class UnlearnedAuxTasks:
    """A network must predict its auxiliary labels better than chance.

    Chance is the value of one prediction for all cases. The 95 % interval of at least one metric of
    the task must be on its better side. Not applicable without an auxiliary task for which a metric
    and its interval are defined; negative controls do not count.
    """

    title = "auxiliary tasks are learned"
    severity: Literal["warning"] = "warning"
    remedy = (
        "do not conclude that the task has no effect; use more cases or labels, another encoder, or"
        " a greater weight of the task (--weighting)"
    )
    docs = docs_address("LNM019")

    def __call__(self, results: Results) -> str | None:
        """Return the tasks that are not learned, with their metrics."""
        tasks = [
            (result.method.label, score)
            for result in complete_methods(results)
            for score in assessable_tasks(result)
        ]
        messages = [
            f"{label} does not learn {describe_unlearned(results, score)}"
            for label, score in tasks
            if not is_learned(results, score)
        ]
        return join_messages(messages) if tasks else None
