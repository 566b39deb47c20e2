from __future__ import annotations

from dataclasses import replace

import numpy as np
from lnmbench_checks.lnm001_patient_leakage import PatientLeakage

from lnmbench.records import Results


def test_split_patients_are_counted(cohort_run: Results) -> None:
    check, n = PatientLeakage(), cohort_run.n
    assert check(replace(cohort_run, patients=np.arange(n))) is None, "one case per patient"
    patients = np.arange(n) // 12
    outer = np.stack([patients % 3, (patients + 1) % 3]).astype(np.int16)
    assert check(replace(cohort_run, patients=patients, outer=outer)) == ""
    outer[1, 0] = (outer[1, 0] + 1) % 3
    message = check(replace(cohort_run, patients=patients, outer=outer))
    assert message == "1 patient is in both training and test data in 1 of 2 repeats"


def test_patients_may_have_any_order(cohort_run: Results) -> None:
    check, n = PatientLeakage(), cohort_run.n
    patients = np.random.default_rng(0).permutation(np.arange(n) % 30)
    folds = np.random.default_rng(1).integers(0, 3, 30)
    outer = folds[patients][None].astype(np.int16)
    assert check(replace(cohort_run, patients=patients, outer=outer)) == ""
    split = outer.copy()
    split[0, np.flatnonzero(patients == 7)] = (0, 1)
    assert "1 patient is" in (check(replace(cohort_run, patients=patients, outer=split)) or "")
