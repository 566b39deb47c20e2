"""Columns of Lung3: spellings of stages, groups of histology, features known before surgery."""

from __future__ import annotations

from pathlib import Path

import pytest
from lnmbench_lung3.lung3 import Lung3

from lnmbench import UserError


def values(data: Lung3, name: str) -> list[object]:
    return [case.values[name] for case in data.cases()]


def test_spellings_of_stages_are_one(lung3: Path) -> None:
    data = Lung3(lung3)
    assert values(data, "pn") == ["N0", "N2", "", "N1"]
    assert values(data, "pt") == ["T2", "T1", "T3", ""]
    (tumor,) = (column for column in data.columns if column.name == "pt")
    assert tumor.categories == ("T1", "T2", "T3")


def test_blanks_and_types_are_read(lung3: Path) -> None:
    data = Lung3(lung3)
    assert values(data, "lobe")[1] == "Right Upper Lobe"
    assert values(data, "histology") == [
        "squamous cell carcinoma",
        "adenocarcinoma",
        "other",
        "adenocarcinoma",
    ]
    assert values(data, "size") == ["4", "1.3", "", "2"]
    assert values(data, "grade") == ["3", "", "1", "2"]


def test_features_are_known_before_surgery(lung3: Path) -> None:
    features = [column.name for column in Lung3(lung3).columns if column.role == "feature"]
    assert features == ["sex", "lobe"]


@pytest.mark.parametrize("cell", ["ypN0", "cN0", "N4", "T2"])
def test_other_stages_are_refused(lung3: Path, cell: str) -> None:
    (file,) = lung3.iterdir()
    file.write_text(file.read_text("latin-1").replace(";pN0;", f";{cell};"), encoding="latin-1")
    with pytest.raises(UserError, match=f"stage.nodes' holds '{cell}' .patient 'LUNG3-01'"):
        Lung3(lung3)
