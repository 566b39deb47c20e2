"""LNM013: features that almost equal the target."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench_checks.lnm005_target_leakage import EXACT, describe_features
from lnmbench_checks.messages import docs_address

ALMOST = 0.99


class TargetProxies:
    """No feature may have an AUC of .99 or higher, and below 1, for the target.

    Not applicable if no feature has eight cases of either class with a value.
    """

    title = "no feature almost equals the target"
    severity: Literal["warning"] = "warning"
    remedy = (
        "check how the feature was obtained; few features known before surgery separate so well"
    )
    docs = docs_address("LNM013")

    def __call__(self, results: Results) -> str | None:
        """Return the names of such features with their AUC."""
        return describe_features(results, ALMOST, EXACT)
