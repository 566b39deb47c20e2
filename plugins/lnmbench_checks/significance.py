"""Does a "significant" plain t-test hold under the corrected one?"""

from __future__ import annotations

from typing import Literal

from lnmbench.records import PairComparison, Results
from lnmbench_checks.wording import few

ALPHA = 0.05


class NotBorneOut:
    """A plain paired t-test below .05 that the corrected test, after Holm, does not bear out.

    Where the corrected p is .05 or more, the plain test is not borne out; where it is below .05
    until Holm corrects it for the family, it is lost to Holm. Does not apply where nothing was
    compared, or not with a plain test.
    """

    title = "plain t-test not borne out"
    severity: Literal["warning"] = "warning"
    remedy = "report the corrected p; do not claim a difference"

    def __call__(self, results: Results) -> str | None:
        """Return the comparisons in question, each with which of the two it is."""
        published = [n for n, role in results.comparison_roles.items() if role == "as published"]
        judged = [one for one in results.compared if any(name in one.tests for name in published)]
        if not judged:
            return None
        labels = {o.method.fingerprint: o.method.label for o in results.method_results}
        return few(
            [
                f"{labels[one.method_b]} against {labels[one.method_a]}"
                f" in {results.metric_titles.get(one.metric, one.metric)} ({_why(results, one)})"
                for one in judged
                if one.holm >= ALPHA
                and any(one.tests[n].pvalue < ALPHA for n in published if n in one.tests)
            ]
        )


def _why(results: Results, one: PairComparison) -> str:
    """Which correction takes the difference back, in the words of the report's findings."""
    return "lost to Holm" if one.tests[results.primary].pvalue < ALPHA else "not borne out"
