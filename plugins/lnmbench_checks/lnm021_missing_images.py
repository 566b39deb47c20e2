"""LNM021: images that are missing more often for one class of the target."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import Results
from lnmbench.results import format_p_equation
from lnmbench.text import plural
from lnmbench_checks.messages import docs_address

LEVEL = 0.05


class MissingImages:
    """Positive cases must not lack images more or less often than negative ones.

    Networks that predict cases without images see that these have none; a cohort without these
    cases is a selected one. Not applicable if all cases have images, or if the protocol refuses the
    others.
    """

    title = "missing images do not depend on the target"
    severity: Literal["warning"] = "warning"
    remedy = (
        "find out why images are missing, and report it; if the reason is not known at prediction,"
        " use --missing-images exclude"
    )
    docs = docs_address("LNM021")

    def __call__(self, results: Results) -> str | None:
        """Return the shares of positive cases with and without images."""
        counts = None if results.profile is None else results.profile.images
        if counts is None:
            return None
        import numpy as np
        import scipy

        pairs = [
            (counts.with_images, counts.positives_with_images),
            (counts.without_images, counts.positives_without_images),
        ]
        table = np.array([(positives, cases - positives) for cases, positives in pairs])
        pvalue = float(scipy.stats.fisher_exact(table).pvalue)
        if pvalue >= LEVEL:
            return ""
        with_images, without = (f"{100 * positives / cases:.0f} %" for cases, positives in pairs)
        left_out = " and are left out" if counts.left_out else ""
        total = plural(counts.with_images + counts.without_images, "case")
        return (
            f"{counts.without_images} of {total} have no images{left_out}: {without} of them are"
            " positive,"
            f" {with_images} of the others (Fisher's exact test,"
            f" {format_p_equation(pvalue)})"
        )
