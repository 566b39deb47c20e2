"""LNM013: features that predict the target better than is plausible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from lnmbench.records import Results, Variable
from lnmbench.results import format_decimal
from lnmbench.stats.leakage import EXACT, describe_implausible_signs
from lnmbench_checks.lnm005_target_leakage import list_assessable_features
from lnmbench_checks.messages import docs_address, join_messages, quote_name

ALMOST = 0.99
"""AUC that is reported for ledgers of earlier versions, which have no interval."""


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
        messages = [
            f"{quote_name(feature.name)} {sentence}"
            for feature in features
            for sentence in _describe(feature)
        ]
        return join_messages(messages) if features else None


def _describe(feature: Variable) -> Sequence[str]:
    if feature.signs is not None:
        return describe_implausible_signs(feature.signs)
    if ALMOST <= feature.separation < EXACT:
        return [f"alone has an AUC of {format_decimal(feature.separation)}"]
    return []
