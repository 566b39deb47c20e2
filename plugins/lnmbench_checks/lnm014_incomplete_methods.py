"""LNM014: methods without results on some outer folds."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench_checks.messages import docs_address, join_messages


class IncompleteMethods:
    """Each method must have results on all outer folds; tables and tests omit the others.

    Not applicable if no method was planned.
    """

    title = "all methods are complete"
    severity: Literal["warning"] = "warning"
    remedy = "rerun the same lnmbench run command to continue"
    docs = docs_address("LNM014")

    def __call__(self, results: Results) -> str | None:
        """Return the incomplete methods with their numbers of outer folds."""
        messages = [
            f"{result.method.label}: {result.units_done} of {result.units_all} outer folds"
            for result in results.method_results
            if not result.complete
        ]
        return join_messages(messages) if results.method_results else None
