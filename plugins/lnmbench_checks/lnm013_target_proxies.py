"""LNM013: features that predict the target better than is plausible."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench.stats.leakage import describe_implausible_signs
from lnmbench_checks.lnm005_target_leakage import list_assessable_features, list_signs
from lnmbench_checks.messages import docs_address, join_messages


class TargetProxies:
    """No feature may predict the target better than is plausible before surgery.

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
        features = list_assessable_features(results)
        messages = list_signs(features, describe_implausible_signs)
        return join_messages(messages) if features else None
