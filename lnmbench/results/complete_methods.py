"""Methods that tables and figures list."""

from __future__ import annotations

from lnmbench.records import MethodResult, Results
from lnmbench.results.control_groups import summarized_groups


def complete_methods(results: Results) -> list[MethodResult]:
    """Return the results of the methods that tables and figures list: those with every unit.

    A large set of negative controls is not among them: one section summarizes it. Neither are
    calls, and methods that lack predictions of some cases.
    """
    groups = summarized_groups([result.method for result in results.method_results])
    summarized = {id(control) for group in groups for control in group}  # fingerprints are slow
    return [
        result
        for result in results.method_results
        if result.complete and result.method.is_scored and id(result.method) not in summarized
    ]


def method_labels(results: Results) -> dict[str, str]:
    """Return the label of each method by its fingerprint."""
    return {result.method.fingerprint: result.method.label for result in results.method_results}
