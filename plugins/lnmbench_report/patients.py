"""Patients with several cases, whom a statistic over cases takes for several patients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lnmbench.records import Results
from lnmbench_report.printed import counted


def several(results: Results) -> str:
    """Return how many patients have several cases, empty where none has."""
    if results.patients is None:
        return ""
    counts = np.unique(results.patients, return_counts=True)[1]
    many = int(np.count_nonzero(counts > 1))
    return counted(many, "patient has several cases", "patients have several cases") if many else ""


def taken_for_independent(results: Results, what: str = "the intervals take") -> Iterator[str]:
    """Say that `what` takes the cases of one patient for independent, where there are such."""
    told = several(results)
    if told:
        yield f"{told}: {what} them for independent."
