"""Do splits keep a patient together, and are there enough events in each fold?"""

from __future__ import annotations

from typing import Literal

import numpy as np

from lnmbench.records import Results
from lnmbench_checks.wording import counted

FEWEST = 3


class PatientOnBothSides:
    """Cases of one patient in different outer folds of a repeat: trained on, and tested on.

    Does not apply where every case is a patient of its own, as far as the cohort says.
    """

    title = "a patient on both sides of a split"
    severity: Literal["error"] = "error"
    remedy = "give the column of the patient the role patient, and run again: the scores are leaked"

    def __call__(self, results: Results) -> str | None:
        """Return how many patients are divided, in how many repeats."""
        patients, outer = results.patients, results.outer
        if patients is None or outer is None or len(np.unique(patients)) == len(patients):
            return None
        order = np.argsort(patients, kind="stable")
        first = np.flatnonzero(np.diff(patients[order], prepend=-1))
        folds = outer[:, order]
        lowest = np.minimum.reduceat(folds, first, axis=1)
        divided = lowest != np.maximum.reduceat(folds, first, axis=1)
        if not divided.any():
            return ""
        there = counted(int(divided.any(axis=0).sum()), "patient is", "patients are")
        return (
            f"{there} trained on and tested on in {int(divided.any(axis=1).sum())}"
            f" of {len(outer)} repeats"
        )


class TooFewEvents:
    """Fewer than three positive, or negative, cases in a test fold on average."""

    title = "too few events for the folds"
    severity: Literal["warning"] = "warning"
    remedy = "use fewer folds (--folds): scores of such folds are mostly noise"

    def __call__(self, results: Results) -> str | None:
        """Return how few there are."""
        rarer = min(results.positives, results.n - results.positives)
        each = rarer / results.protocol.folds
        if each >= FEWEST:
            return ""
        return f"{rarer} cases of the rarer class make {each:.1f} in each of the test folds"
