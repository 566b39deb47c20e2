"""Do different patients share images?"""

from __future__ import annotations

import math
from typing import Literal

from lnmbench.records import Results
from lnmbench_checks.wording import decimal, few

EQUAL = 0.9999
"""The correlation of images that differ in brightness and contrast alone, but for rounding."""


class SharedImages:
    """Cases of different patients whose images are equal, whatever their brightness and contrast.

    Small copies of the middle slices are correlated. Does not apply without images.
    """

    title = "the same images in several patients"
    severity: Literal["error"] = "error"
    remedy = (
        "give the column of the patient the role patient where they are one, else leave one of"
        " them out: what was learned from the one is tested on the other"
    )

    def __call__(self, results: Results) -> str | None:
        """Return the pairs, by the numbers of their cases in the ledger."""
        return _pairs(results, EQUAL, math.inf)


class NearlySharedImages:
    """Cases of different patients whose images are nearly equal.

    Noise, smoothing, or another reconstruction of the same scan leaves them so. Small copies of the
    middle slices are correlated. Does not apply without images.
    """

    title = "nearly the same images in several patients"
    severity: Literal["warning"] = "warning"
    remedy = "look at these cases: are they one patient, or one scan?"

    def __call__(self, results: Results) -> str | None:
        """Return the pairs, by the numbers of their cases in the ledger."""
        return _pairs(results, 0.0, EQUAL)


def _pairs(results: Results, least: float, below: float) -> str | None:
    if results.profile is None or results.profile.alike is None:
        return None
    return few(
        [
            f"cases {one.case_a} and {one.case_b} (numbers of the ledger; correlation"
            f" {decimal(one.similarity)})"
            for one in results.profile.alike
            if least <= one.similarity < below
        ]
    )
