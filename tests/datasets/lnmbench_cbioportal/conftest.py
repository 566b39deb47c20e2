"""A small study of cBioPortal in staging format and as the portal's download."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

PATIENT_ATTRIBUTES = (
    ("PATIENT_ID", "Patient Identifier", "STRING"),
    ("AGE", "Diagnosis Age", "NUMBER"),
    ("SEX", "Sex", "STRING"),
    ("HISTORY_NEOADJUVANT_TRTYN", "Neoadjuvant Therapy Type", "STRING"),
    ("PATH_N_STAGE", "Lymph Node Stage", "STRING"),
    ("PATH_T_STAGE", "Tumor Stage Code", "STRING"),
    ("CLIN_N_STAGE", "Clinical N Stage", "STRING"),
    ("GRADE", "Neoplasm Histologic Grade", "STRING"),
    ("LYMPH_NODES_EXAMINED_HE_COUNT", "Positive Nodes", "NUMBER"),
    ("OS_MONTHS", "Overall Survival (Months)", "NUMBER"),
)
SAMPLE_ATTRIBUTES = (
    ("PATIENT_ID", "Patient Identifier", "STRING"),
    ("SAMPLE_ID", "Sample Identifier", "STRING"),
    ("SAMPLE_TYPE", "Sample Type", "STRING"),
    ("ONCOTREE_CODE", "Oncotree Code", "STRING"),
    ("TISSUE_SOURCE_SITE_CODE", "Tissue Source Site Code", "STRING"),
    ("ANEUPLOIDY_SCORE", "Aneuploidy Score", "NUMBER"),
)
PATIENTS = (
    "P1|61|Male|No|N0 (I-)|T4D|N0|G1|0|12.5",
    "P2|70|FEMALE|No|N1MI|T1B|N1|G3|2|3",
    "P3|[Not Available]|Male|[Not Available]|NX|TX|NA||NA|",
    "P4|55|Female|Yes|N2|T3|N2|G2|4|40",
    "P5|48|male|No|N0 (I+)|T1b1|N0|GX|0|7",
)
SAMPLES = (
    "P1|P1-06|Metastasis|LUAD|NC|3",
    "P1|P1-01|Primary|LUAD|NC|5",
    "P2|P2-01|Primary|LUAD|05|NA",
    "P3|P3-01|Primary|LUSC|05|",
    "P4|P4-01|Primary|LUAD|44|8",
    "P5|P5-01|Primary|LUAD|NK|8",
)

WriteStudy = Callable[..., Path]


def format_file(
    attributes: Sequence[tuple[str, str, str]], rows: Sequence[str], comments: int
) -> str:
    ids, titles, types = zip(*attributes, strict=True)
    ones = ["1"] * len(ids)
    above = [titles, titles, types, ones][:comments]
    lines = ["#" + "\t".join(row) for row in above]
    lines += ["\t".join(ids), *(row.replace("|", "\t") for row in rows)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def write_study(tmp_path: Path) -> WriteStudy:
    """A function that writes a study and returns its folder; without `samples`, patients alone."""

    def write(
        patients: Sequence[str] = PATIENTS,
        samples: Sequence[str] | None = SAMPLES,
        *,
        comments: int = 4,
        name: str = "lung_study",
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "data_clinical_patient.txt").write_text(
            format_file(PATIENT_ATTRIBUTES, patients, comments), encoding="utf-8"
        )
        if samples is not None:
            (folder / "data_clinical_sample.txt").write_text(
                format_file(SAMPLE_ATTRIBUTES, samples, comments), encoding="utf-8"
            )
        return folder

    return write


@pytest.fixture
def write_download(tmp_path: Path) -> Callable[[], Path]:
    """A function that writes the same study as the portal's download and returns the file."""

    def write() -> Path:
        titles = ["Study ID", "Patient ID", "Sample ID"]
        titles += [title for _, title, _ in (*PATIENT_ATTRIBUTES[1:], *SAMPLE_ATTRIBUTES[2:])]
        by_patient = {row.split("|")[0]: row.split("|")[1:] for row in PATIENTS}
        rows = [
            ["lung_study", *row.split("|")[:2], *by_patient[row.split("|")[0]], *row.split("|")[2:]]
            for row in SAMPLES
        ]
        path = tmp_path / "lung_study_clinical_data.tsv"
        lines = ["\t".join(cell or "NA" for cell in row) for row in [titles, *rows]]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text of a file once, with `|` for tabs."""
    text = path.read_text(encoding="utf-8")
    tabbed = old.replace("|", "\t")
    assert tabbed in text
    path.write_text(text.replace(tabbed, new.replace("|", "\t"), 1), encoding="utf-8")


@pytest.fixture
def replace_text() -> Callable[[Path, str, str], None]:
    """A function that replaces a text of a file once, with `|` for tabs."""
    return edit
