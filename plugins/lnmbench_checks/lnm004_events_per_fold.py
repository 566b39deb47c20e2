"""LNM004: number of events in a test fold."""

from __future__ import annotations

from typing import Literal

import numpy as np

from lnmbench.records import Results
from lnmbench.text import plural
from lnmbench_checks.messages import docs_address, join_messages

FEWEST = 3


class EventsPerFold:
    """A test fold must have at least three cases of the rarer class on average."""

    title = "each test fold has enough events"
    severity: Literal["warning"] = "warning"
    remedy = "use fewer folds (--folds); scores of folds with so few events are mostly noise"
    docs = docs_address("LNM004")

    def __call__(self, results: Results) -> str | None:
        """Return the number of events and their mean over the test folds."""
        return join_messages(
            [
                _describe(name, events, events / results.protocol.folds)
                for name, events in _count_events(results).items()
                if events / results.protocol.folds < FEWEST
            ]
        )


def _count_events(results: Results) -> dict[str, int]:
    """Return the number of cases of the rarer class, by outcome of a target with several."""
    if results.outcomes is None:
        return {"": min(results.positives, results.n - results.positives)}
    values = results.outcomes.values
    events = np.minimum((values == 1).sum(axis=0), (values == 0).sum(axis=0)).tolist()
    return dict(zip(results.outcomes.names, events, strict=True))


def _describe(outcome: str, events: int, per_fold: float) -> str:
    label = f"{outcome}: " if outcome else ""
    return f"{label}{plural(events, 'case')} of the rarer class, {per_fold:.1f} per test fold"
