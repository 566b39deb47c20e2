"""LNM004: number of events in a test fold."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench.text import plural
from lnmbench_checks.messages import docs_address

FEWEST = 3


class EventsPerFold:
    """A test fold must have at least three cases of the rarer class on average."""

    title = "each test fold has enough events"
    severity: Literal["warning"] = "warning"
    remedy = "use fewer folds (--folds); scores of folds with so few events are mostly noise"
    docs = docs_address("LNM004")

    def __call__(self, results: Results) -> str | None:
        """Return the number of events and their mean over the test folds."""
        events = min(results.positives, results.n - results.positives)
        per_fold = events / results.protocol.folds
        if per_fold >= FEWEST:
            return ""
        return f"{plural(events, 'case')} of the rarer class, {per_fold:.1f} per test fold"
