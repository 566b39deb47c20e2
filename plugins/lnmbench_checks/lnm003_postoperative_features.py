"""LNM003: features that are known only after surgery."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench.text import quote
from lnmbench_checks.messages import docs_address, join_messages


class PostoperativeFeatures:
    """Features must be known before surgery, by the data dictionary, their names and categories.

    Not applicable if the run has no features.
    """

    title = "no feature is known only after surgery"
    severity: Literal["warning"] = "warning"
    remedy = "give the feature the role aux or exclude it; keep it if it is known before surgery"
    docs = docs_address("LNM003")

    def __call__(self, results: Results) -> str | None:
        """Return the names of such features."""
        from lnmbench.lexicon.timing import judge_column  # slow to import for `lnmbench list`

        variables = results.profile.variables if results.profile else ()
        features = [variable for variable in variables if variable.role == "feature"]
        names = [
            quote(feature.name)
            for feature in features
            if feature.known == "after"
            or judge_column(feature.name, feature.categories).time == "after"
        ]
        return join_messages(names) if features else None
