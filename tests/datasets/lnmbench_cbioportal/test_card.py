"""The card of a study: name and citation of its `meta_study.txt`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lnmbench_cbioportal.cbioportal import Cbioportal


def test_the_card_has_name_and_citation_of_the_study(write_study: Callable[..., Path]) -> None:
    folder = write_study()
    (folder / "meta_study.txt").write_text(
        "cancer_study_identifier: lung_study\nname: Lung (Example: 2020)\x1b[31m\n"
        "citation: Example et al., Journal 2020\n",
        encoding="utf-8",
    )
    data = Cbioportal(folder)
    assert data.card.title == "cBioPortal: Lung (Example: 2020)[31m, clinical tables"
    assert data.card.citation.startswith("Example et al., Journal 2020; Cerami et al.")
    assert folder / "meta_study.txt" in data.sources


def test_without_it_the_folder_names_the_study(write_study: Callable[..., Path]) -> None:
    card = Cbioportal(write_study(name="luad_tcga")).card
    assert card.title == "cBioPortal: luad_tcga, clinical tables"
    assert "The Cancer Genome Atlas" in card.citation


def test_notes_say_what_is_missing(write_study: Callable[..., Path]) -> None:
    notes = Cbioportal(write_study()).notes
    assert notes[0] == "study lung_study: 5 patients"
    assert "missing values in the features: age 1, sex 0, cn 1" in notes
    assert notes[-1].startswith("3 variables known before surgery")
