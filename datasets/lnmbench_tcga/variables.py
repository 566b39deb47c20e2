"""Which columns of TCGA's clinical files are known before surgery, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass

from lnmbench.records import Kind

MISSING = (
    "[Not Available]",
    "[Not Applicable]",
    "[Not Evaluated]",
    "[Unknown]",
    "[Discrepancy]",
    "[Completed]",
    "[Pending]",
)
PACK_YEARS = "pack_years"
SMOKING = "smoking"
NEVER_SMOKED = "Lifelong Non-smoker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A pre-operative variable. `sources` are its names in the files of different cancers."""

    name: str
    sources: tuple[str, ...]
    kind: Kind = "nominal"
    unit: str | None = None
    categories: tuple[str, ...] = ()
    description: str


# The site is read off the CT; the file of each kind of cancer has its own column for it.
VARIABLES = (
    Variable(
        name="age",
        sources=("age_at_initial_pathologic_diagnosis", "age_at_diagnosis"),
        kind="continuous",
        unit="years",
        description="age at diagnosis",
    ),
    Variable(
        name="sex",
        sources=("gender",),
        kind="binary",
        categories=("FEMALE", "MALE"),
        description="sex as recorded",
    ),
    Variable(name="race", sources=("race",), description="race as recorded"),
    Variable(
        name=SMOKING,
        sources=("tobacco_smoking_history_indicator",),
        description="smoking history at diagnosis",
    ),
    Variable(
        name=PACK_YEARS,
        sources=("tobacco_smoking_pack_years_smoked",),
        kind="continuous",
        unit="pack-years",
        description="pack-years; 0 where a lifelong non-smoker has none recorded",
    ),
    Variable(
        name="site",
        sources=("anatomic_organ_subdivision", "anatomic_neoplasm_subdivision"),
        description="part of the organ in which the tumor lies",
    ),
    Variable(
        name="location",
        sources=("location_lung_parenchyma",),
        description="central or peripheral in the lung",
    ),
)
