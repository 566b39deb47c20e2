"""Error rate of published tests, which depends on the methods that are compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import PairComparison, Results
from lnmbench.results import differ_only_in_tasks, published_tests
from lnmbench.text import plural

OTHER_MODELS = "55 to 58 %"
"""Share of null cohorts in which the plain paired t is below .05: logistic regressions on different
features, in docs/calibration.md."""
SAME_NETWORK = "8 to 17 %"
"""The same for networks with different uninformative tasks: without images in docs/calibration.md,
with images in docs/sensitivity.md."""


def describe_published(results: Results, comparisons: Sequence[PairComparison]) -> Iterator[str]:
    """Yield a note on each published test with the rate of false differences that applies.

    Two networks that share everything but a task differ mostly by noise of their fits, which is
    nearly independent between the folds, so that the plain test errs less. Other models differ by
    what they learn, which is the same in all folds of a cohort.

    Parameters
    ----------
    results
        The results with the names of the tests.
    comparisons
        The pairs that the table shows.
    """
    methods = {result.method.fingerprint: result.method for result in results.method_results}
    kinds = {differ_only_in_tasks(methods[c.method_a], methods[c.method_b]) for c in comparisons}
    rates = []
    if False in kinds:
        rates.append(
            f"in {OTHER_MODELS} of cohorts between different models, whose differences on the "
            "folds depend on the patients that the folds share"
        )
    if True in kinds:
        rates.append(
            f"in {SAME_NETWORK} between networks that differ only in a task, whose differences "
            "depend less on the shared patients"
        )
    folds = plural(results.protocol.units, "fold")
    for name in published_tests(results):
        yield (
            f"Use the corrected p: the {folds} share most of their training cases, but the "
            f"{results.comparison_titles[name]} treats them as independent. It "
            f'"finds" a difference (p < .05) between equally good methods {", and ".join(rates)} '
            "(docs/calibration.md of lnmbench)."
        )
