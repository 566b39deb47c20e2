"""A clinical table of Lung1 with four patients."""

from __future__ import annotations

from pathlib import Path

import pytest

TABLE = """\
PatientID,age,clinical.T.Stage,Clinical.N.Stage,Clinical.M.Stage,Overall.Stage,Histology,\
gender,Survival.time,deadstatus.event
LUNG1-001,78.7,2,3,0,IIIb,large cell,male,2165,1
LUNG1-002,83.8,2,0,0,I,squamous cell carcinoma,male,155,1
LUNG1-128,NA,5,2,0,IIIa,NA,female,256,1
LUNG1-200,70.1,4,4,0,IIIb,adenocarcinoma,female,141,1
"""


@pytest.fixture
def lung1(tmp_path: Path) -> Path:
    """A folder with the clinical table under the name that the collection gives it."""
    name = "NSCLC-Radiomics-Lung1.clinical-version3-Oct-2019.csv"
    (tmp_path / name).write_text(TABLE, encoding="utf-8")
    return tmp_path
