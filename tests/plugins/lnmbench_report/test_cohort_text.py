"""Text about the cohort in titles and notes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from lnmbench_report.cohort_text import describe_cohort, independence_notes, synthetic_suffix

from lnmbench.records import Results


def test_a_cohort_has_its_size_and_its_events(sample: Results) -> None:
    cohort = "the synthetic cohort synthetic:n=200 (200 cases, 50 positive for n2)"
    assert describe_cohort(sample) == cohort
    real = replace(
        sample, card=replace(sample.card, synthetic=False), cohort="table:path=/home/jane/a.csv"
    )
    assert describe_cohort(real) == "table:path=a.csv (200 cases, 50 positive for n2)"
    assert synthetic_suffix(sample.card) == " (SYNTHETIC)"
    assert synthetic_suffix(real.card) == ""


def test_only_patients_with_several_cases_are_noted(sample: Results) -> None:
    assert not list(independence_notes(sample, "the bands treat"))
    each = replace(sample, patients=np.arange(200))
    assert not list(independence_notes(each, "the bands treat"))
    once = replace(sample, patients=np.maximum(np.arange(200), 1))
    note = "1 patient has several cases: the bands treat them as independent."
    assert list(independence_notes(once, "the bands treat")) == [note]
