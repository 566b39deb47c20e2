"""The columns of the clinical table: what is known before surgery, and the two stages."""

from __future__ import annotations

from lnmbench import Column

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
        description="0 for nonsmokers, who have N/A in the table",
    ),
    Column(
        name="%GG",
        role="feature",
        kind="ordinal",
        categories=("0%", ">0 - 25%", "25 - 50%", "50 - 75%", "75 - < 100%", "100%"),
        missing=MISSING,
        description="ground-glass share of the tumor on CT",
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
    Column(name=CENTER, role="center", kind="nominal", description="Stanford or Palo Alto VA"),
    *FEATURES,
    Column(
        name=NODES,
        role="target",
        kind="ordinal",
        label="pn",
        categories=("N0", "N1", "N2", "N3"),
        missing=MISSING,
        known="after",
        description="pathological N class (AJCC 7)",
    ),
    Column(
        name=TUMOR,
        role="aux",
        kind="ordinal",
        label="pt",
        categories=("Tis", "T1a", "T1b", "T2a", "T2b", "T3", "T4"),
        missing=MISSING,
        known="after",
        description="pathological T class (AJCC 7)",
    ),
)
