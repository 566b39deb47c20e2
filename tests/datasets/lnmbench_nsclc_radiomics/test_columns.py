"""Columns of Lung1: targets on request, features known before treatment."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lnmbench_nsclc_radiomics.nsclc_radiomics import NsclcRadiomics


def labels(data: NsclcRadiomics) -> dict[str, str]:
    return {column.label: column.name for column in data.columns if column.label}


def test_whoever_asks_gets_targets_that_say_what_they_are(lung1: Path) -> None:
    data = NsclcRadiomics(lung1, clinical_n_as_target=True)
    named = labels(data)
    assert named["n1"] == "clinical N1 or higher"
    cells = {label: [c.values[named[label]] for c in data.cases()] for label in ("n1", "n2")}
    assert cells == {"n1": ["yes", "no", "yes", ""], "n2": ["yes", "no", "yes", ""]}
    assert data.notes[0].startswith("WARNING: CLINICAL N")


def test_features_hold_no_outcome_and_no_stage_with_nodes(lung1: Path) -> None:
    data = NsclcRadiomics(lung1)
    features = [column.name for column in data.columns if column.role == "feature"]
    assert features == ["age", "gender", "clinical.T.Stage", "Histology"]
    assert Counter(case.values["Histology"] for case in data.cases())["NA"] == 1
    for case in data.cases():
        for column in data.columns:
            column.encode(case.values[column.name])
