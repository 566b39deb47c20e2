"""The table of a cohort: which examinations are features."""

from __future__ import annotations

from pathlib import Path

from lnmbench_lydata.lydata import Lydata

ISB = "2023-isb-multisite"


def test_imaging_is_chosen(shared_data: Path) -> None:
    without = {
        column.name for column in Lydata(shared_data / "lydata", cohort=ISB, imaging="none").columns
    }
    assert not [name for name in without if name.startswith(("CT", "MRI", "PET"))]
    one = {
        column.name for column in Lydata(shared_data / "lydata", cohort=ISB, imaging="PET").columns
    }
    assert {name.split()[0] for name in one if " ipsi " in name} == {"PET", "pathology"}
