"""Are there enough positive cases for the folds?"""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results

FEWEST = 3


class TooFewEvents:
    """Fewer than three positive, or negative, cases in a test fold on average."""

    title = "too few events for the folds"
    severity: Literal["warning"] = "warning"
    remedy = "use fewer folds (--folds): scores of such folds are mostly noise"

    def __call__(self, results: Results) -> str | None:
        """Return how few there are, or an empty string."""
        rarer = min(results.positives, results.n - results.positives)
        each = rarer / results.protocol.folds
        if each >= FEWEST:
            return ""
        return f"{rarer} cases of the rarer class make {each:.1f} in each of the test folds"
