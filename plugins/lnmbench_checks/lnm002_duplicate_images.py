"""LNM002: equal images of different patients."""

from __future__ import annotations

import math
from typing import Literal

from lnmbench.records import Results
from lnmbench.results import format_decimal
from lnmbench_checks.messages import docs_address, join_messages

EQUAL = 0.9999
"""Least correlation of images that differ in brightness, contrast and rounding only."""


class DuplicateImages:
    """Cases of different patients must not have equal images.

    Small copies of the middle slices are correlated, so brightness and contrast have no influence.
    Not applicable if the run has no images.
    """

    title = "no two patients have the same images"
    severity: Literal["error"] = "error"
    remedy = (
        "if the cases are of one patient, give the patient column the role patient; otherwise"
        " exclude one of them"
    )
    docs = docs_address("LNM002")

    def __call__(self, results: Results) -> str | None:
        """Return the pairs with their case numbers in the ledger."""
        return describe_pairs(results, EQUAL, math.inf)


def describe_pairs(results: Results, least: float, below: float) -> str | None:
    """Return the pairs of cases with a correlation in a range, None if there are no images.

    Parameters
    ----------
    results
        The run.
    least
        Least correlation.
    below
        Correlation that the pairs do not reach.
    """
    if results.profile is None or results.profile.near_duplicates is None:
        return None
    return join_messages(
        [
            f"cases {pair.case_a} and {pair.case_b} (numbers in the ledger; correlation"
            f" {format_decimal(pair.similarity)})"
            for pair in results.profile.near_duplicates
            if least <= pair.similarity < below
        ]
    )
