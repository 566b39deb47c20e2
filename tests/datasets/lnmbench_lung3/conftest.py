"""A clinical table of Lung3 with four patients."""

from __future__ import annotations

from pathlib import Path

import pytest

TABLE = """\
sample.name;title;source.location;characteristics.tag.gender;characteristics.tag.histology;\
characteristics.tag.tumor.size.maximumdiameter;characteristics.tag.stage.primary.tumor;\
characteristics.tag.stage.nodes;characteristics.tag.primaryVSmets;characteristics.tag.grade
LUNG3-01;lung_1;Left  Lower Lobe;M;Squamous Cell Carcinoma, NOS;4;pT2;pN0;Primary;3
LUNG3-02;lung_2;Right    Upper Lobe;F;Papillary Type AND \u00a0\u00a0 Adenocarcinoma;1.3;pT1;PN2;\
Primary;Not Available
LUNG3-03;lung_3;Right Middle Lobe;M;Non-Small Cell;;PT3;pNx;Primary;1
LUNG3-04;lung_4;Left  Upper Lobe;M;Solid Type And Acinar;2;pTx;pN1;Primary;2
"""


@pytest.fixture
def lung3(tmp_path: Path) -> Path:
    """A folder with the clinical table as the collection writes it: semicolons, latin-1."""
    (tmp_path / "Lung3.metadata.csv").write_text(TABLE, encoding="latin-1")
    return tmp_path
