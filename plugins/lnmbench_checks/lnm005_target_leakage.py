"""LNM005: features that equal the target."""

from __future__ import annotations

import math
from typing import Literal

from lnmbench.records import Results
from lnmbench.results import format_decimal
from lnmbench_checks.messages import docs_address, join_messages, quote_name

FEWEST = 8
"""Cases of either class that must have a value: chance separates fewer too easily."""
EXACT = 1.0 - 1e-9


class TargetLeakage:
    """No feature may separate positive from negative cases without error.

    Not applicable if no feature has eight cases of either class with a value.
    """

    title = "no feature equals the target"
    severity: Literal["error"] = "error"
    remedy = "exclude the feature: it contains the target or was derived from it"
    docs = docs_address("LNM005")

    def __call__(self, results: Results) -> str | None:
        """Return the names of such features."""
        return describe_features(results, EXACT, math.inf)


def describe_features(results: Results, least: float, below: float) -> str | None:
    """Return the features with an AUC in a range, None if none has enough values.

    Parameters
    ----------
    results
        The run.
    least
        Least AUC of the feature alone, in either direction.
    below
        AUC that the features do not reach.
    """
    variables = results.profile.variables if results.profile else ()
    features = [
        variable
        for variable in variables
        if variable.role == "feature"
        and min(variable.negative.known, variable.positive.known) >= FEWEST
    ]
    messages = [
        f"{quote_name(feature.name)} alone has an AUC of {format_decimal(feature.separation)}"
        for feature in features
        if least <= feature.separation < below
    ]
    return join_messages(messages) if features else None
