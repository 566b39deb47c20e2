"""Fixtures for tests of TCGA: a small Biotab file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = (
    "bcr_patient_uuid",
    "bcr_patient_barcode",
    "gender",
    "age_at_initial_pathologic_diagnosis",
    "race",
    "tobacco_smoking_history_indicator",
    "tobacco_smoking_pack_years_smoked",
    "ajcc_nodes_pathologic_pn",
    "ajcc_tumor_pathologic_pt",
    "history_neoadjuvant_treatment",
    "tissue_source_site",
    "vital_status",
)


@pytest.fixture(scope="session")
def header() -> tuple[str, ...]:
    """The columns that `write_biotab` writes."""
    return HEADER


@pytest.fixture(scope="session")
def write_biotab() -> Callable[..., Path]:
    """A function that writes the clinical file of a cancer below a folder, and returns it."""

    def write(root: Path, *patients: str, cancer: str = "luad") -> Path:
        rows = ["\t".join(HEADER), "\t".join(HEADER), "\t".join(["CDE_ID:1"] * len(HEADER))]
        rows += [
            "\t".join(patient.split()).replace("Never", "Lifelong Non-smoker")
            for patient in patients
        ]
        root.mkdir(exist_ok=True)
        (root / f"nationwidechildrens.org_clinical_patient_{cancer}.txt").write_text(
            "\n".join(rows) + "\n", encoding="latin-1"
        )
        return root

    return write
