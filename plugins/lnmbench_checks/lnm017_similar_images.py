"""LNM017: nearly equal images of different patients."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench_checks.lnm002_duplicate_images import EQUAL, describe_pairs
from lnmbench_checks.messages import docs_address


class SimilarImages:
    """Cases of different patients must not have nearly equal images.

    Noise, smoothing, and another reconstruction of one scan change images little. Small copies of
    the middle slices are correlated. Not applicable if the run has no images.
    """

    title = "no two patients have nearly the same images"
    severity: Literal["warning"] = "warning"
    remedy = "check whether the cases are one patient or one scan"
    docs = docs_address("LNM017")

    def __call__(self, results: Results) -> str | None:
        """Return the pairs with their case numbers in the ledger."""
        return describe_pairs(results, 0.0, EQUAL)
