"""The card of Lung1: its N category is clinical, and the card says so."""

from __future__ import annotations

from pathlib import Path

from lnmbench_nsclc_radiomics.nsclc_radiomics import NsclcRadiomics


def labels(data: NsclcRadiomics) -> dict[str, str]:
    return {column.label: column.name for column in data.columns if column.label}


def test_the_n_class_is_clinical_and_no_target_unless_asked(lung1: Path) -> None:
    data = NsclcRadiomics(lung1)
    assert set(labels(data)) == {"cn"}
    assert data.notes[0].startswith("WARNING: CLINICAL N")
    assert "not a pathological label" in data.card.labels
    nodes = [case.values[labels(data)["cn"]] for case in data.cases()]
    assert nodes == ["N3", "N0", "N2", ""]
    assert "counted as unknown: 4 1" in data.notes[1]
    assert "counted as unknown: 5 1" in data.notes[2]
