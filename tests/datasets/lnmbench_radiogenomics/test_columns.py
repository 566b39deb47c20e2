"""Columns of NSCLC Radiogenomics: known before surgery, and completed."""

from __future__ import annotations

from pathlib import Path

from lnmbench_radiogenomics.radiogenomics import Radiogenomics


def test_every_cell_can_be_encoded(shared_data: Path) -> None:
    data = Radiogenomics(shared_data)
    numbers = [c for c in data.columns if c.role != "center"]
    for case in data.cases():
        for column in numbers:
            column.encode(case.values[column.name])


def test_nothing_known_only_after_surgery_is_a_feature(shared_data: Path) -> None:
    data = Radiogenomics(shared_data)
    features = {c.name for c in data.columns if c.role == "feature"}
    assert len(features) == 13
    late = ("path", "grade", "invasion", "mutation", "adjuvant", "recur", "surviv", "date", "days")
    assert not [name for name in features if any(word in name.casefold() for word in late)]
    assert "Histology" not in features
    assert any("'EGFR mutation status'" in note for note in data.notes)


def test_nonsmokers_have_no_pack_years(shared_data: Path) -> None:
    data = Radiogenomics(shared_data)
    values = [case.values for case in data.cases() if case.values["Smoking status"] == "Nonsmoker"]
    assert {row["Pack Years"] for row in values} == {"0"}
