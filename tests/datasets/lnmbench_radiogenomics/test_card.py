"""The card of NSCLC Radiogenomics: with and without images, and notes with counts."""

from __future__ import annotations

from pathlib import Path

from lnmbench_radiogenomics.card import SOURCE, make_card
from lnmbench_radiogenomics.radiogenomics import Radiogenomics


def test_the_card_says_whether_the_cohort_has_images() -> None:
    with_images, without = make_card(images=True), make_card(images=False)
    assert "segmentation" in with_images.notes[-1]
    assert without.notes[-1] == "No images: clinical table only."
    assert with_images.notes[:-1] == without.notes[:-1]
    assert SOURCE.license == without.license


def test_notes_count_missing_values(shared_data: Path) -> None:
    notes = " ".join(Radiogenomics(shared_data).notes)
    assert "Pathological T stage: unknown for 49 of 211 patients" in notes
    assert "missing values in the features: Weight (lbs)" in notes
