"""LNM005: features that equal the target."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from lnmbench.records import LeakSigns, Results, Variable
from lnmbench.stats.leakage import FEWEST, describe_exact_signs
from lnmbench.text import quote
from lnmbench_checks.messages import docs_address, join_messages


class TargetLeakage:
    """No feature may separate positive from negative cases without error.

    Neither may the difference of two features, nor the presence of a value. Not applicable if no
    feature has eight cases of either class with a value.
    """

    title = "no feature equals the target"
    severity: Literal["error"] = "error"
    remedy = "exclude the feature: it contains the target or was derived from it"
    docs = docs_address("LNM005")

    def __call__(self, results: Results) -> str | None:
        """Return the names of such features."""
        features = list_assessable_features(results)
        messages = list_signs(features, describe_exact_signs)
        pairs = results.profile.separating_pairs if results.profile else ()
        messages += [
            f"the difference of {quote(first)} and {quote(second)} has an AUC of 1"
            for first, second in pairs
        ]
        return join_messages(messages) if features else None


def list_assessable_features(results: Results) -> list[Variable]:
    """Return the features with enough values in both classes, or with another sign of a leak."""
    variables = results.profile.variables if results.profile else ()
    return [
        variable
        for variable in variables
        if variable.role == "feature"
        and (
            min(variable.negative.known, variable.positive.known) >= FEWEST
            or (variable.signs is not None and describe_exact_signs(variable.signs))
        )
    ]


def list_signs(
    features: Iterable[Variable], describe: Callable[[LeakSigns], Iterable[str]]
) -> list[str]:
    """Return a sentence on each sign of a leak in each feature.

    Parameters
    ----------
    features
        The features.
    describe
        Returns sentences on the signs of one feature, without its name.
    """
    return [
        f"{quote(feature.name)} {sentence}"
        for feature in features
        if feature.signs
        for sentence in describe(feature.signs)
    ]
