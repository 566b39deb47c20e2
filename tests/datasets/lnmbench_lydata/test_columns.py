"""Columns of lyDATA: features are known before surgery."""

from __future__ import annotations

from lnmbench_lydata.lydata import Lydata


def test_levels_of_an_examination_are_its_modality(isb: Lydata) -> None:
    modalities = {column.name: column.modality for column in isb.columns}
    assert modalities["CT ipsi II"] == "ct"
    assert modalities["PET ipsi IV"] == "pet"
    assert modalities["MRI contra I"] == "mri"
    assert {modalities[name] for name in ("age", "location", "pathology ipsi II")} == {"clinical"}


def test_features_are_known_before_surgery(isb: Lydata) -> None:
    features = {column.name for column in isb.columns if column.role == "feature"}
    assert {"age", "location", "CT ipsi II", "MRI contra I", "PET ipsi IV"} <= features
    late = ("pathology", "stage", "dissect", "extracapsular", "date", "enbloc", "node")
    assert not [name for name in features if any(word in name for word in late)]
