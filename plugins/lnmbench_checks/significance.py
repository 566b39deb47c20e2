"""Does a "significant" plain t-test hold under the corrected one?"""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results


class NotBorneOut:
    """A plain paired t-test below .05 that the corrected test, after Holm, does not bear out."""

    title = "plain t-test not borne out"
    severity: Literal["warning"] = "warning"
    remedy = "report the corrected p; do not claim a difference"

    def __call__(self, results: Results) -> str | None:
        """Return the comparisons in question; None where nothing was compared."""
        published = [n for n, role in results.comparison_roles.items() if role == "as published"]
        if not results.compared or not published:
            return None
        labels = {o.method.fingerprint: o.method.label for o in results.outcomes}
        found = [
            f"{labels[one.method_b]} against {labels[one.method_a]}"
            f" in {results.metric_titles[one.metric]}"
            for one in results.compared
            if one.holm >= 0.05 and any(one.tests[name].pvalue < 0.05 for name in published)
        ]
        return "; ".join(found)
