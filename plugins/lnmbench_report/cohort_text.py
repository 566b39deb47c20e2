"""Text about the cohort in titles, sentences and notes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lnmbench.records import Card, Results
from lnmbench.redaction import redact_data_set
from lnmbench.text import plural


def synthetic_suffix(card: Card) -> str:
    """Return the suffix of titles about a synthetic cohort, an empty text for other cohorts.

    Examples
    --------
    >>> card = Card(title="", license="", source="", citation="", labels="", synthetic=True)
    >>> synthetic_suffix(card)
    ' (SYNTHETIC)'
    """
    return " (SYNTHETIC)" if card.synthetic else ""


def describe_cohort(results: Results) -> str:
    """Return the cohort with its size and its events; a synthetic cohort is called so."""
    synthetic = "the synthetic cohort " if results.card.synthetic else ""
    events = f"{results.positives} positive for {results.protocol.target}"
    return f"{synthetic}{redact_data_set(results.cohort)} ({plural(results.n, 'case')}, {events})"


def independence_notes(results: Results, subject: str) -> Iterator[str]:
    """Yield a note if patients have several cases, which `subject` treats as independent."""
    if not results.patients.size:
        return
    cases_by_patient = np.unique(results.patients, return_counts=True)[1]
    repeated = int(np.count_nonzero(cases_by_patient > 1))
    if repeated:
        patients = plural(repeated, "patient has several cases", "patients have several cases")
        yield f"{patients}: {subject} them as independent."
