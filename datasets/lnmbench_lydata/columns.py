"""Columns of a lyDATA cohort: features known before surgery, and labels by pathology."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lnmbench import Column
from lnmbench.records import Kind
from lnmbench_lydata.data_file import Key

BOOLEAN = ("False", "True")
CENTER = Column(name="institution", role="center", kind="nominal", description="hospital")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A pre-operative variable; the categories of a nominal one come from the file.

    `characters` is the number of characters of a cell that count, 0 for all.
    """

    key: Key
    kind: Kind
    unit: str | None = None
    categories: tuple[str, ...] = ()
    description: str
    characters: int = 0

    @property
    def name(self) -> str:
        """Name of the column: that in the third header row."""
        return self.key[2]


def _make_patient_variable(
    name: str, kind: Kind, description: str, unit: str | None = None
) -> Variable:
    categories = BOOLEAN if kind == "binary" else ()
    return Variable(
        key=("patient", "core", name),
        kind=kind,
        unit=unit,
        categories=categories,
        description=description,
    )


def _make_tumor_variable(
    name: str, kind: Kind, description: str, unit: str | None = None
) -> Variable:
    categories = BOOLEAN if kind == "binary" else ()
    return Variable(
        key=("tumor", "core", name),
        kind=kind,
        unit=unit,
        categories=categories,
        description=description,
    )


VARIABLES = (
    _make_patient_variable("age", "continuous", "age at diagnosis", "years"),
    Variable(
        key=("patient", "core", "sex"),
        kind="binary",
        categories=("female", "male"),
        description="biological sex",
    ),
    _make_patient_variable("weight", "continuous", "weight at diagnosis", "kg"),
    _make_patient_variable(
        "alcohol_abuse", "binary", "alcohol abuse, by the hospital's definition"
    ),
    _make_patient_variable("nicotine_abuse", "binary", "smoking, by the hospital's definition"),
    _make_patient_variable("pack_years", "continuous", "smoking history", "pack-years"),
    _make_patient_variable("hpv_status", "binary", "HPV status by p16 immunohistochemistry"),
    _make_tumor_variable("location", "nominal", "site of the primary tumor"),
    Variable(
        key=("tumor", "core", "subsite"),
        kind="nominal",
        description="site of the primary tumor: first three characters of the ICD-O-3 code",
        characters=3,
    ),
    _make_tumor_variable("central", "binary", "tumor on the midline"),
    _make_tumor_variable("extension", "binary", "tumor extends across the midline"),
    _make_tumor_variable(
        "dist_to_midline", "continuous", "distance of the tumor to the midline", "mm"
    ),
    _make_tumor_variable("volume", "continuous", "volume of the tumor", "cm³"),
)


def make_feature(variable: Variable, cells: Sequence[str]) -> Column:
    """Return the column of a variable; the values give the categories of a nominal one."""
    categories = tuple(sorted(set(cells) - {""})) if variable.kind == "nominal" else ()
    return Column(
        name=variable.name,
        role="feature",
        kind=variable.kind,
        unit=variable.unit,
        categories=variable.categories or categories,
        description=variable.description,
    )


def make_level_feature(source: str, side: str, level: str) -> Column:
    """Return the column of a level by an examination before surgery.

    Parameters
    ----------
    source
        The examination, such as `CT`.
    side
        `ipsi` or `contra`.
    level
        The level, such as `II`.
    """
    return Column(
        name=f"{source} {side} {level}",
        role="feature",
        kind="binary",
        categories=BOOLEAN,
        description=f"involvement of the {side}lateral level {level} by {source}",
        modality=source.casefold(),
    )


def make_station(side: str, level: str) -> Column:
    """Return the column of a level by pathology, which is a target."""
    return Column(
        name=f"pathology {side} {level}",
        role="target",
        kind="binary",
        label=f"station_{side}_{level}",
        categories=BOOLEAN,
        known="after",
        description=f"metastasis in the {side}lateral level {level}; missing: not examined",
    )


N1 = Column(
    name="any level involved",
    role="target",
    kind="binary",
    label="n1",
    categories=BOOLEAN,
    known="after",
    description="metastasis in any examined level; missing: no level was examined",
)


def make_tumor_stage(stages: Sequence[str], prefix: str) -> Column:
    """Return the column of the pathological or the clinical T stage, of organs but the lung.

    Parameters
    ----------
    stages
        The stage of each patient, empty if unknown.
    prefix
        `p` or `c`.
    """
    kind = {"p": "pathological", "c": "clinical"}[prefix]
    return Column(
        name=f"{prefix}T",
        role="aux",
        kind="ordinal",
        label=f"{prefix}t_names",
        categories=tuple(sorted(set(stages) - {""}, key=lambda text: (text != "Tis", text))),
        known="after" if prefix == "p" else "before",
        description=f"{kind} T stage (prefix {prefix}) of head and neck",
    )
