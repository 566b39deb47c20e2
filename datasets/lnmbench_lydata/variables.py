"""The columns of a lyDATA cohort: what is known before surgery, and what pathology found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lnmbench import Column
from lnmbench.records import Kind
from lnmbench_lydata.header import Key

BOOLEAN = ("False", "True")
CENTER = Column(
    name="institution", role="center", kind="nominal", description="hospital of the patient"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A pre-operative variable; for a nominal one the categories are those of the file.

    `characters` is how many of a cell's characters count; 0 for all of them.
    """

    key: Key
    kind: Kind
    unit: str | None = None
    categories: tuple[str, ...] = ()
    description: str
    characters: int = 0

    @property
    def name(self) -> str:
        """The name of its column: the third header row's."""
        return self.key[2]


def _patient(name: str, kind: Kind, description: str, unit: str | None = None) -> Variable:
    categories = BOOLEAN if kind == "binary" else ()
    return Variable(
        key=("patient", "core", name),
        kind=kind,
        unit=unit,
        categories=categories,
        description=description,
    )


def _tumor(name: str, kind: Kind, description: str, unit: str | None = None) -> Variable:
    categories = BOOLEAN if kind == "binary" else ()
    return Variable(
        key=("tumor", "core", name),
        kind=kind,
        unit=unit,
        categories=categories,
        description=description,
    )


VARIABLES = (
    _patient("age", "continuous", "age at diagnosis", "years"),
    Variable(
        key=("patient", "core", "sex"),
        kind="binary",
        categories=("female", "male"),
        description="biological sex",
    ),
    _patient("weight", "continuous", "weight at diagnosis", "kg"),
    _patient("alcohol_abuse", "binary", "as each hospital defines it"),
    _patient("nicotine_abuse", "binary", "smoker, as each hospital defines it"),
    _patient("pack_years", "continuous", "smoking history", "pack-years"),
    _patient("hpv_status", "binary", "HPV by p16 immunohistochemistry"),
    _tumor("location", "nominal", "site of the primary tumor"),
    Variable(
        key=("tumor", "core", "subsite"),
        kind="nominal",
        description="site of the primary tumor, the first three characters of its ICD-O-3 code",
        characters=3,
    ),
    _tumor("central", "binary", "the tumor lies on the midline"),
    _tumor("extension", "binary", "the tumor extends over the midline"),
    _tumor("dist_to_midline", "continuous", "distance of the tumor to the midline", "mm"),
    _tumor("volume", "continuous", "volume of the tumor", "cm³"),
)


def feature(variable: Variable, cells: Sequence[str]) -> Column:
    """Return the column of a variable, with the categories that the cells have."""
    found = tuple(sorted(set(cells) - {""})) if variable.kind == "nominal" else ()
    return Column(
        name=variable.name,
        role="feature",
        kind=variable.kind,
        unit=variable.unit,
        categories=variable.categories or found,
        description=variable.description,
    )


def level_feature(source: str, side: str, level: str) -> Column:
    """Return the column of a level as an examination before surgery saw it."""
    return Column(
        name=f"{source} {side} {level}",
        role="feature",
        kind="binary",
        categories=BOOLEAN,
        description=f"involvement of the {side}lateral level {level} by {source}",
    )


def station(side: str, level: str) -> Column:
    """Return the column of a level as pathology found it: a target of its own."""
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


def tumor_stage(classes: Sequence[str]) -> Column:
    """Return the column of the pathological T class, labeled for classes that are no lung's."""
    return Column(
        name="pT",
        role="aux",
        kind="ordinal",
        label="pt_names",
        categories=tuple(sorted(set(classes) - {""}, key=lambda text: (text != "Tis", text))),
        known="after",
        description="T class where it is pathological (prefix p), of head and neck",
    )
