"""The card of Lung3, and notes with counts."""

from __future__ import annotations

from pathlib import Path

from lnmbench_lung3.lung3 import Lung3


def test_the_card_says_what_the_table_lacks(lung3: Path) -> None:
    data = Lung3(lung3)
    assert data.card.license == "CC BY-NC 3.0"
    assert "does not say the AJCC edition" in data.card.labels
    assert data.card.notes[-1] == "No images: clinical table only."
    assert "pn: N0 1, N1 1, N2 1; unknown 1 (characteristics.tag.stage.nodes)" in data.notes
    assert "missing values: size 1, grade 1" in data.notes


def test_samples_of_metastases_are_left_out(lung3: Path) -> None:
    (file,) = lung3.iterdir()
    text = file.read_text("latin-1").replace(";Primary;3", ";Metastasis;3")
    file.write_text(text, encoding="latin-1")
    data = Lung3(lung3)
    assert len(list(data.cases())) == 3
    assert "1 row is no primary tumor and left out" in data.notes
