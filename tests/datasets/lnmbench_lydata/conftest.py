"""Fixtures for tests of lyDATA: small cohorts in each spelling, and the real one of Bern."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from lnmbench_lydata.lydata import Lydata

_GROUPS = "patient,patient,patient,patient,patient,tumor,tumor,tumor,tumor,CT,pathology,pathology"
HEADERS = {
    "old": (
        _GROUPS,
        "#,#,#,#,#,1,1,1,1,info,ipsi,contra",
        "id,institution,sex,age,diagnose_date,location,side,stage_prefix,t_stage,date,II,III",
    ),
    "new": (
        _GROUPS,
        "core,core,core,core,core,core,core,core,core,core,ipsi,contra",
        "id,institution,sex,age,diagnose_date,location,side,t_stage_prefix,t_stage,date,II,III",
    ),
    "sided": (
        _GROUPS,
        "#,#,#,#,#,1,1,1,1,info,left,right",
        "id,institution,sex,age,diagnose_date,location,side,stage_prefix,t_stage,date,II,III",
    ),
}
PATIENTS = (
    "A,H,male,61,2017-08-30,larynx,left,p,2,2017-08-30,TRUE,",
    "B,H,female,70,2017-08-30,oropharynx,right,c,3,2017-08-30,FALSE,",
    "C,H,female,55,2017-08-30,oropharynx,central,p,4.0,,,True",
    "D,H,male,,2017-08-30,larynx,left,p,1,,,",
)


@pytest.fixture(scope="session")
def headers() -> dict[str, tuple[str, ...]]:
    """The three header rows in the old and the new spelling, and with left and right."""
    return HEADERS


@pytest.fixture(scope="session")
def patients() -> tuple[str, ...]:
    """Rows of four patients."""
    return PATIENTS


@pytest.fixture(scope="session")
def write_cohort() -> Callable[..., Path]:
    """A function that writes a cohort below a folder and returns the folder."""

    def write(
        root: Path, *rows: str, header: Sequence[str] = HEADERS["new"], cohort: str = "small"
    ) -> Path:
        folder = root / cohort
        folder.mkdir(parents=True)
        text = "\n".join((*header, *rows)) + "\n"
        (folder / "data.csv").write_text(text, encoding="utf-8")
        return root

    return write


@pytest.fixture(scope="session")
def values_of() -> Callable[[Lydata, str], list[object]]:
    """A function that returns the values of the column with a label, in the order of the cases."""

    def read(data: Lydata, label: str) -> list[object]:
        (name,) = (column.name for column in data.columns if column.label == label)
        return [case.values[name] for case in data.cases()]

    return read


@pytest.fixture(scope="session")
def isb(shared_data: Path) -> Lydata:
    """The real cohort of Bern."""
    return Lydata(shared_data / "lydata", cohort="2023-isb-multisite")
