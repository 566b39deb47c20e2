"""Columns of the clinical table: features known before surgery, and the two stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lnmbench import Column, UserError
from lnmbench.errors import nearest
from lnmbench.tables import require_cells, require_unique_ids

ID = "Patient ID"
MISSING = (
    "Not Collected",
    "Not collected",
    "N/A",
    "Unknown",
    "Not Recorded In Database",
    "Not Assessed",
)
CENTER = "Patient affiliation"
NODES = "Pathological N stage"
TUMOR = "Pathological T stage"
SMOKING = "Smoking status"
NEVER_SMOKED = "Nonsmoker"
PACK_YEARS = "Pack Years"
_LOBES = ("RUL", "RML", "RLL", "LUL", "LLL", "L Lingula")

FEATURES = (
    Column(
        name="Age at Histological Diagnosis",
        role="feature",
        unit="years",
        missing=MISSING,
    ),
    Column(name="Weight (lbs)", role="feature", unit="lb", missing=MISSING),
    Column(
        name="Gender",
        role="feature",
        kind="binary",
        categories=("Female", "Male"),
        missing=MISSING,
    ),
    Column(
        name="Ethnicity",
        role="feature",
        kind="nominal",
        categories=(
            "African-American",
            "Asian",
            "Caucasian",
            "Hispanic/Latino",
            "Native Hawaiian/Pacific Islander",
        ),
        missing=MISSING,
    ),
    Column(
        name=SMOKING,
        role="feature",
        kind="nominal",
        categories=(NEVER_SMOKED, "Former", "Current"),
        missing=MISSING,
    ),
    Column(
        name=PACK_YEARS,
        role="feature",
        unit="pack-years",
        missing=MISSING,
        description="0 for nonsmokers, whose value is N/A in the table",
    ),
    Column(
        name="%GG",
        role="feature",
        kind="ordinal",
        categories=("0%", ">0 - 25%", "25 - 50%", "50 - 75%", "75 - < 100%", "100%"),
        missing=MISSING,
        description="share of ground glass in the tumor on CT",
    ),
    *(
        Column(
            name=f"Tumor Location (choice={lobe})",
            role="feature",
            kind="binary",
            categories=("Unchecked", "Checked"),
            missing=MISSING,
        )
        for lobe in _LOBES
    ),
)

COLUMNS = (
    Column(
        name=CENTER, role="center", kind="nominal", description="hospital: Stanford or Palo Alto VA"
    ),
    *FEATURES,
    Column(
        name=NODES,
        role="target",
        kind="ordinal",
        label="pn",
        categories=("N0", "N1", "N2", "N3"),
        missing=MISSING,
        known="after",
        description="pathological N category (AJCC, 7th edition)",
    ),
    Column(
        name=TUMOR,
        role="aux",
        kind="ordinal",
        label="pt",
        categories=("Tis", "T1a", "T1b", "T2a", "T2b", "T3", "T4"),
        missing=MISSING,
        known="after",
        description="pathological T stage (AJCC, 7th edition)",
    ),
)


def check_rows(
    rows: Sequence[Mapping[str, str]], path: Path, columns: Sequence[Column] = COLUMNS
) -> None:
    """Raise `UserError` for ids or values that the collection does not have, or columns it has.

    Parameters
    ----------
    rows
        The patients.
    path
        The table, for error messages.
    columns
        The columns of the cohort; the table must have those of `COLUMNS`.
    """
    for column in COLUMNS:
        if column.name not in rows[0]:
            raise UserError(
                f"no column {column.name!r}", where=str(path), then=nearest(column.name, rows[0])
            )
    ids = [row[ID] for row in rows]
    require_unique_ids(ids, where=str(path))
    require_cells(columns, ids, rows, where=f"{path},")


def complete_pack_years(row: Mapping[str, str]) -> dict[str, str]:
    """Return the row with 0 pack-years instead of N/A for a nonsmoker."""
    return {**row, PACK_YEARS: "0"} if has_never_smoked(row) else dict(row)


def has_never_smoked(row: Mapping[str, str]) -> bool:
    """Return whether a patient is a nonsmoker without recorded pack-years."""
    return row[SMOKING] == NEVER_SMOKED and row[PACK_YEARS] == "N/A"
