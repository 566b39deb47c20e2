"""LNM001: patients in both the training and the test data of a split."""

from __future__ import annotations

from typing import Literal

import numpy as np

from lnmbench.records import Results
from lnmbench.text import plural
from lnmbench_checks.messages import docs_address


class PatientLeakage:
    """Cases of one patient must be in one outer fold of each repeat.

    Not applicable if each case has a patient of its own, as far as the cohort shows.
    """

    title = "no patient is in both training and test data"
    severity: Literal["error"] = "error"
    remedy = (
        "give the patient column the role patient and run again; the scores of this run are leaked"
    )
    docs = docs_address("LNM001")

    def __call__(self, results: Results) -> str | None:
        """Return the number of split patients and of repeats with one."""
        patients, outer = results.patients, results.outer
        if patients is None or outer is None or len(np.unique(patients)) == len(patients):
            return None
        order = np.argsort(patients, kind="stable")
        first_cases = np.flatnonzero(np.diff(patients[order], prepend=-1))
        folds = outer[:, order]  # (repeats, n)
        lowest = np.minimum.reduceat(folds, first_cases, axis=1)  # (repeats, patients)
        is_split = lowest != np.maximum.reduceat(folds, first_cases, axis=1)
        if not is_split.any():
            return ""
        split_patients = plural(int(is_split.any(axis=0).sum()), "patient is", "patients are")
        return (
            f"{split_patients} in both training and test data"
            f" in {int(is_split.any(axis=1).sum())} of {len(outer)} repeats"
        )
